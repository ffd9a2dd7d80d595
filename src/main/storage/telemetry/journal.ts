// What was committed, kept beside the rows and within the same transaction. The catalog is told after a commit, in a file
// of its own: when a crash falls between the two, or the catalog is lost, this says what the rows are.

import type { DuckDBConnection } from '@duckdb/node-api'
import type { SourceRecord } from '../catalog/api.ts'
import type { WrittenRows } from './encoder.ts'

/** The source as it was called when the rows were committed. */
export type JournalSource = Pick<SourceRecord, 'id' | 'name' | 'kind' | 'origin' | 'createdAt'>

/** A file that was read whole, as `imports` of the catalog has it. */
export interface JournalFile {
  readonly sha256: string
  readonly path: string
  readonly bytes: number
  readonly format: string
  readonly rowsTaken: number
  readonly rowsSkipped: number
  readonly importedAt: string
}

export interface JournalEntry {
  readonly key: number
  readonly source: JournalSource
  readonly file: JournalFile | null
  /** times as decimal strings of epoch nanoseconds */
  readonly rows: Omit<WrittenRows, 'from' | 'to'> & { readonly from: string | null; readonly to: string | null }
}

/** Older stores get it when they are opened; older versions of the program pass it by. */
export const JOURNAL_SQL =
  'CREATE TABLE IF NOT EXISTS telemetry.main.journal (source INTEGER NOT NULL, entry VARCHAR NOT NULL)'

/** Within the transaction that commits the rows. */
export async function writeJournal(
  connection: DuckDBConnection,
  key: number,
  source: JournalSource,
  rows: WrittenRows,
  file: JournalFile | undefined,
): Promise<void> {
  const { id, name, kind, origin, createdAt } = source
  const entry: JournalEntry = {
    key,
    source: { id, name, kind, origin, createdAt },
    file: file ?? null,
    rows: { ...rows, from: rows.from?.toString() ?? null, to: rows.to?.toString() ?? null },
  }
  await connection.run(`INSERT INTO telemetry.main.journal VALUES (${key}, $1)`, [JSON.stringify(entry)])
}

/** In the order of the commits. */
export const READ_JOURNAL_SQL = 'SELECT entry FROM telemetry.main.journal ORDER BY rowid'
