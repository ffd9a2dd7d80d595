// What pictures show where there is too much of it, or where it passes the axis.

import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { cellWithin } from './Heatmap.tsx'
import { MOST_COLUMNS, MOST_ROWS, PictureTable } from './PictureTable.tsx'

const table = (rows: number, columns: number): string =>
  renderToStaticMarkup(
    <PictureTable
      heads={Array.from({ length: columns }, (_, i) => `series ${i}`)}
      count={rows}
      time={(row) => `t${row}`}
      cell={(row, column) => row * 10_000 + column}
    />,
  )
const times = (html: string): string[] => [...html.matchAll(/<td>(t\d+)</g)].map((m) => m[1] ?? '')

test('a table that shows all says nothing of parts', () => {
  const html = table(3, 2)
  expect(times(html)).toEqual(['t0', 't1', 't2'])
  expect(html).toContain('<td>20001</td>')
  expect(html).not.toContain('<p')
})

test('of a thousand series and many instants a part is shown, evenly, and told', () => {
  const html = table(1201, 1000)
  expect(times(html)).toHaveLength(401)
  expect(times(html).length).toBeLessThanOrEqual(MOST_ROWS)
  expect(times(html).slice(0, 2)).toEqual(['t0', 't3'])
  expect(html.match(/<th>/g)).toHaveLength(MOST_COLUMNS + 1)
  expect(html).toMatch(/401 of 1,201 rows, 40 of 1,000 columns/)
})

test('a cell of a heatmap ends where its axis ends', () => {
  const range = { from: asEpochNs(1_000_000_000n), to: asEpochNs(2_000_000_000n) }
  expect(cellWithin(1500, 100, range)).toEqual([1500, 1600])
  expect(cellWithin(1950, 100, range)).toEqual([1950, 2000])
  expect(cellWithin(2000, 100, range)).toEqual([2000, 2000])
  expect(cellWithin(950, 100, range)).toEqual([1000, 1050])
  expect(cellWithin(900, 100, range)).toBeUndefined()
  expect(cellWithin(2100, 100, range)).toBeUndefined()
})
