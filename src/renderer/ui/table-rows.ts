// Order and text of a frame's rows, for tables: pure, so that it can be tested without a screen.

import { cell, type Column, type Frame, isValid } from '../../shared/frame/frame.ts'
import { jsonCell } from '../../shared/frame/table.ts'

export interface Sort {
  readonly column: string
  readonly descending: boolean
}

function comparer(column: Column): (a: number, b: number) => number {
  switch (column.storage) {
    case 'int64':
    case 'float64':
    case 'int32':
    case 'bool': {
      const { values } = column
      return (a, b) => {
        const x = values[a] as number | bigint
        const y = values[b] as number | bigint
        return x < y ? -1 : x > y ? 1 : 0
      }
    }
    default:
      return (a, b) => {
        const x = cell(column, a) as string
        const y = cell(column, b) as string
        return x < y ? -1 : x > y ? 1 : 0
      }
  }
}

/** Row numbers in order; absent values and NaN last either way; ties keep the frame's order. */
export function sortedRows(frame: Frame, sort: Sort): number[] {
  const rows = Array.from({ length: frame.rowCount }, (_, i) => i)
  const column = frame.columns.find((c) => c.name === sort.column)
  if (!column) return rows
  const compare = comparer(column)
  const absent = (row: number): boolean =>
    !isValid(column, row) || (column.storage === 'float64' && Number.isNaN(column.values[row]))
  return rows.sort((a, b) => {
    const [noA, noB] = [absent(a), absent(b)]
    if (noA || noB) return noA && noB ? a - b : noA ? 1 : -1
    return (sort.descending ? -compare(a, b) : compare(a, b)) || a - b
  })
}

/** One cell as text that a spreadsheet reads back; a leading `=`, `+`, `-` or `@` of a text is defused. */
export function cellText(column: Column, row: number): string {
  const value = jsonCell(column, row)
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const flat = text.replace(/[\t\r\n]+/g, ' ')
  return typeof value === 'string' && column.type !== 'time' && /^[=+\-@]/.test(flat) ? `'${flat}` : flat
}

export function tableAsTsv(
  frame: Frame,
  columns: ReadonlyArray<{ readonly id: string; readonly title: string }>,
  rows: readonly number[],
  texts: ReadonlyMap<string, (frame: Frame, row: number) => string> = new Map(),
): string {
  const lines = [columns.map((c) => c.title).join('\t')]
  for (const row of rows)
    lines.push(
      columns
        .map((c) => {
          const own = texts.get(c.id)
          if (own) return own(frame, row).replace(/[\t\r\n]+/g, ' ')
          const column = frame.columns.find((f) => f.name === c.id)
          return column ? cellText(column, row) : ''
        })
        .join('\t'),
    )
  return lines.join('\n')
}
