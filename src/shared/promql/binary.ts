// Binary operators: between scalars, a vector and a scalar, and two vectors matched by labels.

import { isComparison, type Binary, type BinaryOp, type Matching } from './ast.ts'
import { combine, divide, equalHistograms, scale, type NativeHistogram } from './histogram.ts'
import { METRIC_NAME, type Labels } from './labels.ts'
import type { Notes } from './notes.ts'
import {
  ABSENT,
  evaluationError,
  newSeries,
  sampleAt,
  setSample,
  VectorBuilder,
  type StepSeries,
  type Vector,
} from './value.ts'

type Sample = number | NativeHistogram

export function scalarOp(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '^':
      // Go takes 1^NaN and (-1)^Inf for 1, JS for NaN
      return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b
    case 'atan2':
      return Math.atan2(a, b)
    default:
      return compare(op, a, b) ? 1 : 0
  }
}

function compare(op: BinaryOp, a: number, b: number): boolean {
  switch (op) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '>':
      return a > b
    case '<':
      return a < b
    case '>=':
      return a >= b
    case '<=':
      return a <= b
    default:
      return false
  }
}

/** `keep`: a comparison that holds; `value` is then the left sample. Undefined: the two cannot meet (an info says so). */
function sampleOp(
  op: BinaryOp,
  a: Sample,
  b: Sample,
  notes: Notes,
  place: Binary,
): { value: Sample; keep: boolean } | undefined {
  if (typeof a === 'number' && typeof b === 'number')
    return isComparison(op) ? { value: a, keep: compare(op, a, b) } : { value: scalarOp(op, a, b), keep: true }
  if (typeof a === 'number' && typeof b !== 'number' && op === '*') return { value: scale(b, a), keep: true }
  if (typeof a !== 'number' && typeof b === 'number' && (op === '*' || op === '/'))
    return { value: op === '*' ? scale(a, b) : divide(a, b), keep: true }
  if (typeof a !== 'number' && typeof b !== 'number') {
    if (op === '==' || op === '!=') return { value: a, keep: equalHistograms(a, b) === (op === '==') }
    if (op === '+' || op === '-') {
      const combined = combine(a, b, op === '+' ? 1 : -1)
      const word = op === '+' ? 'addition' : 'subtraction'
      if (!combined) {
        notes.warn(`incompatible bucket layout encountered for binary operator ${op}`, place)
        return undefined
      }
      if (combined.collision) notes.resetCollision(word, place)
      if (combined.reconciled) notes.reconciled(word, place)
      return { value: op === '+' ? combined.histogram : { ...combined.histogram, hint: 'gauge' }, keep: true }
    }
  }
  const type = (sample: Sample) => (typeof sample === 'number' ? 'float' : 'histogram')
  notes.info(
    `incompatible sample types encountered for binary operator ${JSON.stringify(op)}: ${type(a)} ${op} ${type(b)}`,
    place,
  )
  return undefined
}

/** @param swap the scalar stands on the left */
export function vectorScalar(node: Binary, vector: Vector, scalar: Float64Array, swap: boolean, notes: Notes): Vector {
  const { op, bool } = node
  const dropName = bool || !isComparison(op)
  return vector.map((series) => {
    const out = newSeries(series.labels, series.dropName || dropName, series.kinds.length)
    for (let step = 0; step < series.kinds.length; step++) {
      const sample = sampleAt(series, step)
      if (sample === undefined) continue
      const other = scalar[step] as number
      const result = sampleOp(op, swap ? other : sample, swap ? sample : other, notes, node)
      if (!result) continue
      if (bool) setSample(out, step, result.keep ? 1 : 0)
      else if (result.keep) setSample(out, step, isComparison(op) ? sample : result.value)
    }
    return out
  })
}

function signature(labels: Labels, matching: Matching): string {
  return matching.on ? labels.keep(matching.labels).key : labels.without([...matching.labels, METRIC_NAME]).key
}

function bySignature(vector: Vector, matching: Matching): Map<string, StepSeries[]> {
  const groups = new Map<string, StepSeries[]>()
  for (const series of vector) {
    const key = signature(series.labels, matching)
    const group = groups.get(key)
    if (group) group.push(series)
    else groups.set(key, [series])
  }
  return groups
}

/** Per step: whether any series of the group is there. */
function presence(group: readonly StepSeries[] | undefined, steps: number): Uint8Array {
  const out = new Uint8Array(steps)
  for (const series of group ?? [])
    for (let step = 0; step < steps; step++) if (series.kinds[step] !== ABSENT) out[step] = 1
  return out
}

export function setOperation(node: Binary, left: Vector, right: Vector, steps: number): Vector {
  const { matching, op } = node
  const guards = new Map<string, Uint8Array>()
  const [kept, guarding] = op === 'or' ? [right, left] : [left, right]
  for (const [key, group] of bySignature(guarding, matching)) guards.set(key, presence(group, steps))
  const filtered = kept.map((series) => {
    const guard = guards.get(signature(series.labels, matching))
    const out = newSeries(series.labels, series.dropName, steps)
    for (let step = 0; step < steps; step++) {
      const sample = sampleAt(series, step)
      const guarded = guard?.[step] === 1
      if (sample !== undefined && guarded === (op === 'and')) setSample(out, step, sample)
    }
    return out
  })
  return op === 'or' ? [...left, ...filtered] : filtered
}

