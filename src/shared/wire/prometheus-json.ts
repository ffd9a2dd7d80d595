// Prometheus HTTP API answers (query, query_range), whole or the bare data object: matrix, vector, scalar; floats as
// text and native histograms as buckets. https://prometheus.io/docs/prometheus/latest/querying/api/

import { WatchdeckError } from '../base/errors.ts'
import { NO_ATTRIBUTES, type HistogramRow, type SeriesInfo } from '../domain/telemetry.ts'
import { KEEP, type StreamHandler } from './json/shape.ts'
import { JsonStream } from './json/stream.ts'
import { floatOf, isObject, type JsonObject, listOf, textOf } from './json/value.ts'
import { setKey } from './otlp/attributes.ts'
import { type ReadOptions, timeProblem, type WireReader } from './reader.ts'

const SERIES = {
  take: 'series',
  keys: {
    metric: { take: KEEP },
    values: { items: { take: 'values' } },
    histograms: { items: { take: 'histograms' } },
  },
}
const DATA = { keys: { resultType: { take: KEEP }, result: { items: SERIES } } }
const SHAPE = { take: 'document', keys: { ...DATA.keys, data: DATA, status: { take: KEEP }, error: { take: KEEP } } }

export function prometheusReader(options: ReadOptions): WireReader {
  const known = new Map<string, SeriesInfo>()
  const seriesOf = (metric: unknown): SeriesInfo => {
    const key = JSON.stringify(metric)
    let series = known.get(key)
    if (!series) {
      series = promSeries(isObject(metric) ? metric : {}, options.service ?? '')
      if (known.size > 100_000) known.clear()
      known.set(key, series)
    }
    return series
  }

  const value = (pair: unknown, series: SeriesInfo, line: number): void => {
    const time = Array.isArray(pair) ? secondsToNs(pair[0]) : undefined
    const number = Array.isArray(pair) ? floatOf(pair[1]) : undefined
    const problem =
      time === undefined
        ? 'a sample without a time'
        : number === undefined
          ? 'a sample without a number'
          : timeProblem(time, options)
    if (problem !== undefined) options.into.skip(line, problem, pair)
    else options.into.samples.push({ series, time: time as bigint, startTime: 0n, value: number as number })
  }

  const histogram = (pair: unknown, series: SeriesInfo, line: number): void => {
    const time = Array.isArray(pair) ? secondsToNs(pair[0]) : undefined
    const body: unknown = Array.isArray(pair) ? pair[1] : undefined
    const problem =
      time === undefined
        ? 'a histogram without a time'
        : !isObject(body)
          ? 'a histogram that is no object'
          : timeProblem(time, options)
    if (problem !== undefined) {
      options.into.skip(line, problem, pair)
      return
    }
    options.into.histograms.push(nativeHistogram(series, time as bigint, body as JsonObject))
  }

  const element = (raw: unknown, line: number): void => {
    if (!isObject(raw) || !isObject(raw.metric)) {
      options.into.skip(line, 'a series without labels', raw)
      return
    }
    const series = seriesOf(raw.metric)
    if (raw.value !== undefined) value(raw.value, series, line)
    if (raw.histogram !== undefined) histogram(raw.histogram, native(series), line)
    for (const pair of listOf(raw.values)) value(pair, series, line)
    for (const pair of listOf(raw.histograms)) histogram(pair, native(series), line)
  }

  const document = (raw: unknown, line: number): void => {
    if (!isObject(raw)) {
      options.into.skip(line, 'not a Prometheus answer', raw)
      return
    }
    refuseError(raw)
    for (const warning of [...listOf(raw.warnings), ...listOf(raw.infos)])
      options.into.note(`Prometheus said: ${textOf(warning).slice(0, 300)}`)
    const data = isObject(raw.data) ? raw.data : raw
    if (data.resultType === 'scalar') {
      value(data.result, seriesOf({}), line)
      return
    }
    if (data.resultType === 'string' || !Array.isArray(data.result)) {
      options.into.skip(line, 'a Prometheus answer without series', raw)
      return
    }
    for (const series of data.result as readonly unknown[]) element(series, line)
  }

  const handler: StreamHandler = {
    values(name, values, around, lines) {
      const metric = around[around.length - 2]?.fields.metric
      if (around[0]) refuseError(around[0].fields)
      values.forEach((item, i) => {
        const line = lines[i] as number
        if (name === 'document') document(item, line)
        else if (name === 'series') element(item, line)
        else if (name === 'values') value(item, seriesOf(metric), line)
        else histogram(item, native(seriesOf(metric)), line)
      })
    },
    bad: (line, reason, example) => options.into.skip(line, reason, example),
  }
  const stream = new JsonStream(SHAPE, handler, { known: options.known, maxValueBytes: options.openAt })
  return { push: (bytes) => stream.push(bytes), end: () => stream.end(), late: stream.late }
}

