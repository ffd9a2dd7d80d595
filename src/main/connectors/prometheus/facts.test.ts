// What naive clients get wrong about Prometheus's API; each test names its fact (docs/connectors.md).

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { readQuery } from './answers.ts'
import { explain, partial } from './envelope.ts'
import { exemplarsOf } from './exemplars.ts'
import { prometheusConnector } from './index.ts'

async function* bytes(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const all = new TextEncoder().encode(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}
const success = (data: unknown, more: object = {}): string => JSON.stringify({ status: 'success', data, ...more })
const read = (text: string, series = 100) => readQuery(bytes(text), { series })

test('1: warnings and infos come with success, whatever their place', async () => {
  const said = { warnings: ['w'], infos: ['i'] }
  expect(await read(success({ resultType: 'vector', result: [] }, said))).toMatchObject(said)
  expect(
    await read(JSON.stringify({ ...said, status: 'success', data: { resultType: 'vector', result: [] } })),
  ).toMatchObject(said)
})

test('1: warnings and infos of a server reach whoever asked, beside the answer', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])] })
  await t.client.call('sources.add', { kind: 'prometheus', name: 'p', url: server.url })
  const result = [{ metric: { __name__: 'up' }, value: [1_767_225_600, '1'] }]
  const said = { warnings: ['PromQL warning: w'], infos: ['PromQL info: i'] }
  server.body = success({ resultType: 'vector', result }, said)
  const answer = await t.client.call('metrics.query', { query: 'up', range: { from: 'now-1h', to: 'now' } })
  expect(answer).toMatchObject({ ...said, completeness: { complete: true } })
  expect(answer.series).toHaveLength(1)
})

test('2: the code of a refusal is told by its type and status; another program’s words are not taken for it', () => {
  const body = (errorType: string, error: string) => JSON.stringify({ status: 'error', errorType, error, data: {} })
  expect(explain(400, body('bad_data', 'parse error'))?.error).toMatchObject({
    code: 'invalid_input',
    message: 'parse error',
  })
  expect(explain(422, body('execution', 'many-to-many matching'))?.error).toMatchObject({ code: 'invalid_input' })
  expect(explain(422, body('execution', 'query processing would load too many samples into memory'))?.error.code).toBe(
    'limit_exceeded',
  )
  expect(explain(503, body('timeout', 'query timed out'))).toMatchObject({
    transient: false,
    error: { code: 'timeout' },
  })
  expect(explain(500, body('internal', 'x'))).toMatchObject({
    transient: true,
    outage: true,
    error: { code: 'unavailable' },
  })
  expect(explain(499, body('canceled', 'query was canceled'))).toMatchObject({
    transient: false,
    error: { code: 'unavailable', message: expect.stringContaining('query was canceled') },
  })
  expect(explain(404, body('not_found', 'rule group has changed'))?.error.code).toBe('not_found')
  expect(explain(406, body('not_acceptable', 'x'))?.error.code).toBe('unsupported')
  expect(explain(404, '<html>')).toBeUndefined()
})

test('5: values are texts, and NaN and infinities among them', async () => {
  const values = [
    [1, 'NaN'],
    [2, '+Inf'],
    [3, '-Inf'],
    [4.5, '1e-7'],
  ]
  const { series } = await read(success({ resultType: 'matrix', result: [{ metric: {}, values }] }))
  expect([[...(series[0]?.times ?? [])], [...(series[0]?.values ?? [])]]).toEqual([
    [1000, 2000, 3000, 4500],
    [NaN, Infinity, -Infinity, 1e-7],
  ])
})

test('6: a series may have histograms, floats or both; vectors have one of either', async () => {
  const histogram = {
    count: '3',
    sum: '4.5',
    buckets: [
      [0, '1', '2', '3'],
      [3, '-0.1', '0.1', '0'],
    ],
  }
  const shown = {
    count: 3,
    sum: 4.5,
    buckets: [
      [0, 1, 2, 3],
      [3, -0.1, 0.1, 0],
    ],
  }
  const { series } = await read(
    success({
      resultType: 'matrix',
      result: [
        { metric: { a: '1' }, histograms: [[1, histogram]] },
        { metric: { a: '2' }, values: [[1, '7']], histograms: [[2, histogram]] },
      ],
    }),
  )
  expect(series.map((s) => [[...s.times], [...s.histogramTimes], s.histograms])).toEqual([
    [[], [1000], [shown]],
    [[1000], [2000], [shown]],
  ])
  const vector = await read(success({ resultType: 'vector', result: [{ metric: {}, histogram: [1, histogram] }] }))
  expect(vector.series[0]?.histograms).toEqual([shown])
})

