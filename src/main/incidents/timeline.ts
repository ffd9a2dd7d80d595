// Everything of an incident in one table by time: what people wrote, and what happened to the systems meanwhile.

import { parseRange, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { incidents as contract, type Entry, type Incident } from '../../shared/contract/incidents.ts'
import { type FrameRow, frameFromRows, rowAt } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

const COLUMNS = contract.timeline.output.columns

/** lane: stage | note | pin | alert | change | k8s-event */
export async function timeline(
  engine: EngineContext,
  incident: Incident,
  limit: number,
  context: CallContext,
): Promise<TableAnswer> {
  const asked = incident.sources.length > 0
  const happenings = asked
    ? await engine.call(
        'clusters.happenings',
        { range: incident.range, sources: incident.sources, limit: 10_000 },
        context,
      )
    : undefined
  const rows: FrameRow[] = engine.catalog.entries.list(incident.id).map(entryRow)
  if (happenings) {
    const { table } = happenings
    for (let i = 0; i < table.rowCount; i++) rows.push(happeningRow(rowAt(table, i)))
  }
  if (asked) rows.push(...(await rollouts(engine, incident, context)))
  rows.sort((a, b) => compareBig(a['time'] as bigint, b['time'] as bigint))
  const completeness = happenings?.completeness ?? { complete: true, missing: [] }
  const cut = rows.length > limit
  // happenings that were not even read count as well
  const unread = completeness.truncated
  const total = rows.length + (unread?.total === undefined ? 0 : unread.total - unread.returned)
  return {
    // what people wrote is never cut
    table: frameFromRows(COLUMNS, cut ? keepImportant(rows, limit) : rows),
    completeness: cut
      ? { ...completeness, complete: false, truncated: { returned: limit, total } }
      : unread
        ? { ...completeness, truncated: { returned: rows.length, total } }
        : completeness,
  }
}

function entryRow(entry: Entry): FrameRow {
  const firstLine = entry.markdown.split('\n', 1)[0] ?? ''
  return {
    time: tryParseRfc3339(entry.at) as bigint,
    endTime: null,
    lane: entry.kind,
    severity: 'normal',
    title: entry.title || firstLine || entry.what?.method || entry.kind,
    detail: entry.markdown,
    service: '',
    entry: entry.id,
    target: entry.what === null ? null : JSON.stringify(entry.what),
  }
}

function happeningRow(row: FrameRow): FrameRow {
  const name = row['name'] as string
  return {
    time: row['time'] as bigint,
    endTime: (row['endTime'] as bigint) > (row['time'] as bigint) ? (row['endTime'] as bigint) : null,
    lane: row['kind'] as string,
    severity: row['severity'] as string,
    title: name === '' ? (row['reason'] as string) : `${row['reason']} ${row['objectKind']}/${name}`,
    detail: row['message'] as string,
    service: row['service'] as string,
    entry: null,
    target: row['uid'] === '' ? null : JSON.stringify({ method: 'clusters.object', input: { uid: row['uid'] } }),
  }
}

/** Workloads whose pod template or configuration changed within the range: the changes that an on-call asks for first. */
async function rollouts(engine: EngineContext, incident: Incident, context: CallContext): Promise<FrameRow[]> {
  const range = parseRange(incident.range, engine.platform.clock.now())
  const scope = await engine.telemetry.scope(incident.sources, range)
  const rows = await engine.telemetry.rows<{
    time_ns: bigint
    kind: string
    name: string
    uid: string
    service: string
    before: string | null
    after: string | null
  }>(
    `WITH versions AS (
       SELECT time_ns, kind, namespace, name, uid, service,
         CASE WHEN kind = 'ConfigMap' THEN json_extract_string(body, '$.data') ELSE json_extract_string(body, '$.spec.template') END AS content,
         CASE WHEN kind = 'ConfigMap' THEN NULL ELSE json_extract_string(body, '$.spec.template.spec.containers[0].image') END AS image
       FROM ${scope.relation('objects')} o WHERE kind IN ('Deployment', 'StatefulSet', 'DaemonSet', 'ConfigMap') AND NOT deleted),
     steps AS (SELECT *, lag(content) OVER w AS old_content, lag(image) OVER w AS old_image
       FROM versions WINDOW w AS (PARTITION BY uid ORDER BY time_ns))
     SELECT time_ns, kind, name, uid, service, old_image AS before, image AS after FROM steps
     WHERE old_content IS NOT NULL AND content IS DISTINCT FROM old_content AND time_ns >= $1 AND time_ns < $2
     ORDER BY time_ns, uid LIMIT 2000`,
    [range.from, range.to],
    { signal: context.signal },
  )
  return rows.map((row) => ({
    time: row.time_ns,
    endTime: null,
    lane: 'change',
    severity: 'normal',
    title:
      row.before !== row.after && row.after !== null
        ? `${row.kind}/${row.name} ${tagOf(row.before)} → ${tagOf(row.after)}`
        : `${row.kind}/${row.name}`,
    detail: row.before !== row.after && row.after !== null ? `${row.before} → ${row.after}` : '',
    service: row.service,
    entry: null,
    target: JSON.stringify({ method: 'clusters.object', input: { uid: row.uid, range: incident.range } }),
  }))
}

const tagOf = (image: string | null): string => image?.split('/').at(-1)?.split(':').at(-1) ?? '?'

/** What people wrote is never cut; then alerts, changes and warnings, then the rest. */
function keepImportant(rows: readonly FrameRow[], limit: number): FrameRow[] {
  const weight = (row: FrameRow) =>
    row['entry'] !== null
      ? 3
      : row['lane'] === 'alert' || row['lane'] === 'change'
        ? 2
        : row['severity'] === 'warning'
          ? 1
          : 0
  return [...rows]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, Math.max(limit, rows.filter((row) => row['entry'] !== null).length))
    .sort((a, b) => compareBig(a['time'] as bigint, b['time'] as bigint))
}

const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
