// Plain log files: a line with a time begins a row, every line without one belongs to the row before it (stack traces).

import type { LogRow } from '../../domain/telemetry.ts'
import { Lines } from '../json/lines.ts'
import { setKey } from '../otlp/attributes.ts'
import { readId } from '../otlp/common.ts'
import { NOTHING_LATE, timeProblem, type WireReader } from '../reader.ts'
import { ASSUMED, type Layout, type LineParts, restOf } from './line-parts.ts'
import { likelyPrefixOf, type LinePrefix, prefixOf } from './line-prefix.ts'
import { mayBeRecord, recordIn, timeIn } from './log-fields.ts'
import { spanIdOf, traceIdOf } from './json-log.ts'
import { type LogReadOptions, LogResources, logRow } from './options.ts'
import { parseLine } from './parse-line.ts'
import { contentOf, contentOfRecord, filling } from './take-log.ts'
import { numberToNs, partsToNs } from './time.ts'

const MAX_BODY = 1_000_000
/** what says where a line was written, not what */
const OF_RESOURCE = new Set(['host.name', 'k8s.pod.name', 'k8s.container.name', 'container.name'])
/** containers that one file tells apart by prefixes that are not plain to see */
const MAX_PREFIXES = 10_000
const INDENTED = /^(?:\s+\S|Caused by:|\tat |Traceback |\.\.\. \d+ more)/
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g')

/** A line as it is without the colours that its program gave a terminal. */
export const withoutColours = (line: string): string => (line.includes('\u001b') ? line.replace(ANSI, '') : line)

export function partsTime(parts: LineParts, zone: string, unit?: 's' | 'ms' | 'us' | 'ns'): bigint | undefined {
  if (parts.record !== undefined && parts.timeField !== undefined)
    return timeIn(parts.record, parts.timeField, unit, zone)
  return parts.date !== undefined ? partsToNs(parts.date, zone) : numberToNs(parts.epoch, unit)
}

const idOf = (text: string | undefined, digits: 16 | 32): string =>
  text === undefined ? '' : (readId(text, digits) ?? '')

/** Whether a row begins with a line, whatever stood before it. */
export function beginsPlainRow({
  mapping,
  fileTime,
}: Pick<LogReadOptions, 'mapping' | 'fileTime'>): (line: string) => boolean {
  const near = new Date(Number(fileTime / 1_000_000n))
  return (raw) => {
    const line = withoutColours(raw)
    if (mapping.timeUnit === 'none') return line.trim() !== '' && !INDENTED.test(line)
    return parseLine(line, near) !== undefined
  }
}

/** What a line without a time says behind its prefix. */
const behind = (prefix: LinePrefix, rest: string): LineParts => ({
  ...restOf(rest),
  service: prefix.service,
  attributes: { ...prefix.attributes },
})

