// The correction of a clock as people type it.
import { expect, test } from 'vitest'
import { formatClockOffset, parseClockOffset } from './clock.ts'

test('a signed duration is a correction; nothing and zero take it back', () => {
  expect(['+1.5s', '-250ms', '1h30m', ' + 2 s ', '−1s', '0', ''].map(parseClockOffset)).toEqual([
    1_500_000_000n,
    -250_000_000n,
    5_400_000_000_000n,
    2_000_000_000n,
    -1_000_000_000n,
    0n,
    0n,
  ])
})

test('a number without a unit, words and eleven years are refused', () => {
  expect(['5', '-12', 'soon', '1.5', '11y', '+'].map(parseClockOffset)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('what is shown can be typed again', () => {
  for (const ns of [1_500_000_000n, -250_000_000n, 0n]) expect(parseClockOffset(formatClockOffset(ns))).toBe(ns)
})
