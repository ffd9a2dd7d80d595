// What the logs view promises about text, completion and paging, without a screen.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLogQuery } from '../../../shared/domain/log-query.ts'
import { LOG_COLUMNS } from '../../../shared/contract/logs.ts'
import { frameFromRows } from '../../../shared/frame/frame.ts'
import { textOf } from '../../lib/engine/frames.ts'
import { highlighterOf, segmentsOf } from './body-text.ts'
import { cursorPlace, writtenValue } from './complete.ts'
import { withoutHeader } from './export-lines.ts'
import { jsonInBody } from './line-json.ts'
import { type LogInput, LineWindow } from './line-window.ts'
import { directionsOf } from './use-lines.ts'

const marked = (query: string, text: string): string[] =>
  highlighterOf(parseLogQuery(query))(text).map(([from, to]) => text.slice(from, to))

test('marks what the query looks for in the text, and nothing that it excludes or asks of other fields', () => {
  expect(marked('timeout service:pay -retry', 'Timeout after retry, TIMEOUT pay')).toEqual(['Timeout', 'TIMEOUT'])
  expect(marked("'Timeout'", 'Timeout timeout')).toEqual(['Timeout'])
  expect(marked('conn*refused OR body:x', 'connection was refused x')).toEqual(['connection was refused', 'x'])
  expect(marked('/5\\d\\d/', 'code 503 and 42')).toEqual(['503'])
  expect(marked('/(?i:CODE) [[:digit:]]+/c', 'code 503')).toEqual(['code 503'])
  // neither would ever end, were it tried in every way
  expect(marked('/(?:a|aa)+b/', `${'a'.repeat(5000)} aab`)).toEqual(['aab'])
  expect(marked(`${'a*'.repeat(20)}b`, 'a'.repeat(5000))).toEqual([])
})

test('writes out what would hide or mislead, and loses no character', () => {
  expect(segmentsOf('a\u001b[31mred\u202Eb\u200B', [], true)).toEqual([
    { kind: 'plain', text: 'a' },
    { kind: 'hidden', text: '␛[31m', code: expect.stringContaining('U+001B') },
    { kind: 'plain', text: 'red' },
    { kind: 'hidden', text: '⟨U+202E⟩', code: 'U+202E' },
    { kind: 'plain', text: 'b' },
    { kind: 'hidden', text: '⟨U+200B⟩', code: 'U+200B' },
  ])
  expect(segmentsOf('one\r\ntwo', [], false)).toEqual([
    { kind: 'plain', text: 'one' },
    { kind: 'plain', text: '\ntwo' },
  ])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ maxLength: 3 }), (text, word) => {
      const find = highlighterOf(
        word.trim() === '' ? { kind: 'all' } : { kind: 'text', match: { kind: 'plain', text: word, exactCase: true } },
      )
      const plain = segmentsOf(text, find(text), false)
        .filter((s) => s.kind !== 'hidden')
        .map((s) => s.text)
        .join('')
      expect(plain.length).toBeLessThanOrEqual(text.length)
      if (!/[^\u0020-\u007e]/.test(text)) expect(plain).toBe(text)
    }),
  )
})

test('knows whether a field or a value is being typed', () => {
  expect(cursorPlace('timeout serv')).toEqual({ kind: 'word', typed: 'serv' })
  expect(cursorPlace('-service:pay')).toEqual({ kind: 'value', field: 'service', operator: ':', typed: 'pay' })
  expect(cursorPlace('(level>=')).toEqual({ kind: 'value', field: 'level', operator: '>=', typed: '' })
  expect(cursorPlace('"in a phra')).toEqual({ kind: 'none' })
  expect(cursorPlace("it's serv")).toEqual({ kind: 'word', typed: 'serv' })
})

test('a completed value means exactly that value', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
      expect(parseLogQuery(`f:${writtenValue(value)}`)).toEqual({
        kind: 'field',
        field: 'f',
        match: { kind: 'plain', text: value, exactCase: false },
      })
    }),
  )
})

test('finds the JSON of a line after its words', () => {
  expect(jsonInBody('12:00 INFO {"a":[1]}')).toEqual({ a: [1] })
  expect(jsonInBody('[main] started')).toBeUndefined()
  expect(jsonInBody('{broken}')).toBeUndefined()
})

test('pages of a CSV join to one file with one header', () => {
  expect(withoutHeader('time,body\r\n1,a\r\n')).toBe('1,a\r\n')
})

/** 1,000 lines of one millisecond each, answered as the engine does: keyset pages in either order. */
function engineOf(total: number, asked: LogInput[]) {
  return async (input: LogInput) => {
    asked.push(input)
    const at = (text: string): number => Number(text)
    let rows = Array.from({ length: total }, (_, i) => i).filter(
      (i) => i >= at(input.range.from) && i < at(input.range.to),
    )
    if (input.order !== 'asc') rows.reverse()
    const after = input.cursor === undefined ? undefined : Number(input.cursor)
    if (after !== undefined) rows = rows.slice(rows.indexOf(after) + 1)
    const page = rows.slice(0, 50)
    const more = rows.length > 50
    return {
      table: frameFromRows(
        LOG_COLUMNS,
        page.map((i) => ({ time: BigInt(i), level: 'info', service: 's', body: `line ${i}`, id: `1-${i}` })),
      ),
      completeness: { complete: true, missing: [] },
      ...(more ? { nextCursor: String(page.at(-1)) } : {}),
    }
  }
}

test('lines come at both ends of an anchor, keep their position, and come back after they were let go', async () => {
  const asked: LogInput[] = []
  const ask = engineOf(3000, asked)
  const directions = directionsOf({ range: { from: '0', to: '3000' } }, 'desc', '1500')
  const failures: unknown[] = []
  const window = new LineWindow({
    directions,
    first: await ask(directions.down),
    ask,
    failed: (error) => failures.push(error),
  })
  const body = (position: number): string | undefined => {
    const line = window.at(position)
    return line && textOf(line.frame, 'body', line.row)
  }
  await window.more('up')
  expect([body(0), body(49), body(-1), body(-50)]).toEqual(['line 1499', 'line 1450', 'line 1500', 'line 1549'])
  expect([window.above, window.count, window.positionOf('1-1500')]).toEqual([50, 100, -1])
  while (!window.endReached) await window.more('down')
  expect([window.count, body(1499)]).toEqual([1550, 'line 0'])
  window.keepAround(1499)
  expect(body(-1)).toBeUndefined()
  await new Promise((done) => setImmediate(done))
  expect([body(-1), failures]).toEqual(['line 1500', []])
})
