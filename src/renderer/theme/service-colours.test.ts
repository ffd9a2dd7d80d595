// Services and their colours.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignColours, HUES, wantedColour } from './service-colours.ts'

const SHOP = [
  'frontend checkout payment fraud orders notification search inventory identity catalog recommendation cart shipping',
  'pricing',
].flatMap((line) => line.split(' '))

test('14 services have 14 colours; eight have eight hues', () => {
  expect(new Set(assignColours(SHOP).values()).size).toBe(14)
  expect([...assignColours(SHOP.slice(0, 8)).values()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('one service alone has the colour that it has before the others are known', () => {
  expect(assignColours(['payment']).get('payment')).toBe(wantedColour('payment'))
})

test('colours are spread evenly and do not hang on the order of the names', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 }), (names) => {
      const assigned = assignColours(names)
      expect(assignColours(names.toReversed())).toEqual(assigned)
      const uses = new Map<number, number>()
      for (const colour of assigned.values()) uses.set(colour, (uses.get(colour) ?? 0) + 1)
      const most = Math.max(0, ...uses.values())
      expect(most).toBe(Math.ceil(names.length / (names.length <= HUES ? HUES : 2 * HUES)))
    }),
  )
})
