// What goes out to a Prometheus, and what is concluded from what it is; each test names its fact (docs/connectors.md).

import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine, type TestEngineOptions } from '../../../../test/support/engine.ts'
import {
  type Answer,
  type FaultServer,
  type FaultServerOptions,
  type Seen,
  startFaultServer,
} from '../../../../test/support/fault-server.ts'
import { asEpochNs, fromMillis } from '../../../shared/base/time.ts'
import type { SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { type Grid, MAX_INTERVALS, planOf, SETTLING_MS } from './grid.ts'
import { prometheusConnector } from './index.ts'

const json = (data: unknown, more: object = {}): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ status: 'success', data, ...more }),
})
const ABSENT: Answer = { status: 404, type: 'text/plain', body: '404 page not found' }
const NONE = { resultType: 'matrix', result: [] }
const T0 = Date.parse('2026-01-01T00:00:00Z')
const iso = (ms: number): string => new Date(ms).toISOString()

interface Opened extends AsyncDisposable {
  readonly t: TestEngine
  readonly server: FaultServer
  readonly id: string
  /** questions to an endpoint, in their order */
  to(endpoint: string): Seen[]
  range(query: string, fromMs: number, toMs: number, step: string): ReturnType<TestEngine['client']['call']>
}

async function opened(
  answers: FaultServerOptions['answerTo'],
  more: Partial<SourceSpecInput> = {},
  options: TestEngineOptions = {},
): Promise<Opened> {
  const server = await startFaultServer({ answerTo: answers })
  const t = await startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])], ...options })
  const spec = { kind: 'prometheus' as const, name: 'p', url: server.url, ...more }
  const { id } = await t.client.call('sources.add', { ...spec, keep: 'session' })
  return {
    t,
    server,
    id,
    to: (endpoint) => server.seen.filter(({ path }) => path.endsWith(`/${endpoint}`)),
    range: (query, fromMs, toMs, step) =>
      t.client.call('metrics.query', { range: { from: iso(fromMs), to: iso(toMs) }, step, query, sources: [id] }),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const formOf = (seen: Seen | undefined) => new URLSearchParams(seen?.method === 'POST' ? seen.body : seen?.search)

test('3: questions go as POST forms, values of a label and what the server says of itself by GET', async () => {
  await using o = await opened((path) => json(path.endsWith('/query_range') ? NONE : []))
  await o.range('up', T0, T0 + 60_000, '30s')
  await o.t.client.call('metrics.exemplars', { range: { from: iso(T0), to: iso(T0 + 1000) }, query: 'up' })
  await o.t.client.call('metrics.labels', { metric: 'up' })
  await o.t.client.call('metrics.labels', { metric: 'up', label: 'job' })
  await o.t.client.call('metrics.rules', {})
  const asked = (endpoint: string) =>
    o.to(endpoint).map(({ method, search, headers }) => [method, headers['content-type'], search !== ''])
  const FORM = 'application/x-www-form-urlencoded'
  for (const endpoint of ['query_range', 'query_exemplars', 'labels'])
    expect([endpoint, asked(endpoint)]).toEqual([endpoint, [['POST', FORM, false]]])
  expect(asked('label/job/values')).toEqual([['GET', undefined, true]])
  expect(asked('rules')).toEqual([['GET', undefined, true]])
})

test.each([
  ['refuses POST as a method', 405],
  ['forbids it', 403],
] as const)('3: what %s gets the same question by GET, and is not offered a POST again', async (_what, status) => {
  const answers = () =>
    o.server.seen.at(-1)?.method === 'POST' ? { ...ABSENT, status, body: 'read only' } : json(NONE)
  await using o: Opened = await opened(answers)
  await o.range('sum(up) > 0', T0, T0 + 60_000, '30s')
  const [first, second] = o.to('query_range')
  expect([first?.method, second?.method]).toEqual(['POST', 'GET'])
  expect(formOf(second).get('query')).toBe('sum(up) > 0')
  expect([...formOf(second)]).toEqual([...formOf(first)])
  await o.range('up', T0, T0 + 60_000, '30s')
  expect(o.to('query_range').map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
})

test('4: times and steps are sent as seconds with decimals', async () => {
  await using o = await opened((path) =>
    json(path.endsWith('/query_range') ? NONE : { resultType: 'vector', result: [] }),
  )
  await o.range('up', T0 + 1, T0 + 60_001, '1500ms')
  const form = formOf(o.to('query_range')[0])
  expect([form.get('start'), form.get('end'), form.get('step')]).toEqual(['1767225600.001', '1767225660.001', '1.500'])
  await o.t.client.call('metrics.query', { range: { from: iso(T0), to: iso(T0 + 250) }, query: 'up', sources: [o.id] })
  expect(formOf(o.to('query')[0]).get('time')).toBe('1767225600.250')
})

test('7: 11,000 intervals are one request, one more is two', () => {
  const runs = (intervals: number) => {
    const grid: Grid = { start: 0, end: intervals * 1000, step: 1000 }
    return planOf(grid, () => undefined).runs.map(({ from, to }) => to - from)
  }
  expect(runs(11_000)).toEqual([11_000])
  const two = runs(11_001)
  expect([two.length, Math.max(...two) <= 11_000]).toEqual([2, true])
  expect(MAX_INTERVALS).toBe(11_000)
})

test('8: the newest ten minutes are asked again, what lies before is kept', async () => {
  const now = T0 + 3 * 3_600_000
  const answers: FaultServerOptions['answerTo'] = (_path, params) => {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name))) as [
      number,
      number,
      number,
    ]
    const values = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => [start + i * step, '7'])
    return json({ resultType: 'matrix', result: [{ metric: { __name__: 'up' }, values }] })
  }
  await using o = await opened(answers, {}, { clock: { now: () => asEpochNs(fromMillis(now)) } })
  await o.range('up', now - 3_600_000, now, '10s')
  const all = o.to('query_range').length
  await o.range('up', now - 3_600_000, now, '10s')
  const again = o.to('query_range').slice(all).map(formOf)
  const starts = again.map((form) => Number(form.get('start')) * 1000)
  // a chunk of sixty steps may begin before them
  expect(again).toHaveLength(1)
  expect(starts[0]).toBeLessThanOrEqual(now - SETTLING_MS)
  expect(starts[0]).toBeGreaterThan(now - SETTLING_MS - 60 * 10_000)
  expect(Number(again[0]?.get('end')) * 1000).toBe(now)
  expect(SETTLING_MS).toBe(600_000)
})

