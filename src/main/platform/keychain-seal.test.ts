// The vault behind a keychain that lives in another process.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isKeychainRequest, keychainSeal, remoteKeychain } from './keychain-seal.ts'
import { passphraseSeal } from './seal.ts'
import { fileVault, vaultPath } from './secrets.ts'

/** Turns what it is given round: unlike the text, and easily undone. */
function desk(works = true) {
  const remote = remoteKeychain((request) => {
    expect(isKeychainRequest(request)).toBe(true)
    const turned = (text: string) => [...text].reverse().join('')
    const text =
      request.op === 'seal'
        ? Buffer.from(turned(request.text)).toString('base64')
        : turned(Buffer.from(request.text, 'base64').toString())
    queueMicrotask(() => remote.receive({ type: 'keychain', id: request.id, ...(works ? { text } : {}) }))
  })
  return keychainSeal(remote.keychain)
}

test('secrets are kept without a passphrase, unreadable in the file; another shell is told apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-keychain-'))
  try {
    const path = vaultPath(folder)
    const vault = fileVault({ path, seal: desk() })
    await vault.set('a', 'hunter2')
    expect(await fileVault({ path, seal: desk() }).get('a')).toBe('hunter2')
    expect(await vault.status()).toEqual({ state: 'ready', protection: 'keychain' })
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2')
    await expect(vault.unlock('correct horse')).rejects.toMatchObject({ code: 'unsupported' })
    await expect(fileVault({ path, seal: passphraseSeal('correct horse') }).get('a')).rejects.toMatchObject({
      code: 'unsupported',
    })
    await expect(fileVault({ path, seal: desk(false) }).get('a')).rejects.toMatchObject({ code: 'unavailable' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each([null, {}, { type: 'keychain' }, { type: 'keychain', id: 1, op: 'export', text: '' }, 'seal'])(
  '%j is no request',
  (message) => {
    expect(isKeychainRequest(message)).toBe(false)
  },
)
