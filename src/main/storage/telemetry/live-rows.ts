// Spans that live sources answered, beside the stored ones, so that every question about traces is one piece of SQL over
// both. In memory: gone with the engine, never in a file. What a question brought is a part; a trace may be in several.

import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { setImmediate as turn } from 'node:timers/promises'
import type { TraceSummary } from '../../../shared/domain/live-source.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { BatchEncoder, type EncodedChunk } from './encoder.ts'
import { TELEMETRY_TABLES, type TelemetryTable } from './schema.ts'
import { TABLE_COLUMNS, type WrittenTable } from './tables.ts'
import { servicesSql, traceRowsSql } from './traces-sql.ts'

/** The database that holds them. */
export const LIVE = 'live'
/** Traces that were told without their spans; one whose spans came too stands in `traces` as well. */
export const SUMMARIES = `${LIVE}.main.summaries`
/** The tables that live sources have rows in here; of all others they have none. */
export const LIVE_TABLES = ['spans', 'traces', 'attributes'] as const
export type LiveTable = (typeof LIVE_TABLES)[number]
export const isLiveTable = (table: TelemetryTable): table is LiveTable => LIVE_TABLES.some((name) => name === table)

/** Rows encoded before other work of the thread gets a turn. */
const SLICE = 2048
/** Ids in one statement. */
const LOT = 2000

export async function createLiveTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(`ATTACH ':memory:' AS ${LIVE}`)
  for (const table of LIVE_TABLES)
    await connection.run(`CREATE TABLE ${LIVE}.main.${table} (${TELEMETRY_TABLES[table]})`)
  await connection.run(`CREATE TABLE ${SUMMARIES} (${TELEMETRY_TABLES.traces})`)
  await connection.run(
    `CREATE TABLE ${LIVE}.main.members (part INTEGER NOT NULL, source INTEGER NOT NULL, trace_id UUID NOT NULL)`,
  )
}

/** SQL text: only traces of these parts. */
export function inParts(parts: readonly number[]): string {
  return parts.length === 0
    ? 'false'
    : `trace_id IN (SELECT trace_id FROM ${LIVE}.main.members WHERE part IN (${parts.join(', ')}))`
}

/** One writer at a time; readers see a part whole or not at all. */
export class LiveRows {
  readonly #instance: () => DuckDBInstance
  /** by source key: trace id -> how many spans of it are here */
  #known = new Map<number, Map<string, number>>()
  #tail: Promise<unknown> = Promise.resolve()
  #spans = 0
  #summaries = 0
  #lastPart = 0

  constructor(instance: () => DuckDBInstance) {
    this.#instance = instance
  }

  /** Spans held, of all sources; a trace without its spans counts as one. */
  get spans(): number {
    return this.#spans + this.#summaries
  }

  nextPart(): number {
    return ++this.#lastPart
  }

