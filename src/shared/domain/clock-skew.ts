// Times of a trace with the clocks of its hosts brought together: what a server did lies within what its client waited
// for, with the way there and back taken as equally long (as Jaeger's adjuster does it, cmd/query's clockskew.go).
//
// Jaeger looks at each call alone. Here all calls of a host are looked at together, so that a host is moved by one
// amount and the calls narrow it down: each call that fits into its client's span says "between a and b", and where all
// of them can be true, the middle is the amount and half of what is left is its error. Where they contradict each other
// (a clock that was set meanwhile), each call is moved alone. A host whose calls can be true as recorded is not moved.

import type { TraceTree } from './trace-tree.ts'

export interface ClockShift {
  /** code of the clock */
  readonly clock: number
  /** ns that its spans are moved by, later is positive; of several amounts the middle one */
  readonly shift: number
  /** smallest and largest amount; equal unless each call was moved alone */
  readonly least: number
  readonly most: number
  /** the true amount is within this of `shift`; undefined where no call bounds it from both sides */
  readonly error: number | undefined
  /** calls from another host that tell of this clock */
  readonly calls: number
  readonly spans: number
}

export interface AdjustedClocks {
  /** row -> ns to add to its start; integers */
  readonly shift: Float64Array
  /** clocks that were moved, in order of their first row */
  readonly clocks: readonly ClockShift[]
}

/** Clocks that only count microseconds round: less than this is no skew. */
const TOLERANCE_NS = 1000
const SERVER = 2
const CLIENT = 3

/**
 * @param clocks row -> code of the clock that its span was timed by
 * @param failed row -> whether the span failed: a client that gave up says nothing about the end of what it called
 */
export function adjustClocks(tree: TraceTree, clocks: Int32Array, failed: (row: number) => boolean): AdjustedClocks {
  const order: number[] = []
  const first = new Map<number, number>()
  for (let r = 0; r < tree.count; r++) {
    const clock = clocks[r] as number
    if (first.has(clock)) continue
    first.set(clock, r)
    order.push(clock)
  }
  const edges = edgesOf(tree, clocks, failed)
  const alone = new Set<number>()
  const usable = edges.filter((edge) => {
    const contradicts = edge.from > edge.to + 2 * TOLERANCE_NS
    if (contradicts) alone.add(edge.callee)
    return !contradicts
  })
  const { amount, errors } = amountsOf(order, usable, alone)
  const shift = new Float64Array(tree.count)
  for (let r = 0; r < tree.count; r++) {
    const clock = clocks[r] as number
    const parent = tree.parent[r] as number
    if (!alone.has(clock)) shift[r] = amount.get(clock) as number
    else if (parent >= 0 && clocks[parent] === clock) shift[r] = shift[parent] as number
    else if (parent >= 0) {
      const own = callBounds(tree, parent, r, failed)
      const from = own.from + (shift[parent] as number)
      const to = own.to + (shift[parent] as number)
      shift[r] = from <= TOLERANCE_NS && to >= -TOLERANCE_NS ? 0 : Math.round(between({ from, to }))
    }
  }
  return { shift, clocks: told(tree, clocks, shift, { order, errors, edges }) }
}

/** The middle where both ends are known, else the end that is. */
const between = ({ from, to }: { from: number; to: number }): number =>
  !Number.isFinite(to) ? from : !Number.isFinite(from) ? to : (from + to) / 2

/** What a call says about how far its callee's clock is to be moved against its caller's. */
function callBounds(tree: TraceTree, parent: number, row: number, failed: (row: number) => boolean) {
  const start = tree.start[row] as number
  const parentStart = tree.start[parent] as number
  const duration = tree.duration[row] as number
  const parentDuration = tree.duration[parent] as number
  const from = parentStart - start
  // what works on after its caller went away (messages, timeouts, work in the background) only cannot begin before it
  const waited =
    (tree.kind[parent] === CLIENT || tree.kind[parent] === 0) && (tree.kind[row] === SERVER || tree.kind[row] === 0)
  const bounded = waited && duration <= parentDuration && !failed(parent)
  return { from, to: bounded ? parentStart + parentDuration - (start + duration) : Infinity }
}

/** All calls of one clock by another taken together: amount of callee - amount of caller lies in from .. to. */
interface Edge {
  readonly caller: number
  readonly callee: number
  from: number
  to: number
  calls: number
}

