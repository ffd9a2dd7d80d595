// One file into the store: whole or not at all.

import { throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'
import { Collector } from '../../shared/wire/collector.ts'
import type { LateFields } from '../../shared/wire/reader.ts'
import type { TelemetryStore, WrittenRows } from '../storage/telemetry/api.ts'
import { openBytes } from './bytes.ts'
import type { FoundFile } from './expand.ts'
import type { Inspected } from './inspect.ts'
import { openReader } from './open-reader.ts'

/** A second pass is needed when facts stand behind their rows; a third when that opens another part. */
const MAX_PASSES = 4

export interface Loaded {
  readonly collector: Collector
  /** null when `isKnown` said that the content is there already */
  readonly written: WrittenRows | null
  readonly sha256: string
}

export interface LoadOptions {
  readonly store: TelemetryStore
  readonly source: string
  readonly skipBadRows: boolean
  readonly signal: AbortSignal
  /** asked with the hash before anything becomes visible */
  readonly isKnown: (sha256: string) => boolean
  /** bytes of the file read so far */
  readonly onProgress: (bytes: number) => void
}

/** @throws WatchdeckError `corrupt`, `limit_exceeded`, `unsupported`, `cancelled`; nothing of the file is then kept */
export async function loadFile(file: FoundFile, inspected: Inspected, options: LoadOptions): Promise<Loaded> {
  let known: LateFields = new Map()
  for (let pass = 1; ; pass++) {
    const loaded = await onePass(file, inspected, known, options)
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
  options: LoadOptions,
): Promise<Loaded | { late: LateFields }> {
  const { store, source, signal } = options
  const bytes = openBytes(file.path, inspected.compression, inspected.encoding, signal)
  const collector = new Collector()
  const reader = openReader(inspected.detected, {
    into: collector,
    fileTime: file.modified,
    plausible: inspected.plausible,
    known,
  })
  const writer = await store.writer(source, { signal })
  let open = true
  try {
    for await (const chunk of bytes.chunks) {
      throwIfAborted(signal)
      reader.push(chunk)
      for (const batch of collector.drain()) await writer.write(batch)
      options.onProgress(bytes.read())
    }
    reader.end()
    if (reader.late.size > 0) return { late: reader.late }
    for (const batch of collector.drain()) await writer.write(batch)
    const sha256 = bytes.sha256()
    if (options.isKnown(sha256)) return { collector, written: null, sha256 }
    refuseUnread(collector, options.skipBadRows)
    throwIfAborted(signal)
    const written = await writer.commit()
    open = false
    return { collector, written, sha256 }
  } finally {
    if (open) await writer.rollback()
  }
}

function refuseUnread(collector: Collector, skipBadRows: boolean): void {
  const worst = collector.skipped[0]
  const details = { skipped: collector.skipped }
  if (collector.rowsTaken === 0)
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
      `${collector.rowsSkipped} rows could not be read (line ${worst.line}: ${worst.reason}).`,
      {
        hint: 'Nothing of the file was kept. Import it with skipBadRows to leave these rows out.',
        details,
      },
    )
}
