// What a live backend can be asked. A connector implements the interfaces that its backend can answer; capabilities ask
// them beside the stores, so that every view works on live and recorded data alike. Times are epoch nanoseconds (bigint)
// in questions, and columns of epoch milliseconds where a format itself has no more.

import type { TimeRange } from '../base/time.ts'
import type { Completeness } from './completeness.ts'
import type { SpanRow } from './telemetry.ts'

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
  labelNames(selector: string | undefined, asking: Asking): Promise<Told & { names: readonly string[] }>
  labelValues(
    label: string,
    selector: string | undefined,
    asking: Asking,
  ): Promise<Told & { values: readonly string[] }>
  names(asking: Asking): Promise<Told & { names: readonly LiveMetricName[] }>
  /** Labels of the series that have samples in the range, to whole blocks of the backend; without one, whatever it takes for all. */
  series(
    selector: string,
    range: TimeRange | undefined,
    asking: Asking,
  ): Promise<Told & { series: ReadonlyArray<Readonly<Record<string, string>>> }>
}

/** What a backend says about itself; `not_found` where it has no such thing. */
export interface ServerSource {
  rules(asking: Asking): Promise<ToldParts<LiveRule>>
  targets(asking: Asking): Promise<ToldParts<LiveTarget>>
  /** How it runs, who is behind it, its build, its flags: those parts that it has. */
  about(asking: Asking): Promise<ToldParts<ServerFact>>
  /** The largest of each kind only. */
  cardinality(asking: Asking): Promise<ToldParts<LiveCardinality>>
}

export interface ToldParts<T> {
  readonly facts: readonly T[]
  /** why parts are not there: kept from this person, or those behind the backend did not answer */
  readonly missing: readonly string[]
}

export interface ServerFact {
  /** external: labels that it puts on what leaves it; stores: those that it asks */
  readonly part: 'runtime' | 'external' | 'stores' | 'build' | 'flags'
  readonly name: string
  readonly value: string
  readonly worries: boolean
}

export interface LiveRule {
  readonly group: string
  readonly file: string
  readonly name: string
  readonly type: 'alerting' | 'recording'
  /** firing, pending, inactive, unknown; '' of recording rules */
  readonly state: string
  /** ok, err, unknown */
  readonly health: string
  readonly lastError: string
  readonly query: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly holdsForNs: number
  readonly evaluationNs: number
  readonly evaluatedAt: bigint | undefined
}

export interface LiveTarget {
  readonly job: string
  readonly instance: string
  /** up, down, unknown */
  readonly health: string
  readonly lastError: string
  readonly scrapedAt: bigint | undefined
  readonly scrapeNs: number
  /** as configured: 15s */
  readonly interval: string
  readonly url: string
  readonly labels: Readonly<Record<string, string>>
}

/** What of a kind costs most: series of a metric, values and bytes of a label, series of a `label=value`. */
export interface LiveCardinality {
  readonly kind: 'metric' | 'label' | 'pair'
  readonly name: string
  readonly series?: number | undefined
  readonly values?: number | undefined
  readonly bytes?: number | undefined
}

/** What a backend is asked to narrow by; whoever asks filters the answer once more, so a backend may answer with more. */
export interface TraceFilter {
  readonly service?: string | undefined
  readonly operation?: string | undefined
  /** of one span */
  readonly minDurationNs?: bigint | undefined
  readonly maxDurationNs?: bigint | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
  /** only traces with a failed span */
  readonly failed?: boolean | undefined
}

export interface TraceQuestion extends TraceFilter {
  readonly range: TimeRange
  /** traces, a soft cap of the backend */
  readonly limit: number
  /** summaries will do where the backend has them */
  readonly listOnly?: boolean | undefined
}

/** Calls of one service by another in a time, counted by the backend. */
export interface ServiceCalls {
  readonly parent: string
  readonly child: string
  readonly calls: number
  /** undefined where the backend does not count them */
  readonly errors: number | undefined
}

/** Requests of one service, measured by the backend from every span (not from those it kept): one step. */
export interface ServiceMeasure {
  readonly service: string
  /** epoch nanoseconds, the end of the step */
  readonly time: bigint
  readonly ratePerSecond: number
  /** 0..1; undefined where there were no requests */
  readonly errorRatio: number | undefined
  readonly p50Ns: number | undefined
  readonly p95Ns: number | undefined
  readonly p99Ns: number | undefined
}

export interface FoundTraces extends Told {
  readonly spans: readonly SpanRow[]
  /** traces that are told without their spans, when a list was asked for; their times may have been adjusted by the backend */
  readonly summaries?: readonly TraceSummary[]
  readonly full: boolean
}

/** A trace as a list shows it. */
export interface TraceSummary {
  /** lower-case hex, 32 digits */
  readonly traceId: string
  readonly start: bigint
  readonly durationNs: bigint
  /** of the span without a parent; '' in a trace that has none */
  readonly rootService: string
  readonly rootOperation: string
  readonly spans: number
  readonly errors: number
  /** most spans first */
  readonly services: ReadonlyArray<readonly [name: string, spans: number, errors: number]>
}

