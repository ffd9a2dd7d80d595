// What a Prometheus says about itself: rules, targets, how it runs, what its series cost. Compatibles lack some of it (404).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Asking, LiveCardinality, LiveRule, LiveTarget, ServerFact } from '../../../shared/domain/live-source.ts'
import type { PromClient } from './client.ts'

type Fields = Readonly<Record<string, unknown>>
/** entries of each list of status/tsdb */
const TOP = 50
const FAR = 1n << 62n

/** Light: without the alerts of each rule, which are asked for by themselves. */
export async function rulesOf(
  client: PromClient,
  asking: Asking,
  narrowed: Record<string, string> = {},
): Promise<LiveRule[]> {
  const { groups } = await client.status('rules', asking, { exclude_alerts: 'true', ...narrowed })
  return list(groups).flatMap((group) => {
    const { name, file, rules } = fields(group)
    return list(rules).map((each): LiveRule => {
      const rule = fields(each)
      return {
        group: text(name),
        file: text(file),
        name: text(rule['name']),
        type: rule['type'] === 'recording' ? 'recording' : 'alerting',
        state: text(rule['state']),
        health: text(rule['health']),
        lastError: text(rule['lastError']),
        query: text(rule['query']),
        labels: textsOf(rule['labels']),
        annotations: textsOf(rule['annotations']),
        holdsForNs: nanos(rule['duration']),
        evaluationNs: nanos(rule['evaluationTime']),
        evaluatedAt: timeOf(rule['lastEvaluation']),
      }
    })
  })
}

export async function targetsOf(client: PromClient, asking: Asking): Promise<LiveTarget[]> {
  const { activeTargets } = await client.status('targets', asking, { state: 'active' })
  return list(activeTargets).map((each): LiveTarget => {
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
}

export async function cardinalityOf(client: PromClient, asking: Asking): Promise<LiveCardinality[]> {
  const status = await client.status('status/tsdb', asking, { limit: String(TOP) })
  const read = (name: string) =>
    list(status[name]).map((each) => {
      const { name: what, value } = fields(each)
      return { name: text(what), value: typeof value === 'number' ? value : 0 }
    })
  const bytes = new Map(read('memoryInBytesByLabelName').map(({ name, value }) => [name, value]))
  return [
    ...read('seriesCountByMetricName').map(({ name, value }) => ({ kind: 'metric' as const, name, series: value })),
    ...read('labelValueCountByLabelName').map(({ name, value }) => ({
      kind: 'label' as const,
      name,
      values: value,
      bytes: bytes.get(name),
    })),
    ...read('seriesCountByLabelValuePair').map(({ name, value }) => ({ kind: 'pair' as const, name, series: value })),
  ]
}

const ABOUT = { runtime: 'status/runtimeinfo', build: 'status/buildinfo', flags: 'status/flags' } as const

/**
 * Compatibles have one part or another; what has none of them is told as one that has nothing. A part that is forbidden is
 * there: why it is missing is said.
 */
export async function aboutOf(client: PromClient, asking: Asking): Promise<{ facts: ServerFact[]; missing: string[] }> {
  const facts: ServerFact[] = []
  const missing: string[] = []
  let lacks: unknown
  for (const [part, path] of Object.entries(ABOUT) as Array<[keyof typeof ABOUT, string]>)
    try {
      const told = Object.entries(await client.status(path, asking)).filter(([, value]) => value !== '')
      for (const [name, value] of told)
        facts.push({
          part,
          name,
          value: typeof value === 'string' ? value : JSON.stringify(value),
          worries: part === 'runtime' && worries(name, value),
        })
    } catch (error) {
      if (!(error instanceof WatchdeckError) || !['not_found', 'permission_denied'].includes(error.code)) throw error
      if (error.code === 'permission_denied') missing.push(FORBIDDEN[part])
      lacks = error
    }
  if (facts.length === 0 && lacks !== undefined) throw lacks
  return { facts, missing }
}

const FORBIDDEN = {
  runtime: 'The source does not let you read how it runs (403).',
  build: 'The source does not let you read its build (403).',
  flags: 'The source does not let you read its flags (403).',
} as const

const worries = (name: string, value: unknown): boolean =>
  (name === 'reloadConfigSuccess' && value === false) || (name === 'corruptionCount' && value !== 0)

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
