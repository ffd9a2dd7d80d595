// Layouts that any program may have: a date or a number in front of the rest of the line, or pairs of logfmt.

import { LEVEL_PATTERN, severityOfWord } from './level.ts'
import { type Layout, type LineParts, restOf } from './line-parts.ts'
import { type DateParts, digitsAt, monthOf, yearNear } from './time.ts'

const n = (text: string | undefined): number => (text === undefined ? 0 : Number(text))

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

export const iso: Layout = {
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

const LEVEL_FIRST = new RegExp(`^\\[?(${LEVEL_PATTERN})\\]?[\\s:|-]+(?=[[(]?\\d)`, 'i')
/** `INFO 2026-11-02 14:00:00 message`: the level stands in front. */
export const levelThenIso: Layout = {
  name: 'level, then ISO date',
  parse(line, context) {
    const level = LEVEL_FIRST.exec(line)
    const parts = level && iso.parse(line.slice(level[0].length), context)
    if (!level || !parts) return undefined
    const severityText = level[1] as string
    return { ...parts, severity: severityOfWord(severityText), severityText }
  },
}

const DAY_MONTH =
  /^[[(]?(?:[A-Z][a-z]{2},? )?(\d{1,2})[ /-]([A-Z][a-z]{2})[ /-](\d{4})[ :T]+(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2}|UTC|GMT)?[\])]?(?=[\s,:;|-]|$)/
export const dayMonth: Layout = {
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

const MONTH_DAY =
  /^[[(]?(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?: (Z|UTC|GMT))?(?: (\d{4}))?[\])]?(?=[\s,:;|-]|$)/
/** `Nov  2 10:00:00 INFO app: message`, and ctime(3) with its year behind: `[Mon Nov  2 10:00:00 2026] message`. */
export const monthDay: Layout = {
  name: 'month day time',
  parse(line, { near }) {
    const m = MONTH_DAY.exec(line)
    const month = m ? monthOf(m[1] as string) : 0
    if (!m || month === 0) return undefined
    const day = n(m[2])
    const year = m[3] ?? m[9]
    return {
      ...restOf(line.slice(m[0].length)),
      date: {
        year: year === undefined ? yearNear(month, day, near) : n(year),
        month,
        day,
        hour: n(m[4]),
        minute: n(m[5]),
        second: n(m[6]),
        fraction: m[7] ?? '',
        zone: m[8] ?? '',
      },
      ...(year === undefined ? { assumed: 'year' } : {}),
    }
  },
}

const JUL = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d{2}):(\d{2}) ([AP])M (.*)$/s
export const javaUtilLogging: Layout = {
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
export const logfmt: Layout = {
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
export const epoch: Layout = {
  name: 'epoch number',
  parse(line) {
    const m = EPOCH.exec(line)
    return m ? { ...restOf(line.slice(m[0].length)), epoch: m[1] as string } : undefined
  },
}

const CLOCK = /^[[(]?(\d{2}):(\d{2}):(\d{2})[.,](\d{1,9})[\])]?(?=[\s|-])/
export const clock: Layout = {
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
      assumed: 'date',
    }
  },
}

/** A line without the time in front of it. */
export function stripTime(text: string): string {
  const m = ISO.exec(text)
  return m ? text.slice(m[0].length) : text
}
