// Which stretches of a question about traces are held: nothing is asked twice, nothing is taken for read that was not.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Coverage, gapsOf, SETTLE_NS } from './trace-coverage.ts'

const S = 1_000_000_000n
const stretch = (from: bigint, to: bigint, part = 1, ...lacks: string[]) => ({ from, to, part, lacks })

test('what is read is usable at once; a while later all but its newest two minutes are', () => {
  const held = new Coverage()
  const at = 10_000n * S
  held.add(stretch(0n, at), at)
  const range = { from: 0n, to: at }
  expect(held.usable(range, at + 5n * S)).toEqual([stretch(0n, at)])
  expect(held.usable(range, at + 60n * S)).toEqual([stretch(0n, at - SETTLE_NS)])
  // what a question that began before reads itself stays usable to it, however long it reads
  expect(held.usable(range, at - 600n * S)).toEqual([stretch(0n, at)])
  expect(held.known(range)).toEqual([stretch(0n, at)])
})

test('a stretch that is read again takes the place of what was held of it', () => {
  const held = new Coverage()
  held.add(stretch(0n, 100n, 1), 1_000n * S)
  held.add(stretch(40n, 60n, 2, 'more'), 1_000n * S)
  expect(held.known({ from: 0n, to: 100n }).sort((a, b) => Number(a.from - b.from))).toEqual([
    stretch(0n, 40n, 1),
    stretch(40n, 60n, 2, 'more'),
    stretch(60n, 100n, 1),
  ])
  expect(held.parts.sort()).toEqual([1, 2])
})

test('gaps and what covers a range make it up together, each moment once (property)', () => {
  const some = fc.array(fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: 0, max: 60 })), { maxLength: 8 })
  fc.assert(
    fc.property(some, (list) => {
      const covered = list.map(([from, length]) => ({ from: BigInt(from), to: BigInt(from + length) }))
      const gaps = gapsOf({ from: 0n, to: 100n }, covered)
      const inside = (of: ReadonlyArray<{ from: bigint; to: bigint }>, t: bigint) =>
        of.filter(({ from, to }) => from <= t && t < to).length
      for (let t = 0n; t < 100n; t++) expect(inside(gaps, t)).toBe(inside(covered, t) > 0 ? 0 : 1)
      // newest first
      expect(gaps).toEqual(gaps.toSorted((a, b) => Number(b.from - a.from)))
    }),
    { seed: 7 },
  )
})
