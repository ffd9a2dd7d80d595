// Units of queries, lanes in the address, suggestions and summaries, without a screen.

import { expect, test } from 'vitest'
import { commonService, slowest } from './LaneChart.tsx'
import { matchingMetrics } from './Explorer.tsx'
import { onlySeries } from './LaneFoot.tsx'
import { decodeLanes, encodeLanes, laneFor, newLane } from './lanes.ts'
import { summaryOf } from './SeriesTable.tsx'
import { type LabelLookup, suggestLanes } from './suggest.ts'
import { asEpochNs } from '../../../shared/base/time.ts'
import { parsePromQL, unitOfQuery } from '../../../shared/promql/index.ts'

const UNITS: Record<string, string> = { go_goroutines: '1', lag: '{record}', latency: 's', heap: 'By' }
const unit = (query: string): string => unitOfQuery(query, (name) => UNITS[name])

test('a query has the unit of what it computes', () => {
  expect({
    gauge: unit('go_goroutines'),
    told: unit('sum by (pod) (heap)'),
    suffix: unit('process_resident_memory_bytes'),
    rate: unit('rate(http_requests_total[1m])'),
    bytes: unit('rate(sent_bytes_total[1m])'),
    cpu: unit('rate(cpu_seconds_total[1m])'),
    quantile: unit('histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m])))'),
    ratio: unit('sum(rate(a_total{code="5xx"}[1m])) / sum(rate(a_total[1m]))'),
    mean: unit('rate(latency_sum[1m]) / rate(latency_count[1m])'),
    count: unit('count(heap)'),
    wrong: unit('rate(heap[1m'),
  }).toEqual({
    gauge: '',
    told: 'By',
    suffix: 'By',
    rate: '1/s',
    bytes: 'By/s',
    cpu: 'ratio',
    quantile: 's',
    ratio: 'ratio',
    mean: 's',
    count: '',
    wrong: '',
  })
})

test('lanes survive the address', () => {
  const lanes = [
    newLane('up', { stacked: true, log: true, compare: '1h', threshold: 0.5, top: 20, exemplars: false, table: true }),
    newLane('h', { heatmap: true, asTable: true }),
  ]
  expect(decodeLanes(encodeLanes(lanes))).toEqual(lanes)
  expect(decodeLanes([3, null, { q: 1 }, 'up', { q: 'x', c: 'yesterday', n: -4 }])).toEqual([
    newLane('up'),
    newLane('x'),
  ])
  expect(decodeLanes(null)).toBeUndefined()
})

test('a summary leaves gaps out', () => {
  expect(summaryOf(Float64Array.of(1, Number.NaN, 3))).toEqual({ last: 3, min: 1, max: 3, mean: 2 })
  expect(summaryOf(Float64Array.of(Number.NaN)).last).toBeNaN()
})

test('metrics are found by every word in name, help, type or unit', () => {
  const metrics = [
    { name: 'a_total', help: 'Requests answered.', type: 'sum', unit: '1', series: 1 },
    { name: 'b_bytes', help: 'Heap.', type: 'gauge', unit: 'By', series: 1 },
  ]
  expect(matchingMetrics(metrics, 'GAUGE heap').map((m) => m.name)).toEqual(['b_bytes'])
  expect(metrics.map((m) => laneFor(m).query)).toEqual(['rate(a_total[2m])', 'b_bytes'])
  const one = { job: 'a"b', 'http.method': 'GET' }
  const lanes = ['histogram', 'exponential-histogram', 'summary', 'sum', 'gauge'].map(
    (type) => laneFor({ name: 'x.y', type }, one).query,
  )
  expect(lanes[4]).toBe('{"x.y", job="a\\"b", "http.method"="GET"}')
  for (const lane of lanes) expect(() => parsePromQL(lane)).not.toThrow()
})

