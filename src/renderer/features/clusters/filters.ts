// The filters of the address, applied to objects and happenings: by service, namespace, kind and name. What a filter
// says about other things (a route, a log level) cannot be asked of an object; the view names it instead of ignoring it.

import type { Filter } from '../../workbench/index.ts'

/** What a row of objects or happenings tells about where it belongs. */
export interface Belonging {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly service: string
  /** of an object: 'on worker-1' at its end names the node of a pod */
  readonly detail: string
}

export interface ObjectFilters {
  readonly keeps: (row: Belonging) => boolean
  /** filters that say nothing about objects */
  readonly unused: readonly Filter[]
}

/** `k8s.<word>.name` of the OpenTelemetry conventions, and the kind it speaks of. */
const KINDS: Readonly<Record<string, string>> = {
  pod: 'Pod',
  node: 'Node',
  deployment: 'Deployment',
  replicaset: 'ReplicaSet',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  cronjob: 'CronJob',
  hpa: 'HorizontalPodAutoscaler',
}

type Test = (row: Belonging, value: string) => boolean

const equal = (own: string, value: string): boolean => (value === '*' ? own !== '' : own === value)

/** By the names that controllers give: `<deployment>-<hash>` and `<deployment>-<hash>-<5>`, `<stateful set>-<n>`. */
function ownedBy(kind: string, row: Belonging, value: string): boolean {
  if (!row.name.startsWith(`${value}-`)) return false
  const rest = row.name.slice(value.length + 1)
  switch (kind) {
    case 'Deployment':
      return /^[a-z0-9]{5,10}$/.test(rest)
        ? row.kind === 'ReplicaSet'
        : row.kind === 'Pod' && /^[a-z0-9]{5,10}-[a-z0-9]{5}$/.test(rest)
    case 'StatefulSet':
      return row.kind === 'Pod' && /^\d+$/.test(rest)
    case 'CronJob':
      return (row.kind === 'Job' && /^\d+$/.test(rest)) || (row.kind === 'Pod' && /^\d+-[a-z0-9]{5}$/.test(rest))
    case 'ReplicaSet':
    case 'DaemonSet':
    case 'Job':
      return row.kind === 'Pod' && /^[a-z0-9]{5}$/.test(rest)
    default:
      return false
  }
}

function named(kind: string): Test {
  return (row, value) => {
    if (row.kind === kind && equal(row.name, value)) return true
    if (value === '*') return false
    if (kind === 'Node')
      return row.kind === 'Pod' && (row.detail === `on ${value}` || row.detail.endsWith(`, on ${value}`))
    return ownedBy(kind, row, value)
  }
}

function testOf(field: string): Test | undefined {
  if (field === 'service' || field === 'service.name') return (row, value) => equal(row.service, value)
  if (field === 'k8s.namespace.name') return (row, value) => equal(row.namespace, value)
  if (field === 'k8s.object.kind') return (row, value) => equal(row.kind, value)
  const word = /^k8s\.(\w+)\.name$/.exec(field)?.[1]
  const kind = word === undefined ? undefined : KINDS[word]
  return kind === undefined ? undefined : named(kind)
}

/** Every filter narrows, as everywhere. */
export function objectFilters(filters: readonly Filter[]): ObjectFilters {
  const tests = filters.map((filter) => ({ filter, test: testOf(filter.field) }))
  const used = tests.flatMap(({ filter, test }) => (test ? [{ filter, test }] : []))
  return {
    keeps: (row) => used.every(({ filter, test }) => test(row, filter.value) !== filter.exclude),
    unused: tests.filter(({ test }) => !test).map(({ filter }) => filter),
  }
}
