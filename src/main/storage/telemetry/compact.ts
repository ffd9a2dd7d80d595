// Room in the two DuckDB files: what deleted rows left free is told, and given back to the disk by a copy that takes the
// file's place (docs/decisions).

import { randomUUID } from 'node:crypto'
import { rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { throwIfAborted, WatchdeckError } from '../../../shared/base/errors.ts'
import type { ReadOptions, StoreSpace, TelemetryStore } from './api.ts'
import type { StoreFolders } from './database.ts'
import { moveFile, sizeOf } from './files.ts'

const STORE_FILES = ['telemetry', 'events'] as const
type StoreFile = (typeof STORE_FILES)[number]

export interface CompactOptions extends ReadOptions {
  progress?(name: StoreFile): void
}

export async function spaceOf(store: Pick<TelemetryStore, 'rows'>, folders: StoreFolders): Promise<StoreSpace[]> {
  const blocks = await store.rows<{ name: string; free: bigint }>(
    'SELECT database_name AS name, free_blocks * block_size AS free FROM pragma_database_size()',
    [],
  )
  const free = new Map(blocks.map((row) => [row.name, Number(row.free)]))
  return Promise.all(
    STORE_FILES.map(async (name) => {
      const bytes = (await sizeOf(folders[name])) + (await sizeOf(`${folders[name]}.wal`))
      return { name, bytes, freeBytes: Math.min(bytes, free.get(name) ?? 0) }
    }),
  )
}

/**
 * @param alone runs the replacing while nobody reads; writers are kept out by the caller
 * @throws what a full disk throws, with the files as they were
 */
export async function compactFiles(
  connection: DuckDBConnection,
  folders: StoreFolders,
  alone: (replace: () => Promise<void>) => Promise<void>,
  { signal, progress }: CompactOptions,
): Promise<void> {
  for (const name of STORE_FILES) {
    throwIfAborted(signal)
    progress?.(name)
    const part = join(folders.exports, `${randomUUID()}-${name}.duckdb`)
    try {
      await requireRoom(connection, name, folders)
      await copyDatabase(connection, name, part)
      throwIfAborted(signal)
      // of a store of a few blocks the copy may be the larger one
      if ((await sizeOf(part)) < (await sizeOf(folders[name])))
        await alone(() => replace(connection, name, folders[name], part))
    } finally {
      for (const leftover of [part, `${part}.wal`]) await rm(leftover, { force: true })
    }
  }
}

/** Room that is left to everybody else while a copy is made. */
const SPARE_BYTES = 512 * 2 ** 20

/** @throws WatchdeckError `unavailable` where the copy would fill the disk */
async function requireRoom(connection: DuckDBConnection, name: StoreFile, folders: StoreFolders): Promise<void> {
  const read = await connection.runAndReadAll(
    `SELECT (free_blocks * block_size)::DOUBLE FROM pragma_database_size() WHERE database_name = '${name}'`,
  )
  const needed = (await sizeOf(folders[name])) - Number(read.getRows()[0]?.[0] ?? 0)
  const { bavail, bsize } = await statfs(folders.exports)
  if (bavail * bsize < needed + SPARE_BYTES)
    throw new WatchdeckError('unavailable', 'The disk has no room for the copy that makes the store small.', {
      hint: 'Free some room, or remove data: what is removed is used again without a copy.',
    })
}

/** Both files, whole and small, into places of their own. */
export async function copyFiles(
  connection: DuckDBConnection,
  folders: StoreFolders,
  to: Readonly<Record<StoreFile, string>>,
): Promise<void> {
  for (const name of STORE_FILES) {
    const part = join(folders.exports, `${randomUUID()}-${name}.duckdb`)
    try {
      await copyDatabase(connection, name, part)
      await moveFile(part, to[name])
    } finally {
      for (const leftover of [part, `${part}.wal`]) await rm(leftover, { force: true })
    }
  }
}

/** One rename puts the copy in place: whoever starts after a crash finds the old file or the new one, whole. */
async function replace(connection: DuckDBConnection, name: StoreFile, path: string, part: string): Promise<void> {
  await connection.run(`CHECKPOINT ${name}`)
  await connection.run(`DETACH ${name}`)
  try {
    await rename(part, path)
  } finally {
    await attachAgain(connection, name, path)
  }
}

/** Something else may hold the file for a moment, as virus scanners do: without it the store is gone until a restart. */
async function attachAgain(connection: DuckDBConnection, name: StoreFile, path: string): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS ${name}`)
      return
    } catch (error) {
      if (tries >= 20) throw error
      await setTimeout(250)
    }
}

/** The whole of a database without its free blocks. */
async function copyDatabase(connection: DuckDBConnection, name: StoreFile, to: string): Promise<void> {
  await connection.run(`ATTACH '${to.replaceAll("'", "''")}' AS copy_${name}`)
  try {
    await connection.run(`COPY FROM DATABASE ${name} TO copy_${name}`)
  } finally {
    await connection.run(`DETACH copy_${name}`)
  }
}

/** What a checkpoint cannot take over because someone is reading stays in the log, safe, for the next one. */
export async function checkpoint(connection: DuckDBConnection): Promise<void> {
  for (const database of STORE_FILES) {
    try {
      await connection.run(`CHECKPOINT ${database}`)
    } catch (error) {
      if (!(error instanceof Error && /Cannot CHECKPOINT/i.test(error.message))) throw error
    }
  }
}
