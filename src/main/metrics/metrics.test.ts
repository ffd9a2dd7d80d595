// Metrics over a real store: queries, lanes, histograms, exemplars, scope.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { formatRfc3339, NS_PER_S } from '../../shared/base/time.ts'
import { NO_ATTRIBUTES, type SeriesInfo, type TelemetryBatch } from '../../shared/domain/telemetry.ts'
import { rowAt } from '../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { metricsModule } from './index.ts'

const START = 1_793_628_000_000_000_000n
const at = (seconds: number) => START + BigInt(seconds) * NS_PER_S
const when = (seconds: number) => formatRfc3339(at(seconds))
const range = { from: when(0), to: when(600) }

function info(promName: string, labels: Record<string, string>, fields: Partial<SeriesInfo> = {}): SeriesInfo {
  return {
    name: promName,
    promName,
    labels,
    type: 'sum',
    unit: '1',
    help: `Help of ${promName}`,
    service: labels['service'] ?? '',
    temporality: 'cumulative',
    monotonic: true,
    attributes: NO_ATTRIBUTES,
    ...fields,
  }
}

const samples = (series: SeriesInfo, values: ReadonlyArray<number | null>, step = 15): TelemetryBatch => ({
  kind: 'samples',
  rows: values.flatMap((value, i) => (value === null ? [] : [{ series, time: at(i * step), startTime: at(0), value }])),
})

const requestsA = info('requests_total', { service: 'a', pod: 'a-1' })
const requestsB = info('requests_total', { service: 'b', pod: 'b-1' })
const deltas = info('jobs_total', { service: 'a' }, { temporality: 'delta' })
const memory = info('memory_bytes', { service: 'a' }, { type: 'gauge', unit: 'By', monotonic: false })
const latency = info('latency_seconds', { service: 'a' }, { type: 'histogram', unit: 's' })
const native = info('size_bytes', { service: 'a' }, { type: 'exponential-histogram', unit: 'By' })
const summary = info('gc_seconds', { service: 'a' }, { type: 'summary' })

const histogram = { startTime: at(0), sum: 10, min: null, max: null }
const batches: TelemetryBatch[] = [
  samples(
    requestsA,
    Array.from({ length: 41 }, (_, i) => i * 30),
  ),
  samples(
    requestsB,
    Array.from({ length: 41 }, (_, i) => i * 15),
  ),
  samples(deltas, [null, ...Array.from({ length: 40 }, () => 6)]),
  samples(
    memory,
    Array.from({ length: 41 }, (_, i) => (i > 10 && i < 30 ? null : 100 + i)),
  ),
  {
    kind: 'histograms',
    rows: Array.from({ length: 41 }, (_, i) => ({
      ...histogram,
      series: latency,
      time: at(i * 15),
      count: i * 10,
      explicit: { bounds: [0.1, 1], counts: [i * 5, i * 4, i] },
    })),
  },
  {
    kind: 'histograms',
    rows: [
      {
        ...histogram,
        series: native,
        time: at(300),
        count: 6,
        exponential: {
          scale: 0,
          zeroCount: 1,
          zeroThreshold: 0,
          positiveOffset: 0,
          positive: [2, 3],
          negativeOffset: 0,
          negative: [],
        },
      },
    ],
  },
  {
    kind: 'histograms',
    rows: [{ ...histogram, series: summary, time: at(300), count: 4, quantiles: [{ quantile: 0.5, value: 0.25 }] }],
  },
  {
    kind: 'exemplars',
    rows: [
      {
        series: requestsA,
        pointTime: at(30),
        time: at(29),
        value: 1.5,
        traceId: 'ab'.padStart(32, '0'),
        spanId: 'cd'.padStart(16, '0'),
        attributes: { values: { 'http.route': '/cart' } },
      },
    ],
  },
]

let t: TestEngine
let one: string
let two: string

