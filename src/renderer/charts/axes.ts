// Axes, grid and marks in the look of the house: no frame, few grid lines, times in the chosen zone, units scaled.

import type { TimeRange } from '../../shared/base/time.ts'
import { toMillis } from '../../shared/base/time.ts'
import { formatQuantity, shareEnd, unitKind } from '../lib/format.ts'
import type { Zone } from '../lib/zone.ts'
import { toneColour } from '../theme/palette.ts'
import { token } from '../theme/theme.ts'
import type { Mark } from './series.ts'
import { tickLabel, timeTicks } from './time-ticks.ts'

/** px that every lane leaves for its y labels, so that lanes under each other align. */
export const Y_AXIS_WIDTH = 56
const RIGHT = 12
const X_AXIS_HEIGHT = 18

export const font = (): { fontFamily: string; fontSize: number; color: string } => ({
  fontFamily: token('--font-mono'),
  fontSize: 11,
  color: token('--n10'),
})

export const grid = (options: { xLabels?: boolean; top?: number; right?: number; left?: number } = {}) => ({
  left: options.left ?? Y_AXIS_WIDTH,
  right: options.right ?? RIGHT,
  top: options.top ?? 8,
  bottom: options.xLabels === false ? 4 : X_AXIS_HEIGHT + 2,
  containLabel: false,
})

/** The labels are ours: of those that ECharts lays out itself, an end was missing at some widths. */
export function timeAxis(range: TimeRange, zone: Zone, options: { labels?: boolean; width: number }) {
  const customValues = timeTicks(range, zone, options.width - Y_AXIS_WIDTH - RIGHT)
  return {
    type: 'time' as const,
    min: toMillis(range.from),
    max: toMillis(range.to),
    axisLine: { show: false },
    axisTick: { show: options.labels !== false, length: 3, lineStyle: { color: token('--n7') }, customValues },
    splitLine: { show: false },
    axisLabel: {
      show: options.labels !== false,
      ...font(),
      customValues,
      alignMinLabel: 'left',
      alignMaxLabel: 'right',
      formatter: (ms: number) => tickLabel(ms, range, zone),
    },
  }
}

/** Bytes are read in powers of two: ticks at 256 MiB, not at 286. */
function byteSteps(
  unit: string | undefined,
  top: number,
  height: number,
): { interval?: number; min?: number; max?: number } {
  if (unitKind(unit).kind !== 'bytes' || !(top > 0) || !Number.isFinite(top)) return {}
  const interval = 2 ** Math.ceil(Math.log2(top / (height < 80 ? 2 : 4)))
  return { interval, min: 0, max: Math.ceil(top / interval) * interval }
}

/** Steps of an axis of shares that come near to all. */
export function shareSteps(
  unit: string | undefined,
  top: number,
  height: number,
): { interval?: number; min?: number; max?: number } {
  const whole = shareEnd(unit, top)
  return whole === undefined ? {} : { interval: whole / (height < 110 ? 2 : 4), min: 0, max: whole }
}

/** Of one value alone a log axis would make an hour and a nanosecond its ends: the next powers of ten are. */
export const decadeOf =
  (way: -1 | 1) =>
  ({ min, max }: { min: number; max: number }): number | null =>
    min > 0 && min === max ? 10 ** (way < 0 ? Math.ceil(Math.log10(min)) - 1 : Math.floor(Math.log10(min)) + 1) : null

export const valueAxis = (
  unit: string | undefined,
  options: {
    log?: boolean
    fromZero?: boolean
    /** counts have no halves */
    whole?: boolean
    height: number
    max?: number
    top?: number | undefined
  },
) => ({
  ...(options.log || options.top === undefined
    ? {}
    : { ...byteSteps(unit, options.top, options.height), ...shareSteps(unit, options.top, options.height) }),
  type: options.log ? ('log' as const) : ('value' as const),
  ...(options.log ? { min: decadeOf(-1), max: decadeOf(1) } : {}),
  scale: !(options.fromZero ?? false),
  ...(options.max === undefined ? {} : { max: options.max }),
  ...(options.whole ? { minInterval: 1 } : {}),
  splitNumber: options.height < 110 ? 2 : options.height < 200 ? 3 : 4,
  axisLine: { show: false },
  axisTick: { show: false },
  minorTick: { show: false },
  splitLine: { lineStyle: { color: token('--n4'), width: 1 } },
  axisLabel: { ...font(), hideOverlap: true, formatter: (v: number) => (v === 0 ? '0' : formatQuantity(v, unit)) },
})

/** Incident stages, deployments, thresholds: thin lines with a word at the top. */
export const timeMarks = (marks: readonly Mark[]) => ({
  silent: true,
  symbol: 'none',
  label: { ...font(), position: 'insideEndTop', distance: 2 },
  data: marks
    .filter((m) => m.until === undefined)
    .map((m) => ({
      xAxis: toMillis(m.at),
      label: { formatter: m.label },
      lineStyle: { color: toneColour(m.tone ?? 'neutral'), width: 1, type: 'solid' as const },
    })),
})

/** Share of the range that an area needs for its name to stand in it. */
const NAMED_FROM = 0.1

/** Spans of time, named where there is room. */
export const timeAreas = (marks: readonly Mark[], range: TimeRange) => ({
  silent: true,
  data: marks
    .filter((m) => m.until !== undefined)
    .map((m) => [
      {
        xAxis: toMillis(m.at),
        itemStyle: { color: toneColour(m.tone ?? 'neutral'), opacity: 0.12 },
        label: {
          ...font(),
          show: Number((m.until ?? m.at) - m.at) / Number(range.to - range.from) >= NAMED_FROM,
          position: 'insideBottomLeft' as const,
          formatter: m.label,
        },
      },
      { xAxis: toMillis(m.until ?? m.at) },
    ]),
})
