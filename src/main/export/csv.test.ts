// Separated values: quoting, and cells that a spreadsheet would run.

import { expect, test } from 'vitest'
import { columnFromValues } from '../../shared/frame/frame.ts'
import { separatedCell, separatedHeader, separatedRows } from './csv.ts'

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['-12.5', '-12.5'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  [null, ''],
])('%j is written as %j', (value, cell) => {
  expect(separatedCell(value, ',')).toBe(cell)
})

test('a frame becomes a header and one line a row', () => {
  const frame = {
    rowCount: 2,
    columns: [
      columnFromValues({ name: 'time', type: 'time' }, [1_762_090_000_000_000_000n, null]),
      columnFromValues({ name: 'v', type: 'float' }, [Number.NaN, -1.5]),
    ],
  }
  expect(separatedHeader(frame, '\t') + separatedRows(frame, '\t')).toBe(
    'time\tv\r\n2025-11-02T13:26:40.000000000Z\tNaN\r\n\t-1.5\r\n',
  )
})

test('a sign before a hundred thousand digits that are no number is a formula all the same, and found out at once', () => {
  const digits = '9'.repeat(100_000)
  expect(separatedCell(`-${digits}x`, ',')).toBe(`'-${digits}x`)
  expect(separatedCell(`-${digits}`, ',')).toBe(`-${digits}`)
})
