// The worker thread of an import. Either it reads a whole file and posts its chunks, a few at a time, as the engine takes
// them; or it is sent blocks of one that several threads read, and answers each.

import type { MessagePort } from 'node:worker_threads'
import { type ErrorShape, toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import type { Encoded, EncodedChunk } from '../storage/telemetry/api.ts'
import { buffersOf } from '../storage/telemetry/packed.ts'
import type { Block } from './blocks.ts'
import { type BlockOutcome, BlockReader } from './read-block.ts'
import { type ReadOutcome, type ReadTask, readFile } from './read-file.ts'

export interface WorkerTask {
  readonly task: ReadTask
  /** chunks go out, a credit comes back for each message; or blocks come in, and for each an answer goes back */
  readonly port: MessagePort
  /** messages that may be under way */
  readonly credits: number
  readonly blocks?: { readonly oneRowALine: boolean } | undefined
}

interface Failure {
  readonly error: ErrorShape
  readonly isBug: boolean
}

export type FromWorker =
  | { readonly chunks: readonly EncodedChunk[]; readonly bytesRead: number }
  | { readonly outcome: ReadOutcome }
  | Failure

/** 'end': no more blocks come, say what is left */
export type ToBlockWorker = Block | 'end'
export type FromBlockWorker = BlockOutcome | { readonly chunks: EncodedChunk[]; readonly encoded: Encoded } | Failure

export default function run(task: WorkerTask): Promise<void> {
  return task.blocks === undefined ? readWhole(task) : readBlocks(task, task.blocks)
}

async function readWhole({ task, port, credits: granted }: WorkerTask): Promise<void> {
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
    tell(failureOf(error))
  } finally {
    port.close()
  }
}

function readBlocks({ task, port }: WorkerTask, { oneRowALine }: { oneRowALine: boolean }): Promise<void> {
  const reader = new BlockReader(task, oneRowALine, task.seed)
  return new Promise((resolve) => {
    // the other side has what it wants, or has given up
    port.on('close', resolve)
    port.on('message', (message: ToBlockWorker) => {
      try {
        const answer = message === 'end' ? reader.end() : reader.read(message)
        port.postMessage(answer satisfies FromBlockWorker, buffersOf(answer.chunks))
      } catch (error) {
        port.postMessage(failureOf(error) satisfies FromBlockWorker)
      }
    })
  })
}

/** An error loses its class on the way to another thread. */
function failureOf(error: unknown): Failure {
  const isBug = !(error instanceof WatchdeckError)
  return { error: isBug ? { ...toErrorShape(error), message: String(error) } : toErrorShape(error), isBug }
}
