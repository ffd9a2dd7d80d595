// Opens the two DuckDB files of a data folder behind one instance: limits, locked-down access, schema, recovery.

import { mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, sep } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asStoreError } from './errors.ts'
import { JOURNAL_SQL } from './journal.ts'
import { createLiveTables } from './live-rows.ts'
import { LOG_WORD_TABLES } from './log-words.ts'
import { memoryBytes, memorySetting } from './memory.ts'
import { SAMPLE_CELL_TABLES } from './sample-cells.ts'
import { TELEMETRY_SCHEMA_VERSION, TELEMETRY_TABLES, type TelemetryTable } from './schema.ts'

export interface StoreFolders {
  readonly telemetry: string
  readonly events: string
  /** mounted Parquet files are read from here, and from nowhere else */
  readonly cache: string
  /** exports are written here first, then moved to where they belong */
  readonly exports: string
  readonly spill: string
}

export interface DatabaseOptions {
  /** most memory that DuckDB may take; default: a quarter of the machine's, between 512 MiB and 4 GiB */
  readonly memoryBytes?: number | undefined
  /** default: the machine's cores, at most 8 */
  readonly threads?: number | undefined
  /** most bytes that may be spilled to disk; default 20 GiB */
  readonly spillBytes?: number | undefined
}

export function storeFolders(dataDir: string): StoreFolders {
  return {
    telemetry: join(dataDir, 'telemetry.duckdb'),
    events: join(dataDir, 'events.duckdb'),
    cache: join(dataDir, 'cache'),
    exports: join(dataDir, 'exports'),
    spill: join(dataDir, 'spill'),
  }
}

/** Where the rows of a table live: user events have a store of their own. */
export const databaseOf = (table: TelemetryTable): 'telemetry' | 'events' =>
  table === 'user_events' ? 'events' : 'telemetry'
export const qualified = (table: TelemetryTable): string => `${databaseOf(table)}.main.${table}`

/** The machine's cores, at most 8, where nothing else was chosen. */
export const threadsSetting = (chosen: number | undefined): string =>
  `threads = ${chosen ?? Math.min(8, Math.max(1, availableParallelism()))}`

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * @throws WatchdeckError `unsupported` (made by a newer version), `corrupt`, or `unavailable` (held by another process, no space)
 */
export async function openTelemetryDatabase(folders: StoreFolders, options: DatabaseOptions): Promise<DuckDBInstance> {
  // what an earlier process spilled or was about to export when it ended is of no use to anyone
  for (const leftover of [folders.spill, folders.exports]) rmSync(leftover, { recursive: true, force: true })
  for (const folder of [folders.cache, folders.exports, folders.spill])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  let instance: DuckDBInstance | undefined
  try {
    instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    try {
      for (const setting of [
        memorySetting(memoryBytes(options.memoryBytes)),
        threadsSetting(options.threads),
        `temp_directory = ${quoted(folders.spill)}`,
        `max_temp_directory_size = '${Math.floor((options.spillBytes ?? 20 * 2 ** 30) / 2 ** 20)}MiB'`,
        `preserve_insertion_order = true`,
        // rows held before they go to disk: five groups (the default) of wide rows are most of what an import takes
        `write_buffer_row_group_count = 1`,
        // freed memory goes back to the system soon; by default half a gigabyte waits to be used again
        `allocator_flush_threshold = '8MiB'`,
        `allocator_bulk_deallocation_flush_threshold = '16MiB'`,
      ])
        await connection.run(`SET ${setting}`)
      await attach(connection, 'telemetry', folders.telemetry)
      await attach(connection, 'events', folders.events)
      await createLiveTables(connection)
      await connection.run(
        `SET allowed_directories = [${[folders.cache, folders.exports].map((f) => quoted(f + sep)).join(', ')}]`,
      )
      // both files again, for the moment in which one is replaced by its compacted copy (TelemetryStore.compact)
      const own = [folders.telemetry, folders.events].flatMap((file) => [file, `${file}.wal`])
      await connection.run(`SET allowed_paths = [${own.map(quoted).join(', ')}]`)
      await connection.run('SET enable_external_access = false')
      // what may still be set: a large write lowers the memory for its time (memory.ts), a person chooses both
      await connection.run(`SET allowed_configs = ['memory_limit', 'threads']`)
      await connection.run('SET lock_configuration = true')
      await connection.run(JOURNAL_SQL)
      await recover(connection)
    } finally {
      connection.disconnectSync()
    }
    return instance
  } catch (error) {
    instance?.closeSync()
    throw error
  }
}

