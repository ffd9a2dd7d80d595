// Where a pin leads.
import { expect, test } from 'vitest'
import { targetOfPin } from './pin-target.ts'

const range = { from: '2026-11-02T14:41:00.000000000Z', to: '2026-11-02T15:27:00.000000000Z' }
const compareTo = { from: '2026-11-02T14:00:00.000000000Z', to: '2026-11-02T14:41:00.000000000Z' }

test('a pin of what changed opens with the two windows that it compared, narrowed to its service', () => {
  expect(
    targetOfPin({
      method: 'services.changes',
      input: { range, compareTo, sources: ['demo-1'], service: 'payment', limit: 500 },
    }),
  ).toEqual({
    view: 'services',
    params: { range, sources: ['demo-1'], compare: compareTo },
    filters: [{ field: 'service', value: 'payment', exclude: false }],
  })
})

test('a pin of two groups of traces opens the view on the second, compared with the first', () => {
  const a = { range: { from: '1', to: '2' }, filter: { service: 'cart' } }
  const b = { range, filter: { service: 'cart', status: 'error' } }
  expect(targetOfPin({ method: 'traces.compareGroups', input: { a, b, sources: ['demo-1'] } })).toEqual({
    view: 'traces',
    params: { service: 'cart', status: 'error', range, sources: ['demo-1'], base: a, show: 'groups' },
    filters: [],
  })
})

test('a pin of the map opens the map, one of a trace the trace', () => {
  expect(targetOfPin({ method: 'services.map', input: { range } })).toEqual({
    view: 'services',
    params: { range, as: 'map' },
    filters: [],
  })
  expect(targetOfPin({ method: 'traces.get', input: { traceId: 'ab12', around: range, limit: 10 } })).toEqual({
    view: 'traces',
    path: ['ab12'],
    params: {},
    filters: [],
  })
})
