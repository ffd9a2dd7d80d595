// Aggregations over series, step by step.

import type { Aggregate } from './ast.ts'
import { average, total, usesOwnBounds, bucketsOf, type NativeHistogram } from './histogram.ts'
import { METRIC_NAME, type Labels } from './labels.ts'
import { formatG, formatPlain } from './literals.ts'
import type { Notes } from './notes.ts'
import { quantileOfSorted, sortNaNFirst } from './quantile.ts'
import { mean, Sum } from './sum.ts'
import {
  ABSENT,
  evaluationError,
  FLOAT,
  histogramAt,
  HISTOGRAM,
  sampleAt,
  setFloat,
  setHistogram,
  VectorBuilder,
  type StepSeries,
  type Vector,
} from './value.ts'

interface Group {
  readonly labels: Labels
  readonly members: StepSeries[]
}

function groupLabels(node: Aggregate, labels: Labels): Labels {
  return node.grouping.without
    ? labels.without([...node.grouping.labels, METRIC_NAME])
    : labels.keep(node.grouping.labels)
}

function groupsOf(node: Aggregate, vector: Vector): Group[] {
  const groups = new Map<string, Group>()
  for (const series of vector) {
    const labels = groupLabels(node, series.labels)
    const group = groups.get(labels.key)
    if (group) group.members.push(series)
    else groups.set(labels.key, { labels, members: [series] })
  }
  return [...groups.values()]
}

/** @param param the scalar argument per step (topk, bottomk, limitk, quantile) */
export function aggregate(
  node: Aggregate,
  vector: Vector,
  param: Float64Array | undefined,
  steps: number,
  notes: Notes,
): Vector {
  if (node.op === 'topk' || node.op === 'bottomk' || node.op === 'limitk')
    return select(node, vector, param as Float64Array, steps, notes)
  const builder = new VectorBuilder(steps)
  if (node.op === 'quantile' && param && node.param) for (const q of param) notes.quantile(q, node.param)
  for (const { labels, members } of groupsOf(node, vector)) {
    const out = builder.series(
      labels,
      members.some((series) => series.dropName),
    )
    const values = new Float64Array(members.length)
    for (let step = 0; step < steps; step++) {
      let floats = 0
      let histograms = 0
      for (const series of members) {
        const kind = series.kinds[step]
        if (kind === FLOAT) values[floats++] = series.values[step] as number
        else if (kind === HISTOGRAM) histograms++
      }
      if (floats + histograms === 0) continue
      if (node.op === 'count') setFloat(out, step, floats + histograms)
      else if (node.op === 'group') setFloat(out, step, 1)
      else if (node.op === 'sum' || node.op === 'avg') {
        if (floats > 0 && histograms > 0)
          notes.warn('encountered a mix of histograms and floats for aggregation', node.expr)
        else if (histograms > 0) {
          const joined = joinHistograms(members, step, notes, node)
          if (joined) setHistogram(out, step, joined)
        } else setFloat(out, step, node.op === 'avg' ? mean(values, 0, floats) : sumOf(values, floats))
      } else {
        if (histograms > 0) notes.info(`ignored histogram in ${node.op} aggregation`, node.expr)
        if (floats > 0) setFloat(out, step, fold(node.op, values, floats, param?.[step] ?? NaN))
      }
    }
  }
  return builder.build()
}

function sumOf(values: Float64Array, n: number): number {
  const sum = new Sum()
  for (let i = 0; i < n; i++) sum.add(values[i] as number)
  return sum.value
}

function fold(op: string, values: Float64Array, n: number, param: number): number {
  switch (op) {
    case 'min':
    case 'max': {
      let best = values[0] as number
      for (let i = 1; i < n; i++) {
        const v = values[i] as number
        if ((op === 'min' ? v < best : v > best) || Number.isNaN(best)) best = v
      }
      return best
    }
    case 'quantile':
      return quantileOfSorted(param, sortNaNFirst(Array.from(values.subarray(0, n))))
    default: {
      let average = 0
      let squares = 0
      for (let i = 0; i < n; i++) {
        const v = values[i] as number
        if (!Number.isFinite(v)) return NaN
        const delta = v - average
        average += delta / (i + 1)
        squares += delta * (v - average)
      }
      return op === 'stdvar' ? squares / n : Math.sqrt(squares / n)
    }
  }
}

