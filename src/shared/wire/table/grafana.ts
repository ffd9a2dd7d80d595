// Grafana panel JSON: data frames as "Inspect > JSON > DataFrame" and the query API write them (columns of values beside a
// schema), and panel data. https://grafana.com/developers/dataplane, https://grafana.com/docs/grafana/latest/panels-visualizations/panel-inspector/

import { WatchdeckError } from '../../base/errors.ts'
import type { Head, Sniffed, WireFormat } from '../format.ts'
import { isObject, type JsonObject, listOf, parseJson, textOf } from '../json/value.ts'
import type { LogMapping, LogReadOptions } from '../logs/options.ts'
import { numberToNs } from '../logs/time.ts'
import { promSeries } from '../prometheus-json.ts'
import { NOTHING_LATE, timeProblem, type WireReader } from '../reader.ts'
import { senseOf } from './columns.ts'
import { TableRows } from './rows.ts'
import type { Cell } from './times.ts'

/** A panel's data is what a browser drew: it fits a document that is read as a whole. */
const MAX_BYTES = 64 * 1024 * 1024

interface Field {
  readonly name: string
  readonly type: string
  readonly labels: JsonObject
  readonly title: string
  readonly values: readonly unknown[]
  /** nanoseconds under the millisecond, beside a time column */
  readonly nanos: readonly unknown[]
}

export const grafanaJson: WireFormat<'grafana-json'> = {
  name: 'grafana-json',
  mapped: ['service', 'timeZone'],
  sniff: sniffGrafana,
  open: grafanaReader,
}

