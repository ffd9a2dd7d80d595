// A result as plain arrays, for whoever works on every row of it: numbers as wide as they are stored, texts as codes into
// their words. A frame would hold 64 bits of each number and the text of every row first.

import { type DuckDBResult, DuckDBTypeId } from '@duckdb/node-api'
import type { Vector } from '@duckdb/node-bindings'
import { assert } from '../../../shared/base/assert.ts'
import { ByteWords } from './byte-words.ts'
import { chunksOf } from './chunks.ts'
import { codeStrings, readBytes, readValidity, ShortCodes, validAt } from './duck-memory.ts'

/** Texts that repeat: `words[codes[row]]`. */
export interface Coded {
  readonly codes: Int32Array
  readonly words: readonly string[]
}

interface Plain {
  /** TINYINT or UTINYINT, its bits */
  readonly u8: Uint8Array
  /** INTEGER */
  readonly i32: Int32Array
  /** BIGINT */
  readonly i64: BigInt64Array
  /** UBIGINT */
  readonly u64: BigUint64Array
  /** VARCHAR */
  readonly text: Coded
}

export type PlainKind = keyof Plain
export type PlainColumns<K extends Readonly<Record<string, PlainKind>>> = { readonly [N in keyof K]: Plain[K[N]] }

const TYPES: Readonly<Record<PlainKind, readonly DuckDBTypeId[]>> = {
  u8: [DuckDBTypeId.TINYINT, DuckDBTypeId.UTINYINT],
  i32: [DuckDBTypeId.INTEGER],
  i64: [DuckDBTypeId.BIGINT],
  u64: [DuckDBTypeId.UBIGINT],
  text: [DuckDBTypeId.VARCHAR],
}

interface Filling {
  take(vector: Vector, rows: number): void
  finish(): Plain[PlainKind]
}

/** Copies values of `size` bytes; NULL is 0. */
class Numbers implements Filling {
  readonly #size: number
  readonly #view: (buffer: ArrayBuffer, length: number) => Plain[PlainKind]
  #bytes: Uint8Array<ArrayBuffer>
  #rows = 0

  constructor(size: number, expected: number, view: (buffer: ArrayBuffer, length: number) => Plain[PlainKind]) {
    this.#size = size
    this.#view = view
    this.#bytes = new Uint8Array(expected * size)
  }

  take(vector: Vector, rows: number): void {
    const size = this.#size
    const validity = readValidity(vector, rows)
    const at = this.#rows * size
    const to = at + rows * size
    if (to > this.#bytes.length) {
      const more = new Uint8Array(Math.max(to, this.#bytes.length * 2))
      more.set(this.#bytes)
      this.#bytes = more
    }
    this.#bytes.set(readBytes(vector, rows, size), at)
    if (validity !== undefined)
      for (let row = 0; row < rows; row++)
        if (!validAt(validity, row)) this.#bytes.fill(0, at + row * size, at + (row + 1) * size)
    this.#rows += rows
  }

  finish(): Plain[PlainKind] {
    const length = this.#rows * this.#size
    const bytes = this.#bytes.length === length ? this.#bytes : this.#bytes.slice(0, length)
    return this.#view(bytes.buffer, this.#rows)
  }
}

/** Codes of texts; NULL is ''. */
class Texts implements Filling {
  readonly #words = new ByteWords()
  readonly #short = new ShortCodes()
  #codes: Int32Array<ArrayBuffer>
  #rows = 0

  constructor(expected: number) {
    this.#codes = new Int32Array(expected)
  }

  take(vector: Vector, rows: number): void {
    if (this.#rows + rows > this.#codes.length) {
      const more = new Int32Array(Math.max(this.#rows + rows, this.#codes.length * 2))
      more.set(this.#codes)
      this.#codes = more
    }
    codeStrings(vector, rows, { words: this.#words, short: this.#short }, this.#codes.subarray(this.#rows))
    this.#rows += rows
  }

  finish(): Coded {
    const { offsets, bytes } = this.#words.packed()
    // a byte order mark inside a value is part of it
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      codes: this.#codes.length === this.#rows ? this.#codes : this.#codes.slice(0, this.#rows),
      words: Array.from({ length: this.#words.size }, (_, code) =>
        decoder.decode(bytes.subarray(offsets[code], offsets[code + 1])),
      ),
    }
  }
}

function fillingOf(kind: PlainKind, expected: number): Filling {
  switch (kind) {
    case 'u8':
      return new Numbers(1, expected, (buffer, length) => new Uint8Array(buffer, 0, length))
    case 'i32':
      return new Numbers(4, expected, (buffer, length) => new Int32Array(buffer, 0, length))
    case 'i64':
      return new Numbers(8, expected, (buffer, length) => new BigInt64Array(buffer, 0, length))
    case 'u64':
      return new Numbers(8, expected, (buffer, length) => new BigUint64Array(buffer, 0, length))
    case 'text':
      return new Texts(expected)
  }
}

/**
 * Drains a result into one array for each column, matched by position.
 * @param expected how many rows there will be, as far as that is known: arrays of that length need not grow
 * @throws Error when the SQL's columns are of other types: a bug of the query, not of the world
 */
export async function readColumns<K extends Readonly<Record<string, PlainKind>>>(
  result: DuckDBResult,
  kinds: K,
  signal: AbortSignal | undefined,
  expected: number,
): Promise<PlainColumns<K>> {
  const columns = Object.entries<PlainKind>(kinds)
  assert(
    result.columnCount === columns.length,
    `the query has ${result.columnCount} columns, the answer ${columns.length}`,
  )
  columns.forEach(([name, kind], i) =>
    assert(
      TYPES[kind].includes(result.columnTypeId(i)),
      `column ${name} is not ${TYPES[kind].map(String).join(' or ')}`,
    ),
  )
  const fillings = columns.map(([, kind]) => fillingOf(kind, expected))
  for await (const { rows, vector } of chunksOf(result, signal))
    for (let i = 0; i < fillings.length; i++) fillings[i]?.take(vector(i), rows)
  return Object.fromEntries(columns.map(([name], i) => [name, fillings[i]?.finish()])) as PlainColumns<K>
}
