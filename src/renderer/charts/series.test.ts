import { expect, test } from 'vitest'
import { drawable, pairsWithGaps, standsAlone } from './series.ts'

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

test('a hole in the points is a gap; points thinned to the pixels of the screen leave none within a pixel', () => {
  // the first, least, greatest and last of each pixel of 100 ns
  const times = BigInt64Array.from([0n, 1n, 2n, 99n, 100n, 101n, 180n, 199n, 200n, 201n, 202n, 299n, 900n])
  const points = { times, values: Float64Array.from(times, Number) }
  const gaps = (least?: bigint) =>
    pairsWithGaps(points, undefined, least).filter(([, value]) => Number.isNaN(value)).length
  expect(gaps()).toBe(5)
  expect(gaps(100n)).toBe(1)
  // samples further apart than a pixel: their own distance counts
  expect(gaps(1n)).toBe(5)
})