async function attach(connection: DuckDBConnection, name: 'telemetry' | 'events', path: string): Promise<void> {
  try {
    await connection.run(`ATTACH ${quoted(path)} AS ${name}`)
  } catch (error) {
    throw asOpenError(error, path)
  }
  await connection.run(`BEGIN`)
  await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.main.store (name VARCHAR NOT NULL, value VARCHAR NOT NULL)`)
  const found = await connection.runAndReadAll(`SELECT value::INTEGER FROM ${name}.main.store WHERE name = 'schema'`)
  const version = found.getRows()[0]?.[0]
  if (typeof version === 'number' && version > TELEMETRY_SCHEMA_VERSION) {
    await connection.run('ROLLBACK')
    throw new WatchdeckError(
      'unsupported',
      `The ${name} store has schema ${version}; this version knows up to ${TELEMETRY_SCHEMA_VERSION}.`,
      {
        hint: 'Install the Watchdeck that last used this data folder, or a newer one; or choose another data folder.',
        details: { path, found: version, supported: TELEMETRY_SCHEMA_VERSION },
      },
    )
  }
  if (version === undefined) {
    for (const [table, columns] of Object.entries(TELEMETRY_TABLES))
      if (databaseOf(table as TelemetryTable) === name)
        await connection.run(`CREATE TABLE ${name}.main.${table} (${columns})`)
    // user events wait here until the telemetry of the same commit is there (see `recover`)
    if (name === 'events')
      await connection.run(`CREATE TABLE events.main.staged (batch VARCHAR NOT NULL, ${TELEMETRY_TABLES.user_events})`)
    else await connection.run(`CREATE TABLE telemetry.main.commits (batch VARCHAR NOT NULL)`)
    await connection.run(`INSERT INTO ${name}.main.store VALUES ('schema', '${TELEMETRY_SCHEMA_VERSION}')`)
  }
  // helps that older versions know nothing of and need not keep: lines and samples without them are read
  if (name === 'telemetry')
    for (const [table, columns] of Object.entries({ ...LOG_WORD_TABLES, ...SAMPLE_CELL_TABLES }))
      await connection.run(`CREATE TABLE IF NOT EXISTS telemetry.main.${table} (${columns})`)
  await connection.run('COMMIT')
}

/**
 * A transaction of DuckDB writes to one file only. A commit with user events therefore stages them, commits the telemetry
 * together with the batch's name, then moves the staged rows. Whatever a crash left staged is moved when its batch was
 * committed and dropped when it was not.
 */
export async function recover(connection: DuckDBConnection): Promise<void> {
  const staged = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM events.main.staged')
  if (staged.getRows()[0]?.[0] !== 0) {
    await connection.run('BEGIN')
    await connection.run(
      `INSERT INTO events.main.user_events SELECT * EXCLUDE (batch) FROM events.main.staged WHERE batch IN (SELECT batch FROM telemetry.main.commits)`,
    )
    await connection.run('DELETE FROM events.main.staged')
    await connection.run('COMMIT')
  }
  await connection.run('DELETE FROM telemetry.main.commits')
}

function asOpenError(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error
  if (/Could not set lock/i.test(error.message))
    return new WatchdeckError('unavailable', 'The data folder is in use by another Watchdeck.', {
      hint: 'Close the other one, or choose another data folder with --data-dir.',
      cause: error,
    })
  if (/not a valid DuckDB|corrupt|checksum|Serialization Error|Failed to load|magic/i.test(error.message))
    return new WatchdeckError('corrupt', 'The telemetry store is damaged.', {
      hint: `Move ${path} and its .wal file aside; a new, empty one is made. What was imported can be imported again.`,
      details: { path },
      cause: error,
    })
  if (/newer version|newer DuckDB|storage version/i.test(error.message))
    return new WatchdeckError('unsupported', 'The telemetry store was written by a newer version.', {
      hint: 'Install the Watchdeck that last used this data folder, or a newer one.',
      details: { path },
      cause: error,
    })
  return asStoreError(error)
}
