// The vault sealed by the desktop's keychain. Only Electron's main process can reach it; the engine asks over a channel
// that carries one blob each way.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Opened, otherSeal, type Seal } from './seal.ts'

/** Texts as base64; rejects when the keychain refuses. */
export interface Keychain {
  seal(text: string): Promise<string>
  open(sealed: string): Promise<KeychainAnswer>
}

interface KeychainAnswer {
  readonly text: string
  /** the keychain has a newer key since this was sealed */
  readonly outdated: boolean
}

const refused = (cause: unknown) =>
  new WatchdeckError('unavailable', 'The keychain of this desktop cannot be used.', { retryable: false, cause })

export function keychainSeal(keychain: Keychain): Seal {
  return {
    protection: 'keychain',
    ready: true,
    unusable: false,
    async unlock() {
      throw new WatchdeckError(
        'unsupported',
        'The vault is opened by the keychain of this desktop: there is no passphrase.',
      )
    },
    forget() {
      // the keychain keeps its key itself
    },
    async open(sealed): Promise<Opened> {
      if (sealed.seal !== 'keychain') throw otherSeal()
      try {
        const { text, outdated } = await keychain.open(sealed.data)
        return { plain: Buffer.from(text, 'base64'), outdated }
      } catch (error) {
        throw refused(error)
      }
    },
    async close(plain) {
      try {
        const data = await keychain.seal(plain.toString('base64'))
        return { format: 'watchdeck-vault', version: 1, seal: 'keychain', data }
      } catch (error) {
        throw refused(error)
      }
    },
  }
}

/** What is sent between the engine's process and its supervisor. */
export type KeychainRequest = {
  readonly type: 'keychain'
  readonly id: number
  readonly op: 'seal' | 'open'
  readonly text: string
}
export type KeychainReply = {
  readonly type: 'keychain'
  readonly id: number
  readonly text?: string
  readonly outdated?: boolean
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

export function isKeychainRequest(message: unknown): message is KeychainRequest {
  return (
    isObject(message) &&
    message['type'] === 'keychain' &&
    typeof message['id'] === 'number' &&
    (message['op'] === 'seal' || message['op'] === 'open') &&
    typeof message['text'] === 'string'
  )
}

const ANSWER_MS = 60_000

/** The engine's end. `receive` takes every message of the supervisor; true when it was an answer. */
export function remoteKeychain(post: (request: KeychainRequest) => void): {
  readonly keychain: Keychain
  receive(message: unknown): boolean
} {
  const asked = new Map<number, { resolve(answer: KeychainAnswer): void; reject(error: Error): void }>()
  let next = 1
  const ask = (op: KeychainRequest['op'], text: string): Promise<KeychainAnswer> =>
    new Promise((resolve, reject) => {
      const id = next++
      // a person may have to unlock the keyring first
      const late = setTimeout(() => asked.get(id)?.reject(new Error('the keychain did not answer')), ANSWER_MS)
      const settle = () => {
        clearTimeout(late)
        asked.delete(id)
      }
      asked.set(id, {
        resolve(answer) {
          settle()
          resolve(answer)
        },
        reject(error) {
          settle()
          reject(error)
        },
      })
      post({ type: 'keychain', id, op, text })
    })
  return {
    keychain: { seal: async (text) => (await ask('seal', text)).text, open: (text) => ask('open', text) },
    receive(message) {
      if (!isObject(message) || message['type'] !== 'keychain') return false
      const waiting = asked.get(Number(message['id']))
      if (typeof message['text'] === 'string')
        waiting?.resolve({ text: message['text'], outdated: message['outdated'] === true })
      else waiting?.reject(new Error('the keychain refused'))
      return true
    },
  }
}
