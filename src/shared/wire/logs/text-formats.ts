// Logs with one record a line and a layout of their own: syslog, logfmt, access logs. An indented line belongs to the one
// before it; any other line that is not of the layout is skipped and counted.

import type { Head, WireFormat } from '../format.ts'
import { Lines } from '../json/lines.ts'
import { setKey } from '../otlp/attributes.ts'
import { NOTHING_LATE, type WireReader } from '../reader.ts'
import { isLevelWord, severityOfSyslog } from './level.ts'
import { LAYOUTS } from './line-layouts.ts'
import { ASSUMED, type Layout, type LineParts } from './line-parts.ts'
import { parseLogfmt } from './logfmt.ts'
import type { LogReadOptions } from './options.ts'
import { partsTime } from './plain-log.ts'
import { contentOfRecord, filling, type LogFields, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'
import { fieldAt, findField } from './json-log.ts'

/** Of a longer line the rest is kept as text and not looked at. */
const MAX_PARSED = 100_000

type Parsed = { readonly fields: LogFields; readonly note?: string | undefined } | undefined
type Parse = (line: string, options: LogReadOptions, near: Date) => Parsed

function textReader(options: LogReadOptions, what: string, parse: Parse): WireReader {
  const logs = new LogTaker(options)
  const { into } = options
  const lines = new Lines({
    line(text, number) {
      const last = into.logs[into.logs.length - 1]
      if (/^\s/.test(text) && last !== undefined && text.trim() !== '') {
        if (last.body.length < 1_000_000) last.body += `\n${text}`
        else into.note('indented lines past 1 MB of one record are left out')
        return
      }
      if (text.trim() === '') return
      const parsed = parse(text.length > MAX_PARSED ? text.slice(0, MAX_PARSED) : text, options, logs.near)
      if (parsed === undefined) {
        logs.skip(number, `a line that is no ${what}`, text)
        return
      }
      if (parsed.note !== undefined) into.note(parsed.note)
      const { fields } = parsed
      const body = text.length > MAX_PARSED ? String(fields.body) + text.slice(MAX_PARSED) : fields.body
      logs.take({ ...fields, body }, text, number)
    },
    tooLong: (start, number) => into.skip(number, 'line longer than 64 MB', start),
  })
  return { push: (bytes) => lines.push(bytes), end: () => lines.end(), late: NOTHING_LATE }
}

/** A share of lines that are of the layout, as confidence; undefined below 80 %. */
function share(head: Head, isOne: (line: string) => boolean, best: number): number | undefined {
  const lines = head.lines.slice(0, 200).filter((line) => !/^\s/.test(line))
  const found = lines.filter((line) => isOne(line.slice(0, 20_000))).length / Math.max(1, lines.length)
  return found >= 0.8 ? best * found : undefined
}

const layoutNamed = (name: string): Layout => LAYOUTS.find((layout) => layout.name === name) as Layout
const RFC5424 = layoutNamed('syslog (RFC 5424)')
const RFC3164 = layoutNamed('syslog (RFC 3164)')
const ACCESS = layoutNamed('access log (common, combined)')

function fieldsOf(parts: LineParts, options: LogReadOptions): LogFields {
  const { 'host.name': host, ...rest } = parts.attributes
  const attributes = filling()
  for (const [key, value] of Object.entries(rest)) setKey(attributes.values, key, value)
  return {
    time: partsTime(parts, options.mapping.timeZone ?? 'UTC'),
    severity: parts.severity,
    severityText: parts.severityText,
    service: parts.service,
    body: parts.message,
    attributes,
    resource: host === undefined ? undefined : { 'host.name': String(host) },
    traceId: parts.traceId,
    spanId: parts.spanId,
  }
}

// --- syslog

/** rsyslog's and journalctl's own form of RFC 3164: with an ISO time, with weekday and zone (`short-full`), in seconds. */
const OWN_SYSLOG =
  /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d))|[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([A-Z]{1,5}|[+-]\d\d(?::?\d\d)?)|(\d{10}\.\d{6})) ([\w.:-]{1,255}) ([^\s:[\]{}"]{1,128})(?:\[(\d{1,10})\])?: ?(.*)$/s
/** `TIME ERROR logger: message` is a program's own: no host has the name of a level. */
function ownSyslog(line: string): RegExpExecArray | undefined {
  const found = OWN_SYSLOG.exec(line)
  return found === null || isLevelWord(found[5] as string) ? undefined : found
}
/** Short names of zones are ambiguous: but for UTC they say no more than that the time is local. */
function ownTime([, iso, local, zone, seconds]: RegExpExecArray, options: LogReadOptions): bigint | undefined {
  if (iso !== undefined) return fieldTime(iso, 'rfc3339', 'UTC')
  if (seconds !== undefined) return fieldTime(seconds, 's', 'UTC')
  const isKnown = zone !== undefined && /^(?:UTC|GMT|Z|[+-].*)$/.test(zone)
  return fieldTime(local, 'rfc3339', isKnown ? zone : (options.mapping.timeZone ?? 'UTC'))
}
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']

const parseSyslog: Parse = (raw, options, near) => {
  // octet counting of RFC 6587: the length stands in front
  const line = raw.replace(/^\d{1,6} (?=<\d)/, '')
  const priority = /^<(\d{1,3})>/.exec(line)?.[1]
  const severityText = priority === undefined ? undefined : LEVELS[Number(priority) & 7]
  const modern = RFC5424.parse(line, { near })
  if (modern !== undefined) {
    const fields = fieldsOf(modern, options)
    const { values } = fields.attributes
    const data = values['syslog.structured_data']
    if (typeof data === 'string') {
      delete values['syslog.structured_data']
      for (const [key, value] of structuredData(data)) setKey(values, key, value)
    }
    const pid = values['process.pid']
    if (typeof pid === 'string' && /^\d{1,15}$/.test(pid)) values['process.pid'] = Number(pid)
    return {
      fields: {
        ...fields,
        severityText,
        traceId: values['syslog.sd.trace.trace_id'] ?? values['syslog.sd.opentelemetry.trace_id'],
      },
    }
  }
  const old = RFC3164.parse(line, { near })
  if (old !== undefined) {
    return { fields: { ...fieldsOf(old, options), severityText }, note: old.assumed && ASSUMED[old.assumed].note }
  }
  const own = ownSyslog(line.replace(/^<\d{1,3}>/, ''))
  if (own === undefined) return undefined
  const attributes = filling()
  if (own[7] !== undefined) attributes.values['process.pid'] = Number(own[7])
  return {
    fields: {
      time: ownTime(own, options),
      severity: priority === undefined ? 0 : severityOfSyslog(Number(priority) & 7),
      severityText,
      service: own[6],
      body: own[8],
      attributes,
      resource: { 'host.name': own[5] as string },
    },
  }
}

/** `[id name="value" ...]...` as `syslog.sd.id.name`; in values `"`, `\` and `]` are escaped. */
function structuredData(text: string): Array<[string, string]> {
  const out: Array<[string, string]> = []
  const element = /\[([^\s=\]"]{1,100})((?:[^\]\\]|\\.)*)\]/gs
  const pair = /([^\s=\]"]{1,100})="((?:[^"\\]|\\.)*)"/gs
  for (const [, id, inside] of text.matchAll(element))
    for (const [, name, value] of (inside ?? '').matchAll(pair))
      out.push([`syslog.sd.${id}.${name}`, (value ?? '').replaceAll(/\\(["\\\]])/g, '$1')])
  return out
}

const isSyslog = (near: Date) => (line: string) => {
  const plain = line.replace(/^\d{1,6} (?=<\d)/, '')
  if (RFC5424.parse(plain, { near }) !== undefined) return true
  const old = RFC3164.parse(plain, { near })
  return (old !== undefined && (plain.startsWith('<') || old.service !== undefined)) || ownSyslog(plain) !== undefined
}

export const syslog: WireFormat<'syslog'> = {
  name: 'syslog',
  mapped: ['timeZone'],
  sniff(head) {
    const near = new Date(Number(head.fileTime / 1_000_000n))
    const confidence = share(head, isSyslog(near), 0.96)
    return confidence === undefined
      ? undefined
      : { confidence, layout: 'text', timeUnit: 'pattern', mapping: { timeZone: head.chosen.timeZone ?? 'UTC' } }
  },
  open: (options) => textReader(options, 'syslog', parseSyslog),
}

// --- logfmt

const parseLogfmtLine: Parse = (line, options) => {
  const record = parseLogfmt(line)
  if (record === undefined || Object.keys(record).length < 2) return undefined
  const timeName = findField(record, 'time')
  const attributes = filling()
  const content = contentOfRecord(record, attributes)
  const value = timeName === undefined ? undefined : fieldAt(record, timeName)
  const { mapping } = options
  return {
    fields: {
      ...content,
      body: typeof content.body === 'string' ? content.body : line,
      time: fieldTime(value, mapping.timeUnit === 'pattern' ? undefined : mapping.timeUnit, mapping.timeZone ?? 'UTC'),
      attributes,
    },
  }
}

const isLogfmt = (line: string): boolean => {
  if (!/^[\w.@/-]{1,200}=/.test(line)) return false
  const record = parseLogfmt(line)
  return record !== undefined && Object.values(record).filter((value) => value !== true).length >= 2
}

export const logfmt: WireFormat<'logfmt'> = {
  name: 'logfmt',
  mapped: ['timeUnit', 'timeZone'],
  sniff(head) {
    const confidence = share(head, isLogfmt, 0.95)
    const first = confidence === undefined ? undefined : parseLogfmt(head.lines[0] ?? '')
    if (confidence === undefined || first === undefined) return undefined
    const problems = findField(first, 'time') === undefined ? ['no field looks like a time'] : []
    return {
      confidence: problems.length > 0 ? confidence / 2 : confidence,
      layout: 'text',
      timeUnit: head.chosen.timeUnit ?? 'pattern',
      mapping: { timeZone: head.chosen.timeZone ?? 'UTC' },
      problems,
    }
  },
  open: (options) => textReader(options, 'logfmt', parseLogfmtLine),
}

// --- access logs

/** `vhost_combined` of Apache: the virtual host and its port stand in front. */
const VHOST = /^([A-Za-z][\w.-]{0,250}):(\d{1,5}) (?=\S)/

const parseAccess: Parse = (raw, options, near) => {
  const vhost = VHOST.exec(raw)
  const parts = ACCESS.parse(vhost ? raw.slice(vhost[0].length) : raw, { near })
  if (parts === undefined) return undefined
  const fields = fieldsOf(parts, options)
  const { values } = fields.attributes
  if (vhost) {
    values['server.address'] = vhost[1] as string
    values['server.port'] = Number(vhost[2])
  }
  const target = values['url.original']
  if (typeof target === 'string') {
    const query = target.indexOf('?')
    values['url.path'] = query < 0 ? target : target.slice(0, query)
    if (query >= 0) values['url.query'] = target.slice(query + 1)
  }
  const protocol = / HTTP\/(\d(?:\.\d)?) \d{3}$/.exec(parts.message)?.[1]
  if (protocol !== undefined) {
    values['network.protocol.name'] = 'http'
    values['network.protocol.version'] = protocol
  }
  return { fields }
}

export const accessLog: WireFormat<'access-log'> = {
  name: 'access-log',
  sniff(head) {
    const near = new Date(Number(head.fileTime / 1_000_000n))
    const confidence = share(head, (line) => ACCESS.parse(line.replace(VHOST, ''), { near }) !== undefined, 0.97)
    return confidence === undefined ? undefined : { confidence, layout: 'text', timeUnit: 'pattern' }
  },
  open: (options) => textReader(options, 'access log', parseAccess),
}
