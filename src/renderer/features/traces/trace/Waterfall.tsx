// The waterfall: names as a tree grid in the DOM, bars on a canvas beside them, both over the same virtual rows. A
// trace of a million spans has a million rows here and about fifty in the page.

import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useT } from '../../../i18n/index.ts'
import { EmptyState, ErrorState, PartialNote, MovingRows, RowPool, Skeleton } from '../../../ui/index.ts'
import { AXIS_HEIGHT, BarsCanvas } from './bars-canvas.ts'
import { type Line, pagesOf, useLines, type WaterfallInput } from './lines.ts'
import { NameDivider } from './NameDivider.tsx'
import { type NameLook, NameRow } from './name-row.ts'
import { drawName } from './names-canvas.ts'
import { SpanTip, type Tip } from './SpanTip.tsx'
import type { TraceChange, TraceState } from './state.ts'
import styles from './trace.module.css'
import { foldSiblings, toggleFold } from './folding.ts'
import { useCanvas } from './use-canvas.ts'
import { useCursor } from './use-cursor.ts'
import { useZoomGestures } from './use-zoom-gestures.ts'
import type { Zoom } from './zoom.ts'

/** Browsers stop at about 33 million px; beyond this the scroll bar stands for several px of rows. */
const MOST_PX = 30_000_000
/** names kept ready above and below the screen */
const BEYOND = 4
/** px: a quarter of a wide window, where names are whole and bars still long */
const usualNameWidth = (): number => Math.round(Math.min(520, Math.max(340, innerWidth * 0.25)))
const NAME_WIDTH_KEY = 'watchdeck.traces.names'

export interface WaterfallProps {
  readonly base: WaterfallInput
  readonly traceStart: bigint
  readonly traceLabel: string
  readonly zoom: Zoom
  readonly state: TraceState
  readonly change: TraceChange
  readonly onMenu: (line: Line, at: { x: number; y: number }) => void
  readonly searching: boolean
}

const rowPixels = (): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) || 24

