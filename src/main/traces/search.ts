// Which traces there are: a page in a total order, and the points of the scatter.

import { traces as contract } from '../../shared/contract/traces.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import { col, type TableAnswer } from '../../shared/contract/define.ts'
import { cell, columnFromValues, columnNamed, type ColumnSpec, type Frame } from '../../shared/frame/frame.ts'
import { headOf } from '../../shared/frame/gather.ts'
import { hexOfUuid, uuidOf } from '../storage/telemetry/ids.ts'
import type { Asked, AskedLive } from './ask.ts'
import {
  Params,
  type ParsedSpanFilter,
  rootCondition,
  servicesCondition,
  spanCondition,
  traceLength,
} from './filter.ts'

const SOURCE = col('source', 'string')
/** as the store has them: the source by its key */
const stored = (columns: readonly ColumnSpec[]): ColumnSpec[] =>
  columns.map((spec) => (spec.name === SOURCE.name ? col('source', 'int') : spec))
const COLUMNS = stored(contract.search.output.columns)
const POINT_COLUMNS = stored(contract.scatter.output.columns)

/** The source by its id instead. */
function withSourceIds(found: Frame, scope: Asked['scope']): Frame {
  const keys = columnNamed(found, 'source')
  const names = Array.from({ length: found.rowCount }, (_, row) => scope.sourceId(Number(cell(keys, row))))
  return {
    rowCount: found.rowCount,
    columns: found.columns.map((column) => (column === keys ? columnFromValues(SOURCE, names) : column)),
  }
}

/** Traces that began in the range, as a relation with the columns of `traces`. */
export async function matching(filter: ParsedSpanFilter, asked: Asked, params: Params): Promise<string> {
  const { store, scope, range, signal } = asked
  const traces = scope.relation('traces', range)
  const length = traceLength(filter) ?? 'true'
  // said of the trace itself, hence not asked of its spans again
  const { minTraceDuration: _least, maxTraceDuration: _most, ...spanFilter } = filter
  const own = filter.rootOnly ? rootCondition(spanFilter, params) : { condition: 'true', rest: spanFilter }
  const { rest } = own
  const condition = `${own.condition} AND ${length}`
  const listed = servicesCondition(rest, params)
  if (listed !== undefined) return `(SELECT * FROM ${traces} WHERE ${condition} AND ${listed})`
  const spans = await spanCondition(rest, { store, scope, params, signal })
  // a span of a trace that began in the range may start after its end; a file keeps traces whole
  const from: TimeRange = { from: range.from, to: asEpochNs((1n << 63n) - 1n) }
  return `(SELECT * FROM ${traces} t WHERE ${condition} AND EXISTS (SELECT 1 FROM ${scope.glance('spans', from)} s
    WHERE s.trace_id = t.trace_id AND s.source = t.source AND ${spans}))`
}

interface Cursor {
  readonly orderBy: string
  readonly value: bigint
  readonly source: number
  readonly traceId: string
}

function parseCursor(text: string, orderBy: string): Cursor {
  const m = /^(start|duration)\.(-?\d{1,19})\.(\d{1,9})\.([0-9a-f]{32})$/.exec(text)
  if (!m || m[1] !== orderBy)
    throw new WatchdeckError('invalid_input', 'The cursor is not one that traces.search gave for this order.')
  return { orderBy, value: BigInt(m[2] as string), source: Number(m[3]), traceId: m[4] as string }
}

type Search = ParsedSpanFilter & { orderBy: 'start' | 'duration'; limit: number; cursor?: string | undefined }

/**
 * A page with what live sources have for it. Of these no more is read than the newest page needs; the longest are among
 * all, so for that order everything up to the limit of the source is read.
 */
export async function searchPage(
  filter: Search,
  ask: (enough: number | undefined) => Promise<AskedLive>,
): Promise<TableAnswer> {
  for (let enough = filter.limit + 1; ; enough *= 4) {
    const asked = await ask(filter.orderBy === 'start' ? enough : undefined)
    const answer = await searchTraces(filter, asked)
    const { rowCount } = answer.table
    const starts = columnNamed(answer.table, 'start')
    const last = rowCount === 0 ? undefined : cell(starts, rowCount - 1)
    // older rows than what was seen of a live source: newer ones of it may be missing in between
    const unseen = typeof last === 'bigint' && last < asked.seenFrom
    if (!asked.more || (answer.nextCursor !== undefined && !unseen)) return answer
  }
}

