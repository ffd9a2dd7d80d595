// Why a view has nothing to ask.
import { expect, test } from 'vitest'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { whyNothing } from './NoData.tsx'

type Source = MethodOutput<'sources.list'>['sources'][number]
const NO_ROWS = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
const source = (id: string, state: Source['state']): Source => ({
  id,
  name: id,
  kind: 'import',
  state,
  clockOffsetNs: '0',
  createdAt: '2026-11-02T14:00:00.000000000Z',
  counts: NO_ROWS,
  origin: [],
  readOnly: false,
})

test('an empty program, one being filled, one switched off and an address of somebody else are told apart', () => {
  expect(whyNothing([], undefined)).toBe('none')
  expect(whyNothing([source('a', 'removed')], undefined)).toBe('none')
  expect(whyNothing([source('a', 'loading'), source('b', 'off')], undefined)).toBe('loading')
  expect(whyNothing([source('a', 'off')], undefined)).toBe('off')
  expect(whyNothing([source('a', 'ready')], ['z'])).toBe('elsewhere')
})

test('one source that can be asked is enough, and one that is switched off can be asked by name', () => {
  expect(whyNothing([source('a', 'ready'), source('b', 'off')], undefined)).toBeUndefined()
  expect(whyNothing([source('a', 'ready')], ['a', 'z'])).toBeUndefined()
  expect(whyNothing([source('a', 'off')], ['a'])).toBeUndefined()
})
