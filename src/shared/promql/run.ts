// One evaluation: one pass over the tree, every node for all steps at once, windows sliding over each series' own samples.
// Selections are fetched first; what follows is arithmetic, interrupted now and then so that its host stays responsive.

import { cancelled, WatchdeckError } from '../base/errors.ts'
import type { EvaluateOptions, ResultSeries } from './answer.ts'
import type { Aggregate, Binary, Call, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts'
import { isSetOp, stripParens } from './ast.ts'
import { aggregate, countValues } from './aggregate.ts'
import { scalarOp, setOperation, vectorScalar, vectorVector } from './binary.ts'
import { typeOf } from './check.ts'
import { compareLabels, Labels } from './labels.ts'
import { DATE_FUNCTIONS, FLOAT_FUNCTIONS } from './math-functions.ts'
import { Notes } from './notes.ts'
import { isInvariant, needsOf, rangeArgument, resolveAt, subqueryTimes, type Bounds } from './plan.ts'
import { KEEPS_NAME, RANGE_FUNCTIONS } from './range-functions.ts'
import type { RawSeries } from './source.ts'
import {
  absence,
  firstAfter,
  instantSeries,
  negate,
  onlyFloat,
  overWindows,
  repeat,
  stamped,
  toResult,
  withoutHints,
  withResets,
} from './steps.ts'
import {
  ABSENT,
  evaluationError,
  FLOAT,
  newSeries,
  setFloat,
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

interface Ranged {
  readonly series: RawSeries
  readonly dropName: boolean
}

/** One query under way: fetch first, then answer once. */
export class Run {
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
    for (const [selector, { after, until, counter, statistics }] of needsOf(expr, this.#bounds)) {
      const found = await this.#options.source.select(
        { matchers: selector.matchers, after, until, counter },
        this.#options.signal,
      )
      for (const series of found) this.#samples += series.times.length + series.histogramTimes.length
      if (this.#samples > this.#maxSamples) throw this.#tooMuch('samples to read')
      this.#data.set(selector, statistics ? found.map((series) => withResets(series, after)) : found)
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
      series: withoutHints({ ...toResult(series, inner), staleTimes: new Float64Array(0) }),
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
      const found = instantSeries(series, times, at, node.offset, this.#bounds.lookback, stamps)
      if (found) out.push(found)
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
    const windows = { run, times, at, offset: timed.offset, range: argument.range, scalars, notes: this.notes, place }
    const out: StepSeries[] = []
    for (const { series, dropName } of await this.#ranged(argument, times)) {
      const found = overWindows(series, dropName || !keepsName, windows)
      await this.#breathe()
      if (!found) continue
      out.push(found)
      const metric = series.labels.metricName
      if (counter && metric !== '' && found.kinds.includes(FLOAT) && !/_(total|sum|count|bucket)$/.test(metric))
        this.notes.info(
          `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`,
          place,
        )
    }
    return out
  }
}
