// The layouts of plain log lines: where the time stands, and what a layout says about level, service, host, thread.
// Each takes a line and answers with its parts, or nothing when the line is not of its kind.

import type { JsonObject } from '../json/value.ts'
import { LEVEL_PATTERN, severityOfSyslog, severityOfWord } from './level.ts'
import { type DateParts, monthOf, digitsAt } from './time.ts'

export interface LineParts {
  /** calendar parts, or a number in `epoch` */
  date?: DateParts
  epoch?: string
  /** or a JSON record, with the name of the field that has its time; the message is its text */
  record?: JsonObject
  timeField?: string
  message: string
  severity?: number
  severityText?: string
  service?: string
  traceId?: string
  spanId?: string
  attributes: Record<string, string | number>
}

export interface LayoutContext {
  /** calendar year and day that dates without them are near to */
  readonly near: Date
}

export interface Layout {
  readonly name: string
  parse(line: string, context: LayoutContext): LineParts | undefined
}

const n = (text: string | undefined): number => (text === undefined ? 0 : Number(text))

/** The year that puts a month and day at or before `near` (a day of grace for zones). */
function yearNear(month: number, day: number, near: Date): number {
  const year = near.getUTCFullYear()
  return Date.UTC(year, month - 1, day) > near.getTime() + 86_400_000 ? year - 1 : year
}

const KLOG = /^([IWEF])(\d{2})(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d{1,9})\s+(\d+) ([^\]\s]+)\] ?(.*)$/s
const klog: Layout = {
  name: 'klog',
  parse(line, { near }) {
    const m = KLOG.exec(line)
    if (!m) return undefined
    const month = n(m[2])
    const day = n(m[3])
    return {
      date: {
        year: yearNear(month, day, near),
        month,
        day,
        hour: n(m[4]),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: m[7] ?? '',
        zone: '',
      },
      message: m[10] as string,
      severity: severityOfWord(m[1] as string),
      severityText: m[1] as string,
      attributes: { 'thread.id': n(m[8]), 'code.location': m[9] as string },
    }
  },
}

