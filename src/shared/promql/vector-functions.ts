// Functions over instant vectors that look at labels or at whole vectors.

import type { Call, Expr } from './ast.ts'
import { stripParens } from './ast.ts'
import {
  nativeVariance,
  classicFraction,
  classicQuantile,
  nativeFraction,
  nativeQuantile,
  type ClassicBucket,
} from './quantile.ts'
import type { NativeHistogram } from './histogram.ts'
import { compareLabels, Labels, METRIC_NAME } from './labels.ts'
import { formatG } from './literals.ts'
import { anchoredRegex } from './matchers.ts'
import type { Notes } from './notes.ts'
import { orderNaNLast } from './aggregate.ts'
import { FLOAT, histogramAt, newSeries, setFloat, VectorBuilder, type StepSeries, type Vector } from './value.ts'

/** A number from each float; histograms are left out. */
export function mapFloats(vector: Vector, change: (value: number, step: number) => number): Vector {
  return vector.map((series) => {
    const out = newSeries(series.labels, true, series.kinds.length)
    for (let step = 0; step < series.kinds.length; step++)
      if (series.kinds[step] === FLOAT) setFloat(out, step, change(series.values[step] as number, step))
    return out
  })
}

const OF_HISTOGRAM: Readonly<Record<string, (h: NativeHistogram) => number>> = {
  histogram_count: (h) => h.count,
  histogram_sum: (h) => h.sum,
  histogram_avg: (h) => h.sum / h.count,
  histogram_stdvar: nativeVariance,
  histogram_stddev: (h) => Math.sqrt(nativeVariance(h)),
}

/** A number from each native histogram, for the histogram_* functions of one argument; undefined for another name. */
export function mapHistograms(name: string, vector: Vector): Vector | undefined {
  const change = Object.hasOwn(OF_HISTOGRAM, name) ? OF_HISTOGRAM[name] : undefined
  if (!change) return undefined
  return vector.map((series) => {
    const out = newSeries(series.labels, true, series.kinds.length)
    for (let step = 0; step < series.kinds.length; step++) {
      const h = histogramAt(series, step)
      if (h) setFloat(out, step, change(h))
    }
    return out
  })
}

interface HistogramInput {
  readonly natives: Array<{ labels: Labels; histogram: NativeHistogram }>
  readonly classics: Array<{ labels: Labels; buckets: ClassicBucket[] }>
}

/** `le` of a series: a number, or undefined when it is missing or malformed. */
function boundOf(text: string): number | undefined {
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity
  if (/^-inf(inity)?$/i.test(text)) return -Infinity
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}

/** The histograms of a vector step by step: native ones, and classic ones gathered from their buckets. */
function* histogramsByStep(
  vector: Vector,
  steps: number,
  notes: Notes,
  place: Expr,
): Generator<readonly [number, HistogramInput]> {
  const prepared = vector.map((series) => ({
    series,
    le: boundOf(series.labels.get('le')),
    group: series.labels.without(['le']),
  }))
  for (let step = 0; step < steps; step++) {
    const classics = new Map<string, { labels: Labels; buckets: ClassicBucket[] }>()
    const natives: HistogramInput['natives'] = []
    for (const { series, le, group } of prepared) {
      const h = histogramAt(series, step)
      if (h) natives.push({ labels: series.labels, histogram: h })
      if (series.kinds[step] !== FLOAT) continue
      if (le === undefined) {
        const name = series.labels.metricName
        const named = name === '' ? '' : ` for metric name ${JSON.stringify(name)}`
        notes.warn(
          `bucket label "le" is missing or has a malformed value of ${JSON.stringify(series.labels.get('le'))}${named}`,
          place,
        )
        continue
      }
      const bucket = { le, count: series.values[step] as number }
      const found = classics.get(group.key)
      if (found) found.buckets.push(bucket)
      else classics.set(group.key, { labels: group, buckets: [bucket] })
    }
    const pure = natives.filter(({ labels }) => {
      if (!classics.delete(labels.key)) return true
      const name = labels.metricName
      notes.warn(
        `vector contains a mix of classic and native histograms${name === '' ? '' : ` for metric name ${JSON.stringify(name)}`}`,
        place,
      )
      return false
    })
    yield [step, { natives: pure, classics: [...classics.values()] }]
  }
}

const forMetric = (labels: Labels): string =>
  labels.metricName === '' ? '' : ` for metric name ${JSON.stringify(labels.metricName)}`

/** @param label set by histogram_quantiles: takes the quantile as a label of this name */
export function histogramQuantile(
  vector: Vector,
  qs: readonly Float64Array[],
  label: string | undefined,
  times: Float64Array,
  notes: Notes,
  place: Expr,
): Vector {
  const builder = new VectorBuilder(times.length)
  const named = (labels: Labels, q: number) => (label === undefined ? labels : labels.with([[label, quantileLabel(q)]]))
  for (const [step, { natives, classics }] of histogramsByStep(vector, times.length, notes, place))
    for (const perStep of qs) {
      const q = perStep[step] as number
      for (const { labels, histogram } of natives) {
        const { value, note } = nativeQuantile(q, histogram)
        if (note)
          notes.info(
            `input to histogram_quantile has NaN observations, result is ${note === 'result' ? 'NaN' : 'skewed higher'}${forMetric(labels)}`,
            place,
          )
        builder.put(builder.series(named(labels, q), true), step, value)
      }
      for (const { labels, buckets } of classics) {
        const { value, forced } = classicQuantile(q, buckets)
        if (forced) notes.forcedMonotonic(labels.metricName, place, times[step] as number, forced)
        builder.put(builder.series(named(labels, q), true), step, value)
      }
    }
  return builder.build()
}

