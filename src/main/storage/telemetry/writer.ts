// The one write transaction: chunks go through appenders, trace rows are made at commit. Rows are encoded here, or
// elsewhere by a BatchEncoder that was given this transaction's seed.

import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { cancelled, throwIfAborted } from '../../../shared/base/errors.ts'
import { assert } from '../../../shared/base/assert.ts'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import type { TelemetryWriter, WrittenRows } from './api.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { readBytes } from './duck-memory.ts'
import { BatchEncoder, type Encoded, type EncodedChunk, type EncoderSeed, touchedColumns } from './encoder.ts'
import { asStoreError } from './errors.ts'
import type { MemoryBound } from './memory.ts'
import { interruptible } from './pool.ts'
import { countSamples } from './sample-cells.ts'
import { TABLE_COLUMNS, type WrittenTable } from './tables.ts'
import { type JournalFile, type JournalSource, writeJournal } from './journal.ts'
import type { PackedColumn } from './packed.ts'
import { traceRowsSql } from './traces-sql.ts'

/** Rows encoded before other work of the thread gets a turn (about 5 ms). */
const SLICE = 2048
/** Chunks appended before they are handed to the transaction: a larger lot is faster, a smaller one stalls the thread less. */
const FLUSH_ROWS = 20 * 2048
/** From here on a write is large: it gives up DuckDB's cache for its time. */
const LARGE_ROWS = 500_000
/** A commit at least this big is followed by a checkpoint, so that its log does not have to be replayed at the next start. */
const CHECKPOINT_ROWS = 200_000

/** Where a packed chunk of `spans` has its times. */
const START = Object.keys(TABLE_COLUMNS.spans()).indexOf('start')

/** The upper halves of 64-bit times are enough to say that none is earlier. */
function earliestOf(times: PackedColumn | undefined): number {
  assert(times?.kind === 'fixed', 'times are numbers')
  const { buffer, byteOffset, byteLength } = times.bytes
  const words = new Int32Array(buffer, byteOffset, byteLength >> 2)
  let earliest = Number.POSITIVE_INFINITY
  for (let i = 1; i < words.length; i += 2) if ((words[i] as number) < earliest) earliest = words[i] as number
  return earliest
}

const NOTHING_ENCODED: Encoded = {
  spans: 0,
  logs: 0,
  samples: 0,
  series: 0,
  objects: 0,
  happenings: 0,
  userEvents: 0,
  from: null,
  to: null,
  objectFrom: null,
  objectTo: null,
  extent: undefined,
}

/** Opened by the store when no other writer is open; `release` lets the next one in. */
export class DuckWriter implements TelemetryWriter {
  readonly #source: number
  readonly #record: JournalSource
  readonly #telemetry: DuckDBConnection
  readonly #events: DuckDBConnection
  readonly #signal: AbortSignal | undefined
  readonly #memory: MemoryBound
  readonly #pendingSamples: number
  readonly #release: () => void
  readonly #batch = randomUUID()
  readonly #writers = new Map<WrittenTable, ChunkWriter>()
  #touched: ChunkWriter | undefined
  /** once: by the encoder here, or by whoever encodes elsewhere */
  #seedTaken = false
  #encoder: BatchEncoder | undefined
  #waiting: EncodedChunk[] = []
  #elsewhere: Encoded | undefined
  #stagedUserEvents = false
  /** no span of this transaction starts before it, in units of 2^32 ns */
  #earliest = Number.POSITIVE_INFINITY
  #unflushed = 0
  /** rows handed to the transaction so far, of all tables */
  #flushed = 0
  #disconnected = false
  #state: 'open' | 'failed' | 'ended' = 'open'
  /** keeps the calls of an impatient caller in order */
  #tail: Promise<unknown> = Promise.resolve()
  static async open(
    instance: DuckDBInstance,
    source: JournalSource & { readonly key: number },
    signal: AbortSignal | undefined,
    memory: MemoryBound,
    pendingSamples: number,
    release: () => void,
  ): Promise<DuckWriter> {
    const telemetry = await instance.connect()
    const events = await instance.connect()
    const writer = new DuckWriter(telemetry, events, source, signal, memory, pendingSamples, release)
    try {
      await interruptible(telemetry, signal, () => writer.#begin())
      return writer
    } catch (error) {
      await writer.#end()
      throw error
    }
  }

  private constructor(
    telemetry: DuckDBConnection,
    events: DuckDBConnection,
    source: JournalSource & { readonly key: number },
    signal: AbortSignal | undefined,
    memory: MemoryBound,
    pendingSamples: number,
    release: () => void,
  ) {
    this.#telemetry = telemetry
    this.#events = events
    this.#source = source.key
    this.#record = source
    this.#signal = signal
    this.#memory = memory
    this.#pendingSamples = pendingSamples
    this.#release = release
  }

  get written(): Readonly<WrittenRows> {
    const { objectFrom: _, objectTo: __, extent: ___, ...written } = this.#encoded
    return written
  }

  get #encoded(): Encoded {
    return this.#elsewhere ?? this.#encoder?.encoded ?? NOTHING_ENCODED
  }

