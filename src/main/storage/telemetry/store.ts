// The telemetry store: DuckDB behind scopes, frames and one writer at a time.

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api'
import { disposable } from '../../../shared/base/disposable.ts'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { TimeRange } from '../../../shared/base/time.ts'
import type { ColumnSpec, Frame } from '../../../shared/frame/frame.ts'
import type { Catalog } from '../catalog/api.ts'
import type {
  ReadOptions,
  Scope,
  ScopeQuestion,
  SourceCounts,
  SqlValue,
  StoreLimits,
  StoreSpace,
  TelemetryStore,
  TelemetryWriter,
  Lane,
  LaneOptions,
  LogNeed,
  LogRows,
} from './api.ts'
import { checkpoint, compactFiles, type CompactOptions, copyFiles, spaceOf } from './compact.ts'
import { type PlainColumns, type PlainKind, readColumns } from './column-reader.ts'
import {
  type DatabaseOptions,
  openTelemetryDatabase,
  type StoreFolders,
  storeFolders,
  threadsSetting,
} from './database.ts'
import { isGivenUp } from './errors.ts'
import { moveFile, sizeOf } from './files.ts'
import { readFrame, readFrames } from './frame-reader.ts'
import { M4_COLUMNS, type M4Options, type M4Series, m4Series, m4Sql } from './m4.ts'
import { inOnePass, m4PointsSql, readM4 } from './m4-reader.ts'
import { type JournalEntry, READ_JOURNAL_SQL } from './journal.ts'
import { LiveRows } from './live-rows.ts'
import { LaneReader } from './lane-reader.ts'
import { narrowLogs } from './log-rows.ts'
import { MemoryBound, memoryBytes } from './memory.ts'
import { type MountFiles, resolveMounts } from './mounts.ts'
import { interruptible, ReadPool } from './pool.ts'
import { readRows } from './row-reader.ts'
import { PENDING_SAMPLES } from './sample-cells.ts'
import { TELEMETRY_SCHEMA_VERSION, TELEMETRY_TABLE_NAMES } from './schema.ts'
import { fileSelect, newNonce, resolveScope } from './scope.ts'
import { countSources } from './source-counts.ts'
import { copyRows, deleteRows } from './source-rows.ts'
import { Turns } from './turns.ts'
import { DuckWriter } from './writer.ts'

const READERS = 4
/** Rows of one part of a streamed answer. */
const FRAME_ROWS = 20_000

export interface TelemetryStoreOptions extends DatabaseOptions {
  /** queries that may run at once; default 4 */
  readonly readers?: number | undefined
  /** samples that wait before their extremes are kept; default PENDING_SAMPLES */
  readonly pendingSamples?: number | undefined
}

/**
 * Opens `telemetry.duckdb` and `events.duckdb` in `dataDir`, making them where they are missing.
 * @throws WatchdeckError `unsupported` (a newer schema), `corrupt`, `unavailable` (another process holds the folder), each with a hint
 */
export async function openTelemetryStore(
  dataDir: string,
  catalog: Catalog,
  options: TelemetryStoreOptions = {},
): Promise<TelemetryStore> {
  const folders = storeFolders(dataDir)
  const instance = await openTelemetryDatabase(folders, options)
  const memory = new MemoryBound(instance, memoryBytes(options.memoryBytes))
  return new DuckStore(instance, folders, catalog, memory, options)
}

