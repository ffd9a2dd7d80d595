// The OTLP messages as tables: field number, name in OTLP-JSON, wire kind. Reading and writing are driven by them.
// https://github.com/open-telemetry/opentelemetry-proto (v1.x)

export type FieldKind =
  | 'string'
  | 'bool'
  /** base64 in JSON */
  | 'bytes'
  /** trace and span ids: hex in JSON */
  | 'id'
  | 'enum'
  | 'uint32'
  | 'sint32'
  | 'fixed32'
  /** 64-bit integers: decimal text in JSON */
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'message'

export interface Field {
  readonly number: number
  readonly name: string
  readonly kind: FieldKind
  readonly repeated: boolean
  /** one of several: written even where it holds its default */
  readonly oneOf: boolean
  readonly message: (() => MessageType) | undefined
}

export interface MessageType {
  readonly name: string
  readonly byNumber: ReadonlyMap<number, Field>
  readonly byName: ReadonlyMap<string, Field>
}

type Spec =
  | FieldKind
  | `${FieldKind}?`
  | `${FieldKind}[]`
  | (() => MessageType)
  | [() => MessageType]
  | [() => MessageType, '?']

function message(name: string, fields: Readonly<Record<number, readonly [string, Spec]>>): MessageType {
  const list = Object.entries(fields).map(([number, [fieldName, spec]]): Field => {
    const base = { number: Number(number), name: fieldName, repeated: false, oneOf: false, message: undefined }
    if (typeof spec === 'function') return { ...base, kind: 'message', message: spec }
    if (typeof spec === 'object')
      return { ...base, kind: 'message', message: spec[0], repeated: spec[1] === undefined, oneOf: spec[1] === '?' }
    const repeated = spec.endsWith('[]')
    const oneOf = spec.endsWith('?')
    return {
      ...base,
      kind: (repeated ? spec.slice(0, -2) : oneOf ? spec.slice(0, -1) : spec) as FieldKind,
      repeated,
      oneOf,
    }
  })
  return {
    name,
    byNumber: new Map(list.map((field) => [field.number, field])),
    byName: new Map(list.map((field) => [field.name, field])),
  }
}

const anyValue = (): MessageType => ANY_VALUE
const keyValue = (): MessageType => KEY_VALUE

const ARRAY_VALUE = message('ArrayValue', { 1: ['values', [anyValue]] })
const KEY_VALUE_LIST = message('KeyValueList', { 1: ['values', [keyValue]] })
const ANY_VALUE = message('AnyValue', {
  1: ['stringValue', 'string?'],
  2: ['boolValue', 'bool?'],
  3: ['intValue', 'int64?'],
  4: ['doubleValue', 'double?'],
  5: ['arrayValue', [() => ARRAY_VALUE, '?']],
  6: ['kvlistValue', [() => KEY_VALUE_LIST, '?']],
  7: ['bytesValue', 'bytes?'],
})
export const KEY_VALUE = message('KeyValue', { 1: ['key', 'string'], 2: ['value', anyValue] })

export const SCOPE = message('InstrumentationScope', {
  1: ['name', 'string'],
  2: ['version', 'string'],
  3: ['attributes', [keyValue]],
  4: ['droppedAttributesCount', 'uint32'],
})
export const RESOURCE = message('Resource', {
  1: ['attributes', [keyValue]],
  2: ['droppedAttributesCount', 'uint32'],
})

