// Secrets of live sources: into the vault on the way in, a mark in the catalog, text only at the moment of use.

import { readFile } from 'node:fs/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { mapSecrets, type Secret, type SourceSpec } from '../../shared/contract/source-spec.ts'
import type { SecretVault } from '../platform/secrets.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { SecretCommands } from './secret-command.ts'

type Vault = Pick<SecretVault, 'get' | 'set' | 'delete' | 'keys' | 'inSession' | 'has'>
/** One edit of a source, and where its secrets were put. */
export type Edit = Pick<SourceRecord, 'id' | 'revision' | 'keeps'>

const keyOf = (id: string, revision: number): string => `sources/${id}/${revision}`
const MAX_FILE = 1_000_000

/** The spec with marks in place of secrets, and what the marks stand for. */
export interface Split {
  readonly spec: SourceSpec
  readonly values: Readonly<Record<string, string>>
}

/**
 * @param kept what the vault has of this source, for the marks that an edit sends back
 * @throws WatchdeckError `invalid_input` for a mark that stands for nothing
 */
export function splitSecrets(spec: SourceSpec, kept: Readonly<Record<string, string>> = {}): Split {
  const values: Record<string, string> = {}
  const marked = mapSecrets(spec, (secret, place) => {
    if (typeof secret === 'string') values[place] = secret
    else if ('vault' in secret) {
      const value = Object.hasOwn(kept, secret.vault) ? kept[secret.vault] : undefined
      if (value === undefined)
        throw new WatchdeckError(
          'invalid_input',
          `The vault has no secret ${JSON.stringify(secret.vault)} of this source.`,
          {
            hint: 'Give the secret again.',
          },
        )
      values[place] = value
    } else return secret
    return { vault: place }
  })
  return { spec: marked, values }
}

export async function keepSecrets(
  vault: Vault,
  id: string,
  revision: number,
  values: Split['values'],
  keep: 'vault' | 'session',
): Promise<void> {
  if (Object.keys(values).length > 0) await vault.set(keyOf(id, revision), JSON.stringify(values), { keep })
}

/** What a revision of a source has kept goes. A locked vault is not needed for what it has nothing of. */
export async function forgetSecrets(vault: Vault, edit: Edit, spec: SourceSpec): Promise<void> {
  const keep = keptWhere(vault, edit, spec)
  if (keep) await vault.delete(keyOf(edit.id, edit.revision), { keep })
}

/** Where the secrets of a source were put; undefined when it has none. */
export function keptWhere(
  vault: Pick<Vault, 'inSession'>,
  { id, revision, keeps }: Edit,
  spec: SourceSpec,
): 'vault' | 'session' | undefined {
  if (!hasMarks(spec)) return undefined
  return vault.inSession(keyOf(id, revision)) ? 'session' : (keeps ?? 'vault')
}

/** Those of a session that is over: nothing has them any more, and no vault is opened to find that out. */
const sessionIsOver = (vault: Pick<Vault, 'inSession'>, { id, revision, keeps }: Edit): boolean =>
  keeps === 'session' && !vault.inSession(keyOf(id, revision))

/** Whether its secrets are to be given again. False while only opening the vault would tell. */
export async function lacksSecrets(
  vault: Pick<Vault, 'inSession' | 'has'>,
  edit: Edit,
  spec: SourceSpec,
): Promise<boolean> {
  if (!hasMarks(spec)) return false
  return sessionIsOver(vault, edit) || (await vault.has(keyOf(edit.id, edit.revision))) === false
}

/** What a question to a source says whose secrets are to be given again. */
export const secretsAreGone = (vault: Pick<Vault, 'inSession'>, edit: Edit): WatchdeckError =>
  sessionIsOver(vault, edit)
    ? new WatchdeckError('unauthenticated', 'The secrets of this source were kept for one session, which is over.', {
        hint: 'Edit the source and give them again; those in the vault stay.',
      })
    : notKept()

const notKept = (): WatchdeckError =>
  new WatchdeckError('unauthenticated', 'The secret of this source is not kept any more.', {
    hint: 'Edit the source and give the secret again.',
  })

/** Whether something of it is kept, not typed just now and not read from elsewhere. */
export function hasMarks(spec: SourceSpec): boolean {
  let any = false
  mapSecrets(spec, (secret) => {
    any ||= typeof secret !== 'string' && 'vault' in secret
    return secret
  })
  return any
}

/** Whether the spec has a mark that stands for nothing. */
export function lacksKept(spec: SourceSpec, kept: Readonly<Record<string, string>>): boolean {
  let any = false
  mapSecrets(spec, (secret) => {
    any ||= typeof secret !== 'string' && 'vault' in secret && !Object.hasOwn(kept, secret.vault)
    return secret
  })
  return any
}

/** Everything that the vault has of a source, the secrets of earlier edits included. A locked vault is not needed for none. */
export async function forgetAllSecrets(vault: Vault, id: string, spec: SourceSpec): Promise<void> {
  if (!hasMarks(spec)) return
  for (const key of await vault.keys()) if (key.startsWith(`sources/${id}/`)) await vault.delete(key)
}

/** @throws WatchdeckError `unauthenticated` while the vault is locked */
export async function keptSecrets(vault: Vault, edit: Edit): Promise<Record<string, string>> {
  if (sessionIsOver(vault, edit)) return {}
  const text = await vault.get(keyOf(edit.id, edit.revision))
  if (text === undefined) return {}
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) return {}
  return Object.fromEntries(
    Object.entries(parsed).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

/** Reads a secret at the moment of use; files and variables are not cached, so that a rotated one is seen at once. */
export function secretReader(
  values: () => Promise<Readonly<Record<string, string>>>,
  gone: () => WatchdeckError = notKept,
  env: Readonly<Record<string, string | undefined>> = process.env,
): (secret: Secret, fresh?: boolean) => Promise<string> {
  const commands = new SecretCommands()
  return async (secret, fresh = false) => {
    if (typeof secret === 'string') return secret
    if ('command' in secret) return await commands.get(secret.command, fresh)
    if ('vault' in secret) {
      const kept = await values()
      const value = Object.hasOwn(kept, secret.vault) ? kept[secret.vault] : undefined
      if (value !== undefined) return value
      throw gone()
    }
    if ('env' in secret) {
      const value = env[secret.env]
      if (value !== undefined && value !== '') return value
      throw new WatchdeckError('unauthenticated', `The environment variable ${secret.env} is not set.`, {
        hint: 'Set it where Watchdeck is started, and start it again.',
      })
    }
    return (await secretFile(secret.file)).trim()
  }
}

async function secretFile(path: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new WatchdeckError('unauthenticated', `The file of the secret cannot be read: ${path}`, { cause: error })
  }
  if (bytes.length > MAX_FILE)
    throw new WatchdeckError('limit_exceeded', `The file of the secret is larger than ${MAX_FILE} bytes: ${path}`)
  return bytes.toString('utf8')
}
