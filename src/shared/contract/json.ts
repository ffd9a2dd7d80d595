// Any answer of the contract as the plain JSON that the CLI prints, pins keep and outside tests read.

import { formatRfc3339 } from '../base/time.ts'
import { isFrame } from '../frame/codec.ts'
import type { Frame } from '../frame/frame.ts'
import { frameToJsonTable, jsonInteger, jsonNumber } from '../frame/table.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

function isPoints(value: object): value is { times: BigInt64Array; values: Float64Array } {
  return (
    'times' in value &&
    'values' in value &&
    value.times instanceof BigInt64Array &&
    value.values instanceof Float64Array
  )
}

function isTableAnswer(value: object): value is { table: Frame } {
  return 'table' in value && isFrame(value.table)
}

/**
 * A table answer becomes `{ columns, rows, completeness, nextCursor?, summary? }`; a frame within an object becomes
 * `{ columns, rows }`; points become `[[time, number], ..]`; int64 times elsewhere and integers past 2^53 become text.
 */
export function answerToJson(value: unknown): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return jsonNumber(value)
  if (typeof value === 'bigint') return jsonInteger(value)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return null
  if (Array.isArray(value)) return value.map(answerToJson)
  if (value instanceof Float64Array || value instanceof Int32Array) return Array.from(value, jsonNumber)
  if (value instanceof BigInt64Array) return Array.from(value, jsonInteger)
  if (value instanceof Uint8Array) return Array.from(value)
  if (isFrame(value)) return tableJson(value)
  if (isPoints(value)) return pointsToJson(value)
  const out: { [key: string]: Json } = {}
  if (isTableAnswer(value)) {
    const { columns, rows } = tableJson(value.table)
    define(out, 'columns', columns)
    define(out, 'rows', rows)
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || (key === 'table' && isTableAnswer(value))) continue
    define(out, key, answerToJson(inner))
  }
  return out
}

function tableJson(frame: Frame): { columns: Json; rows: Json } {
  const table = frameToJsonTable(frame)
  return { columns: table.columns, rows: table.rows as Json[] }
}

/** A key such as `__proto__` from a label set must become a property, not a prototype. */
function define(target: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

function pointsToJson(points: { times: BigInt64Array; values: Float64Array }): Json {
  const out: Json[] = []
  for (let i = 0; i < points.times.length; i++)
    out.push([formatRfc3339(points.times[i] as bigint), jsonNumber(points.values[i] as number)])
  return out
}