function refuseError(raw: JsonObject): void {
  if (raw.status !== 'error') return
  throw new WatchdeckError(
    'corrupt',
    `The file holds an error answer of Prometheus: ${textOf(raw.error).slice(0, 300)}`,
    {
      hint: 'Run the query again and save its answer.',
    },
  )
}

const nativeSeries = new WeakMap<SeriesInfo, SeriesInfo>()
/** The same series as a histogram; one object per series. */
export function native(series: SeriesInfo): SeriesInfo {
  let found = nativeSeries.get(series)
  if (!found) {
    found = { ...series, type: 'histogram', temporality: 'cumulative', monotonic: false }
    nativeSeries.set(series, found)
  }
  return found
}

/** A series from a Prometheus label set with `__name__`. Counters are told by their suffix, as Prometheus' own UI does. */
export function promSeries(metric: JsonObject, service: string): SeriesInfo {
  const labels: Record<string, string> = {}
  let name = ''
  for (const [key, raw] of Object.entries(metric)) {
    const text = typeof raw === 'string' ? raw : String(raw)
    if (key === '__name__') name = text
    else setKey(labels, key, text)
  }
  const isCounter = /_(total|count|sum|bucket)$/.test(name)
  return {
    name,
    promName: name,
    labels,
    type: isCounter ? 'sum' : 'untyped',
    unit: '',
    help: '',
    service: serviceOfLabels(labels, service),
    temporality: isCounter ? 'cumulative' : 'unspecified',
    monotonic: isCounter,
    attributes: Object.keys(labels).length === 0 ? NO_ATTRIBUTES : { values: labels },
  }
}

/** The unit that a name ends in by Prometheus's own convention, in UCUM. */
export function unitOfName(name: string): string {
  const base = name.replace(/_(total|sum|bucket|count|info|created)$/, '')
  if (/_count$/.test(name)) return ''
  if (/_seconds$/.test(base)) return 's'
  if (/_bytes$/.test(base)) return 'By'
  if (/_ratio$/.test(base)) return '1'
  return ''
}

/** The workload behind a scraped series, from the labels that name one. */
export function serviceOfLabels(labels: Readonly<Record<string, string>>, fallback: string): string {
  for (const key of ['service_name', 'service', 'app_kubernetes_io_name', 'app', 'job']) {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    if (value) return key === 'job' ? value.slice(value.lastIndexOf('/') + 1) : value
  }
  return fallback
}

/** Unix seconds with decimals (number or text) to nanoseconds, exact to the microsecond and better where it is text. */
export function secondsToNs(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? decimalSeconds(value.toFixed(6)) : undefined
  return typeof value === 'string' ? decimalSeconds(value) : undefined
}

function decimalSeconds(text: string): bigint | undefined {
  const match = /^([+-]?)(\d{1,12})(?:\.(\d*))?$/.exec(text)
  if (match) {
    const nanos = BigInt(match[2] as string) * 1_000_000_000n + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'))
    return match[1] === '-' ? -nanos : nanos
  }
  const number = floatOf(text)
  return number === undefined || !Number.isFinite(number) || Math.abs(number) > 9.2e9
    ? undefined
    : BigInt(Math.round(number * 1e6)) * 1000n
}

