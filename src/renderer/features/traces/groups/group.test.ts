import { expect, test } from 'vitest'
import { fixed, groupOf, timeBefore } from './group.ts'

const range = { from: '2025-11-02T10:00:00Z', to: '2025-11-02T11:00:00Z' }

test('a kept group is read from the address; what is none is not there', () => {
  const group = { range, filter: { service: 'cart', attributes: { region: 'eu' } } }
  expect(groupOf(group)).toEqual({
    range: { from: '1762077600000000000', to: '1762081200000000000' },
    filter: group.filter,
  })
  expect(groupOf(fixed(group) as never)).toEqual(fixed(group))
  for (const wrong of [undefined, null, 'x', 7, [], {}, { range: {} }, { range: { from: range.to, to: range.from } }])
    expect(groupOf(wrong as never)).toBeUndefined()
})

test('the time before is as long and ends where the group begins', () => {
  expect(timeBefore({ range, filter: { status: 'error' } })).toEqual({
    range: { from: '1762074000000000000', to: '1762077600000000000' },
    filter: { status: 'error' },
  })
})
