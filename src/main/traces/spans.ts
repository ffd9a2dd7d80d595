// Whole spans of an opened trace, with what only the tree knows about them.

import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Completeness, TableAnswer } from '../../shared/contract/define.ts'
import { SPAN_COLUMNS } from '../../shared/contract/traces.ts'
import { SPAN_KINDS, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import { FLAG } from '../../shared/domain/trace-tree.ts'
import { cell, type Column, type ColumnSpec, columnFromValues, type Frame } from '../../shared/frame/frame.ts'
import { gather } from '../../shared/frame/gather.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { hexOfSpan, uuidOf } from '../storage/telemetry/ids.ts'
import { type OpenTrace, READ_ORDER } from './open.ts'

const named = (words: readonly string[], code: string) => `[${words.map((w) => `'${w}'`).join(', ')}][${code} + 1]`

/** Up to as many spans are asked for by their ids, when there are several times as many in their trace. */
const MOST_IDS = 10_000

/** Rows of the tree as spans, in the order given. Nothing else of the trace is read when there are few of it. */
export async function spansOf(
  store: TelemetryStore,
  trace: OpenTrace,
  rows: Int32Array,
  signal: AbortSignal,
): Promise<Frame> {
  const { tree, path } = trace
  const few = rows.length <= 500 || (rows.length <= MOST_IDS && rows.length * 4 <= tree.count)
  const only = few
    ? ` AND span_id IN (${[0n, ...Array.from(rows, (r) => trace.spanIds[tree.index[r] as number] as bigint)].map((id) => `${id}::UBIGINT`).join(', ')})`
    : ''
  const fromStore = SPAN_COLUMNS.slice(0, 13)
  const frame = await store.frame(
    `WITH spans AS MATERIALIZED (SELECT * FROM ${trace.scope.relation('spans')} WHERE trace_id = $1${only}),
      words AS MATERIALIZED (SELECT hash, any_value(json) AS json FROM ${trace.scope.relation('attributes')}
        WHERE hash IN (SELECT attrs FROM spans UNION SELECT resource FROM spans) GROUP BY hash)
     SELECT ${hexOfSpan('span_id')}, ${hexOfSpan('parent_id')}, service, operation, ${named(SPAN_KINDS, 'kind')}, start_ns, duration_ns,
       ${named(SPAN_STATUSES, 'status')}, coalesce(status_message, ''), coalesce(a.json, '{}'), coalesce(r.json, '{}'), coalesce(events, '[]'), coalesce(links, '[]')
     FROM spans LEFT JOIN words a ON a.hash = attrs LEFT JOIN words r ON r.hash = resource ORDER BY ${READ_ORDER}`,
    [uuidOf(trace.traceId)],
    fromStore,
    { signal },
  )
  // row asked for -> its position in the answer of the store
  let places: Int32Array
  const placeOf = (at: number): number => (trace.places ? (trace.places[at] as number) : at)
  if (few) {
    const read =
      tree.duplicates > 0 ? namesakes(trace, rows) : Array.from(new Set(rows), (r) => tree.index[r] as number)
    read.sort((a, b) => placeOf(a) - placeOf(b))
    const found = new Map(read.map((at, place) => [at, place]))
    places = Int32Array.from(rows, (r) => found.get(tree.index[r] as number) ?? 0)
  } else places = Int32Array.from(rows, (r) => placeOf(tree.index[r] as number))
  const ordered = gather(frame, places)
  const own = (name: string, value: (row: number) => number | boolean) => {
    const spec = SPAN_COLUMNS.find((c) => c.name === name)
    if (!spec) throw new Error(`assertion failed: no column ${name}`)
    return columnFromValues(spec, Array.from(rows, value))
  }
  return {
    rowCount: rows.length,
    columns: [
      ...ordered.columns.map((column) => inTimesOf(trace, rows, column)),
      own('critical', (r) => path.onPath[r] === 1),
      own('selfNs', (r) => tree.self[r] as number),
      own('orphan', (r) => ((tree.flags[r] as number) & FLAG.orphan) !== 0),
      own('skewed', (r) => ((tree.flags[r] as number) & FLAG.skewed) !== 0),
    ],
  }
}

/** Every span with an id of these rows: where ids repeat, the store answers with more of them than were asked for. */
function namesakes({ spanIds, tree }: OpenTrace, rows: Int32Array): number[] {
  const wanted = new Set(Array.from(rows, (r) => spanIds[tree.index[r] as number] as bigint))
  const read: number[] = []
  for (let at = 0; at < tree.count; at++) if (wanted.has(spanIds[at] as bigint)) read.push(at)
  return read
}

/** Starts and events as the trace's clocks have them, where these were brought together; events tell their time as answers do. */
function inTimesOf(trace: OpenTrace, rows: Int32Array, column: Column): Column {
  const { shifts, tree } = trace
  // the store corrects the column of starts itself
  const clock = column.name === 'events' ? trace.scope.clockOffset(trace.source) : 0n
  const isStart = column.name === 'start'
  if (!(isStart && shifts) && column.name !== 'events') return column
  const spec = SPAN_COLUMNS.find((c) => c.name === column.name) as ColumnSpec
  return columnFromValues(
    spec,
    Array.from(rows, (row, i) => {
      const value = cell(column, i)
      const shift = BigInt(shifts ? (shifts[tree.index[row] as number] as number) : 0)
      if (value === null) return value
      return typeof value === 'bigint' ? value + shift : eventsAt(String(value), shift + clock)
    }),
  )
}

/** Kept in epoch nanoseconds, told as RFC 3339. */
function eventsAt(events: string, shift: bigint): string {
  if (events === '[]') return events
  const all = JSON.parse(events) as Array<{ time?: unknown }>
  return JSON.stringify(
    all.map((e) => (e.time === undefined ? e : { ...e, time: formatRfc3339(BigInt(String(e.time)) + shift) })),
  )
}

/** The rows `from` to before `to` of the tree. */
export async function spanPage(
  store: TelemetryStore,
  trace: OpenTrace,
  { from, to }: { from: number; to: number },
  completeness: Completeness,
  signal: AbortSignal,
): Promise<TableAnswer> {
  const total = trace.tree.count
  const length = Math.max(0, Math.min(to, total) - from)
  const rows = Int32Array.from({ length }, (_, i) => from + i)
  const table = await spansOf(store, trace, rows, signal)
  return {
    table,
    completeness: total > to ? { ...completeness, truncated: { returned: length, total } } : completeness,
  }
}
