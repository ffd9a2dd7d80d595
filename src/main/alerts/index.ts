// The alerts capability: live alerts beside recorded ones, their groups, silences as guarded actions, incidents from them.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange, tryParseInstant } from '../../shared/base/time.ts'
import { alerts as contract } from '../../shared/contract/alerts.ts'
import { expressionOf, incidentSeverity } from '../../shared/domain/alerts.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { AlertSource, Asking, Told } from '../../shared/domain/live-source.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import type { CallContext, CapabilityModule, EngineContext, Handlers } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import { marksHandler } from './marks.ts'
import { recordedAlerts, type RecordedAlert } from './recorded.ts'
import { Recorder } from './recorder.ts'
import { silenceHandlers } from './silence.ts'

export const alertsModule: CapabilityModule<'alerts'> = {
  name: 'alerts',
  start: (engine) => {
    const recorder = new Recorder(engine)
    engine.onShutdown(() => recorder.close())
    const { list, ...others } = readers(engine, recorder)
    const marks = marksHandler(engine)
    return {
      ...others,
      ...silenceHandlers(engine, recorder),
      list: (input, context) => rankedPage('alerts.list', input, (page) => list(page, context)),
      marks: (input, context) => rankedPage('alerts.marks', input, (page) => marks(page, context)),
    }
  },
}

interface LiveAlerts {
  readonly id: string
  readonly source: AlertSource
}

const liveAlerts = (engine: EngineContext, ids: readonly string[] | undefined): LiveAlerts[] =>
  engine.live.among(ids).flatMap(({ id, alerts }) => (alerts ? [{ id, source: alerts }] : []))

/** Asks each; one that does not answer is named, and the others' answers stand. */
async function gather<T extends Told>(
  live: readonly LiveAlerts[],
  from: string,
  to: string,
  ask: (each: LiveAlerts) => Promise<T>,
): Promise<{ found: Array<{ id: string; told: T }>; completeness: Completeness }> {
  const found: Array<{ id: string; told: T }> = []
  const parts = await Promise.all(
    live.map(async (each) => {
      try {
        const told = await ask(each)
        found.push({ id: each.id, told })
        return told.completeness
      } catch (error) {
        if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
        return { complete: false, missing: [{ source: each.id, from, to, reason: error.message }] }
      }
    }),
  )
  return { found, completeness: uniteCompleteness(parts) }
}

