// Long work as every window sees it.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { CapabilityModule } from '../engine/api.ts'
import { feed } from '../engine/feed.ts'

export const jobsModule: CapabilityModule<'jobs'> = {
  name: 'jobs',
  start: ({ jobs, changed }) => ({
    async list() {
      return { jobs: jobs.list() }
    },
    async get({ id }) {
      const job = jobs.get(id)
      if (!job) throw new WatchdeckError('not_found', `There is no job ${JSON.stringify(id)}.`)
      return job
    },
    async *watch(_input, { signal }) {
      // what runs now is told first: a reader that comes late must not wait for the next change
      const listening = feed(jobs.onChange, (job) => job.id, signal)
      for (const job of jobs.list().filter((j) => j.state === 'running')) yield job
      yield* listening
    },
    async cancel({ id }) {
      jobs.cancel(id)
      return { ok: true as const }
    },
    async clear() {
      jobs.clear()
      changed('jobs')
      return { ok: true as const }
    },
  }),
}
