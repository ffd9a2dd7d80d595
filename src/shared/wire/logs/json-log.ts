// NDJSON logs (and a JSON array of records) of any logger: fields are found under their usual names, nested or dotted.

import type { AttributeValue } from '../../domain/telemetry.ts'
import type { Collector } from '../collector.ts'
import { Lines } from '../json/lines.ts'
import { JsonStream } from '../json/stream.ts'
import { depthOf, INTEGER_MARK, isObject, type JsonObject, parseJson } from '../json/value.ts'
import { pointerPart, setKey } from '../otlp/attributes.ts'
import { readId } from '../otlp/common.ts'
import { NOTHING_LATE, timeProblem, type WireReader } from '../reader.ts'
import { severityOf } from './level.ts'
import { FieldShapes, fieldAt, findField, LOG_FIELDS, type LogField, timeIn } from './log-fields.ts'
import { type LogReadOptions, LogResources, logRow } from './options.ts'

export { FIELD_NAMES, fieldAt, findField, type LogField } from './log-fields.ts'

class JsonLogs {
  readonly #options: LogReadOptions
  readonly #resources = new LogResources()
  readonly #shapes = new FieldShapes()
  #lastTime: bigint | undefined
  readonly #fixedService: string | undefined

  constructor(options: LogReadOptions) {
    this.#options = options
    const service = options.mapping.service
    this.#fixedService = service?.startsWith('=') ? service.slice(1) : undefined
  }

