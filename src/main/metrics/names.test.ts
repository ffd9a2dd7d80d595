import { expect, test } from 'vitest'
import { Labels } from '../../shared/promql/index.ts'
import { shortLabels } from './names.ts'

const named = (...all: ReadonlyArray<Record<string, string>>): string[] =>
  shortLabels(
    all.map((labels) => Labels.of(Object.entries(labels))),
    'the query',
  )

test('lines are called by the fewest labels that tell them apart, numbers with their key', () => {
  const lag = (consumergroup: string, topic: string, partition: string) => ({
    __name__: 'lag',
    consumergroup,
    partition,
    topic,
  })
  expect(named(lag('receipts', 'settled', '0'), lag('receipts', 'settled', '1'), lag('search', 'stock', '0'))).toEqual([
    'receipts partition=0',
    'receipts partition=1',
    'search partition=0',
  ])
})

test('one series is called by its metric, or by the query where it has none', () => {
  expect(named({ __name__: 'up', job: 'a' })).toEqual(['up'])
  expect(named({})).toEqual(['the query'])
})

test('metrics are told by name, and values that would call two lines the same keep their keys', () => {
  expect(named({ __name__: 'up' }, { __name__: 'down' })).toEqual(['up', 'down'])
  expect(named({ a: 'x', b: '' }, { a: '', b: 'x' }, { a: 'y', b: 'z' })).toEqual(['a=x', 'b=x', 'a=y b=z'])
})

test('whose series it is stays said where several sources answer', () => {
  expect(named({ pod: 'a-1', watchdeck_source: 'one' }, { pod: 'b-1', watchdeck_source: 'two' })).toEqual([
    'a-1 one',
    'b-1 two',
  ])
})

test('a source is called by its name; two of one name by their ids', () => {
  const labels = (...sources: string[]) =>
    sources.map((source) => Labels.of(Object.entries({ job: 'a', watchdeck_source: source })))
  const names: Record<string, string> = { 's-1': 'Demo: shop, seed 1', 's-2': 'eu production', 's-3': 'eu production' }
  const nameOf = (id: string) => names[id] ?? id
  expect(shortLabels(labels('s-1', 's-2', 'gone'), 'q', nameOf)).toEqual([
    'Demo: shop, seed 1',
    'eu production',
    'gone',
  ])
  expect(shortLabels(labels('s-1', 's-2', 's-3'), 'q', nameOf)).toEqual(['Demo: shop, seed 1', 's-2', 's-3'])
})