export function plainLogReader(options: LogReadOptions): WireReader {
  const { mapping, into } = options
  const near = new Date(Number(options.fileTime / 1_000_000n))
  const zone = mapping.timeZone ?? 'UTC'
  const unit =
    mapping.timeUnit === 's' || mapping.timeUnit === 'ms' || mapping.timeUnit === 'us' || mapping.timeUnit === 'ns'
      ? mapping.timeUnit
      : undefined
  const fixed = mapping.service?.startsWith('=') ? mapping.service.slice(1) : undefined
  const resources = new LogResources()
  let layout: Layout | undefined
  let open: LogRow | undefined
  let openPrefix: string | undefined
  let openLines: string[] = []
  let openLength = 0
  let cut = 0
  let dropping = false
  /** prefixes that stood before a time: a line that has one is of that container, with a time or without */
  const proven = new Set<string>()
  let waiting: Array<{ text: string; line: number }> = []

  const close = (): void => {
    if (open === undefined) return
    if (openLines.length > 1) open.body = openLines.join('\n')
    if (cut > 0) {
      open.attributes = { ...open.attributes, values: { ...open.attributes.values, 'log.lines_left_out': cut } }
      into.note('lines of one entry past 1 MB are left out and counted in its log.lines_left_out', cut)
    }
    into.logs.push(open)
    open = undefined
  }

  const start = (row: LogRow): void => {
    close()
    open = row
    openLines = [row.body]
    openLength = row.body.length
    cut = 0
    dropping = false
  }

  const rowOf = (parts: LineParts, time: bigint): LogRow => {
    const inside = filling()
    // a runtime's time in front of what the program wrote as JSON (`kubectl logs --timestamps`)
    const record = parts.record
      ? contentOfRecord(parts.record, inside)
      : mayBeRecord(parts.message)
        ? contentOf(parts.message, inside, near)
        : undefined
    const isRecord = typeof record?.body === 'string' && record.body !== parts.message
    const service = fixed ?? (isRecord ? record.service : undefined) ?? parts.service ?? options.service ?? ''
    const where: Record<string, string> = {}
    const values = isRecord ? inside.values : {}
    if (isRecord) for (const note of inside.notes) into.note(note)
    const level = isRecord && (record.severity > 0 || !parts.severity) ? record : parts
    for (const [key, value] of Object.entries(parts.attributes))
      if (OF_RESOURCE.has(key) && typeof value === 'string') where[key] = value
      else setKey(values, key, value)
    const row = logRow({
      time,
      // what the record does not say may stand in front of it
      severity: level.severity ?? 0,
      severityText: level.severityText,
      service,
      body: isRecord ? String(record.body) : parts.message,
      resource: resources.of(service, Object.keys(where).length > 0 ? where : undefined),
      traceId: (isRecord && traceIdOf(record.traceId)) || idOf(parts.traceId, 32),
      spanId: (isRecord && spanIdOf(record.spanId)) || idOf(parts.spanId, 16),
    })
    if (Object.keys(values).length > 0)
      row.attributes = isRecord && Object.keys(inside.types).length > 0 ? { values, types: inside.types } : { values }
    return row
  }

  const line = (raw: string, number: number): void => {
    const text = withoutColours(raw)
    if (mapping.timeUnit === 'none') {
      if (open !== undefined && INDENTED.test(text)) more(text)
      else if (text.trim() !== '') start(rowOf(restOf(text), options.fileTime))
      return
    }
    const found = parseLine(text.length > 100_000 ? text.slice(0, 100_000) : text, near, layout, text)
    if (found === undefined) {
      if (open !== undefined) goOn(text)
      else if (dropping) into.skip(number, 'line that belongs to a skipped entry', text)
      else if (text.trim() !== '') hold(text, number)
      return
    }
    if (text.length > 100_000 && found.parts.record === undefined) found.parts.message += text.slice(100_000)
    layout = found.layout
    const time = partsTime(found.parts, zone, unit)
    const problem = time === undefined ? 'a time that is no date' : timeProblem(time, options)
    if (problem !== undefined) {
      close()
      dropping = true
      into.skip(number, problem, text)
      return
    }
    if (found.prefix !== undefined && proven.size < MAX_PREFIXES) proven.add(found.prefix)
    if (found.parts.assumed !== undefined) into.note(ASSUMED[found.parts.assumed].note)
    release(time as bigint, found.prefix !== undefined)
    start(rowOf(found.parts, time as bigint))
    openPrefix = found.prefix
  }

  const provenPrefixOf = (text: string): LinePrefix | undefined => {
    const likely = likelyPrefixOf(text)
    return likely && (proven.has(likely.text) ? likely : prefixOf(text))
  }

  /** A line without a time belongs to the row before it, unless a tool says that another container wrote it. */
  const goOn = (text: string): void => {
    const prefix = openPrefix === undefined ? undefined : provenPrefixOf(text)
    if (prefix === undefined || open === undefined) {
      more(text)
      return
    }
    const rest = text.slice(prefix.text.length)
    const isSame = prefix.text === openPrefix
    if (isSame && !(mayBeRecord(rest) && recordIn(rest))) {
      more(rest)
      return
    }
    start(rowOf(behind(prefix, rest), open.time))
    openPrefix = prefix.text
    into.note(
      isSame
        ? 'JSON record without a time is kept with the time of the line before it'
        : 'line of another container without a time is kept with the time of the line before it',
    )
  }

  const more = (text: string): void => {
    if (openLength + text.length > MAX_BODY) {
      cut++
      return
    }
    openLines.push(text)
    openLength += text.length + 1
  }

  /** Lines before the first time: they take it when it comes. */
  const hold = (text: string, number: number): void => {
    if (waiting.length >= 1000) into.skip(number, 'line before the first time', text)
    else waiting.push({ text, line: number })
  }
  const release = (time: bigint, hasPrefixes: boolean): void => {
    if (waiting.length === 0) return
    for (const { text } of waiting) {
      const prefix = hasPrefixes ? provenPrefixOf(text) : undefined
      const parts = prefix ? behind(prefix, text.slice(prefix.text.length)) : restOf(text)
      into.logs.push(rowOf(parts, time))
    }
    into.note('line before the first time is kept with that time', waiting.length)
    waiting = []
  }

  const lines = new Lines({ line, tooLong: (text, number) => into.skip(number, 'line longer than 64 MB', text) })
  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end()
      close()
      for (const { text, line: number } of waiting) into.skip(number, 'no time found', text)
    },
    late: NOTHING_LATE,
  }
}
