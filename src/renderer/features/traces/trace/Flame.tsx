// The flame chart tab: the engine sends only what is at least a pixel wide in the part looked at.

import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { useT } from '../../../i18n/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { rowsOf, useMethod } from '../../../lib/engine/index.ts'
import { ErrorState, PartialNote, Skeleton } from '../../../ui/index.ts'
import { FLAME_AXIS, FlameCanvas, LANE } from './flame-canvas.ts'
import { type FlameBox, flameLanes } from './flame-layout.ts'
import { SpanTip, type Tip } from './SpanTip.tsx'
import type { TraceChange, TraceState } from './state.ts'
import styles from './trace.module.css'
import { useCanvas } from './use-canvas.ts'
import { useZoomGestures } from './use-zoom-gestures.ts'
import type { Zoom } from './zoom.ts'

/** Boxes that the list for screen readers names; the waterfall has them all. */
const SPOKEN = 200

export function Flame({
  question,
  zoom,
  state,
  change,
}: {
  question: MethodInput<'traces.header'>
  zoom: Zoom
  state: TraceState
  change: TraceChange
}) {
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 1200, height: 400 })
  const [tip, setTip] = useState<Tip>()
  const { canvas, view } = useCanvas((element) => new FlameCanvas(element, zoom))
  // whole hundreds: a pixel more or less is the same question
  const width = Math.min(8000, Math.max(100, Math.ceil(size.width / 100) * 100))
  const window_ = state.zoom
  const flame = useMethod('traces.flame', {
    ...question,
    width,
    ...(window_ ? { fromNs: Math.floor(window_[0]), toNs: Math.ceil(window_[1]) } : {}),
  })
  const table = flame.data?.table
  const boxes = useMemo(
    () =>
      table === undefined
        ? []
        : rowsOf(table).map(
            (r): FlameBox => ({
              spanId: String(r['spanId']),
              depth: Number(r['depth']),
              service: String(r['service']),
              operation: String(r['operation']),
              offset: Number(r['offsetNs']),
              duration: Number(r['durationNs']),
              status: String(r['status']),
              critical: r['critical'] === true,
            }),
          ),
    [table],
  )
  const layout = useMemo(() => flameLanes(boxes), [boxes])
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    view?.show({ boxes, lanes: layout.lanes, selected: state.span, stale: flame.stale })
  }, [view, boxes, layout, state.span, flame.stale])
  const gestures = useZoomGestures(canvas, zoom)

  const boxAt = (event: { clientX: number; clientY: number }): FlameBox | undefined => {
    const box = canvas.current?.getBoundingClientRect()
    return box && view?.hitAt(event.clientX - box.left, event.clientY - box.top, 0)
  }
  const onMove = (event: PointerEvent<HTMLElement>): void => {
    if (gestures.drag(event)) return
    const found = boxAt(event)
    view?.hover(found)
    setTip(found ? { line: found, x: event.clientX, y: event.clientY + 12 } : undefined)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || boxes.length === 0) return
    const at = boxes.findIndex((b) => b.spanId === state.span)
    const here = boxes[at]
    const step = (test: (b: FlameBox, i: number) => boolean, back = false): FlameBox | undefined =>
      back ? boxes.slice(0, Math.max(0, at)).findLast(test) : boxes.slice(at + 1).find(test)
    let next: FlameBox | undefined
    if (!here) next = ['ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowLeft'].includes(event.key) ? boxes[0] : undefined
    else if (event.key === 'ArrowRight') next = step((b) => b.depth === here.depth)
    else if (event.key === 'ArrowLeft') next = step((b) => b.depth === here.depth, true)
    else if (event.key === 'ArrowDown') next = boxes[at + 1]?.depth === here.depth + 1 ? boxes[at + 1] : undefined
    else if (event.key === 'ArrowUp') next = step((b) => b.depth === here.depth - 1, true)
    else if (event.key === 'z') zoom.set(here.offset, here.offset + Math.max(1, here.duration))
    else if (event.key === 'Enter') change({ quiet: !state.quiet })
    else return
    if (next) change({ span: next.spanId, ...(state.span === undefined ? { quiet: true } : {}) }, { replace: true })
    event.preventDefault()
  }

  if (flame.error) return <ErrorState error={flame.error} onRetry={flame.refetch} />
  return (
    <div className={styles['waterfall']}>
      <div
        ref={scroller}
        className={styles['scroller']}
        tabIndex={0}
        role="group"
        aria-label={t('traces.flameLabel')}
        onScroll={(event) => view?.scrollTo(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: Math.max(size.height - 2, layout.count * LANE + FLAME_AXIS + 8) }}>
          <div
            className={styles['flame']}
            style={{ height: size.height }}
            role="presentation"
            aria-hidden="true"
            onPointerMove={onMove}
            onPointerLeave={() => {
              view?.hover(undefined)
              setTip(undefined)
            }}
            onPointerDown={(event) => {
              if (event.button !== 0) return
              gestures.press(event)
              setTip(undefined)
            }}
            onPointerUp={(event) => {
              const found = gestures.release() && boxAt(event)
              if (found) change({ span: found.spanId, quiet: false })
            }}
            onPointerCancel={gestures.cancel}
            onDoubleClick={(event) => {
              const found = boxAt(event)
              if (found) zoom.set(found.offset, found.offset + Math.max(1, found.duration))
              else zoom.reset()
            }}
          >
            <canvas ref={canvas} className={styles['canvas']} />
          </div>
        </div>
        <ul className={styles['offscreen']} aria-label={t('traces.flameLabel')}>
          {boxes.slice(0, SPOKEN).map((b) => (
            <li key={b.spanId}>
              {b.service} {b.operation} {formatDurationNs(b.duration)} {b.status === 'error' ? t('traces.error') : ''}
            </li>
          ))}
        </ul>
      </div>
      {flame.loading && (
        <div className={styles['over']}>
          <Skeleton lines={8} />
        </div>
      )}
      <div className={styles['partial']}>
        {flame.data?.completeness.truncated ? (
          <span className={styles['quiet']}>
            {t('traces.narrowSpans', {
              count: (flame.data.completeness.truncated.total ?? 0) - flame.data.completeness.truncated.returned,
            })}
          </span>
        ) : (
          <PartialNote completeness={flame.data?.completeness} />
        )}
      </div>
      {tip && <SpanTip tip={tip} />}
    </div>
  )
}
