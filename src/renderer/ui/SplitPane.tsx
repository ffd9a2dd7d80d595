// Two panes with a line between them that drags, moves by arrow keys, collapses on double click or Enter, and remembers.

import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import styles from './SplitPane.module.css'

export interface SplitPaneProps {
  /** remembered under this name */
  readonly id: string
  readonly label: string
  /** `row`: side by side; `column`: one above the other */
  readonly direction: 'row' | 'column'
  /** the pane whose size is fixed in px; the other takes the rest */
  readonly sized: 'first' | 'second'
  /** px, until the person moves the line; may follow what is shown */
  readonly initial: number
  /** below this width of the window it is shut until the person opens it: the other pane needs the room */
  readonly shutBelow?: number
  /** in a narrow window the second pane, while it is open, takes the room of the first, which comes back when it is closed */
  readonly covers?: boolean
  readonly min?: number
  readonly max?: number
  /** shown instead of a collapsed pane; default: nothing but the line */
  readonly children: readonly [ReactNode, ReactNode]
  /** false: only the other pane, no line */
  readonly open?: boolean
  readonly className?: string
}

/** As in the style sheet. */
const COVERED = '(max-width: 760px)'

/** Undefined until the person has moved the line. */
function remembered(id: string): number | undefined {
  const value = Number(localStorage.getItem(`watchdeck.split.${id}`) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

export function SplitPane({
  id,
  label,
  direction,
  sized,
  initial,
  shutBelow = 0,
  covers = false,
  min = 120,
  max = 1600,
  children,
  open = true,
  className,
}: SplitPaneProps) {
  const t = useT()
  const [kept, setKept] = useState(() => ({ id, size: remembered(id) }))
  if (kept.id !== id) setKept({ id, size: remembered(id) })
  const size = kept.size ?? (window.innerWidth < shutBelow ? 0 : initial)
  const root = useRef<HTMLDivElement>(null)
  const covering = useRef<HTMLDivElement>(null)
  const cameFrom = useRef<HTMLElement>(null)
  const before = useRef(initial)
  // what covers a list that was scrolled to is seen from its top
  useEffect(() => {
    if (covers && open && window.matchMedia(COVERED).matches) root.current?.scrollIntoView({ block: 'start' })
  }, [covers, open])
  // who works by keyboard goes into what covers the list, and is back where they were when it is closed
  useLayoutEffect(() => {
    if (!covers) return
    const at = document.activeElement
    if (open) {
      if (!window.matchMedia(COVERED).matches || !(at instanceof HTMLElement)) return
      if (at === document.body || !root.current?.firstElementChild?.contains(at)) return
      cameFrom.current = at
      covering.current?.focus({ preventScroll: true })
    } else {
      if (at === document.body && cameFrom.current?.isConnected) cameFrom.current.focus({ preventScroll: true })
      cameFrom.current = null
    }
  }, [covers, open])
  const keep = (next: number): void => {
    const whole = Math.round(next)
    setKept({ id, size: whole })
    localStorage.setItem(`watchdeck.split.${id}`, String(whole))
  }
  const limit = (): number => {
    const box = root.current
    const all = box ? (direction === 'row' ? box.clientWidth : box.clientHeight) : max
    return Math.min(max, Math.max(min, all - min))
  }
  const resize = (next: number): void => keep(next < min / 2 ? 0 : Math.min(limit(), Math.max(min, next)))
  const toggle = (): void => {
    if (size > 0) {
      before.current = size
      keep(0)
    } else keep(before.current || initial)
  }
  const sign = sized === 'first' ? 1 : -1
  const line = (
    <div
      className={styles['line']}
      role="separator"
      aria-label={t('ui.resize', { name: label })}
      aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      aria-valuemin={0}
      aria-valuemax={max}
      tabIndex={0}
      onDoubleClick={toggle}
      onKeyDown={(event) => {
        const [less, more] = direction === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
        const step = event.shiftKey ? 64 : 16
        if (event.key === less) resize(size - sign * step)
        else if (event.key === more) resize(size + sign * step)
        else if (event.key === 'Enter') toggle()
        else return
        event.preventDefault()
      }}
      onPointerDown={(event) => {
        event.preventDefault()
        const handle = event.currentTarget
        const start = direction === 'row' ? event.clientX : event.clientY
        handle.setPointerCapture(event.pointerId)
        const move = (e: PointerEvent): void =>
          resize(size + sign * ((direction === 'row' ? e.clientX : e.clientY) - start))
        handle.addEventListener('pointermove', move)
        handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
    />
  )
  const [first, second] = children
  const style = { flexBasis: size, flexGrow: 0, flexShrink: 1 }
  // however small the window: the other pane keeps its least, or half
  const least = direction === 'row' ? { minWidth: `min(${min}px, 50%)` } : { minHeight: `min(${min}px, 50%)` }
  if (!open)
    return (
      <div className={cx(styles['root'], styles[direction], className)}>
        <div className={styles['rest']}>{sized === 'first' ? second : first}</div>
      </div>
    )
  return (
    <div
      ref={root}
      className={cx(styles['root'], styles[direction], covers && size > 0 && styles['covers'], className)}
    >
      <div
        className={styles[sized === 'first' ? 'sized' : 'rest']}
        style={sized === 'first' ? style : least}
        inert={sized === 'first' && size === 0}
      >
        {first}
      </div>
      {line}
      <div
        ref={covering}
        className={styles[sized === 'second' ? 'sized' : 'rest']}
        style={sized === 'second' ? style : least}
        inert={sized === 'second' && size === 0}
        {...(covers ? { tabIndex: -1 } : {})}
      >
        {second}
      </div>
    </div>
  )
}
