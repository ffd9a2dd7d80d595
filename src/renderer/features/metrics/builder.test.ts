// Queries as a form, and lanes that speak of each other.

import { expect, test } from 'vitest'
import { compose, EMPTY_QUERY, readBuilt } from './builder.ts'
import { relatedMetrics } from './Explorer.tsx'
import { expand } from './expressions.ts'

test('what the form says is what it reads back', () => {
  for (const query of [
    'up',
    'up{job="a", instance=~"x.*"}',
    'rate(http_requests_total{code!="200"}[5m])',
    'sum by (service, code) (rate(http_requests_total[2m]))',
    'max (node_load1)',
    'histogram_quantile(0.95, sum by (le, service) (rate(latency_bucket[2m])))',
    'histogram_quantile(0.99, sum (rate(latency[2m])))',
    '{"http.requests", "service.name"="a"}',
  ]) {
    const built = readBuilt(query)
    expect(built, query).toBeDefined()
    expect(built && compose(built)).toBe(query)
  }
  expect(readBuilt('')).toEqual(EMPTY_QUERY)
})

test('what the form cannot say is left to the editor', () => {
  for (const query of [
    'a / b',
    'rate(a[2m] offset 1h)',
    'topk(3, a)',
    'sum without (x) (a)',
    'a @ 1',
    'rate(',
    'a > 1',
  ])
    expect(readBuilt(query), query).toBeUndefined()
})

test('a lane speaks of others by letter, in any depth, and never in a circle', () => {
  const queries = ['sum(rate(errors[2m]))', 'sum(rate(all[2m]))', 'A / B * 100', 'C > 5', 'F', 'E']
  expect(expand(2, queries).query).toBe('(sum(rate(errors[2m]))) / (sum(rate(all[2m]))) * 100')
  expect(expand(3, queries).query).toBe(`(${expand(2, queries).query}) > 5`)
  expect(expand(4, queries)).toEqual({ query: 'F', circle: 'E, F, E' })
  // a metric with braces, a label, a name that only begins so, and a letter without a lane are themselves
  for (const own of ['A{}', 'sum by (A) (x)', 'ABC', 'Z', 'rate(A[2m])', 'half ('])
    expect(expand(0, [own, 'y']).query).toBe(own)
})

test('metrics of one family are related', () => {
  const metric = (name: string) => ({ name, type: 'gauge', unit: '', help: '', series: 1 })
  const all = ['go_gc_cycles_total', 'go_gc_heap_bytes', 'go_goroutines', 'node_load1'].map(metric)
  expect(relatedMetrics(all, 'go_gc_cycles_total').map(({ name }) => name)).toEqual([
    'go_gc_heap_bytes',
    'go_goroutines',
  ])
  expect(relatedMetrics(all, 'node_load1')).toEqual([])
})
