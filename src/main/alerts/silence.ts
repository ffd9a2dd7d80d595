// Silences as guarded actions: a plan says what it mutes, only a plan is carried out, the backend is asked whether it holds,
// and the audit keeps what was meant and what came of it. The undo is the backend's own: a silence can be ended.

import { randomUUID } from 'node:crypto'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339, tryParseDuration } from '../../shared/base/time.ts'
import type {
  AlertMatcher,
  AlertRouting,
  AlertSource,
  LiveAlert,
  LiveSilence,
  SilenceDraft,
} from '../../shared/domain/live-source.ts'
import { zActions } from '../../shared/contract/alerts.ts'
import { anchoredRegex } from '../../shared/promql/matchers.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { recordedAlerts } from './recorded.ts'
import type { Recorder } from './recorder.ts'

const DAY_NS = 86_400_000_000_000n
const PLAN_NS = 600_000_000_000n
const LONGEST_NS = 365n * DAY_NS

interface Plan {
  readonly source: string
  readonly draft: SilenceDraft
  readonly madeAt: bigint
  readonly mutes: number
}

/** @throws WatchdeckError `invalid_input` for a regex that is none */
export function isMuted(matchers: readonly AlertMatcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, value, isRegex, isEqual }) => {
    const own = labels[name] ?? ''
    return (isRegex ? anchoredRegex(value).matches(own) : own === value) === isEqual
  })
}

