// Where a JSON value ends, byte by byte, over as many chunks as it has: nothing is parsed, and what was scanned once is not
// looked at again.

import { WatchdeckError } from '../../base/errors.ts'

export const QUOTE = 0x22
export const BACKSLASH = 0x5c
// While scanning inside a captured value only these bytes matter.
const KIND = new Uint8Array(256)
KIND[QUOTE] = 1
KIND[0x7b] = 2
KIND[0x5b] = 2
KIND[0x7d] = 3
KIND[0x5d] = 3
KIND[10] = 4

export interface Place {
  /** next byte of the buffer; past its end when the second half of an escape is still to come */
  at: number
  line: number
  /** brackets that are open within the value being scanned */
  depth: number
  inString: boolean
}

/** Behind the bracket that closes the value, or -1 when it is not in the buffer yet. */
export function containerEnd(buffer: Uint8Array, place: Place, maxDepth: number): number {
  const { length } = buffer
  let { at, depth, line, inString } = place
  while (at < length) {
    if (inString) {
      while (at < length) {
        const c = buffer[at] as number
        if (c === QUOTE) break
        at += c === BACKSLASH ? 2 : 1
      }
      // An escape at the very end: its second half is in the next chunk.
      if (at >= length) break
      inString = false
      at++
      continue
    }
    const kind = KIND[buffer[at++] as number]
    if (kind === 0) continue
    if (kind === 1) inString = true
    else if (kind === 2) {
      if (++depth > maxDepth) {
        place.line = line
        throw new WatchdeckError('corrupt', `The JSON is nested deeper than ${maxDepth} levels at line ${line}.`, {
          hint: 'No telemetry format nests like this; the file is damaged or hostile.',
        })
      }
    } else if (kind === 3) {
      if (--depth === 0) {
        place.at = at
        place.line = line
        place.inString = false
        return at
      }
    } else line++
  }
  place.at = at
  place.depth = depth
  place.line = line
  place.inString = inString
  return -1
}

/** Behind a text, number or word, or -1 when its end is not in the buffer yet. */
export function scalarEnd(buffer: Uint8Array, place: Place): number {
  const { length } = buffer
  let { at } = place
  if (place.inString) {
    while (at < length) {
      const c = buffer[at] as number
      if (c === QUOTE) {
        place.at = at + 1
        place.inString = false
        return at + 1
      }
      at += c === BACKSLASH ? 2 : 1
    }
    place.at = at
    return -1
  }
  while (at < length) {
    const c = buffer[at] as number
    if (c === 0x2c || c === 0x7d || c === 0x5d || c === 32 || c === 10 || c === 13 || c === 9) {
      place.at = at
      return at
    }
    at++
  }
  place.at = at
  return -1
}
