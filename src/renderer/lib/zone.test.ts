// Times on the wall clock of a zone.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asEpochNs, tryParseRfc3339 } from '../../shared/base/time.ts'
import { formatDateTime, fromWallClock, parseTypedInstant, wallClock, zoneLabel } from './zone.ts'

const at = (text: string) => asEpochNs(tryParseRfc3339(text) ?? 0n)
const T = at('2026-07-01T23:30:00.123456789Z')

test('the same instant in three zones, exact to the nanosecond', () => {
  expect(['UTC', 'Asia/Shanghai', 'America/New_York'].map((z) => formatDateTime(T, z, 'ns'))).toEqual([
    '2026-07-01 23:30:00.123456789',
    '2026-07-02 07:30:00.123456789',
    '2026-07-01 19:30:00.123456789',
  ])
  expect(['UTC', 'Asia/Kolkata', 'America/New_York'].map((z) => zoneLabel(T, z))).toEqual(['UTC', 'UTC+5:30', 'UTC-4'])
})

test('every instant since the earth has clocks reads as Intl reads it', () => {
  const zones = [
    'UTC',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Africa/Casablanca',
    'Europe/Dublin',
  ]
  const asIntl = (ms: number, timeZone: string): string =>
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(ms)
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2100, 0) }),
      (zone, ms) => {
        expect(formatDateTime(BigInt(ms) * 1_000_000n, zone, 's')).toBe(asIntl(ms, zone))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a wall clock goes to the instant and back, across a change of clocks', () => {
  for (const text of ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-10-25T03:00:00Z', '1969-12-31T23:59:59Z'])
    expect(fromWallClock(wallClock(at(text), 'Europe/Berlin'), 'Europe/Berlin')).toBe(at(text))
})

test('what a person types for a time', () => {
  const now = at('2026-07-02T12:00:00Z')
  const read = (text: string) => parseTypedInstant(text, 'Asia/Shanghai', now)
  expect(['14:00', '2026-07-01 08:00', '15m ago', 'now-1h', '1782993600', '2026-07-02T12:00:00Z'].map(read)).toEqual([
    at('2026-07-02T06:00:00Z'),
    at('2026-07-01T00:00:00Z'),
    at('2026-07-02T11:45:00Z'),
    at('2026-07-02T11:00:00Z'),
    at('2026-07-02T12:00:00Z'),
    now,
  ])
  expect(['', 'soon', '25:00', '2026-02-30'].map(read)).toEqual([undefined, undefined, undefined, undefined])
})

test('a clock time typed in what may still go on is the latest that has been', () => {
  const read = (text: string, now: string) =>
    parseTypedInstant(text, 'UTC', at(now), { from: at('2026-06-29T14:00:00Z'), to: at('2026-06-30T14:00:00Z') })
  // later than the window: not the same time of the day before, which is within it
  expect(read('15:05', '2026-06-30T15:20:00Z')).toBe(at('2026-06-30T15:05:00Z'))
  expect(read('13:00', '2026-06-30T15:20:00Z')).toBe(at('2026-06-30T13:00:00Z'))
  // what is still to come today has been yesterday
  expect(read('16:00', '2026-06-30T15:20:00Z')).toBe(at('2026-06-29T16:00:00Z'))
  // after midnight, of the evening after the window's end
  expect(read('23:55', '2026-07-01T00:20:00Z')).toBe(at('2026-06-30T23:55:00Z'))
  // a day after its end it is the past
  expect(read('15:05', '2026-07-01T15:20:00Z')).toBe(at('2026-06-29T15:05:00Z'))
})

test('a clock time typed in an incident is looked for day by day of the calendar, also where one has 23 hours', () => {
  const zone = 'America/New_York'
  const local = (text: string) => parseTypedInstant(text, zone, at('2026-07-02T12:00:00Z')) ?? asEpochNs(0n)
  const range = { from: local('2026-03-08 08:00'), to: local('2026-03-09 00:30') }
  expect(parseTypedInstant('14:00', zone, at('2026-07-02T12:00:00Z'), range)).toBe(at('2026-03-08T18:00:00Z'))
})

test('a clock time typed in an incident means the time within it', () => {
  const now = at('2026-07-02T12:00:00Z')
  const read = (text: string, from: string, to: string) =>
    parseTypedInstant(text, 'Asia/Shanghai', now, { from: at(from), to: at(to) })
  const past = ['2026-06-20T14:00:00Z', '2026-06-20T18:00:00Z'] as const
  // 22:00 of the 20th to 02:00 of the 21st, as the clocks of the zone have it
  expect(read('23:30', ...past)).toBe(at('2026-06-20T15:30:00Z'))
  expect(read('01:15:30.5', ...past)).toBe(at('2026-06-20T17:15:30.5Z'))
  // what is not within it is of today, as is what says its day
  expect(read('12:00', ...past)).toBe(at('2026-07-02T04:00:00Z'))
  expect(read('2026-07-01 08:00', ...past)).toBe(at('2026-07-01T00:00:00Z'))
  expect(read('10m ago', ...past)).toBe(at('2026-07-02T11:50:00Z'))
  // of several days the latest that has been
  expect(read('21:00', '2026-06-28T00:00:00Z', '2026-07-05T00:00:00Z')).toBe(at('2026-07-01T13:00:00Z'))
  expect(read('soon', ...past)).toBeUndefined()
})
