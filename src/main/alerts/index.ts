// The alerts capability: live alerts beside recorded ones, their groups, silences as guarded actions, incidents from them.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, tryParseInstant } from '../../shared/base/time.ts'
import { expressionOf, incidentSeverity } from '../../shared/domain/alerts.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { CallContext, CapabilityModule, EngineContext, Handlers } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { gather, routings } from './gather.ts'
import { listHandler, pendingOf } from './list.ts'
import { marksHandler } from './marks.ts'
import { recordedAlerts, type RecordedAlert } from './recorded.ts'
import { Recorder } from './recorder.ts'
import { silenceHandlers } from './silence.ts'

export const alertsModule: CapabilityModule<'alerts'> = {
  name: 'alerts',
  start: (engine) => {
    const recorder = new Recorder(engine)
    engine.onShutdown(() => recorder.close())
    const list = listHandler(engine, recorder)
    const marks = marksHandler(engine)
    return {
      ...readers(engine, recorder),
      ...silenceHandlers(engine, recorder),
      list: (input, context) => rankedPage('alerts.list', input, (page) => list(page, context)),
      marks: (input, context) => rankedPage('alerts.marks', input, (page) => marks(page, context)),
    }
  },
}

function readers(engine: EngineContext, recorder: Recorder): Pick<Handlers<'alerts'>, 'groups' | 'silences' | 'raise'> {
  const { platform, telemetry } = engine
  const asking = (context: CallContext, view: string): Asking => ({ signal: context.signal, view })

  return {
    async groups({ sources, receiver }, context) {
      const { found, completeness } = await gather(routings(engine, sources), '', '', ({ source }) =>
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
      const { found, completeness } = await gather(routings(engine, sources), '', '', ({ source }) =>
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
      const waiting = pendingOf(new Map([[source, await recorder.lastOf(source)]]), undefined)
      const found = [...alerts, ...waiting].find(
        ({ alert }) => alert.fingerprint === fingerprint && alert.startsAt === at,
      )
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
          sources: sourcesFor(engine, source, range),
          ...(service === '' ? {} : { services: [service] }),
          summary: aboutOf(found).slice(0, 20_000),
          // clocks differ: what is ahead of ours was detected now
          ...(at > now ? {} : { detectedAt: formatRfc3339(at) }),
        },
        context,
      )
      const expression = expressionOf(alert)
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

/** Who can know of it: live sources of the same environment, and what is held of that time. */
function sourcesFor({ catalog }: EngineContext, source: string, range: { from: string; to: string }): string[] {
  const own = catalog.sources.get(source)?.spec?.environment
  const isNear = ({ spec, from, to }: SourceRecord): boolean => {
    if (spec) return own === undefined || spec.environment === undefined || spec.environment === own
    return from !== undefined && to !== undefined && isWithin(from, to, range)
  }
  return catalog.sources
    .list()
    .filter((each) => each.id === source || (each.state === 'ready' && isNear(each)))
    .map(({ id }) => id)
}

function isWithin(from: string, to: string, range: { from: string; to: string }): boolean {
  const [a, b, c, d] = [from, to, range.from, range.to].map((text) => tryParseInstant(text, asEpochNs(0n)))
  return a !== undefined && b !== undefined && c !== undefined && d !== undefined && a < d && b > c
}

const BEFORE_NS = 900_000_000_000n
const AFTER_NS = 300_000_000_000n

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
