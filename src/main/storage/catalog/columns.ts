// The two ways a repository touches columns: JSON text out of a row, and an UPDATE of only the named fields.

import type { Sqlite } from './database.ts'

/** A column that this room alone writes as JSON; its shape is the repository's promise. */
export function parsed<T>(text: string): T {
  return JSON.parse(text) as T
}

export type ColumnValue = string | number | null

/** Sets the given columns of one row; column names come from the repository's own code, never from a caller. */
export function updateRow(db: Sqlite, table: string, id: string, changes: ReadonlyMap<string, ColumnValue>): number {
  if (changes.size === 0) return Number(db.prepare(`SELECT count(*) FROM ${table} WHERE id = ?`).pluck().get(id))
  const assignments = [...changes.keys()].map((column) => `${column} = ?`).join(', ')
  return db.prepare(`UPDATE ${table} SET ${assignments} WHERE id = ?`).run(...changes.values(), id).changes
}
