// What was committed, kept beside the rows and within the same transaction. The catalog is told after a commit, in a file
// of its own: when a crash falls between the two, or the catalog is lost, this says what the rows are.

import type { DuckDBConnection } from '@duckdb/node-api'
import { asEpochNs, type EpochNs, tryParseRfc3339 } from '../../../shared/base/time.ts'
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
  if (file?.format !== RECEIVED_FORMAT) return
  const count = (sinceFolded.get(connection) ?? FOLD_EVERY - 1) + 1
  sinceFolded.set(connection, count % FOLD_EVERY)
  const now = tryParseRfc3339(file.importedAt)
  if (count >= FOLD_EVERY && now !== undefined) await foldJournal(connection, key, asEpochNs(now - KNOWN_FOR_NS))
}

/** Entries of the receiver, one for each commit: up to five a second for as long as it is on. */
export const RECEIVED_FORMAT = 'otlp-requests'
/** How long a request that comes again is known by its entry; a sender gives up long before. */
export const KNOWN_FOR_NS = 3_600_000_000_000n
const FOLD_EVERY = 2000
/** commits since entries were folded, by the connection that writes; the first one after a start folds */
const sinceFolded = new WeakMap<DuckDBConnection, number>()

/**
 * Makes one entry of those of the receiver that are older: what they have together is all that is asked of them. Within the
 * transaction of a commit, as every start reads the whole journal.
 */
export async function foldJournal(connection: DuckDBConnection, key: number, before: EpochNs): Promise<void> {
  const read = await connection.runAndReadAll(
    `SELECT rowid, entry FROM telemetry.main.journal WHERE source = ${key} ORDER BY rowid`,
  )
  const old = read.getRows().flatMap(([id, text]) => {
    const entry = JSON.parse(String(text)) as JournalEntry
    const at = entry.file?.format === RECEIVED_FORMAT ? tryParseRfc3339(entry.file.importedAt) : undefined
    return at !== undefined && at < before ? [{ id: String(id), entry }] : []
  })
  const last = old.at(-1)?.entry
  if (last === undefined || old.length < 2) return
  const rows = old.map(({ entry }) => entry.rows).reduce(sumOf)
  // without a hash: it names no request any more
  const folded: JournalEntry = { ...last, rows, file: last.file && { ...last.file, sha256: '' } }
  await connection.run(
    `DELETE FROM telemetry.main.journal WHERE source = ${key} AND rowid IN (${old.map(({ id }) => id).join(',')})`,
  )
  await connection.run(`INSERT INTO telemetry.main.journal VALUES (${key}, $1)`, [JSON.stringify(folded)])
}

function sumOf(a: JournalEntry['rows'], b: JournalEntry['rows']): JournalEntry['rows'] {
  const ends = (x: string | null, y: string | null, first: boolean): string | null =>
    x === null || y === null ? (x ?? y) : BigInt(x) < BigInt(y) === first ? x : y
  return {
    spans: a.spans + b.spans,
    logs: a.logs + b.logs,
    samples: a.samples + b.samples,
    series: a.series + b.series,
    objects: a.objects + b.objects,
    happenings: a.happenings + b.happenings,
    userEvents: a.userEvents + b.userEvents,
    from: ends(a.from, b.from, true),
    to: ends(a.to, b.to, false),
  }
}

/** In the order of the commits. */
export const READ_JOURNAL_SQL = 'SELECT entry FROM telemetry.main.journal ORDER BY rowid'
