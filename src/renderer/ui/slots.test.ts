import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_SLOTS, slotsFor } from './slots.ts'

const rows = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

test('at rest the elements stand in the order of their rows', () => {
  const first = slotsFor(NO_SLOTS, rows(0, 4), false)
  expect(first.order).toEqual([0, 1, 2, 3])
  const moved = slotsFor(first, rows(2, 4), true)
  expect(moved.order).toEqual([0, 1, 2, 3])
  expect([...moved.of]).toEqual([
    [2, 2],
    [3, 3],
    [4, 0],
    [5, 1],
  ])
  expect(slotsFor(moved, rows(2, 4), false).order).toEqual([2, 3, 0, 1])
})

test('a row keeps its element, no two rows share one, and none is made while one is free', () => {
  const moves = fc.array(fc.record({ from: fc.nat(60), count: fc.integer({ min: 0, max: 30 }), moving: fc.boolean() }))
  fc.assert(
    fc.property(moves, (list) => {
      let slots = NO_SLOTS
      let most = 0
      for (const { from, count, moving } of list) {
        const before = slots
        slots = slotsFor(before, rows(from, count), moving)
        expect(new Set(slots.of.values()).size).toBe(count)
        expect([...slots.order].sort((a, b) => a - b)).toEqual([...slots.of.values()].sort((a, b) => a - b))
        for (const [key, slot] of before.of) if (slots.of.has(key)) expect(slots.of.get(key)).toBe(slot)
        most = Math.max(most, before.order.length, count)
        expect(slots.order.filter((slot) => !before.order.includes(slot)).length).toBe(
          Math.max(0, count - before.of.size),
        )
        if (!moving) expect(slots.order).toEqual([...slots.of.values()])
      }
    }),
  )
})
