// Lines as a virtual list: time, level, service, chosen fields, text. Arrows walk, Enter opens, `.` asks what can be done.

import { memo, type ReactNode, type Ref, useImperativeHandle, useMemo, useRef } from 'react'
import type { EpochNs } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { cellOf, jsonOf, textOf } from '../../lib/engine/index.ts'
import { toneOfLevel } from '../../theme/palette.ts'
import { NameTag, StatusShape, Time, VirtualList, type VirtualListHandle } from '../../ui/index.ts'
import type { Highlighter } from './body-text.ts'
import { LineText } from './LineText.tsx'
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

/** More of one line than this is read in the detail. */
const LIST_LIMIT = 2000
const WRAP_LIMIT = 20_000

export function LineList(props: LineListProps) {
  const { window, columns, wrap, highlight, selected, stale, onSelect, onOpen, onMenu } = props
  const t = useT()
  const list = useRef<VirtualListHandle>(null)
  const host = useRef<HTMLDivElement>(null)
  useImperativeHandle(props.ref, () => ({
    scrollTo: (index, align) => list.current?.scrollTo(index, align),
    focus: () => list.current?.focus(),
  }))
  const above = window.above
  const selectedPosition = selected === undefined ? undefined : window.positionOf(selected)
  const selectedIndex = selectedPosition === undefined ? -1 : selectedPosition + above
  const idAt = (index: number): string | undefined => {
    const line = window.at(index - above)
    return line && textOf(line.frame, 'id', line.row)
  }
  const template = useMemo(
    () => `96px 64px 132px ${columns.map(() => 'minmax(96px, 168px)').join(' ')} minmax(240px, 1fr)`,
    [columns],
  )
  const menuFrom = (element: Element | null, index: number, at: { x: number; y: number }): void => {
    const line = window.at(index - above)
    if (!line) return
    const cell = element?.closest('[data-field]')
    const field = cell?.getAttribute('data-field') ?? undefined
    onMenu({ line, at, field, value: field === undefined ? undefined : fieldText(line.frame, line.row, field) })
  }
  return (
    <div
      ref={host}
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
        const row = host.current?.querySelector(`[data-index="${selectedIndex}"]`)
        const box = (row ?? event.currentTarget).getBoundingClientRect()
        menuFrom(null, selectedIndex, { x: box.left + 100, y: box.bottom })
        event.preventDefault()
      }}
    >
      <div className={cx(styles['line'], styles['head'])} style={{ gridTemplateColumns: template }}>
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
      <VirtualList
        ref={list}
        label={t('logs.list')}
        count={window.count}
        estimate={rowPixels()}
        measured={wrap}
        anchored
        keyOf={(index) => index - above}
        selected={selectedIndex}
        onSelect={(index) => {
          const id = idAt(index)
          if (id !== undefined) onSelect(id)
        }}
        onOpen={(index) => {
          const id = idAt(index)
          if (id !== undefined) onOpen(id)
        }}
        onEnd={() => void window.more('down')}
        onStart={() => void window.more('up')}
        onVisible={(first, last) => {
          window.keepAround(first - above)
          props.onVisible?.(first, last)
        }}
        stale={stale}
        row={(index) => {
          const line = window.at(index - above)
          if (!line) return <div className={cx(styles['line'], styles['waiting'])} />
          return (
            <Line
              frame={line.frame}
              row={line.row}
              columns={columns}
              template={template}
              wrap={wrap}
              highlight={highlight}
            />
          )
        }}
      />
      {props.footer}
    </div>
  )
}

/** The text of a field of a line: a column, an attribute or a resource attribute. */
export function fieldText(frame: Frame, row: number, field: string): string | undefined {
  if (field === 'service' || field === 'level' || field === 'body') return textOf(frame, field, row)
  if (field === 'trace') return textOf(frame, 'traceId', row)
  for (const column of ['attributes', 'resource']) {
    const value = jsonOf(frame, column, row)
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, field)) {
      const found = (value as Record<string, unknown>)[field]
      return typeof found === 'object' ? JSON.stringify(found) : String(found)
    }
  }
  return undefined
}

interface LineProps {
  frame: Frame
  row: number
  columns: readonly string[]
  template: string
  wrap: boolean
  highlight: Highlighter
}

const Line = memo(function Line({ frame, row, columns, template, wrap, highlight }: LineProps) {
  const level = textOf(frame, 'level', row)
  const service = textOf(frame, 'service', row)
  const tone = toneOfLevel(level)
  return (
    <div className={cx(styles['line'], wrap && styles['wrapped'])} style={{ gridTemplateColumns: template }}>
      <span className={styles['time']}>
        <Time ns={cellOf(frame, 'time', row) as EpochNs} precision="ms" />
      </span>
      <span className={cx(styles['level'], styles[tone])} data-field="level">
        <StatusShape tone={tone} />
        {level}
      </span>
      <span className={styles['cell']} data-field="service">
        {service !== '' && <NameTag name={service} />}
      </span>
      {columns.map((column) => (
        <span key={column} className={cx(styles['cell'], styles['mono'])} data-field={column}>
          {fieldText(frame, row, column) ?? <span className={styles['none']}>–</span>}
        </span>
      ))}
      <span className={styles['body']}>
        <LineText
          text={textOf(frame, 'body', row)}
          highlight={highlight}
          oneLine={!wrap}
          limit={wrap ? WRAP_LIMIT : LIST_LIMIT}
        />
      </span>
    </div>
  )
})
