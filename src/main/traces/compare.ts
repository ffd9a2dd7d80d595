// Two traces side by side: their spans folded by call path, (service, operation) from the root down.

import { traces as contract } from '../../shared/contract/traces.ts'
import type { Completeness, TableAnswer } from '../../shared/contract/define.ts'
import { type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { OpenTrace } from './open.ts'

interface Totals {
  count: number
  duration: number
  self: number
  errors: number
}
interface Node {
  readonly service: string
  readonly operation: string
  readonly children: Map<string, Node>
  readonly a: Totals
  readonly b: Totals
}

const COLUMNS = contract.compare.output.columns
const MAX_ROWS = 20_000
/** A path is told whole in each of its rows; below this depth rows are only counted. */
const MAX_DEPTH = 200

const node = (service: string, operation: string): Node => ({
  service,
  operation,
  children: new Map(),
  a: { count: 0, duration: 0, self: 0, errors: 0 },
  b: { count: 0, duration: 0, self: 0, errors: 0 },
})

function fold(trace: OpenTrace, root: Node, side: 'a' | 'b'): void {
  const { tree } = trace
  const nodes: Node[] = new Array<Node>(tree.count)
  for (let r = 0; r < tree.count; r++) {
    const at = tree.index[r] as number
    const parent = tree.parent[r] as number
    const above = parent < 0 ? root : (nodes[parent] as Node)
    const service = trace.services.words[trace.services.codes[at] as number] as string
    const operation = trace.operations.words[trace.operations.codes[at] as number] as string
    const key = JSON.stringify([service, operation])
    let here = above.children.get(key)
    if (!here) above.children.set(key, (here = node(service, operation)))
    nodes[r] = here
    here[side].count++
    here[side].duration += tree.duration[r] as number
    here[side].self += tree.self[r] as number
    here[side].errors += trace.status[at] === 2 ? 1 : 0
  }
}

/** Parents before children; `state` is both, only-a or only-b. */
export function compareTraces(a: OpenTrace, b: OpenTrace, completeness: Completeness): TableAnswer {
  const root = node('', '')
  fold(a, root, 'a')
  fold(b, root, 'b')
  const rows: FrameRow[] = []
  let total = 0
  const stack = [...root.children.values()]
    .reverse()
    .map((n) => ({ n, path: [] as ReadonlyArray<readonly [string, string]> }))
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { n } = top
    const tooDeep = top.path.length >= MAX_DEPTH
    const path = tooDeep ? top.path : [...top.path, [n.service, n.operation] as const]
    total++
    if (rows.length < MAX_ROWS && !tooDeep)
      rows.push({
        path: JSON.stringify(path),
        depth: path.length - 1,
        service: n.service,
        operation: n.operation,
        countA: n.a.count,
        countB: n.b.count,
        durationNsA: n.a.duration,
        durationNsB: n.b.duration,
        selfNsA: n.a.self,
        selfNsB: n.b.self,
        errorsA: n.a.errors,
        errorsB: n.b.errors,
        state: n.b.count === 0 ? 'only-a' : n.a.count === 0 ? 'only-b' : 'both',
      })
    for (const child of [...n.children.values()].reverse()) stack.push({ n: child, path })
  }
  return {
    table: frameFromRows(COLUMNS, rows),
    completeness: total > rows.length ? { ...completeness, truncated: { returned: rows.length, total } } : completeness,
  }
}
