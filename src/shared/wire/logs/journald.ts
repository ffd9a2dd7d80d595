// `journalctl -o json` (also json-pretty, json-seq and json-sse) to log rows. Fields that are no UTF-8 come as lists of bytes,
// fields given several times as lists of texts, fields past a size as null.
// https://systemd.io/JOURNAL_EXPORT_FORMATS/, systemd.journal-fields(7)

import type { Head, WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import { integerOf, isObject, type JsonObject, parseJson, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { severityOfSyslog } from './level.ts'
import { fill, filling, LogTaker } from './take-log.ts'

const NAMES: Readonly<Record<string, string>> = {
  _PID: 'process.pid',
  _EXE: 'process.executable.path',
  _CMDLINE: 'process.command_line',
  _COMM: 'process.executable.name',
  _SYSTEMD_UNIT: 'systemd.unit',
  CODE_FILE: 'code.file.path',
  CODE_LINE: 'code.line.number',
  CODE_FUNC: 'code.function.name',
  SYSLOG_FACILITY: 'syslog.facility',
  CONTAINER_ID_FULL: 'container.id',
  CONTAINER_NAME: 'container.name',
}
const NUMBERS = new Set(['_PID', 'CODE_LINE', 'SYSLOG_FACILITY'])
const USED = new Set([
  'MESSAGE',
  'PRIORITY',
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  'TRACE_ID',
  'SPAN_ID',
  'SYSLOG_RAW',
  'SYSLOG_TIMESTAMP',
])
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
const decoder = new TextDecoder()

/** Takes entries as the journal's JSON tells them. */
export function journalTaker(options: ReadOptions): (raw: JsonObject, line: number) => void {
  const logs = new LogTaker(options)
  return (raw, line) => {
    const attributes = filling()
    for (const [key, value] of Object.entries(raw)) {
      if (USED.has(key) || key.startsWith('__')) continue
      const text = fieldText(value)
      const number = NUMBERS.has(key) && typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
      fill(attributes, Object.hasOwn(NAMES, key) ? (NAMES[key] as string) : key, number ?? text)
    }
    const priority = Number(integerOf(raw.PRIORITY) ?? -1n)
    const micros = integerOf(raw.__REALTIME_TIMESTAMP) ?? integerOf(raw._SOURCE_REALTIME_TIMESTAMP)
    const host = textOf(raw._HOSTNAME)
    const message = fieldText(raw.MESSAGE)
    if (raw.MESSAGE === null)
      options.into.note('a message too large for the journal’s JSON is empty (journalctl --all keeps it)')
    logs.take(
      {
        time: micros === undefined ? undefined : micros * 1000n,
        severity: severityOfSyslog(priority),
        severityText: LEVELS[priority],
        service:
          textOf(raw.CONTAINER_NAME) ||
          textOf(raw.SYSLOG_IDENTIFIER) ||
          unitName(textOf(raw._SYSTEMD_UNIT)) ||
          textOf(raw._COMM),
        body: Array.isArray(message) ? message.join('\n') : (message ?? ''),
        attributes,
        resource: host === '' ? undefined : { 'host.name': host },
        traceId: raw.TRACE_ID,
        spanId: raw.SPAN_ID,
      },
      raw,
      line,
    )
  }
}

function journaldReader(options: ReadOptions, layout: string): WireReader {
  const takeEntry = journalTaker(options)
  const take = (raw: unknown, line: number): void => {
    if (isObject(raw)) takeEntry(raw, line)
    else options.into.skip(line, 'a line that is no JSON object', raw)
  }
  // json-sse writes `data: ` before each, json-seq a record separator
  const stray = (text: string, line: number): void => {
    const rest = text.replace(/^(?:data: |\u001e)/, '')
    if (rest === text) {
      options.into.skip(line, 'not valid JSON', text)
      return
    }
    let value: unknown
    try {
      value = parseJson(rest)
    } catch {
      options.into.skip(line, 'not valid JSON', text)
      return
    }
    take(value, line)
  }
  return jsonRecordReader(
    options,
    layout,
    { take: 'entry', items: { take: 'entry' } },
    (value, line) => {
      if (Array.isArray(value)) for (const item of value as readonly unknown[]) take(item, line)
      else take(value, line)
    },
    stray,
  )
}

/** Text, bytes as text, or several of either. */
function fieldText(value: unknown): string | string[] | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const list = value as readonly unknown[]
  if (list.length > 0 && list.every((byte): byte is number => typeof byte === 'number' && byte >= 0 && byte < 256))
    return decoder.decode(Uint8Array.from(list))
  return list.map((item) => fieldText(item) ?? '').map((item) => (Array.isArray(item) ? item.join('') : item))
}

const unitName = (unit: string): string => unit.replace(/\.(?:service|scope)$/, '')

export const journald: WireFormat<'journald'> = {
  name: 'journald',
  sniff(head: Head) {
    const value = head.json?.value
    const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
    const isEntry = isObject(first) && '__REALTIME_TIMESTAMP' in first
    const byText =
      !isEntry &&
      /^(?:data: |\u001e)?\s*\{/.test(head.text) &&
      /"__REALTIME_TIMESTAMP"\s*:\s*"\d+"/.test(head.text.slice(0, 20_000))
    if (!isEntry && !byText) return undefined
    const pretty = /^\s*\{\s*\n/.test(head.text)
    return { confidence: 0.99, layout: pretty || Array.isArray(value) ? 'document' : 'lines', timeUnit: 'us' }
  },
  open: (options) => journaldReader(options, options.layout),
}
