// The rows of a trace that are to be seen: what matches, what is folded away. One pass each over typed arrays.

import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { spanOf } from '../storage/telemetry/api.ts'
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
const isRows = (value: unknown): value is Uint8Array => value instanceof Uint8Array

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
  const matches = await matchRows(trace, request, store, signal)
  let matchCount = 0
  if (matches) for (let r = 0; r < n; r++) matchCount += matches[r] as number
  let keep: Uint8Array | undefined
  if (matches && (request.onlyMatches || request.onlyErrors || request.onlyCritical)) {
    keep = matches.slice()
    for (let r = n - 1; r >= 0; r--)
      if (keep[r] === 1 && (tree.parent[r] as number) >= 0) keep[tree.parent[r] as number] = 1
  }
  const folded = foldedRows(trace, request)
  const rows = new Int32Array(n)
  let count = 0
  for (let r = 0; r < n; ) {
    if (keep && keep[r] === 0) {
      r += (tree.descendants[r] as number) + 1
      continue
    }
    rows[count++] = r
    r += folded[r] === 1 ? (tree.descendants[r] as number) + 1 : 1
  }
  return { rows: rows.slice(0, count), matches, matchCount, folded }
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
): Promise<Uint8Array | undefined> {
  const { find, service, onlyErrors, onlyCritical } = request
  if (!find && service === undefined && !onlyErrors && !onlyCritical) return undefined
  const { tree } = trace
  const found = find ? await rowsWithText(trace, find.toLowerCase(), store, signal) : undefined
  const wanted = service === undefined ? -1 : trace.services.words.indexOf(service)
  const out = new Uint8Array(tree.count)
  for (let r = 0; r < tree.count; r++) {
    if (found && found[r] === 0) continue
    if (service !== undefined && tree.service[r] !== wanted) continue
    if (onlyErrors && trace.status[tree.index[r] as number] !== 2) continue
    if (onlyCritical && trace.path.onPath[r] === 0) continue
    out[r] = 1
  }
  return out
}

/** Rows with the text in service, operation, status message, span id or a value of their attributes and resource. */
function rowsWithText(
  trace: OpenTrace,
  needle: string,
  store: TelemetryStore,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const search = async () => {
    const { tree } = trace
    const hits = (words: readonly string[]) =>
      Uint8Array.from(words, (word) => (word.toLowerCase().includes(needle) ? 1 : 0))
    const services = hits(trace.services.words)
    const operations = hits(trace.operations.words)
    const messages = hits(trace.messages.words)
    const hashes = await store.rows<{ hash: bigint }>(
      `SELECT hash FROM ${trace.scope.relation('attributes')} WHERE contains(lower(json), $2) AND ${valueContains('$1')}`,
      [needle, JSON.stringify(needle).slice(1, -1)],
      { signal },
    )
    const wanted = new Set(hashes.map((row) => row.hash))
    const inSets = (distinct: BigUint64Array) => Uint8Array.from(distinct, (hash) => (wanted.has(hash) ? 1 : 0))
    const attrs = inSets(trace.attrs.distinct)
    const resource = inSets(trace.resource.distinct)
    const out = new Uint8Array(tree.count)
    for (let r = 0; r < tree.count; r++) {
      const at = tree.index[r] as number
      out[r] =
        (services[trace.services.codes[at] as number] as number) |
        (operations[trace.operations.codes[at] as number] as number) |
        (messages[trace.messages.codes[at] as number] as number) |
        (attrs[trace.attrs.codes[at] as number] as number) |
        (resource[trace.resource.codes[at] as number] as number)
    }
    if (/^[0-9a-f]{16}$/.test(needle)) {
      const row = trace.rowOf(spanOf(needle))
      if (row >= 0) out[row] = 1
    }
    return out
  }
  return keptFor(trace, `find ${needle}`, search, isRows)
}
