// Zipkin v2 JSON to span rows: a list of spans, a list of traces, or either a line. Times are microseconds.
// https://github.com/openzipkin/zipkin-api/blob/master/zipkin2-api.yaml
// Client and server may share one span id (`shared`); OTel has one id per span. Where both halves are in the file, the
// server's gets an id of its own below the client's, and the spans that name the shared id as parent hang below the server's.

import type { AttributeValue, Resource, SpanEvent, SpanKind, SpanRow } from '../domain/telemetry.ts'
import type { Collector } from './collector.ts'
import type { Head, WireFormat } from './format.ts'
import { jsonRecordReader } from './json/records.ts'
import { depthOf, floatOf, integerOf, isObject, type JsonObject, listOf, parseJson, textOf } from './json/value.ts'
import { plain } from './logs/json-log.ts'
import { LogResources } from './logs/options.ts'
import { pointerPart, setKey } from './otlp/attributes.ts'
import { readId } from './otlp/common.ts'
import { type LateFields, type ReadOptions, timeProblem, type WireReader } from './reader.ts'
import { SpanIds } from './span-ids.ts'

const KINDS: Readonly<Record<string, SpanKind>> = { CLIENT: 3, SERVER: 2, PRODUCER: 4, CONSUMER: 5 }
const SPAN = { take: 'span' }
const SHAPE = { take: 'document', items: { take: 'trace', items: SPAN } }
/** Halves of shared spans that are remembered; past them shared spans stay as they are written. */
const MAX_SHARED = 2_000_000
const SPLIT = 'split'

/** The server's half of a shared span has this key among its attributes, and its id is that of `splitId`. */
export const SHARED_KEY = 'zipkin.shared'

/** The span id that the server's half of a shared span gets. Its own inverse. */
export const splitId = (spanId: string): string =>
  (BigInt(`0x${spanId}`) ^ 0x9e3779b97f4a7c15n).toString(16).padStart(16, '0')

export function zipkinReader(options: ReadOptions, layout = 'document'): WireReader {
  const seen = new SpanIds()
  const resources = new LogResources()
  const split = knownSplit(options.known)
  const servers = new Set<string>()
  const clients = new Set<string>()
  const late = new Map<number, Record<string, unknown>>()

  const take = (raw: unknown, line: number): void => {
    if (Array.isArray(raw)) {
      for (const item of raw as readonly unknown[]) take(item, line)
      return
    }
    const row = isObject(raw) ? readSpan(raw, resources, options) : 'a span that is no object'
    if (typeof row === 'string') {
      options.into.skip(line, row, raw)
      return
    }
    const key = row.traceId + row.spanId
    const isShared = isObject(raw) && raw.shared === true
    if (split === undefined && servers.size < MAX_SHARED) {
      if (isShared) servers.add(key)
      else if (row.kind === 3 || row.kind === 4) clients.add(key)
    }
    if (split !== undefined) {
      if (row.parentId !== '' && split.has(row.traceId + row.parentId) && !(isShared && split.has(key)))
        row.parentId = splitId(row.parentId)
      if (isShared && split.has(key)) {
        row.parentId = row.spanId
        row.spanId = splitId(row.spanId)
      }
    }
    if (seen.add(row.traceId, row.spanId, row.kind)) options.into.spans.push(row)
    else options.into.skip(line, 'duplicate span id within its trace', raw)
  }

  const reader = jsonRecordReader(options, layout, SHAPE, take)
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      reader.end()
      if (split !== undefined) return
      const both = [...servers].filter((key) => clients.has(key))
      if (both.length > 0) late.set(0, { [SPLIT]: both })
      if (servers.size >= MAX_SHARED) options.into.note('shared spans past two million are kept as they are written')
    },
    late,
  }
}

function knownSplit(known: LateFields | undefined): ReadonlySet<string> | undefined {
  const keys = known?.get(0)?.[SPLIT]
  return Array.isArray(keys) ? new Set(keys.filter((key): key is string => typeof key === 'string')) : undefined
}

