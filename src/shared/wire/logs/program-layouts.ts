// Layouts that are one program's own: klog, syslog, web servers, Hadoop, container runtimes.

import { dayMonth, stripTime } from './date-layouts.ts'
import { isLevelWord, severityOfSyslog, severityOfWord } from './level.ts'
import { type Layout, type LineParts, restOf } from './line-parts.ts'
import { monthOf, yearNear } from './time.ts'

const n = (text: string | undefined): number => (text === undefined ? 0 : Number(text))

const KLOG = /^([IWEF])(\d{2})(\d{2}) (\d{2}):(\d{2}):(\d{2})\.(\d{1,9})\s+(\d+) ([^\]\s]+)\] ?(.*)$/s
export const klog: Layout = {
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
      assumed: 'year',
    }
  },
}

const SYSLOG5424 =
  /^<(\d{1,3})>1 (\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(.*)$/s
export const syslog5424: Layout = {
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
  /^(?:<(\d{1,3})>)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? (\S+) (?:([^\s:[{"]+(?:\([^)]*\))?)(?:\[(\d+)\])?: ?)?(.*)$/s
export const syslog3164: Layout = {
  name: 'syslog (RFC 3164)',
  parse(line, { near }) {
    const m = SYSLOG3164.exec(line)
    // `Nov  2 10:00:00 INFO app: message` is a program's own line (`monthDay`); so is a bracket in the place of the host
    if (!m || isLevelWord(m[9] as string) || /^[[(<]|:$/.test(m[9] as string)) return undefined
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
    if (m[4] === undefined) parts.assumed = 'year'
    if (m[10] !== undefined) parts.service = m[10]
    if (m[1] !== undefined) {
      attributes['syslog.facility'] = n(m[1]) >> 3
      parts.severity = severityOfSyslog(n(m[1]) & 7)
    }
    return parts
  },
}

const REDIS = /^\d{1,10}:[XCSM] (?=\d{1,2} [A-Z][a-z]{2} \d{4} )/
/** redis.conf, `loglevel`: the sign between time and message */
const REDIS_LEVELS: Readonly<Record<string, string>> = { '.': 'debug', '-': 'verbose', '*': 'notice', '#': 'warning' }
export const redis: Layout = {
  name: 'Redis',
  parse(line, context) {
    const m = REDIS.exec(line)
    const parts = m && dayMonth.parse(line.slice(m[0].length), context)
    if (!m || !parts) return undefined
    const sign = /^([.*#-]) /.exec(line.slice(m[0].length).replace(/^.{20,24}? (?=[.*#-] )/, ''))?.[1]
    const attributes = { ...parts.attributes, 'process.pid': Number.parseInt(line, 10) }
    const level = sign === undefined ? undefined : REDIS_LEVELS[sign]
    const message = parts.message.replace(/^[.*#] /, '')
    return level === undefined
      ? { ...parts, attributes }
      : { ...parts, message, attributes, severity: severityOfWord(level), severityText: level }
  },
}

const ACCESS =
  /^(\S+) (\S+) (.{1,200}?) \[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?\s*(.*)$/s
export const access: Layout = {
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
export const nginxError: Layout = {
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
export const apacheError: Layout = {
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
export const hadoop: Layout = {
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
export const cri: Layout = {
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
