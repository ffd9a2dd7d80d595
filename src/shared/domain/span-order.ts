// The order in which the spans of a trace are shown: by start, then id. A store that answers in that order costs one pass;
// a million spans in any other are sorted by the digits of their starts, because comparing two by two takes a second.

import { lanesOf } from './span-index.ts'

export interface SpanKeys {
  readonly spanIds: BigUint64Array
  /** whole ns from the earliest start */
  readonly starts: Float64Array
}

/** Which of two spans with the same start and id comes first, as a sort's comparison tells it. */
export type Ties = (a: number, b: number) => number

/** Indexes in order; undefined when the spans stand in it already. */
export function spanOrder({ spanIds, starts }: SpanKeys, ties: Ties): Int32Array | undefined {
  const lanes = lanesOf(spanIds)
  const afterStart: Ties = (a, b) =>
    (lanes[a * 2 + 1] as number) - (lanes[b * 2 + 1] as number) ||
    (lanes[a * 2] as number) - (lanes[b * 2] as number) ||
    ties(a, b)
  if (isInOrder(starts, afterStart)) return undefined
  const order = byStart(starts)
  for (let from = 0; from < order.length; ) {
    const start = starts[order[from] as number]
    let to = from + 1
    while (to < order.length && starts[order[to] as number] === start) to++
    if (to - from > 1) sortRun(order, from, to, afterStart)
    from = to
  }
  return order
}

/** 0, 1, 2 .. */
export function inTurn(count: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(count)
  for (let i = 0; i < count; i++) out[i] = i
  return out
}

function isInOrder(starts: Float64Array, afterStart: Ties): boolean {
  for (let i = 1; i < starts.length; i++) {
    const step = (starts[i] as number) - (starts[i - 1] as number)
    if (step < 0 || (step === 0 && afterStart(i - 1, i) > 0)) return false
  }
  return true
}

/** Most runs are of two or three: clocks count microseconds. */
const FEW = 12

function sortRun(order: Int32Array, from: number, to: number, compare: Ties): void {
  if (to - from > FEW) {
    order.subarray(from, to).sort(compare)
    return
  }
  for (let i = from + 1; i < to; i++) {
    const at = order[i] as number
    let k = i
    for (; k > from && compare(order[k - 1] as number, at) > 0; k--) order[k] = order[k - 1] as number
    order[k] = at
  }
}

const DIGIT = 11
const LOW_BITS = 22
const LOW = 2 ** LOW_BITS

/** Indexes by start, ties as they come: a radix sort over the two halves of each number. */
function byStart(starts: Float64Array): Int32Array {
  const n = starts.length
  let order = inTurn(n)
  const low = new Int32Array(n)
  const high = new Int32Array(n)
  let most = 0
  let least = 0
  for (let i = 0; i < n; i++) {
    const start = starts[i] as number
    const upper = Math.floor(start / LOW)
    if (upper > most) most = upper
    if (upper < least) least = upper
    high[i] = upper
    low[i] = start - upper * LOW
  }
  // a trace of more than 104 days is no trace, but it is shown; digits are those of numbers from 0 on
  if (most >= 2 ** 31 || least < 0) return order.sort((a, b) => (starts[a] as number) - (starts[b] as number))
  let spare = new Int32Array(n)
  for (const [half, bits] of [
    [low, LOW_BITS],
    [high, most === 0 ? 0 : Math.floor(Math.log2(most)) + 1],
  ] as const)
    for (let shift = 0; shift < bits; shift += DIGIT) {
      byDigit(order, spare, half, shift)
      ;[order, spare] = [spare, order]
    }
  return order
}

function byDigit(from: Int32Array, to: Int32Array, keys: Int32Array, shift: number): void {
  const mask = (1 << DIGIT) - 1
  const places = new Int32Array(mask + 2)
  for (let i = 0; i < keys.length; i++) {
    const after = (((keys[i] as number) >>> shift) & mask) + 1
    places[after] = (places[after] as number) + 1
  }
  for (let d = 1; d < places.length; d++) places[d] = (places[d] as number) + (places[d - 1] as number)
  for (let i = 0; i < from.length; i++) {
    const at = from[i] as number
    const digit = ((keys[at] as number) >>> shift) & mask
    const place = places[digit] as number
    to[place] = at
    places[digit] = place + 1
  }
}
