// Secrets that were kept for a session only, after it: the source says so wherever it is looked at, and goes on once they are given again.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { startFaultServer } from '../../../test/support/fault-server.ts'
import type { SourceSpecInput } from '../../shared/contract/source-spec.ts'
import { prometheusConnector } from '../connectors/prometheus/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { sourcesModuleWith } from './index.ts'

const modules = [metricsModule, sourcesModuleWith([prometheusConnector])]
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' }
const OVER = 'The secrets of this source were kept for one session, which is over.'
const MARK = { vault: 'auth.password' }

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-session-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const start = () => startTestEngine({ modules, dataDir })
const ask = (t: TestEngine, id: string) => t.client.call('metrics.query', { range: RANGE, query: 'up', sources: [id] })
const spec = (url: string, password: string | { vault: string } = 'hunter2'): SourceSpecInput => ({
  kind: 'prometheus',
  name: 'prod',
  url,
  auth: { type: 'basic', username: 'ana', password },
})

/** What each place says of the source: the list, its health, the first step of a test. */
async function told(t: TestEngine, id: string) {
  const { sources } = await t.client.call('sources.list', {})
  const { sources: health } = await t.client.call('sources.health', { id })
  const { steps } = await t.client.call('sources.test', { id })
  return {
    keeps: sources[0]?.live?.keeps,
    lacks: [sources[0]?.live?.lacksSecrets, health[0]?.lacksSecrets],
    step: steps[0]?.ok === false ? steps[0].message : undefined,
  }
}

test('after the session a source says that its secrets were for it; given again, it answers', async () => {
  await using server = await startFaultServer()
  let id: string
  {
    await using t = await start()
    id = (await t.client.call('sources.add', { ...spec(server.url), keep: 'session' })).id
    await ask(t, id)
    expect(await told(t, id)).toEqual({ keeps: 'session', lacks: [false, false], step: undefined })
  }
  await using t = await start()
  const before = server.seen.length
  expect(await told(t, id)).toEqual({ keeps: 'session', lacks: [true, true], step: OVER })
  await expect(ask(t, id)).rejects.toMatchObject({
    code: 'unauthenticated',
    message: OVER,
    hint: 'Edit the source and give them again; those in the vault stay.',
  })
  // what was not given again stands for nothing: the edit is refused, and nothing was asked
  await expect(t.client.call('sources.edit', { id, spec: spec(server.url, MARK) })).rejects.toMatchObject({
    message: OVER,
  })
  expect(server.seen.length).toBe(before)

  // for a session again, without saying so: there is no vault here
  const { steps } = await t.client.call('sources.test', { id, spec: spec(server.url, 'other') })
  expect(steps[0]).toMatchObject({ step: 'settings', ok: true })
  await t.client.call('sources.edit', { id, spec: spec(server.url, 'other') })
  expect(await told(t, id)).toEqual({ keeps: 'session', lacks: [false, false], step: undefined })
  await ask(t, id)
  expect(server.seen.at(-1)?.headers['authorization']).toBe(`Basic ${Buffer.from('ana:other').toString('base64')}`)

  // taken back, it is as it was: without what is gone
  await t.client.call('sources.revert', { id })
  expect(await told(t, id)).toEqual({ keeps: 'session', lacks: [true, true], step: OVER })
})

test('moved to the vault they stay; while it is locked nothing is said to be gone', async () => {
  await using server = await startFaultServer()
  let id: string
  {
    await using t = await start()
    id = (await t.client.call('sources.add', { ...spec(server.url), keep: 'session' })).id
    await t.client.call('settings.unlockVault', { passphrase: 'correct horse' })
    await t.client.call('sources.edit', { id, spec: spec(server.url, MARK), keep: 'vault' })
    expect(await told(t, id)).toEqual({ keeps: 'vault', lacks: [false, false], step: undefined })
  }
  await using t = await start()
  const [source] = (await t.client.call('sources.list', {})).sources
  expect(source?.live).toMatchObject({ keeps: 'vault', lacksSecrets: false })
  await expect(ask(t, id)).rejects.toMatchObject({ message: 'The vault of secrets is locked.' })
  await t.client.call('settings.unlockVault', { passphrase: 'correct horse' })
  await ask(t, id)
})

test('a locked vault is not opened for a session that is over, and locking it ends one', async () => {
  await using server = await startFaultServer()
  await using t = await start()
  await t.client.call('settings.unlockVault', { passphrase: 'correct horse' })
  const { id } = await t.client.call('sources.add', { ...spec(server.url), keep: 'session' })
  await t.client.call('settings.lockVault', {})
  expect(await told(t, id)).toEqual({ keeps: 'session', lacks: [true, true], step: OVER })
  await expect(ask(t, id)).rejects.toMatchObject({ message: OVER })
})

test('a data folder that came without its vault says that the secrets are to be given again', async () => {
  await using server = await startFaultServer()
  let id: string
  {
    await using t = await start()
    await t.client.call('settings.unlockVault', { passphrase: 'correct horse' })
    id = (await t.client.call('sources.add', spec(server.url))).id
  }
  rmSync(join(dataDir, 'secrets.vault'))
  await using t = await start()
  expect(await told(t, id)).toEqual({
    keeps: 'vault',
    lacks: [true, true],
    step: 'The secret of this source is not kept any more.',
  })
})
