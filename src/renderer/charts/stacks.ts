// Series put upon each other, at the instants of all of them. As ECharts does it: what is negative goes down from zero by
// itself, and an earlier period (faint) is a stack of its own.

import type { Points } from '../../shared/contract/metrics.ts'
import { sameTimes } from './series.ts'

export interface Layer {
  /** the sum of those before it, and with it; NaN where it has no value */
  readonly below: Float64Array<ArrayBuffer>
  readonly upTo: Float64Array<ArrayBuffer>
}

export interface Stack {
  readonly times: BigInt64Array
  /** one for each series */
  readonly layers: readonly Layer[]
}

type Stackable = { readonly points: Points; readonly faint?: boolean | undefined }

export function stackOf(series: readonly Stackable[]): Stack {
  const times = instantsOf(series)
  const sums = { rising: new Float64Array(times.length), falling: new Float64Array(times.length) }
  const earlier = { rising: new Float64Array(times.length), falling: new Float64Array(times.length) }
  const layers = series.map(({ points, faint = false }): Layer => {
    const { rising, falling } = faint ? earlier : sums
    const below = new Float64Array(times.length).fill(Number.NaN)
    const upTo = new Float64Array(times.length).fill(Number.NaN)
    const own = points.times === times || points.times.length === times.length
    for (let i = 0, at = 0; i < points.values.length; i++) {
      const value = points.values[i] as number
      if (own) at = i
      else while ((times[at] as bigint) < (points.times[i] as bigint)) at++
      if (!Number.isFinite(value)) continue
      const sum = value < 0 ? falling : rising
      below[at] = sum[at] as number
      sum[at] = (sum[at] as number) + value
      upTo[at] = sum[at] as number
    }
    return { below, upTo }
  })
  return { times, layers }
}

/** Those of all series, each once. Series of one answer mostly share them. */
function instantsOf(series: readonly Stackable[]): BigInt64Array {
  const first = series[0]?.points.times ?? new BigInt64Array()
  if (series.every(({ points }) => sameTimes(points.times, first))) return first
  const all = new Set<bigint>()
  for (const { points } of series) for (const at of points.times) all.add(at)
  return BigInt64Array.from(all).sort()
}

/** Lowest and highest of what is drawn, zero among them; undefined where nothing is. */
export function extentOfStack({ layers }: Stack): [number, number] | undefined {
  let [low, high, found] = [0, 0, false]
  for (const { upTo } of layers)
    for (let i = 0; i < upTo.length; i++) {
      const value = upTo[i] as number
      if (Number.isNaN(value)) continue
      found = true
      if (value < low) low = value
      if (value > high) high = value
    }
  return found ? [low, high] : undefined
}
