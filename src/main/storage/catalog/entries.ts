// Pins, notes and stage marks of incidents, by the time they speak of; a pin keeps the answer it was made from.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Entry } from '../../../shared/contract/incidents.ts'
import type { Catalog } from './api.ts'
import { type ColumnValue, parsed, updateRow } from './columns.ts'
import type { Sqlite } from './database.ts'

interface Row {
  id: string
  incident: string
  kind: Entry['kind']
  at: string
  recorded_at: string
  edited_at: string | null
  title: string
  markdown: string
  what: string | null
  completeness: string | null
  lane: number
}

const COLUMNS = 'id, incident, kind, at, recorded_at, edited_at, title, markdown, what, completeness, lane'

const entry = (row: Row): Entry => ({
  id: row.id,
  incident: row.incident,
  kind: row.kind,
  at: row.at,
  recordedAt: row.recorded_at,
  editedAt: row.edited_at,
  title: row.title,
  markdown: row.markdown,
  what: row.what === null ? null : parsed(row.what),
  completeness: row.completeness === null ? null : parsed(row.completeness),
  lane: row.lane === 1,
})

export function entryRepository(db: Sqlite): Catalog['entries'] {
  const ofIncident = db.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM entries WHERE incident = ? AND removed = 0 ORDER BY at, seq`,
  )
  const one = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM entries WHERE id = ?`)
  const answerOf = db.prepare<[string], { answer: string | null }>('SELECT answer FROM entries WHERE id = ?')
  const insert = db.prepare(`INSERT INTO entries (${COLUMNS}, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const get = (id: string): Entry | undefined => {
    const row = one.get(id)
    return row && entry(row)
  }
  const missing = (id: string) => new WatchdeckError('not_found', `There is no pin or note ${JSON.stringify(id)}.`)
  const existing = (id: string): Entry => {
    const found = get(id)
    if (!found) throw missing(id)
    return found
  }
  return {
    list: (incident) => ofIncident.all(incident).map(entry),
    get,
    add(e, answer) {
      const what = e.what === null ? null : JSON.stringify(e.what)
      const completeness =
        e.completeness === null || e.completeness === undefined ? null : JSON.stringify(e.completeness)
      insert.run(
        e.id,
        e.incident,
        e.kind,
        e.at,
        e.recordedAt,
        e.editedAt,
        e.title,
        e.markdown,
        what,
        completeness,
        e.lane ? 1 : 0,
        answer,
      )
    },
    update(id, fields) {
      const changes = new Map<string, ColumnValue>()
      if (fields.markdown !== undefined) changes.set('markdown', fields.markdown)
      if (fields.title !== undefined) changes.set('title', fields.title)
      if (fields.at !== undefined) changes.set('at', fields.at)
      if (fields.lane !== undefined) changes.set('lane', fields.lane ? 1 : 0)
      if (fields.editedAt !== undefined) changes.set('edited_at', fields.editedAt)
      if (updateRow(db, 'entries', id, changes) === 0) throw missing(id)
      return existing(id)
    },
    setRemoved(id, removed) {
      if (updateRow(db, 'entries', id, new Map([['removed', removed ? 1 : 0]])) === 0) throw missing(id)
    },
    answer: (id) => answerOf.get(id)?.answer ?? null,
  }
}
