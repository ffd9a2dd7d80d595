// A file as UTF-8 bytes: read, unpacked, decoded, hashed on the way. Nothing is held beyond a few chunks.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { cancelled, throwIfAborted, WatchdeckError } from '../../shared/base/errors.ts'

export type Compression = 'none' | 'gzip' | 'zstd'
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'latin1'

const CHUNK = 128 * 1024
/** What unpacks to more than this and to more than RATIO times its size is taken for a bomb. */
const BOMB_BYTES = 20 * 1024 ** 3
const BOMB_RATIO = 300

export interface OpenedBytes {
  /** UTF-8 chunks, in order; with newlines for lone carriage returns where these end the lines */
  readonly chunks: AsyncIterable<Uint8Array>
  /** bytes of the file read so far (packed), for progress */
  readonly read: () => number
  /** SHA-256 of the unpacked content, once all chunks were taken */
  readonly sha256: () => string
}

export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  return 'none'
}

/** @throws WatchdeckError `corrupt` for a truncated or damaged archive, `cancelled` */
export function openBytes(
  path: string,
  compression: Compression,
  encoding: Encoding,
  signal?: AbortSignal,
  { bombBytes = BOMB_BYTES, loneReturns = false }: { bombBytes?: number; loneReturns?: boolean } = {},
): OpenedBytes {
  let read = 0
  const hash = createHash('sha256')
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const decoded = decoderFor(encoding)
    const decode: typeof decoded = loneReturns ? (bytes, last) => withNewlines(decoded(bytes, last)) : decoded
    let unpacked = 0
    for await (const bytes of rawChunks(path, compression, (n) => {
      read += n
    })) {
      throwIfAborted(signal)
      unpacked += bytes.length
      if (unpacked > bombBytes && unpacked > read * BOMB_RATIO)
        throw new WatchdeckError('limit_exceeded', `The file unpacks to more than ${BOMB_RATIO} times its size.`, {
          hint: 'It looks like a decompression bomb. Unpack it yourself if you trust it.',
        })
      hash.update(bytes)
      yield decode(bytes, false)
    }
    const rest = decode(new Uint8Array(0), true)
    if (rest.length > 0) yield rest
  }
  let digest: string | undefined
  return {
    chunks: chunks(),
    read: () => read,
    sha256: () => {
      digest ??= hash.digest('hex')
      return digest
    },
  }
}

/** The unpacked bytes of a file as they are in it. */
export async function* rawChunks(
  path: string,
  compression: Compression,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK })
  file.on('data', (chunk) => onRead(chunk.length))
  file.pause()
  if (compression === 'none') {
    try {
      for await (const chunk of file) yield chunk as Uint8Array
    } catch (error) {
      throw fileError(error)
    }
    return
  }
  const unpack =
    compression === 'gzip'
      ? createGunzip({ chunkSize: CHUNK })
      : createZstdDecompress({ chunkSize: CHUNK, params: { [constants.ZSTD_d_windowLogMax]: 27 } })
  file.on('error', (error) => unpack.destroy(error))
  file.pipe(unpack)
  try {
    for await (const chunk of unpack) yield chunk as Uint8Array
  } catch (error) {
    throw fileError(error, compression)
  } finally {
    file.destroy()
    unpack.destroy()
  }
}

function fileError(error: unknown, compression?: Compression): unknown {
  if (error instanceof WatchdeckError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (error.name === 'AbortError') return cancelled()
  if (code === 'ENOENT') return new WatchdeckError('not_found', 'The file is not there any more.')
  if (code === 'EACCES' || code === 'EPERM') return new WatchdeckError('permission_denied', 'The file may not be read.')
  if (code === 'EISDIR') return new WatchdeckError('invalid_input', 'The path is a folder.')
  if (compression !== undefined && (code.startsWith('Z_') || code.startsWith('ZSTD') || code.startsWith('ERR_')))
    return new WatchdeckError(
      'corrupt',
      code === 'Z_BUF_ERROR' || /unexpected end|incomplete/i.test(error.message)
        ? `The ${compression} data ends too early: the file is truncated.`
        : `The ${compression} data is damaged: ${error.message}`,
      { hint: 'Nothing of the file was kept. Copy or export it again.' },
    )
  return error
}

/** Turns bytes of an encoding into UTF-8 bytes; UTF-8 itself passes untouched. */
function decoderFor(encoding: Encoding): (bytes: Uint8Array, last: boolean) => Uint8Array {
  if (encoding === 'utf-8') return (bytes) => bytes
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding)
  const encoder = new TextEncoder()
  return (bytes, last) => encoder.encode(decoder.decode(bytes, { stream: !last }))
}

/** Of a text whose lines end in a carriage return alone, as old Macs and some devices write them. */
function withNewlines(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte === 13 ? 10 : byte))
}

/** The first bytes of the unpacked content, and whether that is all of it. */
export async function readHead(
  path: string,
  compression: Compression,
  size: number,
): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = []
  let total = 0
  let whole = true
  for await (const chunk of rawChunks(path, compression, () => {})) {
    parts.push(chunk)
    total += chunk.length
    if (total < size) continue
    whole = false
    break
  }
  return { bytes: Buffer.concat(parts).subarray(0, Math.max(size, 0)), whole: whole && total <= size }
}

/** The first packed bytes, for the magic numbers. */
export async function readMagic(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const LONGEST_LINE = 64 * 1024 * 1024

/**
 * The first character that is no white space behind the first line: tells a file of long lines from one document. undefined:
 * the first line is the whole, or longer than the 64 MB that a line may have.
 */
export async function secondLineStart(
  path: string,
  compression: Compression,
  encoding: Encoding,
): Promise<string | undefined> {
  let read = 0
  let isSecond = false
  const decode = decoderFor(encoding)
  for await (const raw of rawChunks(path, compression, () => {})) {
    const bytes = decode(raw, false)
    read += bytes.length
    let at = 0
    if (!isSecond) {
      const newline = bytes.indexOf(10)
      if (newline >= 0) {
        isSecond = true
        at = newline + 1
      } else if (read > LONGEST_LINE) return undefined
    }
    if (!isSecond) continue
    for (; at < bytes.length; at++) {
      const code = bytes[at] as number
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return String.fromCharCode(code)
    }
  }
  return undefined
}
