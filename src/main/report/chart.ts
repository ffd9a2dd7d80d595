// Pictures of pinned answers as SVG, drawn by ECharts without a page. Fixed width, no script, readable on white.

import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { tryParseRfc3339, toMillis } from '../../shared/base/time.ts'
import { formatQuantity, scaleFor, shareEnd, unitKind } from '../../shared/domain/quantity.ts'

echarts.use([LineChart, BarChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer])

const WIDTH = 920
const PLOT_HEIGHT = 200
const LEGEND_ROW = 24
// Okabe and Ito's eight, safe for colour-blind eyes on white
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#B8860B', '#666666', '#7B3294']
const FAILED = '#c62828'
const LEVEL_COLOURS: Record<string, string> = {
  fatal: '#7a0019',
  error: '#c62828',
  warn: '#b8860b',
  info: '#4a78b5',
  debug: '#8a8f98',
  trace: '#b5b9c0',
  unknown: '#cfd2d6',
}

export interface Line {
  readonly name: string
  /** [RFC 3339, number or 'NaN' ..] as the answer keeps them */
  readonly points: ReadonlyArray<readonly [string, number | string]>
}

/** What the time axis spans, epoch ms; left open, the data decide. */
export interface Stretch {
  readonly clock: (ms: number) => string
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Lines on an axis in the unit of the query; what is not a number, or not there for more than a step, is a gap. */
export function lineSvg(
  lines: readonly Line[],
  { unit, stepMs, ...stretch }: Stretch & { unit: string; stepMs?: number | undefined },
): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => (typeof value === 'number' ? value : 0)))
  return render(
    // the query of a line alone stands beside the picture
    lines.length === 1 ? [] : lines.map((line) => line.name),
    {
      xAxis: timeAxis(stretch),
      yAxis: valueAxis(unit, values),
      series: lines.map((line, i) => ({
        type: 'line' as const,
        name: shortName(line.name),
        showSymbol: line.points.length === 1,
        lineStyle: { width: 1.4 },
        color: COLOURS[i % COLOURS.length] as string,
        data: withGaps(line.points, stepMs),
      })),
    },
  )
}

function withGaps(points: Line['points'], stepMs: number | undefined): Array<[number, number | null]> {
  const out: Array<[number, number | null]> = []
  for (const [time, value] of points) {
    const ms = millis(time)
    const before = out.at(-1)?.[0]
    if (stepMs !== undefined && before !== undefined && ms - before > stepMs * 1.5) out.push([before + stepMs, null])
    out.push([ms, typeof value === 'number' ? value : null])
  }
  return out
}

/** Stacked counts per level and time. `lines`: the word of the axis. */
export function levelSvg(
  rows: ReadonlyArray<{ time: string; level: string; count: number }>,
  { clock }: Stretch,
  lines: string,
): string {
  const times = [...new Set(rows.map((r) => r.time))].sort()
  const levels = Object.keys(LEVEL_COLOURS).filter((level) => rows.some((r) => r.level === level && r.count > 0))
  const counts = new Map(rows.map((r) => [`${r.time} ${r.level}`, r.count]))
  return render(levels, {
    xAxis: { type: 'category' as const, data: times.map((t) => clock(millis(t))), axisLabel: { fontSize: 10 } },
    yAxis: { ...valueAxis('', [...counts.values()]), name: lines, nameTextStyle: { fontSize: 10, align: 'left' } },
    series: levels.map((level) => ({
      type: 'bar' as const,
      stack: 'levels',
      name: level,
      barCategoryGap: '5%',
      color: LEVEL_COLOURS[level] as string,
      data: times.map((t) => counts.get(`${t} ${level}`) ?? 0),
    })),
  })
}