class DuckStore implements TelemetryStore {
  readonly schemaVersion = TELEMETRY_SCHEMA_VERSION
  readonly cacheDir: string
  #instance: DuckDBInstance
  readonly #folders: StoreFolders
  readonly #catalog: Catalog
  #memory: MemoryBound
  #pool: ReadPool
  #options: TelemetryStoreOptions
  #reopening: Promise<void> | undefined
  readonly #mounts = new Map<number, MountFiles>()
  readonly #nonce = newNonce()
  readonly #writing = new Turns()
  readonly live = new LiveRows(() => this.#instance)
  readonly #lanes = new LaneReader({
    m4: (o, options) => this.m4(o, options),
    read: (sql, read, signal) => this.#read(sql, [], read, signal),
    rows: (sql, params, options) => this.rows(sql, params, options),
  })

  constructor(
    instance: DuckDBInstance,
    folders: StoreFolders,
    catalog: Catalog,
    memory: MemoryBound,
    options: TelemetryStoreOptions,
  ) {
    this.#instance = instance
    this.#folders = folders
    this.cacheDir = folders.cache
    this.#catalog = catalog
    this.#memory = memory
    this.#options = options
    this.#pool = new ReadPool(instance, options.readers ?? READERS)
  }

  async limit(limits: StoreLimits): Promise<void> {
    await this.#mended(async () => {
      await this.#memory.limit(memoryBytes(limits.memoryBytes))
      await this.#instance.connect().then(async (connection) => {
        try {
          await connection.run(`SET ${threadsSetting(limits.threads)}`)
        } finally {
          connection.disconnectSync()
        }
      })
    })
    // for a store that has to be opened anew
    this.#options = { ...this.#options, memoryBytes: limits.memoryBytes, threads: limits.threads }
  }

  async scope(ids: readonly string[] | undefined, range?: TimeRange, question?: ScopeQuestion): Promise<Scope> {
    return resolveScope(this.#catalog, this.#mounts, this.#nonce, ids, range, question)
  }

  async frame(
    sql: string,
    params: readonly SqlValue[],
    columns: readonly ColumnSpec[],
    options: ReadOptions = {},
  ): Promise<Frame> {
    return this.#read(sql, params, (result) => readFrame(result, columns, options.signal), options.signal)
  }

  async frames(
    sql: string,
    params: readonly SqlValue[],
    columns: readonly ColumnSpec[],
    take: (frame: Frame) => Promise<void>,
    options: ReadOptions = {},
  ): Promise<void> {
    const { signal } = options
    await this.#read(sql, params, (result) => readFrames(result, columns, signal, FRAME_ROWS, take), signal)
  }

  async columns<const K extends Readonly<Record<string, PlainKind>>>(
    sql: string,
    params: readonly SqlValue[],
    kinds: K,
    options: ReadOptions & { readonly rows?: number } = {},
  ): Promise<PlainColumns<K>> {
    const { signal, rows = 0 } = options
    return this.#read(sql, params, (result) => readColumns(result, kinds, signal, rows), signal)
  }

  async rows<T extends Record<string, unknown>>(
    sql: string,
    params: readonly SqlValue[],
    options: ReadOptions = {},
  ): Promise<T[]> {
    return this.#read(sql, params, (result) => readRows<T>(result), options.signal)
  }

  async m4(o: M4Options, options: ReadOptions = {}): Promise<M4Series[]> {
    const { signal } = options
    if (!inOnePass(o)) return m4Series(await this.frame(m4Sql(o), [], M4_COLUMNS, options))
    return this.#read(m4PointsSql(o), [], (result) => readM4(result, o, signal), signal)
  }

  lane(scope: Scope, o: LaneOptions, options: ReadOptions = {}): Promise<Lane> {
    return this.#lanes.read(scope, o, options)
  }

  narrowLogs(scope: Scope, need: LogNeed, options: ReadOptions = {}): Promise<LogRows | undefined> {
    return narrowLogs(this, scope, need, options)
  }

  async #read<T>(
    sql: string,
    params: readonly SqlValue[],
    read: (result: DuckDBResult) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const mounted = await this.#mounted(sql)
    return this.#mended(() => this.#pool.run(mounted, params, read, signal))
  }

  /**
   * DuckDB gives a file up for the rest of the process when a full disk cuts its checkpoint short. What was committed is
   * in the file and its log: opened anew, it is all there, and the work is tried once more.
   */
  async #mended<T>(work: () => Promise<T>): Promise<T> {
    // not awaited where there is nothing to wait for: between the look and the work nothing else may begin
    while (this.#reopening) await this.#reopening
    try {
      return await work()
    } catch (error) {
      if (!isGivenUp(error)) throw error
      this.#reopening ??= this.#reopen().finally(() => {
        this.#reopening = undefined
      })
      await this.#reopening
      return await work()
    }
  }

  async #reopen(): Promise<void> {
    this.#pool.close()
    this.#instance.closeSync()
    this.live.reset()
    this.#lanes.forget()
    this.#instance = await openTelemetryDatabase(this.#folders, this.#options)
    this.#memory = new MemoryBound(this.#instance, memoryBytes(this.#options.memoryBytes))
    this.#pool = new ReadPool(this.#instance, this.#options.readers ?? READERS)
  }

  #mounted(sql: string): Promise<string> {
    return resolveMounts(this.#nonce, sql, async ({ key, table, offset, range }) => {
      const files = this.#mounts.get(key)
      if (!files) throw new WatchdeckError('not_found', 'The incident file was closed.', { hint: 'Open it again.' })
      // the file's own times: the range is asked for before the clock is corrected
      const own = range && {
        from: (range.from - offset) as TimeRange['from'],
        to: (range.to - offset) as TimeRange['to'],
      }
      return fileSelect(table, key, await files(table, own), offset, range)
    })
  }

  async writer(source: string, options: ReadOptions = {}): Promise<TelemetryWriter> {
    const record = this.#catalog.sources.get(source)
    if (!record) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(source)}.`)
    if (record.kind === 'file') throw new WatchdeckError('read_only', 'An opened incident file is read-only.')
    return this.#mended(async () => {
      const release = await this.#writing.take(options.signal)
      try {
        return await DuckWriter.open(
          this.#instance,
          record,
          options.signal,
          this.#memory,
          this.#pendingSamples,
          release,
        )
      } catch (error) {
        release()
        throw error
      }
    })
  }

  get #pendingSamples(): number {
    return this.#options.pendingSamples ?? PENDING_SAMPLES
  }

  async copySource(from: string, to: string, options: ReadOptions = {}): Promise<void> {
    const target = this.#catalog.sources.get(to)
    if (!target) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(to)}.`)
    const scope = await this.scope([from])
    const relations = await Promise.all(
      TELEMETRY_TABLE_NAMES.map(async (table) => [table, await this.#mounted(scope.relation(table))] as const),
    )
    await this.#exclusively(
      (connection) => copyRows(connection, relations, target.key, this.#pendingSamples),
      options.signal,
    )
  }

  async deleteSource(source: string): Promise<void> {
    const key = this.#catalog.sources.get(source)?.key
    if (key === undefined) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(source)}.`)
    await this.#exclusively(async (connection) => {
      await deleteRows(connection, key)
      this.#lanes.forget(key)
      await checkpoint(connection)
    })
  }

  async journal(): Promise<JournalEntry[]> {
    const rows = await this.rows<{ entry: string }>(READ_JOURNAL_SQL, [])
    return rows.map(({ entry }) => JSON.parse(entry) as JournalEntry)
  }

  sourceKeys(): Promise<Map<number, SourceCounts>> {
    return countSources(this)
  }

  async #exclusively(work: (connection: DuckDBConnection) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const release = await this.#writing.take(signal)
    try {
      await this.#mended(async () => {
        const connection = await this.#instance.connect()
        try {
          await interruptible(connection, signal, () => work(connection))
        } finally {
          connection.disconnectSync()
        }
      })
    } finally {
      release()
    }
  }

  async backup(
    to: { readonly telemetry: string; readonly events: string },
    meanwhile: () => Promise<void>,
    options: ReadOptions = {},
  ): Promise<void> {
    await this.#exclusively(async (connection) => {
      await meanwhile()
      await copyFiles(connection, this.#folders, to)
    }, options.signal)
  }

  async bytes(): Promise<number> {
    return (await this.space()).reduce((sum, { bytes, freeBytes }) => sum + bytes - freeBytes, 0)
  }

  space(): Promise<StoreSpace[]> {
    return spaceOf(this, this.#folders)
  }

  async compact(options: CompactOptions = {}): Promise<void> {
    await this.#exclusively(
      (connection) => compactFiles(connection, this.#folders, (replace) => this.#alone(replace), options),
      options.signal,
    )
  }

  /** Who asks from now on waits; who asks already is waited for. */
  async #alone(work: () => Promise<void>): Promise<void> {
    let free = (): void => undefined
    this.#reopening = new Promise<void>((resolve) => {
      free = resolve
    })
    try {
      await this.#pool.drain()
      await work()
    } finally {
      this.#reopening = undefined
      free()
    }
  }

  mount(source: string, files: MountFiles): Disposable {
    const record = this.#catalog.sources.get(source)
    if (!record) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(source)}.`)
    this.#mounts.set(record.key, files)
    return disposable(() => {
      if (this.#mounts.get(record.key) === files) this.#mounts.delete(record.key)
    })
  }

  async copyToParquet(
    sql: string,
    params: readonly SqlValue[],
    path: string,
    options: ReadOptions = {},
  ): Promise<{ rows: number; bytes: number }> {
    // DuckDB may write into this one folder; the finished file is then moved, so that a half-written one is never seen
    const part = join(this.#folders.exports, `${randomUUID()}.parquet`)
    try {
      const copy = `COPY (${sql}) TO '${part.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`
      const [done] = await this.#read(copy, params, (result) => readRows<{ Count: bigint }>(result), options.signal)
      await moveFile(part, path)
      return { rows: Number(done?.Count ?? 0n), bytes: await sizeOf(path) }
    } finally {
      await rm(part, { force: true })
    }
  }

  async close(): Promise<void> {
    try {
      await this.#exclusively(checkpoint)
    } catch (error) {
      // a full disk: what the checkpoint could not take over is in the log, and taken over at the next start
      if (!isGivenUp(error) && !(error instanceof WatchdeckError && error.code === 'unavailable')) throw error
    } finally {
      this.#pool.close()
      this.#instance.closeSync()
    }
  }
}
