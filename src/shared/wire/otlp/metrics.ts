// OTLP-JSON metrics to series, samples, histogram points and exemplars.

import {
  NO_ATTRIBUTES,
  type MetricType,
  type Resource,
  type Scope,
  type SeriesInfo,
  type Temporality,
} from '../../domain/telemetry.ts'
import { floatOf, integerOf, isObject, type JsonObject, listOf, textOf } from '../json/value.ts'
import { type ReadOptions, timeProblem } from '../reader.ts'
import { readAttributes } from './attributes.ts'
import { positiveOrUndefined, readEnum, readId, serviceOf } from './common.ts'
import { givenPromName, promLabelsOf, promNameOf } from './prom-name.ts'

const TEMPORALITY_NAMES = [
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
]
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']
const MAX_SERIES_KEPT = 100_000

type SeriesOf = (attributes: unknown) => SeriesInfo

/** Keeps one SeriesInfo per series of the file. */
export class OtlpMetrics {
  readonly #options: ReadOptions
  readonly #series = new Map<string, SeriesInfo>()
  readonly #ids = new WeakMap<object, number>()
  #nextId = 1

  constructor(options: ReadOptions) {
    this.#options = options
  }

  read(
    metrics: readonly unknown[],
    resource: Resource,
    scope: Scope | undefined,
    lineOf: (index: number) => number,
  ): void {
    for (let i = 0; i < metrics.length; i++) {
      const raw = metrics[i]
      if (!isObject(raw) || textOf(raw.name) === '') {
        this.#options.into.skip(lineOf(i), 'a metric without a name', raw)
        continue
      }
      this.#metric(raw, resource, scope, lineOf(i))
    }
  }

