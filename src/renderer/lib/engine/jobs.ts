// Jobs as the page sees them: started detached, so that closing the page or leaving the view does not end the work,
// then followed by id. The same following shows a job that another window started.

import { useEffect, useState } from 'react'
import { isErrorCode, WatchdeckError } from '../../../shared/base/errors.ts'
import type { MethodInput, MethodOutput, MethodsOfKind } from '../../../shared/contract/index.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { Client } from '../../../shared/rpc/api.ts'
import { beginBusy } from '../idle.ts'
import { useEngine } from './context.ts'

type JobMethod = MethodsOfKind<'job'>
/** A job that has ended, with what it answered. */
type Known = Job & { result: unknown }

/** A change may be missed while the connection is being made again: look ourselves now and then. */
const LOOK_EVERY_MS = 2000

/** Tells every change of a job and answers when it has ended. @throws WatchdeckError `not_found`, or when `signal` aborts */
async function followJob(client: Client, id: string, onJob: (job: Job) => void, signal: AbortSignal): Promise<Known> {
  const stop = new AbortController()
  const leave = (): void => stop.abort()
  signal.addEventListener('abort', leave)
  let wake = (): void => undefined
  const watch = async (): Promise<void> => {
    try {
      for await (const job of client.stream('jobs.watch', {}, { signal: stop.signal })) {
        if (job.id !== id) continue
        if (job.state === 'running') onJob(job)
        else wake()
      }
    } catch {
      // a broken connection: the loop below asks again, and the connection line speaks of it
    }
  }
  void watch()
  try {
    for (;;) {
      signal.throwIfAborted()
      const changed = new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, LOOK_EVERY_MS)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      const job = await ask(client, id)
      if (job && job.state !== 'running') return job
      if (job) onJob(job)
      await changed
    }
  } finally {
    signal.removeEventListener('abort', leave)
    stop.abort()
  }
}

/** Undefined while the engine cannot be reached. */
async function ask(client: Client, id: string): Promise<Known | undefined> {
  try {
    return await client.call('jobs.get', { id })
  } catch (error) {
    if (error instanceof WatchdeckError && error.retryable) return undefined
    throw error
  }
}

function errorOfJob(job: Job): WatchdeckError | undefined {
  if (job.state === 'failed') {
    const { code, message, hint } = job.error ?? { code: 'internal', message: job.title }
    return new WatchdeckError(isErrorCode(code) ? code : 'internal', message, hint === undefined ? {} : { hint })
  }
  if (job.state === 'cancelled') return new WatchdeckError('cancelled', 'The job was cancelled.')
  if (job.state === 'interrupted')
    return new WatchdeckError('unavailable', 'Watchdeck was closed before the job had ended.', {
      messageKey: 'ui.jobInterrupted',
      retryable: false,
    })
  return undefined
}

/** Starts a job and answers with its result; rejects as the job does. It goes on when the page is closed. */
export async function runJob<M extends JobMethod>(
  client: Client,
  method: M,
  input: MethodInput<M>,
  onJob: (job: Job | { id: string }) => void,
): Promise<MethodOutput<M>> {
  const done = beginBusy()
  try {
    const { job: id } = await client.start(method, input)
    onJob({ id })
    const ended = await followJob(client, id, onJob, new AbortController().signal)
    onJob(ended)
    const error = errorOfJob(ended)
    if (error) throw error
    return ended.result as MethodOutput<M>
  } finally {
    done()
  }
}

export interface FollowedJob<M extends JobMethod> {
  /** undefined until the engine has told of it */
  readonly job: Job | undefined
  readonly result: MethodOutput<M> | undefined
  /** why the job failed, or that there is none of this id */
  readonly error: WatchdeckError | undefined
  readonly cancel: () => void
}

/** A job by its id, running or ended, whoever started it. `id` undefined = none. */
export function useFollowedJob<M extends JobMethod>(_method: M, id: string | undefined): FollowedJob<M> {
  const client = useEngine()
  const [state, setState] = useState<{ id?: string; job?: Job; result?: MethodOutput<M>; error?: WatchdeckError }>({})
  useEffect(() => {
    if (id === undefined) return
    const controller = new AbortController()
    const done = beginBusy()
    const follow = async (): Promise<void> => {
      try {
        const ended = await followJob(client, id, (job) => setState({ id, job }), controller.signal)
        const error = errorOfJob(ended)
        setState(error ? { id, job: ended, error } : { id, job: ended, result: ended.result as MethodOutput<M> })
      } catch (error) {
        if (!controller.signal.aborted && error instanceof WatchdeckError) setState({ id, error })
      } finally {
        done()
      }
    }
    void follow()
    return () => {
      controller.abort()
      done()
    }
  }, [client, id])
  // what is known of another id is not shown under this one
  const known = state.id === id ? state : {}
  return {
    job: known.job,
    result: known.result,
    error: known.error,
    cancel: () => {
      if (id !== undefined) void client.call('jobs.cancel', { id })
    },
  }
}
