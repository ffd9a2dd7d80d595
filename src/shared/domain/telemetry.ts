// The rows that every reader of a format, generator and connector produces and the telemetry store keeps.
// Times are epoch nanoseconds; trace ids are 32 and span ids 16 lower-case hex digits ('' = none).

/**
 * Attributes as plain JSON values in producer's order. What JSON cannot tell apart is named in `types`:
 * 'double' for a whole-numbered double, 'int' for an integer kept as a string because it is beyond 2^53,
 * 'bytes' for base64 text, 'empty' for an OTLP value without a type. Keys of `types` are JSON pointers ("/http.status").
 */
export interface Attributes {
  readonly values: Readonly<Record<string, AttributeValue>>
  readonly types?: Readonly<Record<string, 'double' | 'int' | 'bytes' | 'empty'>> | undefined
}

export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

export const NO_ATTRIBUTES: Attributes = { values: {} }

/** What OTLP says once for many records. One object is shared by all its records, so that it is hashed once. */
export interface Resource {
  readonly attributes: Attributes
  readonly schemaUrl?: string | undefined
  readonly droppedAttributes?: number | undefined
}

export interface Scope {
  readonly name: string
  readonly version?: string | undefined
  readonly attributes?: Attributes | undefined
  readonly schemaUrl?: string | undefined
  readonly droppedAttributes?: number | undefined
}

/** OTLP span kinds: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = 0 | 1 | 2 | 3 | 4 | 5
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
/** OTLP status codes: 0 unset, 1 ok, 2 error. */
export type SpanStatus = 0 | 1 | 2
export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const

export interface SpanEvent {
  readonly time: bigint
  readonly name: string
  readonly attributes?: Attributes | undefined
  readonly droppedAttributes?: number | undefined
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceState?: string | undefined
  readonly attributes?: Attributes | undefined
  readonly droppedAttributes?: number | undefined
  readonly flags?: number | undefined
}

export interface SpanRow {
  traceId: string
  spanId: string
  parentId: string
  service: string
  operation: string
  kind: SpanKind
  start: bigint
  durationNs: bigint
  status: SpanStatus
  statusMessage?: string | undefined
  attributes: Attributes
  resource: Resource
  scope?: Scope | undefined
  events?: readonly SpanEvent[] | undefined
  links?: readonly SpanLink[] | undefined
  traceState?: string | undefined
  flags?: number | undefined
  droppedAttributes?: number | undefined
  droppedEvents?: number | undefined
  droppedLinks?: number | undefined
  /** the source gave no end: the duration of 0 stands for it */
  noEnd?: boolean | undefined
}

/**
 * OTLP severity numbers 0..24; the product's six levels are their upper bounds in steps of four:
 * trace 1-4, debug 5-8, info 9-12, warn 13-16, error 17-20, fatal 21-24, 0 unknown.
 */
export const LEVELS = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type Level = (typeof LEVELS)[number]
export const levelOfSeverity = (severity: number): Level =>
  LEVELS[severity <= 0 ? 0 : Math.min(6, Math.ceil(severity / 4))] as Level
/** Smallest severity number of a level. */
export const severityOfLevel = (level: Level): number => {
  const index = LEVELS.indexOf(level)
  return index === 0 ? 0 : index * 4 - 3
}

export interface LogRow {
  time: bigint
  /** when the collector saw it; 0n when unknown */
  observedTime: bigint
  severity: number
  severityText?: string | undefined
  service: string
  body: string
  /** set when the body was not a string in its source: its JSON is in `body` */
  bodyIsJson?: boolean | undefined
  bodyTypes?: Attributes['types']
  attributes: Attributes
  resource: Resource
  scope?: Scope | undefined
  traceId: string
  spanId: string
  flags?: number | undefined
  eventName?: string | undefined
  droppedAttributes?: number | undefined
}

export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential-histogram' | 'summary' | 'untyped'
export type Temporality = 'unspecified' | 'delta' | 'cumulative'

