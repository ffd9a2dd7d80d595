// The worker thread of an import: reads a file and posts its chunks, a few at a time, as the engine takes them.

import type { MessagePort } from 'node:worker_threads'
import { toErrorShape, WatchdeckError, type ErrorShape } from '../../shared/base/errors.ts'
import type { EncodedChunk } from '../storage/telemetry/api.ts'
import { buffersOf } from '../storage/telemetry/packed.ts'
import { type ReadOutcome, type ReadTask, readFile } from './read-file.ts'

export interface WorkerTask {
  readonly task: ReadTask
  /** chunks go out, a credit comes back for each message */
  readonly port: MessagePort
  /** messages that may be under way */
  readonly credits: number
}

export type FromWorker =
  | { readonly chunks: readonly EncodedChunk[]; readonly bytesRead: number }
  | { readonly outcome: ReadOutcome }
  | { readonly error: ErrorShape; readonly isBug: boolean }

export default async function run({ task, port, credits: granted }: WorkerTask): Promise<void> {
  let credits = granted
  let wake: (() => void) | undefined
  port.on('message', () => {
    credits++
    wake?.()
  })
  const tell = (message: FromWorker, move: ArrayBuffer[] = []) => port.postMessage(message, move)
  try {
    const outcome = await readFile(task, async (chunks, bytesRead) => {
      while (credits === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      credits--
      tell({ chunks, bytesRead }, buffersOf(chunks))
    })
    tell({ outcome })
  } catch (error) {
    // an error loses its class on the way to another thread
    const isBug = !(error instanceof WatchdeckError)
    tell({ error: isBug ? { ...toErrorShape(error), message: String(error) } : toErrorShape(error), isBug })
  } finally {
    port.close()
  }
}
