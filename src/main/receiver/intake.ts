// Bodies of requests into the store: what waits together is committed together, and only then acknowledged, so that an
// acknowledged row survives whatever happens next.

import { setTimeout } from 'node:timers/promises'
import { isAbort } from '../../shared/base/errors.ts'
import type { EngineContext } from '../engine/api.ts'
import { createWorkerPool, type WorkerPool } from '../engine/workers.ts'
import type { WrittenRows } from '../storage/telemetry/api.ts'
import type { Body, Outcome } from './bodies.ts'
import type { Received, ReceiveTask } from './receive.worker.ts'
import type { Shelf } from './shelf.ts'

/** Packed bytes that may wait; past them programs are asked to come again. */
export const MAX_WAITING = 64 * 1024 * 1024
/** Packed bytes of one commit: unpacked perhaps ten times as much. */
const GROUP_BYTES = 4 * 1024 * 1024
/** Between two commits, so that many small requests share one. */
const PAUSE_MS = 200
const MAX_HEAP_MB = 640

interface Waiting {
  readonly body: Body
  readonly signal: AbortSignal
  done(outcome: Outcome | 'failed'): void
}

export class Intake {
  readonly #engine: EngineContext
  readonly #shelf: Shelf
  readonly #onWritten: (rows: WrittenRows, source: string) => void
  readonly #workers: WorkerPool<ReceiveTask, Received>
  #queue: Waiting[] = []
  #waitingBytes = 0
  #running: Promise<void> | undefined

  constructor(engine: EngineContext, shelf: Shelf, onWritten: (rows: WrittenRows, source: string) => void) {
    this.#engine = engine
    this.#shelf = shelf
    this.#onWritten = onWritten
    this.#workers = createWorkerPool({
      from: import.meta.url,
      worker: './receive.worker.ts',
      threads: 1,
      maxHeapMb: MAX_HEAP_MB,
    })
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /**
   * Resolves when the rows are committed. `full`: nothing was taken, come again; `failed`: nothing was kept.
   * @param signal aborts when the sender has gone: what was not begun is then dropped, for it will be sent again
   */
  put(body: Body, signal: AbortSignal): Promise<Outcome | 'full' | 'failed'> {
    if (this.#waitingBytes + body.bytes.length > MAX_WAITING) return Promise.resolve('full')
    this.#waitingBytes += body.bytes.length
    return new Promise((resolve) => {
      this.#queue.push({
        body,
        signal,
        done: (outcome) => {
          this.#waitingBytes -= body.bytes.length
          resolve(outcome)
        },
      })
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined
      })
    })
  }

  async #run(): Promise<void> {
    for (let group = this.#next(); group.length > 0; group = this.#next()) {
      await this.#commit(group)
      await setTimeout(PAUSE_MS)
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

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#write(group.map(({ body }) => body))
      group.forEach(({ done }, i) => done(outcomes[i] ?? 'failed'))
    } catch (error) {
      if (!isAbort(error)) this.#engine.log.error('received telemetry could not be written', { error: String(error) })
      // one body that no thread survives must not take the others with it
      if (group.length > 1) for (const one of group) await this.#commit([one])
      else group[0]?.done('failed')
    }
  }

  async #write(bodies: readonly Body[]): Promise<readonly Outcome[]> {
    const { platform, telemetry } = this.#engine
    const now = platform.clock.now()
    const source = this.#shelf.take(now)
    let written: WrittenRows | undefined
    try {
      const writer = await telemetry.writer(source.id)
      try {
        const { chunks, encoded, outcomes } = await this.#workers.run({ seed: writer.takeSeed(), bodies, now })
        const { spans, logs, samples } = encoded
        if (spans + logs + samples === 0) return outcomes
        await writer.append(chunks)
        writer.settle(encoded)
        written = await writer.commit()
        return outcomes
      } finally {
        if (written === undefined) await writer.rollback()
      }
    } finally {
      if (written === undefined) this.#shelf.forget(source.id)
      else {
        this.#shelf.record(source.id, written)
        this.#onWritten(written, source.id)
      }
    }
  }

  /** Writes what waits, then ends its thread. */
  async close(): Promise<void> {
    await this.#running
    await this.#workers.close()
  }
}
