// What a live backend can be asked. A connector implements the interfaces that its backend can answer; capabilities ask
// them beside the stores, so that every view works on live and recorded data alike. Times are epoch nanoseconds (bigint)
// in questions, and columns of epoch milliseconds where a format itself has no more.

import type { TimeRange } from '../base/time.ts'
import type { Frame } from '../frame/frame.ts'
import type { Completeness } from './completeness.ts'
import type { LogRow, SpanRow } from './telemetry.ts'

/** Who asks: the load that a question causes is told to the person by this name. */
export interface Asking {
  readonly signal: AbortSignal
  /** the method that asks, such as `metrics.lane` */
  readonly view: string
}

export interface Told {
  readonly completeness: Completeness
  /** what the backend said beside its answer */
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** A native histogram as the Prometheus API shows it: bucket = [rule, left, right, count]. */
export interface BucketedHistogram {
  readonly count: number
  readonly sum: number
  readonly buckets: Array<[rule: number, left: number, right: number, count: number]>
}

/** One series; all times are epoch milliseconds (fractions allowed) and rise strictly. A gap is an absent time. */
export interface LiveSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly histogramTimes: Float64Array<ArrayBuffer>
  readonly histograms: readonly BucketedHistogram[]
}

export interface MetricAnswer extends Told {
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  readonly series: readonly LiveSeries[]
  readonly text?: string | undefined
}

export interface LiveExemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, string>>
  readonly time: bigint
  readonly value: number
  /** lower-case hex of 32 and 16 digits, '' when none is named */
  readonly traceId: string
  readonly spanId: string
}

export interface LiveMetricName {
  readonly name: string
  readonly type: string
  readonly unit: string
  readonly help: string
  /** undefined where the backend does not say */
  readonly series: number | undefined
}

export interface MetricSource {
  /** @param at epoch milliseconds */
  instant(query: string, at: number, asking: Asking): Promise<MetricAnswer>
  /** The steps start, start + step, .. up to and with `end`, all epoch milliseconds. */
  range(query: string, grid: { start: number; end: number; step: number }, asking: Asking): Promise<MetricAnswer>
  exemplars(query: string, range: TimeRange, asking: Asking): Promise<Told & { exemplars: readonly LiveExemplar[] }>
  /** Label sets that had samples around the range: backends answer approximately in time. */
  series(
    selector: string,
    range: TimeRange | undefined,
    asking: Asking,
  ): Promise<Told & { series: ReadonlyArray<Readonly<Record<string, string>>> }>
  labelNames(selector: string | undefined, asking: Asking): Promise<Told & { names: readonly string[] }>
  labelValues(
    label: string,
    selector: string | undefined,
    asking: Asking,
  ): Promise<Told & { values: readonly string[] }>
  names(asking: Asking): Promise<Told & { names: readonly LiveMetricName[] }>
}

export interface TraceQuestion {
  readonly range: TimeRange
  readonly service?: string | undefined
  readonly operation?: string | undefined
  readonly minDurationNs?: bigint | undefined
  readonly maxDurationNs?: bigint | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly limit: number
}

export interface TraceSource {
  services(asking: Asking): Promise<Told & { services: readonly string[] }>
  operations(service: string, asking: Asking): Promise<Told & { operations: readonly string[] }>
  search(question: TraceQuestion, asking: Asking): Promise<Told & { spans: readonly SpanRow[] }>
  /** @param traceId lower-case hex, 32 digits */
  get(traceId: string, around: TimeRange | undefined, asking: Asking): Promise<Told & { spans: readonly SpanRow[] }>
}

/** A state of an alert over time. */
export interface LiveAlert {
  readonly fingerprint: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'active' | 'suppressed' | 'pending' | 'inactive'
  readonly startsAt: bigint
  /** undefined while it lasts */
  readonly endsAt: bigint | undefined
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
  readonly receivers: readonly string[]
  readonly generatorUrl: string
}

export interface AlertSource {
  alerts(asking: Asking): Promise<Told & { alerts: readonly LiveAlert[] }>
}

export interface LogSource {
  /** `query` in the language of logs.search; newest first */
  search(
    question: { range: TimeRange; query: string; limit: number },
    asking: Asking,
  ): Promise<Told & { rows: readonly LogRow[] }>
  histogram(
    question: { range: TimeRange; query: string; buckets: number },
    asking: Asking,
  ): Promise<Told & { counts: Frame }>
}

export interface ObjectSource {
  /** objects as they are now; `kind` such as Pod */
  objects(
    question: { kind: string; namespace?: string | undefined },
    asking: Asking,
  ): Promise<Told & { objects: Frame }>
}

export interface StreamSource {
  /** committed and end offsets of a consumer group per partition */
  lag(question: { group: string }, asking: Asking): Promise<Told & { partitions: Frame }>
}

/** What a backend turned out to be and to be able to do; asked of it, never guessed from its name. */
export interface Capabilities {
  readonly product: string
  readonly version: string
  /** by name, such as `exemplars` or `utf8-names`: true or false when known, absent when the backend does not say */
  readonly flags: Readonly<Record<string, boolean>>
  /** what cannot be asked here, as keys of the catalogue of words (`sources.cannot.*`) */
  readonly cannot: readonly string[]
}