async function addSource(name: string, rows: readonly TelemetryBatch[]): Promise<string> {
  const { id } = t.stores.catalog.sources.create({ name, kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  for (const batch of rows) await writer.write(batch)
  await writer.commit()
  t.stores.catalog.sources.update(id, { state: 'ready' })
  return id
}

beforeAll(async () => {
  t = await startTestEngine({ modules: [metricsModule] })
  one = await addSource('one', batches)
  two = await addSource('two', [
    samples(
      requestsA,
      Array.from({ length: 41 }, (_, i) => i * 150),
    ),
  ])
})
afterAll(() => t[Symbol.asyncDispose]())

const plain = (answer: {
  series: ReadonlyArray<{ metric: Record<string, string>; values: { values: Float64Array } }>
}) => answer.series.map((s) => [s.metric, [...s.values.values]] as const)
const instant = async (query: string, sources: string[] = [one]) =>
  t.client.call('metrics.query', { range, query, sources })

test('rates of counters, by service', async () => {
  expect(plain(await instant('sum by (service) (rate(requests_total[5m]))'))).toEqual([
    [{ service: 'a' }, [expect.closeTo(2)]],
    [{ service: 'b' }, [expect.closeTo(1)]],
  ])
})

test('a range query answers at from, every step, and to, with exact times', async () => {
  const answer = await t.client.call('metrics.query', {
    range: { from: when(0), to: when(60) },
    step: '30s',
    query: 'requests_total{service="a"}',
    sources: [one],
  })
  expect(answer.resultType).toBe('matrix')
  expect([...(answer.series[0]?.values.times ?? [])]).toEqual([at(0), at(30), at(60)])
  expect([...(answer.series[0]?.values.values ?? [])]).toEqual([0, 60, 120])
})

test('explicit histograms have the three series that Prometheus gives them', async () => {
  expect(plain(await instant('histogram_quantile(0.5, rate(latency_seconds_bucket[5m]))'))).toEqual([
    [{ service: 'a' }, [expect.closeTo(0.1)]],
  ])
  expect(plain(await instant('latency_seconds_bucket{le="1"}'))).toEqual([
    [{ __name__: 'latency_seconds_bucket', service: 'a', le: '1' }, [360]],
  ])
  expect(plain(await instant('latency_seconds_count'))).toEqual([
    [{ __name__: 'latency_seconds_count', service: 'a' }, [400]],
  ])
})

test('exponential histograms are native ones, summaries have quantiles', async () => {
  const answer = await t.client.call('metrics.query', {
    range: { from: when(0), to: when(300) },
    query: 'size_bytes',
    sources: [one],
  })
  expect(answer.series[0]?.histograms).toEqual([
    [
      when(300),
      {
        count: 6,
        sum: 10,
        buckets: [
          [3, -0, 0, 1],
          [0, 1, 2, 2],
          [0, 2, 4, 3],
        ],
      },
    ],
  ])
  const quantiles = await t.client.call('metrics.query', {
    range: { from: when(0), to: when(300) },
    query: 'gc_seconds{quantile="0.5"}',
    sources: [one],
  })
  expect(plain(quantiles)).toEqual([[{ __name__: 'gc_seconds', service: 'a', quantile: '0.5' }, [0.25]]])
})

test('rate of a delta counter is the sum of its deltas over time', async () => {
  expect(plain(await instant('rate(jobs_total[5m])'))).toEqual([[{ service: 'a' }, [expect.closeTo(0.4)]]])
})

test('two sources never mix: each is answered for itself and named', async () => {
  expect(plain(await instant('sum(rate(requests_total{service="a"}[5m]))', [one, two]))).toEqual([
    [{ watchdeck_source: one }, [expect.closeTo(2)]],
    [{ watchdeck_source: two }, [expect.closeTo(10)]],
  ])
})

test('a plain selector is thinned per pixel, its gap stays a gap', async () => {
  const lane = await t.client.call('metrics.lane', { range, query: 'memory_bytes', width: 600, sources: [one] })
  expect({ mode: lane.mode, unit: lane.unit, type: lane.type, label: lane.series[0]?.label }).toEqual({
    mode: 'm4',
    unit: 'By',
    type: 'gauge',
    label: 'memory_bytes',
  })
  const values = [...(lane.series[0]?.values.values ?? [])]
  expect(values.filter(Number.isNaN)).toHaveLength(1)
  expect(values.slice(0, 12)).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, Number.NaN])
})

