// Rows of the domain into the chunk columns of their tables, one function a kind.

import type {
  ExemplarRow,
  HappeningRow,
  HistogramRow,
  LogRow,
  ObjectRow,
  OffsetRow,
  SampleRow,
  SpanRow,
  UserEventRow,
} from '../../../shared/domain/telemetry.ts'
import type { ChunkBuilder } from './chunk-builder.ts'
import { encodeAttributes, encodeLogExtra, encodeSpanEvents, encodeSpanExtra, encodeSpanLinks } from './codec.ts'
import type { NameColumn, NumberColumn, SpanIdColumn, TraceIdColumn } from './columns.ts'
import type { Name, Names } from './names.ts'
import type { ColumnsOf, WrittenTable } from './tables.ts'

type Writer<T extends WrittenTable> = ChunkBuilder<ColumnsOf<T>>

const setName = (column: NameColumn, row: number, name: Name) => column.setWords(row, name.low, name.high)

function optionalTrace(trace: TraceIdColumn, span: SpanIdColumn, row: number, traceId: string, spanId: string): void {
  if (traceId === '') trace.setNull(row)
  else trace.setHex(row, traceId)
  if (spanId === '') span.setNull(row)
  else span.setHex(row, spanId)
}

function optionalNumber(
  column: NumberColumn<Float64Array> | NumberColumn<Int32Array>,
  row: number,
  value: number | null | undefined,
): void {
  if (value === null || value === undefined) column.setNull(row)
  else column.values[row] = value
}

export function writeSpan(out: Writer<'spans'>, source: number, names: Names, span: SpanRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  c.traceId.setHex(row, span.traceId)
  c.spanId.setHex(row, span.spanId)
  c.parentId.setHex(row, span.parentId)
  c.service.set(row, span.service)
  c.operation.set(row, span.operation)
  c.kind.values[row] = span.kind
  c.start.values[row] = span.start
  c.duration.values[row] = span.durationNs
  c.status.values[row] = span.status
  c.statusMessage.set(row, span.statusMessage)
  setName(c.attrs, row, names.attributes(span.attributes))
  setName(c.resource, row, names.resource(span.resource))
  if (span.scope) setName(c.scope, row, names.scope(span.scope))
  else c.scope.setNull(row)
  c.events.set(row, encodeSpanEvents(span.events))
  c.links.set(row, encodeSpanLinks(span.links))
  c.extra.set(row, encodeSpanExtra(span))
  out.next()
}

export function writeLog(out: Writer<'logs'>, source: number, names: Names, log: LogRow, id: bigint): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  c.id.values[row] = id
  c.time.values[row] = log.time
  c.observed.values[row] = log.observedTime
  c.severity.values[row] = log.severity
  c.severityText.set(row, log.severityText)
  c.service.set(row, log.service)
  c.body.set(row, log.body)
  setName(c.attrs, row, names.attributes(log.attributes))
  setName(c.resource, row, names.resource(log.resource))
  if (log.scope) setName(c.scope, row, names.scope(log.scope))
  else c.scope.setNull(row)
  optionalTrace(c.traceId, c.spanId, row, log.traceId, log.spanId)
  c.extra.set(row, encodeLogExtra(log))
  out.next()
}

export function writeSample(out: Writer<'samples'>, source: number, names: Names, sample: SampleRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  setName(c.series, row, names.series(sample.series))
  c.time.values[row] = sample.time
  c.start.values[row] = sample.startTime
  c.value.values[row] = sample.value
  c.isInt.values[row] = sample.isInt ? 1 : 0
  c.flags.values[row] = sample.flags ?? 0
  out.next()
}

