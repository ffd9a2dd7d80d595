// clusters.happenings: Kubernetes events, alerts and changes, oldest first.

import { parseRange } from '../../shared/base/time.ts'
import { clusters } from '../../shared/contract/clusters.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { behind, readCursor, writeCursor } from '../engine/cursor.ts'
import { happeningsIn, toldCount } from '../storage/telemetry/happenings-sql.ts'

/** the order of clusters.happenings, total: rows that are the same in everything shown are numbered */
const ORDER = [
  ['time', 'BIGINT'],
  ['"endTime"', 'BIGINT'],
  ['source', 'INTEGER'],
  ['kind', 'VARCHAR'],
  ['uid', 'VARCHAR'],
  ['reason', 'VARCHAR'],
  ['content', 'UBIGINT'],
  ['copy', 'BIGINT'],
] as const
const ORDERED = ORDER.map(([name]) => name).join(', ')

export function happeningsHandler(engine: EngineContext): Handlers<'clusters'>['happenings'] {
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const scope = await engine.telemetry.scope(input.sources, range, {
      services: input.service === undefined ? undefined : [input.service],
    })
    const { cursor, limit, ...question } = input
    const key = readCursor('clusters.happenings', cursor, question, ORDER.length)
    const conditions: string[] = []
    const params: Array<string | number | bigint> = []
    if (input.kinds !== undefined) {
      conditions.push(input.kinds.length === 0 ? 'false' : `kind IN (${input.kinds.map(() => '?').join(', ')})`)
      params.push(...input.kinds)
    }
    if (input.service !== undefined) {
      conditions.push('service = ?')
      params.push(input.service)
    }
    if (input.text !== undefined && input.text !== '') {
      conditions.push("contains(lower(concat_ws(' ', reason, message, object_kind, namespace, name, service)), ?)")
      params.push(input.text.toLowerCase())
    }
    const rows = await engine.telemetry.rows<{
      total: bigint
      time: bigint
      endTime: bigint
      kind: string
      severity: string
      reason: string
      message: string
      objectKind: string
      namespace: string
      name: string
      service: string
      count: number
      uid: string
      source: number
      content: bigint
      copy: bigint
      place: bigint
    }>(
      `WITH found AS (SELECT source, time_ns AS time, end_ns AS "endTime", kind, severity, reason, message, object_kind AS "objectKind", namespace, name, service,
         ${toldCount('happenings')} AS count, uid,
         hash(severity, message, object_kind, namespace, name, service, count) AS content
       FROM ${happeningsIn(scope, scope.relation('happenings'), range)} happenings ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
       ), numbered AS (
         SELECT *, row_number() OVER (PARTITION BY time, "endTime", source, kind, uid, reason, content) AS copy FROM found
       ), placed AS (SELECT *, count(*) OVER () AS total, row_number() OVER (ORDER BY ${ORDERED}) AS place FROM numbered)
       SELECT * FROM placed WHERE ${behind(ORDER, key)} ORDER BY ${ORDERED} LIMIT ?`,
      [...params, ...(key ?? []), limit],
      { signal },
    )
    const last = rows.at(-1)
    const output = clusters.happenings.output
    return {
      table: frameFromRows(output.shape === 'table' ? output.columns : [], rows),
      completeness:
        // the last page leaves nothing out
        last && last.place < last.total
          ? { ...scope.completeness, truncated: { returned: rows.length, total: Number(last.total) } }
          : scope.completeness,
      ...(last && last.place < last.total
        ? { nextCursor: writeCursor('clusters.happenings', keyOf(last), question) }
        : {}),
    }
  }
}

function keyOf(row: {
  time: bigint
  endTime: bigint
  source: number
  kind: string
  uid: string
  reason: string
  content: bigint
  copy: bigint
}): ReadonlyArray<string | number | bigint> {
  return [row.time, row.endTime, row.source, row.kind, row.uid, row.reason, row.content, row.copy]
}
