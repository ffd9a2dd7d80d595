// Changes that are facts rather than measures: versions, Kubernetes objects, warning events and alerts.

import { poissonZ } from '../../shared/domain/change-score.ts'
import { happeningsIn } from '../storage/telemetry/happenings-sql.ts'
import type { Asked } from './overview.ts'
import type { Windows } from './moves.ts'
import { seconds, spanning, within } from './windows.ts'

export interface VersionChange extends Record<string, unknown> {
  readonly service: string
  readonly before: string
  readonly after: string
  readonly at: bigint
}

/** Values of service.version on a service's spans and logs that the window has and the one before has not. */
export async function versionChanges(asked: Asked, w: Windows): Promise<VersionChange[]> {
  const { store, scope, signal } = asked
  const range = spanning(w.range, w.before)
  const seen = (table: 'spans' | 'logs', time: string) =>
    `SELECT service, resource, min(${time}) FILTER (${within(time, w.range)}) AS first_after, bool_or(${within(time, w.before)}) AS earlier
     FROM ${scope.relation(table, range)} GROUP BY service, resource`
  return store.rows<VersionChange>(
    `WITH seen AS (${seen('spans', 'start_ns')} UNION ALL ${seen('logs', 'time_ns')}),
      words AS (SELECT hash, any_value(coalesce(json ->> '/service.version', json ->> '/container.image.tag')) AS version FROM ${scope.relation('attributes')}
        WHERE hash IN (SELECT resource FROM seen) GROUP BY hash),
      versions AS (SELECT service, version, min(first_after) AS first_after, bool_or(earlier) AS earlier FROM seen JOIN words ON words.hash = seen.resource
        WHERE version IS NOT NULL GROUP BY ALL)
     SELECT service, string_agg(version, ', ' ORDER BY version) FILTER (earlier) AS before, string_agg(version, ', ' ORDER BY first_after) FILTER (NOT earlier) AS after,
       min(first_after) FILTER (NOT earlier) AS at
     FROM versions GROUP BY service HAVING count(*) FILTER (earlier) > 0 AND count(*) FILTER (NOT earlier AND first_after IS NOT NULL) > 0 ORDER BY service`,
    [],
    { signal },
  )
}

export interface ObjectChange extends Record<string, unknown> {
  readonly uid: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly service: string
  readonly before: string
  readonly after: string
  readonly versions: number
  readonly at: bigint
}

/**
 * Objects whose spec (or data) differs from the version before. Pods are left out (they never change, they are
 * replaced), and so are events. An image is named where it changed, otherwise "changed", "created" or "deleted".
 */
export async function objectChanges(asked: Asked, w: Windows): Promise<ObjectChange[]> {
  const { store, scope, signal } = asked
  return store.rows<ObjectChange>(
    `WITH versions AS (SELECT uid, kind, namespace, name, service, time_ns, deleted,
        md5(coalesce(json_extract_string(body, '$.spec'), '') || coalesce(json_extract_string(body, '$.data'), '')) AS content,
        coalesce(array_to_string(json_extract_string(body, '$.spec.template.spec.containers[*].image'), ', '), '') AS image
        FROM ${scope.relation('objects')} WHERE time_ns < ${w.range.to} AND kind NOT IN ('Pod', 'Event', 'ReplicaSet', 'Lease', 'EndpointSlice', 'Endpoints')),
      steps AS (SELECT *, lag(content) OVER o AS old_content, lag(image) OVER o AS old_image, lag(deleted) OVER o AS old_deleted, row_number() OVER o AS number
        FROM versions WINDOW o AS (PARTITION BY uid ORDER BY time_ns)),
      changes AS (SELECT * FROM steps WHERE time_ns >= ${w.range.from} AND ((number = 1 AND time_ns > ${w.range.from}) OR content <> old_content OR deleted <> old_deleted))
     SELECT uid, any_value(kind) AS kind, any_value(namespace) AS namespace, any_value(name) AS name, any_value(service) AS service, count(*)::DOUBLE AS versions, min(time_ns) AS at,
       coalesce(arg_min(CASE WHEN number = 1 THEN '' WHEN image <> old_image THEN old_image ELSE '' END, time_ns), '') AS before,
       coalesce(arg_min(CASE WHEN deleted THEN 'deleted' WHEN number = 1 THEN 'created' WHEN image <> old_image THEN image ELSE 'changed' END, time_ns), '') AS after
     FROM changes GROUP BY uid ORDER BY min(time_ns), uid LIMIT 500`,
    [],
    { signal },
  )
}

export interface EventChange extends Record<string, unknown> {
  readonly reason: string
  readonly service: string
  readonly before: number
  readonly after: number
  readonly z: number
  readonly at: bigint
}

/** Warning events, alerts and change marks per service and reason against the number that the window before leads to expect. */
export async function eventChanges(asked: Asked, w: Windows): Promise<EventChange[]> {
  const { store, scope, signal } = asked
  const rows = await store.rows<{ reason: string; service: string; before: number; after: number; at: bigint }>(
    `SELECT reason, service, (count(*) FILTER (${within('time_ns', w.before)}))::DOUBLE AS before, (count(*) FILTER (${within('time_ns', w.range)}))::DOUBLE AS after,
      min(time_ns) FILTER (${within('time_ns', w.range)}) AS at
     FROM ${happeningsIn(scope, scope.relation('happenings', spanning(w.range, w.before)), undefined)} WHERE severity = 'warning' OR kind = 'alert' GROUP BY reason, service HAVING after > 0 ORDER BY reason, service`,
    [],
    { signal },
  )
  const ratio = seconds(w.range) / seconds(w.before)
  return rows.map((row) => ({ ...row, z: poissonZ(row.after, row.before * ratio) }))
}
