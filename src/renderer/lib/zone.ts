// Instants on the wall clock of a chosen zone. Nanoseconds stay exact: Intl does the calendar, we do the fraction.

import {
  asEpochNs,
  type EpochNs,
  NS_PER_MS,
  NS_PER_S,
  type TimeRange,
  tryParseDuration,
  tryParseRfc3339,
} from '../../shared/base/time.ts'

/** An IANA name, 'UTC', or 'local' for the zone of this machine. */
export type Zone = string

export interface WallClock {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

/** A laptop travels: the machine's zone is asked again now and then, but not for every cell of a list. */
const LOCAL_KEPT_MS = 5000
let local = { name: '', at: Number.NEGATIVE_INFINITY }

export function resolveZone(zone: Zone): string {
  if (zone !== 'local') return zone
  const now = performance.now()
  if (now - local.at > LOCAL_KEPT_MS)
    local = { name: Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC', at: now }
  return local.name
}

export function isZone(zone: string): boolean {
  if (zone === 'local') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(name: string): Intl.DateTimeFormat {
  let format = formats.get(name)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(name, format)
  }
  return format
}

const floorDiv = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b)

/** Since then every zone has changed its clocks at a quarter of an hour of UTC. */
const REGULAR_SINCE_MS = Date.UTC(1973, 0)
const QUARTER_MS = 900_000
const MOST_QUARTERS = 5000
const offsets = new Map<string, Map<number, number>>()

/** ms east of UTC, asked of Intl once for each quarter of an hour. */
function regularOffset(ms: number, name: string): number {
  const quarter = Math.floor(ms / QUARTER_MS)
  let known = offsets.get(name)
  if (!known || known.size > MOST_QUARTERS) offsets.set(name, (known = new Map()))
  let offset = known.get(quarter)
  if (offset === undefined) {
    const start = quarter * QUARTER_MS
    const w = askedClock(start, name)
    offset = Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) - start
    known.set(quarter, offset)
  }
  return offset
}

export function wallClock(ns: bigint, zone: Zone): WallClock {
  const ms = Number(floorDiv(ns, NS_PER_MS))
  const name = resolveZone(zone)
  if (ms < REGULAR_SINCE_MS) return askedClock(ms, name)
  const shown = new Date(ms + regularOffset(ms, name))
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
  }
}

function askedClock(ms: number, name: string): WallClock {
  const out: Record<string, number> = {}
  for (const part of formatOf(name).formatToParts(ms)) out[part.type] = Number(part.value)
  return {
    year: out['year'] ?? 0,
    month: out['month'] ?? 0,
    day: out['day'] ?? 0,
    hour: out['hour'] ?? 0,
    minute: out['minute'] ?? 0,
    second: out['second'] ?? 0,
  }
}

/** Minutes east of UTC at that instant. */
export function zoneOffsetMinutes(ns: bigint, zone: Zone): number {
  const w = wallClock(ns, zone)
  const asUtc = Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second)
  return Math.round((asUtc - Number(floorDiv(ns, NS_PER_S)) * 1000) / 60_000)
}

export type TimePrecision = 'min' | 's' | 'ms' | 'us' | 'ns'
const FRACTION: Record<TimePrecision, number> = { min: 0, s: 0, ms: 3, us: 6, ns: 9 }
const two = (n: number): string => String(n).padStart(2, '0')

/** `14:02:07.123`; cut, never rounded, so that a time is never shown later than it was. */
export function formatTime(ns: bigint, zone: Zone, precision: TimePrecision = 's'): string {
  const w = wallClock(ns, zone)
  const clock = `${two(w.hour)}:${two(w.minute)}`
  if (precision === 'min') return clock
  const digits = FRACTION[precision]
  const rest = ns - floorDiv(ns, NS_PER_S) * NS_PER_S
  const fraction = digits === 0 ? '' : `.${rest.toString().padStart(9, '0').slice(0, digits)}`
  return `${clock}:${two(w.second)}${fraction}`
}

/** `2026-11-02` */
export function formatDay(ns: bigint, zone: Zone): string {
  const w = wallClock(ns, zone)
  return `${String(w.year).padStart(4, '0')}-${two(w.month)}-${two(w.day)}`
}

