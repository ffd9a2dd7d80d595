// Native histograms: sparse buckets on an exponential scale (schema -4..8) or with own bounds (schema -53), and their
// arithmetic. Values are immutable; an operation answers with a new histogram. Empty buckets are never kept.

import { Sum } from './sum.ts'

export const CUSTOM_SCHEMA = -53
export type ResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge'

/** Counts by bucket index; for exponential schemas bucket i of the positive side is (base^(i-1), base^i], base = 2^2^-schema. */
export type Buckets = ReadonlyMap<number, number>

export interface NativeHistogram {
  readonly schema: number
  readonly count: number
  readonly sum: number
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly positive: Buckets
  readonly negative: Buckets
  /** upper bounds of own buckets; the last bucket, past them, is open; empty for exponential schemas */
  readonly bounds: readonly number[]
  readonly hint: ResetHint
}

export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

export const usesOwnBounds = (h: NativeHistogram): boolean => h.schema === CUSTOM_SCHEMA

export function emptyLike(h: NativeHistogram): NativeHistogram {
  return { ...h, count: 0, sum: 0, zeroCount: 0, positive: new Map(), negative: new Map(), hint: 'unknown' }
}

/** Upper bound of a positive bucket. */
function upperBound(h: Pick<NativeHistogram, 'schema' | 'bounds'>, index: number): number {
  if (h.schema === CUSTOM_SCHEMA) return index < h.bounds.length ? (h.bounds[index] as number) : Infinity
  return 2 ** (index * 2 ** -h.schema)
}

function lowerBound(h: NativeHistogram, index: number): number {
  if (usesOwnBounds(h)) return index === 0 ? -Infinity : (h.bounds[index - 1] as number)
  return upperBound(h, index - 1)
}

/** All non-empty buckets from the lowest to the highest value. */
export function bucketsOf(h: NativeHistogram): Bucket[] {
  const out: Bucket[] = []
  for (const index of sortedIndexes(h.negative).reverse())
    out.push({ lower: -upperBound(h, index), upper: -lowerBound(h, index), count: h.negative.get(index) as number })
  if (h.zeroCount !== 0) out.push({ lower: -h.zeroThreshold, upper: h.zeroThreshold, count: h.zeroCount })
  for (const index of sortedIndexes(h.positive))
    out.push({ lower: lowerBound(h, index), upper: upperBound(h, index), count: h.positive.get(index) as number })
  return out
}

export const sortedIndexes = (buckets: Buckets): number[] => [...buckets.keys()].sort((a, b) => a - b)

export function scale(h: NativeHistogram, factor: number): NativeHistogram {
  return mapCounts(h, (value) => value * factor, factor < 0 ? 'gauge' : h.hint)
}

export function divide(h: NativeHistogram, divisor: number): NativeHistogram {
  const divided = mapCounts(h, (value) => value / divisor, divisor < 0 ? 'gauge' : h.hint)
  // over zero the counts lose their meaning: Prometheus drops the buckets
  return divisor === 0 ? { ...divided, positive: new Map(), negative: new Map() } : divided
}

function mapCounts(h: NativeHistogram, change: (value: number) => number, hint: ResetHint): NativeHistogram {
  const each = (buckets: Buckets) =>
    new Map([...buckets].map(([index, count]) => [index, change(count)] as const).filter(([, count]) => count !== 0))
  return {
    ...h,
    count: change(h.count),
    sum: change(h.sum),
    zeroCount: change(h.zeroCount),
    positive: each(h.positive),
    negative: each(h.negative),
    hint,
  }
}

export interface Combined {
  readonly histogram: NativeHistogram
  /** own bounds differed: only the common ones were kept */
  readonly reconciled: boolean
  /** one side said "reset", the other "not reset" */
  readonly collision: boolean
}

/** a + sign * b; undefined when exponential and own buckets meet. */
export function combine(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): Combined | undefined {
  if (usesOwnBounds(a) !== usesOwnBounds(b)) return undefined
  const { hint, collision } = combineHints(a.hint, b.hint)
  const totals = { count: a.count + sign * b.count, sum: a.sum + sign * b.sum, hint }
  if (usesOwnBounds(a)) {
    const same = equalLists(a.bounds, b.bounds)
    const bounds = same ? a.bounds : a.bounds.filter((bound) => b.bounds.includes(bound))
    const positive = addBuckets(same ? a.positive : rebound(a, bounds), same ? b.positive : rebound(b, bounds), sign)
    return { histogram: { ...a, ...totals, bounds, positive }, reconciled: !same, collision }
  }
  const [left, right] = sameZero(a, b)
  const schema = Math.min(left.schema, right.schema)
  const x = toSchema(left, schema)
  const y = toSchema(right, schema)
  const histogram = {
    ...x,
    ...totals,
    zeroCount: x.zeroCount + sign * y.zeroCount,
    positive: addBuckets(x.positive, y.positive, sign),
    negative: addBuckets(x.negative, y.negative, sign),
  }
  return { histogram, reconciled: false, collision }
}

function combineHints(a: ResetHint, b: ResetHint): { hint: ResetHint; collision: boolean } {
  if (a === b) return { hint: a, collision: false }
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', collision: false }
  return { hint: 'unknown', collision: a !== 'unknown' && b !== 'unknown' }
}

function addBuckets(a: Buckets, b: Buckets, sign: 1 | -1): Buckets {
  const out = new Map(a)
  for (const [index, count] of b) {
    const total = (out.get(index) ?? 0) + sign * count
    if (total === 0) out.delete(index)
    else out.set(index, total)
  }
  return out
}

