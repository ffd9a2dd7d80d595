// Long work: seen from every window, cancelled from any, still listed after a crash.
import { z } from 'zod'
import { command, query, stream, zNothing, zOk } from './define.ts'

export const JOB_STATES = ['running', 'done', 'failed', 'cancelled', 'interrupted'] as const

export const zJob = z.object({
  id: z.string(),
  method: z.string(),
  title: z.string(),
  state: z.enum(JOB_STATES),
  /** 0..1, null while unknown */
  fraction: z.number().nullable(),
  message: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
})
export type Job = z.output<typeof zJob>

export const jobs = {
  list: query({
    summary: 'Running jobs and the newest ended ones, newest first',
    input: zNothing,
    output: z.object({ jobs: z.array(zJob) }),
  }),
  get: query({
    summary: 'One job with its result once done',
    input: z.object({ id: z.string() }),
    output: zJob.extend({ result: z.unknown() }),
  }),
  watch: stream({ summary: 'Every change of any job', input: zNothing, output: zJob }),
  cancel: command({ summary: 'Ask a running job to stop', input: z.object({ id: z.string() }), output: zOk }),
  clear: command({ summary: 'Forget ended jobs', input: zNothing, output: zOk }),
}
