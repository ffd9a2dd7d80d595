// What is shown of an opened trace: its header, a window of its waterfall, its flame chart, the next match.

import { jsonInteger } from '../../shared/frame/table.ts'
import { traces as contract } from '../../shared/contract/traces.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Completeness, TableAnswer } from '../../shared/contract/define.ts'
import { WATERFALL_COLUMNS } from '../../shared/contract/traces.ts'
import { SPAN_KINDS, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import { FLAG } from '../../shared/domain/trace-tree.ts'
import { type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { uuidOf } from '../storage/telemetry/ids.ts'
import type { TracedClock } from './adjusted.ts'
import type { OpenTrace } from './open.ts'
import type { View } from './view.ts'

export const hexId = (id: bigint): string => (id === 0n ? '' : id.toString(16).padStart(16, '0'))

const SLOTS = 200

const word = (coded: { codes: Int32Array; words: readonly string[] }, at: number): string =>
  coded.words[coded.codes[at] as number] as string
const flagged = (trace: OpenTrace, row: number, flag: number): boolean =>
  ((trace.tree.flags[row] as number) & flag) !== 0

/** Event ticks of one span that a row tells; more would not be told apart on screen. */
const MAX_TICKS = 100

export async function waterfall(
  trace: OpenTrace,
  view: View,
  request: { offset: number; limit: number },
  store: TelemetryStore,
  completeness: Completeness,
  signal: AbortSignal,
): Promise<TableAnswer<{ total: number; matches: number }>> {
  const { offset, limit } = request
  const { tree, path } = trace
  const rows: FrameRow[] = []
  const eventTimes = await eventTimesOf(trace, view.rows.subarray(offset, offset + limit), store, signal)
  for (let i = offset; i < Math.min(view.rows.length, offset + limit); i++) {
    const r = view.rows[i] as number
    const at = tree.index[r] as number
    rows.push({
      row: i,
      spanId: hexId(trace.spanIds[at] as bigint),
      parentId: hexId(trace.parentIds[at] as bigint),
      depth: tree.depth[r],
      children: tree.children[r],
      descendants: tree.descendants[r],
      collapsed: view.folded[r] === 1,
      service: word(trace.services, at),
      operation: word(trace.operations, at),
      kind: SPAN_KINDS[tree.kind[r] as number] ?? 'unspecified',
      start: trace.start + BigInt(tree.start[r] as number),
      durationNs: tree.duration[r],
      selfNs: tree.self[r],
      status: SPAN_STATUSES[trace.status[at] as number] ?? 'unset',
      critical: path.onPath[r] === 1,
      orphan: flagged(trace, r, FLAG.orphan),
      skewed: flagged(trace, r, FLAG.skewed),
      events: trace.events[at],
      links: trace.links[at],
      matches: view.matches?.[r] === 1,
      eventsNs: JSON.stringify(eventTimes.get(r) ?? []),
      criticalParts: JSON.stringify(trace.parts.get(r) ?? []),
    })
  }
  return {
    table: frameFromRows(WATERFALL_COLUMNS, rows),
    completeness,
    summary: { total: view.rows.length, matches: view.matchCount },
  }
}

/** Row -> when its events happened, ns from the trace's start. Asks the store only for the rows that have events. */
async function eventTimesOf(
  trace: OpenTrace,
  rows: Int32Array,
  store: TelemetryStore,
  signal: AbortSignal,
): Promise<Map<number, number[]>> {
  const out = new Map<number, number[]>()
  const withEvents = rows.filter((r) => (trace.events[trace.tree.index[r] as number] as number) > 0)
  if (withEvents.length === 0) return out
  const ids = Array.from(withEvents, (r) => `${trace.spanIds[trace.tree.index[r] as number]}::UBIGINT`)
  const found = await store.rows<{ span: bigint; times: string }>(
    `SELECT span_id AS span, to_json(list_slice(json_extract_string(events, '$[*].time'), 1, ${MAX_TICKS}))::VARCHAR AS times
     FROM ${trace.scope.relation('spans')} WHERE trace_id = $1 AND span_id IN (${ids.join(', ')}) AND events IS NOT NULL`,
    [uuidOf(trace.traceId)],
    { signal },
  )
  const offset = trace.scope.clockOffset(trace.source) - trace.start
  for (const { span, times } of found) {
    const row = trace.rowOf(span)
    if (row < 0) continue
    const own = trace.shifts?.[trace.tree.index[row] as number] ?? 0
    out.set(
      row,
      (JSON.parse(times) as string[]).map((time) => Number(BigInt(time) + offset) + own),
    )
  }
  return out
}

/** The next (or previous) visible row that matches, failed or is the span, after row `after`. */
export function locate(
  trace: OpenTrace,
  view: View,
  request: { spanId?: bigint | undefined; errors: boolean; after: number; direction: 'next' | 'previous' },
) {
  const { rows, matches } = view
  const failed = (r: number) => trace.status[trace.tree.index[r] as number] === 2
  const matchCount = request.errors ? rows.reduce((n, r) => n + (failed(r) ? 1 : 0), 0) : view.matchCount
  const target = request.spanId === undefined ? undefined : trace.rowOf(request.spanId)
  const hit = (i: number) => {
    const r = rows[i] as number
    return target !== undefined ? r === target : request.errors ? failed(r) : matches?.[r] === 1
  }
  const answer = (i: number) => ({
    row: i,
    spanId: hexId(trace.spanIds[trace.tree.index[rows[i] as number] as number] as bigint),
    matches: matchCount,
  })
  if (target !== undefined || request.direction === 'next') {
    for (let i = target === undefined ? request.after + 1 : 0; i < rows.length; i++) if (hit(i)) return answer(i)
  } else
    for (let i = Math.min(rows.length, request.after < 0 ? rows.length : request.after) - 1; i >= 0; i--)
      if (hit(i)) return answer(i)
  return { row: null, spanId: null, matches: matchCount }
}

const FLAME_COLUMNS = contract.flame.output.columns
const MAX_BOXES = 20_000

/** Spans that touch the window and are at least a pixel wide in it; what is narrower is counted in `truncated.total`. */
export function flame(
  trace: OpenTrace,
  request: { fromNs?: number | undefined; toNs?: number | undefined; width: number },
  completeness: Completeness,
): TableAnswer {
  const { tree } = trace
  const from = request.fromNs ?? 0
  const to = request.toNs ?? trace.duration
  const pixel = Math.max(1, (to - from) / request.width)
  const rows: FrameRow[] = []
  let total = 0
  for (let r = 0; r < tree.count; r++) {
    const start = tree.start[r] as number
    const duration = tree.duration[r] as number
    if (start >= to && duration > 0) continue
    if (start + duration < from || start > to) continue
    total++
    if ((duration < pixel && tree.depth[r] !== 0) || rows.length >= MAX_BOXES) continue
    const at = tree.index[r] as number
    rows.push({
      spanId: hexId(trace.spanIds[at] as bigint),
      depth: tree.depth[r],
      service: word(trace.services, at),
      operation: word(trace.operations, at),
      offsetNs: start,
      durationNs: duration,
      status: SPAN_STATUSES[trace.status[at] as number] ?? 'unset',
      critical: trace.path.onPath[r] === 1,
    })
  }
  return {
    table: frameFromRows(FLAME_COLUMNS, rows),
    completeness: rows.length < total ? { ...completeness, truncated: { returned: rows.length, total } } : completeness,
  }
}

export function header(trace: OpenTrace, sourceId: string, completeness: Completeness, clocks: readonly TracedClock[]) {
  const { tree, path } = trace
  const names = trace.services.words.length
  const [spans, failures, selfs] = [new Int32Array(names), new Int32Array(names), new Float64Array(names)]
  const critical = new Map<string, { service: string; operation: string; self: number }>()
  const minimap = {
    spans: new Array<number>(SLOTS).fill(0),
    errors: new Array<number>(SLOTS).fill(0),
    depth: new Array<number>(SLOTS).fill(0),
  }
  const slotOf = (ns: number) => Math.min(SLOTS - 1, Math.floor((ns / Math.max(1, trace.duration)) * SLOTS))
  // spans that cover a slot: +1 where they begin, -1 after they end
  const edges = new Int32Array(SLOTS + 1)
  let errors = 0
  for (let r = 0; r < tree.count; r++) {
    const at = tree.index[r] as number
    const failed = trace.status[at] === 2 ? 1 : 0
    errors += failed
    const code = tree.service[r] as number
    spans[code] = (spans[code] as number) + 1
    failures[code] = (failures[code] as number) + failed
    selfs[code] = (selfs[code] as number) + (tree.self[r] as number)
    const first = slotOf(tree.start[r] as number)
    const last = slotOf((tree.start[r] as number) + (tree.duration[r] as number))
    edges[first] = (edges[first] as number) + 1
    edges[last + 1] = (edges[last + 1] as number) - 1
    minimap.errors[first] = (minimap.errors[first] as number) + failed
    const depth = tree.depth[r] as number
    if (depth > (minimap.depth[first] as number)) minimap.depth[first] = depth
    if (path.onPath[r] === 1) {
      const operation = word(trace.operations, at)
      const key = `${code}/${operation}`
      const held = critical.get(key) ?? { service: word(trace.services, at), operation, self: 0 }
      held.self += path.exclusive[r] as number
      critical.set(key, held)
    }
  }
  let open = 0
  for (let i = 0; i < SLOTS; i++) {
    open += edges[i] as number
    minimap.spans[i] = open
  }
  const rootAt = tree.root < 0 ? -1 : (tree.index[tree.root] as number)
  const rootDuration = tree.root < 0 ? 0 : (tree.duration[tree.root] as number)
  return {
    traceId: trace.traceId,
    source: sourceId,
    rootService: rootAt < 0 ? '' : word(trace.services, rootAt),
    rootOperation: rootAt < 0 ? '' : word(trace.operations, rootAt),
    start: formatRfc3339(trace.start),
    durationNs: jsonInteger(BigInt(trace.duration)),
    spans: tree.count,
    errors,
    depth: tree.maxDepth,
    orphans: tree.orphans,
    skewed: tree.skewed,
    cycles: tree.cycles,
    duplicates: tree.duplicates,
    clocks: clocks.map((c) => ({
      host: c.host,
      services: [...c.services],
      shiftNs: c.shift,
      leastNs: c.least,
      mostNs: c.most,
      errorNs: c.error ?? null,
      calls: c.calls,
      spans: c.spans,
    })),
    services: trace.services.words
      .map((service, code) => ({
        service,
        spans: spans[code] as number,
        errors: failures[code] as number,
        selfNs: selfs[code] as number,
      }))
      .filter((each) => each.spans > 0)
      .sort((a, b) => b.selfNs - a.selfNs || (a.service < b.service ? -1 : 1)),
    criticalPath: [...critical.values()]
      .sort((a, b) => b.self - a.self)
      .map((c) => ({
        service: c.service,
        operation: c.operation,
        selfNs: c.self,
        share: rootDuration === 0 ? 0 : c.self / rootDuration,
      })),
    minimap,
    completeness,
  }
}
