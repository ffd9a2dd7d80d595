// Plain log files: a line with a time begins a row, every line without one belongs to the row before it (stack traces).

import type { LogRow } from '../../domain/telemetry.ts'
import { Lines } from '../json/lines.ts'
import { setKey } from '../otlp/attributes.ts'
import { readId } from '../otlp/common.ts'
import { NOTHING_LATE, timeProblem, type WireReader } from '../reader.ts'
import { LAYOUTS, type Layout, type LineParts, restOf } from './line-layouts.ts'
import { type LogReadOptions, LogResources, logRow } from './options.ts'
import { numberToNs, partsToNs } from './time.ts'

const MAX_BODY = 1_000_000
const INDENTED = /^(?:\s+\S|Caused by:|\tat |Traceback |\.\.\. \d+ more)/
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g')

/** A line as it is without the colours that its program gave a terminal. */
export const withoutColours = (line: string): string => (line.includes('\u001b') ? line.replace(ANSI, '') : line)

/** The first layout that takes a line, with the place in `LAYOUTS` to try first next time. */
export function parseLine(line: string, near: Date, first?: Layout): { parts: LineParts; layout: Layout } | undefined {
  const context = { near }
  const again = first?.parse(line, context)
  if (first && again) return { parts: again, layout: first }
  for (const layout of LAYOUTS) {
    if (layout === first) continue
    const parts = layout.parse(line, context)
    if (parts) return { parts, layout }
  }
  return undefined
}

export function partsTime(parts: LineParts, zone: string, unit?: 's' | 'ms' | 'us' | 'ns'): bigint | undefined {
  return parts.date !== undefined ? partsToNs(parts.date, zone) : numberToNs(parts.epoch, unit)
}

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
  let openLines: string[] = []
  let openLength = 0
  let cut = 0
  let dropping = false
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
    const service = fixed ?? parts.service ?? options.service ?? ''
    const host = parts.attributes['host.name']
    const values: Record<string, string | number> = {}
    for (const [key, value] of Object.entries(parts.attributes)) if (key !== 'host.name') setKey(values, key, value)
    const row = logRow({
      time,
      severity: parts.severity ?? 0,
      severityText: parts.severityText,
      service,
      body: parts.message,
      resource: resources.of(service, typeof host === 'string' ? { 'host.name': host } : undefined),
      traceId: parts.traceId === undefined ? '' : (readId(parts.traceId, 32) ?? ''),
      spanId: parts.spanId === undefined ? '' : (readId(parts.spanId, 16) ?? ''),
    })
    if (Object.keys(values).length > 0) row.attributes = { values }
    return row
  }

  const line = (raw: string, number: number): void => {
    const text = withoutColours(raw)
    if (mapping.timeUnit === 'none') {
      if (open !== undefined && INDENTED.test(text)) more(text)
      else if (text.trim() !== '') start(rowOf(restOf(text), options.fileTime))
      return
    }
    const found =
      text.length > 100_000 ? parseLine(text.slice(0, 100_000), near, layout) : parseLine(text, near, layout)
    if (found === undefined) {
      if (open !== undefined) more(text)
      else if (dropping) into.skip(number, 'line that belongs to a skipped entry', text)
      else if (text.trim() !== '') hold(text, number)
      return
    }
    if (text.length > 100_000) found.parts.message += text.slice(100_000)
    layout = found.layout
    const time = partsTime(found.parts, zone, unit)
    const problem = time === undefined ? 'a time that is no date' : timeProblem(time, options)
    if (problem !== undefined) {
      close()
      dropping = true
      into.skip(number, problem, text)
      return
    }
    release(time as bigint)
    start(rowOf(found.parts, time as bigint))
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
  const release = (time: bigint): void => {
    if (waiting.length === 0) return
    for (const { text } of waiting) into.logs.push(rowOf(restOf(text), time))
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
