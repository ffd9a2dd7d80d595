// Times of links from other tools.
import { expect, test } from 'vitest'
import { tryParseRfc3339 } from '../../shared/base/time.ts'
import { parsePasted } from '../../shared/domain/links.ts'
import { linkRange } from './link-range.ts'

// a Wednesday
const now = tryParseRfc3339('2026-11-18T20:30:15.5Z') ?? expect.fail('an instant')
const range = (from: string, to: string, zone = 'UTC') => {
  const link = parsePasted(`https://g/d/abc/x?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`)
  const read = link?.range && linkRange(link.range, zone, now)
  const short = (text: string) => text.replace('.000000000Z', 'Z')
  return read && { from: short(read.from), to: short(read.to) }
}
const days = (from: string, to: string) => ({ from: `2026-${from}T00:00:00Z`, to: `2026-${to}T00:00:00Z` })

test('a rounded end is the start of its unit where a range begins, and its end where it ends', () => {
  expect(range('now/d', 'now/d')).toEqual(days('11-18', '11-19'))
  expect(range('now-1d/d', 'now-1d/d')).toEqual(days('11-17', '11-18'))
  expect(range('now/w', 'now/w')).toEqual(days('11-16', '11-23'))
  expect(range('now-1M/M', 'now-1M/M')).toEqual(days('10-01', '11-01'))
  expect(range('now/Q', 'now/Q')).toEqual({ from: '2026-10-01T00:00:00Z', to: '2027-01-01T00:00:00Z' })
  expect(range('now-1y/y', 'now-1y/y')).toEqual({ from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' })
  expect(range('now/h', 'now/m')).toEqual({ from: '2026-11-18T20:00:00Z', to: '2026-11-18T20:31:00Z' })
  expect(range('now-1d/d+8h', 'now/d-6h')).toEqual({ from: '2026-11-17T08:00:00Z', to: '2026-11-18T18:00:00Z' })
})

test('days are those of the zone, also where the clock changes', () => {
  expect(range('now/d', 'now/d', 'Asia/Shanghai')).toEqual({ from: '2026-11-18T16:00:00Z', to: '2026-11-19T16:00:00Z' })
  expect(range('now-1M/M', 'now-1M/M', 'Europe/Berlin')).toEqual({
    from: '2026-09-30T22:00:00Z',
    to: '2026-10-31T23:00:00Z',
  })
})

test('what moves with now goes on moving; what cannot be read is left out', () => {
  expect(range('now-6h', 'now')).toEqual({ from: 'now-6h', to: 'now' })
  expect(range('now-7d/d', 'now')).toEqual({ from: '2026-11-11T00:00:00Z', to: 'now' })
  expect(range('now-1M', 'now')).toEqual({ from: '2026-10-18T20:30:15.500000000Z', to: 'now' })
  for (const [from, to] of [
    ['now', 'now-1h'],
    ['now/fy', 'now/fy'],
    ['yesterday', 'now'],
  ] as const)
    expect([from, range(from, to)]).toEqual([from, undefined])
})