  record(raw: unknown, line: number): void {
    const { into, mapping } = this.#options
    if (!isObject(raw)) {
      into.skip(line, 'a line that is no JSON object', raw)
      return
    }
    const keys = Object.keys(raw)
    const names = this.#namesFor(raw, keys)
    const zone = mapping.timeZone ?? 'UTC'
    const time = mapping.timeUnit === 'none' ? this.#options.fileTime : this.#timeOf(raw, names.time, zone)
    if (time === undefined) {
      into.skip(line, names.time === undefined ? 'no time field' : `the time field "${names.time}" holds no time`, raw)
      return
    }
    const problem = timeProblem(time, this.#options)
    if (problem !== undefined) {
      into.skip(line, problem, raw)
      return
    }
    this.#lastTime = time
    const level = names.level === undefined ? undefined : fieldAt(raw, names.level)
    const message = names.message === undefined ? undefined : fieldAt(raw, names.message)
    const serviceValue = this.#fixedService ?? (names.service === undefined ? undefined : fieldAt(raw, names.service))
    const service =
      typeof serviceValue === 'string' && serviceValue !== '' ? serviceValue : (this.#options.service ?? '')
    const values: Record<string, AttributeValue> = {}
    const types: Record<string, 'int'> = {}
    let hasTypes = false
    for (const key of keys) {
      if (key === names.time || key === names.level || key === names.message) continue
      if (key === names.service || key === names.traceId || key === names.spanId) continue
      const value = raw[key]
      const isText = typeof value === 'string'
      // what needs no second look: most values
      if (isText ? value.charCodeAt(0) !== 0 : typeof value !== 'object') setKey(values, key, value as AttributeValue)
      else {
        setKey(values, key, plain(value, `/${pointerPart(key)}`, types, into))
        hasTypes = true
      }
    }
    const row = logRow({
      time,
      severity: severityOf(level, names.level ?? ''),
      severityText: typeof level === 'string' ? level : undefined,
      service,
      body: typeof message === 'string' ? message : '',
      attributes: !hasTypes || Object.keys(types).length === 0 ? { values } : { values, types },
      resource: this.#resources.of(service),
      traceId: traceIdOf(names.traceId === undefined ? undefined : fieldAt(raw, names.traceId)),
      spanId: spanIdOf(names.spanId === undefined ? undefined : fieldAt(raw, names.spanId)),
    })
    if (typeof message !== 'string') {
      row.body = JSON.stringify(message === undefined || message === null ? values : plain(message, '', {}, into))
      row.bodyIsJson = true
    }
    into.logs.push(row)
  }

  /** A line between JSON lines that is none: the runtime's own words, a stack trace. It belongs to the record before. */
  stray(text: string, line: number): void {
    const { into } = this.#options
    const last = into.logs[into.logs.length - 1]
    if (/^\s/.test(text) && last !== undefined && last.body.length < 1_000_000 && last.bodyIsJson !== true) {
      last.body += `\n${text}`
      into.note('indented line kept with the record before it')
      return
    }
    const time = this.#lastTime
    if (time === undefined) {
      into.skip(line, 'not valid JSON', text)
      return
    }
    const service = this.#fixedService ?? this.#options.service ?? ''
    into.logs.push(logRow({ time, severity: 0, service, body: text, resource: this.#resources.of(service) }))
    into.note('line of plain text kept with the time of the record before it')
  }

  #namesFor(raw: JsonObject, keys: readonly string[]): Partial<Record<LogField, string>> {
    const { mapping } = this.#options
    const possible = this.#shapes.of(keys)
    const out: Partial<Record<LogField, string>> = {}
    for (const field of LOG_FIELDS) {
      const chosen = mapping[field]
      // A file may hold the lines of several loggers: where the chosen field is absent the usual names are tried.
      const isChosen = chosen !== undefined && chosen !== 'auto' && chosen !== '' && fieldAt(raw, chosen) !== undefined
      const name = isChosen ? chosen : findField(raw, field, possible[field])
      if (name !== undefined && !(field === 'service' && this.#fixedService !== undefined)) out[field] = name
    }
    return out
  }

  #timeOf(raw: JsonObject, name: string | undefined, zone: string): bigint | undefined {
    if (name === undefined) return undefined
    const unit = this.#options.mapping.timeUnit
    const numericUnit = unit === 'rfc3339' || unit === 'pattern' ? undefined : unit
    return timeIn(raw, name, numericUnit, zone)
  }
}

export function traceIdOf(value: unknown): string {
  if (typeof value === 'number') return numberAsId(value, 32)
  if (typeof value !== 'string') return ''
  const text = value.startsWith(INTEGER_MARK) ? value.slice(2) : value
  // Google writes projects/p/traces/<hex>; Datadog decimal 64-bit ids of 18 to 20 digits.
  const tail = text.slice(text.lastIndexOf('/') + 1).replaceAll('-', '')
  if (/^\d{17,20}$/.test(tail)) return BigInt(tail).toString(16).padStart(32, '0')
  return /^[0-9a-f]{1,32}$/i.test(tail) ? (readId(tail, 32) ?? '') : ''
}

export function spanIdOf(value: unknown): string {
  if (typeof value === 'number') return numberAsId(value, 16)
  if (typeof value !== 'string') return ''
  const text = value.startsWith(INTEGER_MARK) ? value.slice(2) : value
  if (/^\d{17,20}$/.test(text)) return BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0')
  return /^[0-9a-f]{1,16}$/i.test(text) ? (readId(text, 16) ?? '') : ''
}

/** A number that some tracer writes as its id. No tracer means a fraction, a sign or more digits than a double holds. */
const numberAsId = (value: number, digits: 16 | 32): string =>
  Number.isSafeInteger(value) && value > 0 ? value.toString(16).padStart(digits, '0') : ''

/** Views and stores walk values recursively. */
const MAX_VALUE_DEPTH = 64

/** JSON as attributes; integers past 2^53 as text with their type. What is nested too deeply is cut there, and noted. */
export function plain(
  value: unknown,
  pointer: string,
  types: Record<string, 'int'>,
  into: Pick<Collector, 'note'>,
  depth = 0,
): AttributeValue {
  if (typeof value === 'string') {
    if (!value.startsWith(INTEGER_MARK)) return value
    setKey(types, pointer, 'int')
    return value.slice(INTEGER_MARK.length)
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (depth > MAX_VALUE_DEPTH) {
    into.note(`an attribute value nested deeper than ${MAX_VALUE_DEPTH} levels is cut there`)
    return '[nested too deeply]'
  }
  if (Array.isArray(value))
    return value.map((item: unknown, i) => plain(item, `${pointer}/${i}`, types, into, depth + 1))
  if (!isObject(value)) return null
  const out: Record<string, AttributeValue> = {}
  for (const key of Object.keys(value))
    setKey(out, key, plain(value[key], `${pointer}/${pointerPart(key)}`, types, into, depth + 1))
  return out
}

const MAX_DEPTH = 256

export function jsonLogReader(options: LogReadOptions): WireReader {
  const logs = new JsonLogs(options)
  const lines = new Lines({
    line(text, number) {
      const trimmed = text.trim()
      if (trimmed === '') return
      if (trimmed[0] !== '{') {
        logs.stray(text, number)
        return
      }
      let record: unknown
      try {
        if (trimmed.length > 65_536 && depthOf(trimmed, MAX_DEPTH) > MAX_DEPTH) {
          options.into.skip(number, `nested deeper than ${MAX_DEPTH} levels`, text)
          return
        }
        record = parseJson(trimmed)
      } catch {
        options.into.skip(number, 'not valid JSON', text)
        return
      }
      logs.record(record, number)
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return { push: (bytes) => lines.push(bytes), end: () => lines.end(), late: NOTHING_LATE }
}

const ONE_RECORD = 8 * 1024 * 1024

/** A JSON array of records, or one pretty-printed record after another; Elasticsearch answers (hits.hits[]._source) too. */
export function jsonArrayLogReader(options: LogReadOptions): WireReader {
  const logs = new JsonLogs(options)
  const record = (value: unknown, line: number): void => {
    if (Array.isArray(value)) for (const item of value as readonly unknown[]) record(item, line)
    else if (isObject(value) && isObject(value._source)) logs.record(value._source, line)
    else if (isObject(value) && isObject(value.hits) && Array.isArray(value.hits.hits)) record(value.hits.hits, line)
    else logs.record(value, line)
  }
  const element = { take: 'record' }
  let isEmpty = true
  let read = 0
  const stream = new JsonStream(
    { take: 'record', items: element, keys: { hits: { keys: { hits: { items: element } } } } },
    {
      values: (_, values, __, lines) => {
        isEmpty = false
        values.forEach((value, i) => {
          record(value, lines[i] as number)
        })
      },
      bad: (line, reason, example) => {
        isEmpty = false
        options.into.skip(line, reason, example)
      },
    },
    { maxValueBytes: options.openAt },
  )
  return {
    push(bytes) {
      read += bytes.length
      stream.push(bytes)
    },
    end() {
      stream.end()
      // one record that is the whole file and too large is passed over by the stream without a word
      if (isEmpty && read > ONE_RECORD) options.into.skip(1, 'a record larger than 8 MB', '')
    },
    late: NOTHING_LATE,
  }
}
