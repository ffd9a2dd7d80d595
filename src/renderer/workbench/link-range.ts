// Times of links from Grafana and Kibana: `now-1d/d` is the start of yesterday where a range begins, and its end where it ends.

import { asEpochNs, type EpochNs, formatRfc3339, NS_PER_S } from '../../shared/base/time.ts'
import type { LinkRange } from '../../shared/domain/links.ts'
import { fromWallClock, type WallClock, wallClock, type Zone } from '../lib/zone.ts'
import type { RangeText } from './place.ts'
import { tryResolve } from './time-range.ts'

const STEP = /([+-])(\d{1,6})([smhdwMQy])|\/([smhdwMQy])/y
const ROUNDED = /^now(?:[+-]\d{1,6}[smhdwMQy]|\/[smhdwMQy])+$/
const SECONDS = { s: 1n, m: 60n, h: 3600n } as const
const CALENDAR = { d: { day: 1 }, w: { day: 7 }, M: { month: 1 }, Q: { month: 3 }, y: { year: 1 } } as const
type Calendar = keyof typeof CALENDAR

/** As this page writes ranges: days are those of `zone`. Undefined when an end cannot be read, or nothing lies between. */
export function linkRange(link: LinkRange, zone: Zone, now: EpochNs): RangeText | undefined {
  const range = { from: endOf(link.from, zone, now, false), to: endOf(link.to, zone, now, true) }
  return tryResolve(range, now) === undefined ? undefined : range
}

function endOf(text: string, zone: Zone, now: EpochNs, up: boolean): string {
  // what moves with `now` goes on moving; what is rounded, or counts in months, is an instant
  if (!ROUNDED.test(text) || !/[/MQy]/.test(text)) return text
  let at = now
  STEP.lastIndex = 3
  for (let step = STEP.exec(text); step; step = STEP.exec(text)) {
    const [, sign, count, moved, rounded] = step
    if (moved !== undefined) at = movedBy(at, moved, sign === '-' ? -Number(count) : Number(count), zone)
    else if (rounded !== undefined) {
      const start = startOf(at, rounded, zone)
      at = up ? movedBy(start, rounded, 1, zone) : start
    }
  }
  return formatRfc3339(at)
}

const isCalendar = (unit: string): unit is Calendar => unit in CALENDAR

function movedBy(at: EpochNs, unit: string, count: number, zone: Zone): EpochNs {
  if (!isCalendar(unit)) return asEpochNs(at + secondsOf(unit) * NS_PER_S * BigInt(count))
  const wall = wallClock(at, zone)
  const step: Partial<WallClock> = CALENDAR[unit]
  const [year, month] = [wall.year + (step.year ?? 0) * count, wall.month + (step.month ?? 0) * count]
  // a month back from the 31st is the last day of a shorter one
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const day = step.day === undefined ? Math.min(wall.day, last) : wall.day + step.day * count
  return asEpochNs(fromWallClock({ ...wall, year, month, day }, zone) + (((at % NS_PER_S) + NS_PER_S) % NS_PER_S))
}

function startOf(at: EpochNs, unit: string, zone: Zone): EpochNs {
  if (!isCalendar(unit) && unit !== 'h') return asEpochNs(at - (at % (secondsOf(unit) * NS_PER_S)))
  const wall = { ...wallClock(at, zone), minute: 0, second: 0 }
  if (unit === 'h') return fromWallClock(wall, zone)
  const midnight = { ...wall, hour: 0 }
  // weeks begin on Monday
  const weekday = (new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() + 6) % 7
  if (unit === 'w') return fromWallClock({ ...midnight, day: wall.day - weekday }, zone)
  if (unit === 'd') return fromWallClock(midnight, zone)
  const month = unit === 'y' ? 1 : unit === 'Q' ? wall.month - ((wall.month - 1) % 3) : wall.month
  return fromWallClock({ ...midnight, month, day: 1 }, zone)
}

const secondsOf = (unit: string): bigint => (unit === 'h' ? SECONDS.h : unit === 'm' ? SECONDS.m : SECONDS.s)
