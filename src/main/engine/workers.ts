// Pools of worker threads for work that would keep the engine from answering. A worker is a file `<name>.worker.ts`
// whose default export takes a task and answers with its result (piscina's rule).

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { isAbort, WatchdeckError } from '../../shared/base/errors.ts'

export interface WorkerRunOptions {
  signal?: AbortSignal | undefined
  /** buffers and ports that move to the worker instead of being copied */
  transferList?: ReadonlyArray<ArrayBuffer | import('node:worker_threads').MessagePort> | undefined
}

export interface WorkerPool<Task, Result> {
  /** @throws WatchdeckError `cancelled` when the signal aborts; the worker is then ended */
  run(task: Task, options?: WorkerRunOptions): Promise<Result>
  /** Ends the threads; what runs is cancelled. */
  close(): Promise<void>
}

export interface WorkerPoolOptions {
  /** `import.meta.url` of the file that asks */
  from: string
  /** './parse.worker.ts', relative to `from` */
  worker: string
  /** default: one less than the processors, at least 1, at most 4 */
  threads?: number | undefined
  /** MB of heap per worker, so that one bad file ends its worker and not the engine */
  maxHeapMb?: number | undefined
  /** MB for what is young: less of it is collected sooner, with the buffers it holds */
  maxYoungMb?: number | undefined
  /** ms after which a thread without a task ends; default 10 s. What it remembers is gone then. */
  idleMs?: number | undefined
}

/** Threads start with the first task and end some time after the last. */
export function createWorkerPool<Task, Result>(options: WorkerPoolOptions): WorkerPool<Task, Result> {
  const pool = new Piscina<Task, Result>({
    filename: workerFile(options.from, options.worker),
    minThreads: 0,
    maxThreads: options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    idleTimeout: options.idleMs ?? 10_000,
    // flags of the parent (a test runner's loader) mean nothing in a worker
    execArgv: [],
    resourceLimits: {
      ...(options.maxHeapMb === undefined ? {} : { maxOldGenerationSizeMb: options.maxHeapMb }),
      ...(options.maxYoungMb === undefined ? {} : { maxYoungGenerationSizeMb: options.maxYoungMb }),
    },
  })
  return {
    async run(task, { signal, transferList } = {}) {
      try {
        return await pool.run(task, {
          signal: signal ?? null,
          ...(transferList ? { transferList: [...transferList] } : {}),
        })
      } catch (error) {
        if (isAbort(error) || signal?.aborted) throw new WatchdeckError('cancelled', 'The call was cancelled.')
        throw error
      }
    },
    close: () => pool.destroy(),
  }
}

/**
 * The file a worker thread runs: the source itself when this code runs from source, else `workers/<name>.js` beside the
 * bundle or, from a shared chunk of it, one folder up.
 */
export function workerFile(from: string, worker: string): string {
  if (from.endsWith('.ts')) return fileURLToPath(new URL(worker, from))
  const name = /([^/]+)\.worker\.ts$/.exec(worker)?.[1]
  if (name === undefined) throw new Error(`assertion failed: ${worker} is not named *.worker.ts`)
  const candidates = ['./', '../'].map((up) => fileURLToPath(new URL(`${up}workers/${name}.js`, from)))
  const found = candidates.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`The build has no worker "${name}" (looked at ${candidates.join(', ')}).`)
  return found
}