function readers(
  engine: EngineContext,
  recorder: Recorder,
): Pick<Handlers<'alerts'>, 'list' | 'groups' | 'silences' | 'raise'> {
  const { platform, catalog, telemetry } = engine
  const asking = (context: CallContext, view: string): Asking => ({ signal: context.signal, view })

  return {
    async list({ range: asked, sources, state, text, limit }, context) {
      const range = parseRange(asked, platform.clock.now())
      const [from, to] = [formatRfc3339(range.from), formatRfc3339(range.to)]
      const live = liveAlerts(engine, sources)
      const { completeness } = await gather(live, from, to, ({ id, source }) =>
        recorder.look(id, source, asking(context, 'alerts.list')),
      )
      const scope = await telemetry.scope(sources, range)
      const { alerts, gaps } = await recordedAlerts(telemetry, scope, range, context.signal)
      const words = text?.toLowerCase()
      const kept = alerts.filter(
        (each) => (state === undefined || stateOf(each) === state) && (words === undefined || holds(each, words)),
      )
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
      const told = uniteCompleteness([
        scope.completeness,
        completeness,
        { complete: unseen.length === 0, missing: unseen },
      ])
      const rows = kept.slice(0, limit)
      return {
        table: frameFromRows(contract.list.output.columns, rows.map(rowOf)),
        completeness:
          rows.length < kept.length ? { ...told, truncated: { returned: rows.length, total: kept.length } } : told,
      }
    },

    async groups({ sources, receiver }, context) {
      const { found, completeness } = await gather(liveAlerts(engine, sources), '', '', ({ source }) =>
        source.groups(asking(context, 'alerts.groups')),
      )
      return {
        groups: found.flatMap(({ id, told }) =>
          told.groups
            .filter((group) => receiver === undefined || group.receiver === receiver)
            .map((group) => ({
              source: id,
              receiver: group.receiver,
              labels: { ...group.labels },
              fingerprints: [...group.fingerprints],
            })),
        ),
        receivers: found.flatMap(({ id, told }) => told.receivers.map((name) => ({ source: id, name }))),
        completeness,
      }
    },

    async silences({ sources, expired }, context) {
      const { found, completeness } = await gather(liveAlerts(engine, sources), '', '', ({ source }) =>
        source.silences(asking(context, 'alerts.silences')),
      )
      const order = ['active', 'pending', 'expired']
      return {
        silences: found
          .flatMap(({ id, told }) =>
            told.silences.map(({ updatedAt: _updatedAt, ...each }) => ({
              ...each,
              source: id,
              matchers: [...each.matchers],
              startsAt: formatRfc3339(each.startsAt),
              endsAt: formatRfc3339(each.endsAt),
            })),
          )
          .filter((each) => expired || each.state !== 'expired')
          .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.endsAt < b.endsAt ? -1 : 1)),
        completeness,
      }
    },

    async raise({ source, fingerprint, startsAt, severity }, context) {
      const now = platform.clock.now()
      const at = tryParseInstant(startsAt, now)
      const { alerts } = await recordedAlerts(telemetry, await telemetry.scope([source]), undefined, context.signal)
      const found = alerts.find(({ alert }) => alert.fingerprint === fingerprint && alert.startsAt === at)
      if (!found || at === undefined)
        throw new WatchdeckError('not_found', 'There is no such alert.', { hint: 'alerts.list names them all.' })
      const { alert, service, summary, endsAt } = found
      const range = { from: formatRfc3339(at - BEFORE_NS), to: formatRfc3339((endsAt ?? now) + AFTER_NS) }
      const title = [alert.name, service].filter((each) => each !== '').join(': ')
      const incident = await engine.call(
        'incidents.create',
        {
          title: title.slice(0, 300) || 'Alert',
          severity: severity ?? incidentSeverity(alert.labels['severity'] ?? ''),
          range,
          ...(service === '' ? {} : { services: [service] }),
          summary: aboutOf(found).slice(0, 20_000),
          // clocks differ: what is ahead of ours was detected now
          ...(at > now ? {} : { detectedAt: formatRfc3339(at) }),
        },
        context,
      )
      const expression = expressionOf(alert.generatorUrl)
      if (expression !== undefined) {
        const what = { method: 'metrics.lane', input: { query: expression, range, width: 1000 } }
        try {
          await engine.call(
            'incidents.pin',
            { incident: incident.id, what, title: title || summary, lane: true },
            context,
          )
        } catch (error) {
          if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
          // the incident stands without its lane, and says why it has none
          const markdown = `The expression could not be pinned (${error.message}):\n\n\`${expression}\``
          await engine.call('incidents.note', { incident: incident.id, markdown, at: formatRfc3339(at) }, context)
        }
      }
      return await engine.call('incidents.get', { id: incident.id }, context)
    },
  }
}

const BEFORE_NS = 900_000_000_000n
const AFTER_NS = 300_000_000_000n

const stateOf = ({ alert, endsAt }: RecordedAlert): string => (endsAt === undefined ? alert.state : 'ended')

function rowOf(each: RecordedAlert) {
  const { alert } = each
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

/** Labels and links for the summary of an incident, as Markdown. */
function aboutOf({ alert, summary }: RecordedAlert): string {
  const links = [alert.generatorUrl, ...Object.values(alert.annotations)].filter((each) =>
    /^https?:\/\/\S+$/.test(each),
  )
  return [
    summary,
    Object.entries(alert.labels)
      .map(([name, value]) => `- ${name}: \`${value.replaceAll('`', "'")}\``)
      .join('\n'),
    links.map((link) => `<${link}>`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
