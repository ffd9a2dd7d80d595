// A trace as typed arrays in display order (parents before children, siblings by start, then id): built once in linear
// time for a million spans, never recursive, sound on orphans, cycles, duplicate ids and skewed clocks.
//
// Times are nanoseconds from the trace's earliest start as plain numbers: exact while a trace is shorter than 2^53 ns
// (104 days). Epoch nanoseconds are not (they need 61 bits), so they are never held in a number here.

import { lanesOf, U64Index } from './span-index.ts'
import { inTurn, spanOrder } from './span-order.ts'

/** The spans of one trace in any order; all arrays have `count` entries. */
export interface SpanColumns {
  readonly count: number
  readonly spanIds: BigUint64Array
  /** 0 = none */
  readonly parentIds: BigUint64Array
  /** ns from the earliest start */
  readonly starts: Float64Array
  readonly durations: Float64Array
  /** OTLP span kinds */
  readonly kinds: Uint8Array
  /** codes of whatever dictionary the caller keeps; equal code = same service */
  readonly services: Int32Array
  /** indexes in display order, where the caller knows it; of spans with the same start and id the first comes first */
  readonly order?: Int32Array | undefined
}

/** Arrays indexed by row: the position in display order with nothing collapsed. */
export interface TraceTree {
  readonly count: number
  /** row -> index into the columns it was built from */
  readonly index: Int32Array
  /** row of the parent; -1 for roots, orphans and where a cycle was cut */
  readonly parent: Int32Array
  readonly depth: Int32Array
  readonly children: Int32Array
  /** rows below this one; they follow it without a gap */
  readonly descendants: Int32Array
  readonly start: Float64Array
  readonly duration: Float64Array
  /** duration minus the union of the children, each clipped to this span */
  readonly self: Float64Array
  readonly kind: Uint8Array
  readonly service: Int32Array
  /** bits of FLAG */
  readonly flags: Uint8Array
  readonly maxDepth: number
  readonly orphans: number
  readonly skewed: number
  /** rings of parents; each was cut before its earliest span */
  readonly cycles: number
  /** spans whose id another span of the trace has too */
  readonly duplicates: number
  /** the row whose critical path is the trace's: the earliest real root, else the earliest top row; -1 when empty */
  readonly root: number
}

export const FLAG = { orphan: 1, skewed: 2, duplicate: 4, cycle: 8 } as const

/** Clocks that only count microseconds round: less than this is no skew. */
const SKEW_TOLERANCE_NS = 1000

export function buildTraceTree(spans: SpanColumns): TraceTree {
  const n = spans.count
  const order = spans.order ?? spanOrder(spans, (a, b) => a - b) ?? inTurn(n)
  const rank = new Int32Array(n)
  for (let i = 0; i < n; i++) rank[order[i] as number] = i

  const flags = new Uint8Array(n)
  const { parentOf, duplicates } = linkParents(spans, order, flags)
  const cycles = cutCycles(parentOf, order, rank, flags)

  // sibling lists; walked backwards so that each list ends up in display order
  const firstChild = new Int32Array(n).fill(-1)
  const nextSibling = new Int32Array(n).fill(-1)
  let topReal = -1
  let topOther = -1
  for (let i = n - 1; i >= 0; i--) {
    const at = order[i] as number
    const parent = parentOf[at] as number
    if (parent >= 0) {
      nextSibling[at] = firstChild[parent] as number
      firstChild[parent] = at
    } else if (((flags[at] as number) & (FLAG.orphan | FLAG.cycle)) === 0) {
      nextSibling[at] = topReal
      topReal = at
    } else {
      nextSibling[at] = topOther
      topOther = at
    }
  }

  const tree = {
    index: new Int32Array(n),
    parent: new Int32Array(n),
    depth: new Int32Array(n),
    children: new Int32Array(n),
    descendants: new Int32Array(n),
    start: new Float64Array(n),
    duration: new Float64Array(n),
    self: new Float64Array(n),
    kind: new Uint8Array(n),
    service: new Int32Array(n),
    flags: new Uint8Array(n),
  }
  const rowOf = rank // every rank is read before its entry is reused as a row number
  let row = 0
  let maxDepth = 0
  for (const top of [topReal, topOther]) {
    let at = top
    let depth = 0
    while (at >= 0) {
      const parent = parentOf[at] as number
      rowOf[at] = row
      tree.index[row] = at
      tree.parent[row] = parent < 0 ? -1 : (rowOf[parent] as number)
      tree.depth[row] = depth
      tree.start[row] = spans.starts[at] as number
      tree.duration[row] = spans.durations[at] as number
      tree.kind[row] = spans.kinds[at] as number
      tree.service[row] = spans.services[at] as number
      tree.flags[row] = flags[at] as number
      if (depth > maxDepth) maxDepth = depth
      row++
      if ((firstChild[at] as number) >= 0) {
        at = firstChild[at] as number
        depth++
        continue
      }
      while (at >= 0 && (nextSibling[at] as number) < 0) {
        at = parentOf[at] as number
        depth--
      }
      if (at >= 0) at = nextSibling[at] as number
    }
  }
  for (let r = n - 1; r >= 0; r--) {
    const parent = tree.parent[r] as number
    if (parent < 0) continue
    tree.descendants[parent] = (tree.descendants[parent] as number) + (tree.descendants[r] as number) + 1
    tree.children[parent] = (tree.children[parent] as number) + 1
  }

  subtractChildren(tree)
  let orphans = 0
  let skewed = 0
  for (let r = 0; r < n; r++) {
    if (isSkewed(tree, r)) tree.flags[r] = (tree.flags[r] as number) | FLAG.skewed
    if ((tree.flags[r] as number) & FLAG.orphan) orphans++
    if ((tree.flags[r] as number) & FLAG.skewed) skewed++
  }
  return { count: n, ...tree, maxDepth, orphans, skewed, cycles, duplicates, root: n === 0 ? -1 : 0 }
}

