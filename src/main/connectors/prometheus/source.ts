// Prometheus and its compatibles as a MetricSource: what the server evaluates, with what it could not see.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { formatRfc3339, fromMillis, type TimeRange, toMillis } from '../../../shared/base/time.ts'
import { type Completeness, uniteCompleteness } from '../../../shared/domain/completeness.ts'
import type {
  Asking,
  Capabilities,
  LiveMetricName,
  LiveSeries,
  MetricAnswer,
  MetricSource,
  ServerSource,
  Told,
  ToldParts,
} from '../../../shared/domain/live-source.ts'
import type { Clock } from '../../platform/platform.ts'
import type { QueryAnswer } from './answers.ts'
import { aboutOf } from './about.ts'
import { ChunkCache } from './chunk-cache.ts'
import type { Listed, PromClient } from './client.ts'
import { exemplarsOf } from './exemplars.ts'
import { partial, type Said } from './envelope.ts'
import {
  CHUNK,
  type Grid,
  indexesOf,
  MAX_INTERVALS,
  phaseOf,
  planOf,
  type Run,
  settledChunks,
  sliced,
  stitched,
  timeOf,
} from './grid.ts'
import { namesOf } from './names.ts'
import { cardinalityOf, rulesOf, targetsOf } from './server.ts'
import type { Stores } from './stores.ts'

/** A query whose text depends on the whole range cannot be asked in parts. */
const WHOLE_RANGE = /\b(start|end|range)\s*\(\s*\)/
/** Names and labels change seldom and are asked for at every key that a person types. */
const NAMES_FOR_MS = 60_000
const MAX_REMEMBERED = 500

export class PrometheusSource implements MetricSource, ServerSource {
  readonly #id: string
  readonly #client: PromClient
  readonly #stores: Stores
  readonly #clock: Clock
  readonly #capabilities: () => Capabilities | undefined
  readonly #chunks = new ChunkCache()
  readonly #labels = new Map<string, { readonly at: number; readonly answer: Listed<string> }>()
  #names: { readonly at: number; readonly found: Told & { names: readonly LiveMetricName[] } } | undefined

  constructor(
    id: string,
    client: PromClient,
    stores: Stores,
    clock: Clock,
    capabilities: () => Capabilities | undefined,
  ) {
    this.#id = id
    this.#client = client
    this.#stores = stores
    this.#clock = clock
    this.#capabilities = capabilities
  }

  async instant(query: string, at: number, asking: Asking): Promise<MetricAnswer> {
    const answer = await this.#whole(this.#client.query(query, at, asking), asking)
    return {
      type: answer.type,
      series: answer.series,
      text: answer.text,
      ...this.#told(answer, { start: at, end: at }),
    }
  }

