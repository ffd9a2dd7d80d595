// Lines and stacked areas over time: the swim-lane of the war room, the picture of the metrics view.

import { useCallback, useMemo } from 'react'
import { formatRfc3339, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime, formatTime } from '../lib/zone.ts'
import { seriesColour } from '../theme/palette.ts'
import { token } from '../theme/theme.ts'
import { Num } from '../ui/Num.tsx'
import { grid, timeAreas, timeAxis, timeMarks, valueAxis } from './axes.ts'
import { type Ask, Chart } from './Chart.tsx'
import { linesInWords } from './summary.ts'
import styles from './Chart.module.css'
import { extentOf, MANY, shownOf } from './many-lines.ts'
import { manySeries } from './many-series.ts'
import { PictureTable } from './PictureTable.tsx'
import { Readout } from './Readout.tsx'
import {
  type Dot,
  drawable,
  type Mark,
  pairsWithGaps,
  type Series,
  seriesAsCsv,
  standsAlone,
  valueAt,
} from './series.ts'

export interface LaneProps {
  readonly label: string
  readonly series: readonly Series[]
  readonly range: TimeRange
  readonly unit?: string | undefined
  readonly height?: number | '100%'
  /** distance of points where the query has a step; gaps are judged by it */
  readonly stepNs?: bigint | undefined
  readonly group?: string | undefined
  readonly onBrush?: ((range: TimeRange) => void) | undefined
  readonly marks?: readonly Mark[]
  readonly dots?: readonly Dot[]
  /** a click beside the dots: the instant, epoch ns, and where on screen */
  readonly onInstant?: ((at: bigint, place: { x: number; y: number }) => void) | undefined
  readonly onDot?: (dot: Dot) => void
  /** a horizontal line */
  readonly threshold?: number | undefined
  readonly log?: boolean
  readonly stacked?: boolean
  /** false in all but the last of several lanes */
  readonly xLabels?: boolean
  readonly stale?: boolean
  readonly onAsk?: Ask | undefined
  /** values at the crosshair (or the last ones) over the picture; default true */
  readonly readout?: boolean
}

/** of a line, px */
const WIDTH = 1.4
/** across a lane, as its questions ask for */
const PIXELS = 1000n
const DOTS = '\u0000dots'
const NO_DOTS: readonly Dot[] = []

