// The order of a trace's spans, by radix, against comparing them two by two.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spanOrder } from './span-order.ts'

const id = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 3n }))
const start = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.nat(),
  fc.integer({ min: -3, max: 1 }),
  fc.maxSafeNat(),
  fc.constantFrom(2 ** 22, 2 ** 44, 2 ** 60, -(2 ** 22), -(2 ** 50)),
)
const spans = fc.array(fc.record({ id, start, tie: fc.integer({ min: 0, max: 3 }) }), { maxLength: 80 })

describe('span order', () => {
  it('is that of a sort by start, id and tie', () => {
    fc.assert(
      fc.property(spans, (all) => {
        const ties = (a: number, b: number) => (all[a]?.tie ?? 0) - (all[b]?.tie ?? 0)
        const order = spanOrder(
          { spanIds: BigUint64Array.from(all, (s) => s.id), starts: Float64Array.from(all, (s) => s.start) },
          ties,
        )
        const expected = all
          .map((span, at) => ({ ...span, at }))
          .toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) || a.tie - b.tie)
          .map(({ at }) => at)
        const inOrder = all.map((_, at) => at)
        expect(order === undefined ? inOrder : [...order]).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('says when there is nothing to sort', () => {
    expect(spanOrder({ spanIds: BigUint64Array.of(3n, 1n, 2n), starts: Float64Array.of(0, 5, 5) }, () => 0)).toBe(
      undefined,
    )
  })
})
