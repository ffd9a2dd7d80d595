import { expect, test } from 'vitest'
import { earlierSeries } from './earlier.ts'

const told = (label: string, ...times: bigint[]) => ({
  label,
  metric: { __name__: 'up', job: label },
  values: { times: BigInt64Array.from(times), values: Float64Array.from(times, Number) },
})

test('an earlier period has the colours of now whatever its order, and a colour of its own where there is none', () => {
  const now = [told('cart', 100n), told('shop', 100n)]
  const before = [told('shop', 1n, 2n), told('gone', 1n), told('cart', 1n), told('lost', 1n)]
  const drawn = earlierSeries(
    before,
    now,
    10n,
    (label) => `${label}, 1h earlier`,
    (i) => `colour ${i}`,
  )
  expect(drawn.map(({ label, colour }) => [label, colour])).toEqual([
    ['shop, 1h earlier', 'colour 1'],
    ['gone, 1h earlier', 'colour 2'],
    ['cart, 1h earlier', 'colour 0'],
    ['lost, 1h earlier', 'colour 3'],
  ])
  expect(drawn[0]?.points.times).toEqual(BigInt64Array.of(11n, 12n))
  expect(drawn.every(({ faint }) => faint)).toBe(true)
})
