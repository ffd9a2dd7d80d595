// Times that are read without a regular expression are the times that the expressions read.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLine } from './parse-line.ts'
import { fieldTime, isoInstant } from './time.ts'

const part = (digits: number, max: number) =>
  fc.integer({ min: 0, max }).map((value) => String(value).padStart(digits, '0'))
const time = fc
  .tuple(
    part(4, 9999),
    part(2, 14),
    part(2, 33),
    fc.constantFrom('T', ' ', '_'),
    part(2, 25),
    part(2, 61),
    part(2, 61),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: fc.constantFrom(...'0123456789x'), maxLength: 10 }).map((f) => `.${f}`),
    ),
    fc.constantFrom('Z', 'Z', '', 'z', ' Z', '+02:00', ','),
  )
  .map(([y, mo, d, mark, h, mi, s, fraction, zone]) => `${y}-${mo}-${d}${mark}${h}:${mi}:${s}${fraction}${zone}`)

test('a time field is the same with a space around it, which only the expression reads', () => {
  let quick = 0
  fc.assert(
    fc.property(time, time, (one, other) => {
      // the second of the line before must not stick
      for (const text of [one, other, one]) {
        const instant = isoInstant(text)
        if (instant === undefined) continue
        quick++
        expect(instant).toBe(fieldTime(` ${text} `, undefined, 'UTC'))
      }
    }),
    { numRuns: 3000 },
  )
  expect(quick).toBeGreaterThan(100)
  expect(isoInstant('2026-11-02T14:00:00.000000001Z')).toBe(1_793_628_000_000_000_001n)
})

test('a line that begins with a time has the parts that it has with the time in brackets', () => {
  const near = new Date(0)
  fc.assert(
    fc.property(
      time,
      fc.constantFrom('INFO shop: taken', 'Z x', '+0200 x', '- x', '[main] x', 'UTC x', ''),
      (text, rest) => {
        const plain = parseLine(`${text} ${rest}`, near)
        const bracketed = parseLine(`[${text}] ${rest}`, near)
        // what is no zone would stand between the time and its bracket
        if (text.endsWith(',')) return
        if (plain?.layout === bracketed?.layout && !/^(?:[Z+U]|$)/.test(rest)) expect(plain).toEqual(bracketed)
      },
    ),
    { numRuns: 2000 },
  )
  expect(parseLine('2026-11-02 14:00:00,5 +0200 x', near)?.parts.date?.zone).toBe('+0200')
})