/**
 * Prometheus writes a native histogram as sparse buckets [rule, left, right, count]. When the bounds lie on powers of
 * 2^(2^-scale) it is exponential again; otherwise its bounds are custom and kept as explicit ones.
 */
export function nativeHistogram(series: SeriesInfo, time: bigint, body: JsonObject): HistogramRow {
  const buckets: Array<{ left: number; right: number; count: number }> = []
  let zeroCount = 0
  let zeroThreshold = 0
  for (const raw of listOf(body.buckets)) {
    if (!Array.isArray(raw)) continue
    const left = floatOf(raw[1])
    const right = floatOf(raw[2])
    const count = floatOf(raw[3])
    if (left === undefined || right === undefined || count === undefined) continue
    if (left <= 0 && right >= 0 && raw[0] === 3) {
      zeroCount += count
      zeroThreshold = Math.max(zeroThreshold, right)
    } else buckets.push({ left, right, count })
  }
  const base = {
    series,
    time,
    startTime: 0n,
    count: floatOf(body.count) ?? 0,
    sum: floatOf(body.sum) ?? null,
    min: null,
    max: null,
  }
  const scale = scaleOf(buckets)
  if (scale === undefined) return { ...base, explicit: explicitBuckets(buckets, zeroCount, zeroThreshold) }
  const factor = 2 ** -scale
  const side = (list: ReadonlyArray<{ low: number; count: number }>) => {
    const indexes = list.map((b) => Math.round(Math.log2(b.low) / factor))
    const offset = indexes.length === 0 ? 0 : Math.min(...indexes)
    const counts: number[] = new Array<number>(indexes.length === 0 ? 0 : Math.max(...indexes) - offset + 1).fill(0)
    list.forEach((b, i) => {
      counts[(indexes[i] as number) - offset] = b.count
    })
    return { offset, counts }
  }
  const positive = side(buckets.filter((b) => b.left > 0).map((b) => ({ low: b.left, count: b.count })))
  const negative = side(buckets.filter((b) => b.right < 0).map((b) => ({ low: -b.right, count: b.count })))
  return {
    ...base,
    exponential: {
      scale,
      zeroCount,
      zeroThreshold,
      positiveOffset: positive.offset,
      positive: positive.counts,
      negativeOffset: negative.offset,
      negative: negative.counts,
    },
  }
}

function scaleOf(buckets: ReadonlyArray<{ left: number; right: number }>): number | undefined {
  let scale: number | undefined
  for (const { left, right } of buckets) {
    if (!(left > 0 || right < 0) || !Number.isFinite(left) || !Number.isFinite(right)) return undefined
    const width = Math.abs(Math.log2(right / left))
    const exact = -Math.log2(width)
    const found = Math.round(exact)
    if (Math.abs(exact - found) > 1e-6 || found < -4 || found > 8 || (scale !== undefined && scale !== found))
      return undefined
    const index = Math.log2(Math.abs(left > 0 ? left : right)) * 2 ** found
    if (Math.abs(index - Math.round(index)) > 1e-6) return undefined
    scale = found
  }
  return scale ?? 0
}

function explicitBuckets(
  buckets: ReadonlyArray<{ left: number; right: number; count: number }>,
  zeroCount: number,
  zeroThreshold: number,
) {
  const all = [...buckets]
  if (zeroCount > 0) all.push({ left: -zeroThreshold, right: zeroThreshold, count: zeroCount })
  all.sort((a, b) => a.left - b.left)
  const bounds: number[] = []
  const counts: number[] = []
  let at = Number.NEGATIVE_INFINITY
  for (const bucket of all) {
    if (bucket.left > at) {
      bounds.push(bucket.left)
      counts.push(0)
    }
    counts.push(bucket.count)
    at = bucket.right
    if (Number.isFinite(bucket.right)) bounds.push(bucket.right)
  }
  if (counts.length === bounds.length) counts.push(0)
  return { bounds, counts }
}