function rebound(h: NativeHistogram, bounds: readonly number[]): Buckets {
  const out = new Map<number, number>()
  for (const [index, count] of h.positive) {
    const upper = upperBound(h, index)
    const found = bounds.findIndex((bound) => bound >= upper)
    const target = found < 0 ? bounds.length : found
    out.set(target, (out.get(target) ?? 0) + count)
  }
  return out
}

export function toSchema(h: NativeHistogram, schema: number): NativeHistogram {
  if (h.schema === schema || usesOwnBounds(h)) return h
  const shrink = 2 ** (h.schema - schema)
  const merge = (buckets: Buckets) => {
    const out = new Map<number, number>()
    for (const [index, count] of buckets) {
      const target = Math.ceil(index / shrink)
      out.set(target, (out.get(target) ?? 0) + count)
    }
    return out
  }
  return { ...h, schema, positive: merge(h.positive), negative: merge(h.negative) }
}

/** A wider zero bucket takes in the buckets it covers; one it would cut in two widens it further. */
function widenZero(h: NativeHistogram, threshold: number): NativeHistogram {
  let reach = threshold
  for (const buckets of [h.positive, h.negative])
    for (const index of buckets.keys())
      if (lowerBound(h, index) < reach && upperBound(h, index) > reach) reach = upperBound(h, index)
  if (reach !== threshold) return widenZero(h, reach)
  let zeroCount = h.zeroCount
  const outside = (buckets: Buckets) => {
    const out = new Map<number, number>()
    for (const [index, count] of buckets) {
      if (lowerBound(h, index) < reach) zeroCount += count
      else out.set(index, count)
    }
    return out
  }
  const positive = outside(h.positive)
  const negative = outside(h.negative)
  return { ...h, zeroThreshold: reach, zeroCount, positive, negative }
}

function sameZero(a: NativeHistogram, b: NativeHistogram): [NativeHistogram, NativeHistogram] {
  let [x, y] = [a, b]
  while (x.zeroThreshold !== y.zeroThreshold) {
    if (x.zeroThreshold < y.zeroThreshold) x = widenZero(x, y.zeroThreshold)
    else y = widenZero(y, x.zeroThreshold)
  }
  return [x, y]
}

export function equalHistograms(a: NativeHistogram, b: NativeHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroCount === b.zeroCount &&
    a.zeroThreshold === b.zeroThreshold &&
    equalLists(a.bounds, b.bounds) &&
    equalBuckets(a.positive, b.positive) &&
    equalBuckets(a.negative, b.negative)
  )
}

function equalBuckets(a: Buckets, b: Buckets): boolean {
  return a.size === b.size && [...a].every(([index, count]) => b.get(index) === count)
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** Whether the counter behind `current` started again after `previous`. */
export function isReset(current: NativeHistogram, previous: NativeHistogram): boolean {
  if (current.hint === 'reset') return true
  if (current.hint === 'not_reset') return false
  if (current.count < previous.count) return true
  if (usesOwnBounds(current)) {
    if (!usesOwnBounds(previous)) return true
    const bounds = equalLists(current.bounds, previous.bounds)
      ? current.bounds
      : current.bounds.filter((bound) => previous.bounds.includes(bound))
    return anyFell(rebound(current, bounds), rebound(previous, bounds))
  }
  if (usesOwnBounds(previous) || current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold)
    return true
  const widened = widenZero(previous, current.zeroThreshold)
  if (widened.zeroThreshold !== current.zeroThreshold || current.zeroCount < widened.zeroCount) return true
  const before = toSchema(widened, current.schema)
  return anyFell(current.positive, before.positive) || anyFell(current.negative, before.negative)
}

function anyFell(current: Buckets, previous: Buckets): boolean {
  for (const [index, count] of previous) if ((current.get(index) ?? 0) < count) return true
  return false
}

/** As the Prometheus API shows it: [rule, left, right, count]; rule 0 open-left, 1 open-right, 3 closed-both. */
export function apiBuckets(h: NativeHistogram): Array<[number, number, number, number]> {
  return bucketsOf(h).map(({ lower, upper, count }) => {
    const rule = usesOwnBounds(h)
      ? lower === -Infinity
        ? 3
        : 0
      : lower < 0
        ? upper > 0
          ? 3
          : 1
        : lower === 0 && upper === 0
          ? 3
          : 0
    return [rule, lower, upper, count]
  })
}

/** The total of many, with compensated sums: large parts that cancel leave the small ones. Undefined as in `combine`. */
export function total(
  parts: readonly NativeHistogram[],
): (Combined & { readonly histogram: NativeHistogram }) | undefined {
  let histogram = parts[0]
  if (!histogram) return undefined
  let reconciled = false
  const sum = new Sum()
  const count = new Sum()
  sum.add(histogram.sum)
  count.add(histogram.count)
  for (const part of parts.slice(1)) {
    const next = combine(histogram, part, 1)
    if (!next) return undefined
    reconciled ||= next.reconciled
    histogram = next.histogram
    sum.add(part.sum)
    count.add(part.count)
  }
  const hints = new Set(parts.map((part) => part.hint))
  return {
    histogram: { ...histogram, sum: sum.value, count: count.value },
    reconciled,
    collision: hints.has('reset') && hints.has('not_reset'),
  }
}

/** The mean; where the sum would overflow a float, parts are divided before they are added. */
export function average(parts: readonly NativeHistogram[]): Combined | undefined {
  const sum = total(parts)
  if (!sum) return undefined
  const over = !Number.isFinite(sum.histogram.count) && parts.every((part) => Number.isFinite(part.count))
  const small = over ? total(parts.map((part) => divide(part, parts.length))) : undefined
  return { ...sum, histogram: small?.histogram ?? divide(sum.histogram, parts.length) }
}
