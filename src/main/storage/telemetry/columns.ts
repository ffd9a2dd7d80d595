// Columns of a chunk that is being filled: typed arrays for numbers and ids, texts gathered and packed in one piece.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { type PackedColumn, VECTOR_SIZE } from './packed.ts'

const encoder = new TextEncoder()

export interface ChunkColumn {
  /** The first `rows` rows in buffers of their own; the column starts anew. */
  pack(rows: number): PackedColumn
}

/** Null bits, kept only while a chunk has any. */
export class Nulls {
  readonly #bits = new Uint8Array(VECTOR_SIZE / 8).fill(0xff)
  #any = false

  set(row: number): void {
    this.#bits[row >> 3] = (this.#bits[row >> 3] as number) & ~(1 << (row & 7))
    this.#any = true
  }

  take(): Uint8Array | undefined {
    if (!this.#any) return undefined
    const bits = this.#bits.slice()
    this.#bits.fill(0xff)
    this.#any = false
    return bits
  }
}

/** Numbers of one width; fill `values` directly. `setNull` marks a row. */
export class NumberColumn<T extends Int8Array | Uint8Array | Int32Array | BigInt64Array | Float64Array>
  implements ChunkColumn
{
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

  pack(rows: number): PackedColumn {
    const bytes = this.#bytes.slice(0, rows * this.values.BYTES_PER_ELEMENT)
    return { kind: 'fixed', bytes, nulls: this.#nulls.take() }
  }
}

export const tinyColumn = () => new NumberColumn(new Int8Array(VECTOR_SIZE))
export const boolColumn = () => new NumberColumn(new Uint8Array(VECTOR_SIZE))
export const intColumn = () => new NumberColumn(new Int32Array(VECTOR_SIZE))
export const bigColumn = () => new NumberColumn(new BigInt64Array(VECTOR_SIZE))
export const doubleColumn = () => new NumberColumn(new Float64Array(VECTOR_SIZE))

/**
 * Ids given as hex text, gathered and decoded in one native call a chunk.
 * @param digits 16 or 32; shorter texts are padded with zeros on the left
 * @returns the ids as little-endian words, lowest first
 * @throws WatchdeckError invalid_input when a text is no id
 */
function hexWords(texts: readonly string[], digits: 16 | 32): Uint32Array {
  const bytes = Buffer.from(texts.join(''), 'hex')
  if (bytes.length * 2 !== texts.length * digits) throw badId(texts, digits)
  // big-endian text to little-endian halves, natively; a trace id then has its low half first
  bytes.swap64()
  const words = new Uint32Array(bytes.length / 4)
  new Uint8Array(words.buffer).set(bytes)
  if (digits === 32) {
    for (let at = 0; at < words.length; at += 4) {
      const low = words[at] as number
      const high = words[at + 1] as number
      words[at] = words[at + 2] as number
      words[at + 1] = words[at + 3] as number
      words[at + 2] = low
      words[at + 3] = high
    }
  }
  return words
}

function badId(texts: readonly string[], digits: number): WatchdeckError {
  const bad = texts.find((text) => text.length !== digits || !/^[0-9a-f]*$/i.test(text))
  return new WatchdeckError('invalid_input', `Not a trace or span id: ${JSON.stringify((bad ?? '').slice(0, 40))}`)
}

const NO_SPAN = '0'.repeat(16)
const NO_TRACE = '0'.repeat(32)

/** Span ids: up to 16 hex digits, '' is 0. A text that is no id is refused when its chunk is appended. */
export class SpanIdColumn implements ChunkColumn {
  readonly #texts: string[] = []
  readonly #nulls = new Nulls()

  setHex(row: number, text: string): void {
    if (text.length > 16) throw badId([text], 16)
    this.#texts[row] = text.length === 16 ? text : text.padStart(16, '0')
  }

  setNull(row: number): void {
    this.#texts[row] = NO_SPAN
    this.#nulls.set(row)
  }

  pack(rows: number): PackedColumn {
    const bytes = new Uint8Array(hexWords(this.#texts, 16).buffer, 0, rows * 8)
    this.#texts.length = 0
    return { kind: 'fixed', bytes, nulls: this.#nulls.take() }
  }
}

/** Content names: 64 bits as two words. */
export class NameColumn implements ChunkColumn {
  readonly #words = new Uint32Array(VECTOR_SIZE * 2)
  readonly #bytes = new Uint8Array(this.#words.buffer)
  readonly #nulls = new Nulls()

  setWords(row: number, low: number, high: number): void {
    this.#words[row * 2] = low
    this.#words[row * 2 + 1] = high
  }

  setNull(row: number): void {
    this.#nulls.set(row)
  }

  pack(rows: number): PackedColumn {
    return { kind: 'fixed', bytes: this.#bytes.slice(0, rows * 8), nulls: this.#nulls.take() }
  }
}

/** Trace ids: 1 to 32 hex digits as DuckDB's UUID. A text that is no id is refused when its chunk is appended. */
export class TraceIdColumn implements ChunkColumn {
  readonly #texts: string[] = []
  readonly #nulls = new Nulls()

  setHex(row: number, text: string): void {
    if (text.length > 32 || text.length === 0) throw badId([text], 32)
    this.#texts[row] = text.length === 32 ? text : text.padStart(32, '0')
  }

  setNull(row: number): void {
    this.#texts[row] = NO_TRACE
    this.#nulls.set(row)
  }

  pack(rows: number): PackedColumn {
    const words = hexWords(this.#texts, 32)
    // the highest bit is flipped, so that DuckDB's signed comparison orders ids as their text does
    for (let at = 3; at < words.length; at += 4) words[at] = (words[at] as number) ^ 0x8000_0000
    this.#texts.length = 0
    return { kind: 'fixed', bytes: new Uint8Array(words.buffer, 0, rows * 16), nulls: this.#nulls.take() }
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
  const out = Buffer.from(new ArrayBuffer(joined.length * 3))
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

  pack(_rows: number): PackedColumn {
    const { bytes, offsets } = encodeAll(this.#texts)
    this.#texts.length = 0
    this.#length = 0
    return { kind: 'text', bytes, offsets, slots: undefined, nulls: this.#nulls.take() }
  }
}

/** Texts that repeat (services, operations): each is handed over once a chunk. */
export class WordColumn implements ChunkColumn {
  readonly #slots = new Int32Array(VECTOR_SIZE)
  readonly #words = new Map<string, number>()
  #lastText: string | undefined
  #lastSlot = 0
  #length = 0

  get pending(): number {
    return this.#length
  }

  set(row: number, text: string): void {
    if (text === this.#lastText) {
      this.#slots[row] = this.#lastSlot
      return
    }
    let slot = this.#words.get(text)
    if (slot === undefined) {
      slot = this.#words.size
      this.#words.set(text, slot)
      this.#length += text.length
    }
    this.#slots[row] = slot
    this.#lastText = text
    this.#lastSlot = slot
  }

  pack(rows: number): PackedColumn {
    const { bytes, offsets } = encodeAll([...this.#words.keys()])
    this.#words.clear()
    this.#lastText = undefined
    this.#length = 0
    return { kind: 'text', bytes, offsets, slots: this.#slots.slice(0, rows), nulls: undefined }
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

  pack(rows: number): PackedColumn {
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
    this.#lists.length = 0
    return { kind: 'lists', entries, values, nulls: this.#nulls.take() }
  }
}
