// Gathers the samples of one series in the order of time; a time that comes again is one sample.

import type { Labels, NativeHistogram, RawSeries } from '../../shared/promql/index.ts'

export class SeriesWriter {
  readonly #labels: Labels
  readonly #accumulate: boolean
  readonly #times: number[] = []
  readonly #values: number[] = []
  readonly #stale: number[] = []
  readonly #histogramTimes: number[] = []
  readonly #histograms: NativeHistogram[] = []
  #total = 0

  /** @param accumulate the values are deltas: give their running total, from zero at the first one's start */
  constructor(labels: Labels, accumulate: boolean) {
    this.#labels = labels
    this.#accumulate = accumulate
  }

  /** @param start milliseconds at which the point's own interval began; 0 when unknown */
  add(ms: number, value: number, stale: boolean, start: number): void {
    if (stale) {
      this.#stale.push(ms)
      return
    }
    if (ms === this.#times.at(-1)) return
    if (this.#accumulate) {
      if (this.#times.length === 0 && start > 0 && start < ms) this.#push(start, 0)
      if (!Number.isNaN(value)) this.#total += value
      this.#push(ms, this.#total)
    } else this.#push(ms, value)
  }

  #push(ms: number, value: number): void {
    this.#times.push(ms)
    this.#values.push(value)
  }

  addHistogram(ms: number, histogram: NativeHistogram): void {
    if (ms === this.#histogramTimes.at(-1)) return
    this.#histogramTimes.push(ms)
    this.#histograms.push(histogram)
  }

  build(): RawSeries {
    return {
      labels: this.#labels,
      times: Float64Array.from(this.#times),
      values: Float64Array.from(this.#values),
      histogramTimes: Float64Array.from(this.#histogramTimes),
      histograms: this.#histograms,
      staleTimes: Float64Array.from(this.#stale),
    }
  }
}