function joinHistograms(
  members: readonly StepSeries[],
  step: number,
  notes: Notes,
  node: Aggregate,
): NativeHistogram | undefined {
  const parts = members.map((series) => histogramAt(series, step)).filter((h) => h !== undefined)
  const sum = node.op === 'avg' ? average(parts) : total(parts)
  if (!sum) {
    notes.mixedBuckets(members[0]?.labels.metricName ?? '', node.expr)
    return undefined
  }
  if (sum.collision) notes.resetCollision('aggregation', node.expr)
  if (sum.reconciled) notes.reconciled('aggregation', node.expr)
  return sum.histogram
}

function select(node: Aggregate, vector: Vector, param: Float64Array, steps: number, notes: Notes): Vector {
  for (const k of param) {
    if (Number.isNaN(k)) throw evaluationError('Parameter value is NaN')
    if (Math.abs(k) >= 2 ** 63) throw evaluationError(`Scalar value ${k} overflows int64`)
  }
  const builder = new VectorBuilder(steps)
  const groups = groupsOf(node, vector)
  for (let step = 0; step < steps; step++) {
    const k = Math.trunc(param[step] as number)
    if (k < 1) continue
    for (const { members } of groups) {
      let present = members.filter((series) => series.kinds[step] !== ABSENT)
      if (node.op !== 'limitk') {
        if (present.some((series) => series.kinds[step] === HISTOGRAM))
          notes.info(`ignored histogram in ${node.op} aggregation`, node)
        present = present.filter((series) => series.kinds[step] === FLOAT)
        const sign = node.op === 'topk' ? -1 : 1
        present.sort((a, b) => orderNaNLast(a.values[step] as number, b.values[step] as number, sign))
      }
      for (const series of present.slice(0, k)) {
        const sample = sampleAt(series, step)
        if (sample !== undefined) builder.put(builder.series(series.labels, series.dropName), step, sample)
      }
    }
  }
  return builder.build()
}

/** @param sign 1 rising, -1 falling */
export function orderNaNLast(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  if (Number.isNaN(b)) return -1
  return a === b ? 0 : a < b ? -sign : sign
}

/** One series per value, counted. */
export function countValues(node: Aggregate, vector: Vector, label: string, steps: number): Vector {
  const builder = new VectorBuilder(steps)
  for (const series of vector)
    for (let step = 0; step < steps; step++) {
      const sample = sampleAt(series, step)
      if (sample === undefined) continue
      const text = typeof sample === 'number' ? formatPlain(sample) : printHistogram(sample)
      const base = groupLabels(node, series.labels.with([[label, text]]))
      const kept = node.grouping.without ? base : base.with([[label, text]])
      const out = builder.series(kept, false)
      setFloat(out, step, out.kinds[step] === ABSENT ? 1 : (out.values[step] as number) + 1)
    }
  return builder.build()
}

/** As Prometheus prints a histogram in a label. */
function printHistogram(h: NativeHistogram): string {
  const parts = [`count:${formatG(h.count)}`, `sum:${formatG(h.sum)}`]
  for (const { lower, upper, count } of bucketsOf(h)) {
    const own = usesOwnBounds(h)
    const [left, right] = own
      ? lower === -Infinity
        ? '[]'
        : '(]'
      : lower < 0 && upper > 0
        ? '[]'
        : lower < 0
          ? '[)'
          : '(]'
    parts.push(`${left}${formatG(lower)},${formatG(upper)}${right}:${formatG(count)}`)
  }
  return `{${parts.join(', ')}}`
}
