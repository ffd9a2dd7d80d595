// Rows by source, counted in the tables themselves.

import { OPEN_FROM } from '../../../shared/domain/alerts.ts'
import type { SourceCounts, TelemetryStore } from './api.ts'
import { qualified } from './database.ts'
import { TELEMETRY_TABLE_NAMES, type TelemetryTable, TIME_COLUMN } from './schema.ts'

/** The tables whose rows a source is counted by. */
const COUNTED: Partial<Record<TelemetryTable, keyof SourceCounts['counts']>> = {
  spans: 'spans',
  logs: 'logs',
  samples: 'samples',
  histograms: 'samples',
  series: 'series',
  objects: 'objects',
  happenings: 'happenings',
  user_events: 'userEvents',
}
const NO_COUNTS = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }

/** SQL text: the first moment after a row, as writers tell the range of a source (encoder.ts); undefined: the table tells none. */
function endOf(table: TelemetryTable): string | undefined {
  const time = TIME_COLUMN[table]
  if (time === undefined || table === 'traces' || table === 'exemplars') return undefined
  if (table === 'spans') return 'start_ns + greatest(duration_ns, 1)'
  if (table === 'happenings')
    return `CASE WHEN end_ns > ${OPEN_FROM} THEN time_ns ELSE greatest(time_ns, end_ns) END + 1`
  return `${time} + 1`
}

const lower = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null || a < b ? a : b)
const higher = (a: bigint | null, b: bigint | null): bigint | null => (a === null ? b : b === null || a > b ? a : b)

/** Counts of the rows that a file holds of a source, by its parts. */
export function countsOf(parts: ReadonlyArray<{ readonly table: TelemetryTable; readonly rows: number }>) {
  const counts: SourceCounts['counts'] = { ...NO_COUNTS }
  for (const { table, rows } of parts) {
    const name = COUNTED[table]
    if (name !== undefined) counts[name] += rows
  }
  return counts
}

/** The range is half-open. */
export async function countSources(store: Pick<TelemetryStore, 'rows'>): Promise<Map<number, SourceCounts>> {
  const found = new Map<number, SourceCounts>()
  const objects = new Map<number, { low: bigint | null; high: bigint | null }>()
  for (const table of TELEMETRY_TABLE_NAMES) {
    const name = COUNTED[table]
    const end = endOf(table)
    if (name === undefined && end === undefined) continue
    const time = TIME_COLUMN[table]
    const extent =
      end === undefined
        ? 'NULL AS low, NULL AS high'
        : `min(${time}) FILTER (${time} > 0) AS low, max(${end}) FILTER (${time} > 0) AS high`
    const rows = await store.rows<{ source: number; n: bigint; low: bigint | null; high: bigint | null }>(
      `SELECT source, count(*) AS n, ${extent} FROM ${qualified(table)} GROUP BY source`,
      [],
    )
    for (const { source, n, low, high } of rows) {
      const before = found.get(source) ?? { counts: { ...NO_COUNTS }, from: null, to: null }
      if (name !== undefined) before.counts[name] += Number(n)
      if (table === 'objects') objects.set(source, { low, high })
      const told = table === 'objects' ? { low: null, high: null } : { low, high }
      found.set(source, {
        counts: before.counts,
        from: lower(before.from, told.low),
        to: higher(before.to, told.high),
      })
    }
  }
  // an object may be years older than what happened to it: it gives the range only when nothing else does
  for (const [source, { low, high }] of objects) {
    const counted = found.get(source)
    if (counted && counted.from === null) found.set(source, { ...counted, from: low, to: high })
  }
  return found
}