export function LineLane(props: LaneProps) {
  const {
    label,
    series,
    range,
    unit,
    height = 120,
    stepNs,
    group,
    marks = [],
    dots = NO_DOTS,
    threshold,
    log = false,
    stacked = false,
    xLabels = true,
  } = props
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  // thinned points are as many as the widest lane has pixels: a hole narrower than that cannot be seen
  const pixelNs = (range.to - range.from) / PIXELS
  const many = series.length > MANY
  const data = useMemo(
    () =>
      series.map((s) =>
        many ? { pairs: [], ...shownOf(s.points, log) } : drawable(pairsWithGaps(s.points, stepNs, pixelNs), log),
      ),
    [series, stepNs, pixelNs, log, many],
  )
  const [lowest, highest] = useMemo(() => extentOf(series, false) ?? [0, 0], [series])
  const words = useCallback(() => linesInWords(series, unit, { t, zone, range }), [series, unit, t, zone, range])
  const points = useMemo(
    () =>
      dots.length === 0
        ? []
        : [{ seriesId: DOTS, times: dots.map((d) => toMillis(d.at)), values: dots.map((d) => d.value) }],
    [dots],
  )
  const left = data.reduce((sum, d) => sum + d.left, 0)
  const nothing = series.length > 0 && data.every((d) => d.drawn === 0)
  const colour = (i: number): string => series[i]?.colour ?? seriesColour(i)
  const lineSeries = (pairs: ReadonlyArray<[number, number]>, s: Series | undefined, i: number): object => ({
    type: 'line' as const,
    id: s?.id ?? String(i),
    data: pairs.map((pair, at) => (standsAlone(pairs, at) ? { value: pair, symbol: 'circle' } : pair)),
    connectNulls: false,
    // only where a point needs one: looking for them at each of 10,000 points costs
    showSymbol: pairs.some((_, at) => standsAlone(pairs, at)),
    showAllSymbol: true,
    symbol: 'none',
    symbolSize: 4,
    lineStyle: {
      width: s?.faint ? 1 : WIDTH,
      color: colour(i),
      type: s?.faint ? ('dashed' as const) : ('solid' as const),
      opacity: s?.faint ? 0.7 : 1,
    },
    itemStyle: { color: colour(i) },
    silent: true,
    emphasis: { disabled: true },
    // an earlier period is a stack of its own, over that of now
    ...(stacked
      ? s?.faint
        ? { stack: 'faint' }
        : { stack: 'all', areaStyle: { color: colour(i), opacity: 0.35 } }
      : {}),
  })
  const showReadout = props.readout !== false && series.length > 0
  return (
    <Chart
      label={label}
      height={height}
      group={group}
      range={range}
      onBrush={props.onBrush}
      stale={props.stale ?? false}
      words={words}
      onAsk={props.onAsk}
      deps={[data, dots, marks, range.from, range.to, zone, unit, log, stacked, threshold, xLabels, showReadout]}
      onInstant={props.onInstant}
      marks={points}
      onItem={({ seriesId, index }) => {
        const dot = seriesId === DOTS ? dots[index] : undefined
        if (dot) props.onDot?.(dot)
      }}
      tip={({ seriesId, index }) => {
        const dot = seriesId === DOTS ? dots[index] : undefined
        return (
          dot && (
            <>
              <b>{dot.label}</b>
              <Num value={dot.value} unit={unit} />
              <span>{formatTime(dot.at, zone, 'ms')}</span>
            </>
          )
        )
      }}
      option={(size) => {
        const markings =
          marks.length > 0 || threshold !== undefined
            ? { markLine: withThreshold(timeMarks(marks), threshold), markArea: timeAreas(marks, range) }
            : {}
        return {
          grid: grid({ xLabels, top: showReadout ? 24 : 8 }),
          xAxis: timeAxis(range, zone, { labels: xLabels, width: size.width }),
          yAxis: valueAxis(unit, {
            log,
            fromZero: stacked || lowest >= 0,
            height: size.height,
            top: stacked || lowest < 0 ? undefined : highest,
          }),
          series: [
            ...(many
              ? [manySeries({ series, colour, range, log, stacked, stepNs, leastNs: pixelNs, thickness: WIDTH })]
              : data.map(({ pairs }, i) => lineSeries(pairs, series[i], i))
            ).flatMap((each, i) => (each ? [{ ...each, ...(i === 0 ? markings : {}) }] : [])),
            ...(dots.length === 0
              ? []
              : [
                  {
                    type: 'scatter' as const,
                    id: DOTS,
                    data: dots.map((d) => [toMillis(d.at), d.value]),
                    symbol: 'diamond',
                    symbolSize: 8,
                    itemStyle: { color: 'transparent', borderColor: token('--n11'), borderWidth: 1.2 },
                    cursor: 'pointer',
                  },
                ]),
          ],
        }
      }}
      csv={() => seriesAsCsv(series, formatRfc3339)}
      table={() => {
        const times = longestTimes(series)
        return (
          <PictureTable
            heads={series.map((s) => s.label)}
            count={times.length}
            time={(row) => formatDateTime(times[row] ?? 0n, zone, 's')}
            cell={(row, column) => (
              <Num value={valueAt(series[column]?.points ?? NO_POINTS, times[row] ?? 0n, stepNs ?? 0n)} unit={unit} />
            )}
          />
        )
      }}
      overlay={
        showReadout || left > 0 || nothing
          ? ({ width }) => (
              <>
                {showReadout && (
                  <Readout
                    series={series}
                    group={group}
                    unit={unit}
                    range={range}
                    stepNs={stepNs}
                    colour={colour}
                    width={width}
                  />
                )}
                {(nothing || left > 0) && (
                  <p className={styles['note']}>
                    {left > 0 ? t('ui.logLeavesOut', { count: left }) : t('ui.nothingFinite')}
                  </p>
                )}
              </>
            )
          : undefined
      }
    />
  )
}

function withThreshold(marks: ReturnType<typeof timeMarks>, threshold: number | undefined): object {
  if (threshold === undefined) return marks
  return {
    ...marks,
    data: [
      ...marks.data,
      {
        yAxis: threshold,
        lineStyle: { color: token('--warning'), width: 1, type: 'dashed' as const },
        label: { show: false },
      },
    ],
  }
}

const NO_TIMES = new BigInt64Array()
const NO_POINTS = { times: NO_TIMES, values: new Float64Array() }

/** The instants of the series that has most. */
const longestTimes = (series: readonly Series[]): BigInt64Array =>
  series.reduce((most, { points }) => (points.times.length > most.length ? points.times : most), NO_TIMES)