const LABELS: Record<string, Record<string, string[]>> = {
  http_requests_total: { job: ['cart', 'pay'], code: ['2xx', '5xx'] },
  http_request_duration_seconds_count: { service: ['cart'] },
  mem_working: {},
}
const lookup: LabelLookup = {
  names: async (metric) => Object.keys(LABELS[metric] ?? {}),
  values: async (metric, label) => LABELS[metric]?.[label] ?? [],
  async metrics(selector) {
    const [, label = '', value = ''] = /^\{(\w+)="(\w+)"\}$/.exec(selector) ?? []
    return new Set(Object.keys(LABELS).filter((metric) => LABELS[metric]?.[label]?.includes(value)))
  },
}
const KNOWN = [
  { name: 'http_requests_total', type: 'sum', unit: '1' },
  { name: 'http_request_duration_seconds', type: 'histogram', unit: 's' },
]

test('suggests requests, errors and durations that the labels bear out, all of them readable', async () => {
  const cart = (await suggestLanes(KNOWN, 'cart', undefined, lookup)).map((l) => l.query)
  expect(cart).toEqual([
    'sum by (code) (rate(http_requests_total{job="cart"}[2m]))',
    'sum (rate(http_requests_total{job="cart", code="5xx"}[2m])) / sum (rate(http_requests_total{job="cart"}[2m]))',
    'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{service="cart"}[2m])))',
    'http_request_duration_seconds{service="cart"}',
  ])
  expect((await suggestLanes(KNOWN, 'pay', undefined, lookup)).length).toBe(2)
  expect(await suggestLanes(KNOWN, 'nobody', undefined, lookup)).toEqual([])
  for (const lane of [...cart, ...(await suggestLanes(KNOWN, undefined, undefined, lookup)).map((l) => l.query)])
    expect(() => parsePromQL(lane)).not.toThrow()
})

test('hundreds of metrics that look alike cost a server no more requests than a few do', async () => {
  const alike = Array.from({ length: 300 }, (_, i) => ({
    name: `d${i}_duration_seconds`,
    type: 'histogram',
    unit: 's',
  }))
  for (const service of ['cart', undefined]) {
    const asked: string[] = []
    const note = <T>(request: string, answer: T): T => {
      asked.push(request)
      return answer
    }
    const counted: LabelLookup = {
      names: async (metric) => note(metric, []),
      values: async (metric, label) => note(`${metric} ${label}`, []),
      metrics: async (selector) => note(selector, new Set(['d299_duration_seconds_bucket'])),
    }
    const lanes = await suggestLanes(alike, service, undefined, counted)
    expect(lanes.length).toBe(service === undefined ? 0 : 2)
    expect(new Set(asked).size).toBeLessThan(30)
  }
})

test('one series of an expression stays a valid query', () => {
  expect(onlySeries('up', { __name__: 'up', job: 'a' })).toBe('up{job="a"}')
  const narrowed = onlySeries('sum by (job, code) (rate(x[1m]))', { job: 'a"b', code: '2xx' })
  expect(() => parsePromQL(narrowed)).not.toThrow()
  expect(onlySeries('up', { 'http.method': 'GET' })).toBe('up{"http.method"="GET"}')
  expect(() => parsePromQL(onlySeries('sum by ("http.method") (x)', { 'http.method': 'GET' }))).not.toThrow()
})

test('names the one service that a lane speaks of', () => {
  expect(commonService([{ service: 'a' }, { service: 'a', pod: 'x' }], '')).toBe('a')
  expect(commonService([{ service: 'a' }, { service: 'b' }], 'x')).toBeUndefined()
  expect(commonService([{}], 'sum(rate(x{job="pay"}[1m]))')).toBe('pay')
})

test('keeps the slowest exemplar of each moment', () => {
  const dot = (at: bigint, value: number) => ({ at, value, id: `${value}`, label: '' })
  const range = { from: asEpochNs(0n), to: asEpochNs(1000n) }
  expect(slowest([dot(1n, 1), dot(2n, 5), dot(11n, 2)], range).map((d) => d.value)).toEqual([5, 2])
})
