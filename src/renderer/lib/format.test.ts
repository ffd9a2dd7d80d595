// Numbers as people read them.
import { expect, test } from 'vitest'
import { formatClock, formatQuantity, quantity, scaleFor } from './format.ts'

test('a number carries the unit that suits it', () => {
  expect([
    formatQuantity(2_400_000_000, 'ns'),
    formatQuantity(0.112, '1'),
    formatQuantity(1536, 'By'),
    formatQuantity(183_000),
    formatQuantity(42),
    formatQuantity(0, 'ns'),
    formatQuantity(1.5, 's'),
    formatQuantity(12.34, '1/s'),
    formatQuantity(5n, '{pods}'),
  ]).toEqual(['2.4 s', '11.2 %', '1.5 KiB', '183 k', '42', '0 ms', '1.5 s', '12.3 /s', '5 pods'])
})

test('a column shares one scale, so that its numbers compare', () => {
  const scale = scaleFor('ns', [1_000_000, 900_000_000, Number.NaN])
  expect([
    quantity(1_000_000, 'ns', { scale, decimals: 2 }),
    quantity(900_000_000, 'ns', { scale, decimals: 2 }),
  ]).toEqual([
    { value: '1.00', unit: 'ms' },
    { value: '900.00', unit: 'ms' },
  ])
})

test('what is no number says so', () => {
  expect([Number.NaN, Infinity, -Infinity].map((v) => formatQuantity(v, 'ns'))).toEqual(['NaN', '+Inf', '-Inf'])
})

test('a stopwatch counts past a day', () => {
  const both = (ns: bigint) => [formatClock(ns, 'en'), formatClock(ns, 'zh-CN')]
  expect(both(2_467_000_000_000n)).toEqual(['00:41:07', '00:41:07'])
  expect(both(183_600_000_000_000n)).toEqual(['2d 03:00:00', '2 天 03:00:00'])
})
