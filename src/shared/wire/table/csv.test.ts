// Separated values in chunks of any size: what is written by the rules comes back, what is not ends without a throw.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvRows, UNCLOSED } from './csv.ts'

const read = (bytes: Uint8Array, delimiter: string, size: number) => {
  const rows: Array<readonly [number, readonly string[]]> = []
  const bad: Array<readonly [number, string]> = []
  const reader = new CsvRows(delimiter, {
    row: (cells, line) => void rows.push([line, cells]),
    bad: (line, reason) => void bad.push([line, reason]),
  })
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  reader.end()
  return { rows, bad }
}
const bytesOf = (text: string) => new TextEncoder().encode(text)
const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

test('rows written after RFC 4180 come back whole, whatever the chunks, with the line that each begins on', () => {
  const delimiters = fc.constantFrom(',', ';', '\t', '|')
  const letters = fc.constantFrom('a', 'é', '中', '"', '\n', '\r\n', ',', ';', '\t', '|', ' ', '')
  const cells = fc.array(letters, { maxLength: 6 }).map((parts) => parts.join(''))
  const table = fc.array(fc.array(cells, { minLength: 2, maxLength: 4 }), { maxLength: 8 })
  fc.assert(
    fc.property(table, delimiters, fc.integer({ min: 1, max: 40 }), (rows, delimiter, size) => {
      const lines = rows.map((row) => row.map((cell) => quoted(cell, delimiter)).join(delimiter))
      const found = read(bytesOf(lines.map((line) => `${line}\r\n`).join('')), delimiter, size)
      let at = 1
      const expected = rows.map((row, i) => {
        const line = at
        at += (lines[i] as string).split('\n').length
        return [line, row] as const
      })
      expect(found).toEqual({ rows: expected, bad: [] })
    }),
    { numRuns: 300 },
  )
})

test('any bytes end without a throw, and the same in chunks as in one piece', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (bytes, size) => {
      const hostile = bytes.map((b) => (b < 60 ? 34 : b < 120 ? 44 : b < 160 ? 10 : b))
      expect(read(hostile, ',', size)).toEqual(read(hostile, ',', 1000))
    }),
    { numRuns: 300 },
  )
})

test('a quote that is never closed costs its own line', () => {
  expect(read(bytesOf('a,b\n"c,d\ne,f\ng,h'), ',', 3)).toEqual({
    rows: [
      [1, ['a', 'b']],
      [3, ['e', 'f']],
      [4, ['g', 'h']],
    ],
    bad: [[2, UNCLOSED]],
  })
})
