// What the receiving thread remembers from one request to the next, and how it makes packed chunks of bodies: names of
// attributes that the source has, spans and requests that came before. It runs ahead of the store: what it made is
// committed in its order, and when a commit fails a reception begins anew from what the store has.

import { hash } from 'node:crypto'
import type { Collector } from '../../shared/wire/collector.ts'
import type { Encoded, EncodedChunk, EncoderSeed } from '../storage/telemetry/api.ts'
import { BatchEncoder } from '../storage/telemetry/encoder.ts'
import { type Body, type Outcome, outcomeOf, outcomeOfError, readingAt, readRows, unpacked } from './bodies.ts'
import { SpanColumns } from './span-columns.ts'
import type { SpanMemory } from './span-memory.ts'

/** A request that has the same bytes as one of this many before it, when unpacked, is that one again. */
export const KNOWN_REQUESTS = 10_000

export interface BodyToRead extends Body {
  /** nothing of it may be kept, for this reason: its records are counted */
  readonly refusal?: string | undefined
}

export interface Received {
  readonly chunks: readonly EncodedChunk[]
  readonly encoded: Encoded
  /** one for each body, in order */
  readonly outcomes: readonly Outcome[]
  /** records that were there already, by an earlier request */
  readonly again: number
  /** of bodies that brought rows: by these they are known when they come again */
  readonly requests: readonly string[]
}

export class Reception {
  readonly #encoder: BatchEncoder
  readonly #columns: SpanColumns
  readonly #memory: SpanMemory
  readonly #requests: Set<string>
  #chunks: EncodedChunk[] = []

  constructor(seed: EncoderSeed, memory: SpanMemory, requests: readonly string[]) {
    const sink = (chunk: EncodedChunk) => void this.#chunks.push(chunk)
    // its trace rows are made anew whenever spans come: whether it has any yet makes no difference
    this.#encoder = new BatchEncoder({ ...seed, tellTraces: true }, sink)
    this.#columns = new SpanColumns(seed.source, this.#encoder.names, memory, sink)
    this.#memory = memory
    this.#requests = new Set(requests)
  }

  receive(bodies: readonly BodyToRead[], now: bigint): Received {
    const outcomes: Outcome[] = []
    const requests: string[] = []
    let again = 0
    for (const body of bodies) {
      try {
        const bytes = asBuffer(unpacked(body))
        if (body.refusal !== undefined) {
          outcomes.push(refuseAll(readRows(bytes, body, now), body.refusal))
          continue
        }
        const name = requestName(body, bytes)
        if (this.#requests.has(name)) {
          const collector = readRows(bytes, body, now)
          again += recordsOf(collector)
          outcomes.push(outcomeOf(collector))
          continue
        }
        const read = this.#read(body, bytes, now)
        again += read.again
        outcomes.push(outcomeOf(read.collector))
        this.#remember(name)
        requests.push(name)
      } catch (error) {
        outcomes.push(outcomeOfError(error))
      }
    }
    const spans = this.#columns.cut()
    const other = this.#encoder.cut()
    const chunks = this.#chunks
    this.#chunks = []
    const encoded = {
      ...other,
      spans: other.spans + spans.spans,
      from: earlier(other.from, spans.from),
      to: later(other.to, spans.to),
    }
    return { chunks, encoded, outcomes, again, requests }
  }

  #read(body: Body, bytes: Buffer, now: bigint): { again: number; collector: Collector } {
    this.#memory.begin()
    const quick = body.signal === 'traces' && !body.isJson ? this.#columns.read(bytes, readingAt(now)) : undefined
    const collector = quick?.collector ?? readRows(bytes, body, now)
    let again = quick?.again ?? 0
    collector.spans = collector.spans.filter((span) => {
      const seen = this.#memory.addRow(span)
      if (seen === 'again') again++
      else if (seen === 'twice') collector.skip(1, 'duplicate span id within its trace', span.spanId)
      return seen === 'new'
    })
    for (const batch of collector.drain()) this.#encoder.write(batch, 0, batch.rows.length)
    return { again, collector }
  }

  #remember(name: string): void {
    this.#requests.add(name)
    if (this.#requests.size <= KNOWN_REQUESTS) return
    const [oldest] = this.#requests
    if (oldest !== undefined) this.#requests.delete(oldest)
  }
}

/** Packed anew, the same request may have other bytes: gzip may write the time into them. */
const requestName = ({ signal, isJson }: Body, bytes: Buffer): string =>
  `${signal[0]}${isJson ? 'j' : 'p'}${hash('sha256', bytes, 'base64url').slice(0, 22)}`

const recordsOf = (collector: Collector): number => collector.pending - collector.exemplars.length

function refuseAll(collector: Collector, reason: string): Outcome {
  return { ok: true, rejected: collector.rowsSkipped + recordsOf(collector), message: reason }
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Of two instants, one of which may be none. */
export const earlier = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || (b !== null && b < a) ? b : a
export const later = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || (b !== null && b > a) ? b : a
