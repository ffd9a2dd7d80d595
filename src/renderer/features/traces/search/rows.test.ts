import { expect, test } from 'vitest'
import { columnFromValues, type Frame } from '../../../../shared/frame/frame.ts'
import { foundAt, rowOf } from './rows.ts'

const frame = (...rows: Array<[string, string]>): Frame => ({
  rowCount: rows.length,
  columns: (['traceId', 'source'] as const).map((name, at) =>
    columnFromValues(
      { name, type: 'string' },
      rows.map((row) => row[at] ?? ''),
    ),
  ),
})

test('a trace that one source has is named by its id alone, one that two have by its source as well', () => {
  const found = frame(['aa', 'shop'], ['bb', 'shop'], ['aa', 'copy'])
  expect(foundAt(found, 0)).toEqual({ traceId: 'aa', source: 'shop' })
  expect(foundAt(found, 1)).toEqual({ traceId: 'bb', source: undefined })
  expect(foundAt(found, 2)).toEqual({ traceId: 'aa', source: 'copy' })
  for (const row of [0, 1, 2]) expect(rowOf(found, foundAt(found, row))).toBe(row)
  expect(rowOf(found, { traceId: 'aa', source: undefined })).toBe(0)
  expect(rowOf(found, { traceId: 'aa', source: 'gone' })).toBe(-1)
})
