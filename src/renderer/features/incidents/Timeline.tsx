// The incident in time: what people wrote, what fired, what changed. A picture to look at and to drag on, walked with
// arrow keys; the same as a table for those who want it exact or do not see the picture.

import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { asEpochNs, type TimeRange } from '../../../shared/base/time.ts'
import { setCrosshair, onCrosshair } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import type { MethodState } from '../../lib/engine/index.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatDateTime, formatTime } from '../../lib/zone.ts'
import { DataTable, ErrorState, IconButton, PartialNote, Skeleton } from '../../ui/index.ts'
import { brushRange, useParam, useValueMenu } from '../../workbench/index.ts'
import { MarkPopover } from './MarkPopover.tsx'
import { timeTicks } from './ticks.ts'
import { itemsOf, LANES, layOut, neighbour, type TimelineMark } from './timeline-model.ts'
import { PLOT_LEFT, plotWidth, timelineHeight, TimelineCanvas } from './timeline-paint.ts'
import styles from './Timeline.module.css'
import { isStage, stageKey } from './words.ts'

export interface TimelineProps {
  readonly incident: string
  readonly answer: MethodState<MethodOutput<'incidents.timeline'>>
  readonly range: TimeRange
  readonly brush: TimeRange | undefined
  /** name of the crosshair that the lanes share */
  readonly group: string
}

/** px that a pointer moves before a press is a drag */
const DRAG = 4
const HALF_MINUTE = 30_000_000_000n

