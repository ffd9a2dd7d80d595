// Reads one file to packed chunks of the telemetry tables: bytes, format, rows, names, columns. Runs in a worker thread for
// all but small files (load-file.ts), so it takes and gives plain data only.

import { throwIfAborted } from '../../shared/base/errors.ts'
import { Collector, type Skipped } from '../../shared/wire/collector.ts'
import { type LateFields, NOTHING_LATE, type ReadOptions, type WireReader } from '../../shared/wire/reader.ts'
import { TableRows } from '../../shared/wire/table/rows.ts'
import type { Encoded, EncodedChunk, EncoderSeed } from '../storage/telemetry/api.ts'
import { BatchEncoder } from '../storage/telemetry/encoder.ts'
import { type Compression, type Encoding, openBytes } from './bytes.ts'
import type { Detected } from './detect.ts'
import { openReader, tableOptions } from './open-reader.ts'
import { withParquet } from './parquet.ts'

export interface ReadTask {
  readonly path: string
  readonly compression: Compression
  readonly encoding: Encoding
  readonly loneReturns: boolean
  readonly detected: Detected
  /** epoch nanoseconds of the file itself */
  readonly fileTime: bigint
  readonly plausible: ReadOptions['plausible']
  /** what an earlier pass found behind its rows */
  readonly known: LateFields
  readonly seed: EncoderSeed
}

export interface ReadOutcome {
  /** not empty: the rows are incomplete, read again with these */
  readonly late: LateFields
  readonly sha256: string
  readonly encoded: Encoded
  readonly rowsTaken: number
  readonly rowsSkipped: number
  readonly skipped: readonly Skipped[]
  readonly notes: readonly string[]
}

/** Takes what was encoded, and bytes of the file read so far; awaiting it is the back-pressure. */
export type ReadSink = (chunks: EncodedChunk[], bytesRead: number) => Promise<void>

/** @throws WatchdeckError `corrupt`, `limit_exceeded`, `unsupported`, `cancelled` */
export async function readFile(task: ReadTask, sink: ReadSink, signal?: AbortSignal): Promise<ReadOutcome> {
  const bytes = openBytes(task.path, task.compression, task.encoding, signal, task)
  const collector = new Collector()
  const options: ReadOptions = {
    into: collector,
    fileTime: task.fileTime,
    plausible: task.plausible,
    known: task.known,
  }
  let waiting: EncodedChunk[] = []
  const encoder = new BatchEncoder(task.seed, (chunk) => void waiting.push(chunk))
  const hand = (): Promise<void> => {
    const chunks = waiting
    waiting = []
    return sink(chunks, bytes.read())
  }
  const encode = async (): Promise<void> => {
    for (const batch of collector.drain()) {
      for (let at = 0; at < batch.rows.length; at += SLICE) {
        encoder.write(batch, at, Math.min(at + SLICE, batch.rows.length))
        if (waiting.length > 0) await hand()
      }
    }
  }
  if (task.detected.format === 'parquet') await readParquetRows(task, options, encode, signal)
  const reader = task.detected.format === 'parquet' ? HASH_ONLY : openReader(task.detected, options)
  let told = 0
  for await (const chunk of bytes.chunks) {
    throwIfAborted(signal)
    reader.push(chunk)
    await encode()
    // nothing came out of it (one long value, skipped lines): progress is told all the same
    if (bytes.read() - told > PROGRESS_BYTES) {
      told = bytes.read()
      await hand()
    }
  }
  reader.end()
  await encode()
  encoder.finish()
  await hand()
  return {
    late: reader.late,
    sha256: bytes.sha256(),
    encoded: encoder.encoded,
    rowsTaken: collector.rowsTaken,
    rowsSkipped: collector.rowsSkipped,
    skipped: collector.skipped,
    notes: collector.notes,
  }
}

/** Rows come from DuckDB; the bytes are read once more for their hash. */
const HASH_ONLY: WireReader = { push: () => {}, end: () => {}, late: NOTHING_LATE }

async function readParquetRows(
  task: ReadTask,
  options: ReadOptions,
  encode: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await withParquet(
    task.path,
    async (table) => {
      const reader = new TableRows(table.columns, tableOptions(task.detected, options))
      let line = 0
      for await (const rows of table.rows()) {
        for (const row of rows) reader.row(row, ++line)
        await encode()
      }
    },
    signal,
  )
}

/** Rows encoded before their chunks are handed on. */
const SLICE = 2048
const PROGRESS_BYTES = 4 * 1024 * 1024
