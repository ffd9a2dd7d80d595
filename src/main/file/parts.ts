// The parts of an opened incident file: copied out of the zip into the cache when a question first needs them, hashed on
// the way and checked before anything reads them.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import { sizeOf } from '../storage/telemetry/files.ts'
import type { IncidentFile } from '../storage/incident-file/read.ts'
import { TELEMETRY_TABLES, type TelemetryTable } from '../storage/telemetry/schema.ts'

/** Rows a stored byte of Parquet may claim; a hostile file could otherwise ask for terabytes of decoded rows. */
const MAX_ROWS_PER_BYTE = 2000

export class FileParts {
  readonly #store: TelemetryStore
  readonly #file: IncidentFile
  readonly #cache: string
  readonly #now: () => bigint
  readonly #extracting = new Map<string, Promise<void>>()
  /** when a part was last asked for, epoch nanoseconds */
  readonly #usedAt = new Map<string, bigint>()

  constructor(store: TelemetryStore, file: IncidentFile, cache: string, now: () => bigint) {
    this.#store = store
    this.#file = file
    this.#cache = cache
    this.#now = now
  }

  /** Paths of the parts that may hold rows of the range. */
  async of(ordinal: number, table: TelemetryTable, range: TimeRange | undefined): Promise<string[]> {
    const wanted = this.#file.manifest.entries.filter(
      ({ part }) =>
        part !== undefined &&
        part.source === ordinal &&
        part.table === table &&
        (range === undefined ||
          part.from === null ||
          part.to === null ||
          (BigInt(part.from) < range.to && BigInt(part.to) >= range.from)),
    )
    const paths: string[] = []
    for (const entry of wanted) {
      const target = join(this.#cache, entry.name.slice('data/'.length).replace('/', '-'))
      this.#usedAt.set(target, this.#now())
      let extraction = this.#extracting.get(target)
      if (!extraction) {
        extraction = this.#extract(entry.name, target, table, entry.part?.rows ?? 0, entry.bytes)
        this.#extracting.set(target, extraction)
      }
      try {
        await extraction
      } catch (error) {
        this.#extracting.delete(target)
        throw error
      }
      paths.push(target)
    }
    return paths
  }

  /** Bytes of the unpacked parts, and when one of them was last asked for. */
  async unpacked(): Promise<{ bytes: number; usedAt: bigint }> {
    const sizes = await Promise.all([...this.#usedAt.keys()].map((path) => sizeOf(path)))
    const usedAt = [...this.#usedAt.values()].sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n
    return { bytes: sizes.reduce((sum, size) => sum + size, 0), usedAt }
  }

  /** Deletes the parts that were not asked for since then; answers with their bytes. */
  async forget(before: bigint): Promise<number> {
    let bytes = 0
    for (const [path, usedAt] of [...this.#usedAt]) {
      if (usedAt > before) continue
      this.#extracting.delete(path)
      this.#usedAt.delete(path)
      bytes += await sizeOf(path)
      await rm(path, { force: true })
    }
    return bytes
  }

  async #extract(name: string, target: string, table: TelemetryTable, rows: number, bytes: number): Promise<void> {
    if (await stat(target).catch(() => undefined)) await rm(target)
    await this.#file.extract(name, target)
    try {
      await checkParquet(this.#store, target, name, table, rows, bytes)
    } catch (error) {
      await rm(target, { force: true })
      throw error
    }
  }
}

/** The columns and the number of rows must be what the schema and the manifest say, before any question reads them. */
async function checkParquet(
  store: TelemetryStore,
  path: string,
  name: string,
  table: TelemetryTable,
  rows: number,
  bytes: number,
): Promise<void> {
  const corrupt = (reason: string) =>
    new WatchdeckError('corrupt', `The incident file cannot be opened: ${name} ${reason}.`, {
      hint: 'Ask for the file again; this one is damaged or was not made by Watchdeck.',
    })
  const literal = `'${path.replaceAll("'", "''")}'`
  const described = await store
    .rows<{ column_name: string; column_type: string }>(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${literal}))`,
      [],
    )
    .catch(() => {
      throw corrupt('is no readable Parquet file')
    })
  const expected = columnsOf(table)
  const found = described.map((c) => `${c.column_name} ${c.column_type}`)
  if (found.join(',') !== expected.join(',')) throw corrupt('has other columns than it should')
  const [meta] = await store.rows<{ n: bigint }>(`SELECT num_rows AS n FROM parquet_file_metadata(${literal})`, [])
  if (Number(meta?.n ?? -1) !== rows) throw corrupt('has another number of rows than its manifest says')
  if (rows > Math.max(1_000_000, bytes * MAX_ROWS_PER_BYTE)) throw corrupt('claims more rows than its size allows')
}

/** 'source INTEGER', 'trace_id UUID', .. in the order of the schema. */
function columnsOf(table: TelemetryTable): string[] {
  return TELEMETRY_TABLES[table].split(',').map((c) =>
    c
      .trim()
      .replace(/ NOT NULL$/, '')
      .replace(/\s+/g, ' ')
      .replaceAll('"', ''),
  )
}