/** `2026-11-02 14:02:07.123` */
export const formatDateTime = (ns: bigint, zone: Zone, precision: TimePrecision = 's'): string =>
  `${formatDay(ns, zone)} ${formatTime(ns, zone, precision)}`

/** `UTC`, `UTC+8`, `UTC+5:30`: what to write beside a time. */
export function zoneLabel(ns: bigint, zone: Zone): string {
  const minutes = zoneOffsetMinutes(ns, zone)
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  const rest = size % 60
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest === 0 ? '' : `:${two(rest)}`}`
}

/** An instant of the wall clock in a zone; a time that a clock change skips lands after the gap. */
export function fromWallClock(w: WallClock, zone: Zone): EpochNs {
  const asUtc = BigInt(Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second)) * NS_PER_MS
  let guess = asUtc - BigInt(zoneOffsetMinutes(asUtc, zone)) * 60n * NS_PER_S
  guess = asUtc - BigInt(zoneOffsetMinutes(guess, zone)) * 60n * NS_PER_S
  return asEpochNs(guess)
}

const WALL = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/

const DAY_NS = 86_400n * NS_PER_S
/** of a window in which a clock time is looked for: the latest of its days */
const MOST_DAYS = 31

/**
 * What a person types for an instant: RFC 3339, `now`, `now-15m`, `15m ago`, `2026-11-02 14:00`, `14:00` (today in the
 * zone), epoch seconds to nanoseconds by length. Undefined when it is none of these. A clock time alone means the latest
 * of that time `within` a window where there is one: who looks at a night in November means that night. A window that
 * ended less than a day ago may be of something still going on: there it is the latest until now.
 */
export function parseTypedInstant(text: string, zone: Zone, now: EpochNs, within?: TimeRange): EpochNs | undefined {
  const t = text.trim()
  if (t === '') return undefined
  if (t === 'now') return now
  const relative = /^now\s*([+-])\s*(\S+)$/.exec(t) ?? /^()(\S+)\s+ago$/.exec(t)
  if (relative) {
    const length = tryParseDuration(relative[2] as string)
    if (length === undefined) return undefined
    return asEpochNs(relative[1] === '+' ? now + length : now - length)
  }
  if (/^\d{10}$/.test(t)) return asEpochNs(BigInt(t) * NS_PER_S)
  if (/^\d{13}$/.test(t)) return asEpochNs(BigInt(t) * NS_PER_MS)
  if (/^\d{16}$/.test(t)) return asEpochNs(BigInt(t) * 1000n)
  if (/^\d{19}$/.test(t)) return asEpochNs(BigInt(t))
  const exact = tryParseRfc3339(t)
  if (exact !== undefined) return exact
  const m = WALL.exec(t)
  if (!m || (m[1] === undefined && m[4] === undefined)) return undefined
  if (within && m[1] === undefined) {
    const last = now - within.to < DAY_NS ? now : within.to
    const { year, month, day } = wallClock(last, zone)
    for (let back = 0; back < MOST_DAYS; back++) {
      // days of the calendar: where the clocks change, one has 23 or 25 hours
      const date = new Date(Date.UTC(year, month - 1, day - back)).toISOString().slice(0, 10)
      const at = parseTypedInstant(`${date} ${t}`, zone, now)
      if (at === undefined || at < within.from) break
      if (at <= last) return at
    }
  }
  const today = wallClock(now, zone)
  const wall: WallClock = {
    year: Number(m[1] ?? today.year),
    month: Number(m[2] ?? today.month),
    day: Number(m[3] ?? today.day),
    hour: Number(m[4] ?? 0),
    minute: Number(m[5] ?? 0),
    second: Number(m[6] ?? 0),
  }
  const realDay = new Date(Date.UTC(wall.year, wall.month - 1, wall.day))
  if (realDay.getUTCMonth() !== wall.month - 1 || realDay.getUTCDate() !== wall.day) return undefined
  if (wall.hour > 23 || wall.minute > 59 || wall.second > 59) return undefined
  return asEpochNs(fromWallClock(wall, zone) + BigInt((m[7] ?? '').padEnd(9, '0') || '0'))
}
