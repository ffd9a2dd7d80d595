// Lines as a virtual list: time, level, service, chosen fields, text. Arrows walk, Enter opens, `.` asks what can be done.

import { memo, type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { fontsIn } from '../../ui/canvas-text.ts'
import { cx } from '../../lib/cx.ts'
import { textOf } from '../../lib/engine/index.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { useTheme } from '../../theme/theme.ts'
import { PaintedList, VirtualList, type VirtualListHandle } from '../../ui/index.ts'
import type { Highlighter } from './body-text.ts'
import { fieldText } from './field-text.ts'
import { drawLines } from './line-canvas.ts'
import { gridOf, type LineLook, LineRow, placesIn } from './line-row.ts'
import type { LineAt, LineWindow } from './line-window.ts'
import styles from './logs.module.css'

export interface LineMenu {
  readonly line: LineAt
  readonly at: { x: number; y: number }
  /** field under the pointer; absent = the line as a whole */
  readonly field?: string | undefined
  readonly value?: string | undefined
}

export interface LineListProps {
  readonly window: LineWindow
  readonly columns: readonly string[]
  readonly wrap: boolean
  readonly highlight: Highlighter
  /** id of a line */
  readonly selected: string | undefined
  readonly onSelect: (id: string) => void
  readonly onOpen: (id: string) => void
  readonly onMenu: (menu: LineMenu) => void
  readonly onColumnMenu?: (column: string, at: { x: number; y: number }) => void
  /** first and last position on screen, counted from the top of the list */
  readonly onVisible?: (first: number, last: number) => void
  readonly stale: boolean
  readonly footer?: ReactNode
  readonly ref?: Ref<VirtualListHandle>
}

const rowPixels = (): number =>
  (Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) || 24) - 2

export function LineList(props: LineListProps) {
  const { window, columns, wrap, highlight, selected, stale, onSelect, onOpen, onMenu } = props
  const t = useT()
  const list = useRef<VirtualListHandle>(null)
  useImperativeHandle(props.ref, () => ({
    scrollTo: (index, align) => list.current?.scrollTo(index, align),
    focus: () => list.current?.focus(),
    elementOf: (index) => list.current?.elementOf(index),
  }))
  const above = window.above
  const selectedPosition = selected === undefined ? undefined : window.positionOf(selected)
  const selectedIndex = selectedPosition === undefined ? -1 : selectedPosition + above
  const idAt = (index: number): string | undefined => {
    const line = window.at(index - above)
    return line && textOf(line.frame, 'id', line.row)
  }
  const theme = useTheme()
  const zone = usePreferences((p) => p.zone)
  const [width, setWidth] = useState(0)
  const head = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = head.current
    if (!element) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    setWidth(element.clientWidth)
    return () => observer.disconnect()
  }, [])
  const fonts = useMemo(() => {
    const element = head.current?.parentElement
    // density and language, which the fonts come from, change with the theme
    return element && width > 0 && theme !== '' ? fontsIn(element, rowPixels()) : undefined
  }, [width, theme])
  const letter = fonts?.letter ?? 7
  const look = useMemo(
    (): LineLook => ({ columns, wrap, highlight, zone, t, letter, ...placesIn(width, columns.length) }),
    [columns, wrap, highlight, zone, t, letter, width],
  )
  const menuFrom = (element: Element | null, index: number, at: { x: number; y: number }): void => {
    const line = window.at(index - above)
    if (!line) return
    const cell = element?.closest('[data-field]')
    const field = cell?.getAttribute('data-field') ?? undefined
    onMenu({ line, at, field, value: field === undefined ? undefined : fieldText(line.frame, line.row, field) })
  }
  const shared = {
    ref: list,
    label: t('logs.list'),
    count: window.count,
    selected: selectedIndex,
    onSelect: (index: number) => {
      const id = idAt(index)
      if (id !== undefined) onSelect(id)
    },
    onOpen: (index: number) => {
      const id = idAt(index)
      if (id !== undefined) onOpen(id)
    },
    onEnd: () => void window.more('down'),
    onStart: () => void window.more('up'),
    onVisible: (first: number, last: number) => {
      window.keepAround(first - above)
      props.onVisible?.(first, last)
    },
    stale,
  }
  return (
    <div
      role="group"
      aria-label={t('logs.list')}
      className={styles['list']}
      onContextMenu={(event) => {
        if (!(event.target instanceof Element)) return
        const index = Number(event.target.closest('[data-index]')?.getAttribute('data-index') ?? Number.NaN)
        if (!Number.isInteger(index)) return
        event.preventDefault()
        const id = idAt(index)
        if (id !== undefined) onSelect(id)
        menuFrom(event.target, index, { x: event.clientX, y: event.clientY })
      }}
      onKeyDown={(event) => {
        if (event.key !== '.' || selectedIndex < 0 || event.nativeEvent.isComposing) return
        const row = list.current?.elementOf(selectedIndex)
        const box = (row ?? event.currentTarget).getBoundingClientRect()
        menuFrom(null, selectedIndex, { x: box.left + 100, y: box.bottom })
        event.preventDefault()
      }}
    >
      <div
        ref={head}
        className={cx(styles['line'], styles['head'])}
        style={{ gridTemplateColumns: gridOf(look, columns.length) }}
      >
        <span>{t('logs.column.time')}</span>
        <span>{t('logs.column.level')}</span>
        <span>{t('logs.column.service')}</span>
        {columns.map((column) => (
          <button
            key={column}
            type="button"
            className={styles['headButton']}
            title={column}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect()
              props.onColumnMenu?.(column, { x: box.left, y: box.bottom })
            }}
          >
            {column}
          </button>
        ))}
        <span>{t('logs.column.body')}</span>
      </div>
      {wrap ? (
        <VirtualList
          {...shared}
          estimate={rowPixels()}
          measured
          anchored
          keyOf={(index) => index - above}
          row={(index) => {
            const line = window.at(index - above)
            return line ? (
              <WrappedLine frame={line.frame} row={line.row} look={look} />
            ) : (
              <div className={cx(styles['line'], styles['wrapped'], styles['waiting'])} />
            )
          }}
        />
      ) : (
        <PaintedList
          {...shared}
          rowHeight={rowPixels()}
          above={above}
          of={window}
          make={() => new LineRow()}
          fill={(row, index) => row.fill(window.at(index - above), look)}
          draw={(context, places) => {
            if (!fonts) return
            const shown = places.flatMap(({ index, y }) => {
              const at = window.at(index - above)
              return at ? [{ ...at, y }] : []
            })
            drawLines(context, shown, look, fonts)
          }}
          point={(row, index) => row.point(window.at(index - above), zone)}
        />
      )}
      {props.footer}
    </div>
  )
}

/** A line that measures itself: the same elements as in the recycled list, with the text whole. */
const WrappedLine = memo(function WrappedLine({ frame, row, look }: { frame: Frame; row: number; look: LineLook }) {
  const host = useRef<HTMLDivElement>(null)
  const [line] = useState(() => new LineRow())
  useLayoutEffect(() => {
    host.current?.replaceChildren(line.element)
  }, [line])
  useLayoutEffect(() => line.fill({ frame, row }, look), [line, frame, row, look])
  return <div ref={host} onPointerEnter={() => line.point({ frame, row }, look.zone)} />
})
