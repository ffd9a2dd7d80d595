// Which environments are in sight, and in which tone.
import { expect, test } from 'vitest'
import { environmentsOf, environmentTone } from './environment.ts'

test('production stands out, what is before it warns, the rest is calm', () => {
  expect(['prod', 'Production', 'prod-eu', 'live'].map(environmentTone)).toEqual(Array(4).fill('critical'))
  expect(['staging', 'preprod', 'pre-prod', 'uat', 'QA'].map(environmentTone)).toEqual(Array(5).fill('warning'))
  expect(['dev', 'test', 'lab'].map(environmentTone)).toEqual(['ok', 'ok', 'ok'])
  expect(['eu-1', 'products', 'reproduction'].map(environmentTone)).toEqual(['note', 'note', 'note'])
})

test('the environments of the sources that are looked at are told once, production first', () => {
  const source = (id: string, environment?: string, state = 'ready') => ({ id, state, live: { environment } })
  const sources = [source('a', 'dev'), source('b', 'prod'), source('c', 'prod'), source('d', 'uat', 'off'), source('e')]
  expect(environmentsOf(sources, undefined)).toEqual(['prod', 'dev'])
  expect(environmentsOf(sources, ['a', 'd'])).toEqual(['uat', 'dev'])
  expect(environmentsOf([{ id: 'x', state: 'ready' }], undefined)).toEqual([])
})
