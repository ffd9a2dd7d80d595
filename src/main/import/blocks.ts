// A stream of bytes cut into blocks of whole records, so that several threads can read one file.

import { concat } from '../../shared/wire/json/lines.ts'

/** Read by one thread at a time: small enough to be taken in turns, large enough that a turn costs nothing. */
const BLOCK_BYTES = 1024 * 1024
/** A record longer than this is for a reader that takes the file as one. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024
/** Of a line, enough to tell whether a record begins with it. */
const ENOUGH_OF_A_LINE = 4096
const NEWLINE = 10

export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** of the content before it */
  readonly firstByte: number
  readonly firstLine: number
  /** lines of the content up to its end */
  readonly endLine: number
}

/**
 * @param beginsAt whether a record begins with this line, whatever stood before it
 * @returns whether the content could be cut to its end; what was given before stays good
 */
export async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
  beginsAt: (line: string) => boolean,
  size: number = BLOCK_BYTES,
): AsyncGenerator<Block, boolean> {
  let parts: Uint8Array[] = []
  let held = 0
  let [firstByte, firstLine] = [0, 0]
  let tryAt = size
  const block = (bytes: Uint8Array): Block => {
    const own = bytes.slice() as Uint8Array<ArrayBuffer>
    const before = { firstByte, firstLine }
    firstByte += own.length
    firstLine += linesIn(own)
    return { bytes: own, ...before, endLine: firstLine }
  }
  for await (const chunk of chunks) {
    parts.push(chunk)
    held += chunk.length
    if (held < tryAt) continue
    const bytes = concat(parts, held)
    const cut = lastStart(bytes, beginsAt)
    parts = [bytes.subarray(cut)]
    held -= cut
    tryAt = cut > 0 ? size : held + size
    if (cut > 0) yield block(bytes.subarray(0, cut))
    else if (held > MAX_BLOCK_BYTES) return false
  }
  if (held > 0) yield block(concat(parts, held))
  return true
}

/** Where the last record of these bytes begins; 0 where no other than the first is seen. */
function lastStart(bytes: Uint8Array, beginsAt: (line: string) => boolean): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = text.length
  for (let at = text.lastIndexOf(NEWLINE); at > 0; at = text.lastIndexOf(NEWLINE, at - 1)) {
    const start = at + 1
    // of a line that is cut off it cannot be told
    if (end < text.length || end - start >= ENOUGH_OF_A_LINE) {
      const line = text.toString('utf8', start, Math.min(end, start + ENOUGH_OF_A_LINE))
      if (beginsAt(line.endsWith('\r') ? line.slice(0, -1) : line)) return start
    }
    end = at
  }
  return 0
}

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines
}