test('7: "decreasing resolution" means a larger step', () => {
  const error =
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)'
  expect(explain(400, JSON.stringify({ status: 'error', errorType: 'bad_data', error }))?.error).toMatchObject({
    code: 'limit_exceeded',
    hint: 'Take a larger step or a shorter range.',
  })
})

test('9: an absent step is a gap in the picture, never drawn through', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])] })
  const { id } = await t.client.call('sources.add', { kind: 'prometheus', name: 'p', url: server.url })
  const at = Date.parse('2026-01-01T00:00:00Z') / 1000
  const values = [
    [at, '1'],
    [at + 1, '1'],
    [at + 5, '2'],
  ]
  server.body = success({ resultType: 'matrix', result: [{ metric: { __name__: 'up' }, values }] })
  const lane = await t.client.call('metrics.lane', {
    range: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:10Z' },
    query: 'up',
    width: 10,
    sources: [id],
  })
  expect([...(lane.series[0]?.values.values ?? [])]).toEqual([1, 1, NaN, 2])
})

test('14: the trace id of an exemplar has many names, is padded, and may be told', () => {
  const items = [
    {
      seriesLabels: { __name__: 'x' },
      exemplars: [
        { labels: { traceID: 'ABCDEF0123456789', span_id: '1' }, value: '0.5', timestamp: 1_600_000_000.123 },
        { labels: { my_trace: 'ff', trace_id: 'no hex' }, value: '1', timestamp: 1_600_000_001 },
      ],
    },
  ]
  expect(exemplarsOf(items, undefined).map((e) => [e.traceId, e.spanId, e.time])).toEqual([
    ['0000000000000000abcdef0123456789', '0000000000000001', 1_600_000_000_123_000_000n],
    ['', '', 1_600_000_001_000_000_000n],
  ])
  expect(exemplarsOf(items, 'my_trace')[1]?.traceId).toBe('ff'.padStart(32, '0'))
})

test('12, 22: a warning may mean that data is missing or cut; notes about the query do not', async () => {
  const store = 'store 10.0.0.1 is unavailable'
  expect(
    partial({ warnings: [store, 'PromQL warning: quantile', 'results truncated due to limit'], infos: [] }),
  ).toEqual([store])
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])] })
  const { id } = await t.client.call('sources.add', { kind: 'prometheus', name: 'p', url: server.url })
  const ask = () =>
    t.client.call('metrics.query', {
      range: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' },
      step: '1s',
      query: 'up',
      sources: [id],
    })
  const result = [{ metric: { __name__: 'up' }, values: [[1_767_225_600, '1']] }]
  server.body = success({ resultType: 'matrix', result }, { warnings: [store] })
  expect((await ask()).completeness).toMatchObject({ complete: false, missing: [{ source: id, reason: store }] })
  // a partial answer is not kept: the next question goes to the server again
  server.body = success({ resultType: 'matrix', result })
  expect((await ask()).completeness).toMatchObject({ complete: true, missing: [] })
})

test('an answer larger than any string is read in parts; series past the limit are dropped and said so', async () => {
  const values = Array.from({ length: 200_000 }, (_, i) => [i, '1.5'])
  const text = success({
    resultType: 'matrix',
    result: [
      { metric: { a: '1' }, values },
      { metric: { a: '2' }, values: [[1, '2']] },
    ],
  })
  const whole = await readQuery(bytes(text, 65_536), { series: 10 })
  expect([whole.series.map((s) => s.times.length), whole.samples, whole.cut]).toEqual([[200_000, 1], 200_001, false])
  const one = await readQuery(bytes(text, 65_536), { series: 1 })
  expect([one.series.map((s) => s.labels), one.cut]).toEqual([[{ a: '1' }], true])
})
