// Where secrets of sources live: an encrypted file with a seal of the shell's choice (a passphrase here, the desktop's
// keychain in Electron), the environment, or the memory of this process. Values never reach the catalog, a log, an error.

import { existsSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Seal, type Sealed, sealedSchema } from './seal.ts'

/**
 * ready: secrets can be read and kept. locked: there are some, their passphrase has not been given. unset: there are
 * none yet, and nothing says how to protect the first. unavailable: the shell's keychain cannot be used.
 */
export type VaultState = 'ready' | 'locked' | 'unset' | 'unavailable'

export interface VaultStatus {
  readonly state: VaultState
  /** what protects it; memory: nothing is ever written */
  readonly protection: 'passphrase' | 'keychain' | 'memory'
}

export interface KeepOptions {
  /** session: in memory only, gone with the process; asked for by a person, never chosen silently. Default vault. */
  readonly keep?: 'vault' | 'session' | undefined
}

/** Names of secrets: `sources/<id>/password`. `env:NAME` is the environment's variable of that name, read only. */
export interface SecretVault {
  /** false where nothing may be kept on disk now: `set` then needs `{ keep: 'session' }` */
  readonly persistent: boolean
  status(): Promise<VaultStatus>
  /**
   * Opens the vault; the first passphrase makes it.
   * @throws WatchdeckError `unauthenticated` for a wrong one, `invalid_input` for a first one under 8 characters,
   * `unsupported` where no passphrase is used
   */
  unlock(passphrase: string): Promise<void>
  /** Forgets the passphrase and what was kept for the session. */
  lock(): void
  /** @throws WatchdeckError `unauthenticated` while locked, `corrupt` when the vault's file is damaged */
  get(key: string): Promise<string | undefined>
  /** @throws WatchdeckError `unauthenticated` while there is no passphrase, `read_only` for `env:` names */
  set(key: string, value: string, options?: KeepOptions): Promise<void>
  /** Whether it is in memory only, gone with the process. */
  inSession(key: string): boolean
  /** Whether it is there; undefined where only opening the vault would tell. */
  has(key: string): Promise<boolean | undefined>
  /** `session`: what is kept for the session only, for which no vault is opened. @throws as `set` */
  delete(key: string, options?: KeepOptions): Promise<void>
  /** @throws as `get` */
  keys(): Promise<readonly string[]>
}

export const ENV_PREFIX = 'env:'
export const vaultPath = (dataDir: string): string => join(dataDir, 'secrets.vault')

export interface FileVaultOptions {
  readonly path: string
  readonly seal: Seal
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** One file, whole in memory while it is open, written anew with every change (temporary file, fsync, rename; 0600). */
export function fileVault(options: FileVaultOptions): SecretVault {
  const { path, seal } = options
  const env = options.env ?? process.env
  const session = new Map<string, string>()
  let stored: Map<string, string> | undefined
  let turn: Promise<unknown> = Promise.resolve()

  /** one after the other: two changes at once would each write what it saw */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work)
    turn = next.catch(() => undefined)
    return next
  }

  async function load(): Promise<Map<string, string>> {
    if (stored) return stored
    const sealed = await readSealed(path)
    if (!sealed) return new Map()
    const { plain, outdated } = await seal.open(sealed)
    const opened = entriesOf(plain)
    stored = opened
    // what could be opened stays good where it cannot be sealed anew now: the next start tries again
    if (outdated) await store(opened).catch(() => undefined)
    return opened
  }

  async function store(next: Map<string, string>): Promise<void> {
    const sealed = await seal.close(Buffer.from(JSON.stringify([...next]), 'utf8'))
    await writeWhole(path, `${JSON.stringify(sealed)}\n`)
    stored = next
  }

  return {
    get persistent() {
      return seal.ready
    },
    async status() {
      const state = seal.ready ? 'ready' : seal.unusable ? 'unavailable' : (await readSealed(path)) ? 'locked' : 'unset'
      return { state, protection: seal.protection }
    },
    unlock: (passphrase) =>
      inTurn(async () => {
        const sealed = await readSealed(path)
        await seal.unlock(passphrase, sealed)
        stored = undefined
        if (!sealed) await store(new Map())
      }),
    lock() {
      seal.forget()
      stored = undefined
      session.clear()
    },
    async get(key) {
      if (key.startsWith(ENV_PREFIX)) return env[key.slice(ENV_PREFIX.length)]
      return session.get(key) ?? (await inTurn(load)).get(key)
    },
    async set(key, value, { keep = 'vault' } = {}) {
      refuseEnv(key)
      if (keep === 'session') return void session.set(key, value)
      await inTurn(async () => store(new Map(await load()).set(key, value)))
      session.delete(key)
    },
    inSession: (key) => session.has(key),
    async has(key) {
      if (session.has(key) || stored?.has(key)) return true
      if (stored) return false
      return existsSync(path) ? undefined : false
    },
    async delete(key, { keep = 'vault' } = {}) {
      refuseEnv(key)
      session.delete(key)
      if (keep === 'session') return
      await inTurn(async () => {
        const before = await load()
        if (!before.has(key)) return
        const next = new Map(before)
        next.delete(key)
        await store(next)
      })
    },
    keys: async () => [...new Set([...(await inTurn(load)).keys(), ...session.keys()])].sort(),
  }
}

