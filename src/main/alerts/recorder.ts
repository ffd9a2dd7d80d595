// The history of live alerts: backends tell what fires now and forget what has ended, so every look that finds something
// else than the look before is written down, from the first look on.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import { type AlertVersion, GAP_UID, happeningOf } from '../../shared/domain/alerts.ts'
import type { AlertSource, Asking, LiveAlert, Told } from '../../shared/domain/live-source.ts'
import type { HappeningRow } from '../../shared/domain/telemetry.ts'
import { serviceOfLabels } from '../../shared/wire/prometheus-json.ts'
import type { EngineContext } from '../engine/api.ts'
import { recordedAlerts } from './recorded.ts'

export const LOOK_MS = 30_000
/** Without a look for this long, what happened meanwhile is not known. */
const GAP_NS = 120_000_000_000n
/** Questions of one moment share a look. */
const FRESH_NS = 5_000_000_000n
const SECOND_NS = 1_000_000_000n

export interface Look extends Told {
  readonly alerts: readonly LiveAlert[]
}

interface Watched {
  readonly open: Map<string, AlertVersion>
  /** the newest version of every alert that was seen, by key */
  readonly versions: Map<string, number>
  lookedAt: bigint | undefined
  last: Look | undefined
}

const keyOf = (alert: LiveAlert): string => `${alert.fingerprint} ${alert.startsAt}`
const seenAs = ({ state, silencedBy, inhibitedBy, mutedBy, told }: LiveAlert): string =>
  JSON.stringify([state, silencedBy, [...inhibitedBy, ...mutedBy], `${told}`])

export class Recorder {
  readonly #engine: EngineContext
  readonly #watched = new Map<string, Promise<Watched>>()
  /** looks at one source stand in line: two that write the same edge would count it twice */
  readonly #line = new Map<string, Promise<unknown>>()
  readonly #closed = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(engine: EngineContext) {
    this.#engine = engine
    this.#timer = setInterval(() => void this.#lookAtAll(), LOOK_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#closed.abort()
  }

  async #lookAtAll(): Promise<void> {
    const asking = { signal: this.#closed.signal, view: 'alerts.history' }
    for (const { id, alerts } of this.#engine.live.among(undefined))
      if (alerts)
        this.look(id, alerts, asking).catch((error: unknown) => {
          // the pulse of the source tells it; a backend that is away is no fault of ours
          if (!(error instanceof WatchdeckError)) this.#engine.log.error('alerts could not be recorded', { id, error })
        })
  }

  /** @param fresh even when the last look was a moment ago @throws WatchdeckError when the backend does not answer */
  async look(id: string, source: AlertSource, asking: Asking, fresh = false): Promise<Look> {
    const before = this.#line.get(id) ?? Promise.resolve()
    const mine = before.then(
      () => this.#look(id, source, asking, fresh),
      () => this.#look(id, source, asking, fresh),
    )
    this.#line.set(id, mine)
    return await mine
  }

  /** What the last look of this engine told; nothing where there was none. */
  async lastOf(id: string): Promise<readonly LiveAlert[]> {
    return (await this.#watched.get(id))?.last?.alerts ?? []
  }

  async #look(id: string, source: AlertSource, asking: Asking, fresh: boolean): Promise<Look> {
    const { catalog, platform } = this.#engine
    const before = await this.#watched.get(id)
    const isFresh = before?.lookedAt !== undefined && platform.clock.now() - before.lookedAt < FRESH_NS
    if (!fresh && isFresh && before.last !== undefined) return before.last
    const told = await source.alerts(asking)
    // of a source that does not answer nothing needs to be known
    const watched = await this.#watchedOf(id)
    const { lookedAt } = watched
    const now = platform.clock.now()
    const look = { ...told, alerts: dated(watched.open, told.alerts, now) }
    // what is pending has told nobody anything yet
    const firing = look.alerts.filter(({ state }) => state !== 'pending')
    const rows = this.#edges(watched, firing, told.completeness.complete, lookedAt, now)
    const record = catalog.sources.get(id)
    if (record === undefined || record.state === 'removed') return look
    if (lookedAt !== undefined && now - lookedAt > GAP_NS) rows.push(gap(lookedAt, now))
    if (rows.length > 0) await this.#write(id, rows)
    const counts = { ...record.counts, happenings: record.counts.happenings + rows.length }
    catalog.sources.update(id, {
      ...(record.from === undefined ? { from: formatRfc3339(now) } : {}),
      to: formatRfc3339(now),
      ...(rows.length === 0 ? {} : { counts, rows: (record.rows ?? 0) + rows.length }),
    })
    watched.lookedAt = now
    watched.last = look
    if (rows.length > 0) this.#engine.changed('alerts', id)
    return look
  }

  /** What is new, otherwise than it was, or gone: of an answer with gaps nobody can say what is gone. */
  #edges(
    watched: Watched,
    alerts: readonly LiveAlert[],
    isWhole: boolean,
    lookedAt: bigint | undefined,
    now: bigint,
  ): HappeningRow[] {
    const { open, versions } = watched
    const rows: HappeningRow[] = []
    const note = (alert: LiveAlert, endsAt: bigint | undefined): void => {
      const key = keyOf(alert)
      const version = (versions.get(key) ?? 0) + 1
      versions.set(key, version)
      const made = { alert, version, endsAt }
      if (endsAt === undefined) open.set(key, made)
      else open.delete(key)
      rows.push(happeningOf(made, serviceOfLabels(alert.labels, '')))
    }
    const there = new Set(alerts.map(keyOf))
    // after a gap it may have ended at any time in it: the last time it was seen is what is known
    const ended = lookedAt !== undefined && now - lookedAt > GAP_NS ? lookedAt : now
    for (const [key, { alert }] of [...open])
      if (isWhole && !there.has(key)) note(alert, ended > alert.startsAt ? ended : alert.startsAt + 1n)
    for (const alert of alerts) {
      const known = open.get(keyOf(alert))
      if (known === undefined || seenAs(known.alert) !== seenAs(alert)) note(alert, undefined)
    }
    return rows
  }

  async #write(id: string, rows: readonly HappeningRow[]): Promise<void> {
    const writer = await this.#engine.telemetry.writer(id)
    try {
      await writer.write({ kind: 'happenings', rows })
      await writer.commit()
    } catch (error) {
      // what was noted is not in the store: it is read again from there
      this.#watched.delete(id)
      await writer.rollback()
      this.#engine.log.warn('recorded alerts could not be written', { id, error: String(error) })
      throw error
    }
  }

  #watchedOf(id: string): Promise<Watched> {
    const known = this.#watched.get(id)
    if (known) return known
    const made = this.#recall(id)
    this.#watched.set(id, made)
    made.catch(() => this.#watched.delete(id))
    return made
  }

  /** As the engine before this one left it. */
  async #recall(id: string): Promise<Watched> {
    const { telemetry, catalog } = this.#engine
    const { alerts } = await recordedAlerts(telemetry, await telemetry.scope([id]), undefined, undefined)
    const open = new Map<string, AlertVersion>()
    const versions = new Map<string, number>()
    for (const { alert, version, endsAt } of alerts) {
      versions.set(keyOf(alert), version)
      if (endsAt === undefined) open.set(keyOf(alert), { alert, version, endsAt })
    }
    const lookedAt = tryParseRfc3339(catalog.sources.get(id)?.to ?? '')
    return { open, versions, lookedAt, last: undefined }
  }
}

