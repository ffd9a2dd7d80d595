// Incidents with their stamps; how many pins and notes each has is counted when it is read.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { type Incident, STAGES } from '../../../shared/contract/incidents.ts'
import type { Catalog } from './api.ts'
import { type ColumnValue, parsed, updateRow } from './columns.ts'
import type { Sqlite } from './database.ts'

interface Row {
  number: number
  id: string
  title: string
  severity: Incident['severity']
  stage: Incident['stage']
  range: string
  sources: string
  services: string
  tags: string
  roles: string
  summary: string
  created_at: string
  updated_at: string
  read_only: number
  removed: number
  pins: number
  notes: number
}

const SELECT = `SELECT i.*,
  (SELECT count(*) FROM entries e WHERE e.incident = i.id AND e.kind = 'pin' AND e.removed = 0) AS pins,
  (SELECT count(*) FROM entries e WHERE e.incident = i.id AND e.kind = 'note' AND e.removed = 0) AS notes
  FROM incidents i`

export function incidentRepository(db: Sqlite): Catalog['incidents'] {
  const newest = db.prepare<[], Row>(`${SELECT} ORDER BY i.number DESC`)
  const one = db.prepare<[string], Row>(`${SELECT} WHERE i.id = ?`)
  const numbered = db.prepare<[number], Row>(`${SELECT} WHERE i.number = ?`)
  const stampsOf = db.prepare<[string], { stage: Incident['stage']; at: string; recordedAt: string }>(
    'SELECT stage, at, recorded_at AS recordedAt FROM stamps WHERE incident = ?',
  )
  const insert = db.prepare(
    `INSERT INTO incidents (id, title, severity, stage, range, sources, services, tags, roles, summary, created_at, updated_at, read_only)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertStamp = db.prepare(
    'INSERT INTO stamps (incident, stage, at, recorded_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const remove = db.prepare('DELETE FROM incidents WHERE id = ?')

  const incident = (row: Row): Incident => ({
    id: row.id,
    number: row.number,
    title: row.title,
    severity: row.severity,
    stage: row.stage,
    range: parsed(row.range),
    sources: parsed(row.sources),
    services: parsed(row.services),
    tags: parsed(row.tags),
    roles: parsed(row.roles),
    stamps: stampsOf.all(row.id).sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage)),
    summary: row.summary,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    pins: row.pins,
    notes: row.notes,
    readOnly: row.read_only === 1,
    removed: row.removed === 1,
  })
  const get = (id: string): Incident | undefined => {
    const number = /^INC-(\d{1,9})$/i.exec(id)?.[1]
    const row = one.get(id) ?? (number === undefined ? undefined : numbered.get(Number(number)))
    return row && incident(row)
  }
  const existing = (id: string): Incident => {
    const found = get(id)
    if (!found) throw new WatchdeckError('not_found', `There is no incident ${JSON.stringify(id)}.`)
    return found
  }
  return {
    list: () => newest.all().map(incident),
    get,
    create: (fields) =>
      db.transaction(() => {
        const json = [fields.range, fields.sources, fields.services, fields.tags, fields.roles].map((v) =>
          JSON.stringify(v),
        )
        insert.run(
          fields.id,
          fields.title,
          fields.severity,
          fields.stage,
          ...json,
          fields.summary,
          fields.createdAt,
          fields.updatedAt,
          fields.readOnly ? 1 : 0,
        )
        for (const stamp of fields.stamps) insertStamp.run(fields.id, stamp.stage, stamp.at, stamp.recordedAt)
        return existing(fields.id)
      })(),
    update(id, fields) {
      existing(id)
      const changes = new Map<string, ColumnValue>()
      for (const name of ['title', 'severity', 'stage', 'summary'] as const) {
        const value = fields[name]
        if (value !== undefined) changes.set(name, value)
      }
      for (const name of ['range', 'sources', 'services', 'tags', 'roles'] as const) {
        const value = fields[name]
        if (value !== undefined) changes.set(name, JSON.stringify(value))
      }
      if (fields.updatedAt !== undefined) changes.set('updated_at', fields.updatedAt)
      if (fields.removed !== undefined) changes.set('removed', fields.removed ? 1 : 0)
      if (fields.readOnly !== undefined) changes.set('read_only', fields.readOnly ? 1 : 0)
      updateRow(db, 'incidents', id, changes)
      return existing(id)
    },
    stamp(id, stamp) {
      existing(id)
      insertStamp.run(id, stamp.stage, stamp.at, stamp.recordedAt)
    },
    delete: (id) => void remove.run(id),
  }
}