/** Secrets in memory: gone with the process, never on disk. */
export function memoryVault(env: Readonly<Record<string, string | undefined>> = process.env): SecretVault {
  const values = new Map<string, string>()
  return {
    persistent: false,
    status: async () => ({ state: 'ready', protection: 'memory' }),
    unlock: async () => {
      throw new WatchdeckError('unsupported', 'Secrets are kept in memory here: there is no passphrase.')
    },
    lock: () => values.clear(),
    get: async (key) => (key.startsWith(ENV_PREFIX) ? env[key.slice(ENV_PREFIX.length)] : values.get(key)),
    set: async (key, value) => {
      refuseEnv(key)
      values.set(key, value)
    },
    inSession: (key) => values.has(key),
    has: async (key) => values.has(key),
    delete: async (key) => {
      refuseEnv(key)
      values.delete(key)
    },
    keys: async () => [...values.keys()].sort(),
  }
}

function refuseEnv(key: string): void {
  if (key.startsWith(ENV_PREFIX))
    throw new WatchdeckError('read_only', 'A secret that comes from the environment cannot be changed here.', {
      hint: 'Set the variable where Watchdeck is started.',
    })
}

async function readSealed(path: string): Promise<Sealed | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new WatchdeckError('unavailable', 'The vault of secrets cannot be read.', { retryable: false, cause: error })
  }
  try {
    return sealedSchema.parse(JSON.parse(text))
  } catch (error) {
    throw damaged(error)
  }
}

function entriesOf(bytes: Buffer): Map<string, string> {
  const entries: unknown = JSON.parse(bytes.toString('utf8'))
  if (!Array.isArray(entries)) throw damaged(undefined)
  const found = new Map<string, string>()
  for (const entry of entries as readonly unknown[]) {
    if (!Array.isArray(entry)) throw damaged(undefined)
    const [key, value]: unknown[] = entry
    if (typeof key !== 'string' || typeof value !== 'string') throw damaged(undefined)
    found.set(key, value)
  }
  return found
}

function damaged(cause: unknown): WatchdeckError {
  return new WatchdeckError('corrupt', 'The vault of secrets is damaged.', {
    hint: 'Put back a copy of secrets.vault, or remove it from the data folder and give the secrets again.',
    cause,
  })
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  await rm(temporary, { force: true })
  try {
    await using file = await open(temporary, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    throw new WatchdeckError('unavailable', 'The vault of secrets cannot be written.', {
      hint: 'Is there room on the disk, and may you write to the data folder?',
      retryable: false,
      cause: error,
    })
  }
  await rename(temporary, path)
  if (process.platform === 'win32') return
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}