test('lines that move most are kept and the cut is told', async () => {
  const lane = await t.client.call('metrics.lane', {
    range,
    query: 'requests_total',
    width: 100,
    maxSeries: 1,
    sources: [one],
  })
  expect(lane.series.map((s) => s.metric['service'])).toEqual(['a'])
  expect(lane.completeness.truncated).toEqual({ returned: 1, total: 2 })
})

test('an expression is stepped on whole multiples of a round step', async () => {
  const lane = await t.client.call('metrics.lane', {
    range,
    query: 'rate(requests_total[1m])',
    width: 60,
    sources: [one],
  })
  expect([lane.mode, lane.stepNs]).toEqual(['step', 10_000_000_000])
  expect(lane.series.map((s) => s.label)).toEqual(['a-1', 'b-1'])
  expect([...(lane.series[0]?.values.times ?? [])].every((time) => time % 10_000_000_000n === 0n)).toBe(true)
})

test('buckets and counts of a histogram of seconds are numbers of observations, not seconds', async () => {
  const unitOf = async (query: string): Promise<string> =>
    (await t.client.call('metrics.lane', { range, query, width: 100, sources: [one] })).unit
  expect(await Promise.all(['bucket', 'count', 'sum'].map((part) => unitOf(`latency_seconds_${part}`)))).toEqual([
    '',
    '',
    's',
  ])
})

test('a heatmap counts observations per step and bucket', async () => {
  const heatmap = await t.client.call('metrics.heatmap', {
    range,
    metric: 'latency_seconds',
    width: 10,
    sources: [one],
  })
  expect([...heatmap.bounds]).toEqual([0.1, 1, Infinity])
  const last = [...heatmap.counts.slice(-3)]
  expect(last).toEqual([expect.closeTo(20), expect.closeTo(16), expect.closeTo(4)])
})

test('exemplars lead to their trace', async () => {
  const { table } = await t.client.call('metrics.exemplars', {
    range,
    query: 'rate(requests_total[5m])',
    sources: [one],
  })
  expect(table.rowCount).toBe(1)
  expect(rowAt(table, 0)).toEqual({
    time: at(29),
    value: 1.5,
    traceId: 'ab'.padStart(32, '0'),
    spanId: 'cd'.padStart(16, '0'),
    metric: JSON.stringify({ __name__: 'requests_total', pod: 'a-1', service: 'a' }),
    attributes: '{"http.route":"/cart"}',
  })
})

test('metrics are found by words in name and help, labels by metric', async () => {
  const found = await t.client.call('metrics.search', { text: 'help requests', sources: [one] })
  expect(rowAt(found.table, 0)).toEqual({
    name: 'requests_total',
    type: 'sum',
    unit: '1',
    help: 'Help of requests_total',
    series: 2n,
  })
  const labels = await t.client.call('metrics.labels', { metric: 'requests_total', label: 'service', sources: [one] })
  expect([rowAt(labels.table, 0), rowAt(labels.table, 1)]).toEqual([
    { value: 'a', series: 1n },
    { value: 'b', series: 1n },
  ])
})

test('series are found by a selector: those of a histogram by the names of their parts', async () => {
  const rows = async (selector: string) =>
    frameToJsonTable((await t.client.call('metrics.series', { selector, sources: [one] })).table).rows
  expect(await rows('requests_total{service="b"}')).toEqual([
    { name: 'requests_total', labels: expect.objectContaining({ service: 'b' }), source: one },
  ])
  expect((await rows('{__name__=~"latency.*"}')).map(({ name }) => name)).toEqual([
    'latency_seconds_bucket',
    'latency_seconds_count',
    'latency_seconds_sum',
  ])
  expect(await rows('nothing_of_this_name')).toEqual([])
})

test('a query that does not parse says where; what is not there is refused by name', async () => {
  await expect(instant('sum(rate(requests_total[5m])')).rejects.toMatchObject({
    code: 'invalid_input',
    details: { line: 1 },
  })
  await expect(instant('limit_ratio(0.5, requests_total)')).rejects.toMatchObject({
    code: 'unsupported',
    details: { name: 'limit_ratio' },
  })
  await expect(t.client.call('metrics.query', { range, step: '1ms', query: 'requests_total' })).rejects.toMatchObject({
    code: 'limit_exceeded',
  })
})
