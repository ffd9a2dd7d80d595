// OTLP-JSON spans to rows.

import {
  NO_ATTRIBUTES,
  type Resource,
  type Scope,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanRow,
  type SpanStatus,
} from '../../domain/telemetry.ts'
import type { Collector } from '../collector.ts'
import { integerOf, isObject, listOf, textOf } from '../json/value.ts'
import { type ReadOptions, type SeenSpans, timeProblem } from '../reader.ts'
import { readAttributes } from './attributes.ts'
import { positiveOrUndefined, readEnum, readId, serviceOf } from './common.ts'

export const SPAN_KIND_NAMES = [
  'SPAN_KIND_UNSPECIFIED',
  'SPAN_KIND_INTERNAL',
  'SPAN_KIND_SERVER',
  'SPAN_KIND_CLIENT',
  'SPAN_KIND_PRODUCER',
  'SPAN_KIND_CONSUMER',
]
export const STATUS_NAMES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR']

export function readSpans(
  spans: readonly unknown[],
  resource: Resource,
  scope: Scope | undefined,
  lineOf: (index: number) => number,
  seen: SeenSpans,
  options: ReadOptions,
): void {
  const service = serviceOf(resource, options.service ?? '')
  const into = options.into
  for (let i = 0; i < spans.length; i++) {
    const span = readSpan(spans[i], resource, scope, service, options)
    if (typeof span === 'string') {
      into.skip(lineOf(i), span, spans[i])
      continue
    }
    if (!seen.add(span.traceId, span.spanId, span.kind)) {
      into.skip(lineOf(i), 'duplicate span id within its trace', spans[i])
      continue
    }
    into.spans.push(span)
  }
}

/** The row, or why there is none. */
function readSpan(
  raw: unknown,
  resource: Resource,
  scope: Scope | undefined,
  service: string,
  options: ReadOptions,
): SpanRow | string {
  if (!isObject(raw)) return 'a span that is no object'
  const traceId = readId(raw.traceId, 32)
  if (!traceId) return traceId === '' ? 'span without a trace id' : 'trace id is neither hex nor base64'
  const spanId = readId(raw.spanId, 16)
  if (!spanId) return spanId === '' ? 'span without a span id' : 'span id is neither hex nor base64'
  let parentId = readId(raw.parentSpanId, 16)
  if (parentId === undefined) return 'parent span id is neither hex nor base64'
  const start = integerOf(raw.startTimeUnixNano)
  if (start === undefined || start === 0n) return 'span without a start time'
  const problem = timeProblem(start, options)
  if (problem !== undefined) return problem
  let noEnd = false
  let end = integerOf(raw.endTimeUnixNano)
  if (end === undefined || end === 0n) {
    end = start
    noEnd = true
    options.into.note('span without an end time is kept with a duration of 0')
  } else if (end < start) options.into.note('span that ends before it starts is kept as it is')
  const durationNs = end - start
  if (durationNs > 9_223_372_036_854_775_807n || durationNs < -9_223_372_036_854_775_807n)
    return 'duration is beyond 64 bits'
  if (parentId === spanId) {
    parentId = ''
    options.into.note('span that names itself as its parent is kept as a root')
  }
  const row: SpanRow = {
    traceId,
    spanId,
    parentId,
    service,
    operation: textOf(raw.name),
    kind: readEnum(raw.kind, SPAN_KIND_NAMES) as SpanKind,
    start,
    durationNs,
    status: 0,
    attributes: readAttributes(raw.attributes, options.into),
    resource,
  }
  if (scope !== undefined) row.scope = scope
  if (noEnd) row.noEnd = true
  readStatus(row, raw.status)
  const events = raw.events
  if (Array.isArray(events) && events.length > 0) row.events = readEvents(events, start, options.into)
  const links = raw.links
  if (Array.isArray(links) && links.length > 0) row.links = readLinks(links, options.into)
  if (typeof raw.traceState === 'string' && raw.traceState !== '') row.traceState = raw.traceState
  setCounts(row, raw)
  return row
}

export function readStatus(row: SpanRow, raw: unknown): void {
  if (!isObject(raw)) return
  row.status = readEnum(raw.code, STATUS_NAMES) as SpanStatus
  if (typeof raw.message === 'string' && raw.message !== '') row.statusMessage = raw.message
}

export function setCounts(row: SpanRow, raw: { readonly [key: string]: unknown }): void {
  const flags = positiveOrUndefined(raw.flags)
  if (flags !== undefined) row.flags = flags
  const attributes = positiveOrUndefined(raw.droppedAttributesCount)
  if (attributes !== undefined) row.droppedAttributes = attributes
  const events = positiveOrUndefined(raw.droppedEventsCount)
  if (events !== undefined) row.droppedEvents = events
  const links = positiveOrUndefined(raw.droppedLinksCount)
  if (links !== undefined) row.droppedLinks = links
}

export function readEvents(list: readonly unknown[], spanStart: bigint, into: Collector): SpanEvent[] {
  const out: SpanEvent[] = []
  for (const raw of list) {
    if (!isObject(raw)) continue
    const attributes = readAttributes(raw.attributes, into)
    out.push({
      time: integerOf(raw.timeUnixNano) ?? spanStart,
      name: textOf(raw.name),
      attributes: attributes === NO_ATTRIBUTES ? undefined : attributes,
      droppedAttributes: positiveOrUndefined(raw.droppedAttributesCount),
    })
  }
  return out
}

export function readLinks(list: readonly unknown[], into: Collector): SpanLink[] {
  const out: SpanLink[] = []
  for (const raw of listOf(list)) {
    if (!isObject(raw)) continue
    const attributes = readAttributes(raw.attributes, into)
    out.push({
      traceId: readId(raw.traceId, 32) ?? '',
      spanId: readId(raw.spanId, 16) ?? '',
      traceState: textOf(raw.traceState) || undefined,
      attributes: attributes === NO_ATTRIBUTES ? undefined : attributes,
      droppedAttributes: positiveOrUndefined(raw.droppedAttributesCount),
      flags: positiveOrUndefined(raw.flags),
    })
  }
  return out
}
