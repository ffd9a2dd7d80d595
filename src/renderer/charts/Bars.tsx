// Stacked bars over time: log volume by level, requests by status.

import { useCallback, useId } from 'react'
import { asEpochNs, formatRfc3339, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { formatCount } from '../lib/format.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime, formatTime, type Zone } from '../lib/zone.ts'
import { seriesColour } from '../theme/palette.ts'
import { grid, timeAxis, valueAxis } from './axes.ts'
import { type Ask, Chart } from './Chart.tsx'
import { PictureTable } from './PictureTable.tsx'
import { barsInWords } from './summary.ts'
import styles from './Chart.module.css'
import { useCrosshair } from './group.ts'

export interface BarSeries {
  readonly id: string
  readonly label: string
  readonly colour?: string
  /** one for each of `times` */
  readonly values: ArrayLike<number>
}

export interface BarsProps {
  readonly label: string
  /** starts of the buckets, epoch ns */
  readonly times: BigInt64Array
  /** bottom first */
  readonly series: readonly BarSeries[]
  readonly range: TimeRange
  readonly unit?: string
  readonly height?: number | '100%'
  readonly group?: string
  readonly onBrush?: (range: TimeRange) => void
  readonly stale?: boolean
  readonly xLabels?: boolean
  readonly onAsk?: Ask | undefined
}

/** Which bar an instant falls into; undefined between and beside bars. */
function bucketOf(times: BigInt64Array, bucketNs: bigint, at: bigint): number {
  if (bucketNs <= 0n) return -1
  for (let i = times.length - 1; i >= 0; i--) {
    const start = times[i] as bigint
    if (start <= at) return at < start + bucketNs ? i : -1
  }
  return -1
}

const within = (at: bigint, range: TimeRange): bigint => (at < range.from ? range.from : at > range.to ? range.to : at)

/** The stretch of a bar, within the range; undefined where there is no bar or it is the range itself. */
export function barRange(times: BigInt64Array, bucketNs: bigint, at: bigint, range: TimeRange): TimeRange | undefined {
  const start = times[bucketOf(times, bucketNs, at)]
  if (start === undefined) return undefined
  const from = within(start, range)
  const to = within(start + bucketNs, range)
  if (from >= to || (from === range.from && to === range.to)) return undefined
  return { from: asEpochNs(from), to: asEpochNs(to) }
}

export function Bars({
  label,
  times,
  series,
  range,
  unit,
  height = 96,
  group,
  onBrush,
  stale = false,
  xLabels = true,
  onAsk,
}: BarsProps) {
  const t = useT()
  const own = useId()
  const crosshair = group ?? own
  const zone = usePreferences((p) => p.zone)
  const bucketNs = times.length > 1 ? (times[1] as bigint) - (times[0] as bigint) : range.to - range.from
  const middle = Number(bucketNs) / 2e6
  const colour = (i: number): string => series[i]?.colour ?? seriesColour(i)
  const words = useCallback(() => barsInWords(times, series, { t, zone, range }), [times, series, t, zone, range])
  return (
    <Chart
      label={label}
      height={height}
      group={crosshair}
      range={range}
      onBrush={onBrush}
      onInstant={
        onBrush &&
        ((at) => {
          const bar = barRange(times, bucketNs, at, range)
          if (bar) onBrush(bar)
        })
      }
      stale={stale}
      words={words}
      onAsk={onAsk}
      deps={[times, series, range.from, range.to, zone, unit, xLabels]}
      option={(size) => ({
        grid: grid({ xLabels }),
        xAxis: timeAxis(range, zone, { labels: xLabels, width: size.width }),
        yAxis: valueAxis(unit, { fromZero: true, whole: unit === undefined, height: size.height }),
        series: series.map((s, i) => ({
          type: 'bar' as const,
          id: s.id,
          stack: 'all',
          silent: true,
          emphasis: { disabled: true },
          barWidth: Math.max(
            1,
            (size.width - 68) / Math.max(1, Number((range.to - range.from) / (bucketNs || 1n))) - 1,
          ),
          itemStyle: { color: colour(i) },
          data: Array.from(times, (at, k) => [toMillis(at) + middle, s.values[k] ?? 0]),
        })),
      })}
      overlay={() => (
        <BarsReadout times={times} bucketNs={bucketNs} series={series} group={crosshair} zone={zone} colour={colour} />
      )}
      csv={() =>
        [
          ['time', ...series.map((s) => s.label)].join(','),
          ...Array.from(times, (at, k) => [formatRfc3339(at), ...series.map((s) => s.values[k] ?? 0)].join(',')),
        ].join('\n')
      }
      table={() => (
        <PictureTable
          heads={series.map((s) => s.label)}
          count={times.length}
          time={(row) => formatDateTime(times[row] ?? 0n, zone, 's')}
          cell={(row, column) => formatCount(series[column]?.values[row] ?? 0)}
        />
      )}
    />
  )
}

/** What the bar under the crosshair counts, at the top left. */
function BarsReadout({
  times,
  bucketNs,
  series,
  group,
  zone,
  colour,
}: {
  times: BigInt64Array
  bucketNs: bigint
  series: readonly BarSeries[]
  group: string
  zone: Zone
  colour: (i: number) => string
}) {
  const at = useCrosshair(group)
  const bar = at === undefined ? -1 : bucketOf(times, bucketNs, at)
  const start = times[bar]
  if (start === undefined) return null
  return (
    <div className={styles['readout']} data-floating>
      <span>
        {formatTime(start, zone, 's')} – {formatTime(start + bucketNs, zone, 's')}
      </span>
      {series.map((s, i) =>
        (s.values[bar] ?? 0) > 0 ? (
          <span key={s.id}>
            <i data-colour style={{ background: colour(i) }} />
            <b>{s.label}</b>
            {formatCount(s.values[bar] ?? 0)}
          </span>
        ) : null,
      )}
    </div>
  )
}
