// Times as people and scripts write them.

import { describe, expect, test } from 'vitest'
import { asEpochNs, formatRfc3339, parseRange, tryParseDuration, tryParseInstant } from './time.ts'

const NOW = asEpochNs(1_793_628_000_123_456_789n)

test('a time is RFC 3339, now, an offset from now, or epoch nanoseconds', () => {
  const read = (text: string) => {
    const at = tryParseInstant(text, NOW)
    return at === undefined ? undefined : formatRfc3339(at)
  }
  expect(read('2026-11-02T14:00:00Z')).toBe('2026-11-02T14:00:00.000000000Z')
  expect(read('2026-11-02T22:00:00.123456789+08:00')).toBe('2026-11-02T14:00:00.123456789Z')
  expect(read('0001-01-01T00:00:00Z')).toBe('0001-01-01T00:00:00.000000000Z')
  expect(read('2000-02-29T23:59:59Z')).toBe('2000-02-29T23:59:59.000000000Z')
  expect(read('now')).toBe('2026-11-02T14:00:00.123456789Z')
  expect(read('now-15m')).toBe('2026-11-02T13:45:00.123456789Z')
  expect(read('1793628000000000001')).toBe('2026-11-02T14:00:00.000000001Z')
  for (const text of ['', 'yesterday', '2026-02-30T00:00:00Z', 'now-', '2026-11-02']) expect(read(text)).toBe(undefined)
})

test('a duration is units in a row or whole nanoseconds', () => {
  expect(tryParseDuration('250ms')).toBe(250_000_000n)
  expect(tryParseDuration('1h30m')).toBe(5_400_000_000_000n)
  expect(tryParseDuration('1.5s')).toBe(1_500_000_000n)
  expect(tryParseDuration('1500')).toBe(1500n)
  for (const text of ['', '1x', 'h', '1.5']) expect([text, tryParseDuration(text)]).toEqual([text, undefined])
})

describe('a range', () => {
  test('that reaches past what int64 nanoseconds hold ends there and does not wrap around', () => {
    const { from, to } = parseRange({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' }, NOW)
    expect([formatRfc3339(from).slice(0, 4), formatRfc3339(to).slice(0, 4)]).toEqual(['1896', '2189'])
    expect(BigInt.asIntN(64, to - from)).toBe(to - from)
  })

  test('that is empty, reversed or wholly out of reach is refused', () => {
    for (const [from, to] of [
      ['now', 'now'],
      ['now', 'now-1h'],
      ['3000-01-01T00:00:00Z', '9999-01-01T00:00:00Z'],
    ] as const)
      expect(() => parseRange({ from, to }, NOW)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })
})
