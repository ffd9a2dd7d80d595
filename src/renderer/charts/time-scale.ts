// Where instants stand on a drawn picture: asked of ECharts once for each drawing, so that the pointer asks nobody.

import { toMillis } from '../../shared/base/time.ts'

/** A straight line between two instants (epoch ms) and their places (px). */
export interface TimeScale {
  readonly from: number
  readonly to: number
  readonly left: number
  readonly right: number
}

export const placeOf = (scale: TimeScale, ms: number): number =>
  scale.left + ((ms - scale.from) / (scale.to - scale.from)) * (scale.right - scale.left)

export const msAt = (scale: TimeScale, x: number): number =>
  scale.from + ((x - scale.left) / (scale.right - scale.left)) * (scale.to - scale.from)

/** px of an instant, undefined beside the picture. */
export function seenAt(scale: TimeScale | undefined, at: bigint | undefined): number | undefined {
  if (!scale || at === undefined) return undefined
  const ms = toMillis(at)
  return ms >= scale.from && ms <= scale.to ? placeOf(scale, ms) : undefined
}

/** Things of a picture that can be pointed at. */
export interface Marks {
  readonly seriesId: string
  /** epoch ms */
  readonly times: ArrayLike<number>
  readonly values: ArrayLike<number>
  /** lower values are drawn there */
  readonly least?: number | undefined
}

/** px: so near is pointed at */
const REACH = 6

/** How values stand on the picture, from ECharts: asked only for what may be within reach. */
export interface ValueScale {
  readonly heightOf: (value: number) => number
  readonly valueAt: (y: number) => number
}

/** What stands nearest to a point, within reach; of two as near the one drawn later. */
export function nearestMark(
  all: readonly Marks[],
  point: { x: number; y: number },
  scale: TimeScale,
  { heightOf, valueAt }: ValueScale,
): { seriesId: string; index: number } | undefined {
  let found: { seriesId: string; index: number } | undefined
  let best = REACH * REACH
  const [early, late] = [msAt(scale, point.x - REACH), msAt(scale, point.x + REACH)]
  const [high, low] = [valueAt(point.y - REACH), valueAt(point.y + REACH)]
  for (const { seriesId, times, values, least = Number.NEGATIVE_INFINITY } of all)
    for (let i = 0; i < times.length; i++) {
      const ms = times[i] as number
      if (ms < early || ms > late) continue
      const value = Math.max(least, values[i] as number)
      if (!(value >= low && value <= high)) continue
      const dx = placeOf(scale, ms) - point.x
      const dy = heightOf(value) - point.y
      const distance = dx * dx + dy * dy
      if (distance <= best) {
        best = distance
        found = { seriesId, index: i }
      }
    }
  return found
}
