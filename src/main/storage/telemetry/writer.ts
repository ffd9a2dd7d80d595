// The one write transaction: rows go through appenders, dictionaries grow, trace rows are made at commit.

import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { cancelled, throwIfAborted } from '../../../shared/base/errors.ts'
import { assert } from '../../../shared/base/assert.ts'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import type { TelemetryWriter, WrittenRows } from './api.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { NameSet } from './content-hash.ts'
import { readBytes } from './duck-memory.ts'
import {
  writeExemplar,
  writeHappening,
  writeHistogram,
  writeLog,
  writeObject,
  writeOffset,
  writeSample,
  writeSpan,
  writeUserEvent,
} from './encode.ts'
import { asStoreError } from './errors.ts'
import { Names } from './names.ts'
import { interruptible } from './pool.ts'
import { type ColumnsOf, TABLE_COLUMNS, type WrittenTable } from './tables.ts'
import { TraceIdColumn } from './columns.ts'
import { traceRowsSql } from './traces-sql.ts'

/** Rows encoded before other work of the thread gets a turn (about 5 ms). */
const SLICE = 2048
/** Chunks appended before they are handed to the transaction: a larger lot is faster, a smaller one stalls the thread less. */
const FLUSH_ROWS = 60 * 2048
/** A commit at least this big is followed by a checkpoint, so that its log does not have to be replayed at the next start. */
const CHECKPOINT_ROWS = 200_000

type Writers = { [T in WrittenTable]?: ChunkWriter<ColumnsOf<T>> }

