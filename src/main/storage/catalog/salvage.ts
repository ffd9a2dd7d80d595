// A damaged catalog: moved aside, never deleted, and read as far as it lets itself be read. Incidents and what was written
// into them exist nowhere else, so every row that can still be had comes along.

import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type EpochNs, formatRfc3339 } from '../../../shared/base/time.ts'
import type { Catalog } from './api.ts'
import { APPLICATION_ID, type Sqlite } from './database.ts'

/** In this order: a row follows what it points to. The audit starts anew: a chain with a gap proves nothing. */
const TABLES = ['settings', 'sources', 'imports', 'incidents', 'stamps', 'entries', 'jobs', 'recordings'] as const

export interface Salvaged {
  readonly incidents: number
  readonly rows: number
  /** tables that could not be read to their end */
  readonly cutShort: readonly string[]
}

/** The new place of the damaged file; its log goes with it. */
export function setAsideCatalog(dataDir: string, clock: { now(): EpochNs }): string {
  const path = join(dataDir, 'catalog.sqlite')
  const aside = join(dataDir, `catalog-damaged-${formatRfc3339(clock.now()).replaceAll(':', '-')}.sqlite`)
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  return aside
}

/** Copies row by row into the new catalog; a row that breaks a rule of the schema, or cannot be read, stays behind. */
export function salvage(damaged: string, catalog: Catalog, clock: { now(): EpochNs }): Salvaged {
  let from: Sqlite | undefined
  const into = new Database(catalog.path)
  const cutShort: string[] = []
  let rows = 0
  try {
    into.pragma('foreign_keys = ON')
    from = new Database(damaged, { readonly: true })
    const ours = from.pragma('application_id', { simple: true }) === APPLICATION_ID
    for (const table of TABLES) {
      // tables of another program may bear the same names
      const taken = ours ? copyTable(from, into, table) : { rows: 0, whole: false }
      rows += taken.rows
      if (!taken.whole) cutShort.push(table)
    }
  } catch (error) {
    // not a database at all: there is nothing to copy
    if (!(error instanceof Database.SqliteError)) throw error
    cutShort.push(...TABLES)
  } finally {
    from?.close()
    into.close()
  }
  const incidents = catalog.incidents.list().length
  catalog.audit.append({
    at: formatRfc3339(clock.now()),
    actor: 'local',
    action: 'catalog.rebuilt',
    subject: 'catalog',
    detail: { rows, incidents, cutShort },
  })
  return { incidents, rows, cutShort }
}

function copyTable(from: Sqlite, into: Sqlite, table: string): { rows: number; whole: boolean } {
  let rows = 0
  try {
    const known = new Set(into.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table))
    const columns = from
      .prepare<[string], string>('SELECT name FROM pragma_table_info(?)')
      .pluck()
      .all(table)
      .filter((name) => known.has(name))
    if (columns.length === 0) return { rows, whole: false }
    const insert = into.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    into.exec('BEGIN')
    for (const values of from
      .prepare<[], unknown[]>(`SELECT ${columns.join(', ')} FROM ${table}`)
      .raw()
      .iterate()) {
      try {
        insert.run(...values)
        rows++
      } catch (error) {
        if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_CONSTRAINT')) throw error
      }
    }
    return { rows, whole: true }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    return { rows, whole: false }
  } finally {
    if (into.inTransaction) into.exec('COMMIT')
  }
}
