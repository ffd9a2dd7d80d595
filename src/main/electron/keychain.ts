// Electron's safeStorage as the engine's keychain. On a Linux without a keyring it would "encrypt" with a fixed word
// (basic_text): that is no protection, and the passphrase vault is used instead.

import { safeStorage } from 'electron'
import { isKeychainRequest, type KeychainReply } from '../platform/keychain-seal.ts'

/** Pure: whether what the system offers protects anything. `backend` is asked on Linux only. */
export function protects(platform: NodeJS.Platform, available: boolean, backend: string | undefined): boolean {
  if (!available) return false
  if (platform !== 'linux') return true
  return backend !== undefined && backend !== 'basic_text' && backend !== 'unknown'
}

export async function keychainProtects(): Promise<boolean> {
  const linux = process.platform === 'linux'
  return protects(
    process.platform,
    await safeStorage.isAsyncEncryptionAvailable(),
    linux ? safeStorage.getSelectedStorageBackend() : undefined,
  )
}

/** The answer to a request of the engine; undefined for any other message. A refusal has no text, and no reason either. */
export async function answerKeychain(message: unknown): Promise<KeychainReply | undefined> {
  if (!isKeychainRequest(message)) return undefined
  const { id, op, text } = message
  try {
    const answer =
      op === 'seal'
        ? (await safeStorage.encryptStringAsync(text)).toString('base64')
        : (await safeStorage.decryptStringAsync(Buffer.from(text, 'base64'))).result
    return { type: 'keychain', id, text: answer }
  } catch {
    return { type: 'keychain', id }
  }
}
