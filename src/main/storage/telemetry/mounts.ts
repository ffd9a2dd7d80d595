// Opened incident files beside the tables. A relation over one holds a token; the files it needs are made ready, and named,
// only when the query that holds the token runs: a view opens what it needs and nothing else.

import { asEpochNs, type TimeRange } from '../../../shared/base/time.ts'
import { assert } from '../../../shared/base/assert.ts'
import { TELEMETRY_TABLES, type TelemetryTable } from './schema.ts'

export type MountFiles = (table: TelemetryTable, range: TimeRange | undefined) => Promise<readonly string[]>

/** @param nonce random per store, so that no text of a caller can be taken for a token */
export function mountToken(
  nonce: string,
  key: number,
  table: TelemetryTable,
  offset: bigint,
  range: TimeRange | undefined,
): string {
  return `(mount_${nonce}:${key}:${table}:${offset}:${range?.from ?? ''}:${range?.to ?? ''})`
}

export interface MountedPart {
  readonly key: number
  readonly table: TelemetryTable
  readonly offset: bigint
  readonly range: TimeRange | undefined
}

/** Replaces every token by what `select` makes of it; the same token is asked for once. */
export async function resolveMounts(
  nonce: string,
  sql: string,
  select: (part: MountedPart) => Promise<string>,
): Promise<string> {
  const prefix = `(mount_${nonce}:`
  if (!sql.includes(prefix)) return sql
  const pattern = new RegExp(`\\(mount_${nonce}:(\\d+):([a-z_]+):(-?\\d+):(-?\\d*):(-?\\d*)\\)`, 'g')
  const ready = new Map<string, string>()
  for (const [token, key, table, offset, from, to] of sql.matchAll(pattern)) {
    if (ready.has(token)) continue
    assert(table !== undefined && table in TELEMETRY_TABLES, `no table ${table}`)
    const range =
      from === '' || from === undefined ? undefined : { from: asEpochNs(BigInt(from)), to: asEpochNs(BigInt(to ?? '')) }
    ready.set(
      token,
      await select({ key: Number(key), table: table as TelemetryTable, offset: BigInt(offset ?? '0'), range }),
    )
  }
  return sql.replaceAll(pattern, (token) => ready.get(token) as string)
}
