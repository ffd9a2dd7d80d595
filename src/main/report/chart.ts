// Pictures of pinned answers as SVG, drawn by ECharts without a page. Fixed size, no script, readable on white.

import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { tryParseRfc3339, toMillis } from '../../shared/base/time.ts'

echarts.use([LineChart, BarChart, GridComponent, LegendComponent, SVGRenderer])

const WIDTH = 920
const HEIGHT = 220
// Okabe and Ito's eight, safe for colour-blind eyes on white
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#B8860B', '#666666', '#7B3294']
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

type ZonedClock = (ms: number) => string

/** A value axis in the unit of the metric; what is not a number is a gap. */
export function lineSvg(lines: readonly Line[], clock: ZonedClock): string {
  return render({
    legend: { bottom: 0, type: 'plain', icon: 'roundRect', itemHeight: 3, textStyle: { fontSize: 10 } },
    xAxis: timeAxis(clock),
    yAxis: valueAxis(),
    series: lines.map((line, i) => ({
      type: 'line' as const,
      name: line.name,
      showSymbol: line.points.length === 1,
      lineStyle: { width: 1.4 },
      color: COLOURS[i % COLOURS.length] as string,
      data: line.points.map(([time, value]) => [millis(time), typeof value === 'number' ? value : null]),
    })),
  })
}

/** Stacked counts per level and time. */
export function levelSvg(
  rows: ReadonlyArray<{ time: string; level: string; count: number }>,
  clock: ZonedClock,
): string {
  const times = [...new Set(rows.map((r) => r.time))].sort()
  const levels = Object.keys(LEVEL_COLOURS).filter((level) => rows.some((r) => r.level === level && r.count > 0))
  const counts = new Map(rows.map((r) => [`${r.time} ${r.level}`, r.count]))
  return render({
    legend: { bottom: 0, icon: 'rect', itemHeight: 8, itemWidth: 8, textStyle: { fontSize: 10 } },
    xAxis: { type: 'category' as const, data: times.map((t) => clock(millis(t))), axisLabel: { fontSize: 10 } },
    yAxis: valueAxis(),
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

function render(option: Record<string, unknown>): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  try {
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: 12, bottom: 28, containLabel: true },
      ...option,
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

const timeAxis = (clock: ZonedClock) => ({
  type: 'time' as const,
  axisLabel: { fontSize: 10, hideOverlap: true, formatter: (value: number) => clock(value) },
})
const valueAxis = () => ({
  type: 'value' as const,
  splitNumber: 4,
  axisLabel: { fontSize: 10, formatter: compact },
  splitLine: { lineStyle: { color: '#e4e6ea' } },
})

function compact(value: number): string {
  const size = Math.abs(value)
  for (const [limit, suffix] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= limit) return `${+(value / limit).toPrecision(3)}${suffix}`
  return `${+value.toPrecision(3)}`
}

const millis = (time: string): number => toMillis(tryParseRfc3339(time) ?? 0n)
