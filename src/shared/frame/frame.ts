// The columnar table that every tabular answer travels in: typed arrays plus a validity bitmap per column.
// Null and NaN differ; int64 is exact. Built straight from DuckDB vectors or from rows, decoded only when looked at.

/** What a column means to a reader, over how it is stored: a `time` is an int64, a `json` is text. */
export type LogicalType = 'time' | 'int' | 'float' | 'string' | 'bool' | 'json'

export interface ColumnSpec {
  readonly name: string
  readonly type: LogicalType
  /** UCUM-like: 'ns', 'By', '1', '1/s' */
  readonly unit?: string | undefined
}

interface ColumnBase extends ColumnSpec {
  readonly length: number
  /** bit i set = row i has a value; undefined = all have */
  readonly validity: Uint8Array | undefined
}

export interface Int64Column extends ColumnBase {
  readonly storage: 'int64'
  readonly values: BigInt64Array
}
export interface Float64Column extends ColumnBase {
  readonly storage: 'float64'
  readonly values: Float64Array
}
export interface Int32Column extends ColumnBase {
  readonly storage: 'int32'
  readonly values: Int32Array
}
export interface BoolColumn extends ColumnBase {
  readonly storage: 'bool'
  /** one byte a row, 0 or 1 */
  readonly values: Uint8Array
}
/** UTF-8 bytes with `length + 1` offsets. */
export interface StringColumn extends ColumnBase {
  readonly storage: 'string'
  readonly offsets: Uint32Array
  readonly bytes: Uint8Array
}
/** Codes into a UTF-8 dictionary. */
export interface DictionaryColumn extends ColumnBase {
  readonly storage: 'dictionary'
  readonly codes: Int32Array
  readonly dictionaryOffsets: Uint32Array
  readonly dictionaryBytes: Uint8Array
}

export type Column = Int64Column | Float64Column | Int32Column | BoolColumn | StringColumn | DictionaryColumn

export interface Frame {
  readonly rowCount: number
  readonly columns: readonly Column[]
}

export type CellValue = bigint | number | string | boolean | null

// a byte order mark inside a value is part of it
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()
const decodedDictionaries = new WeakMap<DictionaryColumn, string[]>()

export function isValid(column: Column, row: number): boolean {
  return column.validity === undefined || ((column.validity[row >> 3] as number) & (1 << (row & 7))) !== 0
}

/** int64 as bigint, float64 and int32 as number, bool as boolean, string and dictionary as string, absent as null. */
export function cell(column: Column, row: number): CellValue {
  if (!isValid(column, row)) return null
  switch (column.storage) {
    case 'int64':
    case 'float64':
    case 'int32':
      return column.values[row] as bigint | number
    case 'bool':
      return column.values[row] === 1
    case 'string':
      return decoder.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
    case 'dictionary':
      return dictionaryOf(column)[column.codes[row] as number] as string
  }
}

/** The dictionary as JS strings, decoded once per column. */
export function dictionaryOf(column: DictionaryColumn): readonly string[] {
  let words = decodedDictionaries.get(column)
  if (!words) {
    words = []
    for (let i = 0; i + 1 < column.dictionaryOffsets.length; i++)
      words.push(
        decoder.decode(column.dictionaryBytes.subarray(column.dictionaryOffsets[i], column.dictionaryOffsets[i + 1])),
      )
    decodedDictionaries.set(column, words)
  }
  return words
}

export function columnNamed(frame: Frame, name: string): Column {
  const column = frame.columns.find((c) => c.name === name)
  if (!column) throw new Error(`assertion failed: frame has no column ${name}`)
  return column
}

/** One row as an object of cells. For a window of rows, never for a whole large frame. */
export function rowAt(frame: Frame, row: number): Record<string, CellValue> {
  const out: Record<string, CellValue> = Object.create(null)
  for (const column of frame.columns) out[column.name] = cell(column, row)
  return out
}

export type FrameRow = Readonly<Record<string, CellValue | undefined>>

/**
 * A frame from row objects: `time` and `int` become int64, `float` float64, `string` a dictionary when it repeats and
 * text otherwise, `json` text (the caller has serialised it). `int` accepts number and bigint.
 */
export function frameFromRows(specs: readonly ColumnSpec[], rows: readonly FrameRow[]): Frame {
  return {
    rowCount: rows.length,
    columns: specs.map((spec) =>
      columnFromValues(
        spec,
        rows.map((r) => r[spec.name] ?? null),
      ),
    ),
  }
}

export function columnFromValues(spec: ColumnSpec, values: readonly CellValue[]): Column {
  const length = values.length
  let validity: Uint8Array | undefined
  for (let i = 0; i < length; i++) {
    if (values[i] !== null) continue
    if (!validity) validity = new Uint8Array((length + 7) >> 3).fill(0xff)
    validity[i >> 3] = (validity[i >> 3] as number) & ~(1 << (i & 7))
  }
  const base = { name: spec.name, type: spec.type, unit: spec.unit, length, validity }
  switch (spec.type) {
    case 'time':
    case 'int': {
      const out = new BigInt64Array(length)
      for (let i = 0; i < length; i++) {
        const v = values[i]
        if (v !== null) out[i] = typeof v === 'bigint' ? v : BigInt(Math.trunc(v as number))
      }
      return { ...base, storage: 'int64', values: out }
    }
    case 'float': {
      const out = new Float64Array(length)
      for (let i = 0; i < length; i++) out[i] = values[i] === null ? 0 : Number(values[i])
      return { ...base, storage: 'float64', values: out }
    }
    case 'bool': {
      const out = new Uint8Array(length)
      for (let i = 0; i < length; i++) out[i] = values[i] === true ? 1 : 0
      return { ...base, storage: 'bool', values: out }
    }
    case 'string': {
      const codes = new Int32Array(length)
      const seen = new Map<string, number>()
      for (let i = 0; i < length; i++) {
        const v = values[i]
        if (v === null) continue
        const text = String(v)
        let code = seen.get(text)
        if (code === undefined) {
          code = seen.size
          seen.set(text, code)
        }
        codes[i] = code
      }
      if (seen.size * 2 > length + 8) return { ...base, storage: 'string', ...packStrings(values) }
      const words = packStrings([...seen.keys()])
      return { ...base, storage: 'dictionary', codes, dictionaryOffsets: words.offsets, dictionaryBytes: words.bytes }
    }
    case 'json':
      return { ...base, storage: 'string', ...packStrings(values) }
  }
}

/** UTF-8 bytes and offsets of a list of texts; null takes no bytes. */
export function packStrings(values: readonly CellValue[]): { offsets: Uint32Array; bytes: Uint8Array } {
  const parts = values.map((v) => (v === null ? undefined : encoder.encode(String(v))))
  const offsets = new Uint32Array(values.length + 1)
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = (offsets[i] as number) + (parts[i]?.length ?? 0)
  const bytes = new Uint8Array(offsets[values.length] as number)
  parts.forEach((part, i) => {
    if (part) bytes.set(part, offsets[i] as number)
  })
  return { offsets, bytes }
}

export function frameByteLength(frame: Frame): number {
  let total = 0
  for (const c of frame.columns) {
    total += c.validity?.byteLength ?? 0
    if (c.storage === 'string') total += c.offsets.byteLength + c.bytes.byteLength
    else if (c.storage === 'dictionary')
      total += c.codes.byteLength + c.dictionaryOffsets.byteLength + c.dictionaryBytes.byteLength
    else total += c.values.byteLength
  }
  return total
}
