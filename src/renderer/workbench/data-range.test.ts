// The range of a source's data.
import { expect, test } from 'vitest'
import { dataRange } from './data-range.ts'

test('the last row is inside, the clock is put right, one instant gets a second around it', () => {
  expect(dataRange({ from: '2026-11-02T14:00:00Z', to: '2026-11-02T16:00:00Z' })).toEqual({
    from: '2026-11-02T14:00:00.000000000Z',
    to: '2026-11-02T16:00:00.000000001Z',
  })
  expect(dataRange({ from: '2026-11-02T14:00:00Z', to: '2026-11-02T16:00:00Z', clockOffsetNs: '-1500000000' })).toEqual(
    {
      from: '2026-11-02T13:59:58.500000000Z',
      to: '2026-11-02T15:59:58.500000001Z',
    },
  )
  expect(dataRange({ from: '2026-11-02T14:00:00Z', to: '2026-11-02T14:00:00Z' })).toEqual({
    from: '2026-11-02T13:59:59.500000000Z',
    to: '2026-11-02T14:00:00.500000001Z',
  })
  expect(dataRange({})).toBeUndefined()
  expect(dataRange({ from: null, to: null })).toBeUndefined()
})
