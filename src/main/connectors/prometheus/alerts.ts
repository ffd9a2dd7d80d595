// What a Prometheus, or a ruler that answers as it does, fires now and holds back as pending. It tells since when a
// condition holds; when it began to fire, and by which expression, is the rule's to tell, and so is with Thanos whose it is.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asEpochNs } from '../../../shared/base/time.ts'
import { ruleFingerprint } from '../../../shared/domain/alerts.ts'
import type {
  AlertSource,
  Asking,
  Capabilities,
  LiveAlert,
  LiveRule,
  Told,
} from '../../../shared/domain/live-source.ts'
import { toldOf } from '../common/spans.ts'
import type { Fields, PromClient } from './client.ts'
import { externalLabelsOf } from './external.ts'
import { buildOf } from './product.ts'
import { fields, rulesIn, rulesOf, text, textsOf, timeOf } from './server.ts'
import type { Stores } from './stores.ts'

/** Rules and labels change seldom, and rules may be many: they are asked for again when an alert has a new name, or after this long. */
const KNOWN_FOR_MS = 600_000

interface KnownRules {
  readonly at: number
  readonly byName: ReadonlyMap<string, readonly LiveRule[]>
  /** names that no rule had: asked for once */
  readonly absent: ReadonlySet<string>
}

/** An alert as told, with its rule where that is told beside it. */
interface Entry {
  readonly alert: Fields
  readonly rule?: LiveRule
}

export class PrometheusAlerts implements AlertSource {
  readonly #id: string
  readonly #client: PromClient
  readonly #stores: Stores
  readonly #capabilities: () => Capabilities | undefined
  #rules: KnownRules | undefined
  #server: { readonly at: number; readonly known: KnownServer } | undefined

  constructor(id: string, client: PromClient, stores: Stores, capabilities: () => Capabilities | undefined) {
    this.#id = id
    this.#client = client
    this.#stores = stores
    this.#capabilities = capabilities
  }

