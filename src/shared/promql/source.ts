// Where the evaluator's samples come from: anything that can answer matchers over a span of time.

import type { NativeHistogram } from './histogram.ts'
import type { Labels } from './labels.ts'
import type { Matcher } from './matchers.ts'

/** One series with its raw samples. All times rise strictly and are epoch milliseconds (fractions allowed). */
export interface RawSeries {
  readonly labels: Labels
  readonly times: Float64Array
  readonly values: Float64Array
  readonly histogramTimes: Float64Array
  readonly histograms: readonly NativeHistogram[]
  /** times of staleness markers: the series has no value from there to its next sample */
  readonly staleTimes: Float64Array
}

export interface Selection {
  readonly matchers: readonly Matcher[]
  /** exclusive, epoch milliseconds */
  readonly after: number
  /** inclusive, epoch milliseconds */
  readonly until: number
  /** only rate, increase or irate look at it: a source that holds deltas gives their running total */
  readonly counter: boolean
}

export interface SeriesSource {
  /** Series in any order, each label set once. Samples outside the span are allowed and ignored. */
  select(selection: Selection, signal: AbortSignal | undefined): Promise<readonly RawSeries[]>
}

const NONE = new Float64Array(0)

/** A series of floats alone. */
export function floatSeries(
  labels: Labels,
  times: Float64Array,
  values: Float64Array,
  staleTimes: Float64Array = NONE,
): RawSeries {
  return { labels, times, values, histogramTimes: NONE, histograms: [], staleTimes }
}