const SYSLOG5424 =
  /^<(\d{1,3})>1 (\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(.*)$/s
const syslog5424: Layout = {
  name: 'syslog (RFC 5424)',
  parse(line) {
    const m = SYSLOG5424.exec(line)
    if (!m) return undefined
    const attributes: LineParts['attributes'] = { 'syslog.facility': n(m[1]) >> 3 }
    if (m[10] !== '-') attributes['host.name'] = m[10] as string
    if (m[12] !== '-') attributes['process.pid'] = m[12] as string
    if (m[13] !== '-') attributes['syslog.msgid'] = m[13] as string
    if (m[14] !== '-') attributes['syslog.structured_data'] = m[14] as string
    const parts: LineParts = {
      date: {
        year: n(m[2]),
        month: n(m[3]),
        day: n(m[4]),
        hour: n(m[5]),
        minute: n(m[6]),
        second: n(m[7]),
        fraction: m[8] ?? '',
        zone: m[9] as string,
      },
      message: (m[15] as string).replace(/^\ufeff/, ''),
      severity: severityOfSyslog(n(m[1]) & 7),
      attributes,
    }
    if (m[11] !== '-') parts.service = m[11] as string
    return parts
  },
}

const SYSLOG3164 =
  /^(?:<(\d{1,3})>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\S+) (?:([^\s:[]+(?:\([^)]*\))?)(?:\[(\d+)\])?: ?)?(.*)$/s
const syslog3164: Layout = {
  name: 'syslog (RFC 3164)',
  parse(line, { near }) {
    const m = SYSLOG3164.exec(line)
    if (!m) return undefined
    const month = monthOf(m[2] as string)
    const day = n(m[3])
    const attributes: LineParts['attributes'] = { 'host.name': m[9] as string }
    if (m[11] !== undefined) attributes['process.pid'] = n(m[11])
    const parts: LineParts = {
      date: {
        year: m[4] === undefined ? yearNear(month, day, near) : n(m[4]),
        month,
        day,
        hour: n(m[5]),
        minute: n(m[6]),
        second: n(m[7]),
        fraction: m[8] ?? '',
        zone: '',
      },
      message: m[12] as string,
      attributes,
    }
    if (m[10] !== undefined) parts.service = m[10]
    if (m[1] !== undefined) {
      attributes['syslog.facility'] = n(m[1]) >> 3
      parts.severity = severityOfSyslog(n(m[1]) & 7)
    }
    return parts
  },
}

const ACCESS =
  /^(\S+) (\S+) (.{1,200}?) \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?\s*(.*)$/s
const access: Layout = {
  name: 'access log (common, combined)',
  parse(line) {
    const m = ACCESS.exec(line)
    if (!m) return undefined
    const status = n(m[12])
    const attributes: LineParts['attributes'] = {
      'client.address': m[1] as string,
      'http.response.status_code': status,
    }
    if (m[3] !== '-') attributes['user.name'] = m[3] as string
    const request = /^(\S+) (\S+)(?: (\S+))?$/.exec(m[11] as string)
    if (request) {
      attributes['http.request.method'] = request[1] as string
      attributes['url.original'] = request[2] as string
    }
    if (m[13] !== '-') attributes['http.response.body.size'] = n(m[13])
    if (m[14] !== undefined && m[14] !== '-') attributes['http.request.header.referer'] = m[14]
    if (m[15] !== undefined && m[15] !== '-') attributes['user_agent.original'] = m[15]
    if (m[16] !== undefined && m[16] !== '') attributes['log.rest'] = m[16]
    return {
      date: {
        year: n(m[6]),
        month: monthOf(m[5] as string),
        day: n(m[4]),
        hour: n(m[7]),
        minute: n(m[8]),
        second: n(m[9]),
        fraction: '',
        zone: m[10] as string,
      },
      message: `${m[11]} ${status}`,
      severity: status >= 500 ? 17 : status >= 400 ? 13 : 9,
      attributes,
    }
  },
}

const NGINX_ERROR = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2}) \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?(.*)$/s
const nginxError: Layout = {
  name: 'nginx error log',
  parse(line) {
    const m = NGINX_ERROR.exec(line)
    if (!m) return undefined
    return {
      date: {
        year: n(m[1]),
        month: n(m[2]),
        day: n(m[3]),
        hour: n(m[4]),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: '',
        zone: '',
      },
      message: m[11] as string,
      severity: severityOfWord(m[7] as string),
      severityText: m[7] as string,
      attributes: { 'process.pid': n(m[8]), 'thread.id': n(m[9]) },
    }
  },
}

const APACHE_ERROR =
  /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\d{4})\] \[(?:([\w-]*):)?(\w+)\] (?:\[pid (\d+)(?::tid (\d+))?\] )?(.*)$/s
const apacheError: Layout = {
  name: 'Apache error log',
  parse(line) {
    const m = APACHE_ERROR.exec(line)
    if (!m) return undefined
    const attributes: LineParts['attributes'] = {}
    if (m[8]) attributes.module = m[8]
    if (m[10] !== undefined) attributes['process.pid'] = n(m[10])
    return {
      date: {
        year: n(m[7]),
        month: monthOf(m[1] as string),
        day: n(m[2]),
        hour: n(m[3]),
        minute: n(m[4]),
        second: n(m[5]),
        fraction: m[6] ?? '',
        zone: '',
      },
      message: m[12] as string,
      severity: severityOfWord(m[9] as string),
      severityText: m[9] as string,
      attributes,
    }
  },
}

const HDFS = /^(\d{2})(\d{2})(\d{2}) (\d{2})(\d{2})(\d{2}) (\d+) ([A-Z]+) (.*)$/s
const hadoop: Layout = {
  name: 'Hadoop',
  parse(line) {
    const m = HDFS.exec(line)
    if (!m || severityOfWord(m[8] as string) === 0) return undefined
    const date = {
      year: 2000 + n(m[1]),
      month: n(m[2]),
      day: n(m[3]),
      hour: n(m[4]),
      minute: n(m[5]),
      second: n(m[6]),
      fraction: '',
      zone: '',
    }
    const parts = restOf(`${m[8]} ${m[9]}`)
    parts.attributes['thread.id'] = n(m[7])
    return { ...parts, date }
  },
}

