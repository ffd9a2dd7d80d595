// From raw samples to values at steps and back: lookback, sliding windows, and small changes of whole series.

import type { ResultSeries } from './answer.ts'
import type { Expr } from './ast.ts'
import { isReset, scale, type NativeHistogram } from './histogram.ts'
import type { Labels } from './labels.ts'
import type { Notes } from './notes.ts'
import type { RawSeries } from './source.ts'
import {
  ABSENT,
  FLOAT,
  HISTOGRAM,
  newSeries,
  sampleAt,
  setFloat,
  setHistogram,
  setSample,
  type StepSeries,
  type Vector,
} from './value.ts'
import type { RangeFunction, Window } from './window.ts'

/**
 * The newest sample within the lookback of each step; undefined when no step has one.
 * @param at fixed time of `@`
 * @param stamps the sample's time in seconds instead of its value
 */
export function instantSeries(
  series: RawSeries,
  times: Float64Array,
  at: number | undefined,
  offset: number,
  lookback: number,
  stamps: boolean,
): StepSeries | undefined {
  const target = newSeries(series.labels, stamps, times.length)
  let [i, h, s] = [0, 0, 0]
  let any = false
  for (let step = 0; step < times.length; step++) {
    const now = (at ?? (times[step] as number)) - offset
    while (i < series.times.length && (series.times[i] as number) <= now) i++
    while (h < series.histogramTimes.length && (series.histogramTimes[h] as number) <= now) h++
    while (s < series.staleTimes.length && (series.staleTimes[s] as number) <= now) s++
    const float = i > 0 ? (series.times[i - 1] as number) : -Infinity
    const native = h > 0 ? (series.histogramTimes[h - 1] as number) : -Infinity
    const newest = Math.max(float, native)
    if (newest <= now - lookback || (s > 0 && (series.staleTimes[s - 1] as number) >= newest)) continue
    any = true
    if (stamps) setFloat(target, step, newest / 1000)
    else if (native >= float) setHistogram(target, step, series.histograms[h - 1] as NativeHistogram)
    else setFloat(target, step, series.values[i - 1] as number)
  }
  return any ? target : undefined
}

export interface Windows {
  readonly run: RangeFunction
  readonly times: Float64Array
  readonly at: number | undefined
  readonly offset: number
  readonly range: number
  readonly scalars: readonly Float64Array[]
  readonly notes: Notes
  readonly place: Expr
}

/** A range function over one series at every step; undefined when no step has a result. */
export function overWindows(series: RawSeries, dropName: boolean, w: Windows): StepSeries | undefined {
  const target = newSeries(series.labels, dropName, w.times.length)
  const window: Window = {
    series,
    metric: series.labels.metricName,
    lo: 0,
    hi: 0,
    hLo: 0,
    hHi: 0,
    start: 0,
    end: 0,
    range: w.range,
    now: 0,
    params: [],
    resets: undefined,
  }
  let any = false
  for (let step = 0; step < w.times.length; step++) {
    window.now = w.times[step] as number
    window.end = (w.at ?? window.now) - w.offset
    window.start = window.end - w.range
    slide(window)
    if (window.hi === window.lo && window.hHi === window.hLo) continue
    if (w.scalars.length > 0) window.params = w.scalars.map((values) => values[step] as number)
    const result = w.run(window, w.notes, w.place)
    if (result === undefined) continue
    setSample(target, step, result)
    any = true
  }
  return any ? target : undefined
}

/** Moves both ends forward to (start, end]. */
function slide(window: Window): void {
  const { times, histogramTimes } = window.series
  while (window.lo < times.length && (times[window.lo] as number) <= window.start) window.lo++
  window.hi = Math.max(window.hi, window.lo)
  while (window.hi < times.length && (times[window.hi] as number) <= window.end) window.hi++
  while (window.hLo < histogramTimes.length && (histogramTimes[window.hLo] as number) <= window.start) window.hLo++
  window.hHi = Math.max(window.hHi, window.hLo)
  while (window.hHi < histogramTimes.length && (histogramTimes[window.hHi] as number) <= window.end) window.hHi++
}

export function firstAfter(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  return low
}

export function toResult(series: StepSeries, times: Float64Array): ResultSeries {
  const count = series.kinds.reduce((n, kind) => n + (kind === FLOAT ? 1 : 0), 0)
  const outTimes = new Float64Array(count)
  const values = new Float64Array(count)
  const histogramTimes: number[] = []
  const histograms: NativeHistogram[] = []
  let at = 0
  for (let step = 0; step < times.length; step++) {
    if (series.kinds[step] === FLOAT) {
      outTimes[at] = times[step] as number
      values[at++] = series.values[step] as number
    } else if (series.kinds[step] === HISTOGRAM) {
      histogramTimes.push(times[step] as number)
      histograms.push(series.histograms?.[step] as NativeHistogram)
    }
  }
  return {
    labels: series.labels,
    times: outTimes,
    values,
    histogramTimes: Float64Array.from(histogramTimes),
    histograms,
  }
}

/** A subquery may meet one sample many times or leave some out: what it says of the sample before it holds no longer. */
export function withoutHints(series: RawSeries): RawSeries {
  const histograms = series.histograms.map((h) => (h.hint === 'gauge' ? h : { ...h, hint: 'unknown' as const }))
  return { ...series, histograms }
}

/**
 * Where only counts and sums are wanted, Prometheus says of each native histogram whether its counter started again after
 * the one before, and of the first in the span that it does not know: their sums then warn when such hints collide.
 * @param after begin of the span, exclusive
 */
export function withResets(series: RawSeries, after: number): RawSeries {
  let before: NativeHistogram | undefined
  const histograms = series.histograms.map((current, i) => {
    if ((series.histogramTimes[i] as number) <= after) return current
    const previous = before
    before = current
    if (current.hint !== 'unknown' || !previous) return current
    return { ...current, hint: isReset(current, previous) ? ('reset' as const) : ('not_reset' as const) }
  })
  return { ...series, histograms }
}

export function repeat(vector: Vector, steps: number): Vector {
  return vector.map((series) => {
    const out = newSeries(series.labels, series.dropName, steps)
    const sample = sampleAt(series, 0)
    if (sample !== undefined) for (let step = 0; step < steps; step++) setSample(out, step, sample)
    return out
  })
}

export function negate(vector: Vector): Vector {
  return vector.map((series) => {
    const out = newSeries(series.labels, true, series.kinds.length)
    for (let step = 0; step < series.kinds.length; step++) {
      const sample = sampleAt(series, step)
      if (sample !== undefined) setSample(out, step, typeof sample === 'number' ? -sample : scale(sample, -1))
    }
    return out
  })
}

export function stamped(series: StepSeries, times: Float64Array): StepSeries {
  const out = newSeries(series.labels, true, times.length)
  times.forEach((ms, step) => {
    if (series.kinds[step] !== ABSENT) setFloat(out, step, ms / 1000)
  })
  return out
}

export function absence(labels: Labels, vector: Vector, steps: number): StepSeries {
  const out = newSeries(labels, false, steps)
  for (let step = 0; step < steps; step++)
    if (!vector.some((series) => series.kinds[step] !== ABSENT)) setFloat(out, step, 1)
  return out
}

/** scalar(): the value of the only float of a step, else NaN. */
export function onlyFloat(vector: Vector, steps: number): Float64Array {
  const out = new Float64Array(steps).fill(NaN)
  for (let step = 0; step < steps; step++) {
    const floats = vector.filter((series) => series.kinds[step] === FLOAT)
    if (floats.length === 1) out[step] = (floats[0] as StepSeries).values[step] as number
  }
  return out
}
