// Values on a grid of steps: what every node of an expression evaluates to.

import { WatchdeckError } from '../base/errors.ts'
import type { NativeHistogram } from './histogram.ts'
import type { Labels } from './labels.ts'

export const ABSENT = 0
export const FLOAT = 1
export const HISTOGRAM = 2

/** One series of an instant vector over all steps. */
export interface StepSeries {
  readonly labels: Labels
  /** the metric name goes when the query is done (functions change what the value means, grouping may still see it) */
  dropName: boolean
  /** per step: ABSENT, FLOAT or HISTOGRAM */
  readonly kinds: Uint8Array
  readonly values: Float64Array
  histograms: Array<NativeHistogram | undefined> | undefined
}

export type Vector = readonly StepSeries[]

export function newSeries(labels: Labels, dropName: boolean, steps: number): StepSeries {
  return { labels, dropName, kinds: new Uint8Array(steps), values: new Float64Array(steps), histograms: undefined }
}

export function setFloat(series: StepSeries, step: number, value: number): void {
  series.kinds[step] = FLOAT
  series.values[step] = value
}

export function setHistogram(series: StepSeries, step: number, value: NativeHistogram): void {
  series.histograms ??= []
  series.histograms[step] = value
  series.kinds[step] = HISTOGRAM
}

export function setSample(series: StepSeries, step: number, value: number | NativeHistogram): void {
  if (typeof value === 'number') setFloat(series, step, value)
  else setHistogram(series, step, value)
}

export function histogramAt(series: StepSeries, step: number): NativeHistogram | undefined {
  return series.kinds[step] === HISTOGRAM ? series.histograms?.[step] : undefined
}

/** undefined when absent */
export function sampleAt(series: StepSeries, step: number): number | NativeHistogram | undefined {
  const kind = series.kinds[step]
  return kind === FLOAT ? series.values[step] : kind === HISTOGRAM ? series.histograms?.[step] : undefined
}

const isEmpty = (series: StepSeries): boolean => !series.kinds.some((kind) => kind !== ABSENT)

export const SAME_LABELS = 'vector cannot contain metrics with the same labelset'

export function evaluationError(message: string): WatchdeckError {
  return new WatchdeckError('invalid_input', message)
}

/** Series by label set, in the order they were first met; two samples of one label set at one step are an error. */
export class VectorBuilder {
  readonly #steps: number
  readonly #byKey = new Map<string, StepSeries>()

  constructor(steps: number) {
    this.#steps = steps
  }

  series(labels: Labels, dropName: boolean): StepSeries {
    const key = dropName ? `${labels.key}\u0003` : labels.key
    let found = this.#byKey.get(key)
    if (!found) {
      found = newSeries(labels, dropName, this.#steps)
      this.#byKey.set(key, found)
    }
    return found
  }

  put(series: StepSeries, step: number, value: number | NativeHistogram): void {
    if (series.kinds[step] !== ABSENT) throw evaluationError(SAME_LABELS)
    setSample(series, step, value)
  }

  add(series: StepSeries, labels: Labels = series.labels): void {
    const target = this.series(labels, series.dropName)
    for (let step = 0; step < this.#steps; step++) {
      const value = sampleAt(series, step)
      if (value !== undefined) this.put(target, step, value)
    }
  }

  build(): Vector {
    return [...this.#byKey.values()].filter((series) => !isEmpty(series))
  }
}