test.each(['rate(up[1m] @ end())', 'up @ start()', 'up offset 1m > bool range()'])(
  '8: %s speaks of its whole range: it is asked whole, never kept, and refused where that is too long',
  async (query) => {
    await using o = await opened(() => json(NONE))
    for (let i = 0; i < 2; i++) await o.range(query, T0, T0 + 7_200_000, '30s')
    expect(o.to('query_range').map((seen) => [formOf(seen).get('start'), formOf(seen).get('end')])).toEqual(
      Array.from({ length: 2 }, () => ['1767225600.000', '1767232800.000']),
    )
    await expect(o.range(query, T0, T0 + 12_000_000, '1s')).rejects.toMatchObject({ code: 'limit_exceeded' })
    expect(o.to('query_range')).toHaveLength(2)
  },
)

test.each([
  ['a Prometheus 3', { version: '3.16.0' }, { 'left-open': true, 'utf8-names': true }],
  ['a Prometheus 2', { version: '2.42.0' }, { 'left-open': false, 'utf8-names': false }],
  ['a compatible with its own name', { application: 'Grafana Mimir', version: '3.0.0' }, { 'left-open': false }],
  ['one that says nothing', undefined, { 'left-open': false, 'build-info': false }],
] as const)('10: what ranges mean is told of %s by what it says of itself', async (_who, build, flags) => {
  await using o = await opened((path) =>
    path.endsWith('/buildinfo')
      ? build === undefined
        ? ABSENT
        : json(build)
      : path.endsWith('/query_range')
        ? json(NONE)
        : ABSENT,
  )
  await o.range('up', T0, T0 + 60_000, '30s')
  const told = async () => (await o.t.client.call('sources.health', { id: o.id })).sources[0]?.capabilities
  await expect.poll(told).toBeDefined()
  expect((await told())?.flags).toMatchObject({ ...flags, features: false, 'tsdb-status': false })
})

test('11: a name that is no old one goes escaped in the path and quoted in the query, as it is', async () => {
  await using o = await opened((path) => json(path.endsWith('/query_range') ? NONE : ['GET', 'POST']))
  const { table } = await o.t.client.call('metrics.labels', { metric: 'up', label: 'http.method' })
  expect(frameToJsonTable(table).rows.map((row) => row['value'])).toEqual(['GET', 'POST'])
  expect(o.server.seen.map(({ path }) => path)).toContain('/api/v1/label/U__http_2e_method/values')
  const query = '{"http.requests", "http.method"="GET"}'
  await o.range(query, T0, T0 + 60_000, '30s')
  expect(formOf(o.to('query_range')[0]).get('query')).toBe(query)
})

