// A PromQL question over a scope: answered for each source by itself, so that two sources never mix, by our evaluator for
// what is stored and by the server for what is live; with more than one source that holds metrics, every answered series
// says whose it is in the label `watchdeck_source`.

import { setImmediate } from 'node:timers/promises'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking, BucketedHistogram, MetricAnswer } from '../../shared/domain/live-source.ts'
import {
  apiBuckets,
  evaluatePromQL,
  hintOfError,
  hintsOf,
  type EvaluateResult,
  type Expr,
  Labels,
  parsePromQL,
  type ResultSeries,
  typeOf,
  walk,
} from '../../shared/promql/index.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { EngineContext } from '../engine/api.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { liveMetrics, type LiveMetrics } from './live.ts'
import { MAX_SAMPLES, StoreSource } from './store-source.ts'
import { msToNs } from './times.ts'
import { unrecorded } from './unrecorded.ts'

export const SOURCE_LABEL = 'watchdeck_source'

export interface Question {
  readonly query: string
  /** epoch milliseconds; without step: instant at `end` */
  readonly start: number
  readonly end: number
  readonly step: number | undefined
  readonly sources: readonly string[] | undefined
}

/** Samples of one answered series, times in epoch milliseconds. */
export interface AnsweredSeries {
  readonly labels: Labels
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly histogramTimes: Float64Array<ArrayBuffer>
  readonly histograms: readonly BucketedHistogram[]
}

