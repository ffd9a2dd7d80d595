// Series of an earlier period beside those of now: dashed, each in the colour of the one with its labels.

import type { Points } from '../../../shared/contract/metrics.ts'
import type { Series } from '../../charts/index.ts'

interface Told {
  readonly label: string
  readonly metric: Readonly<Record<string, string>>
  readonly values: Points
}

const keyOf = ({ metric }: Told): string => JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Points as they would stand `by` later. */
function later(points: Points, by: bigint): Points {
  return { times: points.times.map((time) => time + by), values: points.values }
}

/** One that is drawn only then follows those of now in the order of colours. */
export function earlierSeries(
  before: readonly Told[],
  now: readonly Told[],
  shift: bigint,
  labelled: (label: string) => string,
  colour: (index: number) => string,
): Series[] {
  const places = new Map(now.map((each, i) => [keyOf(each), i]))
  let more = now.length
  return before.map((each, i) => ({
    id: `before${i}`,
    label: labelled(each.label),
    points: later(each.values, shift),
    faint: true,
    colour: colour(places.get(keyOf(each)) ?? more++),
  }))
}