  async range(query: string, asked: Grid, asking: Asking): Promise<MetricAnswer> {
    // the server counts in milliseconds
    const start = Math.round(asked.start)
    const step = Math.max(1, Math.round(asked.step))
    // as many steps as were asked for: rounding must not drop the last
    const grid = { start, step, end: start + step * Math.floor((asked.end - asked.start) / asked.step + 1e-6) }
    if (WHOLE_RANGE.test(query)) return await this.#inOne(query, grid, asking)
    const prefix = `${grid.step} ${phaseOf(grid)} ${query} `
    const plan = planOf(grid, (chunk) => this.#chunks.get(prefix + chunk))
    this.#client.http.ledger.of(asking.view).cachedSteps += plan.keptSteps
    const done = await Promise.allSettled(
      plan.runs.map(async (run) => ({ run, answer: await this.#run(query, grid, run, prefix, asking) })),
    )
    const parts: Array<readonly LiveSeries[]> = plan.kept.map(({ series }) => within(series, grid))
    const told: Told[] = []
    for (const [i, result] of done.entries()) {
      const run = plan.runs[i] as Run
      const bounds = { start: timeOf(grid, run.from), end: timeOf(grid, run.to) }
      if (result.status === 'fulfilled') {
        parts.push(result.value.answer.series)
        told.push(this.#told(result.value.answer, bounds))
      } else told.push(this.#gap(result.reason, bounds, parts.length > 0 || done.length > 1))
    }
    // nothing at all came: that is a failure, no answer with gaps
    const failed = done.find((result) => result.status === 'rejected')
    if (failed && plan.kept.length === 0 && done.every((result) => result.status === 'rejected')) throw failed.reason
    parts.sort((a, b) => firstTime(a) - firstTime(b))
    return {
      type: 'matrix',
      series: stitched(parts),
      completeness: uniteCompleteness(told.map((each) => each.completeness)),
      warnings: unique(told.flatMap((each) => each.warnings)),
      infos: unique(told.flatMap((each) => each.infos)),
    }
  }

  async #run(query: string, grid: Grid, run: Run, prefix: string, asking: Asking): Promise<QueryAnswer> {
    const part = { start: timeOf(grid, run.from), end: timeOf(grid, run.to), step: grid.step }
    const answer = await this.#whole(this.#client.queryRange(query, part, asking), asking)
    // what was cut or partial is asked again next time
    if (answer.cut || partial(answer).length > 0) return answer
    for (const chunk of settledChunks(grid, run, this.#serverNow())) {
      const from = timeOf(grid, chunk * CHUNK)
      const to = timeOf(grid, chunk * CHUNK + CHUNK - 1)
      const series = answer.series
        .map((s) => sliced(s, from, to))
        .filter((s) => s.times.length + s.histogramTimes.length > 0)
      this.#chunks.set(prefix + chunk, series)
    }
    return answer
  }

  async #inOne(query: string, grid: Grid, asking: Asking): Promise<MetricAnswer> {
    const { from, to } = indexesOf(grid)
    if (to - from > MAX_INTERVALS)
      throw new WatchdeckError(
        'limit_exceeded',
        `The query speaks of its whole range and has more than ${MAX_INTERVALS} steps.`,
        {
          hint: 'It cannot be asked in parts: take a larger step or a shorter range.',
        },
      )
    const answer = await this.#whole(this.#client.queryRange(query, grid, asking), asking)
    return { type: 'matrix', series: answer.series, ...this.#told(answer, grid) }
  }

  async exemplars(
    query: string,
    range: TimeRange,
    asking: Asking,
  ): Promise<Told & { exemplars: ReturnType<typeof exemplarsOf> }> {
    const bounds = { start: toMillis(range.from), end: toMillis(range.to) }
    const answer = await this.#whole(this.#client.exemplars(query, bounds.start, bounds.end, asking), asking)
    return { ...this.#told(answer, bounds), exemplars: exemplarsOf(answer.items, this.#client.http.spec.traceIdLabel) }
  }

  async labelNames(selector: string | undefined, asking: Asking) {
    const answer = await this.#remembered(`names ${selector ?? ''}`, () =>
      this.#whole(this.#client.labels(selector, asking), asking),
    )
    return { ...this.#told(answer, undefined), names: answer.items }
  }

  async labelValues(label: string, selector: string | undefined, asking: Asking) {
    const key = `values ${label} ${selector ?? ''}`
    const answer = await this.#remembered(key, () =>
      this.#whole(this.#client.labelValues(label, selector, asking), asking),
    )
    return { ...this.#told(answer, undefined), values: answer.items }
  }

  async series(selector: string, range: TimeRange | undefined, asking: Asking) {
    const bounds = range && { start: toMillis(range.from), end: toMillis(range.to) }
    const answer = await this.#whole(this.#client.series(selector, bounds, asking), asking)
    return { ...this.#told({ ...answer, series: answer.items }, bounds), series: answer.items }
  }

  async #remembered(key: string, ask: () => Promise<Listed<string>>): Promise<Listed<string>> {
    const known = this.#labels.get(key)
    if (known && performance.now() - known.at < NAMES_FOR_MS) return known.answer
    const answer = await ask()
    this.#labels.delete(key)
    this.#labels.set(key, { at: performance.now(), answer })
    for (const oldest of this.#labels.keys()) {
      if (this.#labels.size <= MAX_REMEMBERED) break
      this.#labels.delete(oldest)
    }
    return answer
  }

  rules = (asking: Asking) => this.#wholeParts(rulesOf(this.#client, asking), asking)
  targets = (asking: Asking) => this.#wholeParts(targetsOf(this.#client, asking), asking)
  about = (asking: Asking) => aboutOf(this.#client, asking)
  cardinality = (asking: Asking) => this.#wholeParts(cardinalityOf(this.#client, asking), asking)

  /** With those that could not be asked, where the server has others behind it. */
  async #whole<T extends Said>(work: Promise<T>, asking: Asking): Promise<T> {
    const [answer, unreached] = await Promise.all([work, this.#unreached(asking)])
    return unreached.length === 0 ? answer : { ...answer, warnings: unique([...answer.warnings, ...unreached]) }
  }

  async #wholeParts<T>(work: Promise<ToldParts<T>>, asking: Asking): Promise<ToldParts<T>> {
    const [{ facts, missing }, unreached] = await Promise.all([work, this.#unreached(asking)])
    return { facts, missing: unique([...missing, ...unreached]) }
  }

  async #unreached(asking: Asking): Promise<readonly string[]> {
    return this.#capabilities()?.product === 'Thanos' ? await this.#stores.unreached(asking) : []
  }

  async names(asking: Asking): Promise<Told & { names: readonly LiveMetricName[] }> {
    if (this.#names && performance.now() - this.#names.at < NAMES_FOR_MS) return this.#names.found
    const answer = await this.#whole(this.#client.labelValues('__name__', undefined, asking), asking)
    const found = {
      ...this.#told(answer, undefined),
      names: await namesOf(answer.items, this.#client, this.#capabilities(), asking),
    }
    this.#names = { at: performance.now(), found }
    return found
  }

  #serverNow(): number {
    const local = toMillis(this.#clock.now())
    // a clock that runs ahead would keep what has not settled
    return local + Math.min(0, this.#client.skewMs)
  }

  #told(
    answer: Said & { cut?: boolean; series?: readonly unknown[] },
    bounds: { start: number; end: number } | undefined,
  ): Told {
    const missing = partial(answer).map((reason) => this.#missing(reason, bounds))
    const cut = answer.cut === true || answer.warnings.some((warning) => /truncated due to limit/i.test(warning))
    const returned = answer.series?.length
    return {
      completeness: {
        complete: missing.length === 0 && !cut,
        missing,
        ...(cut && returned !== undefined ? { truncated: { returned } } : {}),
      },
      warnings: answer.warnings,
      infos: answer.infos,
    }
  }

  /** @throws the reason itself, when it is about the question or the person left */
  #gap(reason: unknown, bounds: { start: number; end: number }, others: boolean): Told {
    if (!(others && reason instanceof WatchdeckError && (reason.code === 'unavailable' || reason.code === 'timeout')))
      throw reason
    return {
      completeness: { complete: false, missing: [this.#missing(reason.message, bounds)] },
      warnings: [],
      infos: [],
    }
  }

  #missing(reason: string, bounds: { start: number; end: number } | undefined): Completeness['missing'][number] {
    const at = (ms: number | undefined) => (ms === undefined ? '' : formatRfc3339(fromMillis(ms)))
    return { source: this.#id, from: at(bounds?.start), to: at(bounds?.end), reason }
  }
}

/** Kept chunks reach beyond the range at both ends. */
const within = (series: readonly LiveSeries[], grid: Grid): LiveSeries[] =>
  series.map((s) => sliced(s, grid.start, grid.end))

const firstTime = (part: readonly LiveSeries[]): number =>
  part.reduce((least, s) => Math.min(least, s.times[0] ?? Infinity, s.histogramTimes[0] ?? Infinity), Infinity)

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]
