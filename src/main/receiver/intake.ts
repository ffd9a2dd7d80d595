// Bodies of requests into the store. A thread makes chunks of what has come while the chunks before are committed; what is
// ready together is committed together, and only then acknowledged, so that an acknowledged row survives whatever happens next.

import { setTimeout } from 'node:timers/promises'
import { isAbort } from '../../shared/base/errors.ts'
import type { EngineContext } from '../engine/api.ts'
import { createWorkerPool, type WorkerPool } from '../engine/workers.ts'
import type { Encoded, EncodedChunk, EncoderSeed, WrittenRows } from '../storage/telemetry/api.ts'
import { buffersOf } from '../storage/telemetry/packed.ts'
import type { Body, Outcome, Verdict } from './bodies.ts'
import { earlier, KNOWN_REQUESTS, later, type Received } from './reception.ts'
import type { ReceiveTask } from './receive.worker.ts'
import { journalOf, requestsOf } from './requests.ts'
import type { Shelf } from './shelf.ts'

/** Packed bytes that may wait; past them programs are asked to come again. */
export const MAX_WAITING = 64 * 1024 * 1024
/** Packed bytes that the thread takes at once: unpacked perhaps ten times as much. */
const GROUP_BYTES = 1024 * 1024
/** Chunks that wait to be committed; past them the thread waits too. */
const MAX_READY_BYTES = 64 * 1024 * 1024
/** From the beginning of one commit to that of the next, so that many small requests share one. */
const PAUSE_MS = 200
const MAX_HEAP_MB = 640
/** The thread ends after so long without a request: what it remembers of spans goes with it. */
const IDLE_MS = 600_000

interface Waiting {
  readonly body: Body
  readonly refusal: string | undefined
  readonly signal: AbortSignal
  done(verdict: Outcome | 'failed'): void
}

/** A group of bodies that the thread has read. */
interface Ready {
  readonly source: string
  readonly group: readonly Waiting[]
  readonly received: Received
  readonly bytes: number
}

export interface Taken {
  readonly rows: WrittenRows
  readonly source: string
}

export class Intake {
  readonly #engine: EngineContext
  readonly #shelf: Shelf
  readonly #onTaken: (taken: Taken) => void
  readonly #onAgain: (records: number) => void
  readonly #workers: WorkerPool<ReceiveTask, Received | 'unknown'>
  #queue: Waiting[] = []
  #ready: Ready[] = []
  #waitingBytes = 0
  #readyBytes = 0
  #reading: Promise<void> | undefined
  #committing: Promise<void> | undefined
  /** names of the committed requests, oldest first */
  #requests: string[] | undefined
  /** what the thread goes on with; undefined: it has to begin anew */
  #begun: { readonly number: number; readonly source: string } | undefined
  #receptions = 0
  /** counts what made chunks worthless that were not committed yet */
  #setbacks = 0
  #forget = false
  /** groups that the thread has */
  #inThread = 0
  #commitAt = Number.NEGATIVE_INFINITY

