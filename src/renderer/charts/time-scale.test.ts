import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Marks, msAt, nearestMark, placeOf, seenAt, type TimeScale } from './time-scale.ts'

const scale: TimeScale = { from: 1000, to: 2000, left: 56, right: 556 }
/** 100 px high, 0 below and 10 above */
const values = { heightOf: (value: number) => 100 - value * 10, valueAt: (y: number) => (100 - y) / 10 }
const marks = (times: number[], heights: number[], seriesId = 'a'): Marks => ({ seriesId, times, values: heights })

test('an instant and its place are one another', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 4000, noNaN: true }), (ms) => {
      expect(msAt(scale, placeOf(scale, ms))).toBeCloseTo(ms, 6)
    }),
  )
  expect(placeOf(scale, 1500)).toBe(306)
})

test('the crosshair is shown on the picture and nowhere beside it', () => {
  expect(seenAt(scale, 1_500_000_000n)).toBe(306)
  expect(seenAt(scale, 2_000_000_000n)).toBe(556)
  expect(seenAt(scale, 2_001_000_000n)).toBeUndefined()
  expect(seenAt(scale, undefined)).toBeUndefined()
  expect(seenAt(undefined, 1_500_000_000n)).toBeUndefined()
})

test('the nearest mark within reach is pointed at, of two in one place the later', () => {
  const all = [marks([1500, 1504], [5, 5]), marks([1500], [5], 'b')]
  expect(nearestMark(all, { x: 306, y: 50 }, scale, values)).toEqual({ seriesId: 'b', index: 0 })
  expect(nearestMark(all, { x: 309, y: 50 }, scale, values)).toEqual({ seriesId: 'a', index: 1 })
  expect(nearestMark(all, { x: 306, y: 57 }, scale, values)).toBeUndefined()
  expect(nearestMark(all, { x: 330, y: 50 }, scale, values)).toBeUndefined()
})

test('a value below the least that is drawn is found where it is drawn', () => {
  const low = [{ ...marks([1500], [-3]), least: 1 }]
  expect(nearestMark(low, { x: 306, y: 90 }, scale, values)).toEqual({ seriesId: 'a', index: 0 })
  expect(nearestMark([marks([1500], [Number.NaN])], { x: 306, y: 90 }, scale, values)).toBeUndefined()
})
