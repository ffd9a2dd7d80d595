// Rows as OTLP-JSON, in protobuf's canonical JSON: 64-bit integers as decimal text, enums as numbers, ids as hex, fields
// with their default value left out.

import type {
  ExemplarRow,
  HistogramRow,
  LogRow,
  Resource,
  SampleRow,
  Scope,
  SeriesInfo,
  SpanRow,
} from '../../domain/telemetry.ts'
import { isObject, type JsonObject } from '../json/value.ts'
import { doubleText, writeAttributes, writeValue } from './attributes.ts'

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)
const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value)
const nanos = (value: bigint): string | undefined => (value === 0n ? undefined : value.toString())
const count = (value: number): string =>
  Number.isSafeInteger(value) ? String(value) : BigInt(Math.round(value)).toString()

/** `{ resource, schemaUrl }` of a resource group. */
export function writeResource(resource: Resource): JsonObject {
  return {
    resource: { attributes: writeAttributes(resource.attributes), droppedAttributesCount: resource.droppedAttributes },
    schemaUrl: resource.schemaUrl,
  }
}

/** `{ scope, schemaUrl }` of a scope group; nothing when there was none. */
export function writeScope(scope: Scope | undefined): JsonObject {
  if (scope === undefined) return {}
  const attributes = scope.attributes === undefined ? undefined : some(writeAttributes(scope.attributes))
  return {
    scope: {
      name: text(scope.name),
      version: scope.version,
      attributes,
      droppedAttributesCount: scope.droppedAttributes,
    },
    schemaUrl: scope.schemaUrl,
  }
}

export function writeSpan(span: SpanRow): JsonObject {
  const status =
    span.status === 0 && span.statusMessage === undefined
      ? {}
      : { code: span.status || undefined, message: span.statusMessage }
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState,
    parentSpanId: text(span.parentId),
    flags: span.flags,
    name: span.operation,
    kind: span.kind === 0 ? undefined : span.kind,
    startTimeUnixNano: span.start.toString(),
    endTimeUnixNano: span.noEnd === true ? undefined : (span.start + span.durationNs).toString(),
    attributes: some(writeAttributes(span.attributes)),
    droppedAttributesCount: span.droppedAttributes,
    events: some(
      (span.events ?? []).map((e) => ({
        timeUnixNano: e.time.toString(),
        name: e.name,
        attributes: e.attributes === undefined ? undefined : some(writeAttributes(e.attributes)),
        droppedAttributesCount: e.droppedAttributes,
      })),
    ),
    droppedEventsCount: span.droppedEvents,
    links: some(
      (span.links ?? []).map((l) => ({
        traceId: l.traceId,
        spanId: l.spanId,
        traceState: l.traceState,
        attributes: l.attributes === undefined ? undefined : some(writeAttributes(l.attributes)),
        droppedAttributesCount: l.droppedAttributes,
        flags: l.flags,
      })),
    ),
    droppedLinksCount: span.droppedLinks,
    status,
  }
}

export function writeLog(log: LogRow): JsonObject {
  return {
    timeUnixNano: nanos(log.time),
    observedTimeUnixNano: nanos(log.observedTime),
    severityNumber: log.severity === 0 ? undefined : log.severity,
    severityText: log.severityText,
    body: log.bodyIsJson ? writeValue(JSON.parse(log.body), log.bodyTypes) : { stringValue: log.body },
    attributes: some(writeAttributes(log.attributes)),
    droppedAttributesCount: log.droppedAttributes,
    flags: log.flags,
    traceId: text(log.traceId),
    spanId: text(log.spanId),
    eventName: log.eventName,
  }
}

export interface MetricPoint {
  readonly sample?: SampleRow
  readonly histogram?: HistogramRow
  readonly exemplars: readonly ExemplarRow[]
}

export interface WrittenMetric {
  /** name, type, unit ... of the metric; its attributes are those of the points' series */
  readonly series: SeriesInfo
  readonly points: readonly MetricPoint[]
}

const TEMPORALITY = { unspecified: undefined, delta: 1, cumulative: 2 } as const