/** Newest or longest first, then by source and trace id. */
export async function searchTraces(filter: Search, asked: Asked): Promise<TableAnswer> {
  const params = new Params()
  const from = await matching(filter, asked, params)
  const key = filter.orderBy === 'start' ? 'start_ns' : 'duration_ns'
  const cursor = filter.cursor === undefined ? undefined : parseCursor(filter.cursor, filter.orderBy)
  const after = cursor
    ? `WHERE (${key}, source, trace_id) < (${cursor.value}, ${cursor.source}, ${params.add(uuidOf(cursor.traceId))})`
    : ''
  const found = await asked.store.frame(
    `SELECT ${hexOfUuid('trace_id')}, root_service, root_operation, start_ns, duration_ns, spans, errors, services, source
     FROM ${from} ${after} ORDER BY ${key} DESC, source DESC, trace_id DESC LIMIT ${filter.limit + 1}`,
    params.values,
    COLUMNS,
    { signal: asked.signal },
  )
  const page = headOf(found, filter.limit)
  const table = withSourceIds(page, asked.scope)
  const { completeness } = asked.scope
  if (found.rowCount <= filter.limit) return { table, completeness }
  const last = filter.limit - 1
  const value = cell(columnNamed(page, filter.orderBy === 'start' ? 'start' : 'durationNs'), last)
  return {
    table,
    completeness: { ...completeness, truncated: { returned: filter.limit } },
    nextCursor: `${filter.orderBy}.${value}.${cell(columnNamed(page, 'source'), last)}.${cell(columnNamed(page, 'traceId'), last)}`,
  }
}

interface ScatterHeadline {
  readonly traces: number
  readonly failed: number
  readonly p50Ns: number
  readonly p95Ns: number
  readonly longestNs: number
}

/**
 * All points while they fit. Else failed traces first, then the shortest and longest of each of 200 time slots, then
 * others spread evenly by the hash of their id; `truncated.total` says how many there are. The summary counts all of
 * them: from thinned points it would favour failures and extremes.
 */
export async function scatter(
  filter: ParsedSpanFilter & { limit: number },
  asked: Asked,
): Promise<TableAnswer<ScatterHeadline>> {
  const params = new Params()
  const from = await matching(filter, asked, params)
  const slot = (asked.range.to - asked.range.from) / 200n + 1n
  const found = await asked.store.frame(
    `WITH points AS MATERIALIZED (SELECT *, (start_ns - (${asked.range.from})) // ${slot} AS slot FROM ${from}),
      ranked AS (SELECT *, CASE WHEN errors > 0 THEN 0
        WHEN row_number() OVER (PARTITION BY slot ORDER BY duration_ns DESC) = 1 OR row_number() OVER (PARTITION BY slot ORDER BY duration_ns) = 1 THEN 1 ELSE 2 END AS place
        FROM points),
      chosen AS (SELECT * FROM ranked ORDER BY place, hash(trace_id) LIMIT ${filter.limit})
     SELECT ${hexOfUuid('trace_id')}, start_ns, duration_ns, root_service, errors, spans, source FROM chosen ORDER BY start_ns, trace_id`,
    params.values,
    POINT_COLUMNS,
    { signal: asked.signal },
  )
  const table = withSourceIds(found, asked.scope)
  const { completeness } = asked.scope
  if (found.rowCount < filter.limit) return { table, completeness, summary: summaryOf(found) }
  const [all] = await asked.store.rows<{ n: bigint; failed: bigint; p50: bigint; p95: bigint; longest: bigint }>(
    `SELECT count(*) AS n, count(*) FILTER (errors > 0) AS failed, quantile_disc(duration_ns, 0.5) AS p50,
       quantile_disc(duration_ns, 0.95) AS p95, max(duration_ns) AS longest FROM ${from}`,
    params.values,
    { signal: asked.signal },
  )
  const total = Number(all?.n ?? 0n)
  return {
    table,
    completeness:
      total > found.rowCount ? { ...completeness, truncated: { returned: found.rowCount, total } } : completeness,
    summary: {
      traces: total,
      failed: Number(all?.failed ?? 0n),
      p50Ns: Number(all?.p50 ?? 0n),
      p95Ns: Number(all?.p95 ?? 0n),
      longestNs: Number(all?.longest ?? 0n),
    },
  }
}

/** The same of points that are all there, without asking the store again. */
function summaryOf(points: Frame): ScatterHeadline {
  const durations = columnNamed(points, 'durationNs')
  const errors = columnNamed(points, 'errors')
  const lengths = new Float64Array(points.rowCount)
  let failed = 0
  for (let row = 0; row < points.rowCount; row++) {
    lengths[row] = Number(cell(durations, row))
    if (Number(cell(errors, row)) > 0) failed++
  }
  lengths.sort()
  // as the store's quantile_disc: the least value that this share of all reaches
  const at = (q: number) => lengths[Math.max(0, Math.ceil(q * lengths.length) - 1)] ?? 0
  return { traces: points.rowCount, failed, p50Ns: at(0.5), p95Ns: at(0.95), longestNs: at(1) }
}
