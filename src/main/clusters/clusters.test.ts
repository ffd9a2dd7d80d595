// Objects, their history and their happenings over a real store.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../../../test/support/sample-telemetry.ts'
import { rowAt } from '../../shared/frame/frame.ts'
import { changesBetween } from './diff.ts'
import { clustersModule } from './index.ts'
import { stateOf } from './state.ts'

let t: TestEngine
let source: string
beforeAll(async () => {
  t = await startTestEngine({ modules: [clustersModule] })
  source = await addSampleSource(t.stores)
})
afterAll(() => t[Symbol.asyncDispose]())

test('objects stand as at the end of the range, with their versions counted', async () => {
  const { table } = await t.client.call('clusters.objects', { range: SAMPLE_RANGE })
  expect(table.rowCount).toBe(1)
  expect(rowAt(table, 0)).toMatchObject({
    kind: 'Deployment',
    name: 'shop',
    version: '2',
    versions: 2n,
    deleted: false,
    source,
  })
  expect(rowAt(table, 0)['detail']).toContain('registry/shop:1.2')
})

test('a version tells what it changed', async () => {
  const object = await t.client.call('clusters.object', { uid: 'uid-shop' })
  expect(object.versions.map((v) => [v.resourceVersion, v.changes])).toEqual([
    ['1', []],
    [
      '2',
      [{ path: 'spec.template.spec.containers[0].image', before: 'registry/shop:1.1', after: 'registry/shop:1.2' }],
    ],
  ])
  await expect(t.client.call('clusters.object', { uid: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
})

test('happenings are found by text, oldest first', async () => {
  const { table } = await t.client.call('clusters.happenings', { range: SAMPLE_RANGE, text: 'backoff' })
  expect(rowAt(table, 0)).toMatchObject({ kind: 'k8s-event', reason: 'BackOff', objectKind: 'Pod', count: 3n })
  const none = await t.client.call('clusters.happenings', { range: SAMPLE_RANGE, kinds: ['alert'] })
  expect(none.table.rowCount).toBe(0)
})

test('pages follow each other without a gap, also when another source comes in between', async () => {
  await using other = await startTestEngine({ modules: [clustersModule] })
  await addSampleSource(other.stores)
  await addSampleSource(other.stores)
  for (const method of ['clusters.happenings', 'clusters.objects'] as const) {
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await other.client.call(method, { range: SAMPLE_RANGE, limit: 1, ...(cursor ? { cursor } : {}) })
      for (let i = 0; i < page.table.rowCount; i++) seen.push(JSON.stringify(Object.values(rowAt(page.table, i)), text))
      if (cursor === undefined && method === 'clusters.objects') await addSampleSource(other.stores)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    const whole = await other.client.call(method, { range: SAMPLE_RANGE })
    expect(seen).toEqual(
      Array.from({ length: whole.table.rowCount }, (_, i) =>
        JSON.stringify(Object.values(rowAt(whole.table, i)), text),
      ),
    )
  }
  await expect(other.client.call('clusters.objects', { range: SAMPLE_RANGE, cursor: '1.x' })).rejects.toMatchObject({
    code: 'invalid_input',
    hint: 'Ask again without a cursor.',
  })
})

const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

test('a crash-looping pod is not "Running"', () => {
  const status = {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'a',
        ready: false,
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
      },
    ],
  }
  expect(stateOf('Pod', { status, spec: { nodeName: 'n1' } })).toEqual({
    state: 'CrashLoopBackOff',
    detail: '0/1 ready, 7 restarts, OOMKilled, last exit 137, on n1',
  })
})

test('states of other kinds', () => {
  const images = { template: { spec: { containers: [{ image: 'shop:2' }] } } }
  expect(
    stateOf('Deployment', { spec: { replicas: 3, ...images }, status: { readyReplicas: 1, updatedReplicas: 3 } }),
  ).toEqual({ state: 'Degraded', detail: '1/3 ready, shop:2' })
  expect(
    stateOf('Deployment', { spec: { replicas: 3, ...images }, status: { readyReplicas: 3, updatedReplicas: 1 } }).state,
  ).toBe('Updating')
  expect(
    stateOf('Node', {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'MemoryPressure', status: 'True' },
        ],
      },
    }),
  ).toEqual({ state: 'MemoryPressure', detail: 'MemoryPressure' })
  expect(
    stateOf('Job', {
      status: { failed: 2, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
    }),
  ).toEqual({ state: 'Failed', detail: '2 failed, BackoffLimitExceeded' })
  expect(
    stateOf('HorizontalPodAutoscaler', {
      spec: { minReplicas: 2, maxReplicas: 5 },
      status: { currentReplicas: 5, desiredReplicas: 5 },
    }),
  ).toEqual({ state: 'AtMaximum', detail: '5 of 2-5' })
  expect(stateOf('Pod', {})).toEqual({ state: 'Unknown', detail: '' })
})

test('changes are told by path, without what every update touches', () => {
  const before = {
    metadata: { resourceVersion: '1', labels: { app: 'a' } },
    status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: 't1' }] },
  }
  const after = {
    metadata: { resourceVersion: '2', labels: { app: 'a', 'x/y': '1' } },
    status: { conditions: [{ type: 'Ready', status: 'False', lastHeartbeatTime: 't2' }] },
  }
  expect(changesBetween(before, after)).toEqual([
    { path: 'metadata.labels["x/y"]', before: null, after: '1' },
    { path: 'status.conditions[type=Ready].status', before: 'True', after: 'False' },
  ])
})

test('a page that is not all says so and leads to the rest', async () => {
  await addSampleSource(t.stores)
  for (const method of ['clusters.happenings', 'clusters.objects'] as const) {
    const whole = await t.client.call(method, { range: SAMPLE_RANGE })
    expect([whole.table.rowCount, whole.completeness]).toEqual([2, { complete: true, missing: [] }])
    const first = await t.client.call(method, { range: SAMPLE_RANGE, limit: 1 })
    expect(first.completeness).toEqual({ complete: true, missing: [], truncated: { returned: 1, total: 2 } })
    const cursor = first.nextCursor ?? 'none'
    const second = await t.client.call(method, { range: SAMPLE_RANGE, limit: 1, cursor })
    expect([second.table.rowCount, second.nextCursor]).toEqual([1, undefined])
    expect(second.completeness).toEqual({ complete: true, missing: [] })
  }
})
