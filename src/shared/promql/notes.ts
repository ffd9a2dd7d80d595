// Warnings and infos of an evaluation, worded and placed as Prometheus does, each once.

import type { Expr } from './ast.ts'
import { formatG } from './literals.ts'
import { positionOf } from './parse-error.ts'

type Place = Pick<Expr, 'from'>

export class Notes {
  readonly #text: string
  readonly #warnings = new Set<string>()
  readonly #infos = new Set<string>()
  readonly #forced = new Map<
    string,
    { place: Place; from: number; to: number; maxDiff: number; count: number; minTime: number; maxTime: number }
  >()

  constructor(text: string) {
    this.#text = text
  }

  #at(place: Place): string {
    const { line, column } = positionOf(this.#text, place.from)
    return `(${line}:${column})`
  }

  warn(message: string, place: Place): void {
    this.#warnings.add(`PromQL warning: ${message} ${this.#at(place)}`)
  }

  info(message: string, place: Place): void {
    this.#infos.add(`PromQL info: ${message} ${this.#at(place)}`)
  }

  quantile(q: number, place: Place): void {
    if (!(q >= 0 && q <= 1)) this.warn(`quantile value should be between 0 and 1, got ${formatG(q)}`, place)
  }

  mixedRange(metric: string, place: Place): void {
    this.warn(`encountered a mix of histograms and floats for metric name ${JSON.stringify(metric)}`, place)
  }

  ignoredHistograms(metric: string, place: Place): void {
    this.info(
      `ignored histograms in a range containing both floats and histograms for metric name ${JSON.stringify(metric)}`,
      place,
    )
  }

  mixedBuckets(metric: string, place: Place): void {
    this.warn(
      `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${JSON.stringify(metric)}`,
      place,
    )
  }

  reconciled(operation: 'addition' | 'subtraction' | 'aggregation', place: Place): void {
    this.info(`mismatched custom buckets were reconciled during ${operation}`, place)
  }

  resetCollision(operation: 'addition' | 'subtraction' | 'aggregation', place: Place): void {
    this.warn(`conflicting counter resets during histogram ${operation}`, place)
  }

  /** One line for all the buckets of a metric that fell and were raised. */
  forcedMonotonic(
    metric: string,
    place: Place,
    timeMs: number,
    forced: { from: number; to: number; maxDiff: number },
  ): void {
    const named = metric === '' ? '' : ` for metric name ${JSON.stringify(metric)}`
    const key = `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${named}`
    const seen = this.#forced.get(key)
    if (!seen) this.#forced.set(key, { place, ...forced, count: 1, minTime: timeMs, maxTime: timeMs })
    else {
      seen.from = Math.min(seen.from, forced.from)
      seen.to = Math.max(seen.to, forced.to)
      seen.maxDiff = Math.max(seen.maxDiff, forced.maxDiff)
      seen.minTime = Math.min(seen.minTime, timeMs)
      seen.maxTime = Math.max(seen.maxTime, timeMs)
      seen.count++
    }
  }

  get warnings(): string[] {
    return [...this.#warnings]
  }

  get infos(): string[] {
    const forced = [...this.#forced].map(
      ([message, f]) =>
        `PromQL info: ${message}, from buckets ${formatG(f.from)} to ${formatG(f.to)}, with a max diff of ${formatG(Number(f.maxDiff.toPrecision(2)))}, over ${f.count} samples from ${seconds(f.minTime)} to ${seconds(f.maxTime)} ${this.#at(f.place)}`,
    )
    return [...this.#infos, ...forced]
  }
}

function seconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
