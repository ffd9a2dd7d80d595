// metrics.lane: a query for a picture. A plain selector of stored samples is thinned in the store to the first, last, lowest and
// highest of every pixel; anything else is evaluated on a grid of whole steps. Gaps are a NaN between two points.

import { jsonInteger } from '../../shared/frame/table.ts'
import { parseRange, type TimeRange } from '../../shared/base/time.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import {
  fixedName,
  type Labels,
  parsePromQL,
  stripParens,
  tryParsePromQL,
  type VectorSelector,
} from '../../shared/promql/index.ts'
import type { Handlers, EngineContext } from '../engine/api.ts'
import { bucketWidth } from '../storage/telemetry/sql.ts'
import { ask, scopesOf, SOURCE_LABEL } from './ask.ts'
import { type Match, matchSeries } from './catalogue.ts'
import { liveMeta, liveMetrics } from './live.ts'
import { shortLabels } from './names.ts'
import { seriesAnswer } from './query.ts'
import { GridTimes, nsToMs } from './times.ts'
import { unrecorded } from './unrecorded.ts'

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400]

/** The smallest round step that gives at most `width` points, in nanoseconds. */
export function stepFor(range: TimeRange, width: number): bigint {
  const least = Number(range.to - range.from) / 1e9 / width
  const seconds = STEPS_S.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400
  return BigInt(seconds) * 1_000_000_000n
}

interface Line {
  readonly labels: Labels
  readonly values: { times: BigInt64Array<ArrayBuffer>; values: Float64Array<ArrayBuffer> }
  readonly histograms?: ReturnType<typeof seriesAnswer>['histograms']
}

export function laneHandler(engine: EngineContext): Handlers<'metrics'>['lane'] {
  const nameOf = (source: string): string => engine.catalog.sources.get(source)?.name ?? source
  return async (input, { signal }) => {
    const range = parseRange(input.range, engine.platform.clock.now())
    const asking = { signal, view: 'metrics.lane' }
    const live = liveMetrics(engine, input.sources)
    const expr = live.length === 0 ? stripParens(parsePromQL(input.query)) : tryParsePromQL(input.query)
    const selector = expr?.kind === 'selector' && expr.offset === 0 && expr.at === undefined ? expr : undefined
    const plain = selector ? await stored(engine, selector, input.sources, signal) : undefined
    const told = await liveMeta(live, selector && fixedName(selector.matchers), asking)
    const meta = (matches: readonly Match[]) => ({
      // a histogram's buckets and its count are numbers of observations, whatever it measures
      unit: common([
        ...matches.map((m) => (m.part === 'bucket' || m.part === 'count' ? '' : m.stored.unit)),
        ...told.map((m) => m.unit),
      ]),
      type: common([...matches.map((m) => m.stored.type), ...told.map((m) => m.type)]),
    })
    if (
      live.length === 0 &&
      plain?.every((group) => group.matches.every((m) => m.part === 'value')) &&
      plain.length > 0
    ) {
      const lines: Line[] = []
      let widest = bucketWidth(range, input.width)
      for (const group of plain) {
        const thin = await thinned(engine, group, range, input.width, plain.length > 1, signal)
        lines.push(...thin.lines)
        if (thin.pixel > widest) widest = thin.pixel
      }
      const { kept, completeness } = largest(
        lines,
        input.maxSeries,
        uniteCompleteness([
          ...plain.flatMap((group) => [group.whole.completeness, group.scope.completeness]),
          ...plain.slice(0, 1).map((group) => unrecorded(engine, group.whole, expr, range)),
        ]),
      )
      return {
        mode: 'm4',
        stepNs: jsonInteger(widest),
        ...meta(plain.flatMap((g) => g.matches)),
        series: named(kept, input.query, nameOf),
        totalSeries: lines.length,
        warnings: [],
        completeness,
      }
    }
    const step = stepFor(range, input.width)
    const start = ((range.from + step - 1n) / step) * step
    const answer = await ask(
      engine,
      {
        query: input.query,
        start: nsToMs(start),
        end: nsToMs(range.to),
        step: Number(step) / 1e6,
        sources: input.sources,
      },
      asking,
    )
    const grid = new GridTimes()
    const lines = answer.series.map((series): Line => {
      const { values, histograms } = seriesAnswer(series, grid)
      const points = withGaps(values.times, values.values, step + step / 2n)
      return histograms === undefined
        ? { labels: series.labels, values: points }
        : { labels: series.labels, values: points, histograms }
    })
    const { kept, completeness } = largest(lines, input.maxSeries, answer.completeness)
    return {
      mode: 'step',
      stepNs: jsonInteger(step),
      ...meta(plain?.flatMap((g) => g.matches) ?? []),
      series: named(kept, input.query, nameOf),
      totalSeries: lines.length,
      warnings: [...answer.warnings, ...answer.infos],
      completeness,
    }
  }
}

