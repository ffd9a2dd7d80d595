// The report on the clipboard.
import { expect, test } from 'vitest'
import { reportTsv } from './report-text.ts'

test('each file, each note and each reason has its line; examples cannot break the table or run in a spreadsheet', () => {
  const text = reportTsv([
    {
      path: '/a.log',
      format: 'plain-log',
      rowsTaken: 3,
      rowsSkipped: 0,
      skipped: [],
      notes: ['no time found'],
      alreadyImported: false,
    },
    {
      path: '/b.ndjson',
      format: 'ndjson',
      rowsTaken: 1,
      rowsSkipped: 2,
      skipped: [{ line: 7, reason: 'not valid JSON', example: '=1\t{\n', count: 2 }],
      alreadyImported: false,
    },
    {
      path: '/c',
      format: 'unknown',
      rowsTaken: 0,
      rowsSkipped: 0,
      skipped: [],
      alreadyImported: false,
      error: { code: 'corrupt', message: 'cut off' },
    },
  ])
  expect(text.split('\n')).toEqual([
    'file\tformat\trows taken\trows skipped\tline\treason\texample\terror',
    '/a.log\tplain-log\t3\t\t\tno time found\t\t',
    '/a.log\tplain-log\t3\t0\t\t\t\t',
    "/b.ndjson\tndjson\t1\t2\t7\tnot valid JSON\t'=1 { \t",
    '/c\tunknown\t0\t0\t\t\t\tcut off',
    '',
  ])
})