function sniffGrafana(head: Head): Sniffed | undefined {
  if (!/^\s*[{[]/.test(head.text)) return undefined
  if (head.json !== undefined)
    return framesOf(head.json.value).length > 0 ? { confidence: 0.99, timeUnit: 'ms' } : undefined
  const text = head.text.slice(0, 20_000)
  return /"schema"\s*:\s*\{/.test(text) && /"fields"\s*:\s*\[/.test(text) && /"(typeInfo|refId|data)"\s*:/.test(text)
    ? { confidence: 0.9, timeUnit: 'ms' }
    : undefined
}

function grafanaReader(options: LogReadOptions): WireReader {
  const decoder = new TextDecoder()
  let text = ''
  let bytesRead = 0
  return {
    push(bytes) {
      bytesRead += bytes.length
      if (bytesRead > MAX_BYTES)
        throw new WatchdeckError('limit_exceeded', 'The Grafana panel is larger than 64 MB.', {
          hint: 'Export it as CSV, or for a shorter time.',
        })
      text += decoder.decode(bytes, { stream: true })
    },
    end() {
      let document: unknown
      try {
        document = parseJson(text + decoder.decode())
      } catch (error) {
        throw new WatchdeckError('corrupt', 'The Grafana panel is no valid JSON, or is cut off.', { cause: error })
      }
      const frames = framesOf(document)
      if (frames.length === 0) options.into.skip(1, 'no data frame in the panel', '')
      frames.forEach((frame, i) => {
        readFrame(frame, i + 1, options)
      })
    },
    late: NOTHING_LATE,
  }
}

/** The frames of a panel, of an answer of the query API (`results.A.frames`), or a list of frames. */
function framesOf(document: unknown, depth = 0): JsonObject[] {
  if (depth > 4) return []
  if (Array.isArray(document)) return (document as readonly unknown[]).flatMap((item) => framesOf(item, depth + 1))
  if (!isObject(document)) return []
  if (isObject(document.schema) && Array.isArray(document.schema.fields) && isObject(document.data)) return [document]
  // panel data: fields carry their own values
  if (
    Array.isArray(document.fields) &&
    document.fields.length > 0 &&
    document.fields.every((f) => isObject(f) && 'values' in f)
  )
    return [document]
  if (isObject(document.results)) return Object.values(document.results).flatMap((r) => framesOf(r, depth + 1))
  for (const key of ['frames', 'series']) if (Array.isArray(document[key])) return framesOf(document[key], depth + 1)
  return []
}

function fieldsOf(frame: JsonObject): Field[] {
  const schema = isObject(frame.schema) ? frame.schema : frame
  const data = isObject(frame.data) ? frame.data : {}
  const values = listOf(data.values)
  const nanos = listOf(data.nanos)
  return listOf(schema.fields).flatMap((raw, i) => {
    if (!isObject(raw)) return []
    const config = isObject(raw.config) ? raw.config : {}
    const own = isObject(raw.values) ? listOf(raw.values.buffer) : listOf(raw.values)
    return [
      {
        name: textOf(raw.name),
        type: textOf(raw.type),
        labels: isObject(raw.labels) ? raw.labels : {},
        title: textOf(config.displayNameFromDS) || textOf(config.displayName),
        values: Array.isArray(values[i]) ? listOf(values[i]) : own,
        nanos: listOf(nanos[i]),
      },
    ]
  })
}

function readFrame(frame: JsonObject, line: number, options: LogReadOptions): void {
  const fields = fieldsOf(frame)
  const time = fields.find((f) => f.type === 'time')
  if (time === undefined) {
    options.into.skip(line, 'a data frame without a time', fields.map((f) => f.name).join(', '))
    return
  }
  const numbers = fields.filter((f) => f.type === 'number')
  const isLogs =
    numbers.length === 0 || fields.some((f) => f.type === 'string' && /^(line|body|message|content)$/i.test(f.name))
  if (isLogs) readLogs(fields, time, line, options)
  else readNumbers(fields, time, numbers, line, options)
}

const timeAt = (field: Field, row: number): bigint | undefined => {
  const ms = numberToNs(field.values[row], 'ms')
  const nanos = field.nanos[row]
  return ms === undefined ? undefined : ms + BigInt(typeof nanos === 'number' && Number.isInteger(nanos) ? nanos : 0)
}

function readNumbers(
  fields: readonly Field[],
  time: Field,
  numbers: readonly Field[],
  line: number,
  options: LogReadOptions,
): void {
  const texts = fields.filter((f) => f.type === 'string')
  const known = new Map<string, ReturnType<typeof promSeries>>()
  for (let row = 0; row < time.values.length; row++) {
    const at = timeAt(time, row)
    const problem = at === undefined ? 'a row without a time' : timeProblem(at, options)
    if (problem !== undefined) {
      options.into.skip(line, problem, time.values[row])
      continue
    }
    for (const field of numbers) {
      const raw = field.values[row]
      if (raw === null || raw === undefined) continue
      const value = typeof raw === 'number' ? raw : Number.NaN
      if (typeof raw !== 'number' && raw !== 'NaN') {
        options.into.skip(line, 'a value that is no number', raw)
        continue
      }
      const more = Object.fromEntries(texts.map((f) => [f.name, textOf(f.values[row])]))
      const key = JSON.stringify([field.name, field.title, field.labels, more])
      let series = known.get(key)
      if (!series) {
        const named = typeof field.labels['__name__'] === 'string' ? field.labels['__name__'] : ''
        // Prometheus frames name their number "Value": the title says what it is
        const name = named || (/^value$/i.test(field.name) ? field.title || 'value' : field.name)
        series = promSeries(
          { ...field.labels, ...more, __name__: name.replace(/[^A-Za-z0-9_:]+/g, '_') || 'value' },
          options.service ?? '',
        )
        known.set(key, series)
      }
      options.into.samples.push({ series, time: at as bigint, startTime: 0n, value })
    }
  }
}

function readLogs(fields: readonly Field[], time: Field, line: number, options: LogReadOptions): void {
  const columns = fields.map((f) => f.name)
  const rowAt = (row: number): Cell[] =>
    fields.map((f) => (f === time ? (timeAt(f, row) ?? null) : cellOf(f.values[row])))
  const head = Array.from({ length: Math.min(100, time.values.length) }, (_, row) => rowAt(row))
  const chosen: LogMapping = { ...options.mapping, time: time.name, rows: 'logs', timeUnit: 'ns' }
  const body = fields.find((f) => /^(line|body)$/i.test(f.name))?.name
  const mapping = {
    ...senseOf(columns, head, body === undefined ? chosen : { ...chosen, message: body }).mapping,
    timeUnit: 'ns' as const,
  }
  const rows = new TableRows(columns, { ...options, mapping })
  for (let row = 0; row < time.values.length; row++) rows.row(rowAt(row), line)
}

const cellOf = (value: unknown): Cell =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : value === null || value === undefined
      ? null
      : JSON.stringify(value)
