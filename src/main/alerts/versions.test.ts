// A live alert is kept as a row for every change: whoever asks is told how it ended, whichever of its rows the question
// touches, also when the clock of its source was put right.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { formatRfc3339, NS_PER_S, tryParseRfc3339 } from '../../shared/base/time.ts'
import { happeningOf, isOpenEnd, OPEN_END } from '../../shared/domain/alerts.ts'
import type { LiveAlert } from '../../shared/domain/live-source.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { ALL_MODULES } from '../modules.ts'

const NOON = tryParseRfc3339('2026-11-02T12:00:00Z') ?? 0n
const at = (minutes: number) => NOON + BigInt(minutes) * 60n * NS_PER_S
const range = (from: number, to: number) => ({ from: formatRfc3339(at(from)), to: formatRfc3339(at(to)) })

const alert = (name: string): LiveAlert => ({
  fingerprint: name,
  name,
  labels: { alertname: name },
  annotations: {},
  state: 'active',
  startsAt: at(0),
  silencedBy: [],
  inhibitedBy: [],
  mutedBy: [],
  receivers: [],
  generatorUrl: '',
})

/** `ended` fired from noon to 12:10, `fires` from noon on. */
async function withAlerts(t: TestEngine, clockOffsetNs = 0n): Promise<string> {
  const { id } = t.stores.catalog.sources.create({ name: 'am', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  await writer.write({
    kind: 'happenings',
    rows: [
      happeningOf({ alert: alert('ended'), version: 1, endsAt: undefined }, 'shop'),
      happeningOf({ alert: alert('fires'), version: 1, endsAt: undefined }, 'shop'),
      // whose alert it is was told better later
      happeningOf({ alert: alert('ended'), version: 2, endsAt: at(10) }, 'cart'),
    ],
  })
  const { from, to } = await writer.commit()
  expect([from, to]).toEqual([at(0), at(10) + 1n])
  t.stores.catalog.sources.update(id, { state: 'ready', clockOffsetNs: String(clockOffsetNs) })
  return id
}

async function told(t: TestEngine, source: string, within: { from: string; to: string }) {
  const happenings = await t.client.call('clusters.happenings', { range: within, sources: [source] })
  const alerts = await t.client.call('alerts.list', { range: within, sources: [source] })
  return {
    happenings: frameToJsonTable(happenings.table).rows.map((row) => row['reason']),
    alerts: frameToJsonTable(alerts.table).rows.map((row) => [row['name'], row['state'], row['endsAt']]),
  }
}

const FIRES = ['fires', 'active', null]

test.each([
  ['right', 0],
  ['an hour fast', -60],
  ['an hour slow', 60],
])('an alert that had ended before the range is no part of it: its clock was %s', async (_, minutes) => {
  const clock = { now: () => at(180) as ReturnType<TestEngine['platform']['clock']['now']> }
  await using t = await startTestEngine({ modules: ALL_MODULES, clock })
  const source = await withAlerts(t, BigInt(minutes) * 60n * NS_PER_S)
  const [during, after] = [range(minutes + 5, minutes + 30), range(minutes + 15, minutes + 30)]
  const ended = ['ended', 'ended', formatRfc3339(at(minutes + 10))]
  const whole = { happenings: ['ended', 'fires'], alerts: [ended, FIRES] }
  expect(await told(t, source, during)).toEqual(whole)
  expect(await told(t, source, after)).toEqual({ happenings: ['fires'], alerts: [FIRES] })

  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-versions-'))
  try {
    for (const [name, asked, expected] of [
      ['during', during, whole],
      ['after', after, { happenings: ['fires'], alerts: [FIRES] }],
    ] as const) {
      const made = { title: name, severity: 'minor' as const, range: asked, sources: [source] }
      const incident = await t.client.call('incidents.create', made)
      const timeline = async (id: string) => {
        const { table } = await t.client.call('incidents.timeline', { incident: id })
        const rows = frameToJsonTable(table).rows.filter((row) => row['lane'] === 'alert')
        return rows.map((row) => [row['title'], row['endTime']])
      }
      const spans = expected.alerts.map(([title, , end]) => [title, end ?? formatRfc3339(at(180))])
      expect(await timeline(incident.id)).toEqual(spans)
      const path = join(folder, `${name}.watchdeck`)
      await t.client.call('file.save', { incident: incident.id, path, redact: false })
      const opened = await t.client.call('file.open', { path })
      expect(await told(t, opened.source, asked)).toEqual(expected)
      expect(await timeline(opened.incident)).toEqual(spans)
      await t.client.call('file.close', { source: opened.source })
    }
    // a file of one service: the newest row says whose an alert is, and no row of it travels without the others
    const whose = { title: 'shop', severity: 'minor' as const, range: during, sources: [source] }
    const incident = await t.client.call('incidents.create', whose)
    const path = join(folder, 'shop.watchdeck')
    await t.client.call('file.save', { incident: incident.id, path, redact: false, scope: { services: ['shop'] } })
    const opened = await t.client.call('file.open', { path })
    expect(await told(t, opened.source, during)).toEqual({ happenings: ['fires'], alerts: [FIRES] })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what changed and exported tables take a live alert once, as it stood last', async () => {
  const clock = { now: () => at(180) as ReturnType<TestEngine['platform']['clock']['now']> }
  await using t = await startTestEngine({ modules: ALL_MODULES, clock })
  const source = await withAlerts(t)
  const asked = { sources: [source], range: range(-5, 30) }
  const out = await t.client.call('export.run', { ...asked, kinds: ['events'], format: 'ndjson' })
  const rows = (out.text ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  // a table of a file has no order of its own
  expect(rows.map((row) => [row['reason'], row['service'], row['count']]).sort()).toEqual([
    ['ended', 'cart', 1],
    ['fires', 'shop', 1],
  ])
  // as the table of events: what began before the range and lasts into it
  const later = await t.client.call('export.run', {
    sources: [source],
    range: range(15, 30),
    kinds: ['events'],
    format: 'ndjson',
  })
  expect((later.text ?? '').trim().split('\n')).toHaveLength(1)

  // as many as are no chance; each was told to be another's later
  const writer = await t.stores.telemetry.writer(source)
  for (const [version, service] of [
    [1, 'shop'],
    [2, 'cart'],
  ] as const)
    await writer.write({
      kind: 'happenings',
      rows: Array.from({ length: 12 }, (_, i) =>
        happeningOf({ alert: { ...alert('many'), fingerprint: `many ${i}` }, version, endsAt: undefined }, service),
      ),
    })
  await writer.commit()
  const question = { ...asked, kinds: ['event' as const], compareTo: range(-60, -5) }
  const { table } = await t.client.call('services.changes', question)
  expect(frameToJsonTable(table).rows.map((row) => [row['subject'], row['service'], row['after']])).toEqual([
    ['many', 'cart', 12],
  ])
})

test('an end is open also where an earlier version kept it with the correction of a clock', () => {
  expect([-60n, 0n, 60n].map((minutes) => isOpenEnd(OPEN_END + minutes * 60n * NS_PER_S))).toEqual([true, true, true])
  expect(isOpenEnd(at(10))).toBe(false)
})