  /**
   * Adds whole traces to a part. A trace that is here already is taken over as it is, or replaced when it has grown.
   * @param source key
   * @param spans trace ids 32 and span ids 16 lower-case hex digits
   */
  add(source: number, part: number, spans: readonly SpanRow[]): Promise<void> {
    return this.#inTurn(async (connection) => {
      const counts = new Map<string, number>()
      for (const { traceId } of spans) counts.set(traceId, (counts.get(traceId) ?? 0) + 1)
      if (counts.size === 0) return
      const known = this.#known.get(source) ?? new Map<string, number>()
      const changed = new Set<string>()
      const replaced: string[] = []
      for (const [id, count] of counts) {
        const before = known.get(id)
        if (before === count) continue
        changed.add(id)
        if (before !== undefined) replaced.push(id)
      }
      const fresh = changed.size === counts.size ? spans : spans.filter(({ traceId }) => changed.has(traceId))
      await connection.run('BEGIN')
      for (const list of lots(replaced))
        for (const table of ['spans', 'traces'] as const)
          await connection.run(`DELETE FROM ${LIVE}.main.${table} WHERE source = ${source} AND trace_id IN (${list})`)
      if (fresh.length > 0) {
        await this.#append(connection, source, fresh)
        await connection.run('CREATE OR REPLACE TEMP TABLE live_touched (trace_id UUID)')
        for (const list of lots([...changed], (id) => `(${id})`))
          await connection.run(`INSERT INTO temp.main.live_touched VALUES ${list}`)
        for (const sql of traceRowsSql(source, 'temp.main.live_touched', fresh.length, undefined, LIVE))
          await connection.run(sql)
      }
      for (const list of lots([...counts.keys()], (id) => `(${part}, ${source}, ${id})`))
        await connection.run(`INSERT INTO ${LIVE}.main.members VALUES ${list}`)
      await connection.run('COMMIT')
      for (const id of changed) {
        const count = counts.get(id) as number
        this.#spans += count - (known.get(id) ?? 0)
        known.set(id, count)
      }
      this.#known.set(source, known)
    })
  }

  /** Adds traces without their spans to a part; what was told of one before is replaced. */
  addSummaries(source: number, part: number, summaries: readonly TraceSummary[]): Promise<void> {
    return this.#inTurn(async (connection) => {
      const byId = new Map(summaries.map((summary) => [summary.traceId, summary]))
      if (byId.size === 0) return
      await connection.run('BEGIN')
      for (const list of lots([...byId.keys()]))
        await connection.run(`DELETE FROM ${SUMMARIES} WHERE source = ${source} AND trace_id IN (${list})`)
      const rows = [...byId.values()].map((s) => [
        s.traceId,
        String(s.start),
        String(s.durationNs),
        s.rootService === '' ? (s.services[0]?.[0] ?? '') : s.rootService,
        s.rootOperation,
        String(s.spans),
        String(s.errors),
        JSON.stringify(s.services),
      ])
      await connection.run(
        `INSERT INTO ${SUMMARIES} SELECT ${source}, r[1]::UUID, r[2]::BIGINT, r[3]::BIGINT, r[4], r[5], r[6]::INTEGER, r[7]::INTEGER, ${servicesSql('from_json(r[8], \'[["VARCHAR"]]\')')}
         FROM (SELECT unnest(from_json($1, '[["VARCHAR"]]')) AS r)`,
        [JSON.stringify(rows)],
      )
      for (const list of lots([...byId.keys()], (id) => `(${part}, ${source}, ${id})`))
        await connection.run(`INSERT INTO ${LIVE}.main.members VALUES ${list}`)
      await connection.run('COMMIT')
      await this.#countSummaries(connection)
    })
  }

  async #countSummaries(connection: DuckDBConnection): Promise<void> {
    const [row] = (await connection.runAndReadAll(`SELECT count(*) FROM ${SUMMARIES}`)).getRows()
    this.#summaries = Number(row?.[0] ?? 0)
  }

  /** Forgets everything that is in none of these parts. */
  keep(parts: readonly number[]): Promise<void> {
    return this.#inTurn(async (connection) => {
      const main = `${LIVE}.main`
      await connection.run('BEGIN')
      await connection.run(
        `CREATE OR REPLACE TABLE ${main}.members AS SELECT * FROM ${main}.members WHERE ${parts.length === 0 ? 'false' : `part IN (${parts.join(', ')})`}`,
      )
      // written anew: rows that are only deleted would keep their memory
      for (const table of ['spans', 'traces', 'summaries'] as const)
        await connection.run(
          `CREATE OR REPLACE TABLE ${main}.${table} AS SELECT * FROM ${main}.${table} WHERE (source, trace_id) IN (SELECT (source, trace_id) FROM ${main}.members)`,
        )
      await connection.run(
        `CREATE OR REPLACE TABLE ${main}.attributes AS SELECT * FROM ${main}.attributes WHERE (source, hash) IN
          (SELECT unnest([(source, attrs), (source, resource), (source, coalesce(scope, 0))]) FROM ${main}.spans)
          OR source IN (SELECT source FROM ${main}.spans WHERE events IS NOT NULL OR links IS NOT NULL)`,
      )
      await connection.run('COMMIT')
      await this.#countSummaries(connection)
      const left = await connection.runAndReadAll(
        `SELECT source, replace(trace_id::VARCHAR, '-', ''), count(*) FROM ${main}.spans GROUP BY ALL`,
      )
      this.#known = new Map()
      this.#spans = 0
      for (const [source, id, count] of left.getRows()) {
        if (typeof source !== 'number' || typeof id !== 'string' || typeof count !== 'bigint') continue
        const known = this.#known.get(source) ?? new Map<string, number>()
        known.set(id, Number(count))
        this.#known.set(source, known)
        this.#spans += Number(count)
      }
    })
  }

  /** The database was opened anew: nothing is here. */
  reset(): void {
    this.#known = new Map()
    this.#spans = 0
    this.#summaries = 0
  }

  async #append(connection: DuckDBConnection, source: number, spans: readonly SpanRow[]): Promise<void> {
    const held = await connection.runAndReadAll(`SELECT hash FROM ${LIVE}.main.attributes WHERE source = ${source}`)
    const hashes = BigUint64Array.from(held.getRows(), ([hash]) => (typeof hash === 'bigint' ? hash : 0n))
    const chunks: EncodedChunk[] = []
    const encoder = new BatchEncoder(
      {
        source,
        nextLogId: 0n,
        tellTraces: false,
        batch: '',
        attributes: new Uint32Array(hashes.buffer),
        series: new Uint32Array(0),
      },
      (chunk) => chunks.push(chunk),
    )
    const batch = { kind: 'spans' as const, rows: spans }
    for (let at = 0; at < spans.length; at += SLICE) {
      encoder.write(batch, at, Math.min(at + SLICE, spans.length))
      await turn()
    }
    encoder.finish()
    const writers = new Map<WrittenTable, ChunkWriter>()
    for (const chunk of chunks) {
      if (chunk.table !== 'spans' && chunk.table !== 'attributes') continue
      let writer = writers.get(chunk.table)
      if (!writer) {
        writer = await ChunkWriter.open(connection, LIVE, chunk.table, TABLE_COLUMNS[chunk.table]())
        writers.set(chunk.table, writer)
      }
      writer.append(chunk)
      writer.flush()
      await turn()
    }
    for (const writer of writers.values()) writer.close()
  }

  /** Closing a connection with an open transaction rolls it back. */
  #inTurn(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    const run = this.#tail.then(async () => {
      const connection = await this.#instance().connect()
      try {
        await work(connection)
      } finally {
        connection.disconnectSync()
      }
    })
    this.#tail = run.catch(() => undefined)
    return run
  }
}

/** SQL text of ids (hex digits, checked) in lots. */
function* lots(ids: readonly string[], each: (id: string) => string = (id) => id): Generator<string> {
  for (let at = 0; at < ids.length; at += LOT)
    yield ids
      .slice(at, at + LOT)
      .map((id) => {
        if (!/^[0-9a-f]{32}$/.test(id)) throw new Error('assertion failed: a trace id is 32 hex digits')
        return each(`'${id}'::UUID`)
      })
      .join(', ')
}
