// Quantiles and fractions of samples, of classic buckets and of native histograms, by Prometheus's rules of interpolation.

import { bucketsOf, usesOwnBounds, type Bucket, type NativeHistogram } from './histogram.ts'

/** Linear interpolation between order statistics. `sorted` rises, NaN first. */
export function quantileOfSorted(q: number, sorted: ArrayLike<number>): number {
  if (sorted.length === 0 || Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  const rank = q * (sorted.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(sorted.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight
}

/** NaN sorts first, as Prometheus takes it for the smallest. */
export function sortNaNFirst(values: number[]): number[] {
  return values.sort((a, b) => (Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a - b))
}

export interface ClassicBucket {
  readonly le: number
  count: number
}

export interface ClassicQuantile {
  readonly value: number
  /** set when counts fell from one bucket to the next and were raised */
  readonly forced: { readonly from: number; readonly to: number; readonly maxDiff: number } | undefined
}

const plain = (value: number): ClassicQuantile => ({ value, forced: undefined })

/** @param input cumulative buckets in any order; not changed */
export function classicQuantile(q: number, input: readonly ClassicBucket[]): ClassicQuantile {
  if (Number.isNaN(q)) return plain(NaN)
  if (q < 0) return plain(-Infinity)
  if (q > 1) return plain(Infinity)
  const buckets = mergeBounds(input)
  if (buckets.at(-1)?.le !== Infinity) return plain(NaN)
  const forced = makeMonotonic(buckets)
  const result = (value: number): ClassicQuantile => ({ value, forced })
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.length < 2 || total === 0) return result(NaN)
  let rank = q * total
  let at = 0
  while (at < buckets.length - 1 && !((buckets[at] as ClassicBucket).count >= rank)) at++
  const found = buckets[at] as ClassicBucket
  const before = buckets[at - 1]
  if (at === buckets.length - 1) return result((before as ClassicBucket).le)
  if (at === 0 && found.le <= 0) return result(found.le)
  const start = before?.le ?? 0
  const count = found.count - (before?.count ?? 0)
  rank -= before?.count ?? 0
  return result(start + (found.le - start) * (rank / count))
}

function mergeBounds(input: readonly ClassicBucket[]): ClassicBucket[] {
  const out: ClassicBucket[] = []
  for (const bucket of [...input].sort((a, b) => (a.le < b.le ? -1 : a.le > b.le ? 1 : 0))) {
    const last = out.at(-1)
    if (last && last.le === bucket.le) last.count += bucket.count
    else out.push({ ...bucket })
  }
  return out
}

/** Differences below 1e-12 of the counts are taken for rounding, larger falls are raised and reported. */
function makeMonotonic(buckets: ClassicBucket[]): ClassicQuantile['forced'] {
  let from = Infinity
  let to = -Infinity
  let maxDiff = 0
  let previous = buckets[0]?.count ?? 0
  for (const bucket of buckets.slice(1)) {
    const current = bucket.count
    if (current === previous) continue
    if (nearlyEqual(previous, current)) bucket.count = previous
    else if (current < previous) {
      bucket.count = previous
      from = Math.min(from, bucket.le)
      to = Math.max(to, bucket.le)
      maxDiff = Math.max(maxDiff, previous - current)
    } else previous = current
  }
  return to === -Infinity ? undefined : { from, to, maxDiff }
}

function nearlyEqual(a: number, b: number): boolean {
  if (a === b) return true
  const size = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  return a === 0 || b === 0 || size < Number.MIN_VALUE * 2 ** 52
    ? difference < 1e-12 * Number.MIN_VALUE
    : difference / Math.min(size, Number.MAX_VALUE) < 1e-12
}

export function classicFraction(lower: number, upper: number, input: readonly ClassicBucket[]): number {
  const buckets = mergeBounds(input)
  const total = buckets.at(-1)?.count ?? 0
  if (buckets.at(-1)?.le !== Infinity || total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN
  if (lower >= upper) return 0
  const rankOf = (value: number): number => {
    let rank = 0
    let start = (buckets[0] as ClassicBucket).le <= 0 ? -Infinity : 0
    for (const bucket of buckets) {
      if (start >= value) return rank
      if (bucket.le > value)
        return start === -Infinity
          ? bucket.count
          : rank + ((bucket.count - rank) * (value - start)) / (bucket.le - start)
      rank = bucket.count
      start = bucket.le
    }
    return total
  }
  return (Math.min(rankOf(upper), total) - Math.min(rankOf(lower), total)) / total
}

export type NaNNote = 'result' | 'skew' | undefined

/** The zero bucket reaches only to the sides that have buckets. */
function trimZero(h: NativeHistogram, bucket: Bucket): Bucket {
  return usesOwnBounds(h) || !(bucket.lower < 0 && bucket.upper > 0) ? bucket : trimSides(h, bucket)
}

/** The bucket around zero, of any scale, reaches only to the sides that have buckets. */
function trimSides(h: NativeHistogram, bucket: Bucket): Bucket {
  if (!(bucket.lower <= 0 && bucket.upper >= 0)) return bucket
  if (h.negative.size === 0 && h.positive.size > 0) return { ...bucket, lower: 0 }
  if (h.positive.size === 0 && h.negative.size > 0) return { ...bucket, upper: 0 }
  return bucket
}

/** @returns `note` when NaN observations bend the result (the sum is then NaN) */
export function nativeQuantile(q: number, h: NativeHistogram): { value: number; note: NaNNote } {
  if (q < 0) return { value: -Infinity, note: undefined }
  if (q > 1) return { value: Infinity, note: undefined }
  if (h.count === 0 || Number.isNaN(q)) return { value: NaN, note: undefined }
  const forward = Number.isNaN(h.sum) || q < 0.5
  const buckets = bucketsOf(h)
  if (!forward) buckets.reverse()
  let rank = (forward ? q : 1 - q) * h.count
  let count = 0
  let at = 0
  let bucket: Bucket = { lower: 0, upper: 0, count: 0 }
  for (; at < buckets.length; at++) {
    bucket = buckets[at] as Bucket
    count += bucket.count
    if (count >= rank) break
  }
  bucket = trimZero(h, bucket)
  if (usesOwnBounds(h)) {
    if (bucket.lower === -Infinity) {
      if (bucket.upper <= 0) return { value: bucket.upper, note: undefined }
      bucket = { ...bucket, lower: 0 }
    } else if (bucket.upper === Infinity) return { value: bucket.lower, note: undefined }
  }
  count = Math.min(count, h.count)
  if (count < rank)
    return Number.isNaN(h.sum) ? { value: NaN, note: 'result' } : { value: bucket.upper, note: undefined }
  rank = forward ? rank - (count - bucket.count) : count - rank
  let note: NaNNote
  if (Number.isNaN(h.sum)) {
    let all = count
    for (const later of buckets.slice(at + 1)) all += later.count
    if (all < h.count) note = 'skew'
  }
  const fraction = rank / bucket.count
  if (usesOwnBounds(h) || (bucket.lower <= 0 && bucket.upper >= 0))
    return { value: bucket.lower + (bucket.upper - bucket.lower) * fraction, note }
  const low = Math.log2(Math.abs(bucket.lower))
  const high = Math.log2(Math.abs(bucket.upper))
  return {
    value: bucket.lower > 0 ? 2 ** (low + (high - low) * fraction) : -(2 ** (high + (low - high) * (1 - fraction))),
    note,
  }
}

export function nativeFraction(
  lower: number,
  upper: number,
  h: NativeHistogram,
): { value: number; excludedNaN: boolean } {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: NaN, excludedNaN: false }
  if (lower >= upper) return { value: 0, excludedNaN: false }
  const buckets = bucketsOf(h)
  const inBuckets = buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  const total = Number.isNaN(h.sum) ? inBuckets : h.count
  const rankOf = (value: number): number => {
    let rank = 0
    for (const raw of buckets) {
      const linear = usesOwnBounds(h) || (raw.lower <= 0 && raw.upper >= 0)
      const bucket = trimSides(h, raw)
      if (bucket.lower >= value) return rank
      if (bucket.upper > value)
        return bucket.lower === -Infinity ? bucket.count : rank + bucket.count * shareBelow(bucket, value, linear)
      rank += bucket.count
    }
    return total
  }
  const value = (Math.min(rankOf(upper), total) - Math.min(rankOf(lower), total)) / h.count
  return { value, excludedNaN: Number.isNaN(h.sum) && inBuckets < h.count }
}

function shareBelow(bucket: Bucket, value: number, linear: boolean): number {
  if (linear) return (value - bucket.lower) / (bucket.upper - bucket.lower)
  const low = Math.log2(Math.abs(bucket.lower))
  const high = Math.log2(Math.abs(bucket.upper))
  const at = Math.log2(Math.abs(value))
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high)
}

/** Estimated from bucket mid-points (geometric on an exponential scale). */
export function nativeVariance(h: NativeHistogram): number {
  const mean = h.sum / h.count
  let variance = 0
  for (const { lower, upper, count } of bucketsOf(h)) {
    const middle = usesOwnBounds(h)
      ? (lower + upper) / 2
      : lower <= 0 && upper >= 0
        ? 0
        : Math.sqrt(upper * lower) * (upper < 0 ? -1 : 1)
    variance += count * (middle - mean) ** 2
  }
  return variance / h.count
}
