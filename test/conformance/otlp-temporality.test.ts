// One program's metrics sent twice, as deltas and as totals: PromQL must say the same of both. The OpenTelemetry SDK of Node
// writes the points; only their times are moved to whole minutes, so that every answer is exact.

import { JsonMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { receiverModule } from '../../src/main/receiver/index.ts'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { postOtlp } from '../support/otlp.ts'
import { freePort } from '../support/ports.ts'

const MINUTE = 60_000_000_000n
const COLLECTIONS = 12

class Reader extends MetricReader {
  constructor(temporality: AggregationTemporality) {
    super({ aggregationTemporalitySelector: () => temporality })
  }
  protected override async onForceFlush(): Promise<void> {
    // collected by hand
  }
  protected override async onShutdown(): Promise<void> {
    // nothing is open
  }
}

/** Times of every point moved: a total counts from the first minute, a delta from the minute before. */
function moved(value: unknown, start: bigint, at: bigint): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, start, at))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'startTimeUnixNano' ? start.toString() : key === 'timeUnixNano' ? at.toString() : moved(inner, start, at),
    ]),
  )
}

/** @param grows by which factor every minute's observations are above the first's */
async function sent(t: TestEngine, grows: (minute: number) => number): Promise<bigint> {
  const { endpoint } = await t.client.call('receiver.start', { port: await freePort() })
  const readers = {
    deltas: new Reader(AggregationTemporality.DELTA),
    totals: new Reader(AggregationTemporality.CUMULATIVE),
  }
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': 'NAME' }),
    readers: Object.values(readers),
    views: [{ instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  })
  const meter = provider.getMeter('t')
  const orders = meter.createCounter('orders')
  const open = meter.createUpDownCounter('open')
  const latency = meter.createHistogram('latency', {
    unit: 's',
    advice: { explicitBucketBoundaries: [0.1, 0.5, 1, 5] },
  })
  const size = meter.createHistogram('size')
  const first = ((BigInt(Date.now()) * 1_000_000n) / MINUTE) * MINUTE - BigInt(COLLECTIONS) * MINUTE
  for (let i = 0; i < COLLECTIONS; i++) {
    orders.add(60 * grows(i + 1), { kind: 'book' })
    orders.add(30, { kind: 'toy' })
    open.add(i % 2 === 0 ? 3 : -1)
    for (const value of [0.05, 0.3, 0.3, 0.7, 2, 7]) latency.record(value)
    for (const value of [1, 2, 4, 1000, 0]) size.record(value * grows(i + 1))
    for (const [name, reader] of Object.entries(readers)) {
      const { resourceMetrics, errors } = await reader.collect()
      expect(errors).toEqual([])
      const json = new TextDecoder().decode(JsonMetricsSerializer.serializeRequest(resourceMetrics))
      const at = first + BigInt(i + 1) * MINUTE
      const isDelta = name === 'deltas'
      const body = moved(JSON.parse(json.replace('"NAME"', `"${name}"`)), isDelta ? at - MINUTE : first, at)
      // one in each encoding
      const answer = isDelta
        ? await postOtlp(`${endpoint}/v1/metrics`, encodeOtlpRequest('metrics', body as never), {
            'content-type': 'application/x-protobuf',
          })
        : await postOtlp(`${endpoint}/v1/metrics`, JSON.stringify(body))
      expect([answer.status, answer.text]).toEqual([200, isDelta ? '' : '{}'])
    }
  }
  await provider.shutdown()
  return first
}

const pointsOf = (
  series: { values: { times: BigInt64Array; values: Float64Array } } | undefined,
): Array<[bigint, number]> =>
  Array.from(series?.values.times ?? [], (time, i) => [time, series?.values.values[i] as number])

const instant = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString()

test('rates, increases and quantiles of deltas are those of totals', async () => {
  await using t = await startTestEngine({ modules: [receiverModule, metricsModule] })
  // the same every minute: what a rate of totals makes up for the edges of its window is then right
  const first = await sent(t, () => 1)
  const ask = async (query: string) => {
    const range = { from: instant(first + 5n * MINUTE), to: instant(first + BigInt(COLLECTIONS) * MINUTE) }
    const { series, warnings } = await t.client.call('metrics.query', { range, step: '1m', query })
    expect(warnings).toEqual([])
    return series
  }
  const same = [
    (job: string) => `sum by (kind) (rate(orders_total{job="${job}"}[3m]))`,
    (job: string) => `sum by (kind) (increase(orders_total{job="${job}"}[4m]))`,
    (job: string) => `sum by (le) (rate(latency_seconds_bucket{job="${job}"}[3m]))`,
    (job: string) => `histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket{job="${job}"}[3m])))`,
    (job: string) =>
      `sum(rate(latency_seconds_sum{job="${job}"}[3m])) / sum(rate(latency_seconds_count{job="${job}"}[3m]))`,
    (job: string) => `histogram_quantile(0.9, sum(rate(size{job="${job}"}[3m])))`,
    (job: string) => `histogram_count(sum(rate(size{job="${job}"}[3m])))`,
    (job: string) => `histogram_sum(sum(increase(size{job="${job}"}[4m])))`,
    // neither is a rate of something that only grows
    (job: string) => `sum(open{job="${job}"} * 0 + 1)`,
  ]
  for (const query of same) {
    const [deltas, totals] = [await ask(query('deltas')), await ask(query('totals'))]
    expect([query('deltas'), deltas.length]).toEqual([query('deltas'), totals.length])
    expect(totals.length).toBeGreaterThan(0)
    for (const [i, series] of deltas.entries()) {
      expect(series.metric).toEqual(totals[i]?.metric)
      const [a, b] = [pointsOf(series), pointsOf(totals[i])]
      expect(a.length).toBeGreaterThan(5)
      expect(a.map(([time]) => time)).toEqual(b.map(([time]) => time))
      a.forEach(([, value], at) => expect(value, query('deltas')).toBeCloseTo(b[at]?.[1] as number, 6))
    }
  }
})

test('a rate over deltas is what was counted, a delta shows itself, and an exponential histogram its observations', async () => {
  await using t = await startTestEngine({ modules: [receiverModule, metricsModule] })
  const first = await sent(t, (minute) => minute)
  const at = async (query: string, minute: number) => {
    const time = instant(first + BigInt(minute) * MINUTE)
    const { series } = await t.client.call('metrics.query', { range: { from: instant(first), to: time }, query })
    return series.map((each) => pointsOf(each)[0]?.[1])
  }
  // 30 a minute, and in the minutes to the 10th: 60 x (8 + 9 + 10)
  expect(await at('rate(orders_total{job="deltas", kind="toy"}[3m])', 10)).toEqual([0.5])
  expect(await at('sum_over_time(orders_total{job="deltas", kind="book"}[3m])', 10)).toEqual([60 * 27])
  expect(await at('orders_total{job="deltas", kind="book"}', 10)).toEqual([600])
  expect(await at('orders_total{job="totals", kind="book"}', 10)).toEqual([60 * 55])
  // 5 observations a minute; the sum of those of the 10th minute is 10 x (1 + 2 + 4 + 1000)
  expect(await at('histogram_count(size{job="deltas"})', 10)).toEqual([5])
  expect(await at('histogram_sum(size{job="deltas"})', 10)).toEqual([10_070])
  expect(await at('histogram_count(size{job="totals"})', 10)).toEqual([50])
  // one of five is far above: the bucket of its value is at most 2^(1/2^scale) wide
  const [p95] = await at('histogram_quantile(0.95, size{job="deltas"})', 10)
  expect(p95).toBeGreaterThan(7000)
  expect(p95).toBeLessThan(11_000)
})
