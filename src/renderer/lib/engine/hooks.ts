// Contract methods as React state. The cache key is the method and its input; old data stays while new comes; leaving
// the screen cancels the call in the engine. Answers stay columnar: nothing here turns frames into objects.

import { keepPreviousData, QueryClient, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { MethodInput, MethodName, MethodOutput, MethodsOfKind } from '../../../shared/contract/index.ts'
import type { ConnectionState, Progress, Streaming, Unary } from '../../../shared/rpc/api.ts'
import { engine, useEngine } from './context.ts'
import { runJob } from './jobs.ts'

export type QueryMethod = MethodsOfKind<'query'>
export type CommandMethod = MethodsOfKind<'command'>
export type JobMethod = MethodsOfKind<'job'>

/** Any failure as the closed set of errors. */
export function asWatchdeckError(error: unknown): WatchdeckError {
  if (error instanceof WatchdeckError) return error
  return new WatchdeckError('internal', error instanceof Error ? error.message : String(error))
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        gcTime: 120_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        // frames are typed arrays: comparing them cell by cell costs more than drawing them again
        structuralSharing: false,
        retry: (count, error) => error instanceof WatchdeckError && error.retryable && count < 2,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}

export const methodKey = (method: MethodName, input: unknown): readonly unknown[] => [method, input]

export function useConnection(): ConnectionState {
  const client = useEngine()
  return useSyncExternalStore(
    useCallback(
      (changed: () => void) => {
        const listening = client.onState(changed)
        return () => listening[Symbol.dispose]()
      },
      [client],
    ),
    () => client.state,
  )
}

/** A failure of the world, not of the question: what was known before is still worth seeing. A question that took too long is
 *  none: it would take as long again. */
export const isOutage = (error: WatchdeckError | null | undefined): boolean => error?.code === 'unavailable'

/** The question without its time: what a range that moves on asks again. */
const timeless = (method: string, input: unknown): string =>
  JSON.stringify([
    method,
    { ...(typeof input === 'object' ? input : {}), range: undefined, at: undefined, step: undefined },
  ])

export interface MethodState<T> {
  readonly data: T | undefined
  readonly error: WatchdeckError | undefined
  /** nothing to show yet: draw the skeleton */
  readonly loading: boolean
  /** what is shown belongs to an earlier question, or cannot be asked again now: dim it */
  readonly stale: boolean
  readonly fetching: boolean
  readonly progress: Progress | undefined
  readonly refetch: () => void
}

export interface MethodOptions {
  /** false: an answer to an earlier input is not kept on screen (another trace, another incident) */
  readonly keepPrevious?: boolean
  /** ms; while the component is on screen and the page visible */
  readonly refetchEvery?: number
  readonly staleMs?: number
}

/** A query method. `input` null = do not ask yet. */
export function useMethod<M extends QueryMethod>(
  method: M,
  input: MethodInput<M> | null,
  options: MethodOptions = {},
): MethodState<MethodOutput<M>> {
  const client = useEngine()
  const [progress, setProgress] = useState<Progress>()
  const result = useQuery<MethodOutput<M>, WatchdeckError>({
    queryKey: methodKey(method, input),
    enabled: input !== null,
    queryFn: async ({ signal }) => {
      setProgress(undefined)
      try {
        return await client.call(method, input as MethodInput<M>, { signal, onProgress: setProgress })
      } catch (error) {
        throw asWatchdeckError(error)
      }
    },
    ...(options.keepPrevious === false
      ? {}
      : { placeholderData: keepPreviousData as <T>(previous: T | undefined) => T | undefined }),
    ...(options.refetchEvery === undefined ? {} : { refetchInterval: options.refetchEvery }),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
  })
  const away = useConnection() !== 'open'
  // what was on screen outlives an outage: also where the range has moved on and its own question has never been answered
  const last = useRef<{ question: string; data: MethodOutput<M> }>(undefined)
  const question = timeless(method, input)
  if (result.data !== undefined && !result.isPlaceholderData) last.current = { question, data: result.data }
  const outage = isOutage(result.error)
  const kept = result.data ?? (outage && last.current?.question === question ? last.current.data : undefined)
  return {
    data: input === null && options.keepPrevious === false ? undefined : kept,
    // one line at the foot of the page tells an outage (workbench/ConnectionLine.tsx); the view keeps what it has
    error: outage && kept !== undefined ? undefined : (result.error ?? undefined),
    loading: result.isLoading,
    stale: result.isPlaceholderData || away || result.isError,
    fetching: result.isFetching,
    progress: result.isFetching ? progress : undefined,
    refetch: () => void result.refetch(),
  }
}

/** For prefetching on hover and for code that wants the cached answer. */
export const methodQuery = <M extends QueryMethod>(method: M, input: MethodInput<M>) =>
  queryOptions<MethodOutput<M>, WatchdeckError>({
    queryKey: methodKey(method, input),
    queryFn: ({ signal }) => engine().call(method, input, { signal }),
  })

export interface CommandState<M extends Unary> {
  /** rejects with a WatchdeckError */
  readonly run: (input: MethodInput<M>) => Promise<MethodOutput<M>>
  readonly running: boolean
  readonly error: WatchdeckError | undefined
  readonly data: MethodOutput<M> | undefined
  readonly reset: () => void
}

/** A command. What it changed is refetched through `system.changes`, not by the caller. */
export function useCommand<M extends CommandMethod>(method: M): CommandState<M> {
  const client = useEngine()
  const mutation = useMutation<MethodOutput<M>, WatchdeckError, MethodInput<M>>({
    mutationFn: async (input) => {
      try {
        return await client.call(method, input)
      } catch (error) {
        throw asWatchdeckError(error)
      }
    },
  })
  return {
    run: mutation.mutateAsync,
    running: mutation.isPending,
    error: mutation.error ?? undefined,
    data: mutation.data,
    reset: mutation.reset,
  }
}

export interface JobRun<M extends JobMethod> {
  /** resolves with the job's result; rejects with a WatchdeckError (`cancelled` when cancelled) */
  readonly start: (input: MethodInput<M>) => Promise<MethodOutput<M>>
  readonly cancel: () => void
  readonly running: boolean
  readonly progress: Progress | undefined
  readonly error: WatchdeckError | undefined
  readonly result: MethodOutput<M> | undefined
}

/**
 * Long work that this component waits for. It runs detached: it is in the job tray as well, and neither leaving the view
 * nor closing the page ends it; `cancel` does.
 */
export function useJob<M extends JobMethod>(method: M): JobRun<M> {
  const client = useEngine()
  const running = useRef<{ id?: string; cancelled: boolean }>(undefined)
  const [state, setState] = useState<{
    running: boolean
    progress?: Progress
    error?: WatchdeckError
    result?: MethodOutput<M>
  }>({ running: false })
  const start = useCallback(
    async (input: MethodInput<M>): Promise<MethodOutput<M>> => {
      const run: { id?: string; cancelled: boolean } = { cancelled: false }
      running.current = run
      setState({ running: true })
      try {
        const result = await runJob(client, method, input, (job) => {
          // cancelled before the engine had told the id
          if (run.id === undefined && run.cancelled) void client.call('jobs.cancel', { id: job.id })
          run.id = job.id
          if ('message' in job && job.state === 'running')
            setState({ running: true, progress: { fraction: job.fraction, message: job.message } })
        })
        setState({ running: false, result })
        return result
      } catch (thrown) {
        const error = asWatchdeckError(thrown)
        setState({ running: false, error })
        throw error
      }
    },
    [client, method],
  )
  const cancel = useCallback(() => {
    const run = running.current
    if (!run) return
    run.cancelled = true
    if (run.id !== undefined) void client.call('jobs.cancel', { id: run.id })
  }, [client])
  return {
    start,
    cancel,
    running: state.running,
    progress: state.progress,
    error: state.error,
    result: state.result,
  }
}

/** Calls `onItem` for each item while the component is mounted; starts again after a break. `input` null = closed. */
export function useStream<M extends Streaming>(
  method: M,
  input: MethodInput<M> | null,
  onItem: (item: MethodOutput<M>) => void,
): { error: WatchdeckError | undefined } {
  const client = useEngine()
  const handler = useRef(onItem)
  handler.current = onItem
  const [error, setError] = useState<WatchdeckError>()
  const key = JSON.stringify(input)
  useEffect(() => {
    if (key === 'null') return
    const controller = new AbortController()
    const read = async (): Promise<void> => {
      try {
        for await (const item of client.stream(method, JSON.parse(key) as MethodInput<M>, {
          signal: controller.signal,
        })) {
          setError(undefined)
          handler.current(item)
        }
      } catch (thrown) {
        if (!controller.signal.aborted) setError(asWatchdeckError(thrown))
      }
    }
    void read()
    return () => controller.abort()
  }, [client, method, key])
  return { error }
}
