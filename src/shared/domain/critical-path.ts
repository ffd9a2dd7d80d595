// The critical path of a trace as in Uber CRISP (github.com/uber-research/CRISP): from the root's end backwards, the
// child that ended last was waited for, then the one that ended last before that one began, and so on downwards.
//
// Children are clipped to their parent first. Walked from the end: by end, then start, then id, all descending.
// Two siblings that overlap by less than 1 % of their parent, with nothing else of their siblings in the overlap,
// count as one after the other (clock skew). A consumer does not block whoever produced its message. The parts tile
// the root span: their lengths sum to its duration exactly (integers below 2^53, see trace-tree.ts).

import type { TraceTree } from './trace-tree.ts'

export interface CriticalPath {
  /** row -> 1 when on the path */
  readonly onPath: Uint8Array
  /** the parts in which a row itself was what the root waited for; by start, without overlap; ns from the trace start */
  readonly parts: ReadonlyArray<{ readonly row: number; readonly start: number; readonly end: number }>
  /** row -> its exclusive time on the path, ns */
  readonly exclusive: Float64Array
}

const OVERLAP_ALLOWANCE = 0.01
const PRODUCER = 4
const CONSUMER = 5

export function criticalPath(tree: TraceTree, root: number = tree.root): CriticalPath {
  const onPath = new Uint8Array(tree.count)
  const exclusive = new Float64Array(tree.count)
  const parts: Array<{ row: number; start: number; end: number }> = []
  if (root < 0) return { onPath, parts, exclusive }
  const rootStart = tree.start[root] as number
  const work = [{ row: root, from: rootStart, to: rootStart + (tree.duration[root] as number) }]
  for (let task = work.pop(); task; task = work.pop()) {
    const { row, from, to } = task
    onPath[row] = 1
    const own = (start: number, end: number) => {
      if (end <= start) return
      parts.push({ row, start, end })
      exclusive[row] = (exclusive[row] as number) + (end - start)
    }
    let edge = to
    for (const child of blockingChildren(tree, row, from, to)) {
      const end = Math.min(child.end, edge)
      own(end, edge)
      work.push({ row: child.row, from: child.start, to: end })
      edge = child.start
    }
    own(from, edge)
  }
  parts.sort((a, b) => a.start - b.start)
  return { onPath, parts, exclusive }
}

interface Clipped {
  readonly row: number
  readonly start: number
  readonly end: number
}

/** The children that a row waited for inside its window, last first. */
function blockingChildren(tree: TraceTree, row: number, from: number, to: number): Clipped[] {
  const children = clippedChildren(tree, row, from, to)
  if (children.length === 0) return children
  const starts = Float64Array.from(children, (c) => c.start) // rows come by start
  children.sort((a, b) => a.end - b.end) // stable: ties stay by start, then id
  const ends = Float64Array.from(children, (c) => c.end)
  let later = children[children.length - 1] as Clipped
  const chosen = [later]
  for (let i = children.length - 2; i >= 0; i--) {
    const child = children[i] as Clipped
    if (!happensBefore(child, later, to - from, starts, ends)) continue
    chosen.push(child)
    later = child
  }
  return chosen
}

function clippedChildren(tree: TraceTree, row: number, from: number, to: number): Clipped[] {
  const out: Clipped[] = []
  const last = row + (tree.descendants[row] as number)
  for (let r = row + 1; r <= last; r += (tree.descendants[r] as number) + 1) {
    if (runsOnItsOwn(tree, row, r)) continue
    const spanStart = tree.start[r] as number
    const spanEnd = spanStart + (tree.duration[r] as number)
    if (spanStart > to || spanEnd < from) continue
    const start = Math.max(spanStart, from)
    const end = Math.min(spanEnd, to)
    if (end > start || spanEnd === spanStart) out.push({ row: r, start, end })
  }
  return out
}

/** Nobody waits for a consumer: below a producer, or in another service than its parent. */
function runsOnItsOwn(tree: TraceTree, parent: number, row: number): boolean {
  if (tree.kind[row] !== CONSUMER) return false
  return tree.kind[parent] === PRODUCER || tree.service[parent] !== tree.service[row]
}

function happensBefore(
  before: Clipped,
  later: Clipped,
  length: number,
  starts: Float64Array,
  ends: Float64Array,
): boolean {
  if (before.end < later.start) return true
  if (before.end >= later.end || before.start >= later.start) return before.end === later.start
  if ((before.end - later.start) / length >= OVERLAP_ALLOWANCE) return false
  if (before.end === later.start) return true
  const inside = (sorted: Float64Array) => upperBound(sorted, before.end) - lowerBound(sorted, later.start)
  return inside(starts) + inside(ends) === 2
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

function upperBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}
