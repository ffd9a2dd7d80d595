// Alerts of the timeline: begun before the window, and told by the ALERTS series alone.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { formatRfc3339, NS_PER_S } from '../../shared/base/time.ts'
import { OPEN_END } from '../../shared/domain/alerts.ts'
import { type HappeningRow, NO_ATTRIBUTES, type SampleRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { promSeries } from '../../shared/wire/prometheus-json.ts'
import { alertsModule } from '../alerts/index.ts'
import { clustersModule } from '../clusters/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { incidentsModule } from './index.ts'

const START = 1_700_000_000n * NS_PER_S
const at = (minutes: number) => START + BigInt(minutes) * 60n * NS_PER_S

const alert = (name: string, from: number, to: number | undefined): HappeningRow => ({
  time: at(from),
  endTime: to === undefined ? OPEN_END : at(to),
  kind: 'alert',
  severity: 'warning',
  reason: name,
  message: '',
  objectKind: '',
  namespace: '',
  name: '',
  service: 'checkout',
  count: 1,
  uid: `alert:${name}`,
  attributes: NO_ATTRIBUTES,
})

const marks = (name: string, from: number, to: number): SampleRow[] => {
  const labels = {
    __name__: 'ALERTS',
    alertname: name,
    alertstate: 'firing',
    severity: 'critical',
    service: 'checkout',
  }
  const series = promSeries(labels, '')
  return Array.from({ length: (to - from) * 4 + 1 }, (_, i) => ({
    series,
    time: at(from) + BigInt(i) * 15n * NS_PER_S,
    startTime: 0n,
    value: 1,
  }))
}

async function timelineOf(happenings: HappeningRow[], samples: SampleRow[], input: { marks?: boolean } = {}) {
  await using t = await startTestEngine({ modules: [incidentsModule, clustersModule, alertsModule, metricsModule] })
  const { id: source } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(source)
  await writer.write({ kind: 'happenings', rows: happenings })
  await writer.write({ kind: 'samples', rows: samples })
  await writer.commit()
  t.stores.catalog.sources.update(source, { state: 'ready' })
  const range = { from: formatRfc3339(at(60)), to: formatRfc3339(at(120)) }
  const { id: incident } = await t.client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range,
    sources: [source],
  })
  const { table } = await t.client.call('incidents.timeline', { incident, ...input })
  return frameToJsonTable(table).rows.filter((row) => row['lane'] === 'alert')
}

test('an alert that began before the window and fires into it is there, one that had ended is not', async () => {
  const rows = await timelineOf([alert('Long', 0, 90), alert('Over', 0, 30), alert('Open', 10, undefined)], [])
  expect(rows.map((row) => [row['title'], row['time']])).toEqual([
    ['Long', formatRfc3339(at(0))],
    ['Open', formatRfc3339(at(10))],
  ])
})

test('the ALERTS series stand for alerts that nobody else tells, and can be left out', async () => {
  const samples = [...marks('HighErrors', 70, 80), ...marks('Known', 70, 80)]
  const rows = await timelineOf([alert('Known', 69, 81)], samples)
  expect(rows.map((row) => [row['title'], row['severity'], row['service']])).toEqual([
    ['Known', 'warning', 'checkout'],
    ['HighErrors', 'critical', 'checkout'],
  ])
  expect(rows[1]?.['time']).toBe(formatRfc3339(at(70)))
  const without = await timelineOf([], samples, { marks: false })
  expect(without).toEqual([])
})
