// The frame that every ECharts picture lives in: size, theme, crosshair and brush of its group, keyboard, copies as PNG
// and CSV, and the same data as a table for those who do not see the picture.

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { fromMillis, type TimeRange, toMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { useTheme, token } from '../theme/theme.ts'
import { IconButton } from '../ui/Button.tsx'
import { Menu, type MenuItem } from '../ui/Menu.tsx'
import { useAsTable } from './as-table.ts'
import styles from './Chart.module.css'
import { type ECharts, type EChartsCoreOption, init } from './echarts.ts'
import { drawInTurn, drawNoMore } from './draw-queue.ts'
import { crosshairOf, onCrosshair, setCrosshair } from './group.ts'
import { type Marks, msAt, nearestMark, seenAt, type TimeScale, type ValueScale } from './time-scale.ts'

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
  /** what can be pointed at and clicked */
  readonly marks?: readonly Marks[] | undefined
  /** what a mark under the pointer is */
  readonly tip?: ((item: { seriesId: string; index: number }) => ReactNode) | undefined
  /** a mark was clicked: data of the series item */
  readonly onItem?: ((item: { seriesId: string; index: number }) => void) | undefined
  /** the picture in whole sentences, for those who do not see it (summary.ts) */
  readonly words: () => string
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
  const { shown: asTable, show: showAsTable } = useAsTable()
  const drag = useRef<{ x0: number; y0: number; x1: number; y1: number }>(undefined)
  const band = useRef<HTMLDivElement>(null)
  const scale = useRef<TimeScale>(undefined)
  const pointed = useRef<{ seriesId: string; index: number }>(undefined)
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
    return () => {
      observer.disconnect()
      drawNoMore(element)
      drawNoMore(scale)
      instance.dispose()
      chart.current = undefined
      scale.current = undefined
    }
  }, [asTable])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what its option depends on
  useEffect(() => {
    const element = host.current
    if (size.width === 0 || !element) return
    drawInTurn(element, () => {
      const [instance, now] = [chart.current, latest.current]
      if (!instance) return
      instance.setOption({ animation: false, ...now.option(size) }, { notMerge: true })
      scale.current = now.range && scaleOf(instance, now.range)
      if (group !== undefined) showCrosshair.current(crosshairOf(group))
    })
  }, [theme, size, asTable, ...props.deps])

  // words for twelve lanes take as long as a picture
  const { words } = props
  useEffect(() => {
    if (!asTable) drawInTurn(scale, () => host.current?.setAttribute('aria-label', `${label}. ${words()}`))
  }, [label, words, asTable])

  // the crosshair is drawn by moving one line of the chart, not by React
  const line = useRef<HTMLDivElement>(null)
  const showCrosshair = useRef((at: bigint | undefined): void => {
    const element = line.current
    const x = seenAt(scale.current, at)
    if (!element) return
    element.style.opacity = x === undefined ? '0' : '1'
    if (x !== undefined) element.style.transform = `translateX(${Math.round(x)}px)`
  })
  useEffect(() => {
    const element = line.current
    return group === undefined || !element || asTable ? undefined : onCrosshair(group, element, showCrosshair.current)
  }, [group, asTable])

  const instantAt = (x: number): bigint | undefined => {
    const ms = scale.current && msAt(scale.current, x)
    return ms !== undefined && Number.isFinite(ms) ? fromMillis(ms) : undefined
  }
  const valueAt = (y: number): number => Number(chart.current?.convertFromPixel({ yAxisIndex: 0 }, y) ?? Number.NaN)
  const values: ValueScale = {
    valueAt,
    heightOf: (value) => Number(chart.current?.convertToPixel({ yAxisIndex: 0 }, value) ?? Number.NaN),
  }
  /** What the pointer is at: told by a tip and a hand. */
  const point = (at: { x: number; y: number } | undefined): void => {
    const { marks, tip: tell } = latest.current
    if (!marks || marks.length === 0) return
    const found = at && scale.current && nearestMark(marks, at, scale.current, values)
    const before = pointed.current
    if (found?.seriesId === before?.seriesId && found?.index === before?.index) return
    pointed.current = found
    if (host.current?.parentElement)
      host.current.parentElement.style.cursor = found && latest.current.onItem ? 'pointer' : ''
    const content = found && tell?.(found)
    setTip(content === undefined || !at ? undefined : { ...at, content })
  }
  const showBand = (): void => {
    const [element, held] = [band.current, drag.current]
    if (!element?.parentElement) return
    // a press where nothing can be dragged is a click
    const drags = held !== undefined && (latest.current.onBrush ?? latest.current.onBox) !== undefined
    element.parentElement.style.display = drags ? 'block' : 'none'
    if (!held) return
    element.style.transform = `translateX(${Math.min(held.x0, held.x1)}px)`
    element.style.width = `${Math.abs(held.x1 - held.x0)}px`
    if (!latest.current.onBox) return
    element.style.top = `${Math.min(held.y0, held.y1)}px`
    element.style.height = `${Math.abs(held.y1 - held.y0)}px`
  }
  const hold = (next: NonNullable<typeof drag.current> | undefined): void => {
    drag.current = next
    showBand()
  }
  // asked when the pointer comes in or goes down, and after a scroll: asking at each move lays the page out again each time
  const corner = useRef<{ left: number; top: number }>(undefined)
  useEffect(() => {
    const drop = (): void => {
      corner.current = undefined
    }
    addEventListener('scroll', drop, { capture: true, passive: true })
    return () => removeEventListener('scroll', drop, { capture: true })
  }, [])
  const place = (event: React.PointerEvent, fresh = false): { x: number; y: number } => {
    if (fresh || !corner.current) corner.current = event.currentTarget.getBoundingClientRect()
    const box = corner.current
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const endDrag = (event: React.PointerEvent): void => {
    const held = drag.current
    hold(undefined)
    if (!held) return
    if (Math.abs(held.x1 - held.x0) < 4) {
      if (pointed.current) props.onItem?.(pointed.current)
      const at = pointed.current === undefined ? instantAt(held.x1) : undefined
      if (at !== undefined && range && at >= range.from && at < range.to)
        props.onInstant?.(at, { x: event.clientX, y: event.clientY })
      return
    }
    const from = instantAt(Math.min(held.x0, held.x1))
    const to = instantAt(Math.max(held.x0, held.x1))
    if (from === undefined || to === undefined || from >= to) return
    const clipped = {
      from: (range && from < range.from ? range.from : from) as TimeRange['from'],
      to: (range && to > range.to ? range.to : to) as TimeRange['to'],
    }
    if (props.onBox) {
      const [low, high] = [valueAt(Math.max(held.y0, held.y1)), valueAt(Math.min(held.y0, held.y1))]
      if (Number.isFinite(low) && Number.isFinite(high)) props.onBox({ range: clipped, low, high })
    } else props.onBrush?.(clipped)
  }
  const draggable = props.onBrush !== undefined || props.onBox !== undefined

  const figure = useRef<HTMLElement>(null)
  const [asks, copies, lists] = [props.onAsk !== undefined, csv !== undefined, table !== undefined]
  // menus are dear to draw, and this one is the same whatever is in the picture
  const menu = useMemo(() => {
    const ask = (): void => {
      const box = figure.current?.getBoundingClientRect()
      if (box) latest.current.onAsk?.({ x: box.right - 8, y: box.top + 24 })
    }
    const png = async (): Promise<void> => {
      const url = chart.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: token('--n1') })
      if (url === undefined) return
      const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (c) => c.charCodeAt(0))
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })])
    }
    const items: MenuItem[] = []
    if (asks) items.push({ id: 'why', label: t('workbench.value.why'), icon: 'question', run: ask })
    if (!asTable) items.push({ id: 'png', label: t('ui.copyPng'), icon: 'copy', run: () => void png() })
    if (copies)
      items.push({
        id: 'csv',
        label: t('ui.copyCsv'),
        icon: 'copy',
        run: () => void navigator.clipboard.writeText(latest.current.csv?.() ?? ''),
      })
    if (lists)
      items.push({
        id: 'table',
        label: t(asTable ? 'ui.showPicture' : 'ui.showTable'),
        icon: 'list',
        run: () => showAsTable(!asTable),
      })
    if (items.length === 0) return null
    return (
      <div className={styles['menu']}>
        <Menu align="end" trigger={<IconButtonPlain label={t('ui.chartMenu')} />} groups={[{ items }]} />
      </div>
    )
  }, [asks, copies, lists, asTable, showAsTable, t])

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
            const held = drag.current
            if (!held) {
              point({ x, y })
              return
            }
            // capturing at once would take the click from the marks under the pointer
            if (Math.abs(x - held.x0) >= 4 && !event.currentTarget.hasPointerCapture(event.pointerId)) {
              event.currentTarget.setPointerCapture(event.pointerId)
              point(undefined)
            }
            hold({ ...held, x1: x, y1: y })
          }}
          onPointerLeave={(event) => {
            corner.current = undefined
            point(undefined)
            if (group !== undefined) setCrosshair(group, undefined)
            if (!event.currentTarget.hasPointerCapture(event.pointerId)) hold(undefined)
          }}
          onPointerDown={(event) => {
            if (event.button !== 0) return
            const { x, y } = place(event, true)
            point({ x, y })
            if (draggable || props.onItem) hold({ x0: x, y0: y, x1: x, y1: y })
          }}
          onPointerUp={endDrag}
          onPointerCancel={() => hold(undefined)}
        >
          <div ref={host} className={styles['canvas']} role="img" />
          <div className={styles['brushes']}>
            <div ref={band} className={styles['brush']} data-colour />
          </div>
          {overlay && <div className={styles['overlay']}>{overlay(size)}</div>}
          {group !== undefined && <div ref={line} className={styles['crosshair']} data-colour />}
          {tip && (
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
      {menu}
    </figure>
  )
}

/** Without a tooltip: the trigger of a menu already has one name and one popup. */
function IconButtonPlain({ label, ...rest }: { label: string } & Record<string, unknown>) {
  return <IconButton icon="more" label={label} {...rest} />
}

/** Where the range's ends stand on the picture as drawn. */
function scaleOf(chart: ECharts, range: TimeRange): TimeScale | undefined {
  const [from, to] = [toMillis(range.from), toMillis(range.to)]
  const [left, right] = [from, to].map((ms) => Number(chart.convertToPixel({ xAxisIndex: 0 }, ms)))
  if (left === undefined || right === undefined || !(right > left) || !(to > from)) return undefined
  return { from, to, left, right }
}
