// What a Prometheus says about itself: rules, targets, what its series cost. Compatibles lack some of it (404), and one that
// asks others (Thanos, a cluster of VictoriaMetrics) says when some of them did not tell theirs.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Asking, LiveCardinality, LiveRule, LiveTarget, ToldParts } from '../../../shared/domain/live-source.ts'
import type { Fields, PromClient } from './client.ts'

/** entries of each list of status/tsdb */
const TOP = 50
const FAR = 1n << 62n

/** Light: without the alerts of each rule, which are asked for by themselves. */
export async function rulesOf(
  client: PromClient,
  asking: Asking,
  narrowed: Record<string, string> = {},
): Promise<ToldParts<LiveRule>> {
  const { data, missing } = await client.told('rules', asking, { exclude_alerts: 'true', ...narrowed })
  return { facts: rulesIn(data).map(({ alerts: _alerts, ...rule }) => rule), missing }
}

/** With their alerts, where they are told. */
export function rulesIn(data: Fields): Array<LiveRule & { readonly alerts: readonly Fields[] }> {
  return list(data['groups']).flatMap((group) => {
    const { name, file, rules } = fields(group)
    return list(rules)
      .map(fields)
      .map((rule) => ({
        group: text(name),
        file: text(file),
        name: text(rule['name']),
        type: rule['type'] === 'recording' ? ('recording' as const) : ('alerting' as const),
        state: text(rule['state']),
        health: text(rule['health']),
        lastError: text(rule['lastError']),
        query: text(rule['query']),
        labels: textsOf(rule['labels']),
        annotations: textsOf(rule['annotations']),
        holdsForNs: nanos(rule['duration']),
        evaluationNs: nanos(rule['evaluationTime']),
        evaluatedAt: timeOf(rule['lastEvaluation']),
        alerts: list(rule['alerts']).map(fields),
      }))
  })
}

export async function targetsOf(client: PromClient, asking: Asking): Promise<ToldParts<LiveTarget>> {
  const { data, missing } = await client.told('targets', asking, { state: 'active' })
  const facts = list(data['activeTargets']).map((each): LiveTarget => {
    const target = fields(each)
    const labels = textsOf(target['labels'])
    return {
      job: labels['job'] ?? text(target['scrapePool']),
      instance: labels['instance'] ?? '',
      health: text(target['health']),
      lastError: text(target['lastError']),
      scrapedAt: timeOf(target['lastScrape']),
      scrapeNs: nanos(target['lastScrapeDuration']),
      interval: text(target['scrapeInterval']),
      url: text(target['globalUrl']) || text(target['scrapeUrl']),
      labels,
    }
  })
  return { facts, missing }
}

export async function cardinalityOf(client: PromClient, asking: Asking): Promise<ToldParts<LiveCardinality>> {
  const { data: status, missing } = await client.told('status/tsdb', asking, { limit: String(TOP) })
  const read = (name: string) =>
    list(status[name]).map((each) => {
      const { name: what, value } = fields(each)
      return { name: text(what), value: typeof value === 'number' ? value : 0 }
    })
  const bytes = new Map(read('memoryInBytesByLabelName').map(({ name, value }) => [name, value]))
  const facts = [
    ...read('seriesCountByMetricName').map(({ name, value }) => ({ kind: 'metric' as const, name, series: value })),
    ...read('labelValueCountByLabelName').map(({ name, value }) => ({
      kind: 'label' as const,
      name,
      values: value,
      bytes: bytes.get(name),
    })),
    ...read('seriesCountByLabelValuePair').map(({ name, value }) => ({ kind: 'pair' as const, name, series: value })),
  ]
  return { facts, missing }
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
export const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(fields(value)).map(([name, each]) => [name, text(each)]))
const nanos = (seconds: unknown): number => (typeof seconds === 'number' ? Math.round(seconds * 1e9) : 0)

/** What has not been yet is Go's zero time, the year 1. */
export function timeOf(value: unknown): bigint | undefined {
  const at = tryParseRfc3339(text(value))
  return at === undefined || at < -FAR || at > FAR ? undefined : at
}
