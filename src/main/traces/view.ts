// The rows of a trace that are to be seen: what matches, what is folded away. One pass each over typed arrays.

import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { spanOf } from '../storage/telemetry/ids.ts'
import { valueContains } from './filter.ts'
import { keptFor, type OpenTrace } from './open.ts'

export interface ViewRequest {
  readonly collapsed: readonly string[]
  readonly expanded?: readonly string[]
  readonly collapseDepth?: number | undefined
  readonly collapseChildrenOf?: readonly string[]
  readonly find?: string | undefined
  readonly service?: string | undefined
  readonly onlyErrors?: boolean
  readonly onlyCritical?: boolean
  readonly onlyMatches?: boolean
}

export interface View {
  /** rows of the tree, in order */
  readonly rows: Int32Array
  /** row -> 1 when it matches `find`, `service` and the only-filters; undefined when nothing is asked */
  readonly matches: Uint8Array | undefined
  readonly matchCount: number
  /** row -> 1 when its children are folded away */
  readonly folded: Uint8Array
}

const isView = (value: unknown): value is View => typeof value === 'object' && value !== null && 'folded' in value
const isMarked = (value: unknown): value is Marked => typeof value === 'object' && value !== null && 'count' in value

export function viewOf(
  trace: OpenTrace,
  request: ViewRequest,
  store: TelemetryStore,
  signal: AbortSignal,
): Promise<View> {
  return keptFor(trace, `view ${JSON.stringify(request)}`, () => makeView(trace, request, store, signal), isView)
}

async function makeView(
  trace: OpenTrace,
  request: ViewRequest,
  store: TelemetryStore,
  signal: AbortSignal,
): Promise<View> {
  const { tree } = trace
  const n = tree.count
  const found = await matchRows(trace, request, store, signal)
  const keep =
    found && (request.onlyMatches || request.onlyErrors || request.onlyCritical)
      ? withAncestors(tree, found)
      : undefined
  const folded = foldedRows(trace, request)
  const rows = new Int32Array(keep?.count ?? n)
  let count = 0
  for (let r = 0; r < n; ) {
    const below = tree.descendants[r] as number
    if (keep && keep.rows[r] === 0) {
      r += below + 1
      continue
    }
    rows[count++] = r
    r += folded[r] === 1 ? below + 1 : 1
  }
  return {
    rows: count === rows.length ? rows : rows.slice(0, count),
    matches: found?.rows,
    matchCount: found?.count ?? 0,
    folded,
  }
}

/** Rows by a mark, and how many are marked. */
interface Marked {
  readonly rows: Uint8Array
  readonly count: number
}

/** What matches, and every row above it. */
function withAncestors(tree: OpenTrace['tree'], found: Marked): Marked {
  const rows = found.rows.slice()
  let { count } = found
  for (let r = rows.length - 1; r >= 0; r--) {
    if (rows[r] === 0) continue
    const parent = tree.parent[r] as number
    if (parent < 0 || rows[parent] === 1) continue
    rows[parent] = 1
    count++
  }
  return { rows, count }
}

function foldedRows(trace: OpenTrace, request: ViewRequest): Uint8Array {
  const { tree } = trace
  const folded = new Uint8Array(tree.count)
  if (request.collapseDepth !== undefined)
    for (let r = 0; r < tree.count; r++)
      if ((tree.depth[r] as number) >= request.collapseDepth && (tree.children[r] as number) > 0) folded[r] = 1
  for (const id of request.collapseChildrenOf ?? []) {
    const parent = trace.rowOf(spanOf(id))
    if (parent < 0) continue
    const end = parent + (tree.descendants[parent] as number)
    for (let r = parent + 1; r <= end; r += (tree.descendants[r] as number) + 1)
      if ((tree.children[r] as number) > 0) folded[r] = 1
  }
  const set = (ids: readonly string[] | undefined, value: 0 | 1) => {
    for (const id of ids ?? []) {
      const row = trace.rowOf(spanOf(id))
      if (row >= 0 && (tree.children[row] as number) > 0) folded[row] = value
    }
  }
  set(request.expanded, 0)
  set(request.collapsed, 1)
  return folded
}

async function matchRows(
  trace: OpenTrace,
  request: ViewRequest,
  store: TelemetryStore,
  signal: AbortSignal,
): Promise<Marked | undefined> {
  const { find, service, onlyErrors, onlyCritical } = request
  if (!find && service === undefined && !onlyErrors && !onlyCritical) return undefined
  const { tree } = trace
  const found = find ? await rowsWithText(trace, find.toLowerCase(), store, signal) : undefined
  if (found && service === undefined && !onlyErrors && !onlyCritical) return found
  const wanted = service === undefined ? -1 : trace.services.words.indexOf(service)
  const rows = new Uint8Array(tree.count)
  let count = 0
  for (let r = 0; r < tree.count; r++) {
    if (found && found.rows[r] === 0) continue
    if (service !== undefined && tree.service[r] !== wanted) continue
    if (onlyErrors && trace.status[tree.index[r] as number] !== 2) continue
    if (onlyCritical && trace.path.onPath[r] === 0) continue
    rows[r] = 1
    count++
  }
  return { rows, count }
}

/** Rows with the text in service, operation, status message, span id or a value of their attributes and resource. */
function rowsWithText(trace: OpenTrace, needle: string, store: TelemetryStore, signal: AbortSignal): Promise<Marked> {
  const search = async () => {
    const { tree } = trace
    const hashes = await store.rows<{ hash: bigint }>(
      `SELECT hash FROM ${trace.scope.relation('attributes')} WHERE contains(lower(json), $2) AND ${valueContains('$1')}`,
      [needle, JSON.stringify(needle).slice(1, -1)],
      { signal },
    )
    const wanted = new Set(hashes.map((row) => row.hash))
    const texts = [trace.services, trace.operations, trace.messages].map(({ codes, words }) => ({
      codes,
      hits: Uint8Array.from(words, (word) => (word.toLowerCase().includes(needle) ? 1 : 0)),
    }))
    const sets = [trace.attrs(), trace.resource()].map(({ codes, distinct }) => ({
      codes,
      hits: Uint8Array.from(distinct, (hash) => (wanted.has(hash) ? 1 : 0)),
    }))
    // in the order in which the columns lie, and only those with a hit
    const spans = new Uint8Array(tree.count)
    for (const { codes, hits } of [...texts, ...sets])
      if (hits.includes(1)) for (let at = 0; at < spans.length; at++) if (hits[codes[at] as number] === 1) spans[at] = 1
    const rows = new Uint8Array(tree.count)
    let count = 0
    for (let r = 0; r < rows.length; r++) {
      const hit = spans[tree.index[r] as number] as number
      rows[r] = hit
      count += hit
    }
    if (/^[0-9a-f]{16}$/.test(needle)) {
      const row = trace.rowOf(spanOf(needle))
      if (row >= 0 && rows[row] === 0) {
        rows[row] = 1
        count++
      }
    }
    return { rows, count }
  }
  return keptFor(trace, `find ${needle}`, search, isMarked)
}