export interface Answer {
  readonly type: EvaluateResult['type']
  readonly series: AnsweredSeries[]
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

interface Part extends Omit<Answer, 'series' | 'completeness'> {
  readonly id: string | undefined
  readonly series: readonly AnsweredSeries[]
  readonly completeness?: Completeness
}

/** @param asking by the name of the method that asks, for the ledger of live sources */
export async function ask(engine: EngineContext, question: Question, asking: Asking): Promise<Answer> {
  const live = liveMetrics(engine, question.sources)
  const { whole, each } = await scopesOf(engine, question.sources, asking.signal)
  const expr = parsed(question, live.length > 0 && each.length === 0)
  let selects = expr === undefined
  if (expr)
    walk(expr, (node) => {
      if (node.kind === 'selector') selects = true
    })
  const [stored, asked] = await Promise.all([
    storedParts(engine, question, selects ? each : each.slice(0, 1), whole, live.length === 0, asking.signal),
    // what selects nothing has one answer, whoever computes it
    Promise.all(
      (selects ? live : each.length > 0 ? [] : live.slice(0, 1)).map((source) => livePart(source, question, asking)),
    ),
  ])
  const answered = asked.flatMap((part) => (part instanceof WatchdeckError ? [] : [part]))
  const failures = asked.flatMap((part) => (part instanceof WatchdeckError ? [part] : []))
  const parts: Part[] = [...stored, ...answered]
  const failed = worst(failures, parts.length > 0)
  if (failed) throw withHint(failed)
  const gaps = live.flatMap(({ id }, i) => {
    const part = asked[i]
    return part instanceof WatchdeckError ? [gapOf(engine, id, question, part)] : []
  })
  const several = parts.length + gaps.length > 1
  const first = parts[0]
  return {
    // one scalar per source can only be told apart as a vector
    type: several && first?.type === 'scalar' && question.step === undefined ? 'vector' : (first?.type ?? 'vector'),
    series: parts.flatMap(({ id, series }) =>
      several && id !== undefined ? series.map((s) => ({ ...s, labels: s.labels.with([[SOURCE_LABEL, id]]) })) : series,
    ),
    text: first?.text,
    warnings: [...new Set(parts.flatMap(({ warnings }) => warnings))],
    infos: [...new Set([...parts.flatMap(({ infos }) => infos), ...hintsAbout(question, parts)])],
    completeness: uniteCompleteness([
      whole.completeness,
      ...each.map(({ scope }) => scope.completeness),
      ...answered.flatMap((part) => part.completeness ?? []),
      ...gaps,
      unrecorded(engine, whole, expr, { from: msToNs(question.start), to: msToNs(question.end) }),
    ]),
  }
}

function hintsAbout({ query, start, end, step = 0 }: Question, parts: readonly Part[]): string[] {
  const told = {
    warnings: parts.flatMap(({ warnings }) => warnings),
    infos: parts.flatMap(({ infos }) => infos),
    empty: parts.every(({ series }) => series.length === 0),
  }
  return hintsOf(query, told, { step, range: end - start })
}

/** A server says what is wrong, not what to write instead. */
function withHint(error: WatchdeckError): WatchdeckError {
  const { code, message, details, retryable, cause } = error
  const hint = code === 'invalid_input' ? hintOfError(message) : undefined
  return hint === undefined
    ? error
    : new WatchdeckError(code, message, { hint, retryable, cause, ...(details ? { details } : {}) })
}

/** A server may know more PromQL than we do: where nobody else is asked, what it says counts. */
function parsed(question: Question, onlyLive: boolean): Expr | undefined {
  try {
    const expr = parsePromQL(question.query, { step: question.step ?? 0, range: question.end - question.start })
    typeOf(expr)
    return expr
  } catch (error) {
    if (onlyLive && error instanceof WatchdeckError) return undefined
    throw error
  }
}

async function storedParts(
  engine: EngineContext,
  question: Question,
  sources: ReadonlyArray<{ id: string; scope: Scope }>,
  whole: Scope,
  alone: boolean,
  signal: AbortSignal,
): Promise<Part[]> {
  const parts: Part[] = []
  const asked = sources.length > 0 ? sources : alone ? [{ id: undefined, scope: whole }] : []
  for (const { id, scope } of asked) {
    const result = await evaluatePromQL(question.query, {
      source: new StoreSource(engine.telemetry, scope),
      start: question.start,
      end: question.end,
      step: question.step,
      maxSamples: MAX_SAMPLES,
      signal,
      breathe: () => setImmediate(),
    })
    parts.push({
      ...result,
      id,
      series: result.series.map(bucketed),
      warnings: [...result.warnings],
      infos: [...result.infos],
    })
  }
  return parts
}

const bucketed = (series: ResultSeries): AnsweredSeries => ({
  ...series,
  histograms: series.histograms.map((h) => ({ count: h.count, sum: h.sum, buckets: apiBuckets(h) })),
})

async function livePart(
  { id, metrics }: LiveMetrics,
  { query, start, end, step }: Question,
  asking: Asking,
): Promise<Part | WatchdeckError> {
  let answer: MetricAnswer
  try {
    answer = await (step === undefined
      ? metrics.instant(query, end, asking)
      : metrics.range(query, { start, end, step }, asking))
  } catch (error) {
    if (error instanceof WatchdeckError && error.code !== 'cancelled') return error
    throw error
  }
  return {
    id,
    type: answer.type,
    series: answer.series.map((series) => ({ ...series, labels: Labels.of(Object.entries(series.labels)) })),
    text: answer.text,
    warnings: [...answer.warnings],
    infos: [...answer.infos],
    completeness: answer.completeness,
  }
}

/**
 * What is thrown instead of told as a gap. Where others answered, a source that refuses the query (an older one lacks a
 * function) or has too much of it is a gap; our own fault never is. Where none did, what is wrong with the query goes first.
 */
function worst(failures: readonly WatchdeckError[], someAnswered: boolean): WatchdeckError | undefined {
  const of = (wanted: WatchdeckError['code']) => failures.find(({ code }) => code === wanted)
  return of('internal') ?? (someAnswered ? undefined : (of('invalid_input') ?? failures[0]))
}

/** A source that did not answer, while others did: its whole range is missing, and since when it is silent. */
function gapOf(engine: EngineContext, id: string, question: Question, error: WatchdeckError): Completeness {
  const lastOkAt = engine.live.among([id])[0]?.pulse().lastOkAt
  const since = lastOkAt === undefined ? '' : ` Last answer: ${formatRfc3339(lastOkAt)}.`
  const at = (ms: number) => formatRfc3339(msToNs(ms))
  return {
    complete: false,
    missing: [{ source: id, from: at(question.start), to: at(question.end), reason: `${error.message}${since}` }],
  }
}
