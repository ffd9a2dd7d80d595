// Rows by source, counted in the tables themselves.

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

export async function countSources(store: Pick<TelemetryStore, 'rows'>): Promise<Map<number, SourceCounts>> {
  const found = new Map<number, SourceCounts>()
  for (const table of TELEMETRY_TABLE_NAMES) {
    const name = COUNTED[table]
    if (name === undefined) continue
    const time = TIME_COLUMN[table]
    const extent = time === undefined ? 'NULL AS low, NULL AS high' : `min(${time}) AS low, max(${time}) AS high`
    const rows = await store.rows<{ source: number; n: bigint; low: bigint | null; high: bigint | null }>(
      `SELECT source, count(*) AS n, ${extent} FROM ${qualified(table)} GROUP BY source`,
      [],
    )
    for (const { source, n, low, high } of rows) {
      const before = found.get(source) ?? { counts: { ...NO_COUNTS }, from: null, to: null }
      before.counts[name] += Number(n)
      found.set(source, { counts: before.counts, from: lower(before.from, low), to: higher(before.to, high) })
    }
  }
  return found
}
