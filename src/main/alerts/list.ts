// alerts.list: what fires and waits now, as the live sources tell it, and what was written down of them and of others.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, parseRange, type TimeRange } from '../../shared/base/time.ts'
import { alerts as contract } from '../../shared/contract/alerts.ts'
import { expressionOf, summaryOf } from '../../shared/domain/alerts.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { AlertSource, LiveAlert } from '../../shared/domain/live-source.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { serviceOfLabels } from '../../shared/wire/prometheus-json.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { gather, liveAlerts, within } from './gather.ts'
import { recordedAlerts, type RecordedAlert } from './recorded.ts'
import type { Look, Recorder } from './recorder.ts'
import { eachOnce, type KnownAlert } from './same.ts'

/** What was seen before is told without waiting for who is slow; the look goes on, and is written down when it is there. */
const PATIENCE_MS = 10_000

export function listHandler(engine: EngineContext, recorder: Recorder): Handlers<'alerts'>['list'] {
  const { platform, catalog, telemetry } = engine
  return async ({ range: asked, sources, state, text, limit }, context) => {
    const range = parseRange(asked, platform.clock.now())
    const [from, to] = [formatRfc3339(range.from), formatRfc3339(range.to)]
    const live = liveAlerts(engine, sources)
    const { found, completeness } = await gather(live, from, to, ({ id, source }) =>
      within(
        toldOrNone(source, recorder.look(id, source, { signal: context.signal, view: 'alerts.list' })),
        PATIENCE_MS,
      ),
    )
    const scope = await telemetry.scope(sources, range)
    const { alerts, gaps } = await recordedAlerts(telemetry, scope, range, context.signal)
    const now = new Map(found.map(({ id, told }) => [id, told.alerts]))
    const old = new Set(live.flatMap(({ id }) => (now.has(id) ? [] : [id])))
    const words = text?.toLowerCase()
    const told = [...alerts.map((each) => asNow(each, now.get(each.source) ?? [])), ...pendingOf(now, range)]
    const all = eachOnce(told, old, (id) => catalog.sources.get(id)?.spec?.environment)
    const kept = all
      .sort(newestFirst)
      .filter((each) => (state === undefined || stateOf(each) === state) && (words === undefined || holds(each, words)))
    const unseen = live.flatMap(({ id }) => {
      const first = catalog.sources.get(id)?.from
      const before = first !== undefined && first > from && completeness.missing.every(({ source }) => source !== id)
      return [
        ...(before
          ? [
              {
                source: id,
                from,
                to: [first, to].sort()[0] ?? to,
                reason: 'Alerts that had ended before the first look',
              },
            ]
          : []),
        ...gaps
          .filter(({ source }) => source === id)
          .map((gap) => ({
            source: id,
            from: formatRfc3339(gap.from),
            to: formatRfc3339(gap.to),
            reason: 'Alerts were not looked at',
          })),
      ]
    })
    const seen = uniteCompleteness([
      scope.completeness,
      completeness,
      { complete: unseen.length === 0, missing: unseen },
    ])
    const rows = kept.slice(0, limit)
    return {
      table: frameFromRows(contract.list.output.columns, rows.map(rowOf)),
      completeness:
        rows.length < kept.length ? { ...seen, truncated: { returned: rows.length, total: kept.length } } : seen,
    }
  }
}

/** Those that are recorded already stand in a total order where they began together. */
const newestFirst = ({ alert: a }: KnownAlert, { alert: b }: KnownAlert): number =>
  a.startsAt === b.startsAt ? 0 : a.startsAt > b.startsAt ? -1 : 1

/** A backend without alerts of any kind has told all it has; one that routes alerts and has no such path is another program. */
async function toldOrNone(source: AlertSource, look: Promise<Look>): Promise<Look> {
  try {
    return await look
  } catch (error) {
    const hasNone = error instanceof WatchdeckError && ['not_found', 'unsupported'].includes(error.code)
    if (source.routing || !hasNone) throw error
    return { alerts: [], completeness: { complete: true, missing: [] }, warnings: [], infos: [] }
  }
}

/** They are not written down: nobody was told of them yet. */
export function pendingOf(
  now: ReadonlyMap<string, readonly LiveAlert[]>,
  range: TimeRange | undefined,
): RecordedAlert[] {
  return [...now].flatMap(([source, alerts]) =>
    alerts
      .filter(({ state, startsAt }) => state === 'pending' && (range === undefined || startsAt < range.to))
      .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
      .map((alert) => ({
        source,
        alert,
        service: serviceOfLabels(alert.labels, ''),
        summary: summaryOf(alert),
        version: 0,
        endsAt: undefined,
      })),
  )
}

/** With the value of this moment, and what its server adds to it: what is written down is of when it was first seen. */
function asNow(recorded: RecordedAlert, now: readonly LiveAlert[]): RecordedAlert {
  const { alert, endsAt } = recorded
  if (endsAt !== undefined || alert.value === undefined) return recorded
  const told = now.find(({ fingerprint, startsAt }) => fingerprint === alert.fingerprint && startsAt === alert.startsAt)
  if (told?.value === undefined) return recorded
  return { ...recorded, alert: { ...alert, value: told.value, external: told.external ?? alert.external } }
}

const stateOf = ({ alert, endsAt }: RecordedAlert): string => (endsAt === undefined ? alert.state : 'ended')

function rowOf(each: KnownAlert) {
  const { alert, also } = each
  const rule = also.find(({ endsAt, alert: { value } }) => endsAt === undefined && value !== undefined)
  const value = alert.value ?? rule?.alert.value
  return {
    name: alert.name,
    state: stateOf(each),
    severity: alert.labels['severity'] ?? '',
    service: each.service,
    summary: each.summary,
    startsAt: alert.startsAt,
    endsAt: each.endsAt ?? null,
    silencedBy: JSON.stringify(alert.silencedBy),
    inhibitedBy: JSON.stringify(alert.inhibitedBy),
    receivers: JSON.stringify(alert.receivers),
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    generator: alert.generatorUrl,
    expression:
      expressionOf(alert) ?? also.map((other) => expressionOf(other.alert)).find((text) => text !== undefined) ?? '',
    value: value ?? null,
    also: JSON.stringify(
      also.map((other) => ({
        source: other.source,
        state: stateOf(other),
        startsAt: formatRfc3339(asEpochNs(other.alert.startsAt)),
      })),
    ),
    fingerprint: alert.fingerprint,
    source: each.source,
  }
}

function holds({ alert, service, summary }: RecordedAlert, words: string): boolean {
  const texts = [
    alert.name,
    service,
    summary,
    ...Object.entries(alert.labels).flat(),
    ...Object.values(alert.annotations),
  ]
  return texts.join('\n').toLowerCase().includes(words)
}
