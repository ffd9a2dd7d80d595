// A frame as the JSON table that the CLI prints and outside tests read (docs/contract.md, "Tables out").

import { formatRfc3339 } from '../base/time.ts'
import { type Column, cell, type Frame, type LogicalType } from './frame.ts'

export interface JsonTable {
  columns: Array<{ name: string; type: LogicalType; unit?: string }>
  rows: Array<Record<string, unknown>>
}

/** Times as RFC 3339, integers beyond 2^53 and non-finite floats as strings, `json` columns parsed. */
export function frameToJsonTable(frame: Frame): JsonTable {
  const columns = frame.columns.map((c) =>
    c.unit === undefined ? { name: c.name, type: c.type } : { name: c.name, type: c.type, unit: c.unit },
  )
  const rows: JsonTable['rows'] = []
  for (let i = 0; i < frame.rowCount; i++) {
    const row: Record<string, unknown> = {}
    for (const column of frame.columns)
      Object.defineProperty(row, column.name, { value: jsonCell(column, i), enumerable: true })
    rows.push(row)
  }
  return { columns, rows }
}

export function jsonCell(column: Column, row: number): unknown {
  const value = cell(column, row)
  if (value === null) return null
  if (column.type === 'time') return formatRfc3339(value as bigint)
  if (typeof value === 'bigint') return jsonInteger(value)
  if (typeof value === 'number') return jsonNumber(value)
  if (column.type === 'json') return JSON.parse(value as string)
  return value
}

export function jsonInteger(value: bigint): number | string {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value.toString()
}

export function jsonNumber(value: number): number | string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return value
}