export interface TraceSource {
  /** most traces that one question of a view may bring, and most that one request asks for */
  readonly limits: { readonly traces: number; readonly page: number }
  services(asking: Asking): Promise<Told & { services: readonly string[] }>
  operations(service: string, asking: Asking): Promise<Told & { operations: readonly string[] }>
  /**
   * Whole traces with a span that matches and started in the range, times as the spans were sent (no skew adjusted).
   * What could not be read of them is among `warnings`.
   * @returns `full` when the backend may know more than the limit let through: ask for a shorter range
   */
  search(question: TraceQuestion, asking: Asking): Promise<FoundTraces>
  /** Whether the backend tells of traces without their spans, as far as is known now: then `listOnly` costs less. */
  readonly listsTraces?: boolean
  /**
   * @param traceId lower-case hex, 32 digits
   * @param around when it may have happened, a hint that makes it cheaper
   * @returns no spans when the backend does not know it
   */
  get(traceId: string, around: TimeRange | undefined, asking: Asking): Promise<Told & { spans: readonly SpanRow[] }>
  /** Who calls whom; backends count it in jobs of their own, so it may be empty or end earlier than the range. */
  dependencies(range: TimeRange, asking: Asking): Promise<Told & { calls: readonly ServiceCalls[] }>
  /** Values of a tag for completion; undefined where the backend keeps none. */
  tagValues?(key: string, asking: Asking): Promise<Told & { values: readonly string[] }>
  /** Measures from span metrics; undefined where the backend has none configured. */
  measures?(
    question: { services: readonly string[]; range: TimeRange; stepNs: bigint },
    asking: Asking,
  ): Promise<Told & { measures: readonly ServiceMeasure[] | undefined }>
}

/** An alert as a backend tells it now. */
export interface LiveAlert {
  /** of its labels; the same alert fired again has the same. Of one that a rule's own server tells: `ruleFingerprint` */
  readonly fingerprint: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** those that its server adds when it tells others of it, as far as that is known: who routes it has the same, or none of the name */
  readonly external?: Readonly<Record<string, string>> | undefined
  readonly annotations: Readonly<Record<string, string>>
  /** suppressed: silenced, inhibited or muted, nobody is told; pending: its condition holds, not yet for long enough */
  readonly state: 'active' | 'suppressed' | 'pending'
  /** since when it fires, as far as is known; of a pending one since when its condition holds */
  readonly startsAt: bigint
  /** the start by which the backend names it, where that is another: it tells since when the condition holds, or a time to come */
  readonly told?: bigint | undefined
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
  /** names of time intervals that mute it */
  readonly mutedBy: readonly string[]
  readonly receivers: readonly string[]
  /** the rule that raised it, '' when it does not say */
  readonly generatorUrl: string
  /** of the rule, where its server is asked itself */
  readonly expression?: string | undefined
  /** what the expression came to */
  readonly value?: number | undefined
}

/** Alerts that are told together, as the backend's routes put them. */
export interface AlertGroup {
  readonly receiver: string
  readonly labels: Readonly<Record<string, string>>
  readonly fingerprints: readonly string[]
}

/** A condition on one label; regexes are anchored, an absent label is ''. */
export interface AlertMatcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  /** false: everything but that */
  readonly isEqual: boolean
}

export interface SilenceDraft {
  readonly matchers: readonly AlertMatcher[]
  readonly creator: string
  readonly comment: string
  readonly startsAt: bigint
  readonly endsAt: bigint
}

export interface LiveSilence extends SilenceDraft {
  readonly id: string
  readonly state: 'active' | 'pending' | 'expired'
  readonly updatedAt: bigint
}

/** Who is told of alerts, and who is not: of backends that route them. */
export interface AlertRouting {
  groups(asking: Asking): Promise<Told & { groups: readonly AlertGroup[]; receivers: readonly string[] }>
  /** expired ones too, as long as the backend keeps them */
  silences(asking: Asking): Promise<Told & { silences: readonly LiveSilence[] }>
  /** Changes the backend; sent once. @returns its id */
  silence(draft: SilenceDraft, asking: Asking): Promise<string>
  /** Changes the backend: the silence ends now. @throws WatchdeckError `not_found` */
  expire(id: string, asking: Asking): Promise<void>
}

export interface AlertSource {
  /**
   * Everything that fires now, and what is pending where the backend knows; what has ended is not told.
   * @throws WatchdeckError `not_found`, `unsupported` where it has no alerts at all
   */
  alerts(asking: Asking): Promise<Told & { alerts: readonly LiveAlert[] }>
  /** absent where the backend only evaluates rules, and tells others of what fires */
  readonly routing?: AlertRouting | undefined
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
