// Gaps of a recording outlive a crash, and are told by the same clock as the rows.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { startFaultServer } from '../../../test/support/fault-server.ts'
import { T0 } from '../../../test/support/live-traces.ts'
import { handPace, MINUTE, MODULES, room, time, writeBack } from '../../../test/support/recording-room.ts'
import { traceBackend } from '../../../test/support/trace-backends.ts'
import { asEpochNs } from '../../shared/base/time.ts'
import { recordedCopyId } from '../../shared/domain/recording.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { jaegerConnector } from '../connectors/jaeger/index.ts'
import { sourcesModuleWith } from '../sources/index.ts'
import { recordingModuleWith } from './index.ts'

test('what a source told only in part is a gap after a crash as well', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-recording-'))
  const warning = 'store 10.0.0.1 is unavailable'
  const told = expect.objectContaining({ from: time(43), reason: expect.stringContaining(warning) })
  try {
    let incident: string
    {
      await using r = await room({ dataDir, warnings: [warning] })
      incident = (await r.open()).incident
      await r.t.client.start('recording.start', { incident })
      await r.first()
      expect((await r.t.client.call('recording.status', { incident })).gaps).toContainEqual(told)
      // killed in its first pass: the store has rows that the record does not speak of
      const record = r.t.stores.catalog.recordings.get(incident)
      if (!record) throw new Error('no record')
      await r.t.engine.shutdown()
      writeBack(dataDir, { ...record, state: 'running', tracks: [] })
    }
    await using again = await room({ dataDir })
    await again.t.client.start('recording.start', { incident })
    await again.first()
    expect((await again.t.client.call('recording.status', { incident })).gaps).toContainEqual(told)
    await again.t.client.call('recording.stop', { incident })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('the gaps of a source whose clock is corrected are told by the corrected clock, everywhere', async () => {
  await using server = await startFaultServer({ answerTo: traceBackend('2.13', []) })
  const hand = handPace()
  let now = T0 + 10n * MINUTE
  await using t = await startTestEngine({
    modules: [...MODULES, sourcesModuleWith([jaegerConnector]), recordingModuleWith(hand.pace)],
    clock: { now: () => asEpochNs(now) },
  })
  const { client } = t
  const { id: source } = await client.call('sources.add', { kind: 'jaeger', name: 'traces', url: server.url })
  await client.call('sources.update', { id: source, clockOffsetNs: String(3n * MINUTE) })
  const { id: incident } = await client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range: { from: time(0), to: time(10) },
    sources: [source],
  })
  server.fault = 'error'
  await client.start('recording.start', { incident })
  await hand.first()
  for (const minute of [12n, 14n, 16n]) {
    now = T0 + minute * MINUTE
    await hand.pass()
  }
  const [gap] = (await client.call('recording.status', { incident })).gaps
  expect(gap?.from).toBe(time(0))
  const there = { from: gap?.from, to: gap?.to }
  const copy = recordedCopyId(incident, source)
  const range = { from: time(-60), to: time(60) }
  expect((await client.call('traces.search', { range, sources: [copy] })).completeness.missing).toEqual([
    expect.objectContaining({ source: copy, ...there }),
  ])
  const table = frameToJsonTable((await client.call('incidents.timeline', { incident })).table)
  const [shown] = table.rows.filter((row) => row['lane'] === 'gap')
  expect({ from: shown?.['time'], to: shown?.['endTime'] }).toEqual(there)
  await client.call('recording.stop', { incident })
})

test('what is recorded of a Prometheus stands at the times that its live views show, whatever correction was set', async () => {
  await using r = await room()
  const { source, incident, copy } = await r.open()
  const { client } = r.t
  const correct = client.call('sources.update', { id: source, clockOffsetNs: String(3n * MINUTE) })
  await expect(correct).rejects.toMatchObject({ code: 'unsupported' })
  // as an earlier version let it be set
  r.t.stores.catalog.sources.update(source, { clockOffsetNs: String(3n * MINUTE) })
  await client.start('recording.start', { incident })
  await r.first()
  await client.call('recording.stop', { incident })
  const range = { from: time(52), to: time(54) }
  const kept = await client.call('metrics.query', { range, step: '10s', query: 'requests_total', sources: [copy] })
  // the counter of the server says when it was scraped
  const [first] = kept.series
  expect(first?.values.times).toHaveLength(13)
  for (const [i, at] of (first?.values.times ?? []).entries())
    expect(first?.values.values[i]).toBe(Number(at / 1_000_000_000n) % 100_000)
  // what an earlier version set can be taken back
  await client.call('sources.update', { id: source, clockOffsetNs: 0 })
})
