import { expect, test } from 'vitest'
import { decadeOf } from './axes.ts'

const ends = (min: number, max = min) => [decadeOf(-1)({ min, max }), decadeOf(1)({ min, max })]

test('a log axis of one value ends at the powers of ten around it; of several it finds its own ends', () => {
  expect(ends(5e7)).toEqual([1e7, 1e8])
  expect(ends(1e8)).toEqual([1e7, 1e9])
  expect(ends(1e7, 1e8)).toEqual([null, null])
  expect(ends(0)).toEqual([null, null])
  expect(ends(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([null, null])
})
