// The range of a source's data.
import { expect, test } from 'vitest'
import { dataRange } from './data-range.ts'

test('is the stretch of the rows; one instant gets a second around it', () => {
  expect(dataRange({ from: '2026-11-02T14:00:00Z', to: '2026-11-02T16:00:00Z' })).toEqual({
    from: '2026-11-02T14:00:00.000000000Z',
    to: '2026-11-02T16:00:00.000000000Z',
  })
  expect(dataRange({ from: '2026-11-02T14:00:00Z', to: '2026-11-02T14:00:00.000000001Z' })).toEqual({
    from: '2026-11-02T13:59:59.500000000Z',
    to: '2026-11-02T14:00:00.500000001Z',
  })
  expect(dataRange({})).toBeUndefined()
  expect(dataRange({ from: null, to: null })).toBeUndefined()
})
