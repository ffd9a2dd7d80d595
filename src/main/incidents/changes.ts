// The changes of an incident's objects: workloads whose pod template or configuration changed. A cluster often tells the
// same change twice, once by the object and once by an event about it: the object's own is kept, with the event's words.

import { NS_PER_S, parseRange } from '../../shared/base/time.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import type { FrameRow } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

export interface ObjectChange {
  readonly time: bigint
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly service: string
  /** image before and after; null where there is none */
  readonly before: string | null
  readonly after: string | null
  readonly range: Incident['range']
  /** what an event about it said */
  message: string
}

/** More than a person can look at; what is behind it is counted. */
const MOST = 2000
/** An event about a change comes within this of the object's new version. */
const SAME_NS = 60n * NS_PER_S

/** The changes that an on-call asks for first, oldest first; `unread` = how many more there were. */
export async function objectChanges(
  engine: EngineContext,
  incident: Incident,
  context: CallContext,
): Promise<{ rows: ObjectChange[]; unread: number }> {
  const range = parseRange(incident.range, engine.platform.clock.now())
  const scope = await engine.telemetry.scope(incident.sources, range)
  const rows = await engine.telemetry.rows<Omit<ObjectChange, 'range' | 'message'> & { total: bigint }>(
    `WITH versions AS (
       SELECT time_ns, kind, namespace, name, uid, service,
         CASE WHEN kind = 'ConfigMap' THEN json_extract_string(body, '$.data') ELSE json_extract_string(body, '$.spec.template') END AS content,
         CASE WHEN kind = 'ConfigMap' THEN NULL ELSE json_extract_string(body, '$.spec.template.spec.containers[0].image') END AS image
       FROM ${scope.relation('objects')} o WHERE kind IN ('Deployment', 'StatefulSet', 'DaemonSet', 'ConfigMap') AND NOT deleted),
     steps AS (SELECT *, lag(content) OVER w AS old_content, lag(image) OVER w AS old_image
       FROM versions WINDOW w AS (PARTITION BY uid ORDER BY time_ns))
     SELECT time_ns AS time, kind, namespace, name, uid, service, old_image AS before, image AS after, count(*) OVER () AS total
     FROM steps
     WHERE old_content IS NOT NULL AND content IS DISTINCT FROM old_content AND time_ns >= $1 AND time_ns < $2
     ORDER BY time_ns, uid LIMIT ${MOST}`,
    [range.from, range.to],
    { signal: context.signal },
  )
  return {
    rows: rows.map(({ total: _, ...row }) => ({ ...row, range: incident.range, message: '' })),
    unread: Number(rows[0]?.total ?? 0n) - rows.length,
  }
}

/** The happenings (rows of `clusters.happenings`) that tell nothing an object's change tells; their words go to it. */
export function withoutDoubles(happenings: readonly FrameRow[], changes: readonly ObjectChange[]): FrameRow[] {
  const byObject = Map.groupBy(changes, (c) => objectKey(c.kind, c.namespace, c.name))
  return happenings.filter((row) => {
    if (row['kind'] !== 'change') return true
    const key = objectKey(row['objectKind'] as string, row['namespace'] as string, row['name'] as string)
    const time = row['time'] as bigint
    const near = (byObject.get(key) ?? [])
      .map((change) => ({ change, away: change.time > time ? change.time - time : time - change.time }))
      .filter(({ away }) => away <= SAME_NS)
      .sort((a, b) => (a.away < b.away ? -1 : 1))[0]
    if (!near) return true
    near.change.message ||= row['message'] as string
    return false
  })
}

const objectKey = (kind: string, namespace: string, name: string): string => `${kind}\n${namespace}\n${name}`

export function changeRow({ kind, name, before, after, ...change }: ObjectChange): FrameRow {
  const image = before !== after && after !== null
  return {
    time: change.time,
    endTime: null,
    lane: 'change',
    severity: 'normal',
    title: image ? `${kind}/${name} ${tagOf(before)} → ${tagOf(after)}` : `${kind}/${name}`,
    detail: change.message || (image ? `${before} → ${after}` : ''),
    service: change.service,
    entry: null,
    target: JSON.stringify({ method: 'clusters.object', input: { uid: change.uid, range: change.range } }),
  }
}

const tagOf = (image: string | null): string => image?.split('/').at(-1)?.split(':').at(-1) ?? '?'
