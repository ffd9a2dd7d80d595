// Under which names loggers write time, level, message, service and ids, and which of them a record has.

import { depthOf, isObject, type JsonObject, parseJson } from '../json/value.ts'
import { fieldTime, type TimeUnit } from './time.ts'

/** The usual names, best first. */
export const FIELD_NAMES = {
  time: [
    '@timestamp',
    'timestamp',
    'time',
    'ts',
    'timeUnixNano',
    '__REALTIME_TIMESTAMP',
    'datetime',
    'date',
    'eventTime',
    'asctime',
    '@t',
    't',
    'instant.epochSecond',
    '_time',
    'created_at',
    'syslog_timestamp',
    'EventTime',
    // loguru, serialize=True
    'record.time.repr',
  ],
  level: [
    'level',
    'severity',
    'log.level',
    'levelname',
    'severity_text',
    'severityText',
    'lvl',
    'loglevel',
    'log_level',
    'severity_number',
    'severityNumber',
    'PRIORITY',
    '@l',
    'level_name',
    'Level',
    'syslog.severity.code',
    'record.level.name',
    '@fields.level',
  ],
  message: [
    'message',
    '@message',
    'msg',
    'body',
    'log',
    'MESSAGE',
    'event.original',
    'record.message',
    'text',
    'short_message',
    '@m',
    '@mt',
    'textPayload',
    'jsonPayload.message',
    'jsonPayload.msg',
    'Message',
    'event',
  ],
  service: [
    'service.name',
    'service',
    'resource.service.name',
    'resource.attributes.service.name',
    'service_name',
    'serviceName',
    'dd.service',
    'app',
    'application',
    'app_name',
    'kubernetes.labels.app.kubernetes.io/name',
    'kubernetes.labels.app',
    'kubernetes.container_name',
    'kubernetes.container.name',
    'container_name',
    'name',
    'resource.labels.container_name',
    'component',
    'SYSLOG_IDENTIFIER',
    'logger_name',
  ],
  traceId: [
    'trace_id',
    'traceId',
    'trace.id',
    'traceID',
    'traceid',
    'dd.trace_id',
    'otelTraceID',
    'mdc.trace_id',
    'mdc.traceId',
    'context.trace_id',
    'logging.googleapis.com/trace',
    'X-B3-TraceId',
    'contextMap.traceId',
  ],
  spanId: [
    'span_id',
    'spanId',
    'span.id',
    'spanID',
    'spanid',
    'dd.span_id',
    'otelSpanID',
    'mdc.span_id',
    'mdc.spanId',
    'context.span_id',
    'logging.googleapis.com/spanId',
    'X-B3-SpanId',
    'contextMap.spanId',
  ],
} as const
export type LogField = keyof typeof FIELD_NAMES

/** A value under `a.b.c` as one key, as nested objects, or as any mixture of both. */
export function fieldAt(record: JsonObject, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path]
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    const inner = Object.hasOwn(record, head) ? record[head] : undefined
    if (!isObject(inner)) continue
    const found = fieldAt(inner, path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

/** The name under which a record has a field, or undefined. @param among the usual names, or those that are possible */
export function findField(
  record: JsonObject,
  field: LogField,
  among: readonly string[] = FIELD_NAMES[field],
): string | undefined {
  return among.find((name) => {
    const value = fieldAt(record, name)
    if (value === undefined || value === null || value === '') return false
    return field === 'message' || field === 'time' ? true : typeof value === 'string' || typeof value === 'number'
  })
}

/** Whether it is worth reading a text as a record. */
export const mayBeRecord = (text: string): boolean => text.startsWith('{') && /^\{\s*"/.test(text)

/** The object that a text is, unless it is too large or too deep to be one record. */
export function recordIn(text: string): JsonObject | undefined {
  if (!text.startsWith('{') || text.length >= 8_000_000 || depthOf(text, 64) > 64) return undefined
  try {
    const record: unknown = parseJson(text)
    return isObject(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** The time that a record has in a field. @param unit of numbers; undefined = told by their size */
export function timeIn(record: JsonObject, name: string, unit: TimeUnit | undefined, zone: string): bigint | undefined {
  if (name !== 'instant.epochSecond')
    return fieldTime(fieldAt(record, name), name === '__REALTIME_TIMESTAMP' ? 'us' : unit, zone)
  const seconds = fieldTime(fieldAt(record, name), 's', zone)
  const nanos = fieldAt(record, 'instant.nanoOfSecond')
  return seconds === undefined
    ? undefined
    : seconds + BigInt(typeof nanos === 'number' && Number.isInteger(nanos) ? nanos : 0)
}

type Possible = Readonly<Record<LogField, readonly string[]>>
export const LOG_FIELDS = ['time', 'level', 'message', 'service', 'traceId', 'spanId'] as const
const MAX_SHAPES = 1000

/** Which of the usual names records can have by their keys alone: one lookup a record where it would be eighty. */
export class FieldShapes {
  readonly #known = new Map<string, Possible>()
  #keys: readonly string[] = []
  #last: Possible | undefined

  of(keys: readonly string[]): Possible {
    const last = this.#keys
    if (this.#last !== undefined && keys.length === last.length && keys.every((key, i) => key === last[i]))
      return this.#last
    const shape = keys.join('\n')
    let possible = this.#known.get(shape)
    if (possible === undefined) {
      const there = new Set(keys)
      const among = (field: LogField) => FIELD_NAMES[field].filter((name) => isPossible(there, name))
      possible = Object.fromEntries(LOG_FIELDS.map((field) => [field, among(field)])) as Record<LogField, string[]>
      if (this.#known.size >= MAX_SHAPES) this.#known.clear()
      // keys with line breaks in them may run into each other
      if (!keys.some((key) => key.includes('\n'))) this.#known.set(shape, possible)
    }
    this.#keys = keys
    this.#last = possible
    return possible
  }
}

/** `fieldAt` finds nothing where neither the name nor a part before one of its dots is a key. */
function isPossible(keys: ReadonlySet<string>, name: string): boolean {
  if (keys.has(name)) return true
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1))
    if (keys.has(name.slice(0, dot))) return true
  return false
}
