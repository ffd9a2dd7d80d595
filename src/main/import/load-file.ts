// One file into the store: whole or not at all.

import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'
import type { LateFields } from '../../shared/wire/reader.ts'
import type { JournalFile, TelemetryStore, WrittenRows } from '../storage/telemetry/api.ts'
import type { FoundFile } from './expand.ts'
import type { Inspected } from './inspect.ts'
import { type ReadOutcome, type ReadSink, type ReadTask, readFile } from './read-file.ts'
import { readInBlocks, splitOf } from './read-in-blocks.ts'
import { type ImportWorkers, readInWorker } from './read-in-worker.ts'

/** A second pass is needed when facts stand behind their rows; a third when that opens another part. */
const MAX_PASSES = 5
const SMALL_BYTES = 512 * 1024

export interface Loaded {
  readonly read: ReadOutcome
  /** null when `isKnown` said that the content is there already */
  readonly written: WrittenRows | null
  readonly sha256: string
}

export interface LoadOptions {
  readonly store: TelemetryStore
  readonly workers: ImportWorkers
  readonly source: string
  readonly skipBadRows: boolean
  readonly signal: AbortSignal
  /** asked with the hash before anything becomes visible */
  readonly isKnown: (sha256: string) => boolean
  /** what the store keeps of the file beside its rows */
  readonly journal: (read: ReadOutcome) => JournalFile
  /** bytes of the file read so far */
  readonly onProgress: (bytes: number) => void
}

/** @throws WatchdeckError `corrupt`, `limit_exceeded`, `unsupported`, `cancelled`; nothing of the file is then kept */
export async function loadFile(file: FoundFile, inspected: Inspected, options: LoadOptions): Promise<Loaded> {
  let known: LateFields = new Map()
  let inBlocks = true
  for (let pass = 1; ; pass++) {
    const loaded = await onePass(file, inspected, known, inBlocks, options)
    if (loaded === 'as one') {
      inBlocks = false
      continue
    }
    if (!('late' in loaded)) return loaded
    if (pass >= MAX_PASSES)
      throw new WatchdeckError(
        'limit_exceeded',
        'The parts of the file that explain its rows stand too far behind them.',
        {
          hint: 'Split the file into smaller documents.',
        },
      )
    known = new Map([...known, ...loaded.late])
  }
}

async function onePass(
  file: FoundFile,
  inspected: Inspected,
  known: LateFields,
  inBlocks: boolean,
  options: LoadOptions,
): Promise<Loaded | { late: LateFields } | 'as one'> {
  const { store, source, signal } = options
  const writer = await store.writer(source, { signal })
  let open = true
  try {
    const task: ReadTask = {
      path: file.disk,
      compression: inspected.compression,
      encoding: inspected.encoding,
      loneReturns: inspected.loneReturns,
      detected: inspected.detected,
      fileTime: file.modified,
      plausible: inspected.plausible,
      known,
      seed: await writer.takeSeed(),
    }
    const sink: ReadSink = async (chunks, bytesRead) => {
      throwIfAborted(signal)
      await writer.append(chunks)
      options.onProgress(bytesRead)
    }
    // a thread takes longer to start than a small file to read
    const isSmall = inspected.compression === 'none' && file.bytes <= SMALL_BYTES
    const split = inBlocks ? splitOf(task, file.bytes) : undefined
    const read = split
      ? await readInBlocks(options.workers, task, split, sink, signal)
      : isSmall
        ? await readFile(task, sink, signal)
        : await readInWorker(options.workers, task, sink, signal)
    if (read === undefined) return 'as one'
    if (read.late.size > 0) return { late: read.late }
    const { sha256 } = read
    if (options.isKnown(sha256)) return { read, written: null, sha256 }
    refuseUnread(read, options.skipBadRows)
    throwIfAborted(signal)
    writer.settle(read.encoded)
    const written = await writer.commit(options.journal(read))
    open = false
    return { read, written, sha256 }
  } finally {
    if (open) await writer.rollback()
  }
}

function refuseUnread(read: ReadOutcome, skipBadRows: boolean): void {
  const worst = read.skipped[0]
  const details = { skipped: read.skipped }
  if (read.rowsTaken === 0)
    throw new WatchdeckError(
      'corrupt',
      worst === undefined ? 'The file holds no rows.' : `No row of the file could be read: ${worst.reason}.`,
      {
        hint:
          worst === undefined
            ? 'It is empty, or a wrapper around nothing.'
            : `The first one is line ${worst.line}: ${worst.example}`,
        details,
      },
    )
  if (!skipBadRows && worst !== undefined)
    throw new WatchdeckError(
      'corrupt',
      `${read.rowsSkipped} rows could not be read (line ${worst.line}: ${worst.reason}).`,
      {
        hint: 'Nothing of the file was kept. Import it with skipBadRows to leave these rows out.',
        details,
      },
    )
}
