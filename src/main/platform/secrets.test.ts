// Secrets at rest: nothing readable on the disk, nothing kept without a passphrase, nothing opened with a wrong one.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { passphraseSeal } from './seal.ts'
import { fileVault, memoryVault, vaultPath } from './secrets.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchdeck-vault-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const vault = (passphrase?: string) =>
  fileVault({ path: vaultPath(folder), seal: passphraseSeal(passphrase), env: { TOKEN: 'from outside' } })
const failure = (code: string) => expect.objectContaining({ code })

test('without a passphrase nothing is kept, and the refusal says what to do', async () => {
  const closed = vault()
  expect(await closed.status()).toEqual({ state: 'unset', protection: 'passphrase' })
  expect(closed.persistent).toBe(false)
  expect(await closed.get('a')).toBeUndefined()
  await expect(closed.set('a', 'hunter2')).rejects.toThrow(
    expect.objectContaining({ code: 'unauthenticated', hint: expect.stringContaining('WATCHDECK_VAULT_PASSPHRASE') }),
  )
  expect(readdirSync(folder)).toEqual([])
})

test('what is kept is read by the next process with the same passphrase, and by no other', async () => {
  await vault('correct horse').set('sources/1/password', 'hunter2')
  const next = vault()
  expect(await next.status()).toEqual({ state: 'locked', protection: 'passphrase' })
  await expect(next.get('sources/1/password')).rejects.toThrow(failure('unauthenticated'))
  await expect(next.unlock('wrong horse')).rejects.toThrow(failure('unauthenticated'))
  await next.unlock('correct horse')
  expect([await next.get('sources/1/password'), await next.keys(), await next.status()]).toEqual([
    'hunter2',
    ['sources/1/password'],
    { state: 'ready', protection: 'passphrase' },
  ])
  next.lock()
  await expect(next.get('sources/1/password')).rejects.toThrow(failure('unauthenticated'))
})

test('the file shows neither names nor values, and nobody else may read it', async () => {
  await vault('correct horse').set('sources/1/password', 'hunter2')
  expect(readFileSync(vaultPath(folder), 'utf8')).not.toMatch(/hunter2|sources|horse/)
  if (process.platform !== 'win32') expect(statSync(vaultPath(folder)).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['secrets.vault'])
})

test('changes at once lose nothing', async () => {
  const open = vault('correct horse')
  const names = Array.from({ length: 20 }, (_, n) => `k${String(n).padStart(2, '0')}`)
  await Promise.all(names.map((name) => open.set(name, name)))
  await Promise.all([open.delete('k00'), open.delete('k01')])
  expect(await vault('correct horse').keys()).toEqual(names.slice(2))
})

test('a secret for the session is never written', async () => {
  const closed = vault()
  await closed.set('a', 'hunter2', { keep: 'session' })
  expect([await closed.get('a'), readdirSync(folder)]).toEqual(['hunter2', []])
})

test('a variable of the environment is read and never changed', async () => {
  const closed = vault()
  expect([await closed.get('env:TOKEN'), await closed.get('env:NONE')]).toEqual(['from outside', undefined])
  await expect(closed.set('env:TOKEN', 'x')).rejects.toThrow(failure('read_only'))
})

test.each([
  ['no JSON', () => 'x'],
  ['another shape', () => '{"seal":"none"}'],
  ['changed data', (text: string) => text.replace(/"data":"./, (m) => `"data":"${m.endsWith('A') ? 'B' : 'A'}`)],
  ['changed tag', (text: string) => text.replace(/"tag":"../, (m) => `"tag":"${m.endsWith('0') ? '11' : '00'}`)],
])('a damaged vault is refused: %s', async (_name, damage) => {
  await vault('correct horse').set('a', 'b')
  writeFileSync(vaultPath(folder), damage(readFileSync(vaultPath(folder), 'utf8')))
  await expect(vault('correct horse').get('a')).rejects.toThrow(failure('corrupt'))
})

test('a first passphrase is no short one', async () => {
  await expect(vault().unlock('short')).rejects.toThrow(failure('invalid_input'))
  expect(readdirSync(folder)).toEqual([])
})

test('in memory there is nothing to unlock', async () => {
  await expect(memoryVault().unlock('correct horse')).rejects.toThrow(failure('unsupported'))
})
