// Spans out of an answer, with the readers that imports use too.

import { setImmediate as turn } from 'node:timers/promises'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Told } from '../../../shared/domain/live-source.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { Collector } from '../../../shared/wire/collector.ts'
import { type LateFields, NOTHING_LATE, type ReadOptions, type WireReader } from '../../../shared/wire/reader.ts'
import { Failure } from './failures.ts'

/** Spans of one answer are held whole, and twice while they are read. */
const MOST_BYTES = 256 * 1_048_576

export interface ReadSpans {
  readonly spans: readonly SpanRow[]
  /** spans that could not be read, as sentences */
  readonly warnings: readonly string[]
}

/** Storages that take a span twice tell it twice: nothing is missing. */
const TWICE = 'duplicate span id within its trace'

/** @throws WatchdeckError `limit_exceeded` for more than 256 MB, Failure for what is no such answer */
export async function readSpans(
  body: AsyncIterable<Uint8Array>,
  open: (options: ReadOptions) => WireReader,
  product: string,
): Promise<ReadSpans> {
  const chunks = await collect(body, MOST_BYTES)
  let known: LateFields = NOTHING_LATE
  for (;;) {
    const into = new Collector()
    const reader = open({ into, fileTime: 0n, known })
    try {
      for (const chunk of chunks) {
        reader.push(chunk)
        await turn()
      }
      reader.end()
    } catch (error) {
      if (error instanceof WatchdeckError && error.code === 'corrupt') throw notAnAnswer(product, error.message)
      throw error
    }
    // facts that stand behind the rows that need them: once more, knowing them
    if (reader.late.size > 0 && known === NOTHING_LATE) {
      known = reader.late
      continue
    }
    if (into.spans.length === 0 && into.rowsSkipped > 0) throw notAnAnswer(product, into.skipped[0]?.reason ?? '')
    return {
      spans: into.spans,
      warnings: into.skipped
        .filter(({ reason }) => reason !== TWICE)
        .map(({ reason, count }) => `${count} spans could not be read: ${reason}`),
    }
  }
}

export async function collect(body: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of body) {
    total += chunk.length
    if (total > most)
      throw new WatchdeckError('limit_exceeded', `The answer is larger than ${Math.round(most / 1_048_576)} MB.`, {
        hint: 'Narrow the query or shorten the range.',
      })
    chunks.push(chunk)
  }
  return chunks
}

/** A small answer as JSON. @throws Failure for what is none */
export async function readJson(body: AsyncIterable<Uint8Array>, product: string): Promise<unknown> {
  const text = Buffer.concat(await collect(body, 64 * 1_048_576)).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notAnAnswer(product, 'no JSON', error)
  }
}

export function notAnAnswer(product: string, why: string, cause?: unknown): Failure {
  return new Failure(
    new WatchdeckError('unavailable', `What came is not an answer of ${product} (${why}).`, {
      hint: 'Something in between may have cut or changed it, or the path is that of another program.',
      cause,
    }),
    { outage: true },
  )
}

export const WHOLE: Told = { completeness: { complete: true, missing: [] }, warnings: [], infos: [] }

export const toldOf = (warnings: readonly string[]): Told => ({ ...WHOLE, warnings })
