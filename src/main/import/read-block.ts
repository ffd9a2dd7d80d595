// Reads blocks of one file (blocks.ts), each as if it were a file of its own, to packed chunks. Runs in a worker thread.

import { Collector, type Collected } from '../../shared/wire/collector.ts'
import type { Encoded, EncodedChunk, EncoderSeed } from '../storage/telemetry/api.ts'
import { BatchEncoder } from '../storage/telemetry/encoder.ts'
import type { Block } from './blocks.ts'
import { openReader } from './open-reader.ts'
import type { ReadTask } from './read-file.ts'

export interface BlockOutcome {
  readonly chunks: EncodedChunk[]
  readonly collected: Collected
}

/** Span ids are looked at where all blocks come together. */
const ANY_SPAN = { add: () => true, full: false }

export class BlockReader {
  readonly #task: Omit<ReadTask, 'seed'>
  readonly #oneRowALine: boolean
  readonly #firstLogId: bigint
  readonly #encoder: BatchEncoder
  #chunks: EncodedChunk[] = []

  constructor(task: Omit<ReadTask, 'seed'>, oneRowALine: boolean, seed: EncoderSeed) {
    this.#task = task
    this.#oneRowALine = oneRowALine
    this.#firstLogId = seed.nextLogId
    this.#encoder = new BatchEncoder(seed, (chunk) => void this.#chunks.push(chunk))
  }

  /** @throws WatchdeckError as `readFile` */
  read(block: Block): BlockOutcome {
    const into = new Collector()
    const { detected, fileTime, plausible } = this.#task
    const reader = openReader(detected, { into, fileTime, plausible, seen: ANY_SPAN })
    // a row takes at least a byte: ids of blocks never meet, and follow the order of the file
    const [from, to] = this.#oneRowALine
      ? [block.firstLine, block.endLine + 1]
      : [block.firstByte, block.firstByte + block.bytes.length]
    this.#encoder.startBlock(this.#firstLogId + BigInt(from))
    reader.push(block.bytes)
    reader.end()
    for (const batch of into.drain()) this.#encoder.write(batch, 0, batch.rows.length)
    this.#encoder.endBlock(this.#firstLogId + BigInt(to))
    return { chunks: this.#take(), collected: into.collected }
  }

  /** What is left, and what all blocks held together. */
  end(): { chunks: EncodedChunk[]; encoded: Encoded } {
    this.#encoder.finish()
    return { chunks: this.#take(), encoded: this.#encoder.encoded }
  }

  #take(): EncodedChunk[] {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }
}