  constructor(
    engine: EngineContext,
    shelf: Shelf,
    told: { onTaken: (taken: Taken) => void; onAgain: (records: number) => void },
  ) {
    this.#engine = engine
    this.#shelf = shelf
    this.#onTaken = told.onTaken
    this.#onAgain = told.onAgain
    this.#workers = createWorkerPool({
      from: import.meta.url,
      worker: './receive.worker.ts',
      threads: 1,
      maxHeapMb: MAX_HEAP_MB,
      idleMs: IDLE_MS,
    })
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /**
   * Resolves when the rows are committed.
   * @param signal aborts when the sender has gone: what was not begun is then dropped, for it will be sent again
   * @param refusal why nothing of it may be kept: its records are counted as rejected
   */
  put(body: Body, signal: AbortSignal, refusal?: string): Promise<Verdict> {
    if (this.#waitingBytes + body.bytes.length > MAX_WAITING) return Promise.resolve('full')
    this.#waitingBytes += body.bytes.length
    return new Promise((resolve) => {
      this.#queue.push({
        body,
        refusal,
        signal,
        done: (verdict) => {
          this.#waitingBytes -= body.bytes.length
          resolve(verdict)
        },
      })
      this.#read()
    })
  }

  #read(): void {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
      if (this.#queue.length > 0 && this.#hasRoom) this.#read()
    })
  }

  get #hasRoom(): boolean {
    return this.#readyBytes < MAX_READY_BYTES
  }

  async #readAll(): Promise<void> {
    while (this.#hasRoom) {
      const group = this.#next()
      if (group.length === 0) return
      await this.#readGroup(group)
    }
  }

  #next(): Waiting[] {
    const group: Waiting[] = []
    let bytes = 0
    while (bytes < GROUP_BYTES) {
      const next = this.#queue.shift()
      if (next === undefined) break
      if (next.signal.aborted) {
        next.done('failed')
        continue
      }
      bytes += next.body.bytes.length
      group.push(next)
    }
    return group
  }

  async #readGroup(group: readonly Waiting[]): Promise<void> {
    const setbacks = this.#setbacks
    this.#inThread++
    try {
      const { source, received } = await this.#receive(group)
      if (setbacks !== this.#setbacks) {
        // these chunks may build on rows that are not there
        this.#setBack()
        this.#queue.unshift(...group)
        return
      }
      const bytes = received.chunks.reduce((sum, chunk) => sum + bytesOf(chunk), 0)
      this.#readyBytes += bytes
      this.#ready.push({ source, group, received, bytes })
    } catch (error) {
      this.#setBack()
      if (!isAbort(error)) this.#engine.log.error('received telemetry could not be read', { error: String(error) })
      // one body that no thread survives must not take the others with it
      if (group.length > 1) for (const one of group) await this.#readGroup([one])
      else group[0]?.done('failed')
    } finally {
      this.#inThread--
    }
    this.#commit()
  }

  async #receive(group: readonly Waiting[]): Promise<{ source: string; received: Received }> {
    const now = this.#engine.platform.clock.now()
    const bodies = group.map(({ body, refusal }) => ({ ...body, refusal }))
    if (this.#begun !== undefined && this.#begun.source === this.#shelf.take(now).id) {
      const { number, source } = this.#begun
      const received = await this.#workers.run({ reception: number, bodies, now })
      if (received !== 'unknown') return { source, received }
    }
    // what is ready has to be in the store before it is asked what it has
    await this.#committing
    // not before: a first commit that failed takes its source with it
    const source = this.#shelf.take(now).id
    const seed = await this.#seed(source)
    this.#requests ??= requestsOf(await this.#engine.telemetry.journal(), now)
    const reception = ++this.#receptions
    const begin = { seed, requests: this.#requests, forget: this.#forget }
    const received = await this.#workers.run({ reception, begin, bodies, now })
    if (received === 'unknown') throw new Error('assertion failed: a reception that was begun is known')
    this.#begun = { number: reception, source }
    this.#forget = false
    return { source, received }
  }

  async #seed(source: string): Promise<EncoderSeed> {
    const writer = await this.#engine.telemetry.writer(source)
    try {
      return await writer.takeSeed()
    } finally {
      await writer.rollback()
    }
  }

  /** What the thread believes to be in the store may not be: it begins anew from what is there. */
  #setBack(): void {
    this.#setbacks++
    this.#begun = undefined
    // a commit that failed in its last step may have come through: the journal knows
    this.#requests = undefined
    this.#forget = true
    const ready = this.#ready
    this.#ready = []
    for (const { bytes } of ready) this.#readyBytes -= bytes
    this.#queue.unshift(...ready.flatMap(({ group }) => group))
  }

  #commit(): void {
    if (this.#ready.length === 0) return
    this.#committing ??= this.#commitAll().finally(() => {
      this.#committing = undefined
      this.#read()
    })
  }

  async #commitAll(): Promise<void> {
    while (this.#ready.length > 0) {
      const pause = this.#commitAt + PAUSE_MS - performance.now()
      if (pause > 0) await setTimeout(pause)
      this.#commitAt = performance.now()
      const source = this.#ready[0]?.source
      const count = this.#ready.findIndex((ready) => ready.source !== source)
      const together = this.#ready.splice(0, count < 0 ? this.#ready.length : count)
      if (source === undefined) return
      if (!this.#shelf.takes(source)) {
        // a person has removed it since: the rows go where rows go now
        this.#ready.unshift(...together)
        this.#setBack()
        return
      }
      await this.#commitTogether(source, together)
      this.#readyBytes -= together.reduce((sum, { bytes }) => sum + bytes, 0)
      this.#read()
    }
  }

  async #commitTogether(source: string, together: readonly Ready[]): Promise<void> {
    const answer = (verdictOf: (ready: Ready, i: number) => Outcome | 'failed') => {
      for (const ready of together) ready.group.forEach(({ done }, i) => done(verdictOf(ready, i)))
    }
    try {
      const chunks = together.flatMap(({ received }) => received.chunks)
      const requests = together.flatMap(({ received }) => received.requests)
      if (chunks.length > 0) {
        const rows = await this.#write(
          source,
          chunks,
          sumOf(together.map(({ received }) => received.encoded)),
          requests,
        )
        this.#shelf.record(source, rows)
        this.#onTaken({ rows, source })
        if (this.#requests !== undefined) this.#requests = [...this.#requests, ...requests].slice(-KNOWN_REQUESTS)
      } else if (this.#ready.length === 0 && this.#inThread === 0 && this.#shelf.forget(source)) this.#begun = undefined
      this.#onAgain(together.reduce((sum, { received }) => sum + received.again, 0))
      answer(({ received }, i) => received.outcomes[i] ?? 'failed')
    } catch (error) {
      if (!isAbort(error)) this.#engine.log.error('received telemetry could not be written', { error: String(error) })
      this.#setBack()
      await this.#settle(source)
      answer(() => 'failed')
    }
  }

  async #settle(source: string): Promise<void> {
    try {
      await this.#shelf.settle(source)
    } catch (error) {
      // the store cannot be asked either: the next start puts both in step
      this.#engine.log.error('a source of received telemetry could not be looked at', { error: String(error) })
    }
  }

  async #write(
    source: string,
    chunks: readonly EncodedChunk[],
    encoded: Encoded,
    requests: readonly string[],
  ): Promise<WrittenRows> {
    const { platform, telemetry } = this.#engine
    const writer = await telemetry.writer(source)
    let isCommitted = false
    try {
      await writer.append(chunks)
      writer.settle(encoded)
      const { spans, logs, samples } = encoded
      const written = await writer.commit(journalOf(requests, spans + logs + samples, platform.clock.now()))
      isCommitted = true
      return written
    } finally {
      if (!isCommitted) await writer.rollback()
    }
  }

  /** Writes what waits, then ends its thread. */
  async close(): Promise<void> {
    while (this.#reading !== undefined || this.#committing !== undefined) {
      await this.#reading
      await this.#committing
    }
    await this.#workers.close()
  }
}

const bytesOf = (chunk: EncodedChunk): number => buffersOf([chunk]).reduce((sum, buffer) => sum + buffer.byteLength, 0)

/** Of all groups of a commit. */
function sumOf(parts: readonly Encoded[]): Encoded {
  const sum = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
  let range: Pick<Encoded, 'from' | 'to'> = { from: null, to: null }
  let extent: Encoded['extent']
  for (const part of parts) {
    for (const key of Object.keys(sum) as Array<keyof typeof sum>) sum[key] += part[key]
    range = { from: earlier(range.from, part.from), to: later(range.to, part.to) }
    if (part.extent !== undefined)
      extent = {
        count: (extent?.count ?? 0) + part.extent.count,
        from: earlier(extent?.from ?? null, part.extent.from) ?? 0n,
        to: later(extent?.to ?? null, part.extent.to) ?? 0n,
      }
  }
  return { ...sum, ...range, objectFrom: null, objectTo: null, extent }
}
