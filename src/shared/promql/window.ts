// A window of raw samples as a range function sees it: indexes into the whole series, left-open, right-closed.

import type { Expr } from './ast.ts'
import type { NativeHistogram } from './histogram.ts'
import type { Notes } from './notes.ts'
import type { RawSeries } from './source.ts'

export interface Window {
  series: RawSeries
  metric: string
  /** floats [lo, hi) and histograms [hLo, hHi) of the series */
  lo: number
  hi: number
  hLo: number
  hHi: number
  /** milliseconds: exclusive start and inclusive end of the window, length of the range, time of evaluation */
  start: number
  end: number
  range: number
  now: number
  /** scalar arguments at this step */
  params: readonly number[]
  /** running total of counter resets before each sample, made once per series */
  resets: Float64Array | undefined
}

export type Result = number | NativeHistogram | undefined
/** `place` is the range argument */
export type RangeFunction = (window: Window, notes: Notes, place: Expr) => Result

export function samplesIn(window: Window): number {
  return window.hi - window.lo + window.hHi - window.hLo
}

export function isMixed(window: Window): boolean {
  return window.hi > window.lo && window.hHi > window.hLo
}

export const time = (window: Window, i: number): number => window.series.times[i] as number
export const value = (window: Window, i: number): number => window.series.values[i] as number
export const histogramTime = (window: Window, i: number): number => window.series.histogramTimes[i] as number
export const histogram = (window: Window, i: number): NativeHistogram => window.series.histograms[i] as NativeHistogram

/** Floats and histograms of a window in the order of time. */
export function* merged(window: Window): Generator<number | NativeHistogram> {
  let i = window.lo
  let j = window.hLo
  while (i < window.hi || j < window.hHi) {
    if (j >= window.hHi || (i < window.hi && time(window, i) <= histogramTime(window, j))) yield value(window, i++)
    else yield histogram(window, j++)
  }
}