/** As OpenMetrics writes a float: a whole one keeps its point. */
function quantileLabel(q: number): string {
  return Number.isInteger(q) ? `${q}.0` : formatG(q)
}

export function histogramFraction(
  vector: Vector,
  lower: Float64Array,
  upper: Float64Array,
  steps: number,
  notes: Notes,
  place: Expr,
): Vector {
  const builder = new VectorBuilder(steps)
  for (const [step, { natives, classics }] of histogramsByStep(vector, steps, notes, place)) {
    const low = lower[step] as number
    const high = upper[step] as number
    for (const { labels, histogram } of natives) {
      const { value, excludedNaN } = nativeFraction(low, high, histogram)
      if (excludedNaN)
        notes.info(
          `input to histogram_fraction has NaN observations, which are excluded from all fractions${forMetric(labels)}`,
          place,
        )
      builder.put(builder.series(labels, true), step, value)
    }
    for (const { labels, buckets } of classics)
      builder.put(builder.series(labels, true), step, classicFraction(low, high, buckets))
  }
  return builder.build()
}

/** @param texts destination, replacement, source, regex */
export function labelReplace(vector: Vector, texts: readonly string[], steps: number): Vector {
  const [destination, replacement, source, regexText] = texts as [string, string, string, string]
  const regex = anchoredRegex(regexText)
  const builder = new VectorBuilder(steps)
  for (const series of vector) {
    const found = regex.matcher(series.labels.get(source))
    if (!found.matches()) {
      builder.add(series)
      continue
    }
    const value = replacement.replace(
      /\$(?:\$|(\w+)|\{(\w+)\})/g,
      (whole, plain: string | undefined, braced: string | undefined) => {
        const name = plain ?? braced
        if (name === undefined) return whole === '$$' ? '$' : whole
        if (!/^\d+$/.test(name)) return found.getNamedGroups()[name] ?? ''
        return Number(name) <= found.groupCount() ? (found.group(Number(name)) ?? '') : ''
      },
    )
    relabelled(builder, series, destination, value)
  }
  return builder.build()
}

function relabelled(builder: VectorBuilder, series: StepSeries, name: string, value: string): void {
  // a name set on purpose stays
  const renamed = name === METRIC_NAME ? { ...series, dropName: false } : series
  builder.add(renamed, series.labels.with([[name, value]]))
}

/** @param texts destination, separator, sources */
export function labelJoin(vector: Vector, texts: readonly string[], steps: number): Vector {
  const [destination, separator, ...sources] = texts as [string, string, ...string[]]
  const builder = new VectorBuilder(steps)
  for (const series of vector)
    relabelled(builder, series, destination, sources.map((name) => series.labels.get(name)).join(separator))
  return builder.build()
}

/** Order matters in an instant query only. */
export function sortVector(name: string, vector: Vector, labels: readonly string[]): Vector {
  const sign = name.endsWith('_desc') ? -1 : 1
  if (name === 'sort' || name === 'sort_desc')
    return vector
      .filter((series) => series.kinds.some((kind) => kind === FLOAT))
      .sort((a, b) => orderNaNLast(a.values[0] as number, b.values[0] as number, sign))
  return [...vector].sort((a, b) => {
    for (const label of labels) {
      const order = naturalOrder(a.labels.get(label), b.labels.get(label))
      if (order !== 0) return sign * order
    }
    return sign * compareLabels(a.labels, b.labels)
  })
}

/** Runs of digits compare as numbers: cpu2 before cpu10. */
function naturalOrder(a: string, b: string): number {
  const pieces = /\d+|\D+/g
  const left = a.match(pieces) ?? []
  const right = b.match(pieces) ?? []
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i] as string
    const y = right[i] as string
    if (x === y) continue
    if (/^\d/.test(x) && /^\d/.test(y) && BigInt(x) !== BigInt(y)) return BigInt(x) < BigInt(y) ? -1 : 1
    return x < y ? -1 : 1
  }
  return left.length - right.length
}

/** The labels that absent() can know: those its selector fixes with `=` once. */
export function absentLabels(node: Call): Labels {
  const arg = stripParens(node.args[0] as Expr)
  const matchers = arg.kind === 'selector' ? arg.matchers : arg.kind === 'matrix' ? arg.selector.matchers : []
  const known = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, op, value } of matchers) {
    if (name === METRIC_NAME) continue
    if (op === '=' && !seen.has(name)) known.set(name, value)
    else known.delete(name)
    if (op === '=') seen.add(name)
  }
  return Labels.of(known)
}
