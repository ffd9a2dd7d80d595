// What the evaluator is asked and what it answers.

import type { NativeHistogram } from './histogram.ts'
import type { Labels } from './labels.ts'
import type { SeriesSource } from './source.ts'

export interface EvaluateOptions {
  readonly source: SeriesSource
  /** epoch milliseconds; an instant query has no step and is evaluated at `end` */
  readonly start: number
  readonly end: number
  readonly step?: number | undefined
  readonly lookback?: number | undefined
  readonly subqueryStep?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** most samples that may be read, and most steps x series of any intermediate result */
  readonly maxSamples?: number | undefined
  /** awaited every few milliseconds of work */
  readonly breathe?: (() => Promise<void>) | undefined
}

/** Samples of one answered series, times in epoch milliseconds. */
export interface ResultSeries {
  readonly labels: Labels
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly histogramTimes: Float64Array<ArrayBuffer>
  readonly histograms: readonly NativeHistogram[]
}

export interface EvaluateResult {
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  /** instant: in the order of the query (sort, topk); range: ordered by labels */
  readonly series: readonly ResultSeries[]
  readonly text: string | undefined
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}
