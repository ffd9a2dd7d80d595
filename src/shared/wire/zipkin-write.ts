// Span rows as Zipkin v2 JSON, by the rules of OpenTelemetry's Zipkin exporter.
// https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
// Zipkin has microseconds, text for every value, and no links: what is finer or else is left out, as the format has it.

import type { AttributeValue, SpanRow } from '../domain/telemetry.ts'
import type { JsonObject } from './json/value.ts'
import { setKey } from './otlp/attributes.ts'
import { SHARED_KEY, splitId } from './zipkin.ts'

const KINDS = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
/** these become endpoints and fields of the span */
const FIELDS = new Set([
  'service.name',
  'network.local.address',
  'network.local.port',
  'network.peer.address',
  'network.peer.port',
  'zipkin.debug',
  SHARED_KEY,
])

export function writeZipkinSpan(span: SpanRow): JsonObject {
  const { values } = span.attributes
  const shared = values[SHARED_KEY] === true
  const isSplit = shared && span.parentId !== '' && splitId(span.parentId) === span.spanId
  const tags: Record<string, string> = {}
  for (const source of [span.resource.attributes.values, values])
    for (const [key, value] of Object.entries(source)) if (!FIELDS.has(key)) setKey(tags, key, tagText(value))
  if (span.status === 1) tags['otel.status_code'] = 'OK'
  if (span.status === 2) {
    tags['otel.status_code'] = 'ERROR'
    tags.error ??= span.statusMessage ?? 'true'
  }
  if (span.scope !== undefined && span.scope.name !== '') {
    tags['otel.scope.name'] = span.scope.name
    if (span.scope.version !== undefined) tags['otel.scope.version'] = span.scope.version
  }
  return {
    traceId: span.traceId,
    id: isSplit ? span.parentId : span.spanId,
    parentId: isSplit || span.parentId === '' ? undefined : span.parentId,
    kind: KINDS[span.kind],
    name: span.operation,
    timestamp: Number(span.start / 1000n),
    // Zipkin takes 0 for "not known": what took less than a microsecond is written as one
    duration: span.noEnd === true ? undefined : Math.max(1, Number((span.durationNs + 500n) / 1000n)),
    localEndpoint: endpoint(span.service, values['network.local.address'], values['network.local.port']),
    remoteEndpoint: endpoint(values['peer.service'], values['network.peer.address'], values['network.peer.port']),
    annotations: span.events?.map((event) => ({
      timestamp: Number(event.time / 1000n),
      value:
        event.attributes === undefined || Object.keys(event.attributes.values).length === 0
          ? event.name
          : JSON.stringify({ [event.name]: event.attributes.values }),
    })),
    tags: Object.keys(tags).length === 0 ? undefined : tags,
    debug: values['zipkin.debug'] === true || undefined,
    shared: shared || undefined,
  }
}

function endpoint(
  service: AttributeValue | undefined,
  address: AttributeValue | undefined,
  port: AttributeValue | undefined,
): JsonObject | undefined {
  const out: Record<string, unknown> = {}
  if (typeof service === 'string' && service !== '') out.serviceName = service
  if (typeof address === 'string' && address !== '') out[address.includes(':') ? 'ipv6' : 'ipv4'] = address
  if (typeof port === 'number') out.port = port
  return Object.keys(out).length === 0 ? undefined : out
}

const tagText = (value: AttributeValue): string => (typeof value === 'string' ? value : JSON.stringify(value))
