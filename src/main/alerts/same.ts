// The same alert as several tell it: the server that evaluates its rule, and the Alertmanager that it is sent to. On the
// way labels are added (which cluster, which replica), seldom taken away or changed.

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
  const routed = Map.groupBy(
    alerts.filter(({ alert }) => !isRuleAlert(alert)),
    ({ alert }) => alert.name,
  )
  const tellers = new Map<RecordedAlert, RecordedAlert[]>()
  const alone = new Set<RecordedAlert>()
  for (const each of alerts) {
    if (!isRuleAlert(each.alert)) continue
    const environment = environmentOf(each.source)
    const same = (routed.get(each.alert.name) ?? []).filter((other) => {
      const others = environmentOf(other.source)
      return (environment === undefined || others === undefined || environment === others) && isSame(each, other)
    })
    const best = same.sort(closest)[0]
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

function isSame(rule: RecordedAlert, routed: RecordedAlert): boolean {
  // one that waits is what is told only while that is not over yet
  if (rule.alert.state === 'pending' ? !isOpen(routed) : !overlap(rule, routed)) return false
  const [own, theirs] = [rule.alert.labels, routed.alert.labels]
  const names = Object.keys(own)
  if (names.every((name) => own[name] === theirs[name])) return true
  // labels that were taken away or changed: then only the same words say that it is the same
  const shared = names.filter((name) => theirs[name] !== undefined)
  return shared.every((name) => own[name] === theirs[name]) && hasSameWords(rule, routed)
}

const overlap = (a: RecordedAlert, b: RecordedAlert): boolean =>
  (b.endsAt === undefined || a.alert.startsAt <= b.endsAt) && (a.endsAt === undefined || a.endsAt >= b.alert.startsAt)

function hasSameWords({ alert: a }: RecordedAlert, { alert: b }: RecordedAlert): boolean {
  const words = (of: typeof a) => JSON.stringify(Object.entries(of.annotations).sort(([x], [y]) => (x < y ? -1 : 1)))
  return Object.keys(a.annotations).length > 0 && words(a) === words(b)
}

/** What fires first, then the newest, then that with the fewest labels of its own. */
function closest(a: RecordedAlert, b: RecordedAlert): number {
  if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1
  if (a.alert.startsAt !== b.alert.startsAt) return a.alert.startsAt > b.alert.startsAt ? -1 : 1
  return Object.keys(a.alert.labels).length - Object.keys(b.alert.labels).length
}
