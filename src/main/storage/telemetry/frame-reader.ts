// DuckDB results as frames, vector by vector: numbers by typed-array copy, strings as UTF-8 bytes that are never decoded.

import { type DuckDBResult, DuckDBTypeId } from '@duckdb/node-api'
import type { Vector } from '@duckdb/node-bindings'
import { assert } from '../../../shared/base/assert.ts'
import type { Column, ColumnSpec, Frame } from '../../../shared/frame/frame.ts'
import { chunksOf } from './chunks.ts'
import { dictionaryColumn } from './dictionary.ts'
import { readBytes, readStrings, readValidity, validAt } from './duck-memory.ts'

/** Grows by doubling; rows of one column until the result ends. */
abstract class Collector {
  readonly spec: ColumnSpec
  protected length = 0
  #validity: Uint8Array | undefined

  constructor(spec: ColumnSpec) {
    this.spec = spec
  }

  add(vector: Vector, rows: number): void {
    const validity = readValidity(vector, rows)
    this.take(vector, rows, validity)
    if (validity !== undefined || this.#validity !== undefined) this.#mark(validity, rows)
    this.length += rows
  }

  #mark(validity: Uint8Array | undefined, rows: number): void {
    const size = (this.length + rows + 7) >> 3
    const before = this.#validity
    if (before === undefined || before.length < size) {
      this.#validity = new Uint8Array(Math.max(size, 256, (before?.length ?? this.length >> 3) * 2)).fill(0xff)
      if (before !== undefined) this.#validity.set(before)
    }
    const bits = this.#validity as Uint8Array
    for (let i = 0; i < rows; i++) {
      if (validAt(validity, i)) continue
      const at = this.length + i
      bits[at >> 3] = (bits[at >> 3] as number) & ~(1 << (at & 7))
    }
  }

  protected base() {
    const { name, type, unit } = this.spec
    return { name, type, unit, length: this.length, validity: this.#validity?.slice(0, (this.length + 7) >> 3) }
  }

  protected abstract take(vector: Vector, rows: number, validity: Uint8Array | undefined): void
  abstract finish(): Column
}

type Numbers = BigInt64Array | Float64Array | Uint8Array

function grown<T extends Numbers>(values: T, needed: number, make: (length: number) => T): T {
  if (values.length >= needed) return values
  const out = make(Math.max(needed, values.length * 2, 2048))
  if (out instanceof BigInt64Array && values instanceof BigInt64Array) out.set(values)
  else if (out instanceof Float64Array && values instanceof Float64Array) out.set(values)
  else if (out instanceof Uint8Array && values instanceof Uint8Array) out.set(values)
  return out
}

/** Bytes per value of the fixed-width types and how to look at them. */
function numbersOf(
  vector: Vector,
  rows: number,
  type: DuckDBTypeId,
): ArrayLike<number> | ArrayLike<bigint> | undefined {
  const view = (size: number) => readBytes(vector, rows, size)
  let b: Uint8Array
  switch (type) {
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.UTINYINT:
      return view(1)
    case DuckDBTypeId.TINYINT:
      b = view(1)
      return new Int8Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.SMALLINT:
      b = view(2)
      return new Int16Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.USMALLINT:
      b = view(2)
      return new Uint16Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.INTEGER:
      b = view(4)
      return new Int32Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.UINTEGER:
      b = view(4)
      return new Uint32Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.FLOAT:
      b = view(4)
      return new Float32Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.DOUBLE:
      b = view(8)
      return new Float64Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.TIMESTAMP_NS:
      b = view(8)
      return new BigInt64Array(b.buffer, b.byteOffset, rows)
    case DuckDBTypeId.UBIGINT:
      b = view(8)
      return new BigUint64Array(b.buffer, b.byteOffset, rows)
    default:
      return undefined
  }
}

/** HUGEINT (what `sum` of integers gives) as low and high halves. */
function* hugeIntegers(vector: Vector, rows: number): Generator<bigint> {
  const b = readBytes(vector, rows, 16)
  const low = new BigUint64Array(b.buffer, b.byteOffset, rows * 2)
  const high = new BigInt64Array(b.buffer, b.byteOffset, rows * 2)
  for (let i = 0; i < rows; i++) yield ((high[i * 2 + 1] as bigint) << 64n) | (low[i * 2] as bigint)
}

class Int64Collector extends Collector {
  #values = new BigInt64Array(0)
  readonly #type: DuckDBTypeId

