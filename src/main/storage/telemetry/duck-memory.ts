// The one place that touches DuckDB's own memory: whole vectors in and out, strings without a native call per value.
//
// Layout relied on (checked by duck-memory.test.ts, so that another version of the library fails there and not in silence):
// a string is 16 bytes: uint32 length, then up to 12 bytes of text, or 4 bytes of prefix and a 64-bit pointer;
// a UUID is 16 bytes, low half first, highest bit flipped; validity is one bit a row; a list is (offset, length) as uint64.

import duckdb, { type Vector } from '@duckdb/node-bindings'
import { VECTOR_SIZE } from './packed.ts'

const INLINE = 12
/** Strings this close in memory are read as one piece. Both ends are mapped pages and the gap is far below a page. */
const GAP = 64
const RUN_BYTES = 16 << 20
/** Strings of a whole vector, all of them empty. */
const NO_TEXT = new Uint8Array(16 * VECTOR_SIZE)

/** A copy of the first `rows * bytesPerRow` bytes of a vector. */
export function readBytes(vector: Vector, rows: number, bytesPerRow: number): Uint8Array {
  return rows === 0 ? new Uint8Array(0) : duckdb.vector_get_data(vector, rows * bytesPerRow)
}

/** Bit i set = row i has a value; undefined = all have. */
export function readValidity(vector: Vector, rows: number): Uint8Array | undefined {
  if (rows === 0) return undefined
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8)
  return bits ?? undefined
}

export function validAt(validity: Uint8Array | undefined, row: number): boolean {
  return validity === undefined || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0
}

/** Called once a row, in order, with the UTF-8 bytes of its string: `bytes[start..end)`; empty for NULL. */
export type StringSink = (bytes: Uint8Array, start: number, end: number) => void

/** Reads the strings of a VARCHAR vector: neighbours in memory come over in one native call. */
export function readStrings(vector: Vector, rows: number, validity: Uint8Array | undefined, sink: StringSink): void {
  const data = readBytes(vector, rows, 16)
  const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4)
  const pointer = (row: number) => (words[row * 4 + 2] as number) + (words[row * 4 + 3] as number) * 0x1_0000_0000
  let run: Uint8Array = data
  let runStart = 0
  let runEnd = 0
  for (let row = 0; row < rows; row++) {
    if (!validAt(validity, row)) {
      sink(data, 0, 0)
      continue
    }
    const length = words[row * 4] as number
    if (length <= INLINE) {
      sink(data, row * 16 + 4, row * 16 + 4 + length)
      continue
    }
    const at = pointer(row)
    if (at < runStart || at + length > runEnd) {
      runStart = at
      runEnd = at + length
      for (let next = row + 1; next < rows && runEnd - runStart < RUN_BYTES; next++) {
        const nextLength = words[next * 4] as number
        if (nextLength <= INLINE || !validAt(validity, next)) continue
        const nextAt = pointer(next)
        if (nextAt < runStart || nextAt > runEnd + GAP) break
        runEnd = Math.max(runEnd, nextAt + nextLength)
      }
      run = duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + row * 16 + 8, runEnd - runStart)
    }
    sink(run, at - runStart, at - runStart + length)
  }
}

/** Overwrites the first bytes of a vector. */
export function writeBytes(vector: Vector, bytes: Uint8Array): void {
  if (bytes.byteLength > 0)
    duckdb.copy_data_to_vector(vector, 0, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
}

/** `bits` as in `readValidity`, a multiple of 8 bytes long. */
export function writeValidity(vector: Vector, bits: Uint8Array): void {
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer as ArrayBuffer, bits.byteOffset, bits.byteLength)
}

/**
 * Makes `count` strings of a VARCHAR vector from one text: all bytes are handed over as a single string, then every row
 * is pointed into it. `offsets` has count + 1 entries; `slots` says which string each row takes (default: its own).
 */
export function writeStrings(
  vector: Vector,
  rows: number,
  text: Uint8Array,
  offsets: Uint32Array,
  slots?: Int32Array,
): void {
  // all rows are empty or NULL, as most are of columns for the unusual
  if (text.length === 0) return writeBytes(vector, NO_TEXT.subarray(0, rows * 16))
  const out = new Uint8Array(rows * 16)
  const words = new Uint32Array(out.buffer)
  let low = 0
  let high = 0
  if (text.length > INLINE) {
    duckdb.vector_assign_string_element_len(vector, 0, text)
    const first = duckdb.vector_get_data(vector, 16)
    const view = new DataView(first.buffer, first.byteOffset, 16)
    low = view.getUint32(8, true)
    high = view.getUint32(12, true)
  }
  for (let row = 0; row < rows; row++) {
    const slot = slots === undefined ? row : (slots[row] as number)
    const start = offsets[slot] as number
    const length = (offsets[slot + 1] as number) - start
    const at = row * 16
    words[row * 4] = length
    if (length <= INLINE) {
      for (let i = 0; i < length; i++) out[at + 4 + i] = text[start + i] as number
      continue
    }
    for (let i = 0; i < 4; i++) out[at + 4 + i] = text[start + i] as number
    const sum = low + start
    words[row * 4 + 2] = sum
    words[row * 4 + 3] = sum > 0xffffffff ? high + 1 : high
  }
  writeBytes(vector, out)
}
