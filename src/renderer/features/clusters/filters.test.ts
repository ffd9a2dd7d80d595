// Which objects the filters of the address keep.

import { expect, test } from 'vitest'
import type { Filter } from '../../workbench/index.ts'
import { type Belonging, objectFilters } from './filters.ts'

const row = (kind: string, name: string, detail = ''): Belonging => ({
  kind,
  name,
  detail,
  namespace: 'shop',
  service: '',
})
const filter = (field: string, value: string, exclude = false): Filter => ({ field, value, exclude })
const ROWS = [
  row('Deployment', 'payment'),
  row('ReplicaSet', 'payment-qks258r2bz'),
  row('Pod', 'payment-qks258r2bz-jz6h7', '1/1 ready, on worker-a1'),
  row('Deployment', 'payment-gateway'),
  row('Pod', 'payment-gateway-djhhfpjm6l-4f5nx', 'on worker-b1'),
  row('Node', 'worker-a1', 'MemoryPressure'),
]
const kept = (...filters: Filter[]): string[] => ROWS.filter(objectFilters(filters).keeps).map((r) => r.name)

test('a deployment stands with its replica sets and pods, without those of a longer name', () => {
  expect(kept(filter('k8s.deployment.name', 'payment'))).toEqual([
    'payment',
    'payment-qks258r2bz',
    'payment-qks258r2bz-jz6h7',
  ])
})

test('a node stands with the pods on it, a pod alone; a filter can leave out', () => {
  expect(kept(filter('k8s.node.name', 'worker-a1'))).toEqual(['payment-qks258r2bz-jz6h7', 'worker-a1'])
  expect(kept(filter('k8s.pod.name', 'payment-qks258r2bz-jz6h7'))).toEqual(['payment-qks258r2bz-jz6h7'])
  expect(kept(filter('k8s.object.kind', 'Pod'), filter('k8s.node.name', 'worker-a1', true))).toEqual([
    'payment-gateway-djhhfpjm6l-4f5nx',
  ])
  expect(kept(filter('k8s.namespace.name', 'other'))).toEqual([])
})

test('what cannot be asked of an object narrows nothing and is named', () => {
  const filters = [filter('http.route', '/cart'), filter('k8s.namespace.name', 'shop')]
  expect(kept(...filters)).toHaveLength(ROWS.length)
  expect(objectFilters(filters).unused).toEqual([filters[0]])
})
