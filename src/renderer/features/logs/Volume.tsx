// How many lines there were when, by level; worst at the bottom, where a few are seen beside many. Dragging sets the range.

import { useMemo } from 'react'
import type { TimeRange } from '../../../shared/base/time.ts'
import { Bars, type BarSeries } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, type MethodState, numberOf, textOf } from '../../lib/engine/index.ts'
import { useTheme, token } from '../../theme/theme.ts'
import { toneColour } from '../../theme/palette.ts'
import { ErrorState, Skeleton } from '../../ui/index.ts'
import { askAbout, TableInAddress } from '../../workbench/index.ts'
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'

/** Worst first. */
export const LEVEL_ORDER = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const
/** How many buckets the volume is asked in. */
export const BUCKETS = 120
export type LevelCounts = ReadonlyArray<{ level: string; count: number }>

type Histogram = MethodOutput<'logs.histogram'>

/** Lines per level over the whole answer, worst level first, levels without lines left out. */
export function levelTotals(data: Histogram | undefined): LevelCounts {
  if (!data) return []
  const totals = new Map<string, number>()
  for (let row = 0; row < data.table.rowCount; row++) {
    const level = textOf(data.table, 'level', row)
    totals.set(level, (totals.get(level) ?? 0) + numberOf(data.table, 'count', row))
  }
  return LEVEL_ORDER.map((level) => ({ level, count: totals.get(level) ?? 0 })).filter((l) => l.count > 0)
}

const LEVEL_TOKEN = { info: '--n8', debug: '--n7', trace: '--n6', unknown: '--n6' } as const

function levelColour(level: string): string {
  if (level === 'warn') return toneColour('warning')
  return level === 'fatal' || level === 'error'
    ? toneColour('critical')
    : token(LEVEL_TOKEN[level as keyof typeof LEVEL_TOKEN] ?? '--n6')
}

export function Volume({
  state,
  range,
  group,
  question,
  height = 80,
  onBrush,
}: {
  state: MethodState<Histogram>
  range: TimeRange
  group: string
  /** What the lines are searched with: "what is this?" shows it. */
  question: Omit<MethodInput<'logs.histogram'>, 'buckets'>
  height?: number
  onBrush: (range: TimeRange) => void
}) {
  const t = useT()
  const theme = useTheme()
  const { data } = state
  const picture = useMemo(() => {
    if (!data) return undefined
    const { table } = data
    const starts: bigint[] = []
    const places = new Map<bigint, number>()
    const byLevel = new Map<string, Map<number, number>>()
    for (let row = 0; row < table.rowCount; row++) {
      const at = cellOf(table, 'time', row)
      if (typeof at !== 'bigint') continue
      let place = places.get(at)
      if (place === undefined) {
        place = starts.length
        places.set(at, place)
        starts.push(at)
      }
      const level = textOf(table, 'level', row)
      const counts = byLevel.get(level) ?? new Map<number, number>()
      counts.set(place, numberOf(table, 'count', row))
      byLevel.set(level, counts)
    }
    const series = LEVEL_ORDER.filter((level) => byLevel.has(level)).map(
      (level): BarSeries => ({
        id: level,
        label: level,
        colour: levelColour(level),
        values: Float64Array.from(starts, (_, i) => byLevel.get(level)?.get(i) ?? 0),
      }),
    )
    // the theme is part of the picture: its colours are read from the tokens in force
    return { times: BigInt64Array.from(starts), series, theme }
  }, [data, theme])
  if (state.error && !data) return <ErrorState error={state.error} onRetry={state.refetch} />
  if (!picture) return <Skeleton height={height} />
  return (
    <TableInAddress name="volume">
      <Bars
        label={t('logs.volume')}
        times={picture.times}
        series={picture.series}
        range={range}
        height={height}
        group={group}
        onBrush={onBrush}
        onAsk={(at) =>
          askAbout({ method: 'logs.histogram', input: { ...question, buckets: BUCKETS }, value: t('logs.volume'), at })
        }
        stale={state.stale}
      />
    </TableInAddress>
  )
}
