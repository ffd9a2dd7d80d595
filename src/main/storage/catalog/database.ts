// Opens the SQLite file: pragmas, health check, backup and migrations. Knows nothing of what the tables mean.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asDiskError } from '../disk-errors.ts'
import { MIGRATIONS } from './migrations/index.ts'

export type Sqlite = Database.Database

/** Marks the file as ours ("WDCK"), so that another program's database is not taken for a catalog. */
export const APPLICATION_ID = 0x5744434b

/**
 * Opens or creates `path` and brings it to the newest schema; an older one is copied to `backupDir` first.
 * @throws WatchdeckError `corrupt` (damaged or not a catalog), `unsupported` (made by a newer Watchdeck)
 */
export function openDatabase(path: string, backupDir: string, stamp: string): Sqlite {
  let db: Sqlite | undefined
  try {
    db = new Database(path)
    prepare(db, path, backupDir, stamp)
    return db
  } catch (error) {
    db?.close()
    throw asCatalogError(error, path, backupDir)
  }
}

function prepare(db: Sqlite, path: string, backupDir: string, stamp: string): void {
  db.pragma('busy_timeout = 5000')
  // before anything is written: what a newer version made stays as it is
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > MIGRATIONS.length)
    throw new WatchdeckError(
      'unsupported',
      `The catalog has schema ${version}; this version knows up to ${MIGRATIONS.length}.`,
      {
        hint: `Install the Watchdeck that last used this data folder, or a newer one. An older copy may be in ${backupDir}.`,
        details: { path, found: version, supported: MIGRATIONS.length },
      },
    )
  db.pragma('journal_mode = WAL')
  // FULL: a note or a stamp that was acknowledged must survive a power cut, and people write it at their own pace
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  // REPLACE then fires delete triggers too, so it cannot get round the stamps' and the audit's
  db.pragma('recursive_triggers = ON')
  db.pragma('trusted_schema = OFF')

  const health = db.pragma('quick_check(1)', { simple: true })
  if (health !== 'ok') throw corrupt(path, backupDir, String(health))

  const id = Number(db.pragma('application_id', { simple: true }))
  const empty = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()) === 0
  if (id !== APPLICATION_ID && !empty) throw corrupt(path, backupDir, 'the file is a database of another program')
  if (version < MIGRATIONS.length)
    migrate(db, version, empty ? undefined : join(backupDir, `catalog-v${version}-${stamp}.sqlite`))
}

function migrate(db: Sqlite, from: number, backup: string | undefined): void {
  if (backup !== undefined) {
    mkdirSync(join(backup, '..'), { recursive: true, mode: 0o700 })
    if (!existsSync(backup)) db.prepare('VACUUM INTO ?').run(backup)
  }
  for (let version = from; version < MIGRATIONS.length; version++) {
    db.transaction(() => {
      db.exec(MIGRATIONS[version] as string)
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version + 1}`)
    }).exclusive()
  }
}

function corrupt(path: string, backupDir: string, detail: string, cause?: unknown): WatchdeckError {
  return new WatchdeckError('corrupt', `The catalog is damaged: ${detail}`, {
    hint: `Move ${path} and its -wal and -shm files aside, and put a copy from ${backupDir} in its place.`,
    details: { path },
    cause,
  })
}

function asCatalogError(error: unknown, path: string, backupDir: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
    return corrupt(path, backupDir, error.message, error)
  if (error.code.startsWith('SQLITE_FULL') || error.code.startsWith('SQLITE_IOERR')) return asDiskError(error)
  if (
    error.code.startsWith('SQLITE_BUSY') ||
    error.code.startsWith('SQLITE_CANTOPEN') ||
    error.code.startsWith('SQLITE_READONLY')
  )
    return new WatchdeckError('unavailable', `The catalog cannot be opened: ${error.message}`, {
      hint: `Check that ${path} may be written and that no other Watchdeck uses this data folder.`,
      cause: error,
    })
  return error
}
