// The same alert as several tell it: the server that evaluates its rule, and the Alertmanager that it is sent to. On the
// way labels are added (which cluster, which replica), seldom taken away or changed. Where the server of the rule says which it
// adds, an alert with others of the same names is another server's.

import { isRuleAlert } from '../../shared/domain/alerts.ts'
import type { RecordedAlert } from './recorded.ts'

export interface KnownAlert extends RecordedAlert {
  /** what others tell of it, beside the one that stands for it */
  readonly also: readonly RecordedAlert[]
}

/**
 * Every alert once. Who routes it stands for it while it says that it fires, for it knows who is told; else the rule's
 * server does. Whose word is old counts less than a fresh one that it has ended.
 * @param old sources that did not answer just now: what is open there is the last that was seen
 */
export function eachOnce(
  alerts: readonly RecordedAlert[],
  old: ReadonlySet<string>,
  environmentOf: (source: string) => string | undefined,
): KnownAlert[] {
  const routed = new Routed(alerts.filter(({ alert }) => !isRuleAlert(alert)))
  const tellers = new Map<RecordedAlert, RecordedAlert[]>()
  const alone = new Set<RecordedAlert>()
  for (const each of alerts) {
    if (!isRuleAlert(each.alert)) continue
    const environment = environmentOf(each.source)
    const same = routed.like(each, (other) => {
      const others = environmentOf(other.source)
      return (
        (environment === undefined || others === undefined || environment === others) &&
        isOfItsTime(each, other) &&
        !isOfAnother(each, other)
      )
    })
    const best = same.sort(
      (a, b) =>
        confirmed(each, b) - confirmed(each, a) ||
        Number(beganWith(each, b)) - Number(beganWith(each, a)) ||
        closest(a, b),
    )[0]
    if (best) tellers.set(best, [...(tellers.get(best) ?? []), each])
    else alone.add(each)
  }
  return alerts.flatMap((each): KnownAlert[] => {
    const also = tellers.get(each)
    if (!also) return alone.has(each) || !isRuleAlert(each.alert) ? [{ ...each, also: [] }] : []
    return [oneOf(each, also, old)]
  })
}

function oneOf(routed: RecordedAlert, rules: readonly RecordedAlert[], old: ReadonlySet<string>): KnownAlert {
  const open = rules.find(isOpen)
  const fresh = rules.filter(({ source }) => !old.has(source))
  if (!isOpen(routed))
    return open ? { ...open, also: [routed, ...rules.filter((each) => each !== open)] } : { ...routed, also: rules }
  // what it says is from before it fell silent
  const ends = fresh.flatMap(({ endsAt }) => endsAt ?? [])
  const hasEnded = old.has(routed.source) && fresh.length > 0 && ends.length === fresh.length
  return { ...routed, ...(hasEnded ? { endsAt: ends.reduce(later) } : {}), also: rules }
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const isOpen = ({ endsAt }: RecordedAlert): boolean => endsAt === undefined

/** One that waits is what is told only while that is not over yet. */
const isOfItsTime = (rule: RecordedAlert, routed: RecordedAlert): boolean =>
  rule.alert.state === 'pending' ? isOpen(routed) : overlap(rule, routed)

/** Whether it has a label that the server of the rule adds with another value. */
const isOfAnother = ({ alert: { external = {} } }: RecordedAlert, { alert: { labels } }: RecordedAlert): boolean =>
  Object.entries(external).some(([name, value]) => labels[name] !== undefined && labels[name] !== value)

/** How many of the labels that the server of the rule adds it has. */
const confirmed = ({ alert: { external = {} } }: RecordedAlert, { alert: { labels } }: RecordedAlert): number =>
  Object.keys(external).filter((name) => labels[name] !== undefined).length

/** To the second: who routes it may keep less of the time. */
const beganWith = ({ alert: a }: RecordedAlert, { alert: b }: RecordedAlert): boolean =>
  a.startsAt - b.startsAt < 1_000_000_000n && b.startsAt - a.startsAt < 1_000_000_000n

/** Its labels without those that its server adds: what else tells them may have dropped those on the way. */
const ownOf = ({ alert: { labels, external = {} } }: RecordedAlert): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => external[name] === undefined))

/** With more of the same words they are not looked through: told twice is better than an engine that stands still in a storm. */
const MOST_OF_THE_SAME_WORDS = 200

/** Alerts as Alertmanagers tell them, found by their labels: there may be thousands of one name. */
class Routed {
  readonly #byName: ReadonlyMap<string, readonly RecordedAlert[]>
  /** by name and the names of a rule's labels, then by what those labels say */
  readonly #byLabels = new Map<string, ReadonlyMap<string, readonly RecordedAlert[]>>()
  readonly #byWords: ReadonlyMap<string, readonly RecordedAlert[]>

  constructor(alerts: readonly RecordedAlert[]) {
    this.#byName = Map.groupBy(alerts, ({ alert }) => alert.name)
    this.#byWords = Map.groupBy(alerts, wordsOf)
  }

  /**
   * Those with every label of the rule's; where there is none, labels may have been taken away or changed, and only the same
   * words say that it is the same.
   */
  like(rule: RecordedAlert, fits: (routed: RecordedAlert) => boolean): RecordedAlert[] {
    const { name, annotations } = rule.alert
    const labels = ownOf(rule)
    const named = this.#byName.get(name)
    if (!named) return []
    const names = Object.keys(labels).sort()
    const key = JSON.stringify([name, names])
    let index = this.#byLabels.get(key)
    if (!index) {
      index = Map.groupBy(named, ({ alert }) => valuesOf(alert.labels, names))
      this.#byLabels.set(key, index)
    }
    const found = (index.get(valuesOf(labels, names)) ?? []).filter(fits)
    if (found.length > 0 || Object.keys(annotations).length === 0) return found
    const said = this.#byWords.get(wordsOf(rule)) ?? []
    if (said.length > MOST_OF_THE_SAME_WORDS) return []
    return said.filter(
      (each) =>
        fits(each) &&
        names.every((label) => each.alert.labels[label] === undefined || each.alert.labels[label] === labels[label]),
    )
  }
}

const valuesOf = (labels: Readonly<Record<string, string>>, names: readonly string[]): string =>
  JSON.stringify(names.map((label) => labels[label]))
const wordsOf = ({ alert }: RecordedAlert): string =>
  JSON.stringify([alert.name, Object.entries(alert.annotations).sort(([x], [y]) => (x < y ? -1 : 1))])

const overlap = (a: RecordedAlert, b: RecordedAlert): boolean =>
  (b.endsAt === undefined || a.alert.startsAt <= b.endsAt) && (a.endsAt === undefined || a.endsAt >= b.alert.startsAt)

/** What fires first, then the newest, then that with the fewest labels of its own. */
function closest(a: RecordedAlert, b: RecordedAlert): number {
  if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1
  if (a.alert.startsAt !== b.alert.startsAt) return a.alert.startsAt > b.alert.startsAt ? -1 : 1
  return Object.keys(a.alert.labels).length - Object.keys(b.alert.labels).length
}