/**
 * What is told fires now, whatever its start says: the sender's clock may be ahead, and a sender that gives an end alone
 * gets it for the start too. It fires from the first look on, or since it was seen before; so does one whose backend names
 * it by another start, to the second in which a rule's server that was started anew dates it.
 */
function dated(open: ReadonlyMap<string, AlertVersion>, alerts: readonly LiveAlert[], now: bigint): LiveAlert[] {
  const byFingerprint = new Map([...open.values()].map(({ alert }) => [alert.fingerprint, alert]))
  return alerts.map((alert) => {
    const known = byFingerprint.get(alert.fingerprint)
    const told = toldStart(alert)
    const isAhead = alert.startsAt > now
    const isKnown = known !== undefined && alert.state !== 'pending' && (isAhead || isNear(toldStart(known), told))
    const since = isKnown ? known.startsAt : isAhead ? now : alert.startsAt
    return since === alert.startsAt ? alert : { ...alert, startsAt: since, told }
  })
}

const toldStart = ({ told, startsAt }: LiveAlert): bigint => told ?? startsAt
const isNear = (a: bigint, b: bigint): boolean => a - b < SECOND_NS && b - a < SECOND_NS

function gap(from: bigint, to: bigint): HappeningRow {
  return {
    time: from,
    endTime: to,
    kind: 'change',
    severity: 'normal',
    reason: 'NotWatched',
    message: 'Alerts were not looked at in this time: what started and ended in it is not known.',
    objectKind: '',
    namespace: '',
    name: '',
    service: '',
    count: 1,
    uid: GAP_UID,
    attributes: { values: {} },
  }
}
