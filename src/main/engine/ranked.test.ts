import { expect, test } from 'vitest'
import { inOrder } from './ranked.ts'

test('rows stand by one key after the other, whatever order they came in; those alike in all keys stay as they were', () => {
  const rows = [
    { at: 2n, name: 'a', weight: -1, id: 1 },
    { at: 1n, name: 'b', weight: -1, id: 2 },
    { at: 1n, name: 'a', weight: -1, id: 3 },
    { at: 9n, name: 'z', weight: -2, id: 4 },
    { at: 1n, name: 'b', weight: -1, id: 5 },
  ]
  const ordered = (list: typeof rows) => inOrder(list, (row) => [row.weight, row.at, row.name]).map(({ id }) => id)
  expect(ordered(rows)).toEqual([4, 3, 2, 5, 1])
  expect(ordered(rows.toReversed())).toEqual([4, 3, 5, 2, 1])
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
})
