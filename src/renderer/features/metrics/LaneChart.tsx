// The picture of one lane: lines, stacked areas or a heatmap; an earlier period dashed beneath; exemplars as dots that
// open their trace; a menu at any instant. Arrow keys move the crosshair, `.` opens the menu there.

import { type ReactNode, useMemo, useState } from 'react'
import { asEpochNs, formatRfc3339, NS_PER_S, type TimeRange, tryParseDuration } from '../../../shared/base/time.ts'
import type { Completeness } from '../../../shared/contract/define.ts'
import { crosshairOf, type Dot, Heatmap, LineLane, type Series, setCrosshair } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, numberOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { formatQuantity } from '../../lib/format.ts'
import { seriesColour } from '../../theme/palette.ts'
import { useTheme } from '../../theme/theme.ts'
import { EmptyState, MenuAt, type MenuGroup, Skeleton } from '../../ui/index.ts'
import { askAbout, copyText, openTarget, pin, WaysOut } from '../../workbench/index.ts'
import { earlierSeries } from './earlier.ts'
import { type Lane, lengthWords } from './lanes.ts'
import styles from './metrics.module.css'
import { QueryProblem } from './QueryProblem.tsx'
import { useAlertMarks } from './use-alert-marks.ts'

export interface LaneChartProps {
  readonly lane: Lane
  readonly range: TimeRange
  readonly input: { from: string; to: string }
  readonly sources: string[] | undefined
  /** of the query, where the engine does not know it */
  readonly unit: string
  readonly group: string
  readonly height: number
  readonly title?: string | undefined
  readonly onBrush: (range: TimeRange) => void
  readonly onOpen?: (() => void) | undefined
  /** what stands under the picture, with the series drawn */
  readonly below?: (drawn: Drawn) => ReactNode
}

export interface Drawn {
  readonly series: readonly Series[]
  readonly labels: ReadonlyArray<Readonly<Record<string, string>>>
  readonly unit: string
  readonly total: number
  readonly warnings: readonly string[]
  readonly exemplars:
    | { readonly shown: number; readonly found: number; readonly completeness: Completeness }
    | undefined
}

const MINUTE = 60n * NS_PER_S
const WIDTH = 1000
const STEPS = 120n

/** The engine calls a pure number '1'; whether it is a share is told by the query. */
const unitToShow = (told: string, derived: string): string => (told === '' || told === '1' ? derived : told)

