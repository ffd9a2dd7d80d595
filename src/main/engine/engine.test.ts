import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { createUntypedClient } from '../../shared/rpc/client.ts'
import { memoryTransportPair } from '../../shared/rpc/transports.ts'
import { nodePlatform } from '../platform/node.ts'
import type { CallContext, CapabilityModule } from './api.ts'
import { createEngine } from './engine.ts'
import { openStores } from './stores.ts'

type Work = (context: CallContext) => Promise<{ source: string; from: string; to: string }>
const RESULT = { source: 'demo-1', from: 'a', to: 'b' }

/** the demo capability with other work: a job to try the engine with */
const demoOf = (work: Work): CapabilityModule<'demo'> => ({
  name: 'demo',
  start: () => ({ create: (_input, context) => work(context) }),
})

async function failure(work: Promise<unknown>): Promise<WatchdeckError> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  )
  if (error instanceof WatchdeckError) return error
  throw error ?? new Error('assertion failed: it did not fail')
}

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'watchdeck-engine-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('an engine over a new folder answers over a pipe and in process', async () => {
  await using t = await startTestEngine()
  expect(await t.client.call('system.info', {})).toMatchObject({
    shell: 'cli',
    version: '0.0.0-test',
    dataDir: t.dataDir,
  })
  expect(await t.engine.call('sources.list', {})).toEqual({ sources: [] })
})

test('an input that does not fit names the field and says what would be right', async () => {
  await using t = await startTestEngine()
  const [here, there] = memoryTransportPair()
  t.engine.connect(there, 'test')
  using client = createUntypedClient({ connect: () => here })
  const theme = await failure(client.call('settings.set', { theme: 'pink' }))
  expect(theme.toShape()).toMatchObject({
    code: 'invalid_input',
    hint: 'Use one of: system, dark, light.',
    details: { path: 'theme' },
  })
  expect(await failure(client.call('sources.remove', {}))).toMatchObject({
    code: 'invalid_input',
    hint: 'Add "id" (string).',
  })
  expect(await failure(client.call('settings.set', { nope: 1 }))).toMatchObject({
    code: 'invalid_input',
    hint: 'Leave out nope.',
  })
  expect(await failure(client.call('settings.set', JSON.parse('{"__proto__":{"a":1}}')))).toMatchObject({
    code: 'invalid_input',
  })
  expect(await failure(client.call('source.list', {}))).toMatchObject({
    code: 'not_found',
    hint: expect.stringContaining('sources.list'),
  })
  expect(await failure(client.call('traces.search', {}))).toMatchObject({ code: 'not_found' })
  expect(await failure(client.call('system.changes', {}))).toMatchObject({ code: 'invalid_input' })
})

test('a contract without its capability does not start, and says which is missing', async () => {
  const platform = nodePlatform({ shell: 'cli', version: '0', dataDir: tempDir() })
  const start = createEngine({ platform, modules: [demoOf(async () => RESULT)] })
  await expect(start).rejects.toThrow(/lacks capabilities of its contract: .*system.*traces/)
  // the folder was given back
  const again = await createEngine({ platform, modules: [], subset: true })
  await again.shutdown()
})

test('an answer that breaks the contract is a bug that tests see', async () => {
  await using t = await startTestEngine({ modules: [demoOf(async () => ({ ...RESULT, from: 5 as never }))] })
  expect(await failure(t.client.call('demo.create', {}))).toMatchObject({ code: 'internal' })
  const line = t.logLines.find((l) => l['message'] === 'call failed unexpectedly')
  expect(JSON.stringify(line)).toContain('breaks its contract: from')
})

test('a call of a job waits for it, hears its progress, and the job is listed with its result', async () => {
  await using t = await startTestEngine({
    modules: [
      demoOf(async ({ progress }) => {
        progress(0.5, 'half')
        return RESULT
      }),
    ],
  })
  const heard: string[] = []
  const answer = await t.client.call('demo.create', {}, { onProgress: (p) => heard.push(p.message) })
  expect({ answer, heard }).toEqual({ answer: RESULT, heard: ['half'] })
  const { jobs } = await t.client.call('jobs.list', {})
  expect(jobs).toMatchObject([{ method: 'demo.create', state: 'done', fraction: 1, error: null }])
  expect(await t.client.call('jobs.get', { id: jobs[0]?.id ?? '' })).toMatchObject({ state: 'done', result: RESULT })
})

test('a started job outlives its window; a called one ends with it', async () => {
  const release = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  await using t = await startTestEngine({
    modules: [
      demoOf(async () => {
        begun.resolve()
        await release.promise
        return RESULT
      }),
    ],
  })
  const first = t.connect()
  const { job } = await first.start('demo.create', {})
  await begun.promise
  const second = t.connect()
  const called = failure(second.call('demo.create', {}))
  const ended = (async () => {
    const seen = new Map<string, Job['state']>()
    for await (const j of t.client.stream('jobs.watch', {})) {
      seen.set(j.id, j.state)
      if (j.state === 'running' && j.id !== job) second[Symbol.dispose]()
      if (j.state === 'cancelled' && seen.get(job) === 'running') release.resolve()
      if (j.id === job && j.state === 'done') return [...seen.values()]
    }
  })()
  first[Symbol.dispose]()
  expect((await ended)?.toSorted()).toEqual(['cancelled', 'done'])
  expect(await called).toMatchObject({ code: 'unavailable' })
})