test('12: an answer that the server cut is incomplete, also of names and labels', async () => {
  const warnings = ['results truncated due to limit']
  await using o = await opened((path) => json(path.endsWith('/query_range') ? NONE : ['a'], { warnings }))
  const cut = { complete: false, missing: [] }
  expect(await o.range('up', T0, T0 + 60_000, '30s')).toMatchObject({ completeness: cut, warnings })
  expect((await o.t.client.call('metrics.labels', { metric: 'up', label: 'job' })).completeness).toMatchObject(cut)
  expect((await o.t.client.call('metrics.labels', { metric: 'up' })).completeness).toMatchObject(cut)
})

test('12, 13: series by their labels, of a range whose ends the server takes loosely, no more than an answer may have', async () => {
  const series = ['c', 'a', 'b'].map((pod) => ({ __name__: 'up', pod, 'http.method': 'GET' }))
  await using o = await opened(() => json(series), { limits: { series: 2 } })
  const range = { from: iso(T0), to: iso(T0 + 60_000) }
  const { table, completeness } = await o.t.client.call('metrics.series', { selector: 'up{pod!=""}', range })
  const form = formOf(o.to('series')[0])
  expect(Object.fromEntries(form)).toEqual({
    'match[]': 'up{pod!=""}',
    limit: '2',
    start: (T0 / 1000).toFixed(3),
    end: (T0 / 1000 + 60).toFixed(3),
  })
  // which of them a server tells first is its own affair; they are listed by their labels
  expect(frameToJsonTable(table).rows).toEqual(
    ['a', 'c'].map((pod) => ({ name: 'up', labels: { pod, 'http.method': 'GET' }, source: o.id })),
  )
  expect(completeness).toEqual({ complete: false, missing: [], truncated: { returned: 2 } })
  await expect(o.t.client.call('metrics.series', { selector: 'sum(up)' })).rejects.toMatchObject({
    code: 'invalid_input',
  })
})

test('14: no exemplars, as where their storage is off, is an answer', async () => {
  await using o = await opened(() => json([]))
  const range = { from: iso(T0), to: iso(T0 + 60_000) }
  const { table, completeness } = await o.t.client.call('metrics.exemplars', { range, query: 'up' })
  expect([table.rowCount, completeness]).toEqual([0, { complete: true, missing: [] }])
})

test('16: helps that disagree stand side by side; a name without metadata stands alone', async () => {
  const metadata = {
    up: [
      { type: 'gauge', help: 'Is it up?', unit: '' },
      { type: 'gauge', help: 'Whether it answers', unit: '' },
      { type: 'gauge', help: 'Is it up?', unit: '' },
    ],
    latency_seconds: [{ type: 'histogram', help: 'How long', unit: 'seconds' }],
  }
  const names = ['latency_seconds_bucket', 'otlp_only', 'up']
  const search = async (answers: FaultServerOptions['answerTo']) => {
    await using o = await opened(answers)
    const { table, completeness } = await o.t.client.call('metrics.search', {})
    expect(completeness.complete).toBe(true)
    return frameToJsonTable(table).rows.map((row) => [row['name'], row['type'], row['help'], row['series']])
  }
  const known: FaultServerOptions['answerTo'] = (path) =>
    path.endsWith('/values')
      ? json(names)
      : path.endsWith('/metadata')
        ? json(metadata)
        : json({ seriesCountByMetricName: [{ name: 'up', value: 9 }] })
  expect(await search(known)).toEqual([
    ['latency_seconds_bucket', 'histogram', 'How long', null],
    ['otlp_only', '', '', null],
    ['up', 'gauge', 'Is it up? / Whether it answers', 9],
  ])
  expect(await search((path) => (path.endsWith('/values') ? json(names) : ABSENT))).toEqual(
    names.map((name) => [name, '', '', null]),
  )
})

test('19: a redirect to another host is not followed: it sees neither the question nor who asks', async () => {
  await using elsewhere = await startFaultServer()
  const other = elsewhere.url.replace('127.0.0.1', 'localhost')
  await using o = await opened(() => json(NONE), { tenant: 'team-a', auth: { type: 'bearer', token: 'planted' } })
  o.server.redirect = `${other}/api/v1/query_range`
  await expect(o.range('up', T0, T0 + 60_000, '30s')).rejects.toMatchObject({
    message: expect.stringContaining('redirects to another address'),
  })
  expect(elsewhere.seen).toEqual([])
  // within the same origin it is followed, with what it carries
  o.server.redirect = `${o.server.url}/moved/query_range`
  await o.range('up', T0, T0 + 60_000, '30s')
  expect(o.server.seen.at(-1)).toMatchObject({
    method: 'POST',
    path: '/moved/query_range',
    headers: { 'x-scope-orgid': 'team-a', authorization: 'Bearer planted' },
  })
})
