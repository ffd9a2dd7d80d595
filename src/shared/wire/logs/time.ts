// Times as logs write them: numbers in s/ms/us/ns told by their size, ISO and its relatives with or without a zone.

import { integerOf } from '../json/value.ts'

export type TimeUnit = 'rfc3339' | 's' | 'ms' | 'us' | 'ns' | 'pattern' | 'none'

const PER_UNIT: Readonly<Record<string, bigint>> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n }

/** Seconds to 5138, milliseconds to 5138, microseconds to 5138; what is larger counts nanoseconds. */
export function unitOfNumber(value: number): 's' | 'ms' | 'us' | 'ns' {
  const size = Math.abs(value)
  if (size < 1e11) return 's'
  if (size < 1e14) return 'ms'
  return size < 1e17 ? 'us' : 'ns'
}

/** A number (or its text) in a unit to epoch nanoseconds; decimals are kept to the nanosecond where the text has them. */
export function numberToNs(value: unknown, unit?: TimeUnit): bigint | undefined {
  const whole = integerOf(value)
  if (whole !== undefined) {
    const per = PER_UNIT[unit !== undefined && unit in PER_UNIT ? unit : unitOfNumber(Number(whole))] as bigint
    return whole * per
  }
  const text =
    typeof value === 'number'
      ? Number.isFinite(value)
        ? value.toFixed(6)
        : ''
      : typeof value === 'string'
        ? value.trim()
        : ''
  const match = /^(-?)(\d{1,19})\.(\d{1,18})$/.exec(text)
  if (!match) return undefined
  const per = PER_UNIT[unit !== undefined && unit in PER_UNIT ? unit : unitOfNumber(Number(match[2]))] as bigint
  const fraction = match[3] as string
  const nanos = BigInt(match[2] as string) * per + (BigInt(fraction) * per) / 10n ** BigInt(fraction.length)
  return match[1] === '-' ? -nanos : nanos
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
export const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1

/** The year that puts a month and day at or before `near` (a day of grace for zones). */
export function yearNear(month: number, day: number, near: Date): number {
  const year = near.getUTCFullYear()
  return Date.UTC(year, month - 1, day) > near.getTime() + 86_400_000 ? year - 1 : year
}

export interface DateParts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** digits after the decimal sign, '' for none */
  fraction: string
  /** 'Z', '+08:00', '+0800', '+08', '' = not written */
  zone: string
}

/** Epoch nanoseconds, or undefined when the parts are no date. `fallbackZone`: IANA name or offset for a time without one. */
export function partsToNs(p: DateParts, fallbackZone: string): bigint | undefined {
  if (p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31 || p.hour > 23 || p.minute > 59 || p.second > 60)
    return undefined
  const localMs = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second)
  if (p.day > 28 && new Date(Date.UTC(p.year, p.month - 1, p.day)).getUTCDate() !== p.day) return undefined
  const offset = zoneOffsetMs(p.zone === '' ? fallbackZone : p.zone, localMs)
  if (offset === undefined) return undefined
  return (
    BigInt(localMs - offset) * 1_000_000n + (p.fraction === '' ? 0n : BigInt(p.fraction.slice(0, 9).padEnd(9, '0')))
  )
}

const formats = new Map<string, Intl.DateTimeFormat | null>()
const offsets = new Map<string, number>()

