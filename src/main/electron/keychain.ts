// Electron's safeStorage as the engine's keychain. On a Linux without a keyring it would "encrypt" with a fixed word
// (basic_text): that is no protection, and the passphrase vault is used instead.

import { safeStorage } from 'electron'
import { isKeychainRequest, type KeychainReply } from '../platform/keychain-seal.ts'
import { protects } from './policies.ts'

export async function keychainProtects(): Promise<boolean> {
  const available = await safeStorage.isAsyncEncryptionAvailable()
  if (process.platform !== 'linux' || !available) return protects(process.platform, available, undefined, undefined)
  // a keyring that cannot seal a word protects nothing
  const sealed = await safeStorage.encryptStringAsync('watchdeck').catch(() => undefined)
  return protects('linux', available, safeStorage.getSelectedStorageBackend(), sealed)
}

/** The answer to a request of the engine; undefined for any other message. A refusal has no text, and no reason either. */
export async function answerKeychain(message: unknown): Promise<KeychainReply | undefined> {
  if (!isKeychainRequest(message)) return undefined
  const { id, op, text } = message
  try {
    if (op === 'seal')
      return { type: 'keychain', id, text: (await safeStorage.encryptStringAsync(text)).toString('base64') }
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(text, 'base64'))
    return { type: 'keychain', id, text: result, outdated: shouldReEncrypt }
  } catch {
    return { type: 'keychain', id }
  }
}