export function Waterfall(props: WaterfallProps) {
  const { base, traceStart, traceLabel, zoom, state, change, onMenu, searching } = props
  const t = useT()
  const rowHeight = rowPixels()
  const scroller = useRef<HTMLDivElement>(null)
  const names = useRef<HTMLDivElement>(null)
  const namesPicture = useRef<HTMLCanvasElement>(null)
  const rows = useRef<MovingRows<NameRow>>(undefined)
  const [height, setHeight] = useState(400)
  const [pages, setPages] = useState<readonly [number, number]>(() => pagesOf(0, 0))
  const [nameColumn, setNameColumn] = useState({ width: 0, font: '' })
  const [tip, setTip] = useState<Tip>()
  const [nameWidth, setNameWidth] = useState(() => Number(localStorage.getItem(NAME_WIDTH_KEY)) || usualNameWidth())
  const visible = Math.ceil(height / rowHeight) + 1
  const lines = useLines(base, pages, traceStart)
  const { total } = lines
  const { canvas, view } = useCanvas((element) => new BarsCanvas(element, zoom))

  const bodyHeight = Math.max(0, height - AXIS_HEIGHT)
  const spacer = Math.min(total * rowHeight, MOST_PX)
  const ratio = spacer > bodyHeight ? (total * rowHeight - bodyHeight) / (spacer - bodyHeight) : 1
  const topOf = useCallback((): number => (scroller.current?.scrollTop ?? 0) * ratio, [ratio])

  /** Shows the rows of the place scrolled to; `again` also those that are there already. */
  const place = useCallback(
    (again: boolean): void => {
      const top = topOf()
      view?.scrollTo(top)
      const row = Math.floor(top / rowHeight)
      const shown = { top, first: Math.max(0, row - BEYOND), last: Math.min(total, row + visible + BEYOND) }
      const moving = rows.current
      if (again && moving?.moving) moving.changed()
      else if (again || !moving?.moved(shown)) {
        if (names.current) names.current.style.transform = `translateY(${-top}px)`
        if (again) moving?.pool.refill(shown.first, shown.last)
        else moving?.pool.show(shown.first, shown.last)
      }
      // React hears of it only when other pages are needed
      const [from, to] = pagesOf(row, row + visible)
      setPages((now) => (now[0] === from && now[1] === to ? now : [from, to]))
    },
    [topOf, rowHeight, view, visible, total],
  )

  const reveal = useCallback(
    (row: number): void => {
      const element = scroller.current
      if (!element || row < 0) return
      const top = topOf()
      const y = row * rowHeight
      if (y < top) element.scrollTop = y / ratio
      else if (y + rowHeight > top + bodyHeight) element.scrollTop = (y + rowHeight - bodyHeight) / ratio
      else return
      rows.current?.rest()
      place(false)
    },
    [topOf, rowHeight, bodyHeight, ratio, place],
  )
  const cursor = useCursor({ base, state, change, lines, reveal })

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = (): void => {
      setHeight(element.clientHeight)
      if (!names.current) return
      const { fontSize, fontFamily } = getComputedStyle(names.current)
      const next = { width: names.current.clientWidth, font: `${fontSize} ${fontFamily}` }
      setNameColumn((now) => (now.width === next.width && now.font === next.font ? now : next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    if (names.current) observer.observe(names.current)
    measure()
    return () => observer.disconnect()
  }, [])

  const gestures = useZoomGestures(canvas, zoom)

  const look: NameLook = { selected: cursor.row, searching, ...nameColumn, t }
  const latest = useRef({ lines, look, place })
  latest.current = { lines, look, place }
  useLayoutEffect(() => {
    const [host, canvasOfNames] = [names.current, namesPicture.current]
    if (!host?.parentElement || !canvasOfNames) return
    const pool = new RowPool(host, rowHeight, {
      make: () => new NameRow(),
      fill: (name, row) => name.fill(row, latest.current.lines.at(row), latest.current.look),
    })
    rows.current = new MovingRows({
      host,
      viewport: host.parentElement,
      canvas: canvasOfNames,
      height: rowHeight,
      pool,
      draw: (context, places) => {
        const { lines: known, look: how } = latest.current
        for (const { index, y } of places) drawName(context, y, rowHeight, known.at(index), how)
      },
      settle: () => latest.current.place(true),
    })
    return () => rows.current?.[Symbol.dispose]()
  }, [rowHeight])
  useLayoutEffect(() => place(true))
  useEffect(() => {
    const element = scroller.current
    const onScroll = (): void => latest.current.place(false)
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [])
  useEffect(() => {
    view?.show({
      at: lines.at,
      total,
      rowHeight,
      top: topOf(),
      selected: cursor.row,
      hovered: -1,
      searching,
      stale: lines.stale,
    })
  })

  const toggle = useCallback((line: Line): void => change(toggleFold(state, line)), [change, state])
  const lineOf = (event: { clientY: number }): Line | undefined => {
    const box = canvas.current?.getBoundingClientRect()
    return box && view ? lines.at(view.rowAt(event.clientY - box.top)) : undefined
  }
  const rowOf = (target: EventTarget): Line | undefined => {
    const row = target instanceof Element ? target.closest('[data-row]')?.getAttribute('data-row') : undefined
    return row === undefined || row === null ? undefined : lines.at(Number(row))
  }
  const onCanvasMove = (event: PointerEvent<HTMLElement>): void => {
    if (gestures.drag(event)) return
    const box = event.currentTarget.getBoundingClientRect()
    const line = lineOf(event)
    view?.hover(line?.row ?? -1)
    setTip((now) =>
      line === undefined
        ? undefined
        : now?.line === line
          ? now
          : { line, x: event.clientX, y: box.top + AXIS_HEIGHT + (line.row + 1) * rowHeight - topOf() },
    )
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const page = Math.max(1, Math.floor(bodyHeight / rowHeight) - 2)
    const line = cursor.line
    const moves: Record<string, number> = {
      ArrowDown: cursor.row + 1,
      j: cursor.row + 1,
      ArrowUp: Math.max(0, cursor.row - 1),
      k: Math.max(0, cursor.row - 1),
      PageDown: Math.min(total - 1, cursor.row + page),
      PageUp: Math.max(0, cursor.row - page),
      Home: 0,
      End: total - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) cursor.moveTo(to)
    else if (event.key === 'ArrowRight' && line) {
      if (line.collapsed) toggle(line)
      else if (line.children > 0) cursor.moveTo(cursor.row + 1)
    } else if (event.key === 'ArrowLeft' && line) {
      if (line.children > 0 && !line.collapsed) toggle(line)
      else if (line.parentId !== '') change({ span: line.parentId })
    } else if (event.key === ' ' && line) toggle(line)
    else if (event.key === 's' && line && !line.orphan) change(foldSiblings(state, line))
    else if (event.key === 'Enter' && line) change({ quiet: !state.quiet })
    else if (event.key === '.' && line) {
      const row = names.current?.querySelector(`[data-row="${line.row}"]`) ?? event.currentTarget
      const box = row.getBoundingClientRect()
      onMenu(line, { x: box.left + 24, y: box.bottom })
    } else if (event.key === 'z' && line) zoom.set(line.offset, line.offset + line.duration)
    else return
    event.preventDefault()
  }

  const resizeNames = (width: number): void => {
    const next = Math.round(Math.min(900, Math.max(140, width)))
    setNameWidth(next)
    localStorage.setItem(NAME_WIDTH_KEY, String(next))
  }

  const share = `min(${nameWidth}px, 60%)`
  return (
    <>
      {lines.error && <ErrorState error={lines.error} onRetry={lines.refetch} />}
      <div className={styles['waterfall']} style={lines.error && { display: 'none' }}>
        <div
          ref={scroller}
          className={styles['scroller']}
          role="treegrid"
          aria-label={t('traces.waterfallOf', { trace: traceLabel })}
          aria-rowcount={total + 1}
          aria-colcount={2}
          aria-busy={lines.stale || lines.loading}
          aria-activedescendant={cursor.line ? `span-${cursor.line.spanId}` : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const line = rowOf(event.target)
            if (!line) return
            if (event.target instanceof Element && event.target.closest('[data-fold]') && line.children > 0)
              toggle(line)
            else cursor.choose(line)
          }}
          onDoubleClick={(event) => {
            const line = rowOf(event.target)
            if (line) toggle(line)
          }}
          onContextMenu={(event) => {
            const line = rowOf(event.target)
            if (!line) return
            event.preventDefault()
            onMenu(line, { x: event.clientX, y: event.clientY })
          }}
        >
          <div style={{ height: spacer + AXIS_HEIGHT }} role="presentation">
            <div className={styles['window']} style={{ height }} role="presentation">
              <div className={styles['nameColumn']} style={{ width: share }} role="presentation">
                <div className={styles['nameHead']} role="row" aria-rowindex={1}>
                  <span role="columnheader">{t('traces.span')}</span>
                  <span role="columnheader" className={styles['offscreen']}>
                    {t('traces.timing')}
                  </span>
                </div>
                <div className={styles['names']} role="rowgroup">
                  <div
                    ref={names}
                    className={styles['moving']}
                    role="presentation"
                    onPointerOver={(event) => {
                      const row = event.target instanceof Element && event.target.closest('[data-row]')
                      if (row) rows.current?.pool.rowOf(Number(row.getAttribute('data-row')))?.point()
                    }}
                  />
                  <canvas ref={namesPicture} className={styles['namesPicture']} />
                </div>
              </div>
              <div
                className={styles['bars']}
                role="presentation"
                aria-hidden="true"
                onPointerMove={onCanvasMove}
                onPointerLeave={() => {
                  view?.hover(-1)
                  setTip(undefined)
                }}
                onPointerDown={(event) => {
                  if (event.button !== 0) return
                  gestures.press(event)
                  setTip(undefined)
                }}
                onPointerUp={(event) => {
                  const line = gestures.release() ? lineOf(event) : undefined
                  if (line) {
                    cursor.choose(line)
                    scroller.current?.focus({ preventScroll: true })
                  }
                }}
                onPointerCancel={gestures.cancel}
                onDoubleClick={(event) => {
                  const line = lineOf(event)
                  if (line) zoom.set(line.offset, line.offset + Math.max(1, line.duration))
                  else zoom.reset()
                }}
                onContextMenu={(event) => {
                  const line = lineOf(event)
                  if (!line) return
                  event.preventDefault()
                  onMenu(line, { x: event.clientX, y: event.clientY })
                }}
              >
                <canvas ref={canvas} className={styles['canvas']} />
              </div>
            </div>
          </div>
        </div>
        <NameDivider width={nameWidth} left={share} onResize={resizeNames} />
        {lines.loading && (
          <div className={styles['over']}>
            <Skeleton lines={12} />
          </div>
        )}
        {!lines.loading && !lines.stale && total === 0 && (
          <div className={styles['over']}>
            <EmptyState title={t('traces.noRows')}>{t('traces.noRowsHint')}</EmptyState>
          </div>
        )}
        <div className={styles['partial']}>
          <PartialNote completeness={lines.completeness} />
        </div>
        {tip && <SpanTip tip={tip} />}
      </div>
    </>
  )
}
