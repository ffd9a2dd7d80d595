// Jaeger-UI JSON (the download button, /api/traces): {data:[{traceID, spans:[..], processes:{..}}]} to span rows.
// Times are microseconds; a span's process is looked up in its trace, which writes its processes after its spans.

import { WatchdeckError } from '../base/errors.ts'
import type {
  AttributeValue,
  Resource,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanRow,
  SpanStatus,
} from '../domain/telemetry.ts'
import { KEEP, type StreamHandler } from './json/shape.ts'
import { JsonStream } from './json/stream.ts'
import { floatOf, integerOf, isObject, type JsonObject, listOf, textOf } from './json/value.ts'
import { readId } from './otlp/common.ts'
import { pointerPart, setKey } from './otlp/attributes.ts'
import { type ReadOptions, timeProblem, type WireReader } from './reader.ts'
import { SpanIds } from './span-ids.ts'

const TRACE = {
  take: 'trace',
  keys: { traceID: { take: KEEP }, processes: { take: KEEP }, spans: { items: { take: 'span' } } },
}
const SHAPE = { take: 'document', keys: { data: { ...TRACE, items: TRACE }, ...TRACE.keys }, items: TRACE }

const KINDS: Readonly<Record<string, SpanKind>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }

/** An answer of the API without traces says why there are none. */
function refuseError(error: unknown): void {
  if (!isObject(error)) return
  throw new WatchdeckError(
    'corrupt',
    `The file holds an error answer of Jaeger: ${textOf(error.msg).slice(0, 300) || (integerOf(error.code) ?? '')}`,
    { hint: 'Run the query again and save its answer.' },
  )
}

export function jaegerReader(options: ReadOptions): WireReader {
  const seen = new SpanIds()
  const processes = new WeakMap<object, Map<string, Resource>>()
  const resources = new Map<string, Resource>()

  const resourceOf = (span: JsonObject, table: unknown): Resource => {
    if (isObject(span.process)) return intern(span.process)
    if (!isObject(table)) return intern({})
    let known = processes.get(table)
    if (!known) {
      known = new Map()
      processes.set(table, known)
    }
    const id = textOf(span.processID)
    let resource = known.get(id)
    if (!resource) {
      const process = Object.hasOwn(table, id) ? table[id] : undefined
      resource = intern(isObject(process) ? process : {})
      known.set(id, resource)
    }
    return resource
  }

  const intern = (process: JsonObject): Resource => {
    const key = JSON.stringify(process)
    const known = resources.get(key)
    if (known) return known
    const values: Record<string, AttributeValue> = {}
    const service = textOf(process.serviceName)
    if (service !== '') values['service.name'] = service
    const types = readTags(process.tags, values)
    const resource: Resource = { attributes: types === undefined ? { values } : { values, types } }
    if (resources.size > 20_000) resources.clear()
    resources.set(key, resource)
    return resource
  }

  const take = (raw: unknown, traceOf: unknown, table: unknown, line: number): void => {
    const row = isObject(raw) ? readSpan(raw, traceOf, resourceOf(raw, table), options) : 'a span that is no object'
    if (typeof row === 'string') options.into.skip(line, row, raw)
    else if (!seen.add(row.traceId, row.spanId, row.kind))
      options.into.skip(line, 'duplicate span id within its trace', raw)
    else options.into.spans.push(row)
  }

  const takeTrace = (trace: unknown, line: number): void => {
    if (!isObject(trace)) {
      options.into.skip(line, 'a trace that is no object', trace)
      return
    }
    if (trace.spans === null || trace.spans === undefined) return
    for (const span of listOf(trace.spans)) take(span, trace.traceID, trace.processes, line)
  }

  const takeDocument = (value: unknown, line: number): void => {
    if (isObject(value) && value.data === null) refuseError(listOf(value.errors)[0])
    const data = isObject(value) ? (value.data ?? (value.spans === undefined ? undefined : [value])) : value
    if (isObject(data)) takeTrace(data, line)
    else if (Array.isArray(data)) {
      for (const trace of data as readonly unknown[]) takeTrace(trace, line)
    } else if (data !== null) options.into.skip(line, 'not a Jaeger document', value)
  }

  const handler: StreamHandler = {
    values(name, values, around, lines) {
      const fields = around[around.length - 2]?.fields ?? {}
      values.forEach((value, i) => {
        const line = lines[i] as number
        if (name === 'document') takeDocument(value, line)
        else if (name === 'trace') takeTrace(value, line)
        else take(value, fields.traceID, fields.processes, line)
      })
    },
    bad: (line, reason, example) => options.into.skip(line, reason, example),
  }
  const stream = new JsonStream(SHAPE, handler, { known: options.known, maxValueBytes: options.openAt })
  return { push: (bytes) => stream.push(bytes), end: () => stream.end(), late: stream.late }
}

