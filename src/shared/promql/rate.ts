// rate, increase, delta and their instant kin: extrapolation to the edges of the window, counter resets, histograms.

import type { Expr } from './ast.ts'
import {
  combine,
  divide,
  emptyLike,
  isReset,
  scale,
  toSchema,
  usesOwnBounds,
  type NativeHistogram,
} from './histogram.ts'
import type { Notes } from './notes.ts'
import type { RawSeries } from './source.ts'
import {
  histogram,
  histogramTime,
  isMixed,
  samplesIn,
  time,
  value,
  type RangeFunction,
  type Result,
  type Window,
} from './window.ts'

/** Before each sample, the sum of the values that resets took away: an increase over any window is then a difference. */
function resetTotals(series: RawSeries): Float64Array {
  const { values } = series
  const totals = new Float64Array(values.length)
  for (let i = 1; i < values.length; i++) {
    const before = values[i - 1] as number
    totals[i] = (totals[i - 1] as number) + ((values[i] as number) < before ? before : 0)
  }
  return totals
}

function floatIncrease(w: Window, counter: boolean): number {
  const difference = value(w, w.hi - 1) - value(w, w.lo)
  if (!counter) return difference
  const totals = (w.resets ??= resetTotals(w.series))
  const lost = (totals[w.hi - 1] as number) - (totals[w.lo] as number)
  if (Number.isFinite(lost)) return difference + lost
  let exact = difference
  for (let i = w.lo + 1; i < w.hi; i++) if (value(w, i) < value(w, i - 1)) exact += value(w, i - 1)
  return exact
}

/** @param perSecond rate rather than increase */
export function extrapolated(counter: boolean, perSecond: boolean): RangeFunction {
  return (w, notes, place) => {
    if (isMixed(w)) {
      notes.mixedRange(w.metric, place)
      return undefined
    }
    if (samplesIn(w) < 2) return undefined
    const floats = w.hi > w.lo
    let change: Result = floats ? floatIncrease(w, counter) : histogramIncrease(w, counter, notes, place)
    if (change === undefined) return undefined
    const first = floats ? time(w, w.lo) : histogramTime(w, w.hLo)
    const last = floats ? time(w, w.hi - 1) : histogramTime(w, w.hHi - 1)
    const sampled = (last - first) / 1000
    const average = sampled / (samplesIn(w) - 1)
    const near = average * 1.1
    let toStart = (first - w.start) / 1000
    let toEnd = (w.end - last) / 1000
    if (toStart >= near) toStart = average / 2
    if (counter) {
      // a counter was never below zero: do not extrapolate past the point where it would have been
      const begin = floats ? value(w, w.lo) : histogram(w, w.hLo).count
      const grew = typeof change === 'number' ? change : change.count
      if (grew > 0 && begin >= 0) toStart = Math.min(toStart, sampled * (begin / grew))
    }
    if (toEnd >= near) toEnd = average / 2
    let factor = (sampled + toStart + toEnd) / sampled
    if (perSecond) factor /= w.range / 1000
    if (typeof change === 'number') change *= factor
    else change = scale(change, factor)
    return change
  }
}

function histogramIncrease(w: Window, counter: boolean, notes: Notes, place: Expr): NativeHistogram | undefined {
  const points = w.series.histograms.slice(w.hLo, w.hHi)
  const second = points[1] as NativeHistogram
  const last = points.at(-1) as NativeHistogram
  let first = points[0] as NativeHistogram
  if (counter ? points.some((h) => h.hint === 'gauge') : first.hint !== 'gauge' || last.hint !== 'gauge')
    notes.warn(
      `this native histogram metric is not a ${counter ? 'counter' : 'gauge'}: ${JSON.stringify(w.metric)}`,
      place,
    )
  // a reset between the first two: the first does not count, whatever its buckets
  if (counter && isReset(second, first)) first = emptyLike(second)
  const own = usesOwnBounds(first)
  if (usesOwnBounds(last) !== own || (counter && points.slice(1, -1).some((h) => usesOwnBounds(h) !== own))) {
    notes.mixedBuckets(w.metric, place)
    return undefined
  }
  const inner = counter ? points.slice(1, -1) : []
  const schema = Math.min(first.schema, last.schema, ...inner.map((h) => h.schema))
  const difference = combine(toSchema(last, schema), first, -1)
  if (!difference) return undefined
  if (difference.reconciled) notes.reconciled('subtraction', place)
  let total = difference.histogram
  if (counter) {
    let previous = first
    for (const current of points.slice(1)) {
      if (isReset(current, previous)) {
        const sum = combine(total, previous, 1)
        if (!sum) return undefined
        if (sum.reconciled) notes.reconciled('addition', place)
        total = sum.histogram
      }
      previous = current
    }
  }
  return { ...total, hint: 'gauge' }
}

/** irate and idelta: the last two samples, whatever their kind. */
export function lastTwo(perSecond: boolean): RangeFunction {
  return (w, notes, place) => {
    const found: Array<{ at: number; sample: number | NativeHistogram }> = []
    for (let i = Math.max(w.lo, w.hi - 2); i < w.hi; i++) found.push({ at: time(w, i), sample: value(w, i) })
    for (let i = Math.max(w.hLo, w.hHi - 2); i < w.hHi; i++)
      found.push({ at: histogramTime(w, i), sample: histogram(w, i) })
    found.sort((a, b) => a.at - b.at)
    const [before, after] = found.slice(-2)
    if (!before || !after || after.at === before.at) return undefined
    const seconds = (after.at - before.at) / 1000
    const a = before.sample
    const b = after.sample
    if (typeof a === 'number' && typeof b === 'number') {
      const change = perSecond && b < a ? b : b - a
      return perSecond ? change / seconds : change
    }
    if (typeof a === 'number' || typeof b === 'number') {
      notes.mixedRange(w.metric, place)
      return undefined
    }
    if (perSecond ? a.hint === 'gauge' || b.hint === 'gauge' : a.hint !== 'gauge' || b.hint !== 'gauge')
      notes.warn(
        `this native histogram metric is not a ${perSecond ? 'counter' : 'gauge'}: ${JSON.stringify(w.metric)}`,
        place,
      )
    let change = b
    if (!perSecond || !isReset(b, a)) {
      const difference = combine(b, a, -1)
      if (!difference) {
        notes.mixedBuckets(w.metric, place)
        return undefined
      }
      if (difference.reconciled) notes.reconciled('subtraction', place)
      change = difference.histogram
    }
    change = { ...change, hint: 'gauge' }
    return perSecond ? divide(change, seconds) : change
  }
}