  #metric(raw: JsonObject, resource: Resource, scope: Scope | undefined, line: number): void {
    const found = dataOf(raw)
    if (found === undefined) {
      this.#options.into.skip(line, 'a metric without data points', raw)
      return
    }
    const { type, data } = found
    const monotonic = data.isMonotonic === true
    const temporality = TEMPORALITIES[readEnum(data.aggregationTemporality, TEMPORALITY_NAMES)] as Temporality
    const name = textOf(raw.name)
    const unit = textOf(raw.unit)
    const help = textOf(raw.description)
    const metadata = readAttributes(raw.metadata, this.#options.into)
    const service = serviceOf(resource, this.#options.service ?? '')
    const prefix = `${name}\n${type}\n${unit}\n${help}\n${temporality}\n${monotonic}\n${this.#id(resource)}\n${scope ? this.#id(scope) : 0}\n`
    const seriesOf: SeriesOf = (list) => {
      const key = prefix + (list === undefined ? '' : JSON.stringify(list))
      const known = this.#series.get(key)
      if (known) return known
      const attributes = readAttributes(list, this.#options.into)
      const series: SeriesInfo = {
        name,
        promName: givenPromName(metadata) ?? promNameOf(name, unit, type, monotonic),
        labels: promLabelsOf(attributes, resource),
        type,
        unit,
        help,
        service,
        temporality,
        monotonic,
        attributes,
        resource,
        scope,
        otlp: metadata === NO_ATTRIBUTES ? {} : { metadata },
      }
      if (this.#series.size >= MAX_SERIES_KEPT) this.#series.clear()
      this.#series.set(key, series)
      return series
    }
    const points = listOf(data.dataPoints)
    if (points.length === 0) this.#options.into.note('a metric without points is not kept')
    for (const point of points) this.#point(point, type, seriesOf, line)
  }

  #point(raw: unknown, type: MetricType, seriesOf: SeriesOf, line: number): void {
    const into = this.#options.into
    if (!isObject(raw)) {
      into.skip(line, 'a data point that is no object', raw)
      return
    }
    const time = integerOf(raw.timeUnixNano) ?? 0n
    const problem = time === 0n ? 'a data point without a time' : timeProblem(time, this.#options)
    if (problem !== undefined) {
      into.skip(line, problem, raw)
      return
    }
    const series = seriesOf(raw.attributes)
    const startTime = integerOf(raw.startTimeUnixNano) ?? 0n
    const flags = positiveOrUndefined(raw.flags)
    if (type === 'gauge' || type === 'sum') {
      const isInt = raw.asInt !== undefined
      const value = floatOf(isInt ? raw.asInt : raw.asDouble) ?? ((flags ?? 0) & 1 ? Number.NaN : undefined)
      if (value === undefined) {
        into.skip(line, 'a data point without a value', raw)
        return
      }
      if (isInt && !Number.isSafeInteger(value)) into.note('a counter value beyond 2^53 is kept as the nearest double')
      into.samples.push({ series, time, startTime, value, isInt: isInt || undefined, flags })
    } else {
      const count = floatOf(raw.count) ?? 0
      const row = {
        series,
        time,
        startTime,
        count,
        sum: numberOrNull(raw.sum),
        min: numberOrNull(raw.min),
        max: numberOrNull(raw.max),
        flags,
      }
      if (type === 'histogram') {
        const bounds = listOf(raw.explicitBounds).map((v) => floatOf(v) ?? Number.NaN)
        const counts = listOf(raw.bucketCounts).map((v) => floatOf(v) ?? 0)
        if (counts.length !== 0 && counts.length !== bounds.length + 1) {
          into.skip(line, 'a histogram whose counts do not fit its bounds', raw)
          return
        }
        into.histograms.push({ ...row, explicit: { bounds, counts } })
      } else if (type === 'exponential-histogram') {
        const positive = isObject(raw.positive) ? raw.positive : {}
        const negative = isObject(raw.negative) ? raw.negative : {}
        into.histograms.push({
          ...row,
          exponential: {
            scale: floatOf(raw.scale) ?? 0,
            zeroCount: floatOf(raw.zeroCount) ?? 0,
            zeroThreshold: floatOf(raw.zeroThreshold) ?? 0,
            positiveOffset: floatOf(positive.offset) ?? 0,
            positive: listOf(positive.bucketCounts).map((v) => floatOf(v) ?? 0),
            negativeOffset: floatOf(negative.offset) ?? 0,
            negative: listOf(negative.bucketCounts).map((v) => floatOf(v) ?? 0),
          },
        })
      } else {
        const quantiles = listOf(raw.quantileValues)
          .filter(isObject)
          .map((q) => ({ quantile: floatOf(q.quantile) ?? 0, value: floatOf(q.value) ?? 0 }))
        into.histograms.push({ ...row, quantiles })
      }
    }
    for (const exemplar of listOf(raw.exemplars)) this.#exemplar(exemplar, series, time)
  }

  #exemplar(raw: unknown, series: SeriesInfo, pointTime: bigint): void {
    if (!isObject(raw)) return
    const isInt = raw.asInt !== undefined
    this.#options.into.exemplars.push({
      series,
      pointTime,
      time: integerOf(raw.timeUnixNano) ?? pointTime,
      value: floatOf(isInt ? raw.asInt : raw.asDouble) ?? Number.NaN,
      isInt: isInt || undefined,
      traceId: readId(raw.traceId, 32) ?? '',
      spanId: readId(raw.spanId, 16) ?? '',
      attributes: readAttributes(raw.filteredAttributes, this.#options.into),
    })
  }

  #id(of: object): number {
    let id = this.#ids.get(of)
    if (id === undefined) {
      id = this.#nextId++
      this.#ids.set(of, id)
    }
    return id
  }
}

const numberOrNull = (value: unknown): number | null => floatOf(value) ?? null

function dataOf(raw: JsonObject): { type: MetricType; data: JsonObject } | undefined {
  if (isObject(raw.gauge)) return { type: 'gauge', data: raw.gauge }
  if (isObject(raw.sum)) return { type: 'sum', data: raw.sum }
  if (isObject(raw.histogram)) return { type: 'histogram', data: raw.histogram }
  if (isObject(raw.exponentialHistogram)) return { type: 'exponential-histogram', data: raw.exponentialHistogram }
  if (isObject(raw.summary)) return { type: 'summary', data: raw.summary }
  return undefined
}
