// A PromQL question over a scope: evaluated for each source by itself, so that two sources never mix; with more than one
// source that holds metrics, every answered series says whose it is in the label `watchdeck_source`.

import { setImmediate } from 'node:timers/promises'
import {
  evaluatePromQL,
  type EvaluateResult,
  parsePromQL,
  type ResultSeries,
  typeOf,
  walk,
} from '../../shared/promql/index.ts'
import type { Completeness } from '../../shared/contract/define.ts'
import type { EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { MAX_SAMPLES, StoreSource } from './store-source.ts'

export const SOURCE_LABEL = 'watchdeck_source'

export interface Question {
  readonly query: string
  /** epoch milliseconds; without step: instant at `end` */
  readonly start: number
  readonly end: number
  readonly step: number | undefined
  readonly sources: readonly string[] | undefined
}

export interface Answer {
  readonly type: EvaluateResult['type']
  readonly series: ResultSeries[]
  readonly text: string | undefined
  readonly warnings: string[]
  readonly infos: string[]
  readonly completeness: Completeness
}

/** A scope for each source that holds metrics, and the scope of all. */
export async function scopesOf(
  engine: EngineContext,
  sources: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<{ whole: Scope; each: Array<{ id: string; scope: Scope }> }> {
  const store = engine.telemetry
  const whole = await store.scope(sources)
  const keys = await store.rows<{ source: number }>(
    `SELECT DISTINCT source FROM ${whole.relation('series')} ORDER BY source`,
    [],
    { signal },
  )
  const each = await Promise.all(
    keys.map(async ({ source }) => {
      const id = whole.sourceId(Number(source))
      return { id, scope: await store.scope([id]) }
    }),
  )
  return { whole, each }
}

export async function ask(engine: EngineContext, question: Question, signal: AbortSignal): Promise<Answer> {
  const expr = parsePromQL(question.query, { step: question.step ?? 0, range: question.end - question.start })
  let selects = false
  walk(expr, (node) => {
    if (node.kind === 'selector') selects = true
  })
  const { whole, each } = await scopesOf(engine, question.sources, signal)
  const sources = selects ? each : each.slice(0, 1)
  const results: Array<{ id: string | undefined; result: EvaluateResult }> = []
  for (const { id, scope } of sources.length > 0 ? sources : [{ id: undefined, scope: whole }]) {
    const result = await evaluatePromQL(question.query, {
      source: new StoreSource(engine.telemetry, scope),
      start: question.start,
      end: question.end,
      step: question.step,
      maxSamples: MAX_SAMPLES,
      signal,
      breathe: () => setImmediate(),
    })
    results.push({ id, result })
  }
  const several = results.length > 1
  const type = typeOf(expr)
  const first = results[0]?.result
  return {
    // one scalar per source can only be told apart as a vector
    type: several && type === 'scalar' && question.step === undefined ? 'vector' : (first?.type ?? 'vector'),
    series: results.flatMap(({ id, result }) =>
      several && id !== undefined
        ? result.series.map((s) => ({ ...s, labels: s.labels.with([[SOURCE_LABEL, id]]) }))
        : result.series,
    ),
    text: first?.text,
    warnings: [...new Set(results.flatMap(({ result }) => result.warnings))],
    infos: [...new Set(results.flatMap(({ result }) => result.infos))],
    completeness: whole.completeness,
  }
}
