// Moving in time, as pure rules: resolve what was typed, shift, zoom, label. Ranges are half-open.

import {
  asEpochNs,
  type EpochNs,
  formatDuration,
  formatRfc3339,
  NS_PER_S,
  type TimeRange,
  tryParseDuration,
  tryParseInstant,
} from '../../shared/base/time.ts'
import { formatDateTime, formatDay, formatTime, parseTypedInstant, type TimePrecision, type Zone } from '../lib/zone.ts'
import type { RangeText } from './place.ts'

export const DEFAULT_RANGE: RangeText = { from: 'now-1h', to: 'now' }
export const PRESETS = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '24h', '2d', '7d', '30d'] as const

export const isRelative = (range: RangeText): boolean => range.from.startsWith('now') || range.to.startsWith('now')

/** Undefined when an end is no instant or the range is empty or reversed. */
export function tryResolve(range: RangeText, now: EpochNs): TimeRange | undefined {
  const from = tryParseInstant(range.from, now)
  const to = tryParseInstant(range.to, now)
  return from === undefined || to === undefined || from >= to ? undefined : { from, to }
}

export const absolute = (range: TimeRange): RangeText => ({
  from: formatRfc3339(range.from),
  to: formatRfc3339(range.to),
})

/** Half a range earlier (-1) or later (+1). */
export function shifted(range: TimeRange, direction: -1 | 1): TimeRange {
  const step = ((range.to - range.from) / 2n) * BigInt(direction)
  return { from: asEpochNs(range.from + step), to: asEpochNs(range.to + step) }
}

/** About the middle: `in` halves, `out` doubles; never below a microsecond. */
export function zoomed(range: TimeRange, direction: 'in' | 'out'): TimeRange {
  const length = range.to - range.from
  const middle = range.from + length / 2n
  const half = direction === 'in' ? length / 4n : length
  const kept = half < 500n ? 500n : half
  return { from: asEpochNs(middle - kept), to: asEpochNs(middle + kept) }
}

/**
 * What a person types for a range: `15m` (the last), `now-2h .. now-1h`, `14:00 - 16:00`, `2026-11-02 14:00 to 16:00`,
 * or two instants. Undefined when it is no range.
 */
export function parseTypedRange(text: string, zone: Zone, now: EpochNs): RangeText | undefined {
  const t = text.trim()
  const length = /^\d/.test(t) && /[a-zµ]$/i.test(t) ? tryParseDuration(t.replace(/^last\s+/, '')) : undefined
  if (length !== undefined && length > 0n) return { from: `now-${formatDuration(length)}`, to: 'now' }
  const cut = /^(.+?)\s*(?:\.\.|→|–|—|~|\s+to\s+|\s+-\s+|,)\s*(.+)$/.exec(t)
  if (!cut) return undefined
  const [fromText, toText] = [cut[1] as string, cut[2] as string]
  const from = parseTypedInstant(fromText, zone, now)
  if (from === undefined) return undefined
  // a lone clock time on the right means the day on the left
  const clockOnly = /^\d{1,2}:\d{2}/.test(toText)
  const to = parseTypedInstant(clockOnly ? `${formatDay(from, zone)} ${toText}` : toText, zone, now)
  if (to === undefined || to <= from) return undefined
  const keep = (typed: string, value: EpochNs): string =>
    typed.startsWith('now') ? typed.replaceAll(' ', '') : formatRfc3339(value)
  return { from: keep(fromText.trim(), from), to: keep(toText.trim(), to) }
}

/** The finest unit that tells the ends of a range apart on an axis. */
export function precisionFor(range: TimeRange): TimePrecision {
  const length = range.to - range.from
  if (length <= 10_000n) return 'ns'
  if (length <= 10_000_000n) return 'us'
  if (length <= 10n * NS_PER_S) return 'ms'
  return length <= 2n * 3600n * NS_PER_S ? 's' : 'min'
}

/** `2026-11-02 14:00:00 - 16:00:00`, the day once where both ends share it. */
export function rangeLabel(range: TimeRange, zone: Zone): string {
  const precision = precisionFor(range)
  const sameDay = formatDay(range.from, zone) === formatDay(range.to, zone)
  const to = sameDay ? formatTime(range.to, zone, precision) : formatDateTime(range.to, zone, precision)
  return `${formatDateTime(range.from, zone, precision)} – ${to}`
}