/** Opened by the store when no other writer is open; `release` lets the next one in. */
export class DuckWriter implements TelemetryWriter {
  readonly #source: number
  readonly #telemetry: DuckDBConnection
  readonly #events: DuckDBConnection
  readonly #signal: AbortSignal | undefined
  readonly #release: () => void
  readonly #batch = randomUUID()
  readonly #writers: Writers = {}
  #touched: ChunkWriter<{ traceId: TraceIdColumn }> | undefined
  #lastTrace = ''
  #names!: Names
  #nextLogId = 0n
  #hadSpans = false
  #stagedUserEvents = false
  #unflushed = 0
  #disconnected = false
  #state: 'open' | 'failed' | 'ended' = 'open'
  /** keeps the calls of an impatient caller in order */
  #tail: Promise<unknown> = Promise.resolve()
  readonly #written: WrittenRows = {
    spans: 0,
    logs: 0,
    samples: 0,
    series: 0,
    objects: 0,
    happenings: 0,
    userEvents: 0,
    from: null,
    to: null,
  }
  #objectFrom: bigint | null = null
  #objectTo: bigint | null = null

  static async open(
    instance: DuckDBInstance,
    source: number,
    signal: AbortSignal | undefined,
    release: () => void,
  ): Promise<DuckWriter> {
    const telemetry = await instance.connect()
    const events = await instance.connect()
    const writer = new DuckWriter(telemetry, events, source, signal, release)
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
    source: number,
    signal: AbortSignal | undefined,
    release: () => void,
  ) {
    this.#telemetry = telemetry
    this.#events = events
    this.#source = source
    this.#signal = signal
    this.#release = release
  }

  get written(): Readonly<WrittenRows> {
    return { ...this.#written, series: this.#names.newSeries }
  }

  async #begin(): Promise<void> {
    const c = this.#telemetry
    await c.run('BEGIN')
    const attributes = await this.#known(`SELECT hash FROM telemetry.main.attributes WHERE source = ${this.#source}`)
    const series = await this.#known(`SELECT series FROM telemetry.main.series WHERE source = ${this.#source}`)
    const facts = await c.runAndReadAll(
      `SELECT (SELECT coalesce(max(id) + 1, 0)::BIGINT FROM telemetry.main.logs WHERE source = ${this.#source}),
        EXISTS (SELECT 1 FROM telemetry.main.spans WHERE source = ${this.#source})`,
    )
    const [nextLogId, hadSpans] = facts.getRows()[0] ?? []
    assert(typeof nextLogId === 'bigint', 'log ids are bigints')
    this.#nextLogId = nextLogId
    this.#hadSpans = hadSpans === true
    this.#names = new Names(
      this.#source,
      await this.#writer('attributes'),
      await this.#writer('series'),
      attributes,
      series,
    )
  }

  async #known(sql: string): Promise<NameSet> {
    const set = new NameSet()
    const result = await this.#telemetry.stream(sql)
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const bytes = readBytes(duckdb.data_chunk_get_vector(chunk.chunk, 0), chunk.rowCount, 8)
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount * 2)
      for (let i = 0; i < words.length; i += 2) set.add(words[i] as number, words[i + 1] as number)
    }
    return set
  }

  async #writer<T extends WrittenTable>(table: T): Promise<ChunkWriter<ColumnsOf<T>>> {
    const open: ChunkWriter<ColumnsOf<T>> | undefined = this.#writers[table]
    if (open) return open
    const columns = TABLE_COLUMNS[table]() as ColumnsOf<T>
    const events = table === 'staged'
    if (events) await this.#events.run('BEGIN')
    const writer = await ChunkWriter.open(
      events ? this.#events : this.#telemetry,
      events ? 'events' : 'telemetry',
      table,
      columns,
    )
    Object.assign(this.#writers, { [table]: writer })
    return writer
  }

  write(batch: TelemetryBatch): Promise<void> {
    return this.#inTurn(async () => {
      for (let at = 0; at < batch.rows.length; at += SLICE) {
        throwIfAborted(this.#signal)
        const rows = Math.min(SLICE, batch.rows.length - at)
        await this.#slice(batch, at, at + rows)
        this.#unflushed += rows
        if (this.#unflushed >= FLUSH_ROWS) this.#flush()
        await turn()
      }
    })
  }

  async #slice(batch: TelemetryBatch, from: number, to: number): Promise<void> {
    const source = this.#source
    const names = this.#names
    const written = this.#written
    switch (batch.kind) {
      case 'spans': {
        const out = await this.#writer('spans')
        const touched = this.#hadSpans ? await this.#touchedTraces() : undefined
        for (let i = from; i < to; i++) {
          const span = batch.rows[i]
          if (!span) continue
          writeSpan(out, source, names, span)
          this.#seen(span.start, span.start + span.durationNs)
          if (touched && span.traceId !== this.#lastTrace) {
            this.#lastTrace = span.traceId
            touched.columns.traceId.setHex(touched.row, span.traceId)
            touched.next()
          }
        }
        written.spans += to - from
        return
      }
      case 'logs': {
        const out = await this.#writer('logs')
        for (let i = from; i < to; i++) {
          const log = batch.rows[i]
          if (!log) continue
          writeLog(out, source, names, log, this.#nextLogId++)
          this.#seen(log.time, log.time)
        }
        written.logs += to - from
        return
      }
      case 'samples': {
        const out = await this.#writer('samples')
        for (let i = from; i < to; i++) {
          const sample = batch.rows[i]
          if (!sample) continue
          writeSample(out, source, names, sample)
          this.#seen(sample.time, sample.time)
        }
        written.samples += to - from
        return
      }
      case 'histograms': {
        const out = await this.#writer('histograms')
        for (const point of batch.rows.slice(from, to)) {
          writeHistogram(out, source, names, point)
          this.#seen(point.time, point.time)
        }
        written.samples += to - from
        return
      }
      case 'exemplars': {
        const out = await this.#writer('exemplars')
        for (const exemplar of batch.rows.slice(from, to)) writeExemplar(out, source, names, exemplar)
        return
      }
      case 'objects': {
        const out = await this.#writer('objects')
        for (const object of batch.rows.slice(from, to)) {
          writeObject(out, source, object)
          // an object may be years older than what happened to it: it gives the range only when nothing else does
          this.#objectFrom =
            this.#objectFrom === null || object.time < this.#objectFrom ? object.time : this.#objectFrom
          this.#objectTo = this.#objectTo === null || object.time > this.#objectTo ? object.time : this.#objectTo
        }
        written.objects += to - from
        return
      }
      case 'happenings': {
        const out = await this.#writer('happenings')
        for (const happening of batch.rows.slice(from, to)) {
          writeHappening(out, source, names, happening)
          this.#seen(happening.time, happening.time)
        }
        written.happenings += to - from
        return
      }
      case 'offsets': {
        const out = await this.#writer('offsets')
        for (const offset of batch.rows.slice(from, to)) {
          writeOffset(out, source, offset)
          this.#seen(offset.time, offset.time)
        }
        return
      }
      case 'user-events': {
        const out = await this.#writer('staged')
        for (const event of batch.rows.slice(from, to)) {
          writeUserEvent(out, source, this.#batch, event)
          this.#seen(event.time, event.time)
        }
        this.#stagedUserEvents = true
        written.userEvents += to - from
        return
      }
    }
  }

  async #touchedTraces(): Promise<ChunkWriter<{ traceId: TraceIdColumn }>> {
    if (!this.#touched) {
      await this.#telemetry.run('CREATE OR REPLACE TEMP TABLE touched (trace_id UUID)')
      this.#touched = await ChunkWriter.open(this.#telemetry, 'temp', 'touched', { traceId: new TraceIdColumn() })
    }
    return this.#touched
  }

  /** A row without a time (0 or before 1970) says nothing about when its source was. */
  #seen(from: bigint, to: bigint): void {
    if (from <= 0n) return
    const written = this.#written
    if (written.from === null || from < written.from) written.from = from
    if (written.to === null || to > written.to) written.to = to
  }

  #flush(): void {
    for (const writer of Object.values(this.#writers)) writer.flush()
    this.#touched?.flush()
    this.#unflushed = 0
  }

  commit(): Promise<WrittenRows> {
    return this.#inTurn(async () => {
      throwIfAborted(this.#signal)
      await interruptible(this.#telemetry, this.#signal, async () => {
        const touched = this.#touched && 'temp.main.touched'
        this.#flush()
        this.#closeAppenders()
        if (this.#written.spans > 0) {
          if (touched) {
            await this.#telemetry.run(
              `DELETE FROM telemetry.main.traces WHERE source = ${this.#source} AND trace_id IN (SELECT trace_id FROM temp.main.touched)`,
            )
          }
          await this.#telemetry.run(traceRowsSql(this.#source, touched))
        }
      })
      // from here on nothing is interrupted: the three steps and `recover` make one whole of two files
      if (this.#stagedUserEvents) {
        await this.#events.run('COMMIT')
        await this.#telemetry.run(`INSERT INTO telemetry.main.commits VALUES ('${this.#batch}')`)
      }
      await this.#telemetry.run('COMMIT')
      if (this.#stagedUserEvents) await this.#moveStaged()
      const rows = {
        ...this.written,
        from: this.#written.from ?? this.#objectFrom,
        to: this.#written.to ?? this.#objectTo,
      }
      this.#state = 'ended'
      const total = rows.spans + rows.logs + rows.samples + rows.userEvents
      if (total >= CHECKPOINT_ROWS) await this.#checkpoint()
      await this.#end()
      return rows
    })
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
    for (const writer of Object.values(this.#writers)) writer.close()
    this.#touched?.close()
    this.#touched = undefined
    for (const table of Object.keys(this.#writers) as WrittenTable[]) delete this.#writers[table]
  }

  /** Idempotent. Closing a connection with an open transaction rolls it back. */
  async #end(): Promise<void> {
    this.#state = 'ended'
    if (this.#disconnected) return
    this.#disconnected = true
    for (const writer of Object.values(this.#writers)) writer.discard()
    this.#touched?.discard()
    this.#telemetry.disconnectSync()
    this.#events.disconnectSync()
    this.#release()
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
