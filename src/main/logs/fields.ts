// Which fields the matching lines have: counted by distinct attribute set first, so that each set is opened once.

import type { TimeRange } from '../../shared/base/time.ts'
import { col } from '../../shared/contract/define.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import type { Scope, SqlValue, TelemetryStore } from '../storage/telemetry/api.ts'
import { LEVEL_INDEX } from './compile.ts'
import { levelName } from './rows.ts'

const COLUMNS = [
  col('field', 'string'),
  col('type', 'string'),
  col('present', 'int'),
  col('distinct', 'int'),
  col('top', 'json'),
]

interface FieldsRequest {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly range: TimeRange
  /** the lines that may match */
  readonly lines: (range: TimeRange) => string
  readonly condition: string
  readonly params: readonly SqlValue[]
  readonly top: number
  readonly limit: number
  readonly signal: AbortSignal
}

/** Most present first; up to `limit` rows and one more when there are more. */
export function fieldTable(request: FieldsRequest): Promise<Frame> {
  const { store, scope, range, lines, condition, params, top, limit, signal } = request
  return store.frame(
    `WITH lines AS MATERIALIZED (
       SELECT source, attrs, resource, service, ${LEVEL_INDEX} AS level, count(*) AS n
       FROM ${lines(range)} WHERE ${condition} GROUP BY ALL),
     sets AS (SELECT hash, sum(n) AS n FROM (SELECT attrs AS hash, n FROM lines UNION ALL SELECT resource, n FROM lines) GROUP BY hash),
     words AS (SELECT hash, any_value(json) AS json FROM ${scope.relation('attributes')} WHERE hash IN (SELECT hash FROM sets) GROUP BY hash),
     pairs AS (SELECT unnest(json_keys(w.json)) AS field, w.json, s.n FROM sets s JOIN words w ON w.hash = s.hash),
     found AS (
       SELECT field, json ->> pointer AS value, json_type(json, pointer) AS type, n
       FROM (SELECT field, json, n, '/' || replace(replace(field, '~', '~0'), '/', '~1') AS pointer FROM pairs)
       UNION ALL SELECT 'service', service, 'VARCHAR', n FROM lines WHERE service <> ''
       UNION ALL SELECT 'level', ${levelName('level')}, 'VARCHAR', n FROM lines WHERE level > 0),
     counted AS (SELECT field, value, any_value(type) AS type, sum(n)::BIGINT AS n FROM found GROUP BY field, value),
     ranked AS (SELECT *, row_number() OVER (PARTITION BY field ORDER BY n DESC, value) AS place FROM counted)
     SELECT field,
       CASE arg_max(type, n) WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'bool' WHEN 'BIGINT' THEN 'number' WHEN 'UBIGINT' THEN 'number'
         WHEN 'DOUBLE' THEN 'number' WHEN 'NULL' THEN 'null' ELSE 'json' END,
       sum(n)::BIGINT AS present, count(value),
       to_json(coalesce(list({'value': value, 'count': n} ORDER BY place) FILTER (place <= ${top} AND value IS NOT NULL), []))
     FROM ranked GROUP BY field ORDER BY present DESC, field LIMIT ${limit + 1}`,
    params,
    COLUMNS,
    { signal },
  )
}
