// Walking through a message without reading what is in it: groups are found so, and their records.

import { Cursor, ProtobufError } from './protobuf.ts'

export interface Part {
  readonly field: number
  readonly from: number
  readonly to: number
}

/** The length-delimited fields of a message. */
export function* partsOf(bytes: Uint8Array, from: number, to: number): Generator<Part> {
  const cursor = new Cursor(bytes, from, to)
  while (cursor.at < to) {
    const tag = cursor.varint()
    if (tag < 8) throw new ProtobufError('a field without a number')
    if (tag % 8 !== 2) {
      cursor.skip(tag % 8)
      continue
    }
    const end = cursor.length()
    yield { field: Math.floor(tag / 8), from: cursor.at, to: end }
    cursor.at = end
  }
}