export function vectorVector(node: Binary, left: Vector, right: Vector, steps: number, notes: Notes): Vector {
  const { matching, op, bool } = node
  const flipped = matching.card === 'one-to-many'
  const many = flipped ? right : left
  const one = flipped ? left : right
  // Prometheus swaps the sides of group_right but not their fills: fill_left always stands in for the side of many
  const fillOne = matching.fillRight
  const fillMany = matching.fillLeft
  const builder = new VectorBuilder(steps)
  const manyGroups = bySignature(many, matching)
  const oneGroups = bySignature(one, matching)

  const emit = (
    m: StepSeries | Labels,
    mSample: Sample,
    o: StepSeries | Labels,
    oSample: Sample,
    step: number,
    target: { series?: StepSeries },
    seen: Set<string>,
  ) => {
    const result = sampleOp(op, flipped ? oSample : mSample, flipped ? mSample : oSample, notes, node)
    if (!result) return
    if (!target.series) {
      const labels = resultLabels('labels' in m ? m.labels : m, 'labels' in o ? o.labels : o, node)
      target.series = builder.series(labels, bool || ('labels' in m && m.dropName))
    }
    if (seen.has(target.series.labels.key))
      throw evaluationError(
        matching.card === 'one-to-one'
          ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
          : 'multiple matches for labels: grouping labels must ensure unique matches',
      )
    seen.add(target.series.labels.key)
    if (bool) builder.put(target.series, step, result.keep ? 1 : 0)
    else if (result.keep) builder.put(target.series, step, result.value)
  }

  for (const key of new Set([...manyGroups.keys(), ...oneGroups.keys()])) {
    const ms = manyGroups.get(key) ?? []
    const os = oneGroups.get(key) ?? []
    if ((ms.length === 0 && fillMany === undefined) || (os.length === 0 && fillOne === undefined)) {
      assertUnique(os, steps, many, node, flipped)
      continue
    }
    const sample = (ms[0] ?? os[0]) as StepSeries
    const stub = matching.on
      ? sample.labels.keep(matching.labels)
      : sample.labels.without([...matching.labels, METRIC_NAME])
    const targets = new Map<string, { series?: StepSeries }>()
    const target = (i: number, j: number) => {
      const id = `${i}:${j}`
      let found = targets.get(id)
      if (!found) {
        found = {}
        targets.set(id, found)
      }
      return found
    }
    for (let step = 0; step < steps; step++) {
      let at = -1
      for (let j = 0; j < os.length; j++) {
        if (os[j]?.kinds[step] === ABSENT) continue
        if (at >= 0) throw duplicates(os[at] as StepSeries, os[j] as StepSeries, node, flipped)
        at = j
      }
      const single = at < 0 ? undefined : (os[at] as StepSeries)
      const oSample = single ? sampleAt(single, step) : fillOne
      const seen = new Set<string>()
      let matched = false
      for (let i = 0; i < ms.length; i++) {
        const m = ms[i] as StepSeries
        const mSample = sampleAt(m, step)
        if (mSample === undefined || oSample === undefined) continue
        if (matching.card === 'one-to-one' && matched)
          throw evaluationError(
            'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
          )
        matched = true
        emit(m, mSample, single ?? stub, oSample, step, target(i, at), seen)
      }
      if (!matched && single && fillMany !== undefined)
        emit(stub, fillMany, single, sampleAt(single, step) as Sample, step, target(-1, at), seen)
    }
  }
  return builder.build()
}

/** Duplicates on the single side are an error even where nothing meets them, if the other side has anything at that step. */
function assertUnique(os: readonly StepSeries[], steps: number, many: Vector, node: Binary, flipped: boolean): void {
  if (os.length < 2 || many.length === 0) return
  const others = presence(many, steps)
  for (let step = 0; step < steps; step++) {
    if (others[step] !== 1) continue
    const here = os.filter((series) => series.kinds[step] !== ABSENT)
    if (here[0] && here[1]) throw duplicates(here[0], here[1], node, flipped)
  }
}

function duplicates(a: StepSeries, b: StepSeries, node: Binary, flipped: boolean): Error {
  const group = node.matching.on
    ? a.labels.keep(node.matching.labels)
    : a.labels.without([...node.matching.labels, METRIC_NAME])
  const [first, second] = [String(a.labels), String(b.labels)].sort()
  return evaluationError(
    `found duplicate series for the match group ${group} on the ${flipped ? 'left' : 'right'} hand-side of the operation: [${first}, ${second}];many-to-many matching not allowed: matching labels must be unique on one side`,
  )
}

function resultLabels(many: Labels, one: Labels, node: Binary): Labels {
  const { matching, op } = node
  let labels = isComparison(op) ? many : many.withoutName()
  if (matching.card === 'one-to-one')
    labels = matching.on ? labels.keep(matching.labels) : labels.without(matching.labels)
  if (matching.include.length === 0) return labels
  return labels.with(matching.include.map((name) => [name, one.get(name)] as const))
}
