// Functions over a range: one value from the raw samples of a window.

import type { Expr } from './ast.ts'
import { average, type Combined, equalHistograms, isReset, total, type NativeHistogram } from './histogram.ts'
import type { Notes } from './notes.ts'
import { quantileOfSorted, sortNaNFirst } from './quantile.ts'
import { extrapolated, lastTwo } from './rate.ts'
import { mean, Sum } from './sum.ts'
import { evaluationError } from './value.ts'
import {
  histogram,
  histogramTime,
  isMixed,
  merged,
  samplesIn,
  time,
  value,
  type RangeFunction,
  type Result,
  type Window,
} from './window.ts'

const slice = (w: Window): number[] => Array.from(w.series.values.subarray(w.lo, w.hi))

/** Floats only; histograms in the same window are named as ignored. */
function floats(run: (w: Window) => number, least = 1): RangeFunction {
  return (w, notes, place) => {
    const n = w.hi - w.lo
    if (n > 0 && w.hHi > w.hLo) notes.ignoredHistograms(w.metric, place)
    return n < least ? undefined : run(w)
  }
}

/** Floats or histograms, but not both. */
function either(run: (w: Window) => number, join: (w: Window, notes: Notes, place: Expr) => Result): RangeFunction {
  return (w, notes, place) => {
    if (isMixed(w)) {
      notes.mixedRange(w.metric, place)
      return undefined
    }
    return w.hi > w.lo ? run(w) : join(w, notes, place)
  }
}

const sumHistograms = (w: Window, notes: Notes, place: Expr): NativeHistogram | undefined =>
  joined(total(w.series.histograms.slice(w.hLo, w.hHi)), w, notes, place)

function joined(sum: Combined | undefined, w: Window, notes: Notes, place: Expr): NativeHistogram | undefined {
  if (!sum) {
    notes.mixedBuckets(w.metric, place)
    return undefined
  }
  if (sum.collision) notes.resetCollision('aggregation', place)
  if (sum.reconciled) notes.reconciled('aggregation', place)
  return sum.histogram
}

/** First index whose value wins by `better`; NaN loses to any number. */
function extreme(w: Window, better: (candidate: number, best: number) => boolean): number {
  let best = w.lo
  for (let i = w.lo + 1; i < w.hi; i++)
    if (better(value(w, i), value(w, best)) || Number.isNaN(value(w, best))) best = i
  return best
}
const higher = (a: number, b: number) => a > b
const lower = (a: number, b: number) => a < b
const higherOrSame = (a: number, b: number) => a >= b
const lowerOrSame = (a: number, b: number) => a <= b

/** The sample at an end of the window: whether a float stands there, and its index. */
function edge(w: Window, last: boolean): { float: boolean; i: number } {
  const f = last ? w.hi - 1 : w.lo
  const h = last ? w.hHi - 1 : w.hLo
  if (w.hHi === w.hLo) return { float: true, i: f }
  if (w.hi === w.lo) return { float: false, i: h }
  const floatWins = last ? histogramTime(w, h) < time(w, f) : time(w, f) < histogramTime(w, h)
  return floatWins ? { float: true, i: f } : { float: false, i: h }
}

function atEdge(last: boolean, what: 'value' | 'time'): RangeFunction {
  return (w) => {
    const { float, i } = edge(w, last)
    if (what === 'time') return (float ? time(w, i) : histogramTime(w, i)) / 1000
    return float ? value(w, i) : histogram(w, i)
  }
}

/** Count of neighbours for which `differs` holds; a change between float and histogram always counts. */
function countSteps(
  differs: (before: number, after: number) => boolean,
  differsHistogram: (before: NativeHistogram, after: NativeHistogram) => boolean,
): RangeFunction {
  return (w) => {
    let count = 0
    let before: number | NativeHistogram | undefined
    for (const sample of merged(w)) {
      if (before !== undefined) {
        if (typeof before === 'number' && typeof sample === 'number') count += differs(before, sample) ? 1 : 0
        else if (typeof before !== 'number' && typeof sample !== 'number')
          count += differsHistogram(before, sample) ? 1 : 0
        else count++
      }
      before = sample
    }
    return count
  }
}

function variance(w: Window): number {
  const average = new Sum()
  const squares = new Sum()
  let count = 0
  for (let i = w.lo; i < w.hi; i++) {
    count++
    const sample = value(w, i)
    const delta = sample - average.value
    average.add(delta / count)
    squares.add(delta * (sample - average.value))
  }
  return squares.value / count
}

function median(values: number[]): number {
  return quantileOfSorted(0.5, sortNaNFirst(values))
}

