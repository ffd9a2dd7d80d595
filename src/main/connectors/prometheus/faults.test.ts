// The fault matrix: whatever stands or goes wrong between, the other source answers, what is missing is said, nothing leaks,
// and the source recovers by itself.

import { expect, test } from 'vitest'
import { startBlackHole } from '../../../../test/support/black-hole.ts'
import { startTestEngine, type TestEngine } from '../../../../test/support/engine.ts'
import { type Fault, pem, startFaultServer } from '../../../../test/support/fault-server.ts'
import type { SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { prometheusConnector } from './index.ts'

const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' }
const engine = (): Promise<TestEngine> =>
  startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])] })

async function add(t: TestEngine, url: string, more: Partial<SourceSpecInput> = {}): Promise<string> {
  const spec = {
    kind: 'prometheus' as const,
    name: 'p',
    url,
    limits: { answerBytes: 1_048_576 },
    ...more,
  }
  return (await t.client.call('sources.add', { ...spec, keep: 'session' })).id
}
const ask = (t: TestEngine, sources: string[], query = 'up') =>
  t.client.call('metrics.query', { range: RANGE, step: '1m', query, sources })

/** Only for what never answers: a loaded machine needs longer than this for what does. */
const SOON = { limits: { timeoutMs: 400 } }
const NEVER_ANSWERS: ReadonlySet<Fault> = new Set(['frozen', 'slow-first-byte'])

const MATRIX: ReadonlyArray<readonly [Fault, code: string, message: RegExp]> = [
  ['frozen', 'timeout', /no whole answer within 0.4 s/],
  ['slow-first-byte', 'timeout', /no whole answer within 0.4 s/],
  ['cut', 'unavailable', /connection was cut/],
  ['not-whole', 'unavailable', /cut|before it was whole/],
  ['busy', 'unavailable', /fewer queries \(429\)/],
  ['error', 'unavailable', /server failed \(500\)/],
  ['unknown-caller', 'unauthenticated', /does not know who asks/],
  ['page', 'unavailable', /web page came instead of an answer \(“Sign in”\)/],
  ['wrong-json', 'unavailable', /not an answer of Prometheus/],
  ['half-json', 'unavailable', /not an answer of Prometheus/],
  ['bomb', 'limit_exceeded', /larger than 1 MB when unpacked/],
  ['elsewhere', 'unavailable', /redirects to another address, http:\/\/127.0.0.2:9; nothing was sent there/],
  ['circle', 'unavailable', /redirects in a circle/],
]

for (const [fault, code, message] of MATRIX)
  test(`${fault}: said plainly alone, a gap beside another source, well again by itself (2, 19)`, async () => {
    await using broken = await startFaultServer()
    await using healthy = await startFaultServer()
    await using t = await engine()
    const bad = await add(t, broken.url, NEVER_ANSWERS.has(fault) ? SOON : {})
    const good = await add(t, healthy.url)
    broken.fault = fault
    await expect(ask(t, [bad])).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    const both = await ask(t, [bad, good])
    expect(both.series.map((s) => s.metric['watchdeck_source'])).toEqual([good])
    expect(both.completeness).toEqual({
      complete: false,
      missing: [
        {
          source: bad,
          from: '2026-01-01T00:00:00.000000000Z',
          to: '2026-01-01T00:10:00.000000000Z',
          reason: expect.stringMatching(message),
        },
      ],
    })
    broken.fault = 'none'
    await recovered(t, bad)
  })

/** The breaker may be resting: it asks again after two seconds at most. */
async function recovered(t: TestEngine, id: string): Promise<void> {
  const found = () =>
    ask(t, [id]).then(
      (answer) => answer.series.length,
      () => 0,
    )
  await expect.poll(found, { timeout: 30_000, interval: 200 }).toBe(1)
  expect((await t.client.call('sources.health', { id })).sources[0]?.state).toBe('ok')
}

test('a query that one server refuses is a gap there beside one that answers, and the error where all refuse it', async () => {
  const refusal = '{"status":"error","errorType":"bad_data","error":"unknown function \\"info\\""}'
  await using older = await startFaultServer()
  await using healthy = await startFaultServer()
  await using gone = await startFaultServer()
  await using t = await engine()
  const [old, good, away] = [await add(t, older.url), await add(t, healthy.url), await add(t, gone.url)]
  older.body = refusal
  const both = await ask(t, [old, good])
  expect(both.series.map((s) => s.metric['watchdeck_source'])).toEqual([good])
  expect(both.completeness.missing).toMatchObject([
    { source: old, reason: expect.stringContaining('unknown function') },
  ])
  gone.fault = 'unknown-caller'
  const refused = { code: 'invalid_input', message: expect.stringContaining('unknown function') }
  for (const sources of [[old], [away, old], [old, away]]) await expect(ask(t, sources)).rejects.toMatchObject(refused)
  healthy.body = refusal
  await expect(ask(t, [old, good])).rejects.toMatchObject(refused)
})

