// Answers of query and query_range as series: values are texts ("NaN", "+Inf"), times are seconds, a series may have floats,
// native histograms or both (protocols: Prometheus 4 to 6, 9). An absent step stays absent.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { BucketedHistogram, LiveSeries } from '../../../shared/domain/live-source.ts'
import { KEEP, type Shape } from '../../../shared/wire/json/shape.ts'
import { Failure } from '../common/failures.ts'
import { readEnvelope, type Said } from './envelope.ts'

/** Most samples of one answer that are kept in memory. */
export const MAX_SAMPLES = 20_000_000

const SERIES: Shape = {
  take: 'series',
  keys: {
    metric: { take: KEEP },
    values: { items: { take: 'values' } },
    histograms: { items: { take: 'histograms' } },
  },
}
const DATA: Shape = { keys: { resultType: { take: KEEP }, result: { items: SERIES } } }

export interface QueryAnswer extends Said {
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  readonly series: readonly LiveSeries[]
  readonly text: string | undefined
  readonly samples: number
  /** series that came after the limit were dropped */
  readonly cut: boolean
}

class Column {
  #values: Float64Array<ArrayBuffer>
  length = 0
  /** @param expected where it is known, nothing is copied and nothing wasted */
  constructor(expected: number) {
    this.#values = new Float64Array(expected)
  }
  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Float64Array(Math.max(64, this.length * 2))
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.length++] = value
  }
  build(): Float64Array<ArrayBuffer> {
    return this.length === this.#values.length ? this.#values : this.#values.slice(0, this.length)
  }
}

class Builder {
  readonly labels: Record<string, string>
  readonly #times: Column
  readonly #values: Column
  readonly #histogramTimes = new Column(0)
  readonly #histograms: BucketedHistogram[] = []

  constructor(labels: Record<string, string>, expected = 0) {
    this.labels = labels
    this.#times = new Column(expected)
    this.#values = new Column(expected)
  }
  value(pair: unknown): void {
    if (!Array.isArray(pair)) throw unreadable('a sample that is no pair')
    this.#times.push(msOf(pair[0]))
    this.#values.push(floatOf(pair[1]))
  }
  histogram(pair: unknown): void {
    if (!Array.isArray(pair)) throw unreadable('a histogram that is no pair')
    this.#histogramTimes.push(msOf(pair[0]))
    this.#histograms.push(histogramOf(pair[1]))
  }
  build(): LiveSeries {
    return {
      labels: this.labels,
      times: this.#times.build(),
      values: this.#values.build(),
      histogramTimes: this.#histogramTimes.build(),
      histograms: this.#histograms,
    }
  }
}

/** @throws Failure */
export async function readQuery(body: AsyncIterable<Uint8Array>, limits: { series: number }): Promise<QueryAnswer> {
  const series: Builder[] = []
  const scalar: unknown[] = []
  let type: unknown
  let samples = 0
  let cut = false
  // the series whose parts come one by one, by the place of its container
  let open: { position: number; builder: Builder | undefined } | undefined

  const start = (metric: unknown, expected = 0): Builder | undefined => {
    if (series.length >= limits.series) {
      cut = true
      return undefined
    }
    const builder = new Builder(labelsOf(metric), expected)
    series.push(builder)
    return builder
  }
  const count = (more: number): void => {
    samples += more
    if (samples > MAX_SAMPLES)
      throw new Failure(
        new WatchdeckError('limit_exceeded', `The answer has more than ${MAX_SAMPLES} samples.`, {
          hint: 'Take a larger step, a shorter range, or aggregate.',
        }),
      )
  }
  const whole = (item: unknown): void => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      // a scalar or string is [time, text]: its two items
      scalar.push(item)
      return
    }
    const values = 'values' in item && Array.isArray(item.values) ? item.values : []
    const builder = start('metric' in item ? item.metric : undefined, values.length + Number('value' in item))
    if (!builder) return
    const histograms = 'histograms' in item && Array.isArray(item.histograms) ? item.histograms : []
    if ('value' in item) builder.value(item.value)
    if ('histogram' in item) builder.histogram(item.histogram)
    for (const pair of values) builder.value(pair)
    for (const pair of histograms) builder.histogram(pair)
    count(values.length + histograms.length + Number('value' in item) + Number('histogram' in item))
  }

  const said = await readEnvelope(body, DATA, (name, values, around) => {
    type ??= around[1]?.fields['resultType']
    if (name === 'series') {
      for (const item of values) whole(item)
      return
    }
    const container = around[around.length - 2]
    if (!container) throw unreadable('samples outside of a series')
    if (open?.position !== container.position) {
      if (!Object.hasOwn(container.fields, 'metric')) throw unreadable('samples before their labels')
      open = { position: container.position, builder: start(container.fields['metric']) }
    }
    const { builder } = open
    if (!builder) return
    count(values.length)
    for (const pair of values) {
      if (name === 'values') builder.value(pair)
      else builder.histogram(pair)
    }
  })

  const first = scalar[1]
  if (scalar.length > 0) {
    if (type === 'string') return { ...said, type, series: [], text: String(first), samples: 1, cut: false }
    const builder = new Builder({})
    builder.value(scalar)
    return { ...said, type: 'scalar', series: [builder.build()], text: undefined, samples: 1, cut: false }
  }
  return {
    ...said,
    type: type === 'vector' || type === 'scalar' || type === 'string' ? type : 'matrix',
    series: series.map((builder) => builder.build()),
    text: undefined,
    samples,
    cut,
  }
}

function labelsOf(metric: unknown): Record<string, string> {
  if (typeof metric !== 'object' || metric === null) throw unreadable('a series without labels')
  // labels may have any name, also `__proto__`
  return Object.fromEntries(Object.entries(metric).map(([name, value]) => [name, String(value)]))
}

/** Prometheus counts in milliseconds; its seconds have three decimals. */
function msOf(seconds: unknown): number {
  const ms = Math.round(Number(seconds) * 1000)
  if (typeof seconds !== 'number' || !Number.isFinite(ms)) throw unreadable('a sample without a time')
  return ms
}

export function floatOf(text: unknown): number {
  switch (text) {
    case 'NaN':
      return NaN
    case '+Inf':
    case 'Inf':
      return Infinity
    case '-Inf':
      return -Infinity
    default: {
      const value = typeof text === 'string' && text !== '' ? Number(text) : typeof text === 'number' ? text : NaN
      if (Number.isNaN(value)) throw unreadable(`a value that is no number: ${JSON.stringify(text)?.slice(0, 40)}`)
      return value
    }
  }
}

function histogramOf(raw: unknown): BucketedHistogram {
  if (typeof raw !== 'object' || raw === null) throw unreadable('a histogram that is no object')
  const buckets = 'buckets' in raw && Array.isArray(raw.buckets) ? raw.buckets : []
  return {
    count: floatOf('count' in raw ? raw.count : undefined),
    sum: floatOf('sum' in raw ? raw.sum : undefined),
    buckets: buckets.map((bucket: unknown): [number, number, number, number] => {
      if (!Array.isArray(bucket)) throw unreadable('a bucket that is no list')
      return [Number(bucket[0]), floatOf(bucket[1]), floatOf(bucket[2]), floatOf(bucket[3])]
    }),
  }
}

function unreadable(what: string): Failure {
  return new Failure(
    new WatchdeckError('unavailable', `The answer of the server holds ${what}.`, {
      hint: 'Something in between may have changed it.',
    }),
    { outage: true },
  )
}