type Group = Awaited<ReturnType<typeof stored>>[number]

async function stored(
  engine: EngineContext,
  selector: VectorSelector,
  sources: readonly string[] | undefined,
  signal: AbortSignal,
) {
  const { whole, each } = await scopesOf(engine, sources, signal)
  const out = []
  for (const { id, scope } of each) {
    const matches = await matchSeries(engine.telemetry, scope, selector.matchers, signal)
    if (matches.length > 0) out.push({ id, scope, matches, whole })
  }
  return out
}

async function thinned(
  engine: EngineContext,
  group: Group,
  range: TimeRange,
  width: number,
  several: boolean,
  signal: AbortSignal,
): Promise<{ lines: Line[]; pixel: bigint }> {
  const series = group.matches.map((m) => m.stored.id)
  const lane = await engine.telemetry.lane(group.scope, { series, range, buckets: width }, { signal })
  const pixel = lane.width
  const lines = lane.series.map(({ key, points, times, values }) => {
    const match = group.matches[key] as Match
    // how far apart samples usually are: a longer silence is a gap
    const span = (times.at(-1) as bigint) - (times[0] as bigint)
    const usual = points > 1 ? span / BigInt(points - 1) + 1n : 0n
    const silence = 4n * usual > 2n * pixel ? 4n * usual : 2n * pixel
    const labels = several ? match.labels.with([[SOURCE_LABEL, group.id]]) : match.labels
    return { labels, values: withGaps(times, values, silence) }
  })
  return { lines, pixel }
}

/** A NaN half-way between points further apart than `silence` nanoseconds; without any, the arrays themselves. */
export function withGaps(
  times: BigInt64Array<ArrayBuffer>,
  values: Float64Array<ArrayBuffer>,
  silence: bigint,
): Line['values'] {
  const gaps = gapsOf(times, silence)
  if (gaps.length === 0) return { times, values }
  const outTimes = new BigInt64Array(times.length + gaps.length)
  const outValues = new Float64Array(times.length + gaps.length)
  let [from, to] = [0, 0]
  for (const gap of [...gaps, times.length]) {
    outTimes.set(times.subarray(from, gap), to)
    outValues.set(values.subarray(from, gap), to)
    to += gap - from
    from = gap
    if (gap === times.length) break
    const before = times[gap - 1] as bigint
    outTimes[to] = before + ((times[gap] as bigint) - before) / 2n
    outValues[to++] = NaN
  }
  return { times: outTimes, values: outValues }
}

const found = new WeakMap<BigInt64Array, { readonly silence: bigint; readonly gaps: readonly number[] }>()

/** Places of the points that come after a silence. Series of one answer mostly share their times: looked at once. */
function gapsOf(times: BigInt64Array, silence: bigint): readonly number[] {
  const known = found.get(times)
  if (known?.silence === silence) return known.gaps
  const gaps: number[] = []
  for (let i = 1; i < times.length; i++) if ((times[i] as bigint) - (times[i - 1] as bigint) > silence) gaps.push(i)
  found.set(times, { silence, gaps })
  return gaps
}

function common(words: readonly string[]): string {
  return words.length > 0 && words.every((word) => word === words[0]) ? (words[0] as string) : ''
}

function named(lines: readonly Line[], query: string, nameOf: (source: string) => string) {
  const labels = shortLabels(
    lines.map((line) => line.labels),
    query,
    nameOf,
  )
  return lines.map(({ labels: own, ...line }, i) => ({ ...line, metric: own.toObject(), label: labels[i] as string }))
}

/** Lines that move most come first, those that stand highest next; the rest is left out and said so. */
function largest<C extends { complete: boolean }>(lines: readonly Line[], max: number, completeness: C) {
  if (lines.length <= max) return { kept: lines, completeness }
  const weight = ({ values: { values } }: Line) => {
    let [low, high] = [Infinity, -Infinity]
    for (const value of values) {
      if (value < low) low = value
      if (value > high) high = value
    }
    return high - low > 0 ? [1, high - low] : [0, high]
  }
  const ranked = lines
    .map((line) => ({ line, weight: weight(line) as [number, number] }))
    .sort((a, b) => b.weight[0] - a.weight[0] || b.weight[1] - a.weight[1])
  return {
    kept: ranked.slice(0, max).map(({ line }) => line),
    completeness: { ...completeness, complete: false, truncated: { returned: max, total: lines.length } },
  }
}