/** One time series: what stays the same for all its points. Shared by reference between points. */
export interface SeriesInfo {
  /** the producer's own name (OTLP `http.server.request.duration`, Prometheus `http_requests_total`) */
  readonly name: string
  /** Prometheus naming of `name` (suffixes and unit applied), the name PromQL selects; without _bucket/_sum/_count */
  readonly promName: string
  /** Prometheus labels of the series, without `__name__`; for OTLP: attributes, `job`, `instance` and promoted resource attributes */
  readonly labels: Readonly<Record<string, string>>
  readonly type: MetricType
  readonly unit: string
  readonly help: string
  readonly service: string
  readonly temporality: Temporality
  readonly monotonic: boolean
  readonly attributes: Attributes
  readonly resource?: Resource | undefined
  readonly scope?: Scope | undefined
  /** set when the series came from OTLP, so that it is written back as it came */
  readonly otlp?: { readonly metadata?: Attributes | undefined } | undefined
}

export interface SampleRow {
  series: SeriesInfo
  time: bigint
  /** 0n when unknown */
  startTime: bigint
  value: number
  /** OTLP asInt rather than asDouble */
  isInt?: boolean | undefined
  flags?: number | undefined
}

/** Explicit or exponential histogram or summary point; `bounds` has one entry less than `counts`. */
export interface HistogramRow {
  series: SeriesInfo
  time: bigint
  startTime: bigint
  count: number
  sum: number | null
  min: number | null
  max: number | null
  flags?: number | undefined
  explicit?: { readonly bounds: readonly number[]; readonly counts: readonly number[] } | undefined
  exponential?:
    | {
        readonly scale: number
        readonly zeroCount: number
        readonly zeroThreshold: number
        readonly positiveOffset: number
        readonly positive: readonly number[]
        readonly negativeOffset: number
        readonly negative: readonly number[]
      }
    | undefined
  quantiles?: ReadonlyArray<{ readonly quantile: number; readonly value: number }> | undefined
}

export interface ExemplarRow {
  series: SeriesInfo
  /** time of the point that carries it (OTLP export groups by it); 0n when the source has none */
  pointTime: bigint
  time: bigint
  value: number
  isInt?: boolean | undefined
  traceId: string
  spanId: string
  attributes: Attributes
}

/** One version of a Kubernetes (or other) object as it was from `time` on. */
export interface ObjectRow {
  time: bigint
  kind: string
  namespace: string
  name: string
  uid: string
  resourceVersion: string
  /** the workload's service (app.kubernetes.io/name, app, owner); '' when none */
  service: string
  deleted: boolean
  /** the whole object */
  body: AttributeValue
}

/** Something that happened to an object: a Kubernetes event, an alert edge, a deployment mark. */
export interface HappeningRow {
  time: bigint
  endTime: bigint
  kind: 'k8s-event' | 'alert' | 'change'
  severity: 'normal' | 'warning'
  reason: string
  message: string
  objectKind: string
  namespace: string
  name: string
  service: string
  count: number
  uid: string
  attributes: Attributes
}

export interface OffsetRow {
  time: bigint
  topic: string
  partition: number
  group: string
  /** -1 when unknown */
  committed: number
  logEnd: number
}

export interface UserEventRow {
  time: bigint
  id: string
  event: string
  distinctId: string
  properties: Attributes
}

/** Rows of one kind, in the order of their source. */
export type TelemetryBatch =
  | { readonly kind: 'spans'; readonly rows: readonly SpanRow[] }
  | { readonly kind: 'logs'; readonly rows: readonly LogRow[] }
  | { readonly kind: 'samples'; readonly rows: readonly SampleRow[] }
  | { readonly kind: 'histograms'; readonly rows: readonly HistogramRow[] }
  | { readonly kind: 'exemplars'; readonly rows: readonly ExemplarRow[] }
  | { readonly kind: 'objects'; readonly rows: readonly ObjectRow[] }
  | { readonly kind: 'happenings'; readonly rows: readonly HappeningRow[] }
  | { readonly kind: 'offsets'; readonly rows: readonly OffsetRow[] }
  | { readonly kind: 'user-events'; readonly rows: readonly UserEventRow[] }

export type TelemetryKind = TelemetryBatch['kind']