export const EVENT = message('Event', {
  1: ['timeUnixNano', 'fixed64'],
  2: ['name', 'string'],
  3: ['attributes', [keyValue]],
  4: ['droppedAttributesCount', 'uint32'],
})
export const LINK = message('Link', {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'string'],
  4: ['attributes', [keyValue]],
  5: ['droppedAttributesCount', 'uint32'],
  6: ['flags', 'fixed32'],
})
const STATUS = message('Status', { 2: ['message', 'string'], 3: ['code', 'enum'] })
export const SPAN = message('Span', {
  1: ['traceId', 'id'],
  2: ['spanId', 'id'],
  3: ['traceState', 'string'],
  4: ['parentSpanId', 'id'],
  5: ['name', 'string'],
  6: ['kind', 'enum'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', [keyValue]],
  10: ['droppedAttributesCount', 'uint32'],
  11: ['events', [() => EVENT]],
  12: ['droppedEventsCount', 'uint32'],
  13: ['links', [() => LINK]],
  14: ['droppedLinksCount', 'uint32'],
  15: ['status', () => STATUS],
  16: ['flags', 'fixed32'],
})

const LOG_RECORD = message('LogRecord', {
  1: ['timeUnixNano', 'fixed64'],
  2: ['severityNumber', 'enum'],
  3: ['severityText', 'string'],
  5: ['body', anyValue],
  6: ['attributes', [keyValue]],
  7: ['droppedAttributesCount', 'uint32'],
  8: ['flags', 'fixed32'],
  9: ['traceId', 'id'],
  10: ['spanId', 'id'],
  11: ['observedTimeUnixNano', 'fixed64'],
  12: ['eventName', 'string'],
})

const EXEMPLAR = message('Exemplar', {
  2: ['timeUnixNano', 'fixed64'],
  3: ['asDouble', 'double?'],
  4: ['spanId', 'id'],
  5: ['traceId', 'id'],
  6: ['asInt', 'sfixed64?'],
  7: ['filteredAttributes', [keyValue]],
})
const exemplars = [() => EXEMPLAR] as [() => MessageType]
const NUMBER_POINT = message('NumberDataPoint', {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double?'],
  5: ['exemplars', exemplars],
  6: ['asInt', 'sfixed64?'],
  7: ['attributes', [keyValue]],
  8: ['flags', 'uint32'],
})
const HISTOGRAM_POINT = message('HistogramDataPoint', {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double?'],
  6: ['bucketCounts', 'fixed64[]'],
  7: ['explicitBounds', 'double[]'],
  8: ['exemplars', exemplars],
  9: ['attributes', [keyValue]],
  10: ['flags', 'uint32'],
  11: ['min', 'double?'],
  12: ['max', 'double?'],
})
const BUCKETS = message('Buckets', { 1: ['offset', 'sint32'], 2: ['bucketCounts', 'uint64[]'] })
const EXPONENTIAL_POINT = message('ExponentialHistogramDataPoint', {
  1: ['attributes', [keyValue]],
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double?'],
  6: ['scale', 'sint32'],
  7: ['zeroCount', 'fixed64'],
  8: ['positive', () => BUCKETS],
  9: ['negative', () => BUCKETS],
  10: ['flags', 'uint32'],
  11: ['exemplars', exemplars],
  12: ['min', 'double?'],
  13: ['max', 'double?'],
  14: ['zeroThreshold', 'double'],
})
const QUANTILE = message('ValueAtQuantile', { 1: ['quantile', 'double'], 2: ['value', 'double'] })
const SUMMARY_POINT = message('SummaryDataPoint', {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['quantileValues', [() => QUANTILE]],
  7: ['attributes', [keyValue]],
  8: ['flags', 'uint32'],
})
const GAUGE = message('Gauge', { 1: ['dataPoints', [() => NUMBER_POINT]] })
const SUM = message('Sum', {
  1: ['dataPoints', [() => NUMBER_POINT]],
  2: ['aggregationTemporality', 'enum'],
  3: ['isMonotonic', 'bool'],
})
const HISTOGRAM = message('Histogram', {
  1: ['dataPoints', [() => HISTOGRAM_POINT]],
  2: ['aggregationTemporality', 'enum'],
})
const EXPONENTIAL = message('ExponentialHistogram', {
  1: ['dataPoints', [() => EXPONENTIAL_POINT]],
  2: ['aggregationTemporality', 'enum'],
})
const SUMMARY = message('Summary', { 1: ['dataPoints', [() => SUMMARY_POINT]] })
const METRIC = message('Metric', {
  1: ['name', 'string'],
  2: ['description', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', [() => GAUGE, '?']],
  7: ['sum', [() => SUM, '?']],
  9: ['histogram', [() => HISTOGRAM, '?']],
  10: ['exponentialHistogram', [() => EXPONENTIAL, '?']],
  11: ['summary', [() => SUMMARY, '?']],
  12: ['metadata', [keyValue]],
})

export type OtlpSignal = 'traces' | 'logs' | 'metrics'

/** Field numbers that the three requests share: request {1: resources}, group {1: head, 2: parts, 3: schemaUrl}. */
export const GROUP = { head: 1, parts: 2, schemaUrl: 3 } as const

export const RECORDS: Readonly<Record<OtlpSignal, MessageType>> = { traces: SPAN, logs: LOG_RECORD, metrics: METRIC }

const request = (resources: string, scopes: string, records: string, record: MessageType): MessageType => {
  const scope = message(scopes, { 1: ['scope', () => SCOPE], 2: [records, [() => record]], 3: ['schemaUrl', 'string'] })
  const resource = message(resources, {
    1: ['resource', () => RESOURCE],
    2: [scopes, [() => scope]],
    3: ['schemaUrl', 'string'],
  })
  return message(`request of ${resources}`, { 1: [resources, [() => resource]] })
}

export const REQUESTS: Readonly<Record<OtlpSignal, MessageType>> = {
  traces: request('resourceSpans', 'scopeSpans', 'spans', SPAN),
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', LOG_RECORD),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', METRIC),
}