const CRI =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{1,9})(Z|[+-]\d{2}:\d{2}) (stdout|stderr) ([FP]) (.*)$/s
const cri: Layout = {
  name: 'container runtime (CRI)',
  parse(line) {
    const m = CRI.exec(line)
    if (!m) return undefined
    const parts = restOf(stripTime(m[11] as string))
    parts.attributes['log.iostream'] = m[9] as string
    return {
      ...parts,
      date: {
        year: n(m[1]),
        month: n(m[2]),
        day: n(m[3]),
        hour: n(m[4]),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: m[7] ?? '',
        zone: m[8] as string,
      },
    }
  },
}

const ISO =
  /^[[(]?(\d{4}|\d{2})([-/.])(\d{2})\2(\d{2})(?:[T_]|\s+|:)(\d{2}):(\d{2}):(\d{2})(?:[.,:](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2}(?!\d)|UTC|GMT)?[\])]?(?=[\s,:;|\]-]|$)/
/**
 * `2026-11-02T14:00:00.123Z` and `2026-11-02 14:00:00,123`, with a word behind it: what ISO finds, without its regular
 * expression. undefined where anything else stands there; `length` is that of the time.
 */
function plainIso(line: string): { date: DateParts; length: number } | undefined {
  const mark = line.charCodeAt(10)
  if (line.charCodeAt(4) !== 0x2d || line.charCodeAt(7) !== 0x2d || (mark !== 0x54 && mark !== 0x20)) return undefined
  if (line.charCodeAt(13) !== 0x3a || line.charCodeAt(16) !== 0x3a) return undefined
  const [year, month, day] = [digitsAt(line, 0, 4), digitsAt(line, 5, 7), digitsAt(line, 8, 10)]
  const [hour, minute, second] = [digitsAt(line, 11, 13), digitsAt(line, 14, 16), digitsAt(line, 17, 19)]
  if (year < 1000 || Math.min(month, day, hour, minute, second) < 0) return undefined
  let at = 19
  if (line.charCodeAt(19) === 0x2e || line.charCodeAt(19) === 0x2c) {
    do at++
    while (line.charCodeAt(at) >= 0x30 && line.charCodeAt(at) <= 0x39)
    if (at === 20 || at > 29) return undefined
  }
  const fraction = line.slice(20, at)
  const zone = line[at] === 'Z' ? 'Z' : ''
  if (zone !== '') at++
  // a bracket, or a zone behind a space, is for the expression
  if (line.charCodeAt(at) !== 0x20 || /[\s\])Z+\-UG]/.test(line.charAt(at + 1))) return undefined
  return { date: { year, month, day, hour, minute, second, fraction, zone }, length: at }
}

const iso: Layout = {
  name: 'ISO date (log4j, logback, Python, Spring ...)',
  parse(line) {
    const plain = plainIso(line)
    if (plain !== undefined) return { ...restOf(line.slice(plain.length)), date: plain.date }
    const m = ISO.exec(line)
    if (!m) return undefined
    const year = n(m[1])
    return {
      ...restOf(line.slice(m[0].length)),
      date: {
        year: year < 100 ? 2000 + year : year,
        month: n(m[3]),
        day: n(m[4]),
        hour: n(m[5]),
        minute: n(m[6]),
        second: n(m[7]),
        fraction: m[8] ?? '',
        zone: m[9] ?? '',
      },
    }
  },
}

const DAY_MONTH =
  /^[[(]?(?:[A-Z][a-z]{2},? )?(\d{1,2})[ /-]([A-Z][a-z]{2})[ /-](\d{4})[ :T]+(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2}|UTC|GMT)?[\])]?(?=[\s,:;|-]|$)/
const dayMonth: Layout = {
  name: 'day month year',
  parse(line) {
    const m = DAY_MONTH.exec(line)
    if (!m) return undefined
    return {
      ...restOf(line.slice(m[0].length)),
      date: {
        year: n(m[3]),
        month: monthOf(m[2] as string),
        day: n(m[1]),
        hour: n(m[4]),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: m[7] ?? '',
        zone: m[8] ?? '',
      },
    }
  },
}

