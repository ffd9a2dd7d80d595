import { expect, test } from 'vitest'
import { drawable, standsAlone } from './series.ts'

test('a picture draws finite values; on a log axis those at or below zero are left out and counted', () => {
  const pairs: Array<[number, number]> = [
    [0, 1],
    [1, Number.NaN],
    [2, Number.POSITIVE_INFINITY],
    [3, 0],
    [4, -2],
    [5, 3],
  ]
  const nan = Number.NaN
  expect(drawable(pairs, false)).toEqual({
    pairs: [
      [0, 1],
      [1, nan],
      [2, nan],
      [3, 0],
      [4, -2],
      [5, 3],
    ],
    drawn: 4,
    left: 0,
  })
  expect(drawable(pairs, true)).toEqual({
    pairs: [
      [0, 1],
      [1, nan],
      [2, nan],
      [3, nan],
      [4, nan],
      [5, 3],
    ],
    drawn: 2,
    left: 2,
  })
})

test('a point between gaps stands alone and needs a dot', () => {
  const pairs: Array<[number, number]> = [
    [0, 1],
    [1, Number.NaN],
    [2, 2],
    [3, 3],
  ]
  expect(pairs.map((_, i) => standsAlone(pairs, i))).toEqual([true, false, false, false])
  expect(standsAlone([[0, 5]], 0)).toBe(true)
})
