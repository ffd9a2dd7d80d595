// The two windows of a comparison and the spans that stand for a service's requests in them.
//
// Requests of a service are its server and consumer spans. A service that has none in either window (a batch job, a
// browser) is counted by its entry spans instead: those without a parent, or whose parent belongs to another service.

import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import type { Scope, SqlValue, TelemetryStore } from '../storage/telemetry/api.ts'

const HOUR = 3_600_000_000_000n

/** The hour before the range, or as long as the range where that is shorter. */
export function windowBefore(range: TimeRange): TimeRange {
  const length = range.to - range.from < HOUR ? range.to - range.from : HOUR
  return { from: asEpochNs(range.from - length), to: range.from }
}

/** A cause is older than the alert that opened the window: a change this long before it is told too. */
const LEAD = 15n * 60_000_000_000n

/**
 * Where a window follows its baseline at once, both with their border moved back: what was rolled out in the last minutes
 * of the baseline belongs to the window.
 */
export function withLead<W extends { readonly range: TimeRange; readonly before: TimeRange }>(w: W): W {
  if (w.before.to !== w.range.from) return w
  const quarter = (w.before.to - w.before.from) / 4n
  const border = asEpochNs(w.range.from - (quarter < LEAD ? quarter : LEAD))
  return { ...w, range: { ...w.range, from: border }, before: { ...w.before, to: border } }
}

/** What of a window the sources can know: what a file does not hold was neither calm nor quiet. */
export const heldPart = (scope: Scope, window: TimeRange): TimeRange | undefined =>
  // metrics last: a file keeps some of them from before its range, and an hour with nothing else is no baseline
  scope.held('spans', window) ??
  scope.held('logs', window) ??
  scope.held('happenings', window) ??
  scope.held('samples', window)

/**
 * From the first thing recorded in the window to its end; undefined where there is none. A start that is late by less than
 * a fiftieth of the window is what any sampling looks like and stays.
 */
export async function recordedPart(
  { store, scope, signal }: { store: TelemetryStore; scope: Scope; signal: AbortSignal },
  window: TimeRange,
): Promise<TimeRange | undefined> {
  const part = heldPart(scope, window)
  if (part === undefined) return undefined
  const first = (table: 'spans' | 'logs' | 'samples', time: string) =>
    `(SELECT min(${time}) FROM ${scope.glance(table, part)})`
  const [found] = await store.rows<{ first: bigint | null }>(
    `SELECT least(${first('spans', 'start_ns')}, ${first('logs', 'time_ns')}, ${first('samples', 'time_ns')}) AS first`,
    [],
    { signal },
  )
  if (found?.first === null || found?.first === undefined) return undefined
  const late = found.first - window.from
  return { from: late * 50n <= window.to - window.from ? part.from : asEpochNs(found.first), to: part.to }
}

export const seconds = (range: TimeRange): number => Number(range.to - range.from) / 1e9
export const within = (column: string, range: TimeRange): string =>
  `(${column} >= ${range.from} AND ${column} < ${range.to})`
const earlier = <T extends bigint>(a: T, b: T): T => (a < b ? a : b)
const later = <T extends bigint>(a: T, b: T): T => (a > b ? a : b)
export const spanning = (a: TimeRange, b: TimeRange | undefined): TimeRange =>
  b === undefined ? a : { from: earlier(a.from, b.from), to: later(a.to, b.to) }

export interface Entries {
  /** a parenthesised relation: source, service, operation, start_ns, duration_ns, status, resource */
  readonly sql: string
  readonly params: readonly SqlValue[]
}

export async function entrySpans(
  store: TelemetryStore,
  scope: Scope,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Entries> {
  const spans = scope.relation('spans', range)
  const bare = await store.rows<{ service: string }>(
    `SELECT service FROM ${spans} GROUP BY service HAVING count(*) FILTER (kind IN (2, 5)) = 0 ORDER BY service`,
    [],
    { signal },
  )
  const columns = 's.source, s.service, s.operation, s.start_ns, s.duration_ns, s.status, s.resource'
  const served = `SELECT ${columns} FROM ${spans} s WHERE s.kind IN (2, 5)`
  if (bare.length === 0) return { sql: `(${served})`, params: [] }
  const names = bare.map((_, i) => `$${i + 1}`).join(', ')
  return {
    sql: `(${served} UNION ALL SELECT ${columns} FROM ${spans} s WHERE s.service IN (${names}) AND NOT EXISTS (
      SELECT 1 FROM ${spans} p WHERE p.source = s.source AND p.trace_id = s.trace_id AND p.span_id = s.parent_id AND p.service = s.service AND p.service IN (${names})))`,
    params: bare.map((row) => row.service),
  }
}
