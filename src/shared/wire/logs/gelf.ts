// GELF messages, one a line or with a zero byte after each (as over TCP), to log rows.
// https://go2docs.graylog.org/current/getting_in_log_data/gelf.html

import type { WireFormat } from '../format.ts'
import { jsonLineReader } from '../json/records.ts'
import { floatOf, isObject, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { severityOfSyslog } from './level.ts'
import { fill, filling, LogTaker } from './take-log.ts'
import { numberToNs } from './time.ts'

const USED = new Set(['version', 'host', 'short_message', 'full_message', 'timestamp', 'level'])
const SERVICE = [
  '_service',
  '_service_name',
  '_service.name',
  '_app',
  '_application',
  '_application_name',
  '_container_name',
  'facility',
]
const TRACE = ['_trace_id', '_traceId', '_trace.id']
const SPAN = ['_span_id', '_spanId', '_span.id']

export function gelfReader(options: ReadOptions): WireReader {
  const logs = new LogTaker(options)
  const reader = jsonLineReader(options, (raw, line) => {
    if (!isObject(raw)) {
      logs.skip(line, 'a line that is no JSON object', raw)
      return
    }
    const named = (names: readonly string[]) => names.find((name) => raw[name] !== undefined && raw[name] !== '')
    const names = { service: named(SERVICE), trace: named(TRACE), span: named(SPAN) }
    const attributes = filling()
    for (const [key, value] of Object.entries(raw))
      if (!USED.has(key) && key !== names.service && key !== names.trace && key !== names.span)
        fill(attributes, key.startsWith('_') ? key.slice(1) : key, value)
    const full = textOf(raw.full_message)
    const short = textOf(raw.short_message)
    if (full !== '' && short !== '' && !full.startsWith(short)) fill(attributes, 'short_message', short)
    const level = floatOf(raw.level)
    const host = textOf(raw.host)
    const service = names.service === undefined ? undefined : raw[names.service]
    logs.take(
      {
        // the field may be left out: the receiver then takes its own time
        time: raw.timestamp === undefined ? options.fileTime : numberToNs(raw.timestamp, 's'),
        // 1 (alert) is what the specification says for a message without one
        severity: severityOfSyslog(level ?? 1),
        service: typeof service === 'string' ? service : undefined,
        body: full || short,
        attributes,
        resource: host === '' ? undefined : { 'host.name': host },
        traceId: names.trace === undefined ? undefined : raw[names.trace],
        spanId: names.span === undefined ? undefined : raw[names.span],
      },
      raw,
      line,
    )
  })
  return {
    push: (bytes) => reader.push(bytes.includes(0) ? bytes.map((byte) => (byte === 0 ? 10 : byte)) : bytes),
    end: () => reader.end(),
    late: reader.late,
  }
}

export const gelf: WireFormat<'gelf'> = {
  name: 'gelf',
  sniff(head) {
    let value = head.json?.value
    if (value === undefined && head.text.includes('\u0000')) {
      try {
        value = JSON.parse(head.text.slice(0, head.text.indexOf('\u0000')))
      } catch {
        return undefined
      }
    }
    return isObject(value) &&
      typeof value.version === 'string' &&
      typeof value.short_message === 'string' &&
      'host' in value
      ? { confidence: 0.98, layout: 'lines', timeUnit: 's' }
      : undefined
  },
  open: gelfReader,
}
