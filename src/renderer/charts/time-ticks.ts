// Where a time axis has its labels: both ends always, between them round times of the chosen zone where there is room.

import { fromMillis, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { formatDay, formatTime, fromWallClock, wallClock, type Zone } from '../lib/zone.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** ms of the wall clock; longer ones are whole months */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
]
const MOST_MONTHS = 600
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 240, MOST_MONTHS]
const MONTH = 30.44 * DAY

/** px of one letter at the size of the axes, rounded up */
const LETTER = 7
/** px between two labels, and the least between two ticks */
const GAP = 10
const LEAST_STEP = 84

const spanOf = (range: TimeRange): number => toMillis(range.to) - toMillis(range.from)

/** The text of a tick: the day at midnight, else as fine as the range needs. */
export function tickLabel(ms: number, range: TimeRange, zone: Zone): string {
  const ns = fromMillis(ms)
  const length = spanOf(range)
  if (length > 300 * DAY) return formatDay(ns, zone)
  const clock = formatTime(ns, zone, length > 10 * MINUTE ? 'min' : length > 5 * SECOND ? 's' : 'ms')
  const midnight = /^00:00(?::00(?:\.000)?)?$/.test(clock)
  return midnight || length > 4 * DAY ? formatDay(ns, zone).slice(5) + (midnight ? '' : ` ${clock}`) : clock
}

/** Epoch ms, rising, for a picture `width` px wide. No two of their labels touch. */
export function timeTicks(range: TimeRange, zone: Zone, width: number): number[] {
  const [from, to] = [toMillis(range.from), toMillis(range.to)]
  if (!(to > from)) return [from]
  const letters = (ms: number): number => tickLabel(ms, range, zone).length * LETTER
  const first = letters(from) + GAP
  const last = width - letters(to) - GAP
  if (first > last + GAP) return [from]
  const inner = roundTimes(range, zone, width)
  const out = [from]
  let free = first
  for (const ms of inner) {
    const at = ((ms - from) / (to - from)) * width
    const half = letters(ms) / 2
    if (at - half < free || at + half > last) continue
    out.push(ms)
    free = at + half + GAP
  }
  return [...out, to]
}

/** Times of the wall clock in equal steps, within the range. */
function roundTimes(range: TimeRange, zone: Zone, width: number): number[] {
  const [from, to] = [toMillis(range.from), toMillis(range.to)]
  const least = ((to - from) * LEAST_STEP) / Math.max(LEAST_STEP, width)
  const step = STEPS.find((each) => each >= least)
  const months = MONTH_STEPS.find((each) => each * MONTH >= least) ?? MOST_MONTHS
  const begin = asUtc(range.from, zone)
  const first = step === undefined ? Math.ceil(monthsOf(begin) / months) : Math.ceil(begin / step)
  const out: number[] = []
  for (let n = first; ; n++) {
    const ms = instantOf(step === undefined ? Date.UTC(0, n * months) : n * step, zone)
    if (ms >= to) return out
    if (ms > from) out.push(ms)
  }
}

/** What the clocks of a zone show, read as if it were UTC. */
function asUtc(ns: bigint, zone: Zone): number {
  const w = wallClock(ns, zone)
  const rest = toMillis(ns) % SECOND
  return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) + (rest < 0 ? rest + SECOND : rest)
}

function instantOf(shown: number, zone: Zone): number {
  const rest = ((shown % SECOND) + SECOND) % SECOND
  return toMillis(fromWallClock(wallClock(fromMillis(shown - rest), 'UTC'), zone)) + rest
}

/** since January of the year that Date.UTC takes for 0 */
function monthsOf(shown: number): number {
  const at = new Date(shown)
  return (at.getUTCFullYear() - 1900) * 12 + at.getUTCMonth()
}
