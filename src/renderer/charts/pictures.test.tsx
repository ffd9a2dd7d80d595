// What pictures show where there is too much of it, or where it passes the axis.

import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { JsonTree } from '../ui/JsonTree.tsx'
import { shareSteps } from './axes.ts'
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

test('an axis of shares that come near to all ends at 100 %; others end where their steps end', () => {
  const max = (unit: string, top: number): number | undefined => shareSteps(unit, top, 120).max
  expect([max('ratio', 0.93), max('1', 0.93), max('%', 93), max('ratio', 1)]).toEqual([1, 1, 100, 1])
  expect([max('ratio', 0.3), max('ratio', 1.3), max('s', 0.93)]).toEqual([undefined, undefined, undefined])
  expect([shareSteps('ratio', 0.93, 80).interval, shareSteps('ratio', 0.93, 120).interval]).toEqual([0.5, 0.25])
})

const treeOf = (value: unknown, root: boolean): string =>
  renderToStaticMarkup(<JsonTree value={value} root={root} open={1} />)

test('a tree under a title shows its entries, not a root of their number', () => {
  const attributes = { a: 1, b: { c: 2 } }
  expect(treeOf(attributes, true)).toContain('{2}')
  expect(treeOf(attributes, false)).not.toContain('{2}')
  for (const root of [true, false]) expect(treeOf(attributes, root)).toMatch(/>a<.*>b<.*\{1\}/)
  expect(treeOf('alone', false)).toContain('alone')
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