export function Timeline({ incident, answer, range, brush, group }: TimelineProps) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const liveId = useId()
  const host = useRef<HTMLCanvasElement>(null)
  const painter = useRef<TimelineCanvas>(undefined)
  const [width, setWidth] = useState(0)
  const [current, setCurrent] = useState<TimelineMark>()
  const [hover, setHover] = useState<TimelineMark>()
  const [opened, setOpened] = useState<{ mark: TimelineMark; at: { x: number; y: number } }>()
  const [drag, setDrag] = useState<{ from: number; to: number }>()
  const [asTable, setAsTable] = useParam<boolean>('events', false)
  const items = useMemo(() => (answer.data ? itemsOf(answer.data.table) : []), [answer.data])
  const lanes = useMemo(() => layOut(items, range, plotWidth(width)), [items, range, width])
  const height = timelineHeight(lanes)

  useEffect(() => {
    const canvas = host.current
    if (!canvas || asTable) return
    const view = new TimelineCanvas(canvas)
    painter.current = view
    const observer = new ResizeObserver(() => setWidth(canvas.clientWidth))
    observer.observe(canvas)
    setWidth(canvas.clientWidth)
    const follow = onCrosshair(group, canvas, (at) => view.crosshair(at))
    return () => {
      follow()
      observer.disconnect()
      view[Symbol.dispose]()
      painter.current = undefined
    }
  }, [group, asTable])

  const titleOf = (mark: TimelineMark): string => {
    const title = mark.items[0]?.title ?? ''
    return isStage(title) ? t(stageKey(title)) : title
  }
  useLayoutEffect(() => {
    painter.current?.show({
      lanes,
      range,
      brush,
      labels: Object.fromEntries(LANES.map((lane) => [lane, t(`incidents.lane.${lane}`)])) as Record<
        (typeof LANES)[number],
        string
      >,
      ticks: timeTicks(range, plotWidth(width), zone),
      titleOf,
    })
  })
  // a mark of an earlier layout is no mark of this one
  const shownMark = current && lanes.some((l) => l.marks.includes(current)) ? current : undefined
  useEffect(() => painter.current?.mark(hover ?? shownMark), [hover, shownMark])

  const values = useValueMenu({
    question: { method: 'incidents.timeline', input: { incident } },
    title: t('incidents.timeline'),
    fields: { service: 'service' },
  })
  const openMark = (mark: TimelineMark): void => {
    const box = painter.current?.boxOf(mark)
    const canvas = host.current?.getBoundingClientRect()
    if (!box || !canvas) return
    setOpened({ mark, at: { x: canvas.left + Math.max(PLOT_LEFT, box.x), y: canvas.top + box.y + box.height } })
  }
  const spoken = (mark: TimelineMark): string => {
    const item = mark.items[0]
    if (!item) return ''
    const when = formatTime(item.at, zone, 's')
    return mark.items.length === 1
      ? t('incidents.markOne', { lane: t(`incidents.lane.${mark.lane}`), when, title: titleOf(mark) })
      : t('incidents.markMany', { lane: t(`incidents.lane.${mark.lane}`), when, count: mark.items.length })
  }
  const inWords = t('incidents.timelineWords', {
    from: formatTime(range.from, zone, 's'),
    to: formatTime(range.to, zone, 's'),
    count: items.length,
    parts: LANES.map((lane) => ({ lane, count: items.filter((item) => item.lane === lane).length }))
      .filter(({ count }) => count > 0)
      .map(({ lane, count }) => `${t(`incidents.lane.${lane}`)} ${count}`)
      .join(', '),
  })
  const place = (event: React.PointerEvent): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const moves: Record<string, Parameters<typeof neighbour>[2]> = {
    ArrowLeft: 'left',
    ArrowRight: 'right',
    ArrowUp: 'up',
    ArrowDown: 'down',
    Home: 'first',
    End: 'last',
  }
  const over = hover ?? (opened ? undefined : shownMark)
  const overBox = over && painter.current?.boxOf(over)

  return (
    <section className={styles['timeline']} aria-label={t('incidents.timeline')}>
      <div className={styles['tools']}>
        <PartialNote completeness={answer.data?.completeness} />
        <IconButton
          icon={asTable ? 'overview' : 'list'}
          label={t(asTable ? 'ui.showPicture' : 'ui.showTable')}
          onClick={() => setAsTable(asTable ? undefined : true)}
        />
      </div>
      {answer.error ? (
        <ErrorState error={answer.error} onRetry={answer.refetch} what={t('incidents.timelineFailed')} />
      ) : asTable && answer.data ? (
        <div className={styles['table']}>
          <DataTable
            id="incident.timeline"
            label={t('incidents.timeline')}
            frame={answer.data.table}
            columns={[
              { id: 'time', title: t('ui.time'), width: 190 },
              {
                id: 'lane',
                title: t('incidents.column.kind'),
                width: 100,
                render: ({ row }) => {
                  const item = items.find((i) => i.row === row)
                  return item ? t(`incidents.lane.${item.lane}`) : null
                },
              },
              {
                id: 'title',
                title: t('incidents.column.what'),
                width: 300,
                render: ({ row }) => {
                  const title = items.find((i) => i.row === row)?.title ?? ''
                  return isStage(title) ? t(stageKey(title)) : title
                },
              },
              { id: 'detail', title: t('incidents.column.detail'), width: 260, grow: true },
              { id: 'service', title: t('incidents.column.service'), width: 140 },
            ]}
            onCellMenu={values.onCellMenu}
            stale={answer.stale}
          />
        </div>
      ) : (
        <div
          className={styles['stage']}
          style={{ height }}
          data-testid="incident-timeline"
          role="application"
          aria-roledescription={t('incidents.timeline')}
          aria-label={t('incidents.timelineKeys')}
          aria-describedby={liveId}
          tabIndex={0}
          onKeyDown={(event) => {
            const move = moves[event.key]
            if (event.ctrlKey || event.metaKey || event.altKey) return
            if (move) setCurrent(neighbour(lanes, shownMark, move))
            else if (event.key === 'Enter' && shownMark) openMark(shownMark)
            else if (event.key === ' ' && shownMark?.items[0])
              brushRange(shownMark.items[0].at - HALF_MINUTE, shownMark.items[0].at + HALF_MINUTE)
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
          onPointerMove={(event) => {
            const { x, y } = place(event)
            const at = painter.current?.instantAt(x)
            setCrosshair(group, at)
            setHover(painter.current?.hitAt(x, y, 3))
            if (drag) setDrag({ ...drag, to: x })
          }}
          onPointerLeave={() => {
            setCrosshair(group, undefined)
            setHover(undefined)
          }}
          onPointerDown={(event) => {
            if (event.button !== 0) return
            const { x } = place(event)
            event.currentTarget.setPointerCapture(event.pointerId)
            setDrag({ from: x, to: x })
          }}
          onPointerUp={(event) => {
            const { x, y } = place(event)
            setDrag(undefined)
            if (!drag) return
            if (Math.abs(x - drag.from) >= DRAG) {
              const [a, b] = [painter.current?.instantAt(drag.from), painter.current?.instantAt(x)]
              if (a !== undefined && b !== undefined && a !== b) brushRange(a, b)
              return
            }
            const mark = painter.current?.hitAt(x, y, 3)
            const at = painter.current?.instantAt(x)
            if (mark) {
              setCurrent(mark)
              openMark(mark)
            } else if (at !== undefined && x >= PLOT_LEFT) {
              const from = at - HALF_MINUTE < range.from ? range.from : at - HALF_MINUTE
              brushRange(from, asEpochNs(from + 2n * HALF_MINUTE))
            }
          }}
          onPointerCancel={() => setDrag(undefined)}
        >
          <canvas ref={host} className={styles['canvas']} />
          {answer.loading && <Skeleton className={styles['waiting'] ?? ''} />}
          {drag && Math.abs(drag.to - drag.from) >= DRAG && (
            <div
              className={styles['brush']}
              style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
            />
          )}
          {over && overBox && (
            <div
              className={styles['hint']}
              style={
                overBox.x > width / 2
                  ? { right: width - overBox.x + 6, top: overBox.y + overBox.height + 2 }
                  : { left: overBox.x + 6, top: overBox.y + overBox.height + 2 }
              }
            >
              <span className={styles['when']}>{formatDateTime(over.items[0]?.at ?? 0n, zone, 's')}</span>
              {over.items.length === 1 ? (
                <b>{titleOf(over)}</b>
              ) : (
                <b>{t('incidents.several', { count: over.items.length })}</b>
              )}
              {over.items.length > 1 &&
                [...new Set(over.items.map((i) => i.title))]
                  .slice(0, 4)
                  .map((title) => <span key={title}>{title}</span>)}
              {over.items.length === 1 && over.items[0]?.detail && over.items[0].detail !== over.items[0].title && (
                <span>{over.items[0].detail.slice(0, 160)}</span>
              )}
            </div>
          )}
          <span id={liveId} className={styles['hidden']} aria-live="polite">
            {shownMark ? spoken(shownMark) : inWords}
          </span>
        </div>
      )}
      {opened && (
        <MarkPopover
          mark={opened.mark}
          at={opened.at}
          onClose={() => {
            setOpened(undefined)
            // after the surface has given the focus back to wherever it was
            requestAnimationFrame(() => host.current?.parentElement?.focus())
          }}
        />
      )}
      {values.menu}
    </section>
  )
}
