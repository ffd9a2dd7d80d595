// The audit: each line holds the SHA-256 of itself and the line before, so that a change or a gap anywhere shows.

import { createHash } from 'node:crypto'
import type { Catalog } from './api.ts'
import type { Sqlite } from './database.ts'

interface Line {
  seq: number
  at: string
  actor: string
  action: string
  subject: string
  detail: string
  previous: string
  hash: string
}

const GENESIS = '0'.repeat(64)

const hashOf = (line: Omit<Line, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([line.seq, line.at, line.actor, line.action, line.subject, line.detail, line.previous]))
    .digest('hex')

export function auditRepository(db: Sqlite): Catalog['audit'] {
  const last = db.prepare<[], Line>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1')
  const given = db.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`).pluck()
  const all = db.prepare<[], Line>('SELECT * FROM audit ORDER BY seq')
  const some = db.prepare<[{ prefix: string; limit: number }], Line>(
    'SELECT * FROM audit WHERE substr(action, 1, length(@prefix)) = @prefix ORDER BY seq DESC LIMIT @limit',
  )
  const insert = db.prepare(
    `INSERT INTO audit (seq, at, actor, action, subject, detail, previous, hash)
     VALUES (@seq, @at, @actor, @action, @subject, @detail, @previous, @hash)`,
  )
  return {
    append: ({ at, actor, action, subject, detail }) =>
      db.transaction(() => {
        const before = last.get()
        const line = {
          seq: (given.get() ?? 0) + 1,
          at,
          actor,
          action,
          subject,
          detail: JSON.stringify(detail ?? null),
          previous: before?.hash ?? GENESIS,
        }
        insert.run({ ...line, hash: hashOf(line) })
      })(),
    list: (prefix, limit) =>
      some.all({ prefix, limit }).map(({ at, actor, action, subject, detail }) => ({
        at,
        actor,
        action,
        subject,
        detail: JSON.parse(detail) as unknown,
      })),
    /** `firstBroken` is the number of the first line that is missing, changed or out of the chain. */
    verify() {
      let previous = GENESIS
      let expected = 1
      for (const line of all.iterate()) {
        if (line.seq !== expected || line.previous !== previous || line.hash !== hashOf(line))
          return { ok: false, firstBroken: expected }
        previous = line.hash
        expected++
      }
      // SQLite remembers the highest number ever given, so a cut tail shows too
      return (given.get() ?? 0) >= expected ? { ok: false, firstBroken: expected } : { ok: true }
    },
  }
}