  constructor(spec: ColumnSpec, type: DuckDBTypeId) {
    super(spec)
    this.#type = type
  }

  protected take(vector: Vector, rows: number, validity: Uint8Array | undefined): void {
    this.#values = grown(this.#values, this.length + rows, (n) => new BigInt64Array(n))
    const out = this.#values
    if (this.#type === DuckDBTypeId.HUGEINT) {
      let i = this.length
      for (const value of hugeIntegers(vector, rows)) out[i] = this.#exact(value, validAt(validity, i++ - this.length))
      return
    }
    const values = numbersOf(vector, rows, this.#type)
    assert(values !== undefined, `column ${this.spec.name} is not an integer in SQL`)
    if (values instanceof BigInt64Array) out.set(values, this.length)
    else if (values instanceof BigUint64Array)
      for (let i = 0; i < rows; i++) out[this.length + i] = this.#exact(values[i] as bigint, validAt(validity, i))
    else for (let i = 0; i < rows; i++) out[this.length + i] = validAt(validity, i) ? BigInt(values[i] as number) : 0n
  }

  #exact(value: bigint, valid: boolean): bigint {
    if (!valid) return 0n
    assert(BigInt.asIntN(64, value) === value, `column ${this.spec.name} is beyond int64: ${value}`)
    return value
  }

  finish(): Column {
    return { ...this.base(), storage: 'int64', values: this.#values.slice(0, this.length) }
  }
}

class Float64Collector extends Collector {
  #values = new Float64Array(0)
  readonly #type: DuckDBTypeId

  constructor(spec: ColumnSpec, type: DuckDBTypeId) {
    super(spec)
    this.#type = type
  }

