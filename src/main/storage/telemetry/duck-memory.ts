// The one place that touches DuckDB's own memory: whole vectors in and out, strings without a native call per value.
//
// Layout relied on (checked by duck-memory.test.ts, so that another version of the library fails there and not in silence):
// a string is 16 bytes: uint32 length, then up to 12 bytes of text, or 4 bytes of prefix and a 64-bit pointer;
// a UUID is 16 bytes, low half first, highest bit flipped; validity is one bit a row; a list is (offset, length) as uint64.

import duckdb, { type Vector } from '@duckdb/node-bindings'
import type { ByteWords } from './byte-words.ts'
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
  const strings = new Strings(vector, rows, validity)
  for (let row = 0; row < rows; row++) {
    strings.find(row)
    sink(strings.bytes, strings.start, strings.end)
  }
}

/**
 * Codes of the strings of a VARCHAR vector, by `short` for those that lie in their 16 bytes and are known already, by their
 * bytes for the others. NULL is ''.
 */
export function codeStrings(
  vector: Vector,
  rows: number,
  { words, short }: { readonly words: ByteWords; readonly short: ShortCodes },
  codes: Int32Array,
): void {
  const validity = readValidity(vector, rows)
  const strings = new Strings(vector, rows, validity)
  for (let row = 0; row < rows; row++) {
    const isShort = strings.isShort(row)
    let code = isShort ? short.codeOf(strings.words, row) : -1
    if (code < 0) {
      strings.find(row)
      code = words.codeOf(strings.bytes, strings.start, strings.end)
      if (isShort) short.keep(strings.words, row, code)
    }
    codes[row] = code
  }
}

/** Where the strings of one vector lie. */
class Strings {
  /** of the string that was found last: `bytes[start..end)` */
  bytes: Uint8Array
  start = 0
  end = 0
  /** four of each row: its length, then its text, or four bytes of it and a pointer */
  readonly words: Uint32Array
  readonly #data: Uint8Array
  readonly #rows: number
  readonly #validity: Uint8Array | undefined
  #run: Uint8Array
  #runStart = 0
  #runEnd = 0

  constructor(vector: Vector, rows: number, validity: Uint8Array | undefined) {
    this.#data = this.bytes = this.#run = readBytes(vector, rows, 16)
    this.words = new Uint32Array(this.#data.buffer, this.#data.byteOffset, rows * 4)
    this.#rows = rows
    this.#validity = validity
  }

  /** There is one, and all of it is in its 16 bytes. */
  isShort(row: number): boolean {
    return (this.words[row * 4] as number) <= INLINE && validAt(this.#validity, row)
  }

  find(row: number): void {
    if (!validAt(this.#validity, row)) {
      this.bytes = this.#data
      this.start = this.end = 0
      return
    }
    const length = this.words[row * 4] as number
    if (length <= INLINE) {
      this.bytes = this.#data
      this.start = row * 16 + 4
    } else {
      const at = this.#pointer(row)
      if (at < this.#runStart || at + length > this.#runEnd) this.#readRun(row, at, length)
      this.bytes = this.#run
      this.start = at - this.#runStart
    }
    this.end = this.start + length
  }

  #readRun(row: number, at: number, length: number): void {
    let end = at + length
    for (let next = row + 1; next < this.#rows && end - at < RUN_BYTES; next++) {
      const nextLength = this.words[next * 4] as number
      if (nextLength <= INLINE || !validAt(this.#validity, next)) continue
      const nextAt = this.#pointer(next)
      if (nextAt < at || nextAt > end + GAP) break
      end = Math.max(end, nextAt + nextLength)
    }
    const { buffer, byteOffset } = this.#data
    this.#run = duckdb.get_data_from_pointer(buffer as ArrayBuffer, byteOffset + row * 16 + 8, end - at)
    this.#runStart = at
    this.#runEnd = end
  }

  #pointer(row: number): number {
    return (this.words[row * 4 + 2] as number) + (this.words[row * 4 + 3] as number) * 0x1_0000_0000
  }
}

const SHORT = 1 << 10

/** The last codes of short strings, found by their 16 bytes; one that lost its place to another is found by its bytes again. */
export class ShortCodes {
  readonly #keys = new Uint32Array(SHORT * 4)
  readonly #codes = new Int32Array(SHORT).fill(-1)

  /** -1 when it is not known here */
  codeOf(words: Uint32Array, row: number): number {
    const at = row * 4
    const slot = slotOf(words, at)
    const key = slot * 4
    const isSame =
      this.#keys[key] === words[at] &&
      this.#keys[key + 1] === words[at + 1] &&
      this.#keys[key + 2] === words[at + 2] &&
      this.#keys[key + 3] === words[at + 3]
    return isSame ? (this.#codes[slot] as number) : -1
  }

  keep(words: Uint32Array, row: number, code: number): void {
    const slot = slotOf(words, row * 4)
    this.#keys.set(words.subarray(row * 4, row * 4 + 4), slot * 4)
    this.#codes[slot] = code
  }
}

function slotOf(words: Uint32Array, at: number): number {
  let h = (words[at] as number) ^ (words[at + 1] as number)
  h = Math.imul(h ^ (h >>> 16), 0x2c1b3c6d) ^ (words[at + 2] as number)
  h = Math.imul(h ^ (h >>> 16), 0x297a2d39) ^ (words[at + 3] as number)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return (h ^ (h >>> 13)) & (SHORT - 1)
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
