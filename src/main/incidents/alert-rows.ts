// Alerts of an incident's timeline that clusters.happenings does not tell: those that a Prometheus tells in its ALERTS series.

import type { Completeness } from '../../shared/contract/define.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { type FrameRow, rowAt } from '../../shared/frame/frame.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'

const MOST = 1000

/** Those that no other source tells already: an Alertmanager knows more of the same alert. */
export async function alertMarks(
  engine: EngineContext,
  incident: Incident,
  known: readonly FrameRow[],
  context: CallContext,
): Promise<{ rows: FrameRow[]; completeness: Completeness } | undefined> {
  if (!(await hasMetrics(engine, incident, context.signal))) return undefined
  const { range, sources } = incident
  const { table, completeness } = await engine.call('alerts.marks', { range, sources, limit: MOST }, context)
  const now = engine.platform.clock.now()
  const rows = Array.from({ length: table.rowCount }, (_, i) => rowAt(table, i)).flatMap((row): FrameRow[] => {
    const [from, to] = [row['from'] as bigint, (row['to'] as bigint | null) ?? now]
    const mark = {
      time: from,
      endTime: to,
      lane: 'alert',
      severity: row['severity'] === 'critical' ? 'critical' : 'warning',
      title: row['name'] as string,
      detail: labelText(row['labels'] as string),
      service: row['service'] as string,
      entry: null,
      target: JSON.stringify({
        method: 'metrics.lane',
        input: { query: `ALERTS{alertname=${JSON.stringify(row['name'])}}`, range, sources, width: 1000 },
      }),
    }
    return known.some((other) => isSame(other, mark)) ? [] : [mark]
  })
  return { rows, completeness }
}

/** Without metrics there is nothing to ask for; nor where this engine has none of that. */
async function hasMetrics(engine: EngineContext, { sources }: Incident, signal: AbortSignal): Promise<boolean> {
  if (engine.live.among(sources).some(({ metrics }) => metrics)) return true
  const scope = await engine.telemetry.scope(sources)
  const [found] = await engine.telemetry.rows<{ n: bigint }>(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${scope.relation('series')} WHERE prom_name = 'ALERTS' LIMIT 1)`,
    [],
    { signal },
  )
  return found !== undefined && found.n > 0n
}

const labelText = (json: string): string => {
  const labels: unknown = JSON.parse(json)
  return typeof labels === 'object' && labels !== null
    ? Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')
    : ''
}

/** The same name and service at the same time. */
function isSame(
  other: FrameRow,
  { time, endTime, title, service }: { time: bigint; endTime: bigint; title: string; service: string },
): boolean {
  const name = String(other['title']).split(' ', 1)[0]
  if (other['lane'] !== 'alert' || name !== title || (service !== '' && other['service'] !== service)) return false
  return (other['time'] as bigint) < endTime && ((other['endTime'] as bigint | null) ?? endTime) > time
}
