// A table over a columnar frame: only the rows on screen exist. Sorted by its owner (the engine) or here, columns resize,
// arrow keys walk, Enter opens, copies as TSV. The frame may be replaced at any time: selection and scroll stay.

import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Frame, cell } from '../../shared/frame/frame.ts'
import { useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { numbersOf } from '../lib/engine/frames.ts'
import { columnScale } from '../lib/format.ts'
import { DefaultCell, isNumeric } from './DataCell.tsx'
import styles from './DataTable.module.css'
import { Icon } from './Icon.tsx'
import { type Sort, sortedRows, tableAsTsv } from './table-rows.ts'

export interface CellContext {
  readonly frame: Frame
  /** row of the frame */
  readonly row: number
  readonly selected: boolean
}

export interface TableColumn {
  /** name of the frame's column; with `render` it may be a name of your own */
  readonly id: string
  readonly title: string
  /** px at first; the person's own width is remembered under the table's `id` */
  readonly width?: number
  /** takes what is left */
  readonly grow?: boolean
  readonly align?: 'start' | 'end'
  readonly sortable?: boolean
  /** default: by the column's type and unit (times in the zone, units dimmed and scaled per column) */
  readonly render?: (context: CellContext) => ReactNode
  /** text for copying where `render` draws something else */
  readonly text?: (frame: Frame, row: number) => string
}

export interface CellEvent extends CellContext {
  readonly column: string
  readonly at: { x: number; y: number }
}

export interface DataTableHandle {
  scrollToRow(row: number): void
  focus(): void
  /** the whole frame as TSV, with a header */
  tsv(): string
}

export interface DataTableProps {
  /** what it lists; the accessible name */
  readonly label: string
  /** remembers column widths under this name */
  readonly id?: string
  readonly frame: Frame
  readonly columns: readonly TableColumn[]
  /** row of the frame, or -1 */
  readonly selected?: number
  readonly onSelect?: (row: number) => void
  /** Enter, double click */
  readonly onOpen?: (row: number) => void
  /** right click or `.` on a cell: see useValueMenu of the workbench */
  readonly onCellMenu?: ((event: CellEvent) => void) | undefined
  /** the order in force; absent = the frame's own */
  readonly sort?: Sort | undefined
  /** absent = sorts what is here */
  readonly onSort?: (sort: Sort) => void
  /** dimmed while its successor is on the way */
  readonly stale?: boolean
  /** the last rows came on screen: fetch more */
  readonly onEnd?: () => void
  readonly rowTone?: (frame: Frame, row: number) => 'critical' | 'warning' | undefined
  readonly rowHeight?: number
  readonly empty?: ReactNode
  readonly className?: string
  readonly ref?: Ref<DataTableHandle>
}

const rowPixels = (): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) || 24

function rememberedWidths(id: string | undefined): Record<string, number> {
  if (id === undefined) return {}
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`watchdeck.columns.${id}`) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, number>) : {}
  } catch {
    // damaged widths are worth nothing
    return {}
  }
}

