// Alerts out of the store: what was recorded of live backends, what imports, demos and opened incident files hold.

import type { TimeRange } from '../../shared/base/time.ts'
import { ALERT_UID, GAP_UID, isOpenEnd } from '../../shared/domain/alerts.ts'
import type { LiveAlert } from '../../shared/domain/live-source.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { toldHappeningsIn } from '../storage/telemetry/happenings-sql.ts'

export interface RecordedAlert {
  readonly source: string
  readonly alert: LiveAlert
  readonly service: string
  readonly summary: string
  readonly version: number
  /** undefined while it fires, as far as was seen */
  readonly endsAt: bigint | undefined
}

export interface Gap {
  readonly source: string
  readonly from: bigint
  readonly to: bigint
}

/** Those that fired at any time of the range (default: all), the newest version of each. */
export async function recordedAlerts(
  telemetry: TelemetryStore,
  scope: Scope,
  range: TimeRange | undefined,
  signal: AbortSignal | undefined,
): Promise<{ alerts: RecordedAlert[]; gaps: Gap[] }> {
  const rows = await telemetry.rows<{
    source: number
    time: bigint
    until: bigint
    kind: string
    reason: string
    message: string
    service: string
    count: number
    uid: string
    json: string | null
  }>(
    // an alert of long ago may still fire: there is no bound on when it started
    `WITH found AS (SELECT * FROM ${toldHappeningsIn(scope.relation('happenings'), range)} WHERE kind = 'alert' OR uid = '${GAP_UID}')
     SELECT t.source, t.time_ns AS time, t.end_ns AS until, t.kind, t.reason, t.message, t.service, t.count, t.uid, a.json
     FROM found t LEFT JOIN ${scope.relation('attributes')} a ON a.source = t.source AND a.hash = t.attrs
     ORDER BY t.time_ns DESC, t.source, t.uid, t.reason, t.attrs`,
    [],
    { signal },
  )
  const alerts: RecordedAlert[] = []
  const gaps: Gap[] = []
  for (const row of rows) {
    const source = scope.sourceId(Number(row.source))
    if (row.kind !== 'alert') gaps.push({ source, from: row.time, to: row.until })
    else
      alerts.push({
        source,
        alert: alertOf(row),
        service: row.service,
        summary: row.message,
        version: Number(row.count),
        endsAt: isOpenEnd(row.until) ? undefined : row.until,
      })
  }
  return { alerts, gaps }
}

function alertOf(row: { time: bigint; reason: string; uid: string; json: string | null }): LiveAlert {
  const values = fieldsOf(row.json === null ? {} : JSON.parse(row.json))
  const told = values['alert.labels'] !== undefined
  const { state: _state, ...plain } = values
  const labels = textsOf(told ? values['alert.labels'] : plain)
  return {
    fingerprint: row.uid.startsWith(ALERT_UID)
      ? row.uid.slice(ALERT_UID.length)
      : JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    name: row.reason,
    labels,
    ...(values['alert.external'] === undefined ? {} : { external: textsOf(values['alert.external']) }),
    annotations: textsOf(values['alert.annotations']),
    state: values['alert.state'] === 'suppressed' ? 'suppressed' : 'active',
    startsAt: row.time,
    ...(typeof values['alert.told'] === 'string' ? { told: BigInt(values['alert.told']) } : {}),
    ...(typeof values['alert.expression'] === 'string' ? { expression: values['alert.expression'] } : {}),
    ...(typeof values['alert.value'] === 'string' ? { value: Number(values['alert.value']) } : {}),
    silencedBy: listOf(values['alert.silencedBy']),
    inhibitedBy: listOf(values['alert.inhibitedBy']),
    mutedBy: [],
    receivers: listOf(values['alert.receivers']),
    generatorUrl: typeof values['alert.generator'] === 'string' ? values['alert.generator'] : '',
  }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, each]) => (typeof each === 'string' ? [[name, each]] : [])),
  )
const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