test('labels and rules that one server refuses are gaps there, and the error where none answers', async () => {
  const refusal = '{"status":"error","errorType":"bad_data","error":"no org id"}'
  await using picky = await startFaultServer()
  await using healthy = await startFaultServer()
  await using t = await engine()
  const [refuses, good] = [await add(t, picky.url), await add(t, healthy.url)]
  picky.body = refusal
  healthy.body = '{"status":"success","data":["instance","job"]}'
  const labels = (sources: string[]) => t.client.call('metrics.labels', { sources, metric: 'up' })
  const { table, completeness } = await labels([refuses, good])
  expect(frameToJsonTable(table).rows.map(({ value }) => value)).toEqual(['instance', 'job'])
  expect(completeness.missing).toMatchObject([{ source: refuses, reason: expect.stringContaining('no org id') }])
  await expect(labels([refuses])).rejects.toMatchObject({ code: 'invalid_input' })
  healthy.body = '{"status":"success","data":{"groups":[]}}'
  const rules = (sources: string[]) => t.client.call('metrics.rules', { sources })
  expect((await rules([refuses, good])).completeness.missing).toMatchObject([{ source: refuses }])
  await expect(rules([refuses])).rejects.toMatchObject({ code: 'invalid_input' })
})

test('refused: says that nothing listens there, a gap beside another source, well again when something does', async () => {
  const gone = await startFaultServer()
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  await using t = await engine()
  const bad = await add(t, url)
  await expect(ask(t, [bad])).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('refused'),
  })
  const { steps } = await t.client.call('sources.test', { id: bad })
  expect(steps.map((s) => [s.step, s.ok])).toEqual([
    ['settings', true],
    ['resolve', true],
    ['connect', false],
  ])
  expect(steps.at(-1)).toMatchObject({ hint: 'Check host and port, and whether the server runs.' })
  await using healthy = await startFaultServer()
  const { completeness } = await ask(t, [bad, await add(t, healthy.url)])
  expect(completeness.missing).toMatchObject([{ source: bad, reason: expect.stringContaining('refused') }])
  await using _back = await startFaultServer({ port: gone.port })
  await recovered(t, bad)
})

test.skipIf(process.platform === 'win32')(
  'black hole: no connection comes about, a gap beside another source, well again by itself (needs SIGSTOP)',
  async () => {
    await using behind = await startFaultServer()
    await using hole = await startBlackHole(behind.port)
    await using healthy = await startFaultServer()
    await using t = await engine()
    const bad = await add(t, hole.url, SOON)
    const good = await add(t, healthy.url)
    await hole.fill()
    const message = /no whole answer within 0.4 s/
    await expect(ask(t, [bad])).rejects.toMatchObject({ code: 'timeout', message: expect.stringMatching(message) })
    const both = await ask(t, [bad, good])
    expect(both.series.map((s) => s.metric['watchdeck_source'])).toEqual([good])
    expect(both.completeness.missing).toEqual([
      {
        source: bad,
        from: '2026-01-01T00:00:00.000000000Z',
        to: '2026-01-01T00:10:00.000000000Z',
        reason: expect.stringMatching(message),
      },
    ])
    // who leaves is let go at once, though there is no connection that could be closed
    const patient = await add(t, hole.url, { limits: { timeoutMs: 600_000 } })
    const leaving = new AbortController()
    const left = t.client.call(
      'metrics.query',
      { range: RANGE, step: '1m', query: 'up', sources: [patient] },
      { signal: leaving.signal },
    )
    setTimeout(() => leaving.abort(), 50)
    await expect(left).rejects.toMatchObject({ code: 'cancelled' })
    expect([hole.hanging(), behind.seen]).toEqual([3, []])
    hole.empty()
    await recovered(t, bad)
  },
)