  protected take(vector: Vector, rows: number, validity: Uint8Array | undefined): void {
    this.#values = grown(this.#values, this.length + rows, (n) => new Float64Array(n))
    if (this.#type === DuckDBTypeId.HUGEINT) {
      let i = this.length
      for (const value of hugeIntegers(vector, rows)) this.#values[i++] = Number(value)
      return
    }
    const values = numbersOf(vector, rows, this.#type)
    assert(values !== undefined, `column ${this.spec.name} is not a number in SQL (cast DECIMAL to DOUBLE)`)
    if (values instanceof Float64Array) this.#values.set(values, this.length)
    else for (let i = 0; i < rows; i++) this.#values[this.length + i] = validAt(validity, i) ? Number(values[i]) : 0
  }

  finish(): Column {
    return { ...this.base(), storage: 'float64', values: this.#values.slice(0, this.length) }
  }
}

class BoolCollector extends Collector {
  #values = new Uint8Array(0)

  protected take(vector: Vector, rows: number, validity: Uint8Array | undefined): void {
    this.#values = grown(this.#values, this.length + rows, (n) => new Uint8Array(n))
    const values = readBytes(vector, rows, 1)
    for (let i = 0; i < rows; i++) this.#values[this.length + i] = validAt(validity, i) ? (values[i] as number) & 1 : 0
  }

  finish(): Column {
    return { ...this.base(), storage: 'bool', values: this.#values.slice(0, this.length) }
  }
}

const HEX = new TextEncoder().encode('0123456789abcdef')

/** VARCHAR as it is; UUID as 32 and UBIGINT (a span id) as 16 hex digits, 0 as ''; INTEGER and BIGINT as digits. */
class TextCollector extends Collector {
  #offsets = new Uint32Array(2049)
  #bytes = new Uint8Array(1 << 16)
  #at = 0
  #rows = 0
  readonly #type: DuckDBTypeId

  constructor(spec: ColumnSpec, type: DuckDBTypeId) {
    super(spec)
    this.#type = type
  }

  protected take(vector: Vector, rows: number, validity: Uint8Array | undefined): void {
    if (this.#rows + rows + 1 > this.#offsets.length) {
      const more = new Uint32Array(Math.max(this.#rows + rows + 1, this.#offsets.length * 2))
      more.set(this.#offsets)
      this.#offsets = more
    }
    if (this.#type === DuckDBTypeId.VARCHAR)
      readStrings(vector, rows, validity, (b, start, end) => this.#put(b, start, end))
    else this.#hex(vector, rows, validity, this.#type === DuckDBTypeId.UUID ? 16 : 8)
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    if (end - start > 40) this.#bytes.set(bytes.subarray(start, end), this.#at)
    else for (let i = start, at = this.#at; i < end; i++) this.#bytes[at++] = bytes[i] as number
    this.#at += end - start
    this.#offsets[++this.#rows] = this.#at
  }

  #reserve(more: number): void {
    const needed = this.#at + more
    if (needed <= this.#bytes.length) return
    assert(needed < 0xffff_ffff, `column ${this.spec.name} holds more than 4 GiB of text`)
    const bigger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    bigger.set(this.#bytes)
    this.#bytes = bigger
  }

  #hex(vector: Vector, rows: number, validity: Uint8Array | undefined, size: number): void {
    const data = readBytes(vector, rows, size)
    const digits = new Uint8Array(size * 2)
    for (let row = 0; row < rows; row++) {
      let any = 0
      for (let i = 0; i < size; i++) {
        let byte = data[row * size + size - 1 - i] as number
        if (i === 0 && size === 16) byte ^= 0x80
        any |= byte
        digits[i * 2] = HEX[byte >> 4] as number
        digits[i * 2 + 1] = HEX[byte & 15] as number
      }
      const empty = !validAt(validity, row) || (size === 8 && any === 0)
      this.#put(digits, 0, empty ? 0 : digits.length)
    }
  }

  finish(): Column {
    const offsets = this.#offsets.slice(0, this.length + 1)
    const bytes = this.#bytes.slice(0, this.#at)
    const text: Column = { ...this.base(), storage: 'string', offsets, bytes }
    return this.spec.type === 'string' ? (dictionaryColumn(text) ?? text) : text
  }
}

function collectorFor(spec: ColumnSpec, type: DuckDBTypeId): Collector {
  switch (spec.type) {
    case 'time':
    case 'int':
      return new Int64Collector(spec, type)
    case 'float':
      return new Float64Collector(spec, type)
    case 'bool':
      assert(type === DuckDBTypeId.BOOLEAN, `column ${spec.name} is not BOOLEAN in SQL`)
      return new BoolCollector(spec)
    case 'string':
    case 'json':
      assert(
        type === DuckDBTypeId.VARCHAR || type === DuckDBTypeId.UUID || type === DuckDBTypeId.UBIGINT,
        `column ${spec.name} is not VARCHAR, UUID or UBIGINT in SQL`,
      )
      return new TextCollector(spec, type)
  }
}

/**
 * Drains a result into a frame of exactly `specs`, matched by position.
 * @throws Error when the SQL's columns do not fit the specs: a bug of the query, not of the world
 */
export async function readFrame(
  result: DuckDBResult,
  specs: readonly ColumnSpec[],
  signal: AbortSignal | undefined,
): Promise<Frame> {
  let frame: Frame | undefined
  await readFrames(result, specs, signal, Number.POSITIVE_INFINITY, async (whole) => {
    frame = whole
  })
  assert(frame !== undefined, 'an endless frame is given once')
  return frame
}

/** The same result as frames of about `rowsPerFrame` rows, one after the other; the last one may be empty. */
export async function readFrames(
  result: DuckDBResult,
  specs: readonly ColumnSpec[],
  signal: AbortSignal | undefined,
  rowsPerFrame: number,
  take: (frame: Frame) => Promise<void>,
): Promise<void> {
  assert(result.columnCount === specs.length, `the query has ${result.columnCount} columns, the answer ${specs.length}`)
  const start = () =>
    specs.map((spec, i) => {
      // an all-NULL literal has no type of its own
      const type = result.columnTypeId(i)
      return collectorFor(spec, type === DuckDBTypeId.SQLNULL ? defaultType(spec) : type)
    })
  let collectors = start()
  let rowCount = 0
  for await (const { rows, vector } of chunksOf(result, signal)) {
    for (let i = 0; i < collectors.length; i++) collectors[i]?.add(vector(i), rows)
    rowCount += rows
    if (rowCount < rowsPerFrame) continue
    await take({ rowCount, columns: collectors.map((c) => c.finish()) })
    collectors = start()
    rowCount = 0
  }
  await take({ rowCount, columns: collectors.map((c) => c.finish()) })
}

function defaultType(spec: ColumnSpec): DuckDBTypeId {
  if (spec.type === 'float') return DuckDBTypeId.DOUBLE
  if (spec.type === 'bool') return DuckDBTypeId.BOOLEAN
  return spec.type === 'time' || spec.type === 'int' ? DuckDBTypeId.BIGINT : DuckDBTypeId.VARCHAR
}