export function writeHistogram(out: Writer<'histograms'>, source: number, names: Names, point: HistogramRow): void {
  const { columns: c, row } = out
  const e = point.exponential
  c.source.values[row] = source
  setName(c.series, row, names.series(point.series))
  c.time.values[row] = point.time
  c.start.values[row] = point.startTime
  c.count.values[row] = point.count
  optionalNumber(c.sum, row, point.sum)
  optionalNumber(c.min, row, point.min)
  optionalNumber(c.max, row, point.max)
  c.bounds.set(row, point.explicit?.bounds)
  c.counts.set(row, point.explicit?.counts)
  optionalNumber(c.scale, row, e?.scale)
  optionalNumber(c.zeroCount, row, e?.zeroCount)
  optionalNumber(c.zeroThreshold, row, e?.zeroThreshold)
  optionalNumber(c.positiveOffset, row, e?.positiveOffset)
  c.positive.set(row, e?.positive)
  optionalNumber(c.negativeOffset, row, e?.negativeOffset)
  c.negative.set(row, e?.negative)
  c.quantiles.set(
    row,
    point.quantiles && JSON.stringify(point.quantiles.map((q) => [speak(q.quantile), speak(q.value)])),
  )
  c.flags.values[row] = point.flags ?? 0
  out.next()
}

/** JSON has no NaN; a summary without observations has NaN for its quantiles. */
const speak = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

export function writeExemplar(out: Writer<'exemplars'>, source: number, names: Names, exemplar: ExemplarRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  setName(c.series, row, names.series(exemplar.series))
  c.point.values[row] = exemplar.pointTime
  c.time.values[row] = exemplar.time
  c.value.values[row] = exemplar.value
  c.isInt.values[row] = exemplar.isInt ? 1 : 0
  optionalTrace(c.traceId, c.spanId, row, exemplar.traceId, exemplar.spanId)
  setName(c.attrs, row, names.attributes(exemplar.attributes))
  out.next()
}

export function writeObject(out: Writer<'objects'>, source: number, object: ObjectRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  c.time.values[row] = object.time
  c.kind.set(row, object.kind)
  c.namespace.set(row, object.namespace)
  c.name.set(row, object.name)
  c.uid.set(row, object.uid)
  c.resourceVersion.set(row, object.resourceVersion)
  c.service.set(row, object.service)
  c.deleted.values[row] = object.deleted ? 1 : 0
  c.body.set(row, JSON.stringify(object.body))
  out.next()
}

export function writeHappening(out: Writer<'happenings'>, source: number, names: Names, happening: HappeningRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  c.time.values[row] = happening.time
  c.end.values[row] = happening.endTime
  c.kind.set(row, happening.kind)
  c.severity.set(row, happening.severity)
  c.reason.set(row, happening.reason)
  c.message.set(row, happening.message)
  c.objectKind.set(row, happening.objectKind)
  c.namespace.set(row, happening.namespace)
  c.name.set(row, happening.name)
  c.service.set(row, happening.service)
  c.count.values[row] = happening.count
  c.uid.set(row, happening.uid)
  setName(c.attrs, row, names.attributes(happening.attributes))
  out.next()
}

export function writeOffset(out: Writer<'offsets'>, source: number, offset: OffsetRow): void {
  const { columns: c, row } = out
  c.source.values[row] = source
  c.time.values[row] = offset.time
  c.topic.set(row, offset.topic)
  c.partition.values[row] = offset.partition
  c.group.set(row, offset.group)
  c.committed.values[row] = BigInt(offset.committed)
  c.logEnd.values[row] = BigInt(offset.logEnd)
  out.next()
}

/** `properties` keeps the plain object; what JSON cannot tell of a user event's properties (Attributes.types) is not kept. */
export function writeUserEvent(out: Writer<'staged'>, source: number, batch: string, event: UserEventRow): void {
  const { columns: c, row } = out
  c.batch.set(row, batch)
  c.source.values[row] = source
  c.time.values[row] = event.time
  c.id.set(row, event.id)
  c.event.set(row, event.event)
  c.distinctId.set(row, event.distinctId)
  c.properties.set(row, encodeAttributes(event.properties).json)
  out.next()
}