function readSpan(raw: JsonObject, traceOf: unknown, resource: Resource, options: ReadOptions): SpanRow | string {
  const traceId = jaegerId(raw.traceID ?? traceOf, 32)
  if (!traceId) return 'span without a trace id of hex digits'
  const spanId = jaegerId(raw.spanID, 16)
  if (!spanId) return 'span without a span id of hex digits'
  const start = microseconds(raw.startTime)
  if (start === undefined) return 'span without a start time'
  const problem = timeProblem(start, options)
  if (problem !== undefined) return problem
  const durationNs = microseconds(raw.duration)
  if (durationNs === undefined) options.into.note('span without a duration is kept with a duration of 0')
  const values: Record<string, AttributeValue> = {}
  let types = readTags(raw.tags, values)
  const kind = takeTag(values, 'span.kind')
  const code = values['otel.status_code']
  const isError = values.error === true || values.error === 'true' || code === 'ERROR'
  const message = values['otel.status_description']
  if (Array.isArray(raw.warnings) && raw.warnings.length > 0)
    values['jaeger.warnings'] = raw.warnings.filter((w): w is string => typeof w === 'string')
  if (types !== undefined && Object.keys(types).length === 0) types = undefined
  const scopeName = takeTag(values, 'otel.scope.name') ?? takeTag(values, 'otel.library.name')
  const scopeVersion = takeTag(values, 'otel.scope.version') ?? takeTag(values, 'otel.library.version')
  const row: SpanRow = {
    traceId,
    spanId,
    parentId: '',
    service:
      typeof resource.attributes.values['service.name'] === 'string'
        ? resource.attributes.values['service.name']
        : (options.service ?? ''),
    operation: textOf(raw.operationName),
    kind: (kind !== undefined && Object.hasOwn(KINDS, kind.toLowerCase()) ? KINDS[kind.toLowerCase()] : 0) as SpanKind,
    start,
    durationNs: durationNs ?? 0n,
    status: (isError ? 2 : code === 'OK' ? 1 : 0) as SpanStatus,
    attributes: types === undefined ? { values } : { values, types },
    resource,
  }
  if (typeof message === 'string' && message !== '') row.statusMessage = message
  if (scopeName !== undefined) row.scope = { name: scopeName, version: scopeVersion }
  const flags = floatOf(raw.flags)
  if (flags !== undefined && flags > 0 && Number.isInteger(flags)) row.flags = flags
  readReferences(raw, row, traceId)
  if (row.parentId === row.spanId) {
    row.parentId = ''
    options.into.note('span that names itself as its parent is kept as a root')
  }
  const events = readLogs(raw.logs, start)
  if (events.length > 0) row.events = events
  return row
}

/** The first CHILD_OF (or FOLLOWS_FROM) of the same trace is the parent; all other references become links. */
function readReferences(raw: JsonObject, row: SpanRow, traceId: string): void {
  const links: SpanLink[] = []
  let followed: SpanLink | undefined
  const legacy = jaegerId(raw.parentSpanID, 16)
  if (legacy) row.parentId = legacy
  for (const reference of listOf(raw.references)) {
    if (!isObject(reference)) continue
    const to = { traceId: jaegerId(reference.traceID, 32) ?? '', spanId: jaegerId(reference.spanID, 16) ?? '' }
    if (to.spanId === '') continue
    if (
      reference.refType !== 'FOLLOWS_FROM' &&
      to.traceId === traceId &&
      (row.parentId === '' || row.parentId === to.spanId)
    ) {
      row.parentId = to.spanId
      continue
    }
    const link: SpanLink = {
      ...to,
      attributes: {
        values: { 'opentracing.ref_type': reference.refType === 'FOLLOWS_FROM' ? 'follows_from' : 'child_of' },
      },
    }
    if (followed === undefined && to.traceId === traceId && reference.refType === 'FOLLOWS_FROM') followed = link
    links.push(link)
  }
  if (row.parentId === '' && followed !== undefined) row.parentId = followed.spanId
  if (links.length > 0) row.links = links
}

function readLogs(list: unknown, start: bigint): SpanEvent[] {
  const out: SpanEvent[] = []
  for (const log of listOf(list)) {
    if (!isObject(log)) continue
    const values: Record<string, AttributeValue> = {}
    const types = readTags(log.fields, values)
    const name = takeTag(values, 'event') ?? takeTag(values, 'message') ?? 'log'
    out.push({
      time: microseconds(log.timestamp) ?? start,
      name,
      attributes: types === undefined ? { values } : { values, types },
    })
  }
  return out
}

type Types = Record<string, 'int' | 'double' | 'bytes'>

/** Jaeger tags are typed: bool, string, int64, float64, binary. */
function readTags(list: unknown, into: Record<string, AttributeValue>): Types | undefined {
  let types: Types | undefined
  const mark = (key: string, type: Types[string]) => {
    types ??= {}
    setKey(types, `/${pointerPart(key)}`, type)
  }
  for (const tag of listOf(list)) {
    if (!isObject(tag) || typeof tag.key !== 'string') continue
    const key = tag.key
    const value = tag.value
    if (tag.type === 'int64') {
      const whole = integerOf(value)
      if (whole === undefined) setKey(into, key, textOf(value))
      else if (Number.isSafeInteger(Number(whole))) setKey(into, key, Number(whole))
      else {
        setKey(into, key, whole.toString())
        mark(key, 'int')
      }
    } else if (tag.type === 'float64') {
      const number = floatOf(value)
      if (number === undefined || !Number.isFinite(number)) setKey(into, key, String(value))
      else setKey(into, key, number)
      if (number !== undefined && (Number.isInteger(number) || !Number.isFinite(number))) mark(key, 'double')
    } else if (tag.type === 'binary') {
      setKey(into, key, textOf(value))
      mark(key, 'bytes')
    } else if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      setKey(into, key, value)
    else setKey(into, key, value === null || value === undefined ? null : JSON.stringify(value))
  }
  return types
}

function takeTag(values: Record<string, AttributeValue>, key: string): string | undefined {
  const value = values[key]
  if (typeof value !== 'string') return undefined
  delete values[key]
  return value
}

/** Jaeger writes ids without leading zeros, and 64-bit trace ids as 16 digits. */
function jaegerId(value: unknown, digits: 16 | 32): string | undefined {
  return typeof value === 'string' && /^[0-9a-fA-F]*$/.test(value) ? readId(value, digits) : undefined
}

function microseconds(value: unknown): bigint | undefined {
  const whole = integerOf(value)
  if (whole !== undefined) return whole * 1000n
  const number = floatOf(value)
  return number === undefined || !Number.isFinite(number) ? undefined : BigInt(Math.round(number * 1000))
}
