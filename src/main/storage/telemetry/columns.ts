// Columns of a chunk that is being filled: typed arrays for numbers and ids, texts gathered and written in one piece.

import type { Vector } from '@duckdb/node-bindings'
import duckdb from '@duckdb/node-bindings'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { VECTOR_SIZE, writeBytes, writeStrings, writeValidity } from './duck-memory.ts'

const encoder = new TextEncoder()

export interface ChunkColumn {
  /** Hands the first `rows` rows to DuckDB and starts anew. */
  flush(vector: Vector, rows: number): void
}

/** Null bits, kept only while a chunk has any. */
class Nulls {
  readonly #bits = new Uint8Array(VECTOR_SIZE / 8).fill(0xff)
  #any = false

  set(row: number): void {
    this.#bits[row >> 3] = (this.#bits[row >> 3] as number) & ~(1 << (row & 7))
    this.#any = true
  }

  flush(vector: Vector): void {
    if (!this.#any) return
    writeValidity(vector, this.#bits)
    this.#bits.fill(0xff)
    this.#any = false
  }
}

/** Numbers of one width; fill `values` directly. `setNull` marks a row. */
export class NumberColumn<T extends Int8Array | Uint8Array | Int32Array | BigInt64Array | Float64Array> implements ChunkColumn {
  readonly values: T
  readonly #bytes: Uint8Array
  readonly #nulls = new Nulls()

  constructor(values: T) {
    this.values = values
    this.#bytes = new Uint8Array(values.buffer)
  }

  setNull(row: number): void {
    this.#nulls.set(row)
  }

  flush(vector: Vector, rows: number): void {
    writeBytes(vector, this.#bytes.subarray(0, rows * this.values.BYTES_PER_ELEMENT))
    this.#nulls.flush(vector)
  }
}

export const tinyColumn = () => new NumberColumn(new Int8Array(VECTOR_SIZE))
export const boolColumn = () => new NumberColumn(new Uint8Array(VECTOR_SIZE))
export const intColumn = () => new NumberColumn(new Int32Array(VECTOR_SIZE))
export const bigColumn = () => new NumberColumn(new BigInt64Array(VECTOR_SIZE))
export const doubleColumn = () => new NumberColumn(new Float64Array(VECTOR_SIZE))

/** Hex digit values by character code; 255 = not a digit. */
const DIGIT = new Uint8Array(128).fill(255)
for (let i = 0; i < 10; i++) DIGIT[48 + i] = i
for (let i = 0; i < 6; i++) {
  DIGIT[97 + i] = 10 + i
  DIGIT[65 + i] = 10 + i
}

function badId(text: string): WatchdeckError {
  return new WatchdeckError('invalid_input', `Not a trace or span id: ${JSON.stringify(text.slice(0, 40))}`)
}

/** Eight digits that end before `end`; what lies before the text counts as 0. */
function hexWord(text: string, end: number): number {
  let word = 0
  for (let i = Math.max(0, end - 8); i < end; i++) {
    const code = text.charCodeAt(i)
    const digit = code < 128 ? (DIGIT[code] as number) : 255
    if (digit === 255) throw badId(text)
    word = (word << 4) | digit
  }
  return word
}

/** Ids of 64 bits: hex text or two words (content names). */
export class Id64Column implements ChunkColumn {
  readonly #words = new Uint32Array(VECTOR_SIZE * 2)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  readonly #nulls = new Nulls()

  setHex(row: number, text: string): void {
    const n = text.length
    if (n > 16) throw badId(text)
    this.#words[row * 2] = hexWord(text, n)
    this.#words[row * 2 + 1] = n > 8 ? hexWord(text, n - 8) : 0
  }

  setWords(row: number, low: number, high: number): void {
    this.#words[row * 2] = low
    this.#words[row * 2 + 1] = high
  }

  setNull(row: number): void {
    this.#nulls.set(row)
  }

  flush(vector: Vector, rows: number): void {
    writeBytes(vector, this.#bytes.subarray(0, rows * 8))
    this.#nulls.flush(vector)
  }
}

/** Trace ids: up to 32 hex digits as DuckDB's UUID. */
export class TraceIdColumn implements ChunkColumn {
  readonly #words = new Uint32Array(VECTOR_SIZE * 4)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  readonly #nulls = new Nulls()

  setHex(row: number, text: string): void {
    const n = text.length
    if (n > 32 || n === 0) throw badId(text)
    const at = row * 4
    this.#words[at] = hexWord(text, n)
    this.#words[at + 1] = n > 8 ? hexWord(text, n - 8) : 0
    this.#words[at + 2] = n > 16 ? hexWord(text, n - 16) : 0
    this.#words[at + 3] = (n > 24 ? hexWord(text, n - 24) : 0) ^ 0x8000_0000
  }

  setNull(row: number): void {
    this.#nulls.set(row)
  }

  flush(vector: Vector, rows: number): void {
    writeBytes(vector, this.#bytes.subarray(0, rows * 16))
    this.#nulls.flush(vector)
  }
}

/** UTF-8 of many texts in one piece, with offsets. Lone surrogates become U+FFFD. */
function encodeAll(texts: readonly string[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(texts.length + 1)
  const joined = texts.join('')
  const bytes = encoder.encode(joined)
  if (bytes.length === joined.length) {
    for (let i = 0; i < texts.length; i++) offsets[i + 1] = (offsets[i] as number) + (texts[i] as string).length
    return { bytes, offsets }
  }
  // a text may end in half a surrogate pair that the next one completes: encode each alone
  const out = Buffer.allocUnsafe(joined.length * 3)
  let at = 0
  for (let i = 0; i < texts.length; i++) {
    at += out.write(texts[i] as string, at, 'utf8')
    offsets[i + 1] = at
  }
  return { bytes: out.subarray(0, at), offsets }
}

/** Texts that are mostly different (log bodies, JSON). */
export class TextColumn implements ChunkColumn {
  readonly #texts: string[] = []
  readonly #nulls = new Nulls()
  #length = 0

  /** UTF-16 units waiting */
  get pending(): number {
    return this.#length
  }

  set(row: number, text: string | null | undefined): void {
    if (text === null || text === undefined) {
      this.#texts[row] = ''
      this.#nulls.set(row)
    } else {
      this.#texts[row] = text
      this.#length += text.length
    }
  }

  flush(vector: Vector, rows: number): void {
    const { bytes, offsets } = encodeAll(this.#texts)
    writeStrings(vector, rows, bytes, offsets)
    this.#nulls.flush(vector)
    this.#texts.length = 0
    this.#length = 0
  }
}

/** Texts that repeat (services, operations): each is handed over once a chunk. */
export class WordColumn implements ChunkColumn {
  readonly #slots = new Int32Array(VECTOR_SIZE)
  readonly #words = new Map<string, number>()
  #length = 0

  get pending(): number {
    return this.#length
  }

  set(row: number, text: string): void {
    let slot = this.#words.get(text)
    if (slot === undefined) {
      slot = this.#words.size
      this.#words.set(text, slot)
      this.#length += text.length
    }
    this.#slots[row] = slot
  }

  flush(vector: Vector, rows: number): void {
    const { bytes, offsets } = encodeAll([...this.#words.keys()])
    writeStrings(vector, rows, bytes, offsets, this.#slots)
    this.#words.clear()
    this.#length = 0
  }
}

/** DOUBLE[] or NULL. */
export class DoublesColumn implements ChunkColumn {
  readonly #lists: Array<readonly number[] | undefined> = []
  readonly #nulls = new Nulls()

  set(row: number, list: readonly number[] | undefined): void {
    this.#lists[row] = list
    if (list === undefined) this.#nulls.set(row)
  }

  flush(vector: Vector, rows: number): void {
    const entries = new BigUint64Array(rows * 2)
    let total = 0
    for (let row = 0; row < rows; row++) {
      const length = this.#lists[row]?.length ?? 0
      entries[row * 2] = BigInt(total)
      entries[row * 2 + 1] = BigInt(length)
      total += length
    }
    const values = new Float64Array(total)
    let at = 0
    for (const list of this.#lists) {
      if (list === undefined) continue
      for (const value of list) values[at++] = value
    }
    duckdb.list_vector_reserve(vector, total)
    duckdb.list_vector_set_size(vector, total)
    writeBytes(duckdb.list_vector_get_child(vector), new Uint8Array(values.buffer))
    writeBytes(vector, new Uint8Array(entries.buffer))
    this.#nulls.flush(vector)
    this.#lists.length = 0
  }
}
