// The bytes of an answer: unpacked as they come, counted, and stopped at the limit, so that a small packed answer cannot
// fill the memory.

import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Entry } from './ledger.ts'

export const ACCEPT_ENCODING = 'gzip, zstd'

function unpacker(encoding: string): Transform | undefined {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'zstd':
      return createZstdDecompress()
    case 'br':
      return createBrotliDecompress()
    case 'deflate':
      return createInflate()
    default:
      throw new WatchdeckError('unsupported', `The answer is packed as ${JSON.stringify(encoding.slice(0, 40))}.`)
  }
}

export interface BodyLimits {
  readonly bytes: number
  readonly load: Entry
}

/** @throws WatchdeckError `limit_exceeded`, `corrupt` for bytes that cannot be unpacked; errors of the connection as they are */
export async function* unpacked(body: Readable, encoding: string, limits: BodyLimits): AsyncGenerator<Uint8Array> {
  const { load } = limits
  const transform = unpacker(encoding)
  let failed: unknown
  if (transform)
    body.on('data', (chunk: Buffer) => {
      load.bytesOverWire += chunk.length
    })
  body.once('error', (error) => {
    failed = error
  })
  // the callback only has to be there: what failed reaches the reader below
  const source = transform ? pipeline(body, transform, () => undefined) : body
  let total = 0
  try {
    for await (const chunk of source) {
      const bytes: Uint8Array = chunk
      total += bytes.length
      if (!transform) load.bytesOverWire += bytes.length
      load.bytesUnpacked += bytes.length
      if (total > limits.bytes) throw tooLarge(limits.bytes)
      yield bytes
    }
  } catch (error) {
    if (failed !== undefined) throw failed
    if (
      error instanceof Error &&
      'code' in error &&
      /^(Z_|ERR_ZLIB|ERR_BROTLI|ZSTD_|ERR__?ERROR)/.test(String(error.code))
    )
      throw new WatchdeckError('corrupt', 'The packed answer is damaged.', { cause: error })
    throw error
  } finally {
    body.destroy()
  }
}

function tooLarge(bytes: number): WatchdeckError {
  const size = bytes >= 1_048_576 ? `${Math.round(bytes / 1_048_576)} MB` : `${bytes} bytes`
  return new WatchdeckError(
    'limit_exceeded',
    `The answer is larger than ${size} when unpacked; it was not read further.`,
    {
      hint: 'Narrow the query or shorten the range; the limit is among the settings of the source.',
    },
  )
}

/** The beginning of an answer as text, for errors. */
export async function textOf(chunks: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const parts: Uint8Array[] = []
  let total = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    total += chunk.length
    if (total >= most) break
  }
  return Buffer.concat(parts).subarray(0, most).toString('utf8')
}
