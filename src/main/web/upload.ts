// A file dropped on the page travels to the engine as a body: streamed to `uploads/` under a name that is ours, capped,
// and gone again when it does not arrive whole.

import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'

export const MAX_UPLOAD_BYTES = 64 * 1024 ** 3

/** A file name safe on every system: no folders, controls, reserved characters, device names or leading dots. */
export function safeFileName(name: string): string {
  const last = name.normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const plain = Array.from(last, (c) => (isUnsafe(c) ? '_' : c))
    .join('')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  const stem = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain
  const cut = stem.length <= 120 ? stem : `${stem.slice(0, 80)}${stem.slice(-40)}`
  return cut === '' ? 'file' : cut
}

function isUnsafe(c: string): boolean {
  const code = c.codePointAt(0) ?? 0
  const bidi = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
  return code < 32 || (code >= 127 && code < 160) || bidi || '<>:"|?*'.includes(c)
}

/**
 * Writes the body and answers with its path, bytes as counted.
 * @throws WatchdeckError `limit_exceeded` past the cap, `invalid_input` when the body ends early
 */
export async function receiveUpload(
  request: IncomingMessage,
  options: { folder: string; name: string; maxBytes: number },
): Promise<{ path: string; bytes: number }> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN)
  if (declared > options.maxBytes) throw tooLarge(options.maxBytes)
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const home = await mkdtemp(join(options.folder, 'drop-'))
  const path = join(home, safeFileName(options.name))
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > options.maxBytes) done(tooLarge(options.maxBytes))
      else done(null, chunk)
    },
  })
  try {
    await pipeline(request, counter, createWriteStream(path, { mode: 0o600, flags: 'wx' }))
    return { path, bytes }
  } catch (error) {
    await rm(home, { recursive: true, force: true })
    if (error instanceof WatchdeckError) throw error
    throw new WatchdeckError('invalid_input', 'The file did not arrive whole.', { cause: error })
  }
}

function tooLarge(maxBytes: number): WatchdeckError {
  return new WatchdeckError('limit_exceeded', `A dropped file may have at most ${maxBytes} bytes.`, {
    hint: 'Import it by its path instead: watchdeck import FILE.',
  })
}