export function writeMetric({ series, points }: WrittenMetric): JsonObject {
  const dataPoints = points.map(writePoint)
  const aggregationTemporality = TEMPORALITY[series.temporality]
  const metadata = series.otlp?.metadata === undefined ? undefined : writeAttributes(series.otlp.metadata)
  const head = { name: series.name, description: text(series.help), unit: text(series.unit), metadata }
  switch (series.type) {
    case 'sum':
      return { ...head, sum: { dataPoints, aggregationTemporality, isMonotonic: series.monotonic || undefined } }
    case 'histogram':
      // Native histograms of Prometheus are exponential points under the type histogram.
      return points.every((p) => p.histogram?.exponential !== undefined)
        ? { ...head, exponentialHistogram: { dataPoints, aggregationTemporality } }
        : { ...head, histogram: { dataPoints, aggregationTemporality } }
    case 'exponential-histogram':
      return { ...head, exponentialHistogram: { dataPoints, aggregationTemporality } }
    case 'summary':
      return { ...head, summary: { dataPoints } }
    case 'gauge':
    case 'untyped':
      return { ...head, gauge: { dataPoints } }
  }
}

function writePoint({ sample, histogram, exemplars }: MetricPoint): JsonObject {
  const row = sample ?? histogram
  if (row === undefined) return {}
  const base = {
    attributes: some(writeAttributes(row.series.attributes)),
    startTimeUnixNano: nanos(row.startTime),
    timeUnixNano: nanos(row.time),
    flags: row.flags,
    exemplars: some(exemplars.map(writeExemplar)),
  }
  if (sample !== undefined) {
    if ((sample.flags ?? 0) & 1 && Number.isNaN(sample.value)) return base
    return { ...base, ...number(sample.value, sample.isInt) }
  }
  return { ...base, ...writeHistogram(histogram as HistogramRow) }
}

const number = (value: number, isInt: boolean | undefined): JsonObject =>
  isInt && Number.isFinite(value) ? { asInt: count(value) } : { asDouble: doubleText(value) }

function writeHistogram(row: HistogramRow): JsonObject {
  const optional = (value: number | null) => (value === null ? undefined : doubleText(value))
  const base = { count: count(row.count), sum: optional(row.sum) }
  if (row.quantiles !== undefined)
    return { ...base, quantileValues: row.quantiles.map((q) => ({ quantile: q.quantile, value: doubleText(q.value) })) }
  const limits = { min: optional(row.min), max: optional(row.max) }
  if (row.exponential !== undefined) {
    const e = row.exponential
    return {
      ...base,
      ...limits,
      scale: e.scale,
      zeroCount: count(e.zeroCount),
      zeroThreshold: e.zeroThreshold === 0 ? undefined : e.zeroThreshold,
      positive: { offset: e.positiveOffset, bucketCounts: e.positive.map(count) },
      negative: { offset: e.negativeOffset, bucketCounts: e.negative.map(count) },
    }
  }
  return {
    ...base,
    ...limits,
    explicitBounds: row.explicit?.bounds.map(doubleText),
    bucketCounts: row.explicit?.counts.map(count),
  }
}

function writeExemplar(e: ExemplarRow): JsonObject {
  return {
    filteredAttributes: some(writeAttributes(e.attributes)),
    timeUnixNano: nanos(e.time),
    ...number(e.value, e.isInt),
    traceId: text(e.traceId),
    spanId: text(e.spanId),
  }
}

const INT64 = new Set([
  'startTimeUnixNano',
  'endTimeUnixNano',
  'timeUnixNano',
  'observedTimeUnixNano',
  'intValue',
  'asInt',
  'count',
  'zeroCount',
])

/**
 * OTLP-JSON in one spelling, to compare two documents: default values left out, 64-bit integers as text, keys sorted.
 * The metrics of a scope are sorted (stores keep points by kind); all other lists keep their order.
 */
export function canonicalOtlp(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((item: unknown) => (key === 'bucketCounts' ? String(item) : canonicalOtlp(item)))
    return key === 'metrics' ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : list
  }
  if (!isObject(value)) return INT64.has(key) && typeof value === 'number' ? String(value) : value
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value).sort()) {
    const inner = canonicalOtlp(value[name], name)
    const isValue = name.endsWith('Value') || name === 'asInt' || name === 'asDouble'
    const isEmptyObject = isObject(inner) && Object.keys(inner).length === 0
    const isDefault =
      inner === undefined ||
      inner === null ||
      inner === '' ||
      inner === 0 ||
      inner === '0' ||
      inner === false ||
      (Array.isArray(inner) && inner.length === 0) ||
      isEmptyObject
    if (!isDefault || (isValue && inner !== undefined && inner !== null)) out[name] = inner
  }
  return out
}
