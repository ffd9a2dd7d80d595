// clusters.happenings: Kubernetes events, alerts and changes, oldest first.

import { parseRange } from '../../shared/base/time.ts'
import { clusters } from '../../shared/contract/clusters.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { readCursor, writeCursor } from './cursor.ts'

export function happeningsHandler(engine: EngineContext): Handlers<'clusters'>['happenings'] {
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const scope = await engine.telemetry.scope(input.sources, range)
    const { cursor, limit, ...question } = input
    const offset = readCursor(cursor, question)
    const conditions: string[] = []
    const params: Array<string | number> = []
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
    }>(
      `SELECT time_ns AS time, end_ns AS "endTime", kind, severity, reason, message, object_kind AS "objectKind", namespace, name, service, count, uid, count(*) OVER () AS total
       FROM ${scope.relation('happenings', range)} ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY time_ns, end_ns, source, kind, uid, reason, message LIMIT ? OFFSET ?`,
      [...params, limit, offset],
      { signal },
    )
    const total = Number(rows[0]?.total ?? 0n)
    const next = offset + rows.length
    const output = clusters.happenings.output
    return {
      table: frameFromRows(output.shape === 'table' ? output.columns : [], rows),
      completeness:
        rows.length < total
          ? { ...scope.completeness, truncated: { returned: rows.length, total } }
          : scope.completeness,
      ...(next < total ? { nextCursor: writeCursor(next, question) } : {}),
    }
  }
}
