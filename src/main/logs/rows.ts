// Whole lines for a page of keys: bodies, attributes and resources are read only for what is shown.

import type { TimeRange } from '../../shared/base/time.ts'
import { asEpochNs } from '../../shared/base/time.ts'
import { LOG_COLUMNS } from '../../shared/contract/logs.ts'
import { type Frame, frameFromRows } from '../../shared/frame/frame.ts'
import { LEVELS } from '../../shared/domain/telemetry.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { hexOfSpan, hexOfUuid } from '../storage/telemetry/ids.ts'
import { LEVEL_INDEX } from './compile.ts'

/** What makes the order of lines total: time, then source, then id within the source. */
export interface LogKey {
  readonly time_ns: bigint
  readonly source: number
  readonly id: bigint
  readonly [column: string]: unknown
}

export const levelName = (index: string): string => `[${LEVELS.map((level) => `'${level}'`).join(', ')}][${index} + 1]`

/** The lines of the keys, ascending or descending by them. */
export async function linesOf(
  store: TelemetryStore,
  scope: Scope,
  keys: readonly LogKey[],
  order: 'asc' | 'desc',
  signal: AbortSignal,
): Promise<Frame> {
  if (keys.length === 0) return frameFromRows(LOG_COLUMNS, [])
  let from = keys[0]?.time_ns as bigint
  let to = from
  for (const { time_ns: time } of keys) {
    if (time < from) from = time
    if (time > to) to = time
  }
  const range: TimeRange = { from: asEpochNs(from), to: asEpochNs(to + 1n) }
  const wanted = keys.map((k) => `(${k.source}, ${k.id}::BIGINT)`).join(', ')
  return store.frame(
    `WITH wanted(source, id) AS (VALUES ${wanted}),
      lines AS MATERIALIZED (SELECT l.* FROM ${scope.relation('logs', range)} l JOIN wanted w ON w.source = l.source AND w.id = l.id),
      words AS MATERIALIZED (SELECT hash, any_value(json) AS json FROM ${scope.relation('attributes')}
        WHERE hash IN (SELECT attrs FROM lines UNION SELECT resource FROM lines) GROUP BY hash)
     SELECT l.time_ns, ${levelName(LEVEL_INDEX)}, l.service, l.body, coalesce(${hexOfUuid('l.trace_id')}, ''),
       coalesce(${hexOfSpan('l.span_id')}, ''), coalesce(a.json, '{}'), coalesce(r.json, '{}'), l.source || '-' || l.id
     FROM lines l LEFT JOIN words a ON a.hash = l.attrs LEFT JOIN words r ON r.hash = l.resource
     ORDER BY l.time_ns ${order}, l.source ${order}, l.id ${order}`,
    [],
    LOG_COLUMNS,
    { signal },
  )
}