/** Traces by start and duration on a logarithmic axis; failed ones in another colour and shape. */
export function scatterSvg(
  points: ReadonlyArray<{ start: string; durationNs: number | string; errors: number }>,
  stretch: Stretch,
  names: { ok: string; failed: string },
): string {
  const of = (failed: boolean) =>
    points
      .filter((p) => p.errors > 0 === failed)
      // a logarithmic axis has no zero
      .map((p) => [millis(p.start), Math.max(1, Number(p.durationNs))])
  const series = [
    { name: names.ok, color: COLOURS[0], symbol: 'circle', data: of(false) },
    { name: names.failed, color: FAILED, symbol: 'triangle', data: of(true) },
  ].filter(({ data }) => data.length > 0)
  return render(
    series.map(({ name }) => name),
    {
      xAxis: timeAxis(stretch),
      yAxis: {
        ...valueAxis('ns', []),
        type: 'log' as const,
        axisLabel: { fontSize: 10, formatter: (value: number) => formatQuantity(value, 'ns') },
      },
      series: series.map((one) => ({ type: 'scatter' as const, symbolSize: 5, itemStyle: { opacity: 0.7 }, ...one })),
    },
  )
}

/** Names of about this length stand in a row of the legend beside others. */
const MAX_NAME = 60
const shortName = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name)

function render(names: readonly string[], option: Record<string, unknown>): string {
  const rows = legendRows(names.map(shortName))
  const height = PLOT_HEIGHT + rows * LEGEND_ROW
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  try {
    chart.setOption({
      animation: false,
      legend: {
        show: names.length > 0,
        bottom: 0,
        left: 4,
        icon: 'roundRect',
        itemHeight: 6,
        itemWidth: 14,
        itemGap: 14,
        textStyle: { fontSize: 10 },
      },
      grid: {
        left: 8,
        right: 16,
        top: 22,
        bottom: 10 + rows * LEGEND_ROW,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      ...option,
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** Rows that the legend wraps into: the grid must end above them. About 6 px a letter at this size, 10 for wide ones. */
function legendRows(names: readonly string[]): number {
  if (names.length === 0) return 0
  let rows = 1
  let used = 0
  for (const name of names) {
    const wide = 34 + [...name].reduce((sum, letter) => sum + ((letter.codePointAt(0) as number) > 0x2e80 ? 10 : 6), 0)
    if (used > 0 && used + wide > WIDTH - 8) {
      rows++
      used = 0
    }
    used += wide
  }
  return rows
}

const timeAxis = ({ clock, from, to }: Stretch) => ({
  type: 'time' as const,
  ...(from === undefined ? {} : { min: from }),
  ...(to === undefined ? {} : { max: to }),
  axisLabel: { fontSize: 10, hideOverlap: true, formatter: (value: number) => clock(value) },
})

/** All labels of an axis share the scale that suits its largest value: 250 ms beside 1,000 ms, not beside 1 s. */
function valueAxis(unit: string, values: readonly number[]) {
  const whole = values.some((value) => value < 0)
    ? undefined
    : shareEnd(
        unit,
        values.reduce((most, value) => Math.max(most, value), 0),
      )
  const scale = scaleFor(
    unit,
    values.reduce<number[]>((top, value) => (Math.abs(value) > (top[0] ?? 0) ? [Math.abs(value)] : top), []),
  )
  return {
    type: 'value' as const,
    splitNumber: 4,
    ...(whole === undefined ? {} : { interval: whole / 4, max: whole }),
    ...(unitKind(unit).kind === 'bytes' && scale.size > 1 ? byteTicks(values, scale.size) : {}),
    axisLabel: {
      fontSize: 10,
      formatter: (value: number) => formatQuantity(value, unit, unit === 'ratio' || unit === '%' ? {} : { scale }),
    },
    splitLine: { lineStyle: { color: '#e4e6ea' } },
  }
}

/** About four ticks at whole numbers of the unit: 2, 4, 6 GiB, where decimal steps would read 1.86, 3.73 GiB. */
function byteTicks(values: readonly number[], size: number): { interval: number; max: number } {
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const wanted = top / size / 4
  const power = 10 ** Math.floor(Math.log10(wanted))
  const interval = size * power * ([1, 2, 5, 10].find((step) => step * power >= wanted) ?? 10)
  return { interval, max: Math.ceil(top / interval) * interval }
}

const millis = (time: string): number => toMillis(tryParseRfc3339(time) ?? 0n)