function readSpan(raw: JsonObject, resources: LogResources, options: ReadOptions): SpanRow | string {
  const { into } = options
  const traceId = hexId(raw.traceId, 32)
  if (!traceId) return 'span without a trace id of hex digits'
  const spanId = hexId(raw.id, 16)
  if (!spanId) return 'span without a span id of hex digits'
  const events = readAnnotations(raw.annotations, into)
  let start = microseconds(raw.timestamp)
  if (start === undefined || start === 0n) {
    start = events.reduce<bigint | undefined>(
      (first, e) => (first === undefined || e.time < first ? e.time : first),
      undefined,
    )
    if (start === undefined) return 'span without a start time'
    into.note('span without a start time begins at its first annotation')
  }
  const problem = timeProblem(start, options)
  if (problem !== undefined) return problem
  const duration = microseconds(raw.duration)
  if (duration === undefined) into.note('span without a duration is kept with a duration of 0')
  const values: Record<string, AttributeValue> = {}
  for (const [key, value] of Object.entries(isObject(raw.tags) ? raw.tags : {}))
    setKey(values, key, typeof value === 'string' ? value : JSON.stringify(value))
  const oldScope = takeText(values, 'otel.library.name')
  const scope = takeText(values, 'otel.scope.name') ?? oldScope
  const oldVersion = takeText(values, 'otel.library.version')
  const version = takeText(values, 'otel.scope.version') ?? oldVersion
  const { error } = values
  const code = values['otel.status_code']
  const local = isObject(raw.localEndpoint) ? raw.localEndpoint : {}
  const remote = isObject(raw.remoteEndpoint) ? raw.remoteEndpoint : {}
  endpoint(local, 'network.local', values)
  endpoint(remote, 'network.peer', values)
  if (textOf(remote.serviceName) !== '' && !('peer.service' in values))
    values['peer.service'] = textOf(remote.serviceName)
  if (raw.debug === true) values['zipkin.debug'] = true
  if (raw.shared === true) values[SHARED_KEY] = true
  const service = textOf(local.serviceName) || (options.service ?? '')
  // OTel exporters say it twice
  if (values['service.name'] === service) delete values['service.name']
  const resource: Resource = resources.of(service)
  const kind = textOf(raw.kind).toUpperCase()
  const row: SpanRow = {
    traceId,
    spanId,
    parentId: hexId(raw.parentId, 16) ?? '',
    service,
    operation: textOf(raw.name),
    kind: Object.hasOwn(KINDS, kind) ? (KINDS[kind] as SpanKind) : 1,
    start,
    durationNs: duration ?? 0n,
    status: error !== undefined || code === 'ERROR' ? 2 : code === 'OK' ? 1 : 0,
    attributes: { values },
    resource,
  }
  if (typeof error === 'string' && error !== '' && error !== 'true') row.statusMessage = error
  if (duration === undefined) row.noEnd = true
  if (scope !== undefined) row.scope = { name: scope, version }
  if (events.length > 0) row.events = events
  if (row.parentId === row.spanId) {
    row.parentId = ''
    into.note('span that names itself as its parent is kept as a root')
  }
  return row
}

function endpoint(from: JsonObject, prefix: string, into: Record<string, AttributeValue>): void {
  const address = textOf(from.ipv4) || textOf(from.ipv6)
  if (address !== '') into[`${prefix}.address`] = address
  const port = floatOf(from.port)
  if (port !== undefined && port > 0 && port < 65_536) into[`${prefix}.port`] = port
}

/** An OTel exporter writes an event with attributes as the JSON `{"name": {attributes}}`. */
function readAnnotations(list: unknown, into: Pick<Collector, 'note'>): SpanEvent[] {
  const out: SpanEvent[] = []
  for (const raw of listOf(list)) {
    const time = isObject(raw) ? microseconds(raw.timestamp) : undefined
    if (isObject(raw) && time !== undefined) out.push({ time, ...eventOf(textOf(raw.value), into) })
  }
  return out
}

function eventOf(text: string, into: Pick<Collector, 'note'>): Omit<SpanEvent, 'time'> {
  if (!text.startsWith('{"') || text.length > 100_000 || depthOf(text, 32) > 32) return { name: text }
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return { name: text }
  }
  const entries = Object.entries(isObject(value) ? value : {})
  const [name, attributes] = entries[0] ?? []
  if (entries.length !== 1 || name === undefined || !isObject(attributes)) return { name: text }
  const values: Record<string, AttributeValue> = {}
  const types: Record<string, 'int'> = {}
  for (const [key, inner] of Object.entries(attributes))
    setKey(values, key, plain(inner, `/${pointerPart(key)}`, types, into))
  return { name, attributes: Object.keys(types).length === 0 ? { values } : { values, types } }
}

function takeText(values: Record<string, AttributeValue>, key: string): string | undefined {
  const value = values[key]
  if (typeof value !== 'string') return undefined
  delete values[key]
  return value
}

function hexId(value: unknown, digits: 16 | 32): string | undefined {
  return typeof value === 'string' && /^[0-9a-fA-F]{1,32}$/.test(value) ? readId(value, digits) : undefined
}

function microseconds(value: unknown): bigint | undefined {
  const whole = integerOf(value)
  if (whole !== undefined) return whole * 1000n
  const number = floatOf(value)
  return number === undefined || !Number.isFinite(number) ? undefined : BigInt(Math.round(number * 1000))
}

const isSpan = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.traceId === 'string' &&
  typeof value.id === 'string' &&
  ['timestamp', 'localEndpoint', 'annotations', 'kind', 'duration', 'parentId'].some((key) => key in value) &&
  !('message' in value || 'msg' in value)

function sniff(head: Head) {
  let probe = head.json?.value
  for (let depth = 0; depth < 2 && Array.isArray(probe); depth++) probe = (probe as readonly unknown[])[0]
  const byText =
    head.json === undefined &&
    /^\s*\[\s*[[{]/.test(head.text) &&
    /"localEndpoint"\s*:/.test(head.text.slice(0, 20_000)) &&
    /"traceId"\s*:/.test(head.text.slice(0, 20_000))
  if (!byText && !isSpan(probe)) return undefined
  const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
  return { confidence: byText ? 0.92 : 0.97, layout, timeUnit: 'us' } as const
}

export const zipkinJson: WireFormat<'zipkin-json'> = {
  name: 'zipkin-json',
  sniff,
  open: (options) => zipkinReader(options, options.layout),
}