test('a failure that passes is asked again within the same question, one that does not is left alone for a while', async () => {
  await using server = await startFaultServer()
  await using t = await engine()
  const id = await add(t, server.url)
  server.fault = 'error'
  server.faultsLeft = 2
  expect((await ask(t, [id])).series).toHaveLength(1)
  const load = async () =>
    (await t.client.call('sources.health', { id })).sources[0]?.load.find((each) => each.view === 'metrics.query')
  expect(await load()).toMatchObject({ requests: 3, failures: 2, retries: 2 })
  server.fault = 'error'
  server.faultsLeft = Infinity
  for (let i = 0; i < 4; i++) await expect(ask(t, [id], `up{n="${i}"}`)).rejects.toMatchObject({ code: 'unavailable' })
  const before = server.seen.length
  await expect(ask(t, [id], 'up{n="late"}')).rejects.toMatchObject({ message: expect.stringContaining('left alone') })
  expect(server.seen.length).toBe(before)
  expect((await t.client.call('sources.health', { id })).sources[0]).toMatchObject({ state: 'resting' })
})

test('equal questions in flight are one request; cancelling reaches the server', async () => {
  await using server = await startFaultServer()
  await using t = await engine()
  const id = await add(t, server.url)
  let open = (): void => {}
  server.gate = new Promise((resolve) => {
    open = resolve
  })
  const three = [ask(t, [id]), ask(t, [id]), ask(t, [id])]
  // the first is not answered before the others have joined it
  await expect
    .poll(async () => {
      const { sources } = await t.client.call('sources.health', { id })
      return sources[0]?.load.reduce((sum, { shared }) => sum + shared, 0)
    })
    .toBe(2)
  open()
  await Promise.all(three)
  expect(server.seen.filter((s) => s.path.endsWith('query_range'))).toHaveLength(1)
  server.fault = 'frozen'
  const abort = new AbortController()
  const asked = t.client.call(
    'metrics.query',
    { range: RANGE, step: '1m', query: 'up{slow="1"}', sources: [id] },
    { signal: abort.signal },
  )
  await expect.poll(() => server.seen.some((s) => s.body.includes('slow'))).toBe(true)
  abort.abort()
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => server.seen.find((s) => s.body.includes('slow'))?.aborted).toBe(true)
})

test('a clock two hours off is found by the test and said', async () => {
  await using server = await startFaultServer()
  await using t = await engine()
  server.fault = 'clock'
  const id = await add(t, server.url)
  const { steps } = await t.client.call('sources.test', { id })
  expect(steps.at(-1)).toMatchObject({ step: 'clock', ok: false, message: expect.stringContaining('120 min ahead') })
})

test('an expired certificate and one for another host are refused before anything is sent; the right one is taken (20)', async () => {
  const tls = { ca: pem('ca.pem'), insecure: false }
  for (const [cert, said] of [
    ['expired.pem', /has expired/],
    ['wrong-host.pem', /for another host name/],
  ] as const) {
    await using server = await startFaultServer({ cert })
    await using t = await engine()
    const id = await add(t, server.url, { tls, auth: { type: 'bearer', token: 'planted-token' } })
    await expect(ask(t, [id])).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(said) })
    const { steps } = await t.client.call('sources.test', { id })
    expect(steps.at(-1)).toMatchObject({ step: 'tls', ok: false, message: expect.stringMatching(said) })
    expect(server.seen).toEqual([])
  }
  await using server = await startFaultServer({ cert: 'good.pem' })
  await using t = await engine()
  expect((await ask(t, [await add(t, server.url, { tls })])).series).toHaveLength(1)
  await expect(ask(t, [await add(t, server.url)])).rejects.toMatchObject({
    message: expect.stringMatching(/authority that this machine/),
  })
})

test('what is kept of a range is asked no more, and still answers when the server is gone (8)', async () => {
  await using server = await startFaultServer()
  await using t = await engine()
  const id = await add(t, server.url)
  const wide = {
    range: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:59:00Z' },
    step: '1m',
    query: 'up',
    sources: [id],
  }
  await t.client.call('metrics.query', wide)
  const ranges = () => server.seen.filter((s) => s.path.endsWith('query_range')).length
  const before = ranges()
  await t.client.call('metrics.query', wide)
  expect(ranges()).toBe(before)
  server.fault = 'error'
  const more = { ...wide, range: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T04:00:00Z' } }
  const answer = await t.client.call('metrics.query', more)
  expect(answer.series[0]?.values.times.length).toBe(180)
  expect(answer.completeness.missing).toMatchObject([
    { source: id, from: '2026-01-01T03:00:00.000000000Z', to: '2026-01-01T04:00:00.000000000Z' },
  ])
})
