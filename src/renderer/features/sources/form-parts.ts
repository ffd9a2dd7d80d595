// What the parts of the form have in common: lines, files or text, and secrets that are kept without being shown.

import type { Secret } from '../../../shared/contract/source-spec.ts'

/** A secret: what is typed, or the variable that holds it, else the one that is kept. */
export interface SecretDraft {
  readonly typed: string
  readonly kept?: Secret | undefined
  /** the name of an environment variable of the engine, read at each use; nothing is typed then */
  readonly env?: string | undefined
  /** it was kept for a session that is over: it is given again, or taken away */
  readonly gone?: boolean | undefined
}
export const NO_SECRET: SecretDraft = { typed: '' }

const isMark = (secret: Secret | undefined): boolean => typeof secret === 'object' && 'vault' in secret

/** @param over what the source kept was for a session that is over */
export function draftOfSecret(secret: Secret | undefined, over: boolean): SecretDraft {
  if (typeof secret === 'object' && 'env' in secret) return { typed: '', env: secret.env }
  return over && isMark(secret) ? { typed: '', gone: true } : { typed: '', kept: secret }
}
/** A private key, whose path is no secret and is shown. */
export function draftOfKey(key: Secret | undefined, over: boolean): SecretDraft {
  const file = fileOf(key)
  return file === '' ? draftOfSecret(key, over) : { typed: file }
}

export const secretOf = ({ typed, kept, env }: SecretDraft): Secret | undefined =>
  env !== undefined ? { env: env.trim() } : typed === '' ? kept : typed
/** A private key as path or PEM. */
export const keyOf = (key: SecretDraft): Secret | undefined =>
  key.env === undefined && key.typed.trim() !== '' ? pemOf(key.typed) : secretOf({ ...key, typed: '' })
export const hasAny = (secret: SecretDraft): boolean => secretOf(secret) !== undefined || secret.gone === true
/** Whether something of it is in the vault or the session, or is to be put there. */
export const isKeptHere = ({ typed, kept, env, gone }: SecretDraft): boolean =>
  env === undefined && (typed !== '' || isMark(kept) || gone === true)
export const isKeyKeptHere = (key: SecretDraft): boolean =>
  isKeptHere(key.typed === '' || key.typed.includes('-----BEGIN') ? key : { ...key, typed: '' })

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A path, or the PEM text itself. */
export const pemOf = (text: string): string | { file: string } =>
  text.includes('-----BEGIN') ? text : { file: text.trim() }

/** '' when the secret is in no file. */
export const fileOf = (secret: Secret | undefined): string =>
  typeof secret === 'object' && 'file' in secret ? secret.file : ''

/** `{ [key]: value }`, or nothing. */
export const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })

/** Text without the space around it; undefined for none. */
export const textOrNone = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())
