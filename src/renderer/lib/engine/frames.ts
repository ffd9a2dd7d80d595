// Columnar answers for the screen: cells by name, rows of a window, numbers of a column. Never "all rows as objects".

import { type CellValue, cell, type Column, type Frame, rowAt } from '../../../shared/frame/frame.ts'

export type Row = Record<string, CellValue>

/** Rows `from` (inclusive) to `to` (exclusive) as objects; for what is on screen. */
export function rowsOf(frame: Frame, from = 0, to = frame.rowCount): Row[] {
  const rows: Row[] = []
  for (let i = Math.max(0, from); i < Math.min(to, frame.rowCount); i++) rows.push(rowAt(frame, i))
  return rows
}

export const columnOf = (frame: Frame, name: string): Column | undefined => frame.columns.find((c) => c.name === name)

/** One cell; null where the column or the value is absent. */
export function cellOf(frame: Frame, name: string, row: number): CellValue {
  const column = columnOf(frame, name)
  return column === undefined ? null : cell(column, row)
}

export function textOf(frame: Frame, name: string, row: number): string {
  const value = cellOf(frame, name, row)
  return value === null ? '' : String(value)
}

/** NaN where there is no number. Exact to 2^53. */
export function numberOf(frame: Frame, name: string, row: number): number {
  const value = cellOf(frame, name, row)
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : Number.NaN
}

/** A column as doubles, nulls as NaN; for charts and scales. */
export function numbersOf(column: Column): Float64Array {
  const out = new Float64Array(column.length)
  for (let i = 0; i < column.length; i++) {
    const value = cell(column, i)
    out[i] = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : Number.NaN
  }
  return out
}

/** A `json` cell as a value; undefined when it is absent or no JSON. */
export function jsonOf(frame: Frame, name: string, row: number): unknown {
  const value = cellOf(frame, name, row)
  if (typeof value !== 'string') return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
