// Every import format in MB/s beside reading the bytes of the same file: from the file to packed chunks, all but appending.
// Archives are unpacked within the time. FORMAT_MB=n for another size of the files.

import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expandPaths } from '../../src/main/import/expand.ts'
import { inspect } from '../../src/main/import/inspect.ts'
import { readFile } from '../../src/main/import/read-file.ts'
import { unpackArchives } from '../../src/main/import/unpack.ts'
import { FORMAT_FILES } from './format-files.ts'
import type { Measure } from './run.ts'

const MB = 1e6

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** MB/s of reading a file to packed chunks. @throws Error when it is taken for another format, or rows are skipped */
export async function formatSpeed(name: string, path: string, format?: string): Promise<Measure> {
  const { size } = await stat(path)
  const plain = await seconds(async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: 128 * 1024 })) if (chunk.length === 0) break
  })
  const folder = `${path}.unpacked`
  const { signal } = new AbortController()
  const seed = {
    source: 1,
    nextLogId: 0n,
    tellTraces: false,
    batch: '',
    attributes: new Uint32Array(0),
    series: new Uint32Array(0),
  }
  let rows = 0
  const took = await seconds(async () => {
    for (const file of await unpackArchives(await expandPaths([path], signal), { folder, signal })) {
      const { compression, encoding, detected, plausible } = await inspect(file, {}, BigInt(Date.now()) * 1_000_000n)
      if (format !== undefined && detected.format !== format)
        throw new Error(`${name}: taken for ${detected.format}, not ${format}`)
      const task = {
        path: file.disk,
        compression,
        encoding,
        loneReturns: false,
        detected,
        plausible,
        fileTime: file.modified,
        known: new Map(),
        seed,
      }
      const read = await readFile(task, async () => {})
      if (read.rowsSkipped > 0) throw new Error(`${name}: ${read.rowsSkipped} rows skipped: ${read.skipped[0]?.reason}`)
      rows += read.rowsTaken
    }
  })
  await rm(folder, { recursive: true, force: true })
  if (rows === 0) throw new Error(`${name}: no rows`)
  return { name, value: size / MB / took, unit: 'MB/s', reference: { name: 'cat', value: size / MB / plain } }
}

async function writeParquet(path: string, rows: number): Promise<void> {
  const duck = await DuckDBInstance.create(':memory:')
  const connection = await duck.connect()
  try {
    await connection.run(
      `COPY (SELECT make_timestamp_ns(1762090000000000000 + i * 1000000) AS time, 'info' AS level, 'shop' AS service,
         'order ' || i || ' taken' AS message, i % 90 AS ms FROM range(${rows}) r(i)) TO '${path}' (FORMAT parquet, COMPRESSION uncompressed)`,
    )
  } finally {
    connection.closeSync()
    duck.closeSync()
  }
}

export async function main(parts: readonly string[] = []): Promise<Measure[]> {
  const bytes = Number(process.env['FORMAT_MB'] ?? 20) * MB
  const wanted = (name: string) => parts.length === 0 || parts.some((part) => name.includes(part))
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-formats-'))
  const out: Measure[] = []
  try {
    for (const [name, format, make] of FORMAT_FILES) {
      if (!wanted(name)) continue
      const path = join(dir, name.replaceAll(/[ ,]+/g, '-'))
      await writeFile(path, make(bytes))
      out.push(await formatSpeed(name, path, format))
      await rm(path)
    }
    if (wanted('Parquet')) {
      const path = join(dir, 'table.parquet')
      await writeParquet(path, Math.round(bytes / 45))
      out.push(await formatSpeed('Parquet', path, 'parquet'))
    }
    return out
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
