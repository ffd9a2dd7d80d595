// Round instants along a window, in the zone that the person reads.

import { formatDay, formatTime, type Zone, zoneOffsetMinutes } from '../../lib/zone.ts'
import type { TimeRange } from '../../../shared/base/time.ts'

const S = 1_000_000_000n
const STEPS = [
  1n,
  2n,
  5n,
  10n,
  15n,
  30n,
  60n,
  120n,
  300n,
  600n,
  900n,
  1800n,
  3600n,
  7200n,
  21_600n,
  43_200n,
  86_400n,
].map((s) => s * S)

/** Both ends and the round instants between them, about one for each 110 px. */
export function timeTicks(range: TimeRange, width: number, zone: Zone): Array<{ at: bigint; text: string }> {
  const length = range.to - range.from
  const wanted = BigInt(Math.max(2, Math.floor(width / 110)))
  const step = STEPS.find((s) => length / s <= wanted) ?? length / wanted
  const offset = BigInt(zoneOffsetMinutes(range.from, zone)) * 60n * S
  const precision = step < 60n * S ? 's' : 'min'
  const text = (at: bigint): string =>
    length > 2n * 86_400n * S
      ? `${formatDay(at, zone).slice(5)} ${formatTime(at, zone, 'min')}`
      : formatTime(at, zone, precision)
  const ticks = [{ at: range.from as bigint, text: text(range.from) }]
  let at = ((range.from + offset) / step + 1n) * step - offset
  for (; at < range.to; at += step) ticks.push({ at, text: text(at) })
  ticks.push({ at: range.to, text: text(range.to) })
  return ticks
}