export function silenceHandlers(
  engine: EngineContext,
  recorder: Recorder,
): Pick<Handlers<'alerts'>, 'planSilence' | 'silence' | 'expire' | 'actions'> {
  const { platform, catalog, telemetry } = engine
  const plans = new Map<string, Plan>()

  const sourceOf = (id: string): { backend: AlertRouting; told: AlertSource } => {
    const told = engine.live.among([id])[0]?.alerts
    if (told?.routing && catalog.sources.get(id)?.state === 'ready') return { backend: told.routing, told }
    throw new WatchdeckError('invalid_input', 'This source has no silences.', {
      hint: 'Name an Alertmanager that is switched on.',
    })
  }
  const audit = (action: string, subject: string, detail: unknown): void =>
    catalog.audit.append({ at: formatRfc3339(platform.clock.now()), actor: 'local', action, subject, detail })

  /** Whatever becomes of it, it is in the audit before and after. */
  const guarded = async <T>(action: string, source: string, detail: object, run: () => Promise<T>): Promise<T> => {
    audit(action, source, { ...detail, outcome: 'begun' })
    try {
      const done = await run()
      audit(action, source, { ...detail, outcome: 'done' })
      return done
    } catch (error) {
      audit(action, source, { ...detail, outcome: 'failed', error: error instanceof Error ? error.message : '' })
      throw error
    } finally {
      engine.changed('alerts', source)
    }
  }

  return {
    async planSilence({ source, matchers, lasts, creator, comment }, { signal }) {
      const { told } = sourceOf(source)
      if (isMuted(matchers, {}))
        throw new WatchdeckError('invalid_input', 'This would mute every alert: no label has to be there.', {
          hint: 'Add a condition that an alert without labels does not meet.',
        })
      const length = typeof lasts === 'number' ? BigInt(lasts) : (tryParseDuration(lasts) ?? 0n)
      const now = platform.clock.now()
      if (length <= 0n || length > LONGEST_NS)
        throw new WatchdeckError('invalid_input', 'A silence lasts between a moment and a year.')
      const draft = { matchers, creator, comment, startsAt: now, endsAt: now + length }
      const look = await recorder.look(source, told, { signal, view: 'alerts.planSilence' }, true)
      const day = { from: asEpochNs(now - DAY_NS), to: now }
      const { alerts, gaps } = await recordedAlerts(telemetry, await telemetry.scope([source]), day, signal)
      const muted = (all: readonly LiveAlert[]) => all.filter(({ labels }) => isMuted(matchers, labels)).map(toldOf)
      const mutedNow = muted(look.alerts)
      for (const [id, { madeAt }] of plans) if (now - madeAt > PLAN_NS) plans.delete(id)
      const plan = randomUUID()
      plans.set(plan, { source, draft, madeAt: now, mutes: mutedNow.length })
      const dayFrom = formatRfc3339(day.from)
      const first = catalog.sources.get(source)?.from
      const missing = [
        ...(first !== undefined && first > dayFrom
          ? [{ source, from: dayFrom, to: first, reason: 'Alerts that had ended before the first look' }]
          : []),
        ...gaps.map((gap) => ({
          source,
          from: formatRfc3339(gap.from),
          to: formatRfc3339(gap.to),
          reason: 'Alerts were not looked at',
        })),
      ]
      return {
        plan,
        endsAt: formatRfc3339(draft.endsAt),
        now: mutedNow,
        lastDay: muted(alerts.map(({ alert }) => alert)),
        isLong: length > DAY_NS,
        completeness: { complete: missing.length === 0, missing },
      }
    },

    async silence({ plan: id, confirmLong }, { signal }) {
      const plan = plans.get(id)
      const now = platform.clock.now()
      if (!plan || now - plan.madeAt > PLAN_NS)
        throw new WatchdeckError('conflict', 'There is no such plan, or it is older than ten minutes.', {
          hint: 'Look once more at what it would mute.',
        })
      const { source, draft } = plan
      if (draft.endsAt - draft.startsAt > DAY_NS && !confirmLong)
        throw new WatchdeckError('invalid_input', 'A silence of more than a day has to be confirmed a second time.', {
          hint: 'Say confirmLong, or choose an earlier end.',
        })
      const { backend } = sourceOf(source)
      // carried out once, whatever comes of it
      plans.delete(id)
      const asking = { signal, view: 'alerts.silence' }
      const endsAt = formatRfc3339(draft.endsAt)
      const detail = {
        matchers: draft.matchers,
        creator: draft.creator,
        comment: draft.comment,
        endsAt,
        mutes: plan.mutes,
      }
      return await guarded('alerts.silence', source, detail, async () => {
        let made: string | undefined
        let reason: unknown
        try {
          made = await backend.silence(draft, asking)
        } catch (error) {
          // it may have been taken although no answer came: only the backend knows
          if (!(error instanceof WatchdeckError && ['unavailable', 'timeout'].includes(error.code))) throw error
          reason = error
        }
        const { silences } = await backend.silences(asking)
        const holds = silences.find((each) => (made === undefined ? isSame(each, draft) : each.id === made))
        if (!holds || holds.state === 'expired')
          throw reason ?? new WatchdeckError('unavailable', 'The backend took the silence, but does not show it.')
        return { source, id: holds.id, endsAt }
      })
    },

    async actions({ limit, source }) {
      const lines = catalog.audit
        .list('alerts.', 10_000)
        .filter((line) => source === undefined || line.subject === source)
      const actions = zActions.parse(
        lines.slice(0, limit).map(({ at, action, subject, detail }) => ({
          at,
          action,
          source: subject,
          ...(typeof detail === 'object' ? detail : {}),
        })),
      )
      return { actions }
    },

    async expire({ source, id }, { signal }) {
      const { backend } = sourceOf(source)
      const asking = { signal, view: 'alerts.expire' }
      const known = (await backend.silences(asking)).silences.find((each) => each.id === id)
      if (!known) throw new WatchdeckError('not_found', 'There is no such silence.')
      if (known.state === 'expired') throw new WatchdeckError('conflict', 'The silence has ended already.')
      const { matchers, creator, comment } = known
      await guarded('alerts.expire', source, { id, matchers, creator, comment }, async () => {
        await backend.expire(id, asking)
        const after = (await backend.silences(asking)).silences.find((each) => each.id === id)
        if (after && after.state !== 'expired')
          throw new WatchdeckError('unavailable', 'The backend still shows the silence as active.')
      })
      return { ok: true as const }
    },
  }
}

const toldOf = (alert: LiveAlert) => ({
  fingerprint: alert.fingerprint,
  name: alert.name,
  summary: alert.annotations['summary'] ?? '',
  labels: { ...alert.labels },
  startsAt: formatRfc3339(alert.startsAt),
})

function isSame(silence: LiveSilence, draft: SilenceDraft): boolean {
  const spell = ({ matchers, creator, comment }: SilenceDraft) =>
    JSON.stringify([matchers.map((m) => `${m.name}${m.isEqual}${m.isRegex}${m.value}`).sort(), creator, comment])
  // backends keep milliseconds
  const apart = silence.endsAt - draft.endsAt
  return spell(silence) === spell(draft) && apart < 1_000_000n && apart > -1_000_000n
}
