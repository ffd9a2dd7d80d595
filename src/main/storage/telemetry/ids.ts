// Trace and span ids between hex text (contract) and UUID / UBIGINT (store).

import { DuckDBUUIDValue } from '@duckdb/node-api'

/** 1 to 32 hex digits, zero-padded on the left (64-bit ids of older tracers). */
export function uuidOf(traceId: string): DuckDBUUIDValue {
  return DuckDBUUIDValue.fromUint128(BigInt(`0x${traceId}`))
}

export function spanOf(spanId: string): bigint {
  return spanId === '' ? 0n : BigInt(`0x${spanId}`)
}

/** SQL text: a UUID column as 32 hex digits, NULL stays NULL. */
export function hexOfUuid(column: string): string {
  return `replace(${column}::VARCHAR, '-', '')`
}

/** SQL text: a UBIGINT column as 16 hex digits, 0 as ''. */
export function hexOfSpan(column: string): string {
  return `CASE WHEN ${column} = 0 THEN '' ELSE lpad(lower(hex(${column})), 16, '0') END`
}