  async #begin(): Promise<void> {
    await this.#telemetry.run('BEGIN')
    // a store that DuckDB has given up says so now, when it can still be opened anew
    await this.#telemetry.run('SELECT count(*) FROM telemetry.main.store')
  }

  /** Every name that the source has is read: only where rows are encoded from nothing, not for each commit of a receiver. */
  async #readSeed(): Promise<EncoderSeed> {
    const attributes = await this.#known(`SELECT hash FROM telemetry.main.attributes WHERE source = ${this.#source}`)
    const series = await this.#known(`SELECT series FROM telemetry.main.series WHERE source = ${this.#source}`)
    const facts = await this.#telemetry.runAndReadAll(
      `SELECT (SELECT coalesce(max(id) + 1, 0)::BIGINT FROM telemetry.main.logs WHERE source = ${this.#source}),
        EXISTS (SELECT 1 FROM telemetry.main.spans WHERE source = ${this.#source})`,
    )
    const [nextLogId, hadSpans] = facts.getRows()[0] ?? []
    assert(typeof nextLogId === 'bigint', 'log ids are bigints')
    return {
      source: this.#source,
      nextLogId,
      tellTraces: hadSpans === true,
      batch: this.#batch,
      attributes,
      series,
    }
  }

  async #known(sql: string): Promise<Uint32Array> {
    const parts: Uint32Array[] = []
    let total = 0
    const result = await this.#telemetry.stream(sql)
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const bytes = readBytes(duckdb.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount, 8)
      parts.push(new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount * 2))
      total += chunk.rowCount * 2
    }
    const words = new Uint32Array(total)
    let at = 0
    for (const part of parts) {
      words.set(part, at)
      at += part.length
    }
    return words
  }

  async #writer(table: WrittenTable): Promise<ChunkWriter> {
    const open = this.#writers.get(table)
    if (open) return open
    const events = table === 'staged'
    if (events) {
      await this.#events.run('BEGIN')
      this.#stagedUserEvents = true
    }
    const writer = await ChunkWriter.open(
      events ? this.#events : this.#telemetry,
      events ? 'events' : 'telemetry',
      table,
      TABLE_COLUMNS[table](),
    )
    this.#writers.set(table, writer)
    return writer
  }

  takeSeed(): Promise<EncoderSeed> {
    return this.#inTurn(() => this.#takeSeed())
  }

  async #takeSeed(): Promise<EncoderSeed> {
    assert(!this.#seedTaken, 'a seed is taken once, before the first row')
    this.#seedTaken = true
    return await interruptible(this.#telemetry, this.#signal, () => this.#readSeed())
  }

  append(chunks: readonly EncodedChunk[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const chunk of chunks) {
        throwIfAborted(this.#signal)
        await this.#append(chunk)
      }
      await turn()
    })
  }

  settle(encoded: Encoded): void {
    assert(this.#encoder === undefined, 'rows are encoded in one place only')
    this.#elsewhere = encoded
  }

  async #append(chunk: EncodedChunk): Promise<void> {
    const { table } = chunk
    if (table === 'spans') this.#earliest = Math.min(this.#earliest, earliestOf(chunk.columns[START]))
    const writer = table === 'touched' ? await this.#touchedTraces() : await this.#writer(table)
    writer.append(chunk)
    this.#unflushed += chunk.rows
    if (this.#unflushed < FLUSH_ROWS) return
    this.#flushed += this.#unflushed
    this.#flush()
    if (this.#flushed >= LARGE_ROWS) await this.#memory.lower()
  }

  write(batch: TelemetryBatch): Promise<void> {
    return this.#inTurn(async () => {
      for (let at = 0; at < batch.rows.length; at += SLICE) {
        throwIfAborted(this.#signal)
        const encoder = (this.#encoder ??= new BatchEncoder(await this.#takeSeed(), (chunk) =>
          this.#waiting.push(chunk),
        ))
        encoder.write(batch, at, Math.min(at + SLICE, batch.rows.length))
        await this.#appendWaiting()
        await turn()
      }
    })
  }

  async #appendWaiting(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (const chunk of waiting) await this.#append(chunk)
  }

  async #touchedTraces(): Promise<ChunkWriter> {
    if (!this.#touched) {
      await this.#telemetry.run('CREATE OR REPLACE TEMP TABLE touched (trace_id UUID)')
      this.#touched = await ChunkWriter.open(this.#telemetry, 'temp', 'touched', touchedColumns())
    }
    return this.#touched
  }

  #flush(): void {
    for (const writer of this.#writers.values()) writer.flush()
    this.#touched?.flush()
    this.#unflushed = 0
  }

  commit(file?: JournalFile): Promise<WrittenRows> {
    return this.#inTurn(async () => {
      throwIfAborted(this.#signal)
      this.#encoder?.finish()
      await this.#appendWaiting()
      const encoded = this.#encoded
      await interruptible(this.#telemetry, this.#signal, async () => {
        const touched = this.#touched && 'temp.main.touched'
        this.#flush()
        this.#closeAppenders()
        if (encoded.spans > 0) {
          const since = touched && (await this.#earliestOf(touched))
          if (touched) {
            await this.#telemetry.run(
              `DELETE FROM telemetry.main.traces WHERE source = ${this.#source} AND trace_id IN (SELECT trace_id FROM temp.main.touched)`,
            )
          }
          for (const sql of traceRowsSql(this.#source, touched, encoded.spans, since)) await this.#telemetry.run(sql)
        }
        if (encoded.extent) await countSamples(this.#telemetry, this.#source, encoded.extent, this.#pendingSamples)
      })
      const rows = {
        ...this.written,
        from: encoded.from ?? encoded.objectFrom,
        to: encoded.to ?? encoded.objectTo,
      }
      await writeJournal(this.#telemetry, this.#source, this.#record, rows, file)
      // from here on nothing is interrupted: the three steps and `recover` make one whole of two files
      if (this.#stagedUserEvents) {
        await this.#events.run('COMMIT')
        await this.#telemetry.run(`INSERT INTO telemetry.main.commits VALUES ('${this.#batch}')`)
      }
      await this.#telemetry.run('COMMIT')
      if (this.#stagedUserEvents) await this.#moveStaged()
      this.#state = 'ended'
      const total = rows.spans + rows.logs + rows.samples + rows.userEvents
      if (total >= CHECKPOINT_ROWS) await this.#checkpoint()
      await this.#end()
      return rows
    })
  }

  /** No span of the traces that got spans starts earlier: neither the new ones nor those that the source had. */
  async #earliestOf(touched: string): Promise<bigint | undefined> {
    if (!Number.isFinite(this.#earliest)) return undefined
    const added = BigInt(this.#earliest) << 32n
    const found = await this.#telemetry.runAndReadAll(
      `SELECT min(start_ns) FROM telemetry.main.traces WHERE source = ${this.#source} AND trace_id IN (SELECT trace_id FROM ${touched})`,
    )
    const held = found.getRows()[0]?.[0]
    return typeof held === 'bigint' && held < added ? held : added
  }

  async #moveStaged(): Promise<void> {
    await this.#events.run('BEGIN')
    await this.#events.run(
      `INSERT INTO events.main.user_events SELECT * EXCLUDE (batch) FROM events.main.staged WHERE batch = '${this.#batch}'`,
    )
    await this.#events.run(`DELETE FROM events.main.staged WHERE batch = '${this.#batch}'`)
    await this.#events.run('COMMIT')
    await this.#telemetry.run(`DELETE FROM telemetry.main.commits WHERE batch = '${this.#batch}'`)
  }

  /** The rows are committed either way; a checkpoint that finds a reader in its way leaves them in the log for the next one. */
  async #checkpoint(): Promise<void> {
    try {
      await this.#telemetry.run('CHECKPOINT telemetry')
      if (this.#stagedUserEvents) await this.#events.run('CHECKPOINT events')
    } catch (error) {
      if (!(error instanceof Error && /Cannot CHECKPOINT/i.test(error.message))) throw error
    }
  }

  rollback(): Promise<void> {
    const last = this.#tail.then(
      () => this.#end(),
      () => this.#end(),
    )
    this.#tail = last
    return last
  }

  #closeAppenders(): void {
    for (const writer of this.#writers.values()) writer.close()
    this.#touched?.close()
    this.#touched = undefined
    this.#writers.clear()
  }

  /** Idempotent. Closing a connection with an open transaction rolls it back. */
  async #end(): Promise<void> {
    this.#state = 'ended'
    if (this.#disconnected) return
    this.#disconnected = true
    for (const writer of this.#writers.values()) writer.discard()
    this.#touched?.discard()
    this.#telemetry.disconnectSync()
    this.#events.disconnectSync()
    try {
      await this.#memory.restore()
    } finally {
      this.#release()
    }
  }

  /** One after the other; the first failure ends the transaction, and every later call says so. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(async () => {
      if (this.#state !== 'open') throw new Error(`assertion failed: the writer is ${this.#state}`)
      try {
        return await work()
      } catch (error) {
        this.#state = 'failed'
        throw this.#signal?.aborted ? cancelled() : asStoreError(error)
      }
    })
    this.#tail = run.catch(() => undefined)
    return run
  }
}
