// Which files a source was made from, found again by their content's SHA-256.

import type { Catalog, ImportRecord } from './api.ts'
import type { Sqlite } from './database.ts'

const COLUMNS = `sha256, source, path, bytes, format, rows_taken AS rowsTaken, rows_skipped AS rowsSkipped, imported_at AS importedAt`

export function importRepository(db: Sqlite): Catalog['imports'] {
  const bySha = db.prepare<[string], ImportRecord>(`SELECT ${COLUMNS} FROM imports WHERE sha256 = ? ORDER BY id`)
  const bySource = db.prepare<[string], ImportRecord>(`SELECT ${COLUMNS} FROM imports WHERE source = ? ORDER BY id`)
  const insert = db.prepare(
    `INSERT INTO imports (sha256, source, path, bytes, format, rows_taken, rows_skipped, imported_at)
     VALUES (@sha256, @source, @path, @bytes, @format, @rowsTaken, @rowsSkipped, @importedAt)`,
  )
  const removeOfSource = db.prepare('DELETE FROM imports WHERE source = ?')
  return {
    find: (sha256) => bySha.all(sha256),
    ofSource: (source) => bySource.all(source),
    add: (line) => void insert.run(line),
    deleteOfSource: (source) => void removeOfSource.run(source),
  }
}
