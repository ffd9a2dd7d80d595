// What charts draw: series of instants and doubles, gaps as NaN. Pure helpers, tested without a screen.

import type { Points } from '../../shared/contract/metrics.ts'
import { toMillis } from '../../shared/base/time.ts'

export interface Series {
  /** stable id: the chart keeps its colour and state by it */
  readonly id: string
  readonly label: string
  readonly points: Points
  /** CSS colour of the theme in force; default by position in the palette */
  readonly colour?: string | undefined
  /** drawn thin and dashed: an earlier period, a threshold that moves */
  readonly faint?: boolean | undefined
}

export interface Mark {
  /** epoch ns */
  readonly at: bigint
  readonly label: string
  readonly tone?: 'ok' | 'note' | 'warning' | 'critical' | 'neutral'
  /** a span of time instead of an instant */
  readonly until?: bigint
}

/** A dot on a lane that opens something: an exemplar. */
export interface Dot {
  readonly at: bigint
  readonly value: number
  readonly id: string
  readonly label: string
}

export interface GapRule {
  /** usual distance of points */
  readonly usual: bigint
  /** points further apart than this have a hole between them; 0: none has */
  readonly limit: bigint
}

const GAP_FACTOR = 2.5

/**
 * `usualNs`: the step of the query where known, else the median distance, but at least `leastNs`: points that were thinned to what
 * the screen shows stand at any distance within a pixel or two.
 */
export function gapRule(times: BigInt64Array, usualNs?: bigint, leastNs = 0n): GapRule {
  const median = usualNs ?? medianDistance(times)
  const usual = usualNs === undefined && median > 0n && median < leastNs ? leastNs : median
  return { usual, limit: usual > 0n ? BigInt(Math.round(Number(usual) * GAP_FACTOR)) : 0n }
}

/** [ms, value] pairs with a break wherever there is a hole. */
export function pairsWithGaps(points: Points, usualNs?: bigint, leastNs?: bigint): Array<[number, number]> {
  const { times, values } = points
  const { usual, limit } = gapRule(times, usualNs, leastNs)
  const out: Array<[number, number]> = []
  for (let i = 0; i < times.length; i++) {
    const at = times[i] as bigint
    const before = times[i - 1]
    if (before !== undefined && limit > 0n && at - before > limit) out.push([toMillis(before + usual), Number.NaN])
    out.push([toMillis(at), values[i] as number])
  }
  return out
}

/** What a picture can show of the pairs: on a log axis nothing at or below zero. `left`: how many finite ones it cannot. */
export function drawable(
  pairs: ReadonlyArray<readonly [number, number]>,
  log: boolean,
): { pairs: Array<[number, number]>; drawn: number; left: number } {
  let [drawn, left] = [0, 0]
  const out = pairs.map(([at, value]): [number, number] => {
    if (!Number.isFinite(value)) return [at, Number.NaN]
    if (log && value <= 0) {
      left++
      return [at, Number.NaN]
    }
    drawn++
    return [at, value]
  })
  return { pairs: out, drawn, left }
}

/** A point between two gaps has no line to be seen by: it needs a dot. */
export const standsAlone = (pairs: ReadonlyArray<readonly [number, number]>, i: number): boolean =>
  Number.isFinite(pairs[i]?.[1]) && !Number.isFinite(pairs[i - 1]?.[1]) && !Number.isFinite(pairs[i + 1]?.[1])

function medianDistance(times: BigInt64Array): bigint {
  if (times.length < 3) return 0n
  const distances: bigint[] = []
  const stride = Math.max(1, Math.floor(times.length / 200))
  for (let i = stride; i < times.length; i += stride) {
    const d = (times[i] as bigint) - (times[i - 1] as bigint)
    if (d > 0n) distances.push(d)
  }
  distances.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return distances[distances.length >> 1] ?? 0n
}

/** The value in force at an instant: of the nearest point at or before it that is not older than `maxAgeNs`. */
export function valueAt(points: Points, at: bigint, maxAgeNs: bigint): number | undefined {
  let low = 0
  let high = points.times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points.times[middle] as bigint) <= at) low = middle + 1
    else high = middle
  }
  const found = low - 1
  const time = points.times[found]
  if (time === undefined || at - time > maxAgeNs) return undefined
  return points.values[found]
}

/** `time,series,value` lines, one for each point. */
export function seriesAsCsv(series: readonly Series[], timeText: (ns: bigint) => string): string {
  const cellOf = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = ['time,series,value']
  for (const s of series)
    for (let i = 0; i < s.points.times.length; i++)
      lines.push(
        `${timeText(s.points.times[i] as bigint)},${cellOf(/^[=+\-@]/.test(s.label) ? `'${s.label}` : s.label)},${s.points.values[i]}`,
      )
  return lines.join('\n')
}

/** By halves: reading a bigint makes one. */
export function sameTimes(a: BigInt64Array, b: BigInt64Array): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  const [left, right] = [a, b].map((t) => new Int32Array(t.buffer, t.byteOffset, t.length * 2)) as [
    Int32Array,
    Int32Array,
  ]
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false
  return true
}
