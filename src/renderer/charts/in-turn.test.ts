import { describe, expect, test } from 'vitest'
import { InTurn } from './in-turn.ts'

/** Frames that pass when they are told to. */
function frames() {
  let next: Array<() => void> = []
  return {
    ask: (run: () => void) => next.push(run),
    get waiting() {
      return next.length
    },
    pass(): void {
      const now = next
      next = []
      for (const run of now) run()
    },
  }
}

describe('what follows the pointer in turn', () => {
  test('one a frame, where the pointer is first, and then no frame is asked for', () => {
    const clock = frames()
    const turns = new InTurn(clock.ask)
    const told: string[] = []
    for (const name of ['a', 'b', 'c']) turns.add({}, () => told.push(name), name === 'b')
    const after: number[] = []
    while (clock.waiting > 0) {
      clock.pass()
      after.push(told.length)
    }
    expect(told).toEqual(['b', 'a', 'c'])
    expect(after).toEqual([1, 2, 3])
  })

  test('while the pointer moves in every frame each of the others has its turn', () => {
    const clock = frames()
    const turns = new InTurn(clock.ask)
    const owners = Array.from({ length: 5 }, (_, i) => ({ i }))
    const told = new Map<number, number[]>()
    for (let move = 0; move < 16; move++) {
      for (const owner of owners)
        turns.add(owner, () => told.set(owner.i, [...(told.get(owner.i) ?? []), move]), owner.i === 3)
      clock.pass()
    }
    expect(told.get(3)).toEqual([0, 2, 4, 6, 8, 10, 12, 14])
    for (const i of [0, 1, 2, 4]) expect(told.get(i)).toHaveLength(2)
  })

  test('the last word counts, and who is gone is not told', () => {
    const clock = frames()
    const turns = new InTurn(clock.ask)
    const told: string[] = []
    const [stays, goes] = [{}, {}]
    turns.add(stays, () => told.push('old'), false)
    turns.add(stays, () => told.push('new'), false)
    turns.add(goes, () => told.push('gone'), false)
    turns.delete(goes)
    while (clock.waiting > 0) clock.pass()
    expect(told).toEqual(['new'])
  })

  test('one that fails does not hold up the next', () => {
    const clock = frames()
    const turns = new InTurn(clock.ask)
    const told: string[] = []
    turns.add(
      {},
      () => {
        throw new Error('cannot be written')
      },
      true,
    )
    turns.add({}, () => told.push('next'), false)
    expect(() => clock.pass()).toThrow('cannot be written')
    clock.pass()
    expect(told).toEqual(['next'])
  })
})
