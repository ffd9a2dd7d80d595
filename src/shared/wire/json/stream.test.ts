// Any JSON in any chunks gives the values that JSON.parse gives.

import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KEEP } from './shape.ts'
import { JsonStream } from './stream.ts'
import { isObject, listOf, parseJson } from './value.ts'

const SHAPE = { take: 'document', keys: { name: { take: KEEP }, items: { items: { take: 'item' } } } }

function read(
  text: string,
  chunk: number,
  maxValueBytes: number,
  known?: ReadonlyMap<number, Record<string, unknown>>,
) {
  const found: Array<{ name: string; value: unknown; of: unknown }> = []
  const bad: string[] = []
  const stream = new JsonStream(
    SHAPE,
    {
      values: (name, values, around) => {
        for (const value of values) found.push({ name, value, of: around[0]?.fields.name })
      },
      bad: (_, reason) => bad.push(reason),
    },
    { maxValueBytes, known },
  )
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += chunk) stream.push(bytes.slice(at, at + chunk))
  stream.end()
  return { found, bad, late: stream.late }
}

test('items of an opened document are those of the whole one, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (items, chunk, pretty) => {
        const text = JSON.stringify({ name: 7, other: { items: [1, '"]}'] }, items }, null, pretty ? 2 : 0)
        const whole = parseJson(text)
        const expected = isObject(whole) ? whole.items : []
        expect(read(text, chunk, 1_000_000).found.map((f) => f.value)).toEqual([whole])
        // opened, with room for every item: each of them, in order, once
        const largest = Math.max(...items.map((item) => new TextEncoder().encode(JSON.stringify(item, null, 2)).length))
        const room = read(text, chunk, largest * 4 + 40)
        const kept = room.found.flatMap((f) =>
          f.name === 'item' ? [f.value] : isObject(f.value) ? listOf(f.value.items) : [],
        )
        expect({ kept, bad: room.bad }).toEqual({ kept: expected, bad: [] })
        // opened, with no room at all: what is not handed over is reported, and the rest keeps its order
        const tight = read(text, chunk, 1)
        const left = tight.found.filter((f) => f.name === 'item').map((f) => f.value)
        expect(left.length + tight.bad.length).toBe(items.length)
        let from = 0
        for (const value of left) {
          const at = listOf(expected).findIndex((item, i) => i >= from && isDeepStrictEqual(item, value))
          expect(at).toBeGreaterThanOrEqual(from)
          from = at + 1
        }
      },
    ),
  )
})

test('a value larger than the cap with nothing to open is reported, and reading goes on', () => {
  const text = JSON.stringify({ name: 'n', items: [1, 'x'.repeat(500), 2] })
  const { found, bad } = read(text, 16, 100)
  expect(found).toEqual([
    { name: 'item', value: 1, of: 'n' },
    { name: 'item', value: 2, of: 'n' },
  ])
  expect(bad).toEqual(['one value is larger than 0 MB'])
})

test('a field behind its rows is found in the first pass and known in the second', () => {
  const text = JSON.stringify({ items: [1, 2, 'x'.repeat(80)], name: 'late' })
  const first = read(text, 16, 90)
  expect(first.found.map((f) => f.of)).toEqual([undefined, undefined, undefined])
  const second = read(text, 16, 90, first.late)
  expect(second.found.map((f) => f.of)).toEqual(['late', 'late', 'late'])
  expect(second.late.size).toBe(0)
})

test('integers of 64 bits survive; strings that look like them are left alone', () => {
  expect(
    parseJson(
      '{"a":1730555555555555555,"b":"1730555555555555555","c":[-9223372036854775808],"d":12345678901234567.5,"e":"x\\",1730555555555555555"}',
    ),
  ).toEqual({
    a: '\u0000i1730555555555555555',
    b: '1730555555555555555',
    c: ['\u0000i-9223372036854775808'],
    d: Number('12345678901234567.5'),
    e: 'x",1730555555555555555',
  })
})

test('an integer of 64 bits is found wherever it stands', () => {
  for (let pad = 0; pad < 40; pad++)
    expect(parseJson(`{"${'k'.repeat(pad)}": -1730555555555555555}`)).toEqual({
      ['k'.repeat(pad)]: '\u0000i-1730555555555555555',
    })
  expect(parseJson('1730555555555555555')).toBe('\u0000i1730555555555555555')
})
