// One file read by two worker threads: this thread unpacks, hashes and cuts it into blocks of whole records (blocks.ts), the
// threads read them (read-block.ts), and what comes out is appended here in the order of the file. Whatever cannot be said
// of a block alone (a span that is there twice, an error with its place) is left to `readFile`, which reads the file as one.

import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { cancelled, throwIfAborted } from '../../shared/base/errors.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { NOTHING_LATE } from '../../shared/wire/reader.ts'
import { linkAbort } from '../engine/abort.ts'
import type { Encoded, EncodedChunk } from '../storage/telemetry/api.ts'
import { NewNames, RepeatedSpans, uniteEncoded } from '../storage/telemetry/unite.ts'
import { openBytes } from './bytes.ts'
import { type Block, blocksOf } from './blocks.ts'
import { readerMapping } from './open-reader.ts'
import { formatNamed } from './formats.ts'
import type { BlockOutcome } from './read-block.ts'
import type { ReadOutcome, ReadSink, ReadTask } from './read-file.ts'
import type { FromBlockWorker, ToBlockWorker } from './read-file.worker.ts'
import { type ImportWorkers, READERS } from './read-in-worker.ts'

/** Smaller files are read before a second thread has started. */
const LEAST_BYTES = 4 * 1024 * 1024
/** Two threads take 60 to 100 MB more than one: with larger files an import would not stay below 600 MB. */
const MOST_BYTES = 2 ** 30
/** Packed text is about a tenth of its size. */
const USUAL_RATIO = 10
/** Blocks under way: one that is read and one that waits, for each thread. */
const UNDER_WAY = READERS * 2

/** How the file can be cut; undefined: it has to be read as one. */
export function splitOf(task: ReadTask, bytes: number) {
  const most = task.compression === 'none' ? MOST_BYTES : MOST_BYTES / USUAL_RATIO
  if (bytes < LEAST_BYTES || bytes > most || task.encoding !== 'utf-8' || task.known.size > 0) return undefined
  const { layout } = task.detected
  const format = formatNamed(task.detected.format)
  return format?.binary === true
    ? undefined
    : format?.split?.({ layout, mapping: readerMapping(task.detected), fileTime: task.fileTime })
}

type Split = NonNullable<ReturnType<typeof splitOf>>

/** Has met what only a reader of the whole file can tell. */
class NotInBlocks extends Error {}

/** @returns undefined when the file has to be read as one, in a new transaction. @throws WatchdeckError `cancelled` */
export async function readInBlocks(
  workers: ImportWorkers,
  task: ReadTask,
  split: Split,
  sink: ReadSink,
  signal: AbortSignal,
): Promise<ReadOutcome | undefined> {
  const bytes = openBytes(task.path, task.compression, task.encoding, signal, task)
  using link = linkAbort([signal])
  const threads = Array.from({ length: READERS }, () => new BlockThread(workers, task, split.oneRowALine, link.signal))
  const collector = new Collector()
  const names = new NewNames()
  const spans = new RepeatedSpans()
  const append = async ({ chunks, collected }: BlockOutcome, firstLine: number): Promise<void> => {
    throwIfAborted(signal)
    if (spans.isIn(chunks)) throw new NotInBlocks()
    collector.include(collected, firstLine)
    await sink(names.only(chunks), bytes.read())
  }
  try {
    const waiting: Array<{ block: Block; outcome: Promise<BlockOutcome> }> = []
    const oldest = async (): Promise<void> => {
      const next = waiting.shift()
      if (next) await append(await next.outcome, next.block.firstLine)
    }
    const blocks = blocksOf(bytes.chunks, split.beginsAt)
    for (let turn = 0; ; turn++) {
      const { value, done } = await blocks.next()
      if (done === true) {
        if (!value) return undefined
        break
      }
      const thread = threads[turn % READERS] as BlockThread
      const outcome = thread.read(value)
      // it may be given up before it is waited for
      outcome.catch(() => undefined)
      waiting.push({ block: value, outcome })
      if (waiting.length >= UNDER_WAY) await oldest()
    }
    while (waiting.length > 0) await oldest()
    const encoded: Encoded[] = []
    for (const thread of threads) {
      const rest = await thread.end()
      await sink(names.only(rest.chunks), bytes.read())
      encoded.push(rest.encoded)
    }
    if (spans.full) collector.note('duplicate spans were looked for among the first ten million only')
    return {
      late: NOTHING_LATE,
      sha256: bytes.sha256(),
      encoded: uniteEncoded(encoded, names.newSeries),
      rowsTaken: collector.rowsTaken,
      rowsSkipped: collector.rowsSkipped,
      skipped: collector.skipped,
      notes: collector.notes,
    }
  } catch (error) {
    // a thread that is in the middle of a block is ended; one that waits goes when its port closes
    link.abort()
    if (signal.aborted) throw cancelled()
    // said again, and of its own place, by the reader of the whole
    if (error instanceof NotInBlocks || error instanceof RefusedBlock) return undefined
    throw error
  } finally {
    for (const thread of threads) thread.close()
    for (const thread of threads) await thread.ended
  }
}

/** A reader would not go on, or its thread had not enough memory. */
class RefusedBlock extends Error {}

class BlockThread {
  /** never rejects */
  readonly ended: Promise<void>
  readonly #port: MessagePort
  readonly #asked: Array<{ resolve(answer: FromBlockWorker): void; reject(error: unknown): void }> = []
  #failure: unknown

  constructor(workers: ImportWorkers, task: ReadTask, oneRowALine: boolean, signal: AbortSignal) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (answer: FromBlockWorker) => {
      const next = this.#asked.shift()
      if (!('error' in answer)) next?.resolve(answer)
      else next?.reject(answer.isBug ? new Error(answer.error.message) : new RefusedBlock(answer.error.message))
    })
    const run = workers.run(
      { task, port: port2, credits: 0, blocks: { oneRowALine } },
      { signal, transferList: [port2] },
    )
    this.ended = run.catch((error: unknown) => {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#failure = isMemory ? new RefusedBlock(error.message) : error
      for (const { reject } of this.#asked.splice(0)) reject(this.#failure)
    })
  }

  async read(block: Block): Promise<BlockOutcome> {
    const answer = await this.#ask(block, [block.bytes.buffer])
    if (!('collected' in answer)) throw new Error('assertion failed: a block is answered by what it held')
    return answer
  }

  async end(): Promise<{ chunks: EncodedChunk[]; encoded: Encoded }> {
    const answer = await this.#ask('end', [])
    if (!('encoded' in answer)) throw new Error('assertion failed: the end is answered by what is left')
    return answer
  }

  #ask(message: ToBlockWorker, move: ArrayBuffer[]): Promise<FromBlockWorker> {
    const answer = new Promise<FromBlockWorker>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#asked.push({ resolve, reject })
      this.#port.postMessage(message, move)
    })
    return answer
  }

  close(): void {
    this.#port.close()
  }
}
