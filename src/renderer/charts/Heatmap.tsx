// Counts by time and value bucket on the viridis scale: latency distributions. Painted as one image, one pixel per cell.

import { useCallback, useMemo } from 'react'
import { formatRfc3339, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { formatCount, formatQuantity } from '../lib/format.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime } from '../lib/zone.ts'
import { viridis } from '../theme/palette.ts'
import { font, grid, timeAxis } from './axes.ts'
import { type Ask, Chart } from './Chart.tsx'
import { PictureTable } from './PictureTable.tsx'
import { cellsInWords } from './summary.ts'

export interface HeatmapProps {
  readonly label: string
  readonly times: BigInt64Array
  /** upper bounds, rising; the last may be +Infinity */
  readonly bounds: Float64Array
  /** row-major: times.length rows of bounds.length */
  readonly counts: Float64Array
  readonly range: TimeRange
  readonly unit?: string
  readonly height?: number | '100%'
  readonly group?: string
  readonly onBrush?: (range: TimeRange) => void
  readonly stale?: boolean
  readonly onAsk?: Ask | undefined
}

interface Cell {
  readonly value: readonly [number, number, number, number]
  readonly itemStyle: { readonly color: string }
}

export function Heatmap({
  label,
  times,
  bounds,
  counts,
  range,
  unit,
  height = 180,
  group,
  onBrush,
  stale = false,
  onAsk,
}: HeatmapProps) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const stepMs =
    times.length > 1 ? toMillis((times[1] as bigint) - (times[0] as bigint)) : toMillis(range.to - range.from)
  const cells = useMemo(() => {
    let top = 0
    for (const c of counts) if (c > top) top = c
    const out: Cell[] = []
    for (let i = 0; i < times.length; i++)
      for (let b = 0; b < bounds.length; b++) {
        const count = counts[i * bounds.length + b] as number
        // nothing seen is nothing drawn: the ground shows through, unlike the scale's dark end
        if (!(count > 0)) continue
        // the root brings out the rare slow ones beside the many fast ones
        out.push({
          value: [toMillis(times[i] as bigint), b, count, 0],
          itemStyle: { color: `rgb(${viridis(Math.sqrt(count / top)).join(' ')})` },
        })
      }
    return out
  }, [times, bounds, counts])
  const words = useCallback(
    () => cellsInWords(times, bounds, counts, unit, { t, zone, range }),
    [times, bounds, counts, unit, t, zone, range],
  )
  const boundText = (b: number): string => (b < 0 ? '0' : formatQuantity(bounds[b] ?? 0, unit))
  return (
    <Chart
      label={label}
      height={height}
      group={group}
      range={range}
      onBrush={onBrush}
      stale={stale}
      words={words}
      onAsk={onAsk}
      deps={[cells, range.from, range.to, zone, unit]}
      option={(size) => ({
        grid: grid(),
        xAxis: timeAxis(range, zone, { width: size.width }),
        yAxis: {
          type: 'value',
          min: 0,
          max: bounds.length,
          interval: Math.max(1, Math.ceil(bounds.length / Math.max(1, size.height / 28))),
          splitLine: { show: false },
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: { ...font(), formatter: (b: number) => boundText(b - 1) },
        },
        series: [
          {
            type: 'custom' as const,
            id: 'cells',
            silent: true,
            data: cells,
            progressive: 4000,
            renderItem: (_params: unknown, api: HeatApi) => {
              const within = cellWithin(api.value(0), stepMs, range)
              if (!within) return undefined
              const [x, y] = api.coord([within[0], Number(api.value(1)) + 1])
              const [x1, y1] = api.coord([within[1], api.value(1)])
              // one that begins where the picture ends is a hairline within it
              const width = Math.max(1, x1 - x)
              return {
                type: 'rect',
                shape: { x: Math.min(x, x1 - width), y, width, height: Math.max(1, y1 - y - 0.5) },
                style: api.style(),
              }
            },
          },
        ],
      })}
      csv={() =>
        [
          ['time', ...Array.from(bounds)].join(','),
          ...Array.from(times, (at, i) =>
            [formatRfc3339(at), ...counts.subarray(i * bounds.length, (i + 1) * bounds.length)].join(','),
          ),
        ].join('\n')
      }
      table={() => (
        <PictureTable
          heads={Array.from(bounds, (_, b) => `≤ ${boundText(b)}`)}
          count={times.length}
          time={(row) => formatDateTime(times[row] ?? 0n, zone, 's')}
          cell={(row, b) => formatCount(counts[row * bounds.length + b] ?? 0)}
        />
      )}
    />
  )
}

/** What a picture shows of a cell that begins at `ms`: no picture is painted beside its axis. */
export function cellWithin(ms: number, stepMs: number, range: TimeRange): [number, number] | undefined {
  const [from, to] = [toMillis(range.from), toMillis(range.to)]
  return ms > to || ms + stepMs <= from ? undefined : [Math.max(ms, from), Math.min(ms + stepMs, to)]
}

interface HeatApi {
  value(dimension: number): number
  coord(point: [number | string, number | string]): [number, number]
  style(): object
}
