// Reads a file in a worker thread: the engine only appends the chunks that come out, and answers others meanwhile.

import { MessageChannel } from 'node:worker_threads'
import { cancelled, WatchdeckError } from '../../shared/base/errors.ts'
import { linkAbort } from '../engine/abort.ts'
import { createWorkerPool, type WorkerPool } from '../engine/workers.ts'
import type { ReadOutcome, ReadSink, ReadTask } from './read-file.ts'
import type { FromWorker, WorkerTask } from './read-file.worker.ts'

export type ImportWorkers = WorkerPool<WorkerTask, void>

/** Messages (of about 2,048 rows) that may wait for the store: enough to keep both sides busy, a few MB. */
const CREDITS = 4
const MAX_HEAP_MB = 320
const MAX_YOUNG_MB = 6

/** Threads that one file may be read by: files are imported one after the other, into one transaction each. */
export const READERS = 2

export function createImportWorkers(): ImportWorkers {
  return createWorkerPool({
    from: import.meta.url,
    worker: './read-file.worker.ts',
    threads: READERS,
    maxHeapMb: MAX_HEAP_MB,
    maxYoungMb: MAX_YOUNG_MB,
  })
}

/** @throws WatchdeckError as `readFile`; `limit_exceeded` when the file needs more memory than the thread may have */
export async function readInWorker(
  workers: ImportWorkers,
  task: ReadTask,
  sink: ReadSink,
  signal: AbortSignal,
): Promise<ReadOutcome> {
  const { port1: port, port2 } = new MessageChannel()
  using link = linkAbort([signal])
  let outcome: ReadOutcome | undefined
  let failure: unknown
  let tail: Promise<void> = Promise.resolve()
  const fail = (error: unknown) => {
    failure ??= error
    link.abort()
  }
  // The last message says how it ended; the port's own end comes late, an idle worker of the pool sleeps with its loop.
  let ended = () => {}
  const last = new Promise<void>((resolve) => {
    ended = resolve
  })
  port.on('message', (message: FromWorker) => {
    if ('outcome' in message) {
      outcome = message.outcome
      ended()
    } else if ('error' in message) {
      failure ??= message.isBug ? new Error(message.error.message) : WatchdeckError.fromShape(message.error)
      ended()
    } else
      tail = tail
        .then(() => (failure === undefined ? sink([...message.chunks], message.bytesRead) : undefined))
        .then(() => port.postMessage(undefined))
        .catch(fail)
  })
  try {
    await workers.run({ task, port: port2, credits: CREDITS }, { signal: link.signal, transferList: [port2] })
    await last
    await tail
  } catch (error) {
    if (signal.aborted) throw cancelled()
    throw failure ?? outOfMemory(error)
  } finally {
    port.close()
    // what is being appended must end before the transaction does
    await tail
  }
  if (failure !== undefined) throw failure
  if (outcome === undefined) throw new Error('assertion failed: the worker ended without an outcome')
  return outcome
}

function outOfMemory(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')) return error
  return new WatchdeckError('limit_exceeded', `Reading the file needs more than ${MAX_HEAP_MB} MB of memory.`, {
    hint: 'Nothing of it was kept. Split the file, or export it again with smaller records.',
  })
}