export function DataTable(props: DataTableProps) {
  const {
    label,
    id,
    frame,
    columns,
    selected = -1,
    onSelect,
    onOpen,
    onCellMenu,
    onSort,
    stale = false,
    onEnd,
    rowTone,
    empty,
    className,
    ref,
  } = props
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const baseId = useId()
  const [ownSort, setOwnSort] = useState<Sort>()
  const sort = onSort ? props.sort : (ownSort ?? props.sort)
  const [widths, setWidths] = useState<Record<string, number>>(() => rememberedWidths(id))
  const [activeColumn, setActiveColumn] = useState(0)
  const rowHeight = props.rowHeight ?? rowPixels()

  const order = useMemo(() => (onSort || !ownSort ? undefined : sortedRows(frame, ownSort)), [frame, onSort, ownSort])
  const rowAtLine = (line: number): number => order?.[line] ?? line
  const lineOfRow = (row: number): number => (order ? order.indexOf(row) : row)
  const scales = useMemo(() => {
    const out = new Map<string, ReturnType<typeof columnScale>>()
    for (const column of frame.columns)
      if (isNumeric(column) && column.unit !== undefined)
        out.set(column.name, columnScale(column.unit, numbersOf(column)))
    return out
  }, [frame])

  const virtual = useVirtualizer({
    count: frame.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const lines = virtual.getVirtualItems()
  const last = lines.at(-1)?.index ?? -1
  useEffect(() => {
    if (onEnd && frame.rowCount > 0 && last >= frame.rowCount - 5) onEnd()
  }, [onEnd, last, frame.rowCount])

  const texts = new Map(columns.flatMap((c) => (c.text ? [[c.id, c.text] as const] : [])))
  const asTsv = (rows: readonly number[]): string => tableAsTsv(frame, columns, rows, texts)
  useImperativeHandle(ref, () => ({
    scrollToRow: (row) => virtual.scrollToIndex(Math.max(0, lineOfRow(row)), { align: 'auto' }),
    focus: () => scroller.current?.focus(),
    tsv: () => asTsv(Array.from({ length: frame.rowCount }, (_, i) => rowAtLine(i))),
  }))

  const template = columns
    .map((c) => {
      const width = widths[c.id] ?? c.width ?? 120
      return c.grow && widths[c.id] === undefined ? `minmax(${width}px, 1fr)` : `${width}px`
    })
    .join(' ')
  // head and rows share it: rows are placed absolutely and would not widen their parent
  const minWidth = columns.reduce((sum, c) => sum + (widths[c.id] ?? c.width ?? 120), 0)

  const toggleSort = (column: TableColumn): void => {
    const next: Sort = { column: column.id, descending: sort?.column === column.id ? !sort.descending : true }
    if (onSort) onSort(next)
    else setOwnSort(next)
  }

  const select = (line: number): void => {
    if (line < 0 || line >= frame.rowCount) return
    onSelect?.(rowAtLine(line))
    virtual.scrollToIndex(line, { align: 'auto' })
  }

  const menuAt = (row: number, columnIndex: number, at: { x: number; y: number }): void => {
    const column = columns[columnIndex]
    if (column && onCellMenu) onCellMenu({ frame, row, column: column.id, selected: row === selected, at })
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.nativeEvent.isComposing || event.target !== event.currentTarget) return
    const line = selected < 0 ? -1 : lineOfRow(selected)
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 200) / rowHeight) - 2)
    const moves: Record<string, number> = {
      ArrowDown: line + 1,
      j: line + 1,
      ArrowUp: Math.max(0, line - 1),
      k: Math.max(0, line - 1),
      PageDown: Math.min(frame.rowCount - 1, line + page),
      PageUp: Math.max(0, line - page),
      Home: 0,
      End: frame.rowCount - 1,
    }
    const to = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key]
    if (to !== undefined) select(to)
    else if (event.key === 'ArrowRight') setActiveColumn((c) => Math.min(columns.length - 1, c + 1))
    else if (event.key === 'ArrowLeft') setActiveColumn((c) => Math.max(0, c - 1))
    else if (event.key === 'Enter' && selected >= 0) onOpen?.(selected)
    else if (event.key === '.' && selected >= 0) {
      const target = document.getElementById(`${baseId}-${selected}`)?.children[activeColumn]
      const box = (target ?? event.currentTarget).getBoundingClientRect()
      menuAt(selected, activeColumn, { x: box.left + 8, y: box.bottom })
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && selected >= 0 && String(getSelection()) === '')
      void navigator.clipboard.writeText(asTsv([selected]))
    else return
    event.preventDefault()
  }

  const onContextMenu = (event: MouseEvent<HTMLDivElement>): void => {
    if (!onCellMenu || !(event.target instanceof Element)) return
    const cellElement = event.target.closest('[data-column]')
    const row = Number(cellElement?.closest('[data-row]')?.getAttribute('data-row'))
    const column = Number(cellElement?.getAttribute('data-column'))
    if (!cellElement || !Number.isInteger(row)) return
    event.preventDefault()
    onSelect?.(row)
    setActiveColumn(column)
    menuAt(row, column, { x: event.clientX, y: event.clientY })
  }

  return (
    <div
      ref={scroller}
      className={cx(styles['scroller'], stale && styles['stale'], className)}
      role="grid"
      aria-label={label}
      aria-rowcount={frame.rowCount + 1}
      aria-colcount={columns.length}
      aria-activedescendant={
        selected >= 0 && lines.some((l) => rowAtLine(l.index) === selected) ? `${baseId}-${selected}` : undefined
      }
      aria-busy={stale}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      <div className={styles['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth }}>
        {columns.map((column) => {
          const source = frame.columns.find((c) => c.name === column.id)
          const end = (column.align ?? (source && isNumeric(source) ? 'end' : 'start')) === 'end'
          const sorted = sort?.column === column.id
          return (
            <div
              key={column.id}
              role="columnheader"
              className={cx(styles['headCell'], end && styles['end'])}
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
            >
              {column.sortable === false ? (
                <span className={styles['title']}>{column.title}</span>
              ) : (
                <button
                  type="button"
                  className={styles['sort']}
                  tabIndex={-1}
                  onClick={() => toggleSort(column)}
                  aria-label={t('ui.sortBy', { column: column.title })}
                >
                  <span className={styles['title']}>{column.title}</span>
                  {sorted && <Icon name={sort.descending ? 'arrowDown' : 'arrowUp'} size={10} />}
                </button>
              )}
              <ResizeHandle
                onResize={(width) => {
                  const next = { ...widths, [column.id]: Math.max(36, width) }
                  setWidths(next)
                  if (id !== undefined) localStorage.setItem(`watchdeck.columns.${id}`, JSON.stringify(next))
                }}
              />
            </div>
          )
        })}
      </div>
      {/* what stands in the place of rows may hold links and buttons: a grid has those in cells only */}
      {frame.rowCount === 0 && !stale && empty !== undefined && (
        <div role="row">
          <div role="gridcell">{empty}</div>
        </div>
      )}
      <div className={styles['body']} role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth }}>
        {lines.map((line) => {
          const row = rowAtLine(line.index)
          const tone = rowTone?.(frame, row)
          const context = { frame, row, selected: row === selected }
          return (
            <div
              key={line.key}
              id={`${baseId}-${row}`}
              data-row={row}
              role="row"
              aria-rowindex={line.index + 2}
              aria-selected={row === selected}
              className={cx(styles['row'], row === selected && styles['selected'], tone && styles[tone])}
              style={{ gridTemplateColumns: template, height: rowHeight, top: line.start }}
              onClick={() => onSelect?.(row)}
              onDoubleClick={() => onOpen?.(row)}
              onKeyDown={(event) => event.target === event.currentTarget && event.key === 'Enter' && onOpen?.(row)}
            >
              {columns.map((column, index) => {
                const source = frame.columns.find((c) => c.name === column.id)
                const end = (column.align ?? (source && isNumeric(source) ? 'end' : 'start')) === 'end'
                return (
                  <div
                    key={column.id}
                    role="gridcell"
                    data-column={index}
                    className={cx(
                      styles['cell'],
                      end && styles['end'],
                      row === selected && index === activeColumn && styles['active'],
                    )}
                  >
                    {column.render ? (
                      column.render(context)
                    ) : source ? (
                      <DefaultCell column={source} value={cell(source, row)} scale={scales.get(source.name)} />
                    ) : null}
                  </div>
                )
              })}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function ResizeHandle({ onResize }: { onResize: (width: number) => void }) {
  return (
    <div
      className={styles['resize']}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.preventDefault()
        const handle = event.currentTarget
        const start = event.clientX
        const width = handle.parentElement?.getBoundingClientRect().width ?? 100
        handle.setPointerCapture(event.pointerId)
        const move = (e: PointerEvent): void => onResize(Math.round(width + e.clientX - start))
        handle.addEventListener('pointermove', move)
        handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
    />
  )
}