function edgesOf(tree: TraceTree, clocks: Int32Array, failed: (row: number) => boolean): Edge[] {
  const edges = new Map<string, Edge>()
  for (let r = 0; r < tree.count; r++) {
    const parent = tree.parent[r] as number
    if (parent < 0 || clocks[parent] === clocks[r]) continue
    const [caller, callee] = [clocks[parent] as number, clocks[r] as number]
    const key = `${caller}/${callee}`
    let edge = edges.get(key)
    if (!edge) edges.set(key, (edge = { caller, callee, from: -Infinity, to: Infinity, calls: 0 }))
    const own = callBounds(tree, parent, r, failed)
    edge.from = Math.max(edge.from, own.from)
    edge.to = Math.min(edge.to, own.to)
    edge.calls++
  }
  return [...edges.values()]
}

/**
 * One amount per clock so that all edges hold: differences with bounds are shortest paths. Clocks are settled in order
 * of their first row, each as close to "as recorded" as what is settled allows, so what is left can still be met. Where
 * the clocks contradict each other in a ring, the one that closes it is moved call by call.
 */
function amountsOf(order: readonly number[], edges: readonly Edge[], alone: Set<number>) {
  const amount = new Map<number, number>()
  const errors = new Map<number, number>()
  const low = new Map(order.map((clock) => [clock, -Infinity]))
  const high = new Map(order.map((clock) => [clock, Infinity]))
  let live = edges
  let [low0, high0] = [low, high]
  for (const clock of order) {
    const from = low.get(clock) as number
    const to = high.get(clock) as number
    let at = 0
    const below = from === -Infinity && to === Infinity && edges.some((e) => e.callee === clock && alone.has(e.caller))
    if (alone.has(clock) || below || from > to + 2 * TOLERANCE_NS) {
      alone.add(clock)
      // what it says about others differs from call to call
      live = live.filter((edge) => edge.caller !== clock && edge.callee !== clock)
    } else if (from > TOLERANCE_NS || to < -TOLERANCE_NS) {
      at = Math.round(between({ from, to }))
      // against the first clock alone: what was settled since is itself within an error
      const error = Math.max((high0.get(clock) as number) - at, at - (low0.get(clock) as number))
      if (Number.isFinite(error)) errors.set(clock, Math.max(0, error))
    }
    amount.set(clock, at)
    low.set(clock, at)
    high.set(clock, at)
    tighten(live, low, high, amount)
    if (amount.size === 1) [low0, high0] = [new Map(low), new Map(high)]
  }
  return { amount, errors }
}

function tighten(
  edges: readonly Edge[],
  low: Map<number, number>,
  high: Map<number, number>,
  settled: ReadonlyMap<number, number>,
): void {
  // a ring that cannot be true never comes to rest; every clock is reached within as many rounds as there are clocks
  for (let round = 0, moved = true; moved && round <= low.size; round++) {
    moved = false
    const raise = (clock: number, to: number): void => {
      if (settled.has(clock) || !(to > (low.get(clock) as number))) return
      low.set(clock, to)
      moved = true
    }
    const lower = (clock: number, to: number): void => {
      if (settled.has(clock) || !(to < (high.get(clock) as number))) return
      high.set(clock, to)
      moved = true
    }
    for (const { caller, callee, from, to } of edges) {
      raise(callee, (low.get(caller) as number) + from)
      raise(caller, (low.get(callee) as number) - to)
      lower(callee, (high.get(caller) as number) + to)
      lower(caller, (high.get(callee) as number) - from)
    }
  }
}

function told(
  tree: TraceTree,
  clocks: Int32Array,
  shift: Float64Array,
  of: {
    order: readonly number[]
    errors: ReadonlyMap<number, number>
    edges: readonly Edge[]
  },
): ClockShift[] {
  const amounts = new Map<number, number[]>()
  for (let r = 0; r < tree.count; r++) {
    const clock = clocks[r] as number
    const held = amounts.get(clock)
    if (held) held.push(shift[r] as number)
    else amounts.set(clock, [shift[r] as number])
  }
  return of.order.flatMap((clock): ClockShift[] => {
    const all = (amounts.get(clock) ?? []).sort((a, b) => a - b)
    const least = all[0] ?? 0
    const most = all.at(-1) ?? 0
    if (least === 0 && most === 0) return []
    let calls = 0
    for (const edge of of.edges) if (edge.callee === clock) calls += edge.calls
    return [
      {
        clock,
        shift: all[all.length >> 1] as number,
        least,
        most,
        error: of.errors.get(clock),
        calls,
        spans: all.filter((ns) => ns !== 0).length,
      },
    ]
  })
}
