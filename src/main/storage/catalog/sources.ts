// Sources: one record per import, demo or opened file. The newest come first.

import { randomBytes } from 'node:crypto'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Catalog, SourceRecord } from './api.ts'
import { type ColumnValue, parsed, updateRow } from './columns.ts'
import type { Sqlite } from './database.ts'

interface Row {
  key: number
  id: string
  name: string
  kind: SourceRecord['kind']
  state: SourceRecord['state']
  from_time: string | null
  to_time: string | null
  row_count: number | null
  clock_offset_ns: string
  created_at: string
  undo_until: string | null
  counts: string
  origin: string
  read_only: number
  spec: string | null
  revision: number
  keeps: 'vault' | 'session' | null
  state_before: SourceRecord['state'] | null
  missing: string | null
  held: string | null
}

const NO_ROWS: SourceRecord['counts'] = {
  spans: 0,
  logs: 0,
  samples: 0,
  series: 0,
  objects: 0,
  happenings: 0,
  userEvents: 0,
}

function record(row: Row): SourceRecord {
  return {
    key: row.key,
    id: row.id,
    name: row.name,
    kind: row.kind,
    state: row.state,
    ...(row.from_time === null ? {} : { from: row.from_time }),
    ...(row.to_time === null ? {} : { to: row.to_time }),
    ...(row.row_count === null ? {} : { rows: row.row_count }),
    clockOffsetNs: row.clock_offset_ns,
    createdAt: row.created_at,
    ...(row.undo_until === null ? {} : { undoUntil: row.undo_until }),
    counts: parsed(row.counts),
    origin: parsed(row.origin),
    readOnly: row.read_only === 1,
    ...(row.spec === null ? {} : { spec: parsed(row.spec) }),
    revision: row.revision,
    ...(row.keeps === null ? {} : { keeps: row.keeps }),
    ...(row.state_before === null ? {} : { stateBefore: row.state_before }),
    ...(row.missing === null ? {} : { missing: parsed(row.missing) }),
    ...(row.held === null ? {} : { held: parsed(row.held) }),
  }
}

export function sourceRepository(db: Sqlite, now: () => string): Catalog['sources'] {
  const list = db.prepare<[], Row>('SELECT * FROM sources ORDER BY key DESC')
  const one = db.prepare<[string], Row>('SELECT * FROM sources WHERE id = ?')
  const insert = db.prepare(
    `INSERT INTO sources (id, name, kind, state, created_at, counts, origin, read_only, spec) VALUES (?, ?, ?, 'loading', ?, ?, ?, ?, ?)`,
  )
  const insertAgain = db.prepare(
    `INSERT INTO sources (key, id, name, kind, state, created_at, counts, origin, read_only) VALUES (?, ?, ?, ?, 'loading', ?, ?, ?, ?)`,
  )
  const remove = db.prepare('DELETE FROM sources WHERE id = ?')
  const get = (id: string): SourceRecord | undefined => {
    const row = one.get(id)
    return row && record(row)
  }
  const existing = (id: string): SourceRecord => {
    const found = get(id)
    if (!found) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(id)}.`)
    return found
  }
  return {
    list: () => list.all().map(record),
    get,
    create(fields) {
      const id = fields.id ?? `${fields.kind}-${randomBytes(6).toString('hex')}`
      insert.run(
        id,
        fields.name,
        fields.kind,
        now(),
        JSON.stringify(NO_ROWS),
        JSON.stringify(fields.origin),
        fields.readOnly ? 1 : 0,
        fields.spec === undefined ? null : JSON.stringify(fields.spec),
      )
      return existing(id)
    },
    recreate({ key, id, name, kind, origin, createdAt, readOnly }) {
      insertAgain.run(key, id, name, kind, createdAt, JSON.stringify(NO_ROWS), JSON.stringify(origin), readOnly ? 1 : 0)
      return existing(id)
    },
    update(id, fields) {
      existing(id)
      const changes = new Map<string, ColumnValue>()
      if (fields.name !== undefined) changes.set('name', fields.name)
      if (fields.state !== undefined) changes.set('state', fields.state)
      // these may be taken away again: a field that is present but undefined clears its column
      if ('from' in fields) changes.set('from_time', fields.from ?? null)
      if ('to' in fields) changes.set('to_time', fields.to ?? null)
      if ('rows' in fields) changes.set('row_count', fields.rows ?? null)
      if ('undoUntil' in fields) changes.set('undo_until', fields.undoUntil ?? null)
      if ('keeps' in fields) changes.set('keeps', fields.keeps ?? null)
      if ('stateBefore' in fields) changes.set('state_before', fields.stateBefore ?? null)
      if (fields.clockOffsetNs !== undefined) changes.set('clock_offset_ns', fields.clockOffsetNs)
      if (fields.held !== undefined) changes.set('held', JSON.stringify(fields.held))
      if (fields.counts !== undefined) changes.set('counts', JSON.stringify(fields.counts))
      if (fields.origin !== undefined) changes.set('origin', JSON.stringify(fields.origin))
      if (fields.spec !== undefined) changes.set('spec', JSON.stringify(fields.spec))
      if (fields.revision !== undefined) changes.set('revision', fields.revision)
      if (fields.missing !== undefined)
        changes.set('missing', fields.missing.length === 0 ? null : JSON.stringify(fields.missing))
      if (fields.readOnly !== undefined) changes.set('read_only', fields.readOnly ? 1 : 0)
      updateRow(db, 'sources', id, changes)
      return existing(id)
    },
    delete: (id) => void remove.run(id),
  }
}
