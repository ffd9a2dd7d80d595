// The evaluator: one pass over the tree, every node for all steps at once, windows sliding over each series' own samples.
// Selections are fetched first; what follows is arithmetic, interrupted now and then so that its host stays responsive.

import { cancelled, WatchdeckError } from '../base/errors.ts'
import type { Aggregate, Binary, Call, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts'
import { isSetOp, stripParens } from './ast.ts'
import { aggregate, countValues } from './aggregate.ts'
import { scalarOp, setOperation, vectorScalar, vectorVector } from './binary.ts'
import { typeOf } from './check.ts'
import { scale, type NativeHistogram } from './histogram.ts'
import { compareLabels, Labels } from './labels.ts'
import { DATE_FUNCTIONS, FLOAT_FUNCTIONS } from './math-functions.ts'
import { Notes } from './notes.ts'
import { parsePromQL } from './parse.ts'
import { isInvariant, needsOf, rangeArgument, resolveAt, subqueryTimes, type Bounds } from './plan.ts'
import { KEEPS_NAME, RANGE_FUNCTIONS } from './range-functions.ts'
import type { RawSeries, SeriesSource } from './source.ts'
import {
  ABSENT,
  evaluationError,
  FLOAT,
  HISTOGRAM,
  newSeries,
  sampleAt,
  setFloat,
  setHistogram,
  setSample,
  VectorBuilder,
  type StepSeries,
  type Vector,
} from './value.ts'
import {
  absentLabels,
  histogramFraction,
  histogramQuantile,
  labelJoin,
  labelReplace,
  mapFloats,
  mapHistograms,
  sortVector,
} from './vector-functions.ts'
import type { Window } from './window.ts'

export const DEFAULT_LOOKBACK_MS = 300_000
export const DEFAULT_SUBQUERY_STEP_MS = 60_000

export interface EvaluateOptions {
  readonly source: SeriesSource
  /** epoch milliseconds; an instant query has no step and is evaluated at `end` */
  readonly start: number
  readonly end: number
  readonly step?: number | undefined
  readonly lookback?: number | undefined
  readonly subqueryStep?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** most samples that may be read, and most steps x series of any intermediate result */
  readonly maxSamples?: number | undefined
  /** awaited every few milliseconds of work */
  readonly breathe?: (() => Promise<void>) | undefined
}

/** Samples of one answered series, times in epoch milliseconds. */
export interface ResultSeries {
  readonly labels: Labels
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly histogramTimes: Float64Array<ArrayBuffer>
  readonly histograms: readonly NativeHistogram[]
}

export interface EvaluateResult {
  readonly type: 'scalar' | 'vector' | 'matrix' | 'string'
  /** instant: in the order of the query (sort, topk); range: ordered by labels */
  readonly series: readonly ResultSeries[]
  readonly text: string | undefined
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/**
 * @throws WatchdeckError `invalid_input` for a query that does not parse or cannot be answered (with Prometheus's words),
 * `unsupported` for what is not there, `limit_exceeded`, `cancelled`
 */
export async function evaluatePromQL(query: string, options: EvaluateOptions): Promise<EvaluateResult> {
  const instant = options.step === undefined
  const start = instant ? options.end : options.start
  const expr = parsePromQL(query, { step: options.step ?? 0, range: options.end - start })
  const type = typeOf(expr)
  if (!instant && type !== 'scalar' && type !== 'vector')
    throw new WatchdeckError(
      'invalid_input',
      `invalid expression type "${type === 'matrix' ? 'range vector' : 'string'}" for range query, must be Scalar or instant Vector`,
    )
  const count = instant ? 1 : Math.max(0, Math.floor((options.end - start) / (options.step as number)) + 1)
  const times = Float64Array.from({ length: count }, (_, i) => start + i * (options.step ?? 0))
  const bounds: Bounds = {
    start,
    end: options.end,
    lookback: options.lookback ?? DEFAULT_LOOKBACK_MS,
    subqueryStep: options.subqueryStep ?? DEFAULT_SUBQUERY_STEP_MS,
  }
  const run = new Run(query, bounds, options)
  await run.fetch(expr)
  return {
    type: instant ? type : 'matrix',
    ...(await run.answer(expr, times, instant)),
    warnings: run.notes.warnings,
    infos: run.notes.infos,
  }
}

interface Ranged {
  readonly series: RawSeries
  readonly dropName: boolean
}

class Run {
  readonly notes: Notes
  readonly #query: string
  readonly #bounds: Bounds
  readonly #options: EvaluateOptions
  readonly #data = new Map<VectorSelector, readonly RawSeries[]>()
  readonly #maxSamples: number
  #samples = 0
  #lastBreath = performance.now()

  constructor(text: string, bounds: Bounds, options: EvaluateOptions) {
    this.notes = new Notes(text)
    this.#query = text
    this.#bounds = bounds
    this.#options = options
    this.#maxSamples = options.maxSamples ?? 50_000_000
  }

  async fetch(expr: Expr): Promise<void> {
    for (const [selector, { after, until, counter }] of needsOf(expr, this.#bounds)) {
      const found = await this.#options.source.select(
        { matchers: selector.matchers, after, until, counter },
        this.#options.signal,
      )
      for (const series of found) this.#samples += series.times.length + series.histogramTimes.length
      if (this.#samples > this.#maxSamples) throw this.#tooMuch('samples to read')
      this.#data.set(selector, found)
    }
  }

  #tooMuch(what: string): WatchdeckError {
    return new WatchdeckError('limit_exceeded', `The query has more ${what} than the limit of ${this.#maxSamples}.`, {
      hint: 'Narrow the selector with labels, shorten the range, or take a larger step.',
    })
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath < 15) return
    await this.#options.breathe?.()
    if (this.#options.signal?.aborted) throw cancelled()
    this.#lastBreath = performance.now()
  }

  async answer(
    expr: Expr,
    times: Float64Array,
    instant: boolean,
  ): Promise<{ series: ResultSeries[]; text: string | undefined }> {
    const type = typeOf(expr)
    const inner = stripParens(expr)
    if (type === 'string') return { series: [], text: inner.kind === 'string' ? inner.value : '' }
    if (type === 'matrix') {
      const argument = rangeArgument(expr) as MatrixSelector | Subquery
      return { series: await this.#rawAnswer(argument, times), text: undefined }
    }
    if (type === 'scalar') {
      const scalar = newSeries(Labels.empty, false, times.length)
      scalar.values.set(await this.#scalar(expr, times))
      scalar.kinds.fill(FLOAT)
      return { series: [toResult(scalar, times)], text: undefined }
    }
    const builder = new VectorBuilder(times.length)
    for (const series of await this.#vector(expr, times)) {
      builder.add({ ...series, dropName: false }, series.dropName ? series.labels.withoutName() : series.labels)
    }
    const series = builder.build().map((each) => toResult(each, times))
    if (!instant) series.sort((a, b) => compareLabels(a.labels, b.labels))
    return { series, text: undefined }
  }

  async #rawAnswer(node: MatrixSelector | Subquery, times: Float64Array): Promise<ResultSeries[]> {
    const timed = node.kind === 'matrix' ? node.selector : node
    const end = (resolveAt(timed.at, this.#bounds) ?? (times[0] as number)) - timed.offset
    const after = end - node.range
    const out: ResultSeries[] = []
    for (const { series, dropName } of await this.#ranged(node, times)) {
      const [lo, hi] = [firstAfter(series.times, after), firstAfter(series.times, end)]
      const [hLo, hHi] = [firstAfter(series.histogramTimes, after), firstAfter(series.histogramTimes, end)]
      if (hi === lo && hHi === hLo) continue
      out.push({
        labels: dropName ? series.labels.withoutName() : series.labels,
        times: series.times.slice(lo, hi),
        values: series.values.slice(lo, hi),
        histogramTimes: series.histogramTimes.slice(hLo, hHi),
        histograms: series.histograms.slice(hLo, hHi),
      })
    }
    return out
  }

  /** Raw samples behind a range argument; a subquery's are its own results. */
  async #ranged(node: MatrixSelector | Subquery, times: Float64Array): Promise<readonly Ranged[]> {
    if (node.kind === 'matrix')
      return (this.#data.get(node.selector) ?? []).map((series) => ({ series, dropName: false }))
    const at = resolveAt(node.at, this.#bounds)
    const inner = subqueryTimes(node, at ?? (times[0] as number), at ?? (times.at(-1) as number), this.#bounds)
    const vector = await this.#vector(node.expr, inner)
    return vector.map((series) => ({
      series: { ...toResult(series, inner), staleTimes: new Float64Array(0) },
      dropName: series.dropName,
    }))
  }

  async #scalar(expr: Expr, times: Float64Array): Promise<Float64Array> {
    const node = stripParens(expr)
    switch (node.kind) {
      case 'number':
        return new Float64Array(times.length).fill(node.value)
      case 'unary': {
        const values = await this.#scalar(node.expr, times)
        return node.op === '-' ? values.map((value) => -value) : values
      }
      case 'binary': {
        const left = await this.#scalar(node.left, times)
        const right = await this.#scalar(node.right, times)
        return left.map((value, i) => scalarOp(node.op, value, right[i] as number))
      }
      case 'call':
        if (node.name === 'time') return times.map((ms) => ms / 1000)
        if (node.name === 'pi') return new Float64Array(times.length).fill(Math.PI)
        return onlyFloat(await this.#vector(node.args[0] as Expr, times), times.length)
    }
    throw new Error(`assertion failed: no scalar in ${node.kind}`)
  }

  async #vector(expr: Expr, times: Float64Array): Promise<Vector> {
    const node = stripParens(expr)
    if (this.#options.signal?.aborted) throw cancelled()
    if (times.length > 1 && node.kind !== 'number' && isInvariant(node))
      return repeat(await this.#vector(node, times.slice(0, 1)), times.length)
    const vector = await this.#evaluate(node, times)
    if (vector.length * times.length > this.#maxSamples) throw this.#tooMuch('points in an intermediate result')
    await this.#breathe()
    return vector
  }

  async #evaluate(node: Expr, times: Float64Array): Promise<Vector> {
    switch (node.kind) {
      case 'selector':
        return this.#instant(node, times, false)
      case 'unary': {
        const vector = await this.#vector(node.expr, times)
        return node.op === '+' ? vector : negate(vector)
      }
      case 'aggregate':
        return this.#aggregate(node, times)
      case 'binary':
        return this.#binary(node, times)
      case 'call':
        return this.#call(node, times)
    }
    throw new Error(`assertion failed: no vector in ${node.kind}`)
  }

  /** The newest sample within the lookback of each step. @param stamps its time instead of its value */
  async #instant(node: VectorSelector, times: Float64Array, stamps: boolean): Promise<Vector> {
    const at = resolveAt(node.at, this.#bounds)
    const out: StepSeries[] = []
    for (const series of this.#data.get(node) ?? []) {
      const target = newSeries(series.labels, stamps, times.length)
      let [i, h, s] = [0, 0, 0]
      let any = false
      for (let step = 0; step < times.length; step++) {
        const now = (at ?? (times[step] as number)) - node.offset
        while (i < series.times.length && (series.times[i] as number) <= now) i++
        while (h < series.histogramTimes.length && (series.histogramTimes[h] as number) <= now) h++
        while (s < series.staleTimes.length && (series.staleTimes[s] as number) <= now) s++
        const float = i > 0 ? (series.times[i - 1] as number) : -Infinity
        const native = h > 0 ? (series.histogramTimes[h - 1] as number) : -Infinity
        const newest = Math.max(float, native)
        if (newest <= now - this.#bounds.lookback || (s > 0 && (series.staleTimes[s - 1] as number) >= newest)) continue
        any = true
        if (stamps) setFloat(target, step, newest / 1000)
        else if (native >= float) setHistogram(target, step, series.histograms[h - 1] as NativeHistogram)
        else setFloat(target, step, series.values[i - 1] as number)
      }
      if (any) out.push(target)
      await this.#breathe()
    }
    return out
  }

  async #aggregate(node: Aggregate, times: Float64Array): Promise<Vector> {
    const vector = await this.#vector(node.expr, times)
    if (node.op === 'count_values')
      return countValues(node, vector, this.#labelName(node.param as Expr, 'invalid label name', true), times.length)
    const param = node.param && (await this.#scalar(node.param, times))
    return aggregate(node, vector, param, times.length, this.notes)
  }

  #text(expr: Expr): string {
    const node = stripParens(expr)
    return node.kind === 'string' ? node.value : ''
  }

  /** A label name given as text: not empty, and UTF-8 (other bytes decode to the replacement character). */
  #labelName(expr: Expr, complaint: string, quoted: boolean): string {
    const name = this.#text(expr)
    if (name !== '' && !name.includes('\ufffd')) return name
    const inner = stripParens(expr)
    const written = this.#query.slice(inner.from, inner.to)
    throw evaluationError(`${complaint} ${quoted ? written : written.slice(1, -1)}`)
  }

  async #binary(node: Binary, times: Float64Array): Promise<Vector> {
    if (typeOf(node.right) === 'scalar')
      return vectorScalar(
        node,
        await this.#vector(node.left, times),
        await this.#scalar(node.right, times),
        false,
        this.notes,
      )
    if (typeOf(node.left) === 'scalar')
      return vectorScalar(
        node,
        await this.#vector(node.right, times),
        await this.#scalar(node.left, times),
        true,
        this.notes,
      )
    const left = await this.#vector(node.left, times)
    const right = await this.#vector(node.right, times)
    return isSetOp(node.op)
      ? setOperation(node, left, right, times.length)
      : vectorVector(node, left, right, times.length, this.notes)
  }

  async #call(node: Call, times: Float64Array): Promise<Vector> {
    const { name, args } = node
    const steps = times.length
    if (RANGE_FUNCTIONS.has(name)) {
      const vector = await this.#rangeCall(node, times)
      return name === 'absent_over_time' ? [absence(absentLabels(node), vector, steps)] : vector
    }
    const arg = args[0]
    if (!arg) return DATE_FUNCTIONS.has(name) ? this.#dates(name, times) : []
    switch (name) {
      case 'vector': {
        const series = newSeries(Labels.empty, false, steps)
        series.values.set(await this.#scalar(arg, times))
        series.kinds.fill(FLOAT)
        return [series]
      }
      case 'timestamp': {
        const inner = stripParens(arg)
        if (inner.kind === 'selector') return this.#instant(inner, times, true)
        return (await this.#vector(arg, times)).map((series) => stamped(series, times))
      }
      case 'histogram_quantile': {
        const q = await this.#scalar(arg, times)
        for (const value of q) this.notes.quantile(value, arg)
        const place = args[1] as Expr
        return histogramQuantile(await this.#vector(place, times), [q], undefined, times, this.notes, place)
      }
      case 'histogram_quantiles': {
        const qs: Float64Array[] = []
        for (const each of args.slice(2)) {
          const q = await this.#scalar(each, times)
          for (const value of q) this.notes.quantile(value, each)
          qs.push(q)
        }
        return histogramQuantile(
          await this.#vector(arg, times),
          qs,
          this.#text(args[1] as Expr),
          times,
          this.notes,
          arg,
        )
      }
      case 'histogram_fraction': {
        const place = args[2] as Expr
        const [lower, upper] = [await this.#scalar(arg, times), await this.#scalar(args[1] as Expr, times)]
        return histogramFraction(await this.#vector(place, times), lower, upper, steps, this.notes, place)
      }
    }
    const vector = await this.#vector(arg, times)
    switch (name) {
      case 'absent':
        return [absence(absentLabels(node), vector, steps)]
      case 'label_replace':
        this.#labelName(args[1] as Expr, 'invalid destination label name in label_replace():', false)
        return labelReplace(
          vector,
          args.slice(1).map((each) => this.#text(each)),
          steps,
        )
      case 'label_join':
        this.#labelName(args[1] as Expr, 'invalid destination label name in label_join():', false)
        return labelJoin(
          vector,
          args.slice(1).map((each) => this.#text(each)),
          steps,
        )
      case 'sort':
      case 'sort_desc':
      case 'sort_by_label':
      case 'sort_by_label_desc':
        if (this.#options.step !== undefined) {
          this.notes.warn('sort is ineffective for range queries since results are always ordered by labels', node)
          return vector
        }
        return sortVector(
          name,
          vector,
          args.slice(1).map((each) => this.#text(each)),
        )
    }
    const ofHistogram = mapHistograms(name, vector)
    if (ofHistogram) return ofHistogram
    const change = FLOAT_FUNCTIONS.get(name)
    if (!change) throw new Error(`assertion failed: ${name} has a signature but no code`)
    const a = args[1] ? await this.#scalar(args[1], times) : new Float64Array(steps).fill(1)
    const b = args[2] ? await this.#scalar(args[2], times) : a
    const changed = mapFloats(vector, (value, step) => change(value, a[step] as number, b[step] as number))
    if (name === 'clamp')
      for (const series of changed)
        for (let step = 0; step < steps; step++)
          if ((b[step] as number) < (a[step] as number)) series.kinds[step] = ABSENT
    return changed
  }

  #dates(name: string, times: Float64Array): Vector {
    const part = DATE_FUNCTIONS.get(name)
    const series = newSeries(Labels.empty, false, times.length)
    times.forEach((ms, step) => setFloat(series, step, part?.(ms / 1000, 0, 0) ?? NaN))
    return [series]
  }

  async #rangeCall(node: Call, times: Float64Array): Promise<Vector> {
    const run = RANGE_FUNCTIONS.get(node.name)
    const place = node.args.find((each) => typeOf(each) === 'matrix') as Expr
    const argument = rangeArgument(place)
    if (!run || !argument) throw new Error(`assertion failed: ${node.name} has no range`)
    const scalars: Float64Array[] = []
    for (const each of node.args) if (each !== place) scalars.push(await this.#scalar(each, times))
    const timed = argument.kind === 'matrix' ? argument.selector : argument
    const at = resolveAt(timed.at, this.#bounds)
    const keepsName = KEEPS_NAME.has(node.name)
    const counter = node.name === 'rate' || node.name === 'increase'
    const out: StepSeries[] = []
    for (const { series, dropName } of await this.#ranged(argument, times)) {
      const target = newSeries(series.labels, dropName || !keepsName, times.length)
      const metric = series.labels.metricName
      const window: Window = {
        series,
        metric,
        lo: 0,
        hi: 0,
        hLo: 0,
        hHi: 0,
        start: 0,
        end: 0,
        range: argument.range,
        now: 0,
        params: [],
        resets: undefined,
      }
      let any = false
      for (let step = 0; step < times.length; step++) {
        window.now = times[step] as number
        window.end = (at ?? window.now) - timed.offset
        window.start = window.end - argument.range
        slide(window)
        if (window.hi === window.lo && window.hHi === window.hLo) continue
        if (scalars.length > 0) window.params = scalars.map((values) => values[step] as number)
        const result = run(window, this.notes, place)
        if (result === undefined) continue
        setSample(target, step, result)
        any = true
      }
      if (counter && metric !== '' && target.kinds.includes(FLOAT) && !/_(total|sum|count|bucket)$/.test(metric))
        this.notes.info(
          `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`,
          place,
        )
      if (any) out.push(target)
      await this.#breathe()
    }
    return out
  }
}

/** Moves both ends forward to (start, end]. */
function slide(window: Window): void {
  const { times, histogramTimes } = window.series
  while (window.lo < times.length && (times[window.lo] as number) <= window.start) window.lo++
  window.hi = Math.max(window.hi, window.lo)
  while (window.hi < times.length && (times[window.hi] as number) <= window.end) window.hi++
  while (window.hLo < histogramTimes.length && (histogramTimes[window.hLo] as number) <= window.start) window.hLo++
  window.hHi = Math.max(window.hHi, window.hLo)
  while (window.hHi < histogramTimes.length && (histogramTimes[window.hHi] as number) <= window.end) window.hHi++
}

function firstAfter(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  return low
}

function toResult(series: StepSeries, times: Float64Array): ResultSeries {
  const count = series.kinds.reduce((n, kind) => n + (kind === FLOAT ? 1 : 0), 0)
  const outTimes = new Float64Array(count)
  const values = new Float64Array(count)
  const histogramTimes: number[] = []
  const histograms: NativeHistogram[] = []
  let at = 0
  for (let step = 0; step < times.length; step++) {
    if (series.kinds[step] === FLOAT) {
      outTimes[at] = times[step] as number
      values[at++] = series.values[step] as number
    } else if (series.kinds[step] === HISTOGRAM) {
      histogramTimes.push(times[step] as number)
      histograms.push(series.histograms?.[step] as NativeHistogram)
    }
  }
  return {
    labels: series.labels,
    times: outTimes,
    values,
    histogramTimes: Float64Array.from(histogramTimes),
    histograms,
  }
}

function repeat(vector: Vector, steps: number): Vector {
  return vector.map((series) => {
    const out = newSeries(series.labels, series.dropName, steps)
    const sample = sampleAt(series, 0)
    if (sample !== undefined) for (let step = 0; step < steps; step++) setSample(out, step, sample)
    return out
  })
}

function negate(vector: Vector): Vector {
  return vector.map((series) => {
    const out = newSeries(series.labels, true, series.kinds.length)
    for (let step = 0; step < series.kinds.length; step++) {
      const sample = sampleAt(series, step)
      if (sample !== undefined) setSample(out, step, typeof sample === 'number' ? -sample : scale(sample, -1))
    }
    return out
  })
}

function stamped(series: StepSeries, times: Float64Array): StepSeries {
  const out = newSeries(series.labels, true, times.length)
  times.forEach((ms, step) => {
    if (series.kinds[step] !== ABSENT) setFloat(out, step, ms / 1000)
  })
  return out
}

function absence(labels: Labels, vector: Vector, steps: number): StepSeries {
  const out = newSeries(labels, false, steps)
  for (let step = 0; step < steps; step++)
    if (!vector.some((series) => series.kinds[step] !== ABSENT)) setFloat(out, step, 1)
  return out
}

/** scalar(): the value of the only float of a step, else NaN. */
function onlyFloat(vector: Vector, steps: number): Float64Array {
  const out = new Float64Array(steps).fill(NaN)
  for (let step = 0; step < steps; step++) {
    const floats = vector.filter((series) => series.kinds[step] === FLOAT)
    if (floats.length === 1) out[step] = (floats[0] as StepSeries).values[step] as number
  }
  return out
}
