// metrics.heatmap: a histogram metric as observations per time step and bucket, classic, native and VictoriaMetrics's alike.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { parseRange } from '../../shared/base/time.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import { METRIC_NAME, parsePromQL, printSelector, stripParens } from '../../shared/promql/index.ts'
import type { EngineContext, Handlers } from '../engine/api.ts'
import { ask, scopesOf } from './ask.ts'
import { stepFor } from './lane.ts'
import { liveMeta, liveMetrics } from './live.ts'
import { msToNs, nsToMs } from './times.ts'

/** Counts come from a rate: its window must hold two samples even where scrapes are a minute apart. */
const LEAST_WINDOW_NS = 150_000_000_000n

export function heatmapHandler(engine: EngineContext): Handlers<'metrics'>['heatmap'] {
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const selector = stripParens(parsePromQL(input.metric))
    const name =
      selector.kind === 'selector'
        ? selector.matchers.find((m) => m.name === METRIC_NAME && m.op === '=')?.value
        : undefined
    if (selector.kind !== 'selector' || name === undefined)
      throw new WatchdeckError(
        'invalid_input',
        'A heatmap needs the selector of one histogram, such as http_request_duration_seconds{service="a"}.',
      )
    const step = stepFor(range, input.width)
    const window = step > LEAST_WINDOW_NS ? step : LEAST_WINDOW_NS
    const seconds = Number(step) / 1e9
    const rest = selector.matchers.filter((m) => m.name !== METRIC_NAME)
    const over = (metric: string) => `rate(${printSelector(metric, rest)}[${Number(window / 1_000_000n)}ms])`
    const start = ((range.from + step - 1n) / step) * step
    const question = { start: nsToMs(start), end: nsToMs(range.to), step: Number(step) / 1e6, sources: input.sources }
    const base = name.replace(/_bucket$/, '')
    const asking = { signal, view: 'metrics.heatmap' }
    const classic = await ask(
      engine,
      { ...question, query: `sum by (le, vmrange) (${over(`${base}_bucket`)}) * ${seconds}` },
      asking,
    )
    const native = await ask(engine, { ...question, query: `sum(${over(base)}) * ${seconds}` }, asking)

    const cells = new Map<number, Map<number, number>>()
    const add = (ms: number, bound: number, count: number) => {
      const row = cells.get(ms) ?? new Map<number, number>()
      row.set(bound, (row.get(bound) ?? 0) + count)
      cells.set(ms, row)
    }
    for (const [ms, upTo] of cumulativeRows(classic.series)) {
      let before = 0
      for (const [bound, total] of upTo) {
        add(ms, bound, Math.max(0, total - before))
        before = Math.max(before, total)
      }
    }
    // what VictoriaMetrics makes of native histograms: each bucket by its own bounds
    for (const series of classic.series) {
      const bound = /\.\.\.(.+)$/.exec(series.labels.get('vmrange'))?.[1]
      if (bound !== undefined)
        series.times.forEach((ms, i) =>
          add(ms, bound === '+Inf' ? Infinity : Number(bound), series.values[i] as number),
        )
    }
    for (const series of native.series)
      series.histograms.forEach((histogram, i) => {
        for (const [, , upper, count] of histogram.buckets) add(series.histogramTimes[i] as number, upper, count)
      })
    const times = [...cells.keys()].sort((a, b) => a - b)
    const bounds = [...new Set([...cells.values()].flatMap((row) => [...row.keys()]))].sort((a, b) => a - b)
    const counts = new Float64Array(times.length * bounds.length)
    times.forEach((ms, t) => {
      const row = cells.get(ms)
      bounds.forEach((bound, b) => {
        counts[t * bounds.length + b] = row?.get(bound) ?? 0
      })
    })
    return {
      times: BigInt64Array.from(times, msToNs),
      bounds: Float64Array.from(bounds),
      counts,
      unit: await unitOf(engine, base, input.sources, asking),
      completeness: uniteCompleteness([classic.completeness, native.completeness]),
    }
  }
}

/** Per time the counts up to each bound, by rising bound. */
function cumulativeRows(
  series: ReadonlyArray<{ labels: { get(name: string): string }; times: Float64Array; values: Float64Array }>,
): Map<number, Array<readonly [number, number]>> {
  const rows = new Map<number, Map<number, number>>()
  for (const each of series) {
    const text = each.labels.get('le')
    const bound = text === '+Inf' ? Infinity : Number(text)
    if (text === '' || Number.isNaN(bound)) continue
    each.times.forEach((ms, i) => {
      const row = rows.get(ms) ?? new Map<number, number>()
      // several sources: the picture is of all of them
      row.set(bound, (row.get(bound) ?? 0) + (each.values[i] as number))
      rows.set(ms, row)
    })
  }
  return new Map([...rows].map(([ms, row]) => [ms, [...row].sort((a, b) => a[0] - b[0])] as const))
}

async function unitOf(
  engine: EngineContext,
  name: string,
  sources: readonly string[] | undefined,
  asking: Asking,
): Promise<string> {
  const { signal } = asking
  const { whole } = await scopesOf(engine, sources, signal)
  const rows = await engine.telemetry.rows<{ unit: string }>(
    `SELECT DISTINCT unit FROM ${whole.relation('series')} WHERE prom_name IN (?, ?) LIMIT 2`,
    [name, `${name}_bucket`],
    { signal },
  )
  const live = await liveMeta(liveMetrics(engine, sources), `${name}_bucket`, asking)
  const units = new Set([...rows, ...live].map(({ unit }) => unit))
  return units.size === 1 ? ([...units][0] ?? '') : ''
}
