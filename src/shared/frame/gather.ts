// Chosen rows of a frame in a chosen order, column by column, without decoding any text.

import type { Column, Frame } from './frame.ts'

export function gather(frame: Frame, rows: Int32Array): Frame {
  return { rowCount: rows.length, columns: frame.columns.map((column) => gatherColumn(column, rows)) }
}

/** The first rows. */
export function headOf(frame: Frame, rows: number): Frame {
  return rows >= frame.rowCount
    ? frame
    : gather(
        frame,
        Int32Array.from({ length: rows }, (_, i) => i),
      )
}

/** The rows behind the first ones. */
export function tailOf(frame: Frame, rows: number): Frame {
  if (rows === 0) return frame
  const length = Math.max(0, frame.rowCount - rows)
  return gather(
    frame,
    Int32Array.from({ length }, (_, i) => rows + i),
  )
}

export function gatherColumn(column: Column, rows: Int32Array): Column {
  const length = rows.length
  const base = { length, validity: gatherValidity(column.validity, rows) }
  switch (column.storage) {
    case 'int64': {
      const values = new BigInt64Array(length)
      for (let i = 0; i < length; i++) values[i] = column.values[rows[i] as number] as bigint
      return { ...column, ...base, values }
    }
    case 'float64':
      return { ...column, ...base, values: gatherNumbers(column.values, rows, new Float64Array(length)) }
    case 'int32':
      return { ...column, ...base, values: gatherNumbers(column.values, rows, new Int32Array(length)) }
    case 'bool':
      return { ...column, ...base, values: gatherNumbers(column.values, rows, new Uint8Array(length)) }
    case 'dictionary':
      return { ...column, ...base, codes: gatherNumbers(column.codes, rows, new Int32Array(length)) }
    case 'string': {
      const offsets = new Uint32Array(length + 1)
      for (let i = 0; i < length; i++) {
        const row = rows[i] as number
        offsets[i + 1] = (offsets[i] as number) + (column.offsets[row + 1] as number) - (column.offsets[row] as number)
      }
      const bytes = new Uint8Array(offsets[length] as number)
      for (let i = 0; i < length; i++) {
        const row = rows[i] as number
        bytes.set(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]), offsets[i] as number)
      }
      return { ...column, ...base, offsets, bytes }
    }
  }
}

function gatherNumbers<T extends Float64Array | Int32Array | Uint8Array>(from: T, rows: Int32Array, to: T): T {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] as number] as number
  return to
}

function gatherValidity(validity: Uint8Array | undefined, rows: Int32Array): Uint8Array | undefined {
  if (!validity) return undefined
  const out = new Uint8Array((rows.length + 7) >> 3)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if ((validity[row >> 3] as number) & (1 << (row & 7))) out[i >> 3] = (out[i >> 3] as number) | (1 << (i & 7))
  }
  return out
}