/**
 * Parent indexes by id; -1 where there is none, with the orphan flag where one was named but is not in the trace.
 * Of several spans with one id the first in order is the parent of its children, except for the shared spans of
 * Zipkin (client and server side under one id): there the server side hangs below the client side and has the children.
 */
function linkParents(spans: SpanColumns, order: Int32Array, flags: Uint8Array) {
  const n = spans.count
  const index = new U64Index(spans.spanIds)
  const parents = lanesOf(spans.parentIds)
  const parentOf = new Int32Array(n).fill(-1)
  const shared = new Uint8Array(n)
  /** who has the children of the span that holds an id; -1 = itself */
  const heir = new Int32Array(n).fill(-1)
  let duplicates = 0
  for (let i = 0; i < n; i++) {
    const at = order[i] as number
    const held = index.add(at)
    if (held === at) continue
    duplicates++
    flags[at] = (flags[at] as number) | FLAG.duplicate
    flags[held] = (flags[held] as number) | FLAG.duplicate
    const [client, server] = spans.kinds[held] === 3 ? [held, at] : [at, held]
    if (spans.kinds[client] === 3 && spans.kinds[server] === 2 && !shared[client] && !shared[server]) {
      shared[client] = shared[server] = 1
      parentOf[server] = client
      heir[held] = server
    }
  }
  let [lastLow, lastHigh, found] = [0, 0, -1]
  for (let at = 0; at < n; at++) {
    if ((parentOf[at] as number) >= 0) continue
    const low = parents[at * 2] as number
    const high = parents[at * 2 + 1] as number
    if (low === 0 && high === 0) continue
    // siblings often stand together
    if (low !== lastLow || high !== lastHigh) {
      found = index.findLanes(low, high)
      lastLow = low
      lastHigh = high
    }
    if (found < 0) flags[at] = (flags[at] as number) | FLAG.orphan
    else parentOf[at] = (heir[found] as number) >= 0 ? (heir[found] as number) : found
  }
  return { parentOf, duplicates }
}

/** Makes every ring of parents a tree by cutting it before its first span in display order. */
function cutCycles(parentOf: Int32Array, order: Int32Array, rank: Int32Array, flags: Uint8Array): number {
  // 0 = not seen, otherwise the number of the walk that saw it
  const seen = new Int32Array(parentOf.length)
  let cycles = 0
  for (let i = 0; i < order.length; i++) {
    const walk = i + 1
    let at = order[i] as number
    while (at >= 0 && seen[at] === 0) {
      seen[at] = walk
      at = parentOf[at] as number
    }
    if (at < 0 || seen[at] !== walk) continue
    let cut = at
    for (let k = parentOf[at] as number; k !== at; k = parentOf[k] as number)
      if ((rank[k] as number) < (rank[cut] as number)) cut = k
    parentOf[cut] = -1
    flags[cut] = (flags[cut] as number) | FLAG.cycle
    cycles++
  }
  return cycles
}

type Rows = Pick<TraceTree, 'parent' | 'start' | 'duration' | 'self' | 'kind' | 'flags'>

/** Rows come parents first and siblings by start, so one pass with a moving edge per parent gives each union. */
function subtractChildren(tree: Rows): void {
  const n = tree.start.length
  const covered = new Float64Array(n)
  const edge = new Float64Array(n).fill(-Infinity)
  for (let r = 0; r < n; r++) {
    const p = tree.parent[r] as number
    if (p < 0) continue
    const parentStart = tree.start[p] as number
    const parentEnd = parentStart + (tree.duration[p] as number)
    const start = tree.start[r] as number
    const from = Math.max(start, parentStart, edge[p] as number)
    const to = Math.min(start + (tree.duration[r] as number), parentEnd)
    if (to <= from) continue
    covered[p] = (covered[p] as number) + (to - from)
    edge[p] = to
  }
  for (let r = 0; r < n; r++) tree.self[r] = Math.max(0, (tree.duration[r] as number) - (covered[r] as number))
}

/**
 * True when only a wrong clock explains the row: it starts before its parent, or it is the server side of a call that
 * ends after the caller although it would fit inside. A server that works longer than its caller waited is a timeout,
 * and internal spans and consumers may outlive their parent.
 */
function isSkewed(tree: Rows, r: number): boolean {
  const p = tree.parent[r] as number
  if (p < 0) return false
  const start = tree.start[r] as number
  const parentStart = tree.start[p] as number
  if (start < parentStart - SKEW_TOLERANCE_NS) return true
  if (tree.kind[p] !== 3 || tree.kind[r] !== 2) return false
  const duration = tree.duration[r] as number
  const parentDuration = tree.duration[p] as number
  return start + duration > parentStart + parentDuration + SKEW_TOLERANCE_NS && duration <= parentDuration
}
