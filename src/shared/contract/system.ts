// What the program is, whether it is well, and what just changed in it.
import { z } from 'zod'
import { job, query, stream, zNothing } from './define.ts'

export const CHANGE_TOPICS = ['sources', 'incidents', 'jobs', 'settings', 'alerts', 'recordings'] as const

export const system = {
  info: query({
    summary: 'Version, data folder, engine process, sizes and versions of the stores',
    input: zNothing,
    output: z.object({
      version: z.string(),
      shell: z.enum(['electron', 'browser', 'cli']),
      node: z.string(),
      platform: z.string(),
      pid: z.number(),
      startedAt: z.string(),
      dataDir: z.string(),
      catalogSchema: z.number(),
      telemetrySchema: z.number(),
      catalogBytes: z.number(),
      telemetryBytes: z.number(),
      memoryBytes: z.number(),
      /** what was mended when the data folder was opened */
      notices: z.array(
        z.object({
          kind: z.enum(['catalog-rebuilt', 'sources-completed', 'sources-dropped', 'sources-rebuilt']),
          count: z.number(),
          path: z.string().optional(),
        }),
      ),
    }),
  }),
  backup: job({
    summary: 'Copy the stores into a new folder while they are in use; `watchdeck restore` puts such a folder back',
    input: z.object({ path: z.string().min(1).max(4096).describe('a folder that is not there yet') }),
    output: z.object({ path: z.string(), bytes: z.number(), createdAt: z.string(), files: z.number() }),
  }),
  ping: query({ summary: 'Answers at once', input: zNothing, output: z.object({ time: z.string() }) }),
  changes: stream({
    summary: 'What changed in the catalog, whoever changed it: another window, the command line, a job',
    input: zNothing,
    output: z.object({ topic: z.enum(CHANGE_TOPICS), ids: z.array(z.string()) }),
  }),
}
