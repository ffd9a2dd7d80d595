// Instants and spans of time. An instant is a branded bigint of epoch nanoseconds, never a plain number:
// a JS number is exact only to 2^53 and today's nanoseconds are past that.

import { WatchdeckError } from './errors.ts'

declare const epochNs: unique symbol
declare const durationNs: unique symbol

/** Nanoseconds since 1970-01-01T00:00:00Z. */
export type EpochNs = bigint & { readonly [epochNs]: true }
/** A length of time in nanoseconds; may be negative. */
export type DurationNs = bigint & { readonly [durationNs]: true }

export const NS_PER_US = 1_000n
export const NS_PER_MS = 1_000_000n
export const NS_PER_S = 1_000_000_000n

export const asEpochNs = (value: bigint): EpochNs => value as EpochNs
export const asDurationNs = (value: bigint): DurationNs => value as DurationNs
export const fromMillis = (ms: number): EpochNs => {
  const whole = Math.floor(ms)
  return asEpochNs(BigInt(whole) * NS_PER_MS + BigInt(Math.round((ms - whole) * 1e6)))
}
/** Milliseconds since the epoch as a number with fraction; for axes and `Date`, not for arithmetic that must be exact. */
export const toMillis = (ns: bigint): number => Number(ns / NS_PER_MS) + Number(ns % NS_PER_MS) / 1e6

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?:\s*([Zz])|\s*([+-])(\d{2}):?(\d{2}))$/

const MS_PER_400_YEARS = 146_097 * 86_400_000

/** RFC 3339 with up to 9 decimals; undefined when the text is not an instant. */
export function tryParseRfc3339(text: string): EpochNs | undefined {
  const m = RFC3339.exec(text)
  if (!m) return undefined
  const [, y, mo, d, h, mi, s, fraction, , sign, oh, om] = m
  const month = Number(mo)
  const day = Number(d)
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  if (Number(h) > 24 || Number(mi) > 59 || Number(s) > 60) return undefined
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; the calendar repeats after 400 years
  const year = Number(y) + 400
  const ms = Date.UTC(year, month - 1, day, Number(h), Number(mi), Number(s)) - MS_PER_400_YEARS
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return undefined
  const offsetMinutes = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(oh) * 60 + Number(om))
  const nanos = fraction === undefined ? 0n : BigInt(fraction.padEnd(9, '0'))
  return asEpochNs((BigInt(ms) - BigInt(offsetMinutes) * 60_000n) * NS_PER_MS + nanos)
}

/** RFC 3339 in UTC with exactly 9 decimals. */
export function formatRfc3339(ns: bigint): string {
  let seconds = ns / NS_PER_S
  let rest = ns % NS_PER_S
  if (rest < 0n) {
    rest += NS_PER_S
    seconds -= 1n
  }
  const date = new Date(Number(seconds) * 1000)
  if (Number.isNaN(date.getTime())) return `${seconds}.${rest.toString().padStart(9, '0')}s`
  return `${date.toISOString().slice(0, -5)}.${rest.toString().padStart(9, '0')}Z`
}

const UNIT_NS: Record<string, bigint> = {
  ns: 1n,
  us: NS_PER_US,
  µs: NS_PER_US,
  μs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_S,
  m: 60n * NS_PER_S,
  h: 3600n * NS_PER_S,
  d: 86_400n * NS_PER_S,
  w: 604_800n * NS_PER_S,
  y: 31_536_000n * NS_PER_S,
}

/** "250ms", "1h30m", "1.5s" or whole nanoseconds ("1500"); undefined when it is not a duration. */
export function tryParseDuration(text: string): DurationNs | undefined {
  const trimmed = text.trim()
  if (/^-?\d+$/.test(trimmed)) return asDurationNs(BigInt(trimmed))
  const negative = trimmed.startsWith('-')
  const body = negative ? trimmed.slice(1) : trimmed
  const part = /(\d+)(?:\.(\d{1,9}))?(ns|us|µs|μs|ms|s|m|h|d|w|y)/y
  let total = 0n
  let at = 0
  while (at < body.length) {
    part.lastIndex = at
    const m = part.exec(body)
    if (!m) return undefined
    const unit = UNIT_NS[m[3] as string] as bigint
    total += BigInt(m[1] as string) * unit
    if (m[2] !== undefined) total += (BigInt(m[2]) * unit) / 10n ** BigInt(m[2].length)
    at = part.lastIndex
  }
  return at === 0 ? undefined : asDurationNs(negative ? -total : total)
}

/** The shortest exact text for a duration: "1h30m", "250ms", "0s". */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s'
  let rest = ns < 0n ? -ns : ns
  let text = ns < 0n ? '-' : ''
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'us', 'ns']) {
    const size = UNIT_NS[unit] as bigint
    if (rest >= size) {
      text += `${rest / size}${unit}`
      rest %= size
    }
  }
  return text
}

/** RFC 3339, `now`, `now-15m`, `now+1h`, or epoch nanoseconds as a decimal string. */
export function tryParseInstant(text: string, now: EpochNs): EpochNs | undefined {
  const trimmed = text.trim()
  if (trimmed === 'now') return now
  const relative = /^now\s*([+-])\s*(.+)$/.exec(trimmed)
  if (relative) {
    const length = tryParseDuration(relative[2] as string)
    if (length === undefined) return undefined
    return asEpochNs(relative[1] === '-' ? now - length : now + length)
  }
  if (/^-?\d{1,19}$/.test(trimmed)) return asEpochNs(BigInt(trimmed))
  return tryParseRfc3339(trimmed)
}

export interface TimeRange {
  /** inclusive */
  readonly from: EpochNs
  /** exclusive */
  readonly to: EpochNs
}

/**
 * Ends beyond the years 1896 to 2189 stand at those limits.
 * @throws WatchdeckError `invalid_input` when either end is no instant or the range is empty or reversed.
 */
export function parseRange(range: { from: string; to: string }, now: EpochNs): TimeRange {
  const from = tryParseInstant(range.from, now)
  const to = tryParseInstant(range.to, now)
  for (const [name, value] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (value === undefined)
      throw new WatchdeckError('invalid_input', `range.${name} is not a time: ${JSON.stringify(range[name])}`, {
        hint: 'Use RFC 3339 (2026-11-02T14:00:00Z), now, now-15m, or epoch nanoseconds as a decimal string.',
      })
  }
  const within = { from: reachable(from as EpochNs), to: reachable(to as EpochNs) }
  if (within.from >= within.to)
    throw new WatchdeckError('invalid_input', 'The range is empty: "from" is not before "to".')
  return within
}

/**
 * "All of it" is often written as the year 1 or 9999. Columns of times are int64, and so is the distance of a time in the
 * range from the range's beginning: both limits together must not be further apart than that.
 */
const EARLIEST = asEpochNs(-(1n << 61n))
const LATEST = asEpochNs((1n << 63n) - 1n - (1n << 61n))

function reachable(at: EpochNs): EpochNs {
  return at > LATEST ? LATEST : at < EARLIEST ? EARLIEST : at
}
