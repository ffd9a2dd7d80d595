// Span rows as Jaeger-UI JSON: what its page's upload and download button use. Times are microseconds.

import type { Attributes, AttributeValue, SpanRow } from '../domain/telemetry.ts'
import type { JsonObject } from './json/value.ts'
import { pointerPart } from './otlp/attributes.ts'

const KINDS = [undefined, 'internal', 'server', 'client', 'producer', 'consumer'] as const

/** One entry of `data`: the spans of one trace and the processes (resources) they name. */
export function writeJaegerTrace(spans: readonly SpanRow[]): JsonObject {
  const ids = new Map<string, string>()
  const processes: Record<string, JsonObject> = {}
  const processOf = (span: SpanRow): string => {
    const { 'service.name': _, ...rest } = span.resource.attributes.values
    const process = {
      serviceName: span.service,
      tags: writeTags({ values: rest, types: span.resource.attributes.types }),
    }
    const key = JSON.stringify(process)
    let id = ids.get(key)
    if (id === undefined) {
      id = `p${ids.size + 1}`
      ids.set(key, id)
      processes[id] = process
    }
    return id
  }
  const written = spans.map((span) => writeSpan(span, processOf(span)))
  return { traceID: spans[0]?.traceId ?? '', spans: written, processes }
}

function writeSpan(span: SpanRow, processID: string): JsonObject {
  const tags: JsonObject[] = []
  const kind = KINDS[span.kind]
  if (kind !== undefined) tags.push({ key: 'span.kind', type: 'string', value: kind })
  if (span.scope !== undefined && span.scope.name !== '') {
    tags.push({ key: 'otel.scope.name', type: 'string', value: span.scope.name })
    if (span.scope.version !== undefined)
      tags.push({ key: 'otel.scope.version', type: 'string', value: span.scope.version })
  }
  const { 'jaeger.warnings': warnings, ...values } = span.attributes.values
  tags.push(...writeTags({ values, types: span.attributes.types }))
  if (span.status !== 0 && !('otel.status_code' in values))
    tags.push({ key: 'otel.status_code', type: 'string', value: span.status === 2 ? 'ERROR' : 'OK' })
  if (span.status === 2 && !('error' in values)) tags.push({ key: 'error', type: 'bool', value: true })
  if (span.statusMessage !== undefined && !('otel.status_description' in values))
    tags.push({ key: 'otel.status_description', type: 'string', value: span.statusMessage })
  const references: JsonObject[] = []
  if (span.parentId !== '') references.push({ refType: 'CHILD_OF', traceID: span.traceId, spanID: span.parentId })
  for (const link of span.links ?? [])
    references.push({
      refType: link.attributes?.values['opentracing.ref_type'] === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM',
      traceID: link.traceId,
      spanID: link.spanId,
    })
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    flags: span.flags,
    operationName: span.operation,
    references,
    startTime: Number(span.start / 1000n),
    duration: Number((span.durationNs + 500n) / 1000n),
    tags,
    logs: (span.events ?? []).map((event) => ({
      timestamp: Number(event.time / 1000n),
      fields: [
        { key: 'event', type: 'string', value: event.name },
        ...writeTags(event.attributes ?? { values: {} }).filter((tag) => tag.key !== 'event'),
      ],
    })),
    processID,
    warnings: Array.isArray(warnings) ? warnings : null,
  }
}

function writeTags({ values, types }: Attributes): JsonObject[] {
  return Object.keys(values).map((key) => {
    const pointer = `/${pointerPart(key)}`
    return writeTag(
      key,
      values[key] as AttributeValue,
      types !== undefined && Object.hasOwn(types, pointer) ? types[pointer] : undefined,
    )
  })
}

function writeTag(key: string, value: AttributeValue, type: string | undefined): JsonObject {
  if (typeof value === 'boolean') return { key, type: 'bool', value }
  if (typeof value === 'number')
    return { key, type: type === 'double' || !Number.isInteger(value) ? 'float64' : 'int64', value }
  if (typeof value === 'string') {
    if (type === 'bytes') return { key, type: 'binary', value }
    if (type === 'double') return { key, type: 'float64', value }
    // beyond 2^53: as text, which says it exactly
    return { key, type: type === 'int' ? 'int64' : 'string', value }
  }
  return { key, type: 'string', value: JSON.stringify(value) }
}
