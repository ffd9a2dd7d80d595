// The v2 API of Alertmanager: one function per endpoint, and the shapes of its answers as ours.
// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { formatRfc3339, tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { SourceSpec } from '../../../shared/contract/source-spec.ts'
import type {
  AlertGroup,
  AlertMatcher,
  Asking,
  LiveAlert,
  LiveSilence,
  SilenceDraft,
} from '../../../shared/domain/live-source.ts'
import type { ConnectorServices } from '../../platform/connector.ts'
import type { Tunnel } from '../common/dispatcher.ts'
import { Failure } from '../common/failures.ts'
import { type HttpQuestion, HttpSource } from '../common/http.ts'
import { collect, notAnAnswer, readJson } from '../common/spans.ts'

const SMALL = 1_048_576
export const PRODUCT = 'Alertmanager'
type Fields = Readonly<Record<string, unknown>>

export interface Listed<T> {
  readonly items: readonly T[]
  /** entries that are none */
  readonly unread: number
}

export class AlertmanagerClient {
  readonly http: HttpSource
  /** server minus local clock, ms; undefined until an answer said its time */
  skewMs: number | undefined

  constructor(spec: SourceSpec, services: ConnectorServices, changed: () => void, tunnel: Tunnel | undefined) {
    this.http = new HttpSource(spec, services, { explain, changed, tunnel })
  }

  async alerts(asking: Asking): Promise<Listed<LiveAlert>> {
    return listed(await this.#ask({ path: 'alerts' }, asking), alertOf)
  }

  async groups(asking: Asking): Promise<Listed<AlertGroup>> {
    return listed(await this.#ask({ path: 'alerts/groups' }, asking), groupOf)
  }

  async receivers(asking: Asking): Promise<Listed<string>> {
    return listed(await this.#ask({ path: 'receivers' }, asking), (each) => text(each['name']) || undefined)
  }

  async silences(asking: Asking): Promise<Listed<LiveSilence>> {
    return listed(await this.#ask({ path: 'silences' }, asking), silenceOf)
  }

  /** @returns the id of the silence */
  async silence(draft: SilenceDraft, asking: Asking): Promise<string> {
    const { matchers, creator, comment, startsAt, endsAt } = draft
    const json = {
      matchers,
      createdBy: creator,
      comment,
      startsAt: formatRfc3339(startsAt),
      endsAt: formatRfc3339(endsAt),
    }
    const answer = fields(await this.#ask({ path: 'silences', method: 'POST', idempotent: false, json }, asking))
    const id = text(answer['silenceID'])
    if (id === '') throw notAnAnswer(PRODUCT, 'a silence without an id').error
    return id
  }

  async expire(id: string, asking: Asking): Promise<void> {
    const path = `silence/${encodeURIComponent(id)}`
    await this.http.ask(
      { path: `api/v2/${path}`, params: this.#params(), method: 'DELETE', idempotent: false },
      asking,
      async (_head, body) => void (await collect(body, SMALL)),
    )
  }

  async status(asking: Asking): Promise<Fields> {
    return fields(await this.#ask({ path: 'status' }, asking))
  }

  #ask(question: HttpQuestion, asking: Asking): Promise<unknown> {
    const whole = { ...question, path: `api/v2/${question.path}`, params: this.#params() }
    return this.http.ask(whole, asking, async (head, body) => {
      if (head.serverTime !== undefined) this.skewMs = head.serverTime - Date.now()
      return await readJson(body, PRODUCT)
    })
  }

  #params(): URLSearchParams {
    return new URLSearchParams(this.http.spec.params)
  }
}

/** Refusals are a JSON text, or an object with a message when the shape is wrong. */
function explain(status: number, body: string): Failure | undefined {
  if (![400, 404, 422, 500].includes(status)) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return undefined
  }
  const said = (typeof parsed === 'string' ? parsed : text(fields(parsed)['message'])).trim().slice(0, 1000)
  if (said === '') return undefined
  // versions before 0.26 answer 500 for a silence that is not there or has ended
  const isGone = /silence (?:.* )?(?:not found|already expired)/i.test(said)
  if (status === 500 && !isGone) return undefined
  return new Failure(new WatchdeckError(status === 404 || isGone ? 'not_found' : 'invalid_input', said))
}

/** @throws Failure for what is no list, or has nothing of it */
function listed<T>(answer: unknown, read: (each: Fields) => T | undefined): Listed<T> {
  if (!Array.isArray(answer)) throw notAnAnswer(PRODUCT, 'no list').error
  const items = answer.flatMap((each: unknown) => read(fields(each)) ?? [])
  if (items.length === 0 && answer.length > 0) throw notAnAnswer(PRODUCT, 'a list of something else').error
  return { items, unread: answer.length - items.length }
}

function alertOf(alert: Fields): LiveAlert | undefined {
  const fingerprint = text(alert['fingerprint'])
  const startsAt = timeOf(alert['startsAt'])
  if (fingerprint === '' || startsAt === undefined) return undefined
  const labels = textsByName(alert['labels'])
  const status = fields(alert['status'])
  const [silencedBy, inhibitedBy, mutedBy] = ['silencedBy', 'inhibitedBy', 'mutedBy'].map((name) => texts(status[name]))
  return {
    fingerprint,
    name: labels['alertname'] ?? '',
    labels,
    annotations: textsByName(alert['annotations']),
    // unprocessed: it has just come, and will be told
    state: text(status['state']) === 'suppressed' ? 'suppressed' : 'active',
    startsAt,
    silencedBy: silencedBy ?? [],
    inhibitedBy: inhibitedBy ?? [],
    mutedBy: mutedBy ?? [],
    receivers: list(alert['receivers']).map((each) => text(fields(each)['name'])),
    generatorUrl: text(alert['generatorURL']),
  }
}

function groupOf(group: Fields): AlertGroup | undefined {
  if (!Array.isArray(group['alerts'])) return undefined
  return {
    receiver: text(fields(group['receiver'])['name']),
    labels: textsByName(group['labels']),
    fingerprints: list(group['alerts']).map((each) => text(fields(each)['fingerprint'])),
  }
}

function silenceOf(silence: Fields): LiveSilence | undefined {
  const id = text(silence['id'])
  const [startsAt, endsAt] = [timeOf(silence['startsAt']), timeOf(silence['endsAt'])]
  if (id === '' || startsAt === undefined || endsAt === undefined) return undefined
  const state = text(fields(silence['status'])['state'])
  return {
    id,
    state: state === 'active' || state === 'pending' ? state : 'expired',
    matchers: list(silence['matchers']).map(matcherOf),
    creator: text(silence['createdBy']),
    comment: text(silence['comment']),
    startsAt,
    endsAt,
    updatedAt: timeOf(silence['updatedAt']) ?? startsAt,
  }
}

/** Before 0.22 there is no `isEqual`: it means equal. */
function matcherOf(value: unknown): AlertMatcher {
  const matcher = fields(value)
  return {
    name: text(matcher['name']),
    value: text(matcher['value']),
    isRegex: matcher['isRegex'] === true,
    isEqual: matcher['isEqual'] !== false,
  }
}

const FAR = 1n << 62n
/** What no int64 column can hold (the year 1 of Go's zero time) is no time. */
function timeOf(value: unknown): bigint | undefined {
  const at = tryParseRfc3339(text(value))
  return at === undefined || at < -FAR || at > FAR ? undefined : at
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const texts = (value: unknown): string[] => list(value).filter((each) => typeof each === 'string')
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
const textsByName = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(fields(value)).map(([name, each]) => [name, text(each)]))