/** Least squares over the window; x is seconds from `origin` (milliseconds). */
function regression(w: Window, origin: number): { slope: number; intercept: number } {
  const initial = value(w, w.lo)
  const [sx, sy, sxy, sxx] = [new Sum(), new Sum(), new Sum(), new Sum()]
  let constant = true
  for (let i = w.lo; i < w.hi; i++) {
    const x = (time(w, i) - origin) / 1000
    const y = value(w, i)
    if (y !== initial) constant = false
    sx.add(x)
    sy.add(y)
    sxy.add(x * y)
    sxx.add(x * x)
  }
  if (constant) return Number.isFinite(initial) ? { slope: 0, intercept: initial } : { slope: NaN, intercept: NaN }
  const n = w.hi - w.lo
  const slope = (sxy.value - (sx.value * sy.value) / n) / (sxx.value - (sx.value * sx.value) / n)
  return { slope, intercept: sy.value / n - (slope * sx.value) / n }
}

function smooth(w: Window): number {
  const [sf, tf] = w.params as [number, number]
  if (!(sf > 0 && sf < 1)) throw evaluationError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${sf}`)
  if (!(tf > 0 && tf < 1)) throw evaluationError(`invalid trend factor. Expected: 0 < tf < 1, got: ${tf}`)
  let before = 0
  let level = value(w, w.lo)
  let trend = value(w, w.lo + 1) - level
  for (let i = w.lo + 1; i < w.hi; i++) {
    if (i > w.lo + 1) trend = tf * (level - before) + (1 - tf) * trend
    const next = sf * value(w, i) + (1 - sf) * (level + trend)
    before = level
    level = next
  }
  return level
}

export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', extrapolated(true, true)],
  ['increase', extrapolated(true, false)],
  ['delta', extrapolated(false, false)],
  ['irate', lastTwo(true)],
  ['idelta', lastTwo(false)],
  ['deriv', floats((w) => regression(w, time(w, w.lo)).slope, 2)],
  [
    'predict_linear',
    floats((w) => {
      const { slope, intercept } = regression(w, w.now)
      return slope * (w.params[0] as number) + intercept
    }, 2),
  ],
  ['double_exponential_smoothing', floats(smooth, 2)],
  [
    'changes',
    countSteps(
      (a, b) => a !== b && !(Number.isNaN(a) && Number.isNaN(b)),
      (a, b) => !equalHistograms(a, b),
    ),
  ],
  [
    'resets',
    countSteps(
      (a, b) => b < a,
      (a, b) => isReset(b, a),
    ),
  ],
  ['count_over_time', (w) => samplesIn(w)],
  ['present_over_time', () => 1],
  ['absent_over_time', () => 1],
  [
    'sum_over_time',
    either((w) => {
      const sum = new Sum()
      for (let i = w.lo; i < w.hi; i++) sum.add(value(w, i))
      return sum.value
    }, sumHistograms),
  ],
  [
    'avg_over_time',
    either(
      (w) => mean(w.series.values, w.lo, w.hi),
      (w, notes, place) => joined(average(w.series.histograms.slice(w.hLo, w.hHi)), w, notes, place),
    ),
  ],
  ['min_over_time', floats((w) => value(w, extreme(w, lower)))],
  ['max_over_time', floats((w) => value(w, extreme(w, higher)))],
  ['ts_of_min_over_time', floats((w) => time(w, extreme(w, lowerOrSame)) / 1000)],
  ['ts_of_max_over_time', floats((w) => time(w, extreme(w, higherOrSame)) / 1000)],
  ['first_over_time', atEdge(false, 'value')],
  ['last_over_time', atEdge(true, 'value')],
  ['ts_of_first_over_time', atEdge(false, 'time')],
  ['ts_of_last_over_time', atEdge(true, 'time')],
  ['stdvar_over_time', floats(variance)],
  ['stddev_over_time', floats((w) => Math.sqrt(variance(w)))],
  [
    'mad_over_time',
    floats((w) => {
      // one NaN leaves the middle unknown
      if (slice(w).some(Number.isNaN)) return NaN
      const middle = median(slice(w))
      return median(slice(w).map((sample) => Math.abs(sample - middle)))
    }),
  ],
  [
    'quantile_over_time',
    (w, notes, place) => {
      if (w.hi === w.lo) return undefined
      const q = w.params[0] as number
      notes.quantile(q, place)
      if (w.hHi > w.hLo) notes.ignoredHistograms(w.metric, place)
      return quantileOfSorted(q, sortNaNFirst(slice(w)))
    },
  ],
])

/** Functions whose value is still a sample of the metric keep its name. */
export const KEEPS_NAME: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time'])
