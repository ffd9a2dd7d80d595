// What live sources know about metrics beside their values: names, labels, exemplars, type and unit. A source that does not
// answer is named in the completeness, and the others' answers stand.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, type TimeRange } from '../../shared/base/time.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking, LiveExemplar, LiveMetricName, MetricSource, Told } from '../../shared/domain/live-source.ts'
import { unitOfName } from '../../shared/wire/prometheus-json.ts'
import type { EngineContext } from '../engine/api.ts'

export interface LiveMetrics {
  readonly id: string
  readonly metrics: MetricSource
}

export function liveMetrics(engine: EngineContext, sources: readonly string[] | undefined): LiveMetrics[] {
  return engine.live.among(sources).flatMap(({ id, metrics }) => (metrics ? [{ id, metrics }] : []))
}

interface Gathered<T> {
  readonly found: readonly T[]
  readonly completeness: Completeness
}

/**
 * Asks each; what fails is a gap. A server that refuses the question, as one that lacks a part of it does, is one where
 * another answered; where none did, the refusal is the answer.
 */
export async function gather<S extends { readonly id: string }, T>(
  live: readonly S[],
  range: TimeRange | undefined,
  ask: (source: S) => Promise<{ told: Told; found: readonly T[] }>,
): Promise<Gathered<T>> {
  let refusal: WatchdeckError | undefined
  let hasAnswer = false
  const parts = await Promise.all(
    live.map(async (source) => {
      try {
        const { told, found } = await ask(source)
        hasAnswer = true
        return { found, completeness: told.completeness }
      } catch (error) {
        if (!(error instanceof WatchdeckError) || ['cancelled', 'internal'].includes(error.code)) throw error
        if (error.code === 'invalid_input') refusal ??= error
        const gap = {
          source: source.id,
          from: range ? formatRfc3339(range.from) : '',
          to: range ? formatRfc3339(range.to) : '',
          reason: error.message,
        }
        return { found: [], completeness: { complete: false, missing: [gap] } }
      }
    }),
  )
  if (refusal && !hasAnswer) throw refusal
  return {
    found: parts.flatMap((part) => part.found),
    completeness: uniteCompleteness(parts.map((part) => part.completeness)),
  }
}

export async function liveNames(
  live: readonly LiveMetrics[],
  asked: { words: readonly string[]; service: string | undefined },
  asking: Asking,
): Promise<Gathered<LiveMetricName>> {
  const words = asked.words.map((word) => word.toLowerCase())
  return await gather(live, undefined, async ({ metrics }) => {
    const told = await metrics.names(asking)
    const own = asked.service === undefined ? undefined : await namesOfService(metrics, asked.service, asking)
    const found = told.names.filter(
      ({ name, help }) =>
        (own === undefined || own.has(name)) &&
        words.every((word) => name.toLowerCase().includes(word) || help.toLowerCase().includes(word)),
    )
    return { told, found }
  })
}

/** The labels that name a workload, as `serviceOfLabels` of the readers takes them. */
async function namesOfService(metrics: MetricSource, service: string, asking: Asking): Promise<ReadonlySet<string>> {
  const text = JSON.stringify(service)
  const ends = JSON.stringify(`(.*/)?${service.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)
  const answers = await Promise.all(
    [`{service_name=${text}}`, `{job=~${ends}}`].map((selector) => metrics.labelValues('__name__', selector, asking)),
  )
  return new Set(answers.flatMap((answer) => answer.values))
}

/** Label names, or the values of one label; servers do not say how many series have each. */
export async function liveLabels(
  live: readonly LiveMetrics[],
  asked: { selector: string | undefined; label: string | undefined },
  asking: Asking,
): Promise<Gathered<string>> {
  const { label, selector } = asked
  return await gather(live, undefined, async ({ metrics }) => {
    if (label !== undefined) {
      const told = await metrics.labelValues(label, selector, asking)
      return { told, found: told.values }
    }
    const told = await metrics.labelNames(selector, asking)
    return { told, found: told.names }
  })
}

export interface SeriesOfSource {
  readonly labels: Readonly<Record<string, string>>
  readonly source: string
}

export async function liveSeries(
  live: readonly LiveMetrics[],
  selector: string,
  range: TimeRange | undefined,
  asking: Asking,
): Promise<Gathered<SeriesOfSource>> {
  return await gather(live, range, async ({ id, metrics }) => {
    const told = await metrics.series(selector, range, asking)
    return { told, found: told.series.map((labels) => ({ labels, source: id })) }
  })
}

export async function liveExemplars(
  live: readonly LiveMetrics[],
  query: string,
  range: TimeRange,
  asking: Asking,
): Promise<Gathered<LiveExemplar>> {
  return await gather(live, range, async ({ metrics }) => {
    const told = await metrics.exemplars(query, range, asking)
    return { told, found: told.exemplars }
  })
}

/** Type and unit of a metric as the servers tell them; '' where they differ or say nothing. Never fails: it is a label. */
export async function liveMeta(
  live: readonly LiveMetrics[],
  name: string | undefined,
  asking: Asking,
): Promise<Array<{ type: string; unit: string }>> {
  if (name === undefined || live.length === 0) return []
  const { found } = await liveNames(live, { words: [], service: undefined }, asking)
  return found.filter((each) => each.name === name).map(({ type, unit }) => ({ type, unit: unit || unitOfName(name) }))
}