  async alerts(asking: Asking): Promise<Told & { alerts: readonly LiveAlert[] }> {
    const server = await this.#whoTells(asking)
    const { entries, missing } = await this.#entries(server, asking)
    // vmalert tells inactive ones for a while too: they have ended
    const told = entries.filter(({ alert }) => alert['state'] !== 'inactive')
    const read = told.flatMap((each) => {
      const alert = alertOf(each.alert)
      return alert ? [{ ...each, alert }] : []
    })
    const alone = read.filter(({ rule }) => rule === undefined)
    if (alone.length > 0) await this.#know(new Set(alone.map(({ alert }) => alert.name)), asking)
    const found = new Map<string, LiveAlert>()
    for (const { alert, rule } of read) {
      const each = rule
        ? withRule(withOwnLabels(alert, rule), rule)
        : withAdded(withRule(alert, this.#ruleOf(alert)), server.external)
      // two rules of one name and the same labels are one alert to whoever is told
      const other = found.get(each.fingerprint)
      if (other === undefined || (other.state === 'pending' && each.state === 'active'))
        found.set(each.fingerprint, each)
    }
    const unread = told.length - read.length
    return {
      ...toldOf(unread === 0 ? [] : [`${unread} entries could not be read`]),
      completeness: {
        complete: missing.length === 0,
        missing: missing.map((reason) => ({ source: this.#id, from: '', to: '', reason })),
      },
      alerts: [...found.values()],
    }
  }

  /** Thanos tells alerts of several servers without what tells them apart, which only its rules have. */
  async #entries(server: KnownServer, asking: Asking): Promise<{ entries: Entry[]; missing: readonly string[] }> {
    if (server.product === 'Thanos') {
      const [{ data, missing }, unreached] = await Promise.all([
        this.#client.told('rules', asking, { type: 'alert' }),
        this.#stores.unreached(asking),
      ])
      const rules = rulesIn(data).filter(({ type }) => type === 'alerting')
      const entries = rules.flatMap(({ alerts, ...rule }) => alerts.map((alert) => ({ alert, rule })))
      return { entries, missing: [...missing, ...unreached] }
    }
    const { data, missing } = await this.#client.told('alerts', asking)
    const alerts = alertsIn(data)
    if (!alerts) throw new WatchdeckError('unsupported', 'This server tells no alerts.')
    return { entries: alerts.map((alert) => ({ alert: fields(alert) })), missing }
  }

  async #whoTells(asking: Asking): Promise<KnownServer> {
    const last = this.#server
    if (last && performance.now() - last.at < KNOWN_FOR_MS) return last.known
    try {
      const known = await serverOf(this.#client, asking)
      this.#server = { at: performance.now(), known }
      return known
    } catch (error) {
      // its alerts are worth more than where they are from
      if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
      return last?.known ?? { product: this.#capabilities()?.product ?? '', external: {} }
    }
  }

  async #know(names: ReadonlySet<string>, asking: Asking): Promise<void> {
    const known = this.#rules
    const isNew = (name: string): boolean => !known?.byName.has(name) && !known?.absent.has(name)
    if (known && performance.now() - known.at < KNOWN_FOR_MS && ![...names].some(isNew)) return
    try {
      const { facts: rules } = await rulesOf(this.#client, asking, { type: 'alert' })
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

  /** Of two that it may be either is a guess. */
  #ruleOf(alert: LiveAlert): LiveRule | undefined {
    const rules = (this.#rules?.byName.get(alert.name) ?? []).filter(({ labels }) => couldCarry(alert.labels, labels))
    const [rule, ...others] = rules
    return others.some(({ query, holdsForNs }) => query !== rule?.query || holdsForNs !== rule.holdsForNs)
      ? undefined
      : rule
  }
}

function withRule(alert: LiveAlert, rule: LiveRule | undefined): LiveAlert {
  if (!rule) return alert
  const startsAt = alert.state === 'active' ? asEpochNs(alert.startsAt + BigInt(rule.holdsForNs)) : alert.startsAt
  return { ...alert, startsAt, expression: rule.query }
}

/** Labels of a rule may be templates, which could have come to anything. */
const couldCarry = (own: Readonly<Record<string, string>>, ofRule: Readonly<Record<string, string>>): boolean =>
  Object.entries(ofRule).every(([name, value]) => value.includes('{{') || own[name] === value)

/** The ruler of Thanos names them otherwise, and has null for none; undefined where there are no such things. */
export function alertsIn(data: Fields): readonly unknown[] | undefined {
  const told = data['alerts'] ?? data['Alerts']
  if (told === null && 'Alerts' in data) return []
  return Array.isArray(told) ? (told as readonly unknown[]) : undefined
}

interface KnownServer {
  readonly product: string
  /** what it adds to alerts that it sends, and does not tell with them */
  readonly external: Readonly<Record<string, string>>
}

/** What others of its kin say of such labels is of samples: VictoriaMetrics's rules have theirs in every alert. */
async function serverOf(client: PromClient, asking: Asking): Promise<KnownServer> {
  const product = (await orNone(buildOf(client, asking)))?.product ?? ''
  const added = product === 'Prometheus' ? await orNone(externalLabelsOf(client, asking)) : undefined
  return { product, external: added?.ofAlerts ?? {} }
}

/** Nothing where the server has no such thing, or keeps it from this person. */
async function orNone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof WatchdeckError && ['not_found', 'permission_denied', 'unsupported'].includes(error.code))
      return undefined
    throw error
  }
}

/** A label that the alert has itself is not written over. */
function withAdded(alert: LiveAlert, added: Readonly<Record<string, string>>): LiveAlert {
  const external = Object.fromEntries(Object.entries(added).filter(([name]) => (alert.labels[name] ?? '') === ''))
  return Object.keys(external).length === 0 ? alert : { ...alert, external }
}

/** Thanos adds the labels of each server to its rules alone: what they have and the alert has not is where it is from. */
function withOwnLabels(alert: LiveAlert, { labels }: LiveRule): LiveAlert {
  const added = withAdded(
    alert,
    Object.fromEntries(Object.entries(labels).filter(([, value]) => !value.includes('{{'))),
  )
  const all = { ...added.external, ...alert.labels }
  return { ...added, labels: all, fingerprint: ruleFingerprint(all) }
}

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
