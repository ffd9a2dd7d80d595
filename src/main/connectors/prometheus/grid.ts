// A range query in parts: its steps lie on a fixed grid, so parts of an earlier answer stay right, whoever moves the range.
// A chunk is CHUNK steps of one query, step and phase; only chunks that have settled are kept (protocols: Prometheus 7, 8).

import type { LiveSeries } from '../../../shared/domain/live-source.ts'

export const CHUNK = 60
/** The server's own limit: exactly this many intervals pass. */
export const MAX_INTERVALS = 11_000
/** Newer samples may still come in late: they are always asked again. */
export const SETTLING_MS = 10 * 60_000

export interface Grid {
  /** epoch ms */
  readonly start: number
  readonly end: number
  /** ms */
  readonly step: number
}

/** Steps `from` to `to` (inclusive), counted from the epoch by the grid's step and phase. */
export interface Run {
  readonly from: number
  readonly to: number
}

export interface Kept {
  readonly chunk: number
  readonly series: readonly LiveSeries[]
}

export interface Plan {
  readonly kept: readonly Kept[]
  readonly runs: readonly Run[]
  /** steps that the cache answers */
  readonly keptSteps: number
}

export const phaseOf = (grid: Grid): number => ((grid.start % grid.step) + grid.step) % grid.step
export const timeOf = (grid: Grid, index: number): number => index * grid.step + phaseOf(grid)
export const indexesOf = (grid: Grid): Run => {
  const from = Math.round((grid.start - phaseOf(grid)) / grid.step)
  return { from, to: from + Math.max(0, Math.floor((grid.end - grid.start) / grid.step)) }
}

/** What is kept, and the fewest requests for the rest. */
export function planOf(grid: Grid, kept: (chunk: number) => readonly LiveSeries[] | undefined): Plan {
  const { from, to } = indexesOf(grid)
  const have: Kept[] = []
  const runs: Run[] = []
  let keptSteps = 0
  let open: Run | undefined
  const close = () => {
    if (open) runs.push(open)
    open = undefined
  }
  for (let chunk = Math.floor(from / CHUNK); chunk <= Math.floor(to / CHUNK); chunk++) {
    const part = { from: Math.max(from, chunk * CHUNK), to: Math.min(to, chunk * CHUNK + CHUNK - 1) }
    const series = kept(chunk)
    if (series) {
      close()
      have.push({ chunk, series })
      keptSteps += part.to - part.from + 1
    } else if (open && part.to - open.from <= MAX_INTERVALS) open = { from: open.from, to: part.to }
    else {
      close()
      open = part
    }
  }
  close()
  return { kept: have, runs, keptSteps }
}

/** Chunks that a run covers whole and that have settled by `now` (epoch ms, the server's clock when it is known). */
export function settledChunks(grid: Grid, run: Run, now: number): number[] {
  const chunks: number[] = []
  for (let chunk = Math.ceil(run.from / CHUNK); chunk * CHUNK + CHUNK - 1 <= run.to; chunk++)
    if (timeOf(grid, chunk * CHUNK + CHUNK - 1) <= now - SETTLING_MS) chunks.push(chunk)
  return chunks
}

/** The samples of a series with `from <= time <= to`. */
export function sliced(series: LiveSeries, from: number, to: number): LiveSeries {
  const a = lowerBound(series.times, from)
  const b = lowerBound(series.times, to, true)
  const c = lowerBound(series.histogramTimes, from)
  const d = lowerBound(series.histogramTimes, to, true)
  return {
    labels: series.labels,
    times: series.times.slice(a, b),
    values: series.values.slice(a, b),
    histogramTimes: series.histogramTimes.slice(c, d),
    histograms: series.histograms.slice(c, d),
  }
}

function lowerBound(times: Float64Array, at: number, after = false): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    const time = times[middle] as number
    if (after ? time <= at : time < at) low = middle + 1
    else high = middle
  }
  return low
}

export const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

/** Parts of the same series, in the order of their time, as one; series in the order of their labels. */
export function stitched(parts: ReadonlyArray<readonly LiveSeries[]>): LiveSeries[] {
  const byKey = new Map<string, LiveSeries[]>()
  for (const part of parts)
    for (const series of part) {
      const key = keyOf(series.labels)
      const list = byKey.get(key)
      if (list) list.push(series)
      else byKey.set(key, [series])
    }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => (list.length === 1 ? (list[0] as LiveSeries) : joined(list)))
    .filter((series) => series.times.length + series.histogramTimes.length > 0)
}

function joined(list: readonly LiveSeries[]): LiveSeries {
  return {
    labels: (list[0] as LiveSeries).labels,
    times: concat(list.map((s) => s.times)),
    values: concat(list.map((s) => s.values)),
    histogramTimes: concat(list.map((s) => s.histogramTimes)),
    histograms: list.flatMap((s) => s.histograms),
  }
}

function concat(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
