import { expect, test } from 'vitest'
import { shareOf } from './use-room.ts'

test('pictures share the room there is, are never lower than legible and never higher than useful', () => {
  expect(shareOf(800, 2, 70, 132, 360)).toBe(330)
  expect(shareOf(800, 1, 70, 132, 360)).toBe(360)
  expect(shareOf(800, 12, 70, 132, 360)).toBe(132)
  expect(shareOf(0, 0, 70, 132, 360)).toBe(132)
})
