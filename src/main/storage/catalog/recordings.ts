// What is recorded for an incident, one record each, written over as it goes.

import type { RecordingRecord } from '../../../shared/domain/recording.ts'
import type { Catalog } from './api.ts'
import { parsed } from './columns.ts'
import type { Sqlite } from './database.ts'

export function recordingRepository(db: Sqlite): Catalog['recordings'] {
  const one = db.prepare<[string], string>('SELECT record FROM recordings WHERE incident = ?').pluck()
  const all = db.prepare<[], string>('SELECT record FROM recordings ORDER BY rowid').pluck()
  const put = db.prepare(
    'INSERT INTO recordings (incident, record) VALUES (?, ?) ON CONFLICT (incident) DO UPDATE SET record = excluded.record',
  )
  return {
    get(incident) {
      const text = one.get(incident)
      return text === undefined ? undefined : parsed<RecordingRecord>(text)
    },
    list: () => all.all().map((text) => parsed<RecordingRecord>(text)),
    save: (record) => void put.run(record.incident, JSON.stringify(record)),
  }
}
