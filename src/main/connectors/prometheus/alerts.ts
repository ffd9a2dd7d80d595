// What a Prometheus, or a ruler that answers as it does, fires now and holds back as pending. It tells since when a
// condition holds; when it began to fire, and by which expression, is the rule's to tell.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asEpochNs } from '../../../shared/base/time.ts'
import { ruleFingerprint } from '../../../shared/domain/alerts.ts'
import type { AlertSource, Asking, LiveAlert, LiveRule, Told } from '../../../shared/domain/live-source.ts'
import { toldOf } from '../common/spans.ts'
import type { PromClient } from './client.ts'
import { fields, rulesOf, text, textsOf, timeOf } from './server.ts'

/** Rules change seldom, and may be many: they are asked for again when an alert has a new name, or after this long. */
const RULES_FOR_MS = 600_000

interface KnownRules {
  readonly at: number
  readonly byName: ReadonlyMap<string, readonly LiveRule[]>
  /** names that no rule had: asked for once */
  readonly absent: ReadonlySet<string>
}

export class PrometheusAlerts implements AlertSource {
  readonly #client: PromClient
  #rules: KnownRules | undefined

  constructor(client: PromClient) {
    this.#client = client
  }

  async alerts(asking: Asking): Promise<Told & { alerts: readonly LiveAlert[] }> {
    const { alerts } = await this.#client.status('alerts', asking)
    if (!Array.isArray(alerts)) throw new WatchdeckError('unsupported', 'This server tells no alerts.')
    // vmalert tells inactive ones for a while too: they have ended
    const told = alerts.map(fields).filter(({ state }) => state !== 'inactive')
    const read = told.flatMap((each) => alertOf(each) ?? [])
    if (read.length > 0) await this.#know(new Set(read.map(({ name }) => name)), asking)
    const found = new Map<string, LiveAlert>()
    for (const alert of read.map((each) => this.#withRule(each))) {
      // two rules of one name and the same labels are one alert to whoever is told
      const other = found.get(alert.fingerprint)
      if (other === undefined || (other.state === 'pending' && alert.state === 'active'))
        found.set(alert.fingerprint, alert)
    }
    const unread = told.length - read.length
    return { ...toldOf(unread === 0 ? [] : [`${unread} entries could not be read`]), alerts: [...found.values()] }
  }

  async #know(names: ReadonlySet<string>, asking: Asking): Promise<void> {
    const known = this.#rules
    const isNew = (name: string): boolean => !known?.byName.has(name) && !known?.absent.has(name)
    if (known && performance.now() - known.at < RULES_FOR_MS && ![...names].some(isNew)) return
    try {
      const rules = await rulesOf(this.#client, asking, { type: 'alert' })
      const byName = Map.groupBy(
        rules.filter(({ type }) => type === 'alerting'),
        ({ name }) => name,
      )
      this.#rules = { at: performance.now(), byName, absent: new Set([...names].filter((name) => !byName.has(name))) }
    } catch (error) {
      if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
      // what fires is known without: it fires since its condition holds, as far as this server tells
      if (['not_found', 'permission_denied', 'unsupported'].includes(error.code))
        this.#rules = { at: performance.now(), byName: known?.byName ?? new Map(), absent: names }
    }
  }

  #withRule(alert: LiveAlert): LiveAlert {
    const rules = (this.#rules?.byName.get(alert.name) ?? []).filter(({ labels }) => couldCarry(alert.labels, labels))
    const [rule, ...others] = rules
    // of two that it may be either is a guess
    if (
      rule === undefined ||
      others.some(({ query, holdsForNs }) => query !== rule.query || holdsForNs !== rule.holdsForNs)
    )
      return alert
    const startsAt = alert.state === 'active' ? asEpochNs(alert.startsAt + BigInt(rule.holdsForNs)) : alert.startsAt
    return { ...alert, startsAt, expression: rule.query }
  }
}

/** Labels of a rule may be templates, which could have come to anything. */
const couldCarry = (own: Readonly<Record<string, string>>, ofRule: Readonly<Record<string, string>>): boolean =>
  Object.entries(ofRule).every(([name, value]) => value.includes('{{') || own[name] === value)

function alertOf(alert: Readonly<Record<string, unknown>>): LiveAlert | undefined {
  const activeAt = timeOf(alert['activeAt'])
  const labels = textsOf(alert['labels'])
  const state = text(alert['state'])
  if (activeAt === undefined || (state !== 'firing' && state !== 'pending')) return undefined
  return {
    fingerprint: ruleFingerprint(labels),
    name: labels['alertname'] ?? '',
    labels,
    annotations: textsOf(alert['annotations']),
    state: state === 'firing' ? 'active' : 'pending',
    startsAt: activeAt,
    told: activeAt,
    silencedBy: [],
    inhibitedBy: [],
    mutedBy: [],
    receivers: [],
    generatorUrl: '',
    ...numberOf(alert['value']),
  }
}

/** A text, "1e+00" or "NaN" (protocols: Prometheus 15); nothing where there is none. */
function numberOf(value: unknown): { value?: number } {
  const told = text(value)
  if (told === '') return {}
  const number = /^[+-]?Inf$/.test(told) ? (told.startsWith('-') ? -Infinity : Infinity) : Number(told)
  return { value: number }
}
