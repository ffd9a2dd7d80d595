// Stacked bars over time: log volume by level, requests by status.

import { formatRfc3339, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { formatCount } from '../lib/format.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime } from '../lib/zone.ts'
import { seriesColour } from '../theme/palette.ts'
import { grid, timeAxis, valueAxis } from './axes.ts'
import { Chart } from './Chart.tsx'

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
}: BarsProps) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const bucketNs = times.length > 1 ? (times[1] as bigint) - (times[0] as bigint) : range.to - range.from
  const middle = Number(bucketNs) / 2e6
  const colour = (i: number): string => series[i]?.colour ?? seriesColour(i)
  return (
    <Chart
      label={label}
      height={height}
      group={group}
      range={range}
      onBrush={onBrush}
      stale={stale}
      deps={[times, series, range.from, range.to, zone, unit, xLabels]}
      option={(size) => ({
        grid: grid({ xLabels }),
        xAxis: timeAxis(range, zone, { labels: xLabels, width: size.width }),
        yAxis: valueAxis(unit, { fromZero: true, height: size.height }),
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
      csv={() =>
        [
          ['time', ...series.map((s) => s.label)].join(','),
          ...Array.from(times, (at, k) => [formatRfc3339(at), ...series.map((s) => s.values[k] ?? 0)].join(',')),
        ].join('\n')
      }
      table={() => (
        <table>
          <thead>
            <tr>
              <th>{t('ui.time')}</th>
              {series.map((s) => (
                <th key={s.id}>{s.label}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from(times, (at, k) => (
              <tr key={String(at)}>
                <td>{formatDateTime(at, zone, 's')}</td>
                {series.map((s) => (
                  <td key={s.id}>{formatCount(s.values[k] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )
}