const JUL = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2}):(\d{2}) ([AP])M (.*)$/s
const javaUtilLogging: Layout = {
  name: 'java.util.logging',
  parse(line) {
    const m = JUL.exec(line)
    if (!m) return undefined
    return {
      message: m[8] as string,
      attributes: {},
      date: {
        year: n(m[3]),
        month: monthOf(m[1] as string),
        day: n(m[2]),
        hour: (n(m[4]) % 12) + (m[7] === 'P' ? 12 : 0),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: '',
        zone: '',
      },
    }
  },
}

const LOGFMT_PAIR = /([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)/y
const logfmt: Layout = {
  name: 'logfmt',
  parse(line) {
    if (!/^[A-Za-z_@][\w.@/-]*=/.test(line)) return undefined
    const pairs = new Map<string, string>()
    LOGFMT_PAIR.lastIndex = 0
    for (let at = 0; at < line.length; at = LOGFMT_PAIR.lastIndex) {
      const m = LOGFMT_PAIR.exec(line)
      if (!m) break
      const value = m[2] as string
      pairs.set(
        m[1] as string,
        value.startsWith('"')
          ? value
              .slice(1, -1)
              .replaceAll(/\\(["\\])/g, '$1')
              .replaceAll('\\n', '\n')
          : value,
      )
    }
    const take = (...names: string[]): string | undefined => {
      const name = names.find((key) => pairs.has(key))
      const value = name === undefined ? undefined : pairs.get(name)
      if (name !== undefined) pairs.delete(name)
      return value
    }
    const time = take('time', 'ts', 't', 'timestamp', '@timestamp')
    if (time === undefined) return undefined
    const m = ISO.exec(time)
    const level = take('level', 'lvl', 'severity')
    const parts: LineParts = { message: take('msg', 'message') ?? line, attributes: {} }
    if (m)
      parts.date = {
        year: n(m[1]),
        month: n(m[3]),
        day: n(m[4]),
        hour: n(m[5]),
        minute: n(m[6]),
        second: n(m[7]),
        fraction: m[8] ?? '',
        zone: m[9] ?? '',
      }
    else if (/^\d{9,19}(\.\d+)?$/.test(time)) parts.epoch = time
    else return undefined
    if (level !== undefined) {
      parts.severity = severityOfWord(level)
      parts.severityText = level
    }
    const service = take('service', 'service.name', 'service_name', 'app')
    if (service !== undefined) parts.service = service
    const traceId = take('trace_id', 'traceID', 'traceId', 'trace.id')
    if (traceId !== undefined) parts.traceId = traceId
    const spanId = take('span_id', 'spanID', 'spanId', 'span.id')
    if (spanId !== undefined) parts.spanId = spanId
    for (const [key, value] of pairs)
      Object.defineProperty(parts.attributes, key, { value, enumerable: true, writable: true, configurable: true })
    return parts
  },
}

const EPOCH = /^\[?(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})\]?(?=[\s:,|-])/
const epoch: Layout = {
  name: 'epoch number',
  parse(line) {
    const m = EPOCH.exec(line)
    return m ? { ...restOf(line.slice(m[0].length)), epoch: m[1] as string } : undefined
  },
}

const CLOCK = /^[[(]?(\d{2}):(\d{2}):(\d{2})[.,](\d{1,9})[\])]?(?=[\s|-])/
const clock: Layout = {
  name: 'time of day (date of the file)',
  parse(line, { near }) {
    const m = CLOCK.exec(line)
    if (!m) return undefined
    return {
      ...restOf(line.slice(m[0].length)),
      date: {
        year: near.getUTCFullYear(),
        month: near.getUTCMonth() + 1,
        day: near.getUTCDate(),
        hour: n(m[1]),
        minute: n(m[2]),
        second: n(m[3]),
        fraction: m[4] ?? '',
        zone: '',
      },
    }
  },
}

export const LAYOUTS: readonly Layout[] = [
  klog,
  syslog5424,
  syslog3164,
  access,
  nginxError,
  apacheError,
  cri,
  hadoop,
  iso,
  dayMonth,
  javaUtilLogging,
  logfmt,
  epoch,
  clock,
]

const LEVEL_START = new RegExp(`^(?:(\\[|<|\\()?(${LEVEL_PATTERN})(\\]|>|\\))?)(?=[\\s:|,\\]-]|$)`, 'i')
const NAME_THEN_LEVEL = new RegExp(`^([\\w.$/-]+)\\s+[-|]\\s+(?=\\[?(?:${LEVEL_PATTERN})\\b)`, 'i')
const LEVEL_ANYWHERE = /\b(FATAL|CRITICAL|ERROR|WARN(?:ING)?|INFO|DEBUG|TRACE)\b/

function stripTime(text: string): string {
  const m = ISO.exec(text)
  return m ? text.slice(m[0].length) : text
}

/** What stands after the time: level, [thread], pid ---, logger, then the message. */
export function restOf(text: string): LineParts {
  const attributes: LineParts['attributes'] = {}
  const parts: LineParts = { message: '', attributes }
  let rest = text
  let brackets = 0
  for (let round = 0; round < 8; round++) {
    rest = rest.replace(/^[\s\-|:,]+/, '')
    const level: RegExpExecArray | null = parts.severity === undefined ? LEVEL_START.exec(rest) : null
    if (
      level &&
      (level[1] !== undefined || /^[A-Z]/.test(level[2] as string) || /^\s*[:|-]/.test(rest.slice(level[0].length)))
    ) {
      parts.severity = severityOfWord(level[2] as string)
      parts.severityText = level[2] as string
      rest = rest.slice(level[0].length)
      continue
    }
    const pid = /^(\d+)\s+---(?=\s)/.exec(rest)
    if (pid) {
      attributes['process.pid'] = n(pid[1])
      rest = rest.slice(pid[0].length)
      continue
    }
    if (rest[0] === '[' && brackets < 2) {
      const end = balancedEnd(rest)
      if (end < 0 || end > 200) break
      brackets++
      takeBracket(
        rest.slice(1, end - 1).trim(),
        parts,
        brackets === 1 && /^\s*\[/.test(rest.slice(end)) && 'process.pid' in attributes,
      )
      rest = rest.slice(end)
      continue
    }
    const named = parts.severity === undefined ? NAME_THEN_LEVEL.exec(rest) : null
    if (named) {
      attributes.logger = named[1] as string
      rest = rest.slice(named[0].length)
      continue
    }
    const logger =
      parts.severity === undefined || 'logger' in attributes
        ? null
        : /^([A-Za-z_$][\w$./]*(?:\[[^\]]*\])?)\s*(?::\s|\s-\s)/.exec(rest)
    if (logger) {
      attributes.logger = logger[1] as string
      rest = rest.slice(logger[0].length)
    }
    break
  }
  parts.message = rest.replace(/^(?:\s|- |: )+/, '')
  if (parts.severity === undefined) {
    const word = LEVEL_ANYWHERE.exec(parts.message.slice(0, 80))
    if (word) {
      parts.severity = severityOfWord(word[1] as string)
      parts.severityText = word[1] as string
    }
  }
  return parts
}

/** [thread], [service,trace,span] of Spring Cloud Sleuth, or [service] in front of [thread]. */
function takeBracket(inside: string, parts: LineParts, isService: boolean): void {
  const sleuth = /^([\w.-]*),([0-9a-f]{16,32})?,([0-9a-f]{16})?(?:,\w*)?$/.exec(inside)
  if (sleuth) {
    if (sleuth[1]) parts.service = sleuth[1]
    if (sleuth[2]) parts.traceId = sleuth[2]
    if (sleuth[3]) parts.spanId = sleuth[3]
  } else if (isService) parts.service = inside
  else if (inside !== '') parts.attributes['thread.name'] = inside
}

function balancedEnd(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length && at <= 400; at++) {
    if (text[at] === '[') depth++
    else if (text[at] === ']' && --depth === 0) return at + 1
  }
  return -1
}
