// What a program sends, as it arrived, and its rows: unpacking and reading, without any state of the engine.

import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { toErrorShape, WatchdeckError } from '../../shared/base/errors.ts'
import { Collector } from '../../shared/wire/collector.ts'
import { otlpProtobufReader } from '../../shared/wire/otlp/protobuf-reader.ts'
import { OtlpRecords } from '../../shared/wire/otlp/reader.ts'
import { depthOf, parseJson } from '../../shared/wire/json/value.ts'
import { plausibleAround, type ReadOptions } from '../../shared/wire/reader.ts'

export const SIGNALS = ['traces', 'logs', 'metrics'] as const
export type Signal = (typeof SIGNALS)[number]
export type Packing = 'identity' | 'gzip' | 'deflate' | 'zstd'

export interface Body {
  readonly signal: Signal
  readonly packing: Packing
  readonly isJson: boolean
  readonly bytes: Uint8Array
}

/** What became of one body. */
export type Outcome =
  | { readonly ok: true; readonly rejected: number; readonly message: string }
  /** 400 or 413: sending it again would change nothing */
  | { readonly ok: false; readonly status: 400 | 413; readonly message: string }

/** `full`: nothing was taken, come again; `failed`: nothing was kept, come again. */
export type Verdict = Outcome | 'full' | 'failed'

/** Unpacked, a request may have this many bytes. */
export const MAX_UNPACKED = 64 * 1024 * 1024
const MAX_DEPTH = 100

/** How rows of programs are read: a record without a service has none. */
export const readingAt = (now: bigint): Omit<ReadOptions, 'into'> => ({
  fileTime: now,
  plausible: plausibleAround(now),
})

/** The rows of an unpacked body; each record that is left out is counted with its reason. @throws WatchdeckError `corrupt` */
/** @param body its signal is that of the address that it was sent to */
export function readRows(
  bytes: Uint8Array,
  { signal, isJson }: Omit<Body, 'bytes' | 'packing'>,
  now: bigint,
): Collector {
  const collector = new Collector()
  const options: ReadOptions = { into: collector, ...readingAt(now) }
  if (isJson) readJson(bytes, options)
  else {
    const reader = otlpProtobufReader({ ...options, framing: 'bare', signal })
    reader.push(bytes)
    reader.end()
  }
  return collector
}

export function outcomeOf({ rowsSkipped, skipped }: Collector): Outcome {
  const worst = skipped[0]
  const message =
    worst === undefined
      ? ''
      : `${skipped.map(({ reason, count }) => `${count} × ${reason}`).join(', ')}; first: ${worst.example}`
  return { ok: true, rejected: rowsSkipped, message }
}

/** @throws what is no WatchdeckError: a bug, not a bad body */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof WatchdeckError)) throw error
  const { code, message } = toErrorShape(error)
  return { ok: false, status: code === 'limit_exceeded' ? 413 : 400, message }
}

/** @throws WatchdeckError `corrupt`, or `limit_exceeded` when it unpacks to too much */
export function unpacked({ bytes, packing }: Body): Uint8Array {
  if (packing === 'identity') return bytes
  const limit = { maxOutputLength: MAX_UNPACKED }
  try {
    if (packing === 'gzip') return gunzipSync(bytes, limit)
    return packing === 'deflate' ? inflateSync(bytes, limit) : zstdDecompressSync(bytes, limit)
  } catch (cause) {
    if (
      cause instanceof RangeError ||
      (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
    )
      throw new WatchdeckError('limit_exceeded', `The body unpacks to more than ${MAX_UNPACKED / 1024 / 1024} MB.`)
    throw new WatchdeckError('corrupt', `The body is not valid ${packing}.`)
  }
}

function readJson(bytes: Uint8Array, options: ReadOptions): void {
  let value: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (depthOf(text, MAX_DEPTH) > MAX_DEPTH)
      throw new WatchdeckError('corrupt', `The JSON is nested deeper than ${MAX_DEPTH}.`)
    value = parseJson(text)
  } catch (error) {
    if (error instanceof WatchdeckError) throw error
    throw new WatchdeckError('corrupt', 'The body is not valid JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WatchdeckError('corrupt', 'The body is not an OTLP request: it is not an object.')
  const records = new OtlpRecords(options)
  records.request(value, 1)
  records.end()
}