test('a job is cancelled from another window, a failed one keeps its reason', async () => {
  let fail = false
  await using t = await startTestEngine({
    modules: [
      demoOf(async ({ signal }) => {
        if (fail) throw new WatchdeckError('unavailable', 'No room on the disk.', { hint: 'Make some.' })
        return await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped'))),
        )
      }),
    ],
  })
  const { job } = await t.client.start('demo.create', {})
  await t.connect().call('jobs.cancel', { id: job })
  const state = async (id: string) => (await t.client.call('jobs.list', {})).jobs.find((j) => j.id === id)
  await expect.poll(async () => (await state(job))?.state).toBe('cancelled')
  expect(await failure(t.client.call('jobs.cancel', { id: job }))).toMatchObject({ code: 'conflict' })
  expect(await failure(t.client.call('jobs.cancel', { id: 'no' }))).toMatchObject({ code: 'not_found' })
  fail = true
  const failed = await t.client.start('demo.create', {})
  await expect
    .poll(async () => (await state(failed.job))?.error)
    .toEqual({
      code: 'unavailable',
      message: 'No room on the disk.',
      hint: 'Make some.',
    })
  await t.client.call('jobs.clear', {})
  expect(await t.client.call('jobs.list', {})).toEqual({ jobs: [] })
})

test('a job that a crash cut off is shown as interrupted', async () => {
  const dataDir = tempDir()
  const platform = nodePlatform({ shell: 'cli', version: '0', dataDir })
  const stores = await openStores(platform, {
    debug() {},
    info() {},
    warn() {},
    error() {},
    with: () => {
      throw new Error('unused')
    },
  })
  stores.catalog.jobs.save({
    id: 'j1',
    method: 'demo.create',
    title: 'x',
    state: 'running',
    fraction: 0.4,
    message: 'm',
    startedAt: '2026-11-01T00:00:00.000000000Z',
    endedAt: null,
    error: null,
  })
  await stores.close()
  await using t = await startTestEngine({ dataDir })
  expect((await t.client.call('jobs.list', {})).jobs).toMatchObject([{ id: 'j1', state: 'interrupted', fraction: 0.4 }])
})

test('what one window changes every other one hears', async () => {
  await using t = await startTestEngine()
  const heard = t.connect().stream('system.changes', {})[Symbol.asyncIterator]()
  const first = heard.next()
  // the stream is open once a call after it was answered in the same session order
  await t.client.call('system.ping', {})
  await t.client.call('settings.set', { theme: 'dark' })
  await t.client.call('settings.set', { zone: 'UTC' })
  expect(await first).toEqual({ value: { topic: 'settings', ids: ['theme'] }, done: false })
  expect(await t.client.call('settings.get', {})).toMatchObject({ theme: 'dark', zone: 'UTC' })
  expect(await failure(t.client.call('settings.set', { zone: 'Mars/Olympus' }))).toMatchObject({
    code: 'invalid_input',
  })
})

test('a second engine on the same folder is refused and told who holds it', async () => {
  await using t = await startTestEngine()
  t.engine.publishAddress('/run/example.sock')
  const error = await failure(createEngine({ platform: t.platform, modules: [], subset: true }))
  expect(error.code).toBe('conflict')
  expect(error.details).toMatchObject({ pid: process.pid, shell: 'cli', address: '/run/example.sock' })
})

test('a shutdown waits for what is under way, then cancels, and closes capabilities last to first', async () => {
  const closed: string[] = []
  const begun = Promise.withResolvers<void>()
  const jobs: CapabilityModule<'demo'> = {
    name: 'demo',
    start: (engine) => {
      engine.onShutdown(() => void closed.push('first'))
      engine.onShutdown(async () => void closed.push('second'))
      return {
        create: async (input, { signal }) => {
          if (input.seed === 1) {
            begun.resolve()
            await new Promise((resolve) => setTimeout(resolve, 30))
            closed.push('quick one answered')
            return RESULT
          }
          return await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('x'))))
        },
      }
    },
  }
  const t = await startTestEngine({ modules: [jobs], shutdownGraceMs: 200 })
  const quick = t.client.call('demo.create', { seed: 1 })
  const endless = failure(t.client.call('demo.create', { seed: 2 }))
  await begun.promise
  const down = t.engine.shutdown()
  expect(await failure(t.client.call('system.ping', {}))).toMatchObject({ code: 'unavailable' })
  expect(await quick).toEqual(RESULT)
  expect(await endless).toMatchObject({ code: 'cancelled' })
  await down
  expect(closed).toEqual(['quick one answered', 'second', 'first'])
  expect(t.client.state).toBe('closed')
  await t[Symbol.asyncDispose]()
})

test('one capability calls another, validated, within the same job', async () => {
  const demo: CapabilityModule<'demo'> = {
    name: 'demo',
    start: (engine) => ({
      create: async (_input, context) => {
        await engine.call('settings.set', { theme: 'light' }, context)
        const { theme } = await engine.call('settings.get', {}, context)
        return { ...RESULT, source: theme }
      },
    }),
  }
  await using t = await startTestEngine({ modules: [demo] })
  expect(await t.client.call('demo.create', {})).toMatchObject({ source: 'light' })
})
