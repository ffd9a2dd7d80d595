// Points of time and value: traces by start and duration. Drag a box to select, click a point to open it.

import { useCallback, useMemo } from 'react'
import { formatRfc3339, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime, formatTime } from '../lib/zone.ts'
import { seriesColour } from '../theme/palette.ts'
import { token } from '../theme/theme.ts'
import { Num } from '../ui/Num.tsx'
import { grid, timeAxis, valueAxis } from './axes.ts'
import { type Ask, Chart } from './Chart.tsx'
import { PictureTable } from './PictureTable.tsx'
import { pointsInWords } from './summary.ts'

export interface ScatterGroup {
  readonly id: string
  readonly label: string
  readonly colour?: string
  /** failing ones are drawn as crosses on top */
  readonly failing?: boolean
  readonly times: ArrayLike<bigint>
  readonly values: ArrayLike<number>
}

export interface ScatterProps {
  readonly label: string
  readonly groups: readonly ScatterGroup[]
  readonly range: TimeRange
  readonly unit?: string
  readonly height?: number | '100%'
  readonly log?: boolean
  readonly group?: string
  readonly onBox?: (box: { range: TimeRange; low: number; high: number }) => void
  readonly onPoint?: (group: string, index: number) => void
  readonly stale?: boolean
  readonly onAsk?: Ask | undefined
}

const CROSS = 'path://M-4 -4L4 4M-4 4L4 -4'

export function Scatter({
  label,
  groups,
  range,
  unit = 'ns',
  height = 180,
  log = true,
  group,
  onBox,
  onPoint,
  stale = false,
  onAsk,
}: ScatterProps) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const words = useCallback(() => pointsInWords(groups, unit, { t, zone, range }), [groups, unit, t, zone, range])
  const points = useMemo(
    () =>
      groups.map(({ id, times, values }) => ({
        seriesId: id,
        times: Float64Array.from(times, (at) => toMillis(at)),
        values,
        least: log ? 1 : undefined,
      })),
    [groups, log],
  )
  return (
    <Chart
      label={label}
      height={height}
      group={group}
      range={range}
      onBox={onBox}
      marks={points}
      onItem={onPoint && (({ seriesId, index }) => onPoint(seriesId, index))}
      tip={({ seriesId, index }) => {
        const g = groups.find((each) => each.id === seriesId)
        const at = g?.times[index]
        return (
          g &&
          at !== undefined && (
            <>
              <b>{g.label}</b>
              <Num value={g.values[index]} unit={unit} />
              <span>{formatTime(at, zone, 'ms')}</span>
            </>
          )
        )
      }}
      stale={stale}
      words={words}
      onAsk={onAsk}
      deps={[groups, range.from, range.to, zone, unit, log]}
      option={(size) => ({
        grid: grid(),
        xAxis: timeAxis(range, zone, { width: size.width }),
        yAxis: valueAxis(unit, { log, fromZero: !log, height: size.height }),
        series: groups.map((g, i) => ({
          type: 'scatter' as const,
          id: g.id,
          large: g.times.length > 3000,
          largeThreshold: 3000,
          symbol: g.failing ? CROSS : 'circle',
          symbolSize: g.failing ? 7 : 4,
          z: g.failing ? 3 : 2,
          itemStyle: g.failing
            ? { color: 'transparent', borderColor: token('--critical'), borderWidth: 1.3 }
            : { color: g.colour ?? seriesColour(i), opacity: 0.75 },
          cursor: onPoint ? 'pointer' : 'crosshair',
          emphasis: { disabled: true },
          data: Array.from({ length: g.times.length }, (_, k) => [
            toMillis(g.times[k] ?? 0n),
            log ? Math.max(1, g.values[k] ?? 1) : (g.values[k] ?? 0),
          ]),
        })),
      })}
      csv={() =>
        [
          'time,group,value',
          ...groups.flatMap((g) =>
            Array.from(
              { length: g.times.length },
              (_, k) => `${formatRfc3339(g.times[k] ?? 0n)},"${g.label.replaceAll('"', '""')}",${g.values[k]}`,
            ),
          ),
        ].join('\n')
      }
      table={() => {
        const points = groups.flatMap((g) =>
          Array.from(g.times, (at, k) => ({ at, name: g.label, value: g.values[k] })),
        )
        return (
          <PictureTable
            heads={['', t('ui.value')]}
            count={points.length}
            time={(row) => formatDateTime(points[row]?.at ?? 0n, zone, 'ms')}
            cell={(row, column) => (column === 0 ? points[row]?.name : <Num value={points[row]?.value} unit={unit} />)}
          />
        )
      }}
    />
  )
}
