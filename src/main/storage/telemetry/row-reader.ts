// Few rows as objects: the library's own values, made plain.

import { DuckDBListValue, type DuckDBResult, DuckDBUUIDValue, type DuckDBValue } from '@duckdb/node-api'

/** BIGINT and wider as bigint, UUID as 32 hex digits, lists as arrays; the rest as the library gives it. */
export async function readRows<T extends Record<string, unknown>>(result: DuckDBResult): Promise<T[]> {
  const rows = await result.getRowObjects()
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as T)
}

function plain(value: DuckDBValue): unknown {
  if (value instanceof DuckDBUUIDValue) return value.toString().replaceAll('-', '')
  if (value instanceof DuckDBListValue) return value.items.map(plain)
  return value
}
