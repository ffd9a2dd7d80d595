// The frame that every ECharts picture lives in: size, theme, crosshair and brush of its group, keyboard, copies as PNG
// and CSV, and the same data as a table for those who do not see the picture.

import { type ReactNode, useEffect, useRef, useState } from 'react'
import { fromMillis, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { useTheme, token } from '../theme/theme.ts'
import { IconButton } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'
import styles from './Chart.module.css'
import { type ECharts, type EChartsCoreOption, init } from './echarts.ts'
import { onCrosshair, setCrosshair } from './group.ts'

/** Called with where on screen to explain. */
export type Ask = (at: { x: number; y: number }) => void

export interface ChartProps {
  readonly label: string
  readonly height: number | '100%'
  /** built anew when `deps` or the theme change */
  readonly option: (theme: { width: number; height: number }) => EChartsCoreOption
  readonly deps: readonly unknown[]
  /** charts of one group share crosshair; absent = alone */
  readonly group?: string | undefined
  /** the time axis; absent = no time axis, no brush */
  readonly range?: TimeRange | undefined
  /** dragged along the time axis: both ends, epoch ns */
  readonly onBrush?: ((range: TimeRange) => void) | undefined
  /** dragged a box: time and value ends */
  readonly onBox?: ((box: { range: TimeRange; low: number; high: number }) => void) | undefined
  /** clicked, not dragged, and not on a mark: the instant there, epoch ns */
  readonly onInstant?: ((at: bigint, place: { x: number; y: number }) => void) | undefined
  /** what a mark under the pointer is */
  readonly tip?: ((item: { seriesId: string; index: number }) => ReactNode) | undefined
  /** a mark was clicked: data of the series item */
  readonly onItem?: ((item: { seriesId: string; index: number }) => void) | undefined
  /** the picture in whole sentences, for those who do not see it (summary.ts) */
  readonly words: string
  /** "What is this?": shows the question behind the picture */
  readonly onAsk?: Ask | undefined
  readonly csv?: (() => string) | undefined
  readonly table?: (() => ReactNode) | undefined
  readonly stale?: boolean
  /** over the picture, at the top left */
  readonly overlay?: ((size: { width: number }) => ReactNode) | undefined
  readonly className?: string
}

export function Chart(props: ChartProps) {
  const { label, height, group, range, stale = false, overlay, table, csv, className } = props
  const t = useT()
  const theme = useTheme()
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const latest = useRef(props)
  latest.current = props
  const [asTable, setAsTable] = useState(false)
  const [drag, setDrag] = useState<{ x0: number; y0: number; x1: number; y1: number }>()
  const [tip, setTip] = useState<{ x: number; y: number; content: ReactNode }>()
  const [size, setSize] = useState({ width: 0, height: 0 })

  useEffect(() => {
    const element = host.current
    if (!element || asTable) return
    const instance = init(element, null, { renderer: 'canvas' })
    chart.current = instance
    const observer = new ResizeObserver(() => {
      instance.resize({ animation: { duration: 0 } })
      setSize({ width: element.clientWidth, height: element.clientHeight })
    })
    observer.observe(element)
    setSize({ width: element.clientWidth, height: element.clientHeight })
    instance.on('click', (event: { seriesId?: string; dataIndex?: number }) => {
      if (event.seriesId !== undefined && event.dataIndex !== undefined)
        latest.current.onItem?.({ seriesId: event.seriesId, index: event.dataIndex })
    })
    instance.on('mouseover', (event: { seriesId?: string; dataIndex?: number; event?: unknown }) => {
      const { seriesId, dataIndex: index } = event
      const at = event.event as { offsetX: number; offsetY: number } | undefined
      if (seriesId === undefined || index === undefined || !at) return
      const content = latest.current.tip?.({ seriesId, index })
      setTip(content === undefined ? undefined : { x: at.offsetX, y: at.offsetY, content })
    })
    instance.on('mouseout', () => setTip(undefined))
    return () => {
      observer.disconnect()
      instance.dispose()
      chart.current = undefined
    }
  }, [asTable])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what its option depends on
  useEffect(() => {
    if (size.width === 0) return
    chart.current?.setOption({ animation: false, ...latest.current.option(size) }, { notMerge: true })
  }, [theme, size, asTable, ...props.deps])

  // the crosshair is drawn by moving one line of the chart, not by React
  const line = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (group === undefined || asTable) return
    const show = (at: bigint | undefined): void => {
      const element = line.current
      if (!element) return
      const x = at === undefined ? undefined : chart.current?.convertToPixel({ xAxisIndex: 0 }, toMillis(at))
      element.style.opacity = typeof x === 'number' && Number.isFinite(x) ? '1' : '0'
      if (typeof x === 'number' && Number.isFinite(x)) element.style.transform = `translateX(${Math.round(x)}px)`
    }
    return onCrosshair(group, show)
  }, [group, asTable])

  const instantAt = (x: number): bigint | undefined => {
    const ms = chart.current?.convertFromPixel({ xAxisIndex: 0 }, x)
    return typeof ms === 'number' && Number.isFinite(ms) ? fromMillis(ms) : undefined
  }
  // asked when the pointer comes in or goes down: asking at each move lays the page out again each time
  const corner = useRef<{ left: number; top: number }>(undefined)
  const place = (event: React.PointerEvent, fresh = false): { x: number; y: number } => {
    if (fresh || !corner.current) corner.current = event.currentTarget.getBoundingClientRect()
    const box = corner.current
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const endDrag = (event: React.PointerEvent): void => {
    if (!drag) return
    setDrag(undefined)
    if (Math.abs(drag.x1 - drag.x0) < 4) {
      const at = tip === undefined ? instantAt(drag.x1) : undefined
      if (at !== undefined && range && at >= range.from && at < range.to)
        props.onInstant?.(at, { x: event.clientX, y: event.clientY })
      return
    }
    const from = instantAt(Math.min(drag.x0, drag.x1))
    const to = instantAt(Math.max(drag.x0, drag.x1))
    if (from === undefined || to === undefined || from >= to) return
    const clipped = {
      from: (range && from < range.from ? range.from : from) as TimeRange['from'],
      to: (range && to > range.to ? range.to : to) as TimeRange['to'],
    }
    if (props.onBox) {
      const low = chart.current?.convertFromPixel({ yAxisIndex: 0 }, Math.max(drag.y0, drag.y1))
      const high = chart.current?.convertFromPixel({ yAxisIndex: 0 }, Math.min(drag.y0, drag.y1))
      if (typeof low === 'number' && typeof high === 'number') props.onBox({ range: clipped, low, high })
    } else props.onBrush?.(clipped)
  }
  const draggable = props.onBrush !== undefined || props.onBox !== undefined

  const copyPng = async (): Promise<void> => {
    const url = chart.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: token('--n1') })
    if (url === undefined) return
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (c) => c.charCodeAt(0))
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })])
  }
  const figure = useRef<HTMLElement>(null)
  const { onAsk } = props
  const items = [
    ...(onAsk
      ? [
          {
            id: 'why',
            label: t('workbench.value.why'),
            icon: 'question' as const,
            run: () => {
              const box = figure.current?.getBoundingClientRect()
              if (box) onAsk({ x: box.right - 8, y: box.top + 24 })
            },
          },
        ]
      : []),
    ...(asTable ? [] : [{ id: 'png', label: t('ui.copyPng'), icon: 'copy' as const, run: () => void copyPng() }]),
    ...(csv
      ? [
          {
            id: 'csv',
            label: t('ui.copyCsv'),
            icon: 'copy' as const,
            run: () => void navigator.clipboard.writeText(csv()),
          },
        ]
      : []),
    ...(table
      ? [
          {
            id: 'table',
            label: t(asTable ? 'ui.showPicture' : 'ui.showTable'),
            icon: 'list' as const,
            run: () => setAsTable(!asTable),
          },
        ]
      : []),
  ]

  return (
    <figure
      ref={figure}
      className={cx(styles['figure'], stale && styles['stale'], className)}
      style={{ height }}
      aria-label={t('ui.chart', { label })}
    >
      {asTable && table ? (
        <div className={styles['table']} tabIndex={0} role="region" aria-label={label}>
          {table()}
        </div>
      ) : (
        <div
          className={styles['stage']}
          data-draggable={draggable}
          onPointerEnter={(event) => place(event, true)}
          onPointerMove={(event) => {
            const { x, y } = place(event)
            if (group !== undefined && range) {
              const at = instantAt(x)
              setCrosshair(group, at !== undefined && at >= range.from && at < range.to ? at : undefined)
            }
            if (!drag) return
            // capturing at once would take the click from the marks under the pointer
            if (Math.abs(x - drag.x0) >= 4 && !event.currentTarget.hasPointerCapture(event.pointerId))
              event.currentTarget.setPointerCapture(event.pointerId)
            setDrag({ ...drag, x1: x, y1: y })
          }}
          onPointerLeave={(event) => {
            corner.current = undefined
            if (group !== undefined) setCrosshair(group, undefined)
            if (!event.currentTarget.hasPointerCapture(event.pointerId)) setDrag(undefined)
          }}
          onPointerDown={(event) => {
            if (!draggable || event.button !== 0) return
            const { x, y } = place(event, true)
            setDrag({ x0: x, y0: y, x1: x, y1: y })
          }}
          onPointerUp={endDrag}
          onPointerCancel={() => setDrag(undefined)}
        >
          <div ref={host} className={styles['canvas']} role="img" aria-label={`${label}. ${props.words}`} />
          {group !== undefined && <div ref={line} className={styles['crosshair']} data-colour />}
          {drag && (
            <div
              className={styles['brush']}
              data-colour
              style={{
                left: Math.min(drag.x0, drag.x1),
                width: Math.abs(drag.x1 - drag.x0),
                ...(props.onBox
                  ? { top: Math.min(drag.y0, drag.y1), height: Math.abs(drag.y1 - drag.y0) }
                  : { top: 0, bottom: 0 }),
              }}
            />
          )}
          {overlay && <div className={styles['overlay']}>{overlay(size)}</div>}
          {tip && !drag && (
            <div
              className={styles['tip']}
              style={{
                top: tip.y + 12,
                ...(tip.x < size.width / 2 ? { left: tip.x + 8 } : { right: size.width - tip.x + 8 }),
              }}
            >
              {tip.content}
            </div>
          )}
        </div>
      )}
      {items.length > 0 && (
        <div className={styles['menu']}>
          <Menu align="end" trigger={<IconButtonPlain label={t('ui.chartMenu')} />} groups={[{ items }]} />
        </div>
      )}
    </figure>
  )
}

/** Without a tooltip: the trigger of a menu already has one name and one popup. */
function IconButtonPlain({ label, ...rest }: { label: string } & Record<string, unknown>) {
  return <IconButton icon="more" label={label} {...rest} />
}
