// Columns of a chunk that are filled from bytes as they arrive, without a text or a number object on the way.

import { type ChunkColumn, Nulls } from '../storage/telemetry/columns.ts'
import { type PackedColumn, VECTOR_SIZE } from '../storage/telemetry/packed.ts'

/** 64- and 128-bit values as 32-bit words, lowest first; fill `words` directly. */
export class WordsColumn implements ChunkColumn {
  readonly words: Uint32Array
  readonly #width: number
  readonly #nulls = new Nulls()

  /** @param width words of a value */
  constructor(width: 2 | 4) {
    this.#width = width
    this.words = new Uint32Array(VECTOR_SIZE * width)
  }

  setNull(row: number): void {
    this.#nulls.set(row)
  }

  pack(rows: number): PackedColumn {
    const bytes = new Uint8Array(this.words.slice(0, rows * this.#width).buffer)
    return { kind: 'fixed', bytes, nulls: this.#nulls.take() }
  }
}

/** Texts in UTF-8, added row by row. */
export class BytesColumn implements ChunkColumn {
  #bytes = Buffer.allocUnsafeSlow(16_384)
  #length = 0
  #rows = 0
  readonly #offsets = new Uint32Array(VECTOR_SIZE + 1)
  readonly #nulls = new Nulls()

  get pending(): number {
    return this.#length
  }

  /** `bytes[from..to)` must be valid UTF-8. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from
    this.#room(size)
    this.#bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#length)
    this.#end(size)
  }

  addText(text: string | null): void {
    if (text === null) return this.addNull()
    this.#room(text.length * 3)
    this.#end(this.#bytes.write(text, this.#length))
  }

  addNull(): void {
    this.#nulls.set(this.#rows)
    this.#end(0)
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + size))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  #end(size: number): void {
    this.#length += size
    this.#offsets[++this.#rows] = this.#length
  }

  pack(rows: number): PackedColumn {
    const bytes = new Uint8Array(this.#bytes.subarray(0, this.#length))
    const offsets = this.#offsets.slice(0, rows + 1)
    this.#length = 0
    this.#rows = 0
    return { kind: 'text', bytes, offsets, slots: undefined, nulls: this.#nulls.take() }
  }
}

/** A text that repeats: its bytes are handed over once a chunk. */
export interface Repeated {
  readonly bytes: Uint8Array
  chunk: number
  slot: number
}

export const repeated = (bytes: Uint8Array): Repeated => ({ bytes, chunk: 0, slot: 0 })

export class RepeatedColumn implements ChunkColumn {
  readonly #slots = new Int32Array(VECTOR_SIZE)
  #texts: Repeated[] = []
  /** across all columns: a text is asked whether its slot is of this very chunk */
  #chunk = ++chunks

  set(row: number, text: Repeated): void {
    if (text.chunk !== this.#chunk) {
      text.chunk = this.#chunk
      text.slot = this.#texts.length
      this.#texts.push(text)
    }
    this.#slots[row] = text.slot
  }

  pack(rows: number): PackedColumn {
    const offsets = new Uint32Array(this.#texts.length + 1)
    let total = 0
    this.#texts.forEach(({ bytes }, i) => {
      total += bytes.length
      offsets[i + 1] = total
    })
    const bytes = new Uint8Array(total)
    this.#texts.forEach((text, i) => bytes.set(text.bytes, offsets[i]))
    this.#texts = []
    this.#chunk = ++chunks
    return { kind: 'text', bytes, offsets, slots: this.#slots.slice(0, rows), nulls: undefined }
  }
}

let chunks = 0
