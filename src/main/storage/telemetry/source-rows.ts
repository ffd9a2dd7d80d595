// Every row of one source, copied or deleted. One transaction writes to one database, so the two files are written one after
// the other, in an order in which what a crash cut short can be done again.

import type { DuckDBConnection } from '@duckdb/node-api'
import { qualified } from './database.ts'
import { LOG_WORD_TABLES } from './log-words.ts'
import { recountSamples, SAMPLE_CELL_TABLES } from './sample-cells.ts'
import { TELEMETRY_TABLE_NAMES, type TelemetryTable } from './schema.ts'

/** @param relations each table with the SELECT of the rows to copy */
export async function copyRows(
  connection: DuckDBConnection,
  relations: ReadonlyArray<readonly [TelemetryTable, string]>,
  to: number,
  pendingSamples: number,
): Promise<void> {
  const insert = (table: TelemetryTable, relation: string) =>
    `INSERT INTO ${qualified(table)} SELECT * REPLACE (${to}::INTEGER AS source) FROM ${relation}`
  // telemetry first, then events; a failure between is mended by deleting
  await connection.run('BEGIN')
  for (const [table, relation] of relations) if (table !== 'user_events') await connection.run(insert(table, relation))
  await recountSamples(connection, to, pendingSamples)
  await connection.run('COMMIT')
  for (const [table, relation] of relations) if (table === 'user_events') await connection.run(insert(table, relation))
}

export async function deleteRows(connection: DuckDBConnection, source: number): Promise<void> {
  // events first: while the telemetry is there, a purge that a crash cut short is simply done again
  await connection.run(`DELETE FROM ${qualified('user_events')} WHERE source = ${source}`)
  await connection.run('BEGIN')
  for (const table of TELEMETRY_TABLE_NAMES)
    if (table !== 'user_events') await connection.run(`DELETE FROM ${qualified(table)} WHERE source = ${source}`)
  for (const table of Object.keys({ ...LOG_WORD_TABLES, ...SAMPLE_CELL_TABLES }))
    await connection.run(`DELETE FROM telemetry.main.${table} WHERE source = ${source}`)
  await connection.run(`DELETE FROM telemetry.main.journal WHERE source = ${source}`)
  await connection.run('COMMIT')
}
