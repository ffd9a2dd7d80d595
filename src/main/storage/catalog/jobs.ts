// Jobs as they were last seen, newest first; what was running when the program ended is told as interrupted.

import type { Job } from '../../../shared/contract/jobs.ts'
import type { Catalog } from './api.ts'
import { parsed } from './columns.ts'
import type { Sqlite } from './database.ts'

interface Row {
  job: string
  result: string | null
}

export function jobRepository(db: Sqlite): Catalog['jobs'] {
  const put = db.prepare(
    `INSERT INTO jobs (id, state, started_at, job, result) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, job = excluded.job, result = excluded.result`,
  )
  const newest = db.prepare<[number], Row>('SELECT job, result FROM jobs ORDER BY started_at DESC, rowid DESC LIMIT ?')
  const one = db.prepare<[string], Row>('SELECT job, result FROM jobs WHERE id = ?')
  const running = db.prepare<[], Row>(`SELECT job, result FROM jobs WHERE state = 'running'`)
  const clear = db.prepare(`DELETE FROM jobs WHERE state <> 'running'`)
  const save = ({ result, ...job }: Job & { result?: unknown }): void => {
    put.run(job.id, job.state, job.startedAt, JSON.stringify(job), result === undefined ? null : JSON.stringify(result))
  }
  return {
    save,
    list: (limit) => newest.all(limit).map((row) => parsed<Job>(row.job)),
    get(id) {
      const row = one.get(id)
      return row && { ...parsed<Job>(row.job), result: row.result === null ? null : parsed<unknown>(row.result) }
    },
    clearEnded: () => void clear.run(),
    interruptRunning: (at) =>
      db.transaction(() => {
        for (const row of running.all()) save({ ...parsed<Job>(row.job), state: 'interrupted', endedAt: at })
      })(),
  }
}
