// A list of any length whose rows have one height and are painted into recycled elements (row-pool.ts): scrolling runs no
// React at all. For rows that measure themselves, or are React, there is VirtualList.

import { type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { cx } from '../lib/cx.ts'
import { token } from '../theme/theme.ts'
import { writeAttribute } from '../lib/dom.ts'
import { onListKey } from './list-keys.ts'
import { type DrawRows, MovingRows } from './moving-rows.ts'
import { type PooledRow, RowPool } from './row-pool.ts'
import styles from './VirtualList.module.css'
import type { VirtualListHandle } from './VirtualList.tsx'

export interface PaintedListProps<R extends PooledRow> {
  readonly label: string
  readonly count: number
  /** px */
  readonly rowHeight: number
  /** an empty row; the list gives its element role, place and selection */
  readonly make: () => R
  /** shows a row in it; called again with each render of the list */
  readonly fill: (row: R, index: number) => void
  /** the same rows on a canvas, while the list moves too fast for elements */
  readonly draw: DrawRows
  /** the pointer came to a row: what is only read then (titles) may be written now */
  readonly point?: (row: R, index: number) => void
  /** rows of `count` that came before the first one ever shown: what is on screen stays where it is when they grow */
  readonly above?: number
  /** whose rows they are: with another one nothing is held in place */
  readonly of?: unknown
  readonly selected?: number
  readonly onSelect?: (index: number) => void
  readonly onOpen?: (index: number) => void
  /** the last rows are near: fetch more */
  readonly onEnd?: () => void
  /** the first rows are near: put some before them */
  readonly onStart?: () => void
  /** indexes of the first and last row on screen, after each move */
  readonly onVisible?: (first: number, last: number) => void
  readonly stale?: boolean
  readonly ref?: Ref<VirtualListHandle>
}

/** rows kept ready above and below the screen: the compositor scrolls before the page can paint */
const BEYOND = 10
/** so near an end, more is fetched */
const NEAR = 8

export function PaintedList<R extends PooledRow>(props: PaintedListProps<R>) {
  const { label, count, rowHeight, above = 0, selected = -1, onOpen, stale = false } = props
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const rows = useRef<MovingRows<R>>(undefined)
  const latest = useRef(props)
  latest.current = props
  const before = useRef({ above, of: props.of })
  const seen = useRef({ first: -1, last: -1 })

  /** Puts the rows of the place scrolled to on screen; `again` also those that are there already. */
  const place = useRef((again: boolean): void => {
    const [element, moving, now] = [scroller.current, rows.current, latest.current]
    if (!element || !moving) return
    const { scrollTop: top, clientHeight } = element
    const first = Math.min(Math.max(0, now.count - 1), Math.floor(top / now.rowHeight))
    const last = Math.min(now.count - 1, Math.ceil((top + clientHeight) / now.rowHeight) - 1)
    const window = { top, first: Math.max(0, first - BEYOND), last: Math.min(now.count, last + 1 + BEYOND) }
    if (again && moving.moving) moving.changed()
    else if (again) moving.pool.refill(window.first, window.last)
    else if (!moving.moved(window)) moving.pool.show(window.first, window.last)
    if (!again && first === seen.current.first && last === seen.current.last) return
    seen.current = { first, last }
    if (last < 0) return
    now.onVisible?.(first, last)
    if (first <= NEAR) now.onStart?.()
    if (window.last >= now.count - NEAR) now.onEnd?.()
  })

  useLayoutEffect(() => {
    const [element, host, picture] = [scroller.current, body.current, canvas.current]
    if (!element || !host || !picture) return
    const pool = new RowPool<R>(host, rowHeight, {
      make: () => {
        const row = latest.current.make()
        row.element.setAttribute('role', 'option')
        row.element.classList.add(styles['item'] ?? '', styles['fixed'] ?? '')
        return row
      },
      fill: (row, index) => {
        const now = latest.current
        const { element: option } = row
        const chosen = index === now.selected
        writeAttribute(option, 'data-index', String(index))
        writeAttribute(option, 'aria-selected', String(chosen))
        writeAttribute(option, 'aria-posinset', String(index + 1))
        writeAttribute(option, 'aria-setsize', String(now.count))
        option.classList.toggle(styles['selected'] ?? '', chosen)
        now.fill(row, index)
      },
    })
    rows.current = new MovingRows<R>({
      host,
      viewport: element,
      canvas: picture,
      height: rowHeight,
      pool,
      draw: (context, places) => {
        const chosen = places.find(({ index }) => index === latest.current.selected)
        if (chosen) {
          context.fillStyle = token('--accent-ground')
          context.fillRect(0, chosen.y, context.canvas.width, rowHeight)
        }
        latest.current.draw(context, places)
      },
      settle: () => place.current(true),
    })
    const onScroll = (): void => place.current(false)
    element.addEventListener('scroll', onScroll, { passive: true })
    const observer = new ResizeObserver(() => place.current(false))
    observer.observe(element)
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', onScroll)
      rows.current?.[Symbol.dispose]()
      rows.current = undefined
    }
  }, [rowHeight])
  useLayoutEffect(() => {
    const grown = props.of === before.current.of ? above - before.current.above : 0
    before.current = { above, of: props.of }
    if (grown !== 0 && scroller.current) scroller.current.scrollTop += grown * rowHeight
    place.current(true)
  })

  const scrollTo = (index: number, align: 'start' | 'center' | 'end' | 'auto' = 'auto'): void => {
    const element = scroller.current
    if (!element) return
    const { clientHeight, scrollTop } = element
    const [top, end] = [index * rowHeight, (index + 1) * rowHeight]
    if (align === 'start') element.scrollTop = top
    else if (align === 'end') element.scrollTop = end - clientHeight
    else if (align === 'center') element.scrollTop = (top + end - clientHeight) / 2
    else if (top < scrollTop) element.scrollTop = top
    else if (end > scrollTop + clientHeight) element.scrollTop = end - clientHeight
    rows.current?.rest()
    place.current(false)
  }
  useImperativeHandle(props.ref, () => ({
    scrollTo,
    focus: () => scroller.current?.focus(),
    elementOf: (index) => rows.current?.pool.rowOf(index)?.element,
  }))
  const choose = (index: number): void => {
    if (index < 0 || index >= count) return
    props.onSelect?.(index)
    scrollTo(index)
  }
  const indexOf = (target: EventTarget): number => {
    const row = target instanceof Element ? target.closest('[data-index]') : null
    return Number(row?.getAttribute('data-index') ?? Number.NaN)
  }
  return (
    <div className={styles['frame']}>
      <div
        ref={scroller}
        className={cx(styles['scroller'], styles['painted'], stale && styles['stale'])}
        role="listbox"
        data-shortcuts="on"
        aria-label={label}
        aria-busy={stale}
        tabIndex={0}
        onKeyDown={(event) => onListKey(event, { selected, count, choose, open: onOpen })}
        onPointerOver={(event) => {
          const index = indexOf(event.target)
          const row = Number.isInteger(index) ? rows.current?.pool.rowOf(index) : undefined
          if (row) props.point?.(row, index)
        }}
        onClick={(event) => {
          const index = indexOf(event.target)
          if (Number.isInteger(index)) props.onSelect?.(index)
        }}
        onDoubleClick={(event) => {
          const index = indexOf(event.target)
          if (Number.isInteger(index)) onOpen?.(index)
        }}
      >
        <div ref={body} className={styles['body']} style={{ height: count * rowHeight }} />
      </div>
      <div aria-hidden="true">
        <canvas ref={canvas} className={styles['moving']} />
      </div>
    </div>
  )
}
