// What the program is, whether it is well, and what just changed in it.
import { z } from 'zod'
import { command, job, query, stream, zNothing, zOk } from './define.ts'

export const CHANGE_TOPICS = ['sources', 'incidents', 'jobs', 'settings', 'alerts', 'space', 'recordings'] as const

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
          kind: z.enum([
            'catalog-rebuilt',
            'sources-completed',
            'sources-dropped',
            'sources-rebuilt',
            'backup-restored',
          ]),
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
  backups: query({
    summary: 'Backups that were made from here, newest first, and whether they are still where they were put',
    input: zNothing,
    output: z.object({
      backups: z.array(z.object({ path: z.string(), createdAt: z.string(), bytes: z.number(), isThere: z.boolean() })),
    }),
  }),
  restore: job({
    summary: 'Check a backup and lay it ready: the next start puts it in place and keeps what it replaces',
    input: z.object({ path: z.string().min(1).max(4096) }),
    output: z.object({ path: z.string(), createdAt: z.string() }),
  }),
  cancelRestore: command({
    summary: 'Take a backup away again that was laid ready for the next start',
    input: zNothing,
    output: zOk,
  }),
  spent: query({
    summary:
      'For developers: what the calls of this session took in the engine, by method, waiting for their turn included',
    input: zNothing,
    output: z.object({
      methods: z.array(
        z.object({ method: z.string(), calls: z.number(), engineMs: z.number(), slowestMs: z.number() }),
      ),
    }),
  }),
  ping: query({ summary: 'Answers at once', input: zNothing, output: z.object({ time: z.string() }) }),
  changes: stream({
    summary: 'What changed in the catalog, whoever changed it: another window, the command line, a job',
    input: zNothing,
    output: z.object({ topic: z.enum(CHANGE_TOPICS), ids: z.array(z.string()) }),
  }),
}