export function LaneChart(props: LaneChartProps) {
  const { lane, range, input, sources, group, height } = props
  const t = useT()
  const theme = useTheme()
  const scope = sources ? { sources } : {}
  const query = lane.query.trim()
  const line = useMethod(
    'metrics.lane',
    query === '' || lane.heatmap ? null : { range: input, query, width: WIDTH, maxSeries: lane.top, ...scope },
  )
  const heat = useMethod(
    'metrics.heatmap',
    query === '' || !lane.heatmap ? null : { range: input, metric: query, width: 200, ...scope },
  )
  const shift = lane.compare === '' || lane.heatmap ? undefined : tryParseDuration(lane.compare)
  const earlierRange = shift && {
    from: formatRfc3339(asEpochNs(range.from - shift)),
    to: formatRfc3339(asEpochNs(range.to - shift)),
  }
  const earlier = useMethod(
    'metrics.lane',
    earlierRange && query !== '' ? { range: earlierRange, query, width: WIDTH, maxSeries: lane.top, ...scope } : null,
    { keepPrevious: false },
  )
  const unit = unitToShow(line.data?.unit ?? '', props.unit)
  const isDuration = unit === 's' || unit === 'ms'
  const wantsDots = lane.exemplars && isDuration && !lane.heatmap && query !== '' && /_bucket|histogram/.test(query)
  const exemplars = useMethod('metrics.exemplars', wantsDots ? { range: input, query, limit: 5000, ...scope } : null, {
    keepPrevious: false,
  })
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; instant: bigint }>()

  const marks = useAlertMarks(input, sources, range.to)

  // the theme is part of it: the colours of an earlier period are read from the tokens in force
  const { series } = useMemo((): { series: Series[]; theme: string } => {
    // a lone series without labels is called after its query, which stands above it already
    const named = (label: string): string => (label === query ? t('metrics.value') : label)
    const now = (line.data?.series ?? []).map((s, i) => ({ id: `${i}`, label: named(s.label), points: s.values }))
    if (!shift || !earlier.data) return { series: now, theme }
    const labelled = (label: string): string =>
      t('metrics.earlier', { label: named(label), ...lengthWords(lane.compare) })
    const before = earlierSeries(earlier.data.series, line.data?.series ?? [], shift, labelled, seriesColour)
    return { series: [...now, ...before], theme }
  }, [line.data, earlier.data, shift, lane.compare, query, t, theme])
  const dots = useMemo((): Dot[] => {
    const table = exemplars.data?.table
    if (!table) return []
    return slowest(
      Array.from({ length: table.rowCount }, (_, row) => ({
        at: cellOf(table, 'time', row) as bigint,
        value: numberOf(table, 'value', row),
        id: textOf(table, 'traceId', row),
        label: textOf(table, 'traceId', row),
      })).filter((d) => d.id !== ''),
      range,
    )
  }, [exemplars.data, range])

  const label = props.title ?? query
  const error = lane.heatmap ? heat.error : line.error
  const have = lane.heatmap ? heat.data : line.data
  const question = {
    method: 'metrics.lane' as const,
    input: { query, range: input, width: WIDTH, maxSeries: lane.top, ...scope },
  }

  const { below } = props
  const drawn = useMemo(
    (): Drawn => ({
      series,
      labels: line.data?.series.map((s) => s.metric) ?? [],
      unit,
      total: line.data?.totalSeries ?? 0,
      warnings: line.data?.warnings ?? [],
      exemplars: exemplars.data
        ? { shown: dots.length, found: exemplars.data.table.rowCount, completeness: exemplars.data.completeness }
        : undefined,
    }),
    [series, line.data, unit, exemplars.data, dots],
  )
  // the same element as long as nothing new was drawn: a new range alone does not draw it again
  const foot = useMemo(() => below?.(drawn), [below, drawn])

  const openAt = (instant: bigint, at: { x: number; y: number }): void => setMenu({ instant, at })
  const groups = (instant: bigint): MenuGroup[] => {
    const minute = (instant / MINUTE) * MINUTE
    const around = {
      from: formatRfc3339(asEpochNs(minute)),
      to: formatRfc3339(asEpochNs(minute + MINUTE)),
    }
    const service = commonService(line.data?.series.map((s) => s.metric) ?? [], query)
    const near = nearest(dots, instant)
    return [
      {
        items: [
          ...(near
            ? [
                {
                  id: 'exemplar',
                  icon: 'traces' as const,
                  label: t('metrics.menu.exemplar', { value: formatQuantity(near.value, unit) }),
                  run: () => openTarget({ view: 'traces', path: [near.id] }),
                },
              ]
            : []),
          {
            id: 'traces',
            icon: 'traces',
            label: t('metrics.menu.traces'),
            run: () => openTarget({ view: 'traces', params: { range: around, service }, filters: [] }),
          },
          {
            id: 'logs',
            icon: 'logs',
            label: t('metrics.menu.logs'),
            run: () =>
              openTarget({
                view: 'logs',
                params: {
                  range: around,
                  query: service === undefined ? undefined : `service:${JSON.stringify(service)}`,
                },
                filters: [],
              }),
          },
        ],
      },
      {
        items: [
          ...(props.onOpen
            ? [{ id: 'open', icon: 'expand' as const, label: t('metrics.menu.open'), run: props.onOpen }]
            : []),
          { id: 'copy', icon: 'copy', label: t('metrics.menu.copyQuery'), run: () => void copyText(query) },
          {
            id: 'pin',
            icon: 'pin',
            label: t('workbench.value.pin'),
            run: () => void pin({ ...question, title: label, lane: true, at: formatRfc3339(asEpochNs(instant)) }),
          },
        ],
      },
    ]
  }

  if (query === '') return <EmptyState title={t('metrics.lane.empty')}>{t('metrics.lane.emptyText')}</EmptyState>
  if (error && (!have || error.code === 'invalid_input' || error.code === 'unsupported'))
    return <QueryProblem query={query} error={error} onRetry={lane.heatmap ? heat.refetch : line.refetch} />
  if (!have) return <Skeleton height={height} />
  const empty = lane.heatmap ? (heat.data?.times.length ?? 0) === 0 : series.length === 0
  return (
    <>
      <div
        className={styles['picture']}
        style={{ minHeight: height }}
        role="application"
        aria-label={t('metrics.lane.picture', { query: label })}
        aria-roledescription={t('metrics.lane')}
        tabIndex={0}
        onContextMenu={(event) => {
          const instant = crosshairOf(group)
          if (instant === undefined) return
          event.preventDefault()
          openAt(instant, { x: event.clientX, y: event.clientY })
        }}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
          const step = (range.to - range.from) / STEPS
          const now = crosshairOf(group) ?? range.from + (range.to - range.from) / 2n
          if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
            const next = now + (event.key === 'ArrowLeft' ? -step : step) * (event.shiftKey ? 10n : 1n)
            setCrosshair(group, next < range.from ? range.from : next >= range.to ? range.to - 1n : next)
          } else if (event.key === '.' || event.key === 'Enter') {
            const box = event.currentTarget.getBoundingClientRect()
            const share = Number(now - range.from) / Number(range.to - range.from)
            openAt(now, { x: box.left + 56 + share * (box.width - 68), y: box.top + 40 })
          } else return
          event.preventDefault()
        }}
      >
        {empty ? (
          <EmptyState title={t('metrics.lane.none')} actions={<WaysOut topic="promql" />}>
            {t('metrics.lane.noneText')}
          </EmptyState>
        ) : lane.heatmap && heat.data ? (
          <Heatmap
            label={label}
            times={heat.data.times}
            bounds={heat.data.bounds}
            counts={heat.data.counts}
            range={range}
            unit={unitToShow(heat.data.unit, props.unit)}
            height={Math.max(height, 150)}
            group={group}
            onBrush={props.onBrush}
            stale={heat.stale}
            onAsk={(at) =>
              askAbout({
                method: 'metrics.heatmap',
                input: { range: input, metric: query, width: 200, ...scope },
                value: label,
                at,
              })
            }
          />
        ) : (
          <LineLane
            label={label}
            series={series}
            range={range}
            unit={unit}
            height={height}
            stepNs={line.data?.mode === 'step' ? BigInt(line.data.stepNs) : undefined}
            group={group}
            onBrush={props.onBrush}
            onInstant={openAt}
            marks={marks}
            dots={dots}
            onDot={(dot) => openTarget({ view: 'traces', path: [dot.id] })}
            threshold={lane.threshold}
            log={lane.log}
            stacked={lane.stacked}
            stale={line.stale}
            onAsk={(at) =>
              askAbout({
                method: 'metrics.lane',
                input: { range: input, query, width: WIDTH, maxSeries: lane.top, ...scope },
                value: label,
                at,
              })
            }
          />
        )}
      </div>
      {foot}
      {menu && (
        <MenuAt
          at={menu.at}
          label={t('metrics.menu')}
          groups={groups(menu.instant)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  )
}

const COLUMNS = 100n

/** The slowest of each hundredth of the range: dots on top of each other can be neither told apart nor clicked. */
export function slowest(dots: readonly Dot[], range: TimeRange): Dot[] {
  const width = (range.to - range.from) / COLUMNS || 1n
  const best = new Map<bigint, Dot>()
  for (const dot of dots) {
    const column = (dot.at - range.from) / width
    const kept = best.get(column)
    if (!kept || dot.value > kept.value) best.set(column, dot)
  }
  return [...best.values()]
}

function nearest(dots: readonly Dot[], instant: bigint): Dot | undefined {
  let best: Dot | undefined
  let distance = 0n
  for (const dot of dots) {
    const d = dot.at > instant ? dot.at - instant : instant - dot.at
    if (!best || d < distance) [best, distance] = [dot, d]
  }
  return best
}

/** The one service that all series speak of, by their labels or by the query's own matchers. */
export function commonService(all: ReadonlyArray<Readonly<Record<string, string>>>, query: string): string | undefined {
  const named = new Set(all.map((m) => m['service'] ?? m['service_name'] ?? m['job'] ?? m['container'] ?? ''))
  if (named.size === 1) {
    const [name] = named
    if (name !== undefined && name !== '') return name
  }
  const matched = new Set(
    [...query.matchAll(/\b(?:service|service_name|job|container)="([^"\\]+)"/g)].map((m) => m[1] as string),
  )
  return matched.size === 1 ? [...matched][0] : undefined
}