/** Offset of a zone from UTC at a local time, in milliseconds; undefined for a zone that nobody knows. */
export function zoneOffsetMs(zone: string, localMs: number): number | undefined {
  if (zone === '' || zone === 'Z' || zone === 'z' || zone === 'UTC' || zone === 'GMT') return 0
  const fixed = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000
  // Rules change on the quarter hour at the finest.
  const key = `${zone}\n${Math.floor(localMs / 900_000)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  let format = formats.get(zone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch {
      format = null
    }
    formats.set(zone, format)
  }
  if (format === null) return undefined
  let offset = offsetAt(format, localMs)
  offset = offsetAt(format, localMs - offset)
  if (offsets.size > 10_000) offsets.clear()
  offsets.set(key, offset)
  return offset
}

function offsetAt(format: Intl.DateTimeFormat, utcMs: number): number {
  const parts: Record<string, number> = {}
  for (const part of format.formatToParts(utcMs)) parts[part.type] = Number(part.value)
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000
}

/** True for a zone that times can be read in: an offset or a name of the IANA database. */
export function isZone(zone: string): boolean {
  return zoneOffsetMs(zone, 0) !== undefined
}

const ISO =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,18}))?)?\s?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?$/
const COMPACT = /^(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{4})?$/

/** The number that digits stand for; -1 when one is none. */
export const digitsAt = (text: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

let lastSecond = ''
let lastSecondNs = 0n

/**
 * `2026-11-02T14:00:00.123456789Z` (or with a space for the T), which most lines have, read without a regular expression.
 * undefined for anything else, the last days of months included: the other reader then says what it is.
 */
export function isoInstant(text: string): bigint | undefined {
  const { length } = text
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 0x5a) return undefined
  if (lastSecond === '' || !text.startsWith(lastSecond)) {
    const mark = text.charCodeAt(10)
    if (text[4] !== '-' || text[7] !== '-' || (mark !== 0x54 && mark !== 0x20) || text[13] !== ':' || text[16] !== ':')
      return undefined
    const [year, month, day] = [digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10)]
    const [hour, minute, second] = [digitsAt(text, 11, 13), digitsAt(text, 14, 16), digitsAt(text, 17, 19)]
    if (year < 1000 || month < 1 || month > 12 || day < 1 || day > 28) return undefined
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
    lastSecond = text.slice(0, 19)
    lastSecondNs = BigInt(Date.UTC(year, month - 1, day, hour, minute, second)) * 1_000_000n
  }
  if (length === 20) return lastSecondNs
  const sign = text.charCodeAt(19)
  const nanos = digitsAt(text, 20, length - 1)
  if ((sign !== 0x2e && sign !== 0x2c) || length === 21 || nanos < 0) return undefined
  return lastSecondNs + BigInt(nanos * (TENS[30 - length] as number))
}

const TENS = [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

/** A time field of a JSON log: ISO text, a number, a number as text. */
export function fieldTime(value: unknown, unit: TimeUnit | undefined, zone: string): bigint | undefined {
  if (typeof value === 'string') {
    const instant = isoInstant(value)
    if (instant !== undefined) return instant
    const text = value.trim()
    const m = ISO.exec(text) ?? (text.length < 26 && text.includes('T') ? COMPACT.exec(text) : null)
    if (m) {
      return partsToNs(
        {
          year: Number(m[1]),
          month: Number(m[2]),
          day: Number(m[3]),
          hour: Number(m[4]),
          minute: Number(m[5]),
          second: Number(m[6] ?? 0),
          fraction: m[7] ?? '',
          zone: m[8] ?? '',
        },
        zone,
      )
    }
  }
  const numeric = numberToNs(value, unit)
  if (numeric !== undefined) return numeric
  if (typeof value === 'object' && value !== null && '$date' in value) return fieldTime(value.$date, unit, zone)
  if (typeof value !== 'string' || !/^[A-Za-z]{3},? \d|^\d{1,2}[ /-][A-Za-z]{3}[ /-]\d{4}/.test(value.trim()))
    return undefined
  const ms = Date.parse(/[+-]\d{4}|GMT|UTC|Z$/.test(value) ? value : `${value} UTC`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n
}

/** What a time field looks like, for the mapping that is shown. */
export function unitOfValue(value: unknown): TimeUnit | undefined {
  if (typeof value === 'string' && (ISO.test(value.trim()) || COMPACT.test(value.trim()))) return 'rfc3339'
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && value.trim() !== ''
        ? Number(value.replace('\u0000i', ''))
        : Number.NaN
  return Number.isFinite(number) ? unitOfNumber(number) : undefined
}
