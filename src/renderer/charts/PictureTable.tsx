// What a picture shows, as a table. A table of all of it could freeze the page: of many rows every n-th is shown and of
// many columns the first, and both are told. The CSV has all.

import type { ReactNode } from 'react'
import { useT } from '../i18n/index.ts'
import styles from './Chart.module.css'

export const MOST_ROWS = 500
export const MOST_COLUMNS = 40

export interface PictureTableProps {
  /** of the columns after the first, which has the time */
  readonly heads: readonly string[]
  readonly count: number
  /** what the first cell of a row has, and the cells after it */
  readonly time: (row: number) => ReactNode
  readonly cell: (row: number, column: number) => ReactNode
}

/** Rows that are shown of `count`: evenly, the first among them. */
function shownRows(count: number): number[] {
  const stride = Math.max(1, Math.ceil(count / MOST_ROWS))
  return Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride)
}

export function PictureTable({ heads, count, time, cell }: PictureTableProps) {
  const t = useT()
  const rows = shownRows(count)
  const columns = heads.slice(0, MOST_COLUMNS)
  const part = rows.length < count || columns.length < heads.length
  return (
    <>
      {part && (
        <p className={styles['part']}>
          {t('ui.tablePart', { rows: rows.length, allRows: count, columns: columns.length, allColumns: heads.length })}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th>{t('ui.time')}</th>
            {columns.map((head, i) => (
              <th key={i}>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <td>{time(row)}</td>
              {columns.map((_, column) => (
                <td key={column}>{cell(row, column)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
