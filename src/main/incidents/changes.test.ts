// One change, told once.
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { SAMPLE_RANGE, SAMPLE_START } from '../../../test/support/sample-telemetry.ts'
import { NS_PER_S, formatRfc3339 } from '../../shared/base/time.ts'
import { type HappeningRow, NO_ATTRIBUTES, type ObjectRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { clustersModule } from '../clusters/index.ts'
import { incidentsModule } from './index.ts'

const at = (seconds: number) => SAMPLE_START + BigInt(seconds) * NS_PER_S

const version = (seconds: number, name: string, tag: string): ObjectRow => ({
  time: at(seconds),
  kind: 'Deployment',
  namespace: 'shop',
  name,
  uid: `uid-${name}`,
  resourceVersion: String(seconds),
  service: name,
  deleted: false,
  body: { kind: 'Deployment', spec: { template: { spec: { containers: [{ image: `registry/${name}:${tag}` }] } } } },
})

const rollout = (seconds: number, name: string, message: string): HappeningRow => ({
  time: at(seconds),
  endTime: at(seconds),
  kind: 'change',
  severity: 'normal',
  reason: 'Rollout',
  message,
  objectKind: 'Deployment',
  namespace: 'shop',
  name,
  service: name,
  count: 1,
  uid: `uid-${name}`,
  attributes: NO_ATTRIBUTES,
})

async function timelineOf(objects: ObjectRow[], happenings: HappeningRow[]) {
  const t = await startTestEngine({ modules: [incidentsModule, clustersModule] })
  await using _ = t
  const { id: source } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(source)
  await writer.write({ kind: 'objects', rows: objects })
  await writer.write({ kind: 'happenings', rows: happenings })
  await writer.commit()
  t.stores.catalog.sources.update(source, { state: 'ready' })
  const incident = await t.client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range: SAMPLE_RANGE,
    sources: [source],
  })
  const answer = await t.client.call('incidents.timeline', { incident: incident.id, limit: 10_000 })
  const { rows } = frameToJsonTable(answer.table)
  return { changes: rows.filter((r) => r['lane'] === 'change'), completeness: answer.completeness }
}

test('a rollout that an event tells of as well stands there once, with the versions and the words of the event', async () => {
  const { changes } = await timelineOf(
    [version(0, 'payment', '1'), version(600, 'payment', '2')],
    [rollout(604, 'payment', 'revision 17'), rollout(700, 'payment', 'another'), rollout(620, 'pricing', 'no object')],
  )
  expect(changes.map((r) => [r['time'], r['title'], r['detail']])).toEqual([
    [formatRfc3339(at(600)), 'Deployment/payment 1 → 2', 'revision 17'],
    [formatRfc3339(at(620)), 'Rollout Deployment/pricing', 'no object'],
    [formatRfc3339(at(700)), 'Rollout Deployment/payment', 'another'],
  ])
})

test('more changes than are read are counted', async () => {
  const versions = Array.from({ length: 2102 }, (_, i) => version(i, 'payment', String(i)))
  const { changes, completeness } = await timelineOf(versions, [])
  expect(changes).toHaveLength(2000)
  expect(completeness.complete).toBe(false)
  expect(completeness.truncated).toMatchObject({
    total: completeness.truncated ? completeness.truncated.returned + 101 : 0,
  })
})
