// Series of a script in memory, as a source for the evaluator.

import { CUSTOM_SCHEMA, isReset, type NativeHistogram } from '../../src/shared/promql/histogram.ts'
import { type Labels, METRIC_NAME } from '../../src/shared/promql/labels.ts'
import { matchesAll } from '../../src/shared/promql/matchers.ts'
import type { RawSeries, Selection, SeriesSource } from '../../src/shared/promql/source.ts'
import type { Load } from './script.ts'
import { parsePoints, parseSeries, type Point } from './series-notation.ts'

type Sample = Exclude<Point, undefined>

export class ScriptStorage implements SeriesSource {
  readonly #series = new Map<string, { labels: Labels; points: Map<number, Sample> }>()

  /** samples have start timestamps, which change what a rate is; the evaluator has none */
  startTimestamps = false

  load(command: Load): void {
    const loaded: Array<{ labels: Labels; points: Point[] }> = []
    for (const line of command.lines) {
      const { labels, rest } = parseSeries(line)
      if (/^@st\b/.test(rest)) {
        this.startTimestamps = true
        continue
      }
      const points = parsePoints(rest)
      loaded.push({ labels, points })
      points.forEach((point, i) => this.#put(labels, i * command.stepMs, point))
    }
    if (command.withNativeBuckets)
      for (const { labels, points } of nativeBuckets(loaded))
        points.forEach((point, i) => this.#put(labels, i * command.stepMs, point))
  }

  #put(labels: Labels, time: number, point: Point): void {
    if (point === undefined) return
    let found = this.#series.get(labels.key)
    if (!found) {
      found = { labels, points: new Map() }
      this.#series.set(labels.key, found)
    }
    found.points.set(time, point)
  }

  async select({ matchers, after, until }: Selection): Promise<RawSeries[]> {
    const out: RawSeries[] = []
    for (const { labels, points } of this.#series.values()) {
      if (!matchesAll(matchers, labels)) continue
      const all = inChunks([...points].sort((a, b) => a[0] - b[0])).filter(([time]) => time > after && time <= until)
      const floats = all.filter((p): p is [number, number] => typeof p[1] === 'number')
      const natives = all.filter(
        (p): p is [number, { histogram: NativeHistogram; hintGiven: boolean }] => typeof p[1] === 'object',
      )
      out.push({
        labels,
        times: Float64Array.from(floats, ([time]) => time),
        values: Float64Array.from(floats, ([, value]) => value),
        histogramTimes: Float64Array.from(natives, ([time]) => time),
        histograms: natives.map(([, { histogram }]) => histogram),
        staleTimes: Float64Array.from(
          all.filter(([, p]) => p === 'stale'),
          ([time]) => time,
        ),
      })
    }
    return out.filter((series) => series.times.length + series.histogramTimes.length > 0)
  }
}

/**
 * The samples of a series, its native histograms as Prometheus's chunks give them back: the first of a chunk does not say whether the
 * counter started again, the others say that it did not. A chunk ends where it did, at another kind, layout or marker.
 */
function inChunks(points: ReadonlyArray<readonly [number, Sample]>): Array<readonly [number, Sample]> {
  let before: NativeHistogram | undefined
  return points.map(([time, point]) => {
    const current = typeof point === 'object' ? point.histogram : undefined
    const previous = before
    before = current?.hint === 'gauge' ? undefined : current
    if (typeof point !== 'object' || !before) return [time, point]
    const hint = previous && goesOn(before, previous) ? 'not_reset' : 'unknown'
    return [time, { ...point, histogram: { ...before, hint } }]
  })
}

function goesOn(current: NativeHistogram, before: NativeHistogram): boolean {
  return (
    current.hint !== 'reset' &&
    current.schema === before.schema &&
    current.zeroThreshold === before.zeroThreshold &&
    current.bounds.length === before.bounds.length &&
    current.bounds.every((bound, i) => bound === before.bounds[i]) &&
    !isReset({ ...current, hint: 'unknown' }, before)
  )
}

/** Classic buckets as native histograms with own bounds. */
function nativeBuckets(
  loaded: ReadonlyArray<{ labels: Labels; points: Point[] }>,
): Array<{ labels: Labels; points: Point[] }> {
  const groups = new Map<
    string,
    { labels: Labels; buckets: Array<{ le: number; points: Point[] }>; count?: Point[]; sum?: Point[] }
  >()
  for (const { labels, points } of loaded) {
    const m = /^(.*)_(bucket|count|sum)$/.exec(labels.metricName)
    if (!m) continue
    const base = labels.without(['le']).with([[METRIC_NAME, m[1] as string]])
    let group = groups.get(base.key)
    if (!group) {
      group = { labels: base, buckets: [] }
      groups.set(base.key, group)
    }
    if (m[2] === 'bucket')
      group.buckets.push({ le: labels.get('le') === '+Inf' ? Infinity : Number(labels.get('le')), points })
    else if (m[2] === 'count') group.count = points
    else group.sum = points
  }
  return [...groups.values()]
    .filter((group) => group.buckets.length > 0)
    .map((group) => {
      const buckets = group.buckets.sort((a, b) => a.le - b.le)
      const length = Math.max(...buckets.map((bucket) => bucket.points.length))
      const at = (points: Point[] | undefined, i: number) =>
        typeof points?.[i] === 'number' ? (points[i] as number) : undefined
      const points = Array.from({ length }, (_, i): Point => {
        const positive = new Map<number, number>()
        let before = 0
        let any = false
        buckets.forEach(({ points: counts }, index) => {
          const value = at(counts, i)
          if (value === undefined) return
          any = true
          if (value !== before) positive.set(index, value - before)
          before = value
        })
        if (!any) return buckets.some(({ points: p }) => p[i] === 'stale') ? 'stale' : undefined
        const bounds = buckets.map(({ le }) => le).filter((le) => le !== Infinity)
        const histogram: NativeHistogram = {
          schema: CUSTOM_SCHEMA,
          count: at(group.count, i) ?? before,
          sum: at(group.sum, i) ?? 0,
          zeroThreshold: 0,
          zeroCount: 0,
          positive,
          negative: new Map(),
          bounds,
          hint: 'unknown',
        }
        return { histogram, hintGiven: false }
      })
      return { labels: group.labels, points }
    })
}
