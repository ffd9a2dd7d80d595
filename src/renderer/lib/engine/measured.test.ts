import { expect, test } from 'vitest'
import { frameFromRows } from '../../../shared/frame/frame.ts'
import { weigh } from './measured.ts'

test('an answer weighs the rows of its tables and what its columns hold', () => {
  const table = frameFromRows([{ name: 'n', type: 'int' }], [{ n: 1n }, { n: 2n }, { n: 3n }])
  const { rows, bytes } = weigh({ table, completeness: { complete: true, missing: [] } })
  expect(rows).toBe(3)
  expect(bytes).toBeGreaterThanOrEqual(24)
  expect(weigh({ tables: [table, table] }).rows).toBe(6)
  expect(weigh(undefined)).toEqual({ rows: 0, bytes: 0 })
  expect(weigh('four').bytes).toBe(4)
})
