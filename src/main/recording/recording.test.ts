// Recording a Prometheus and a Jaeger as a clock that the test holds goes on: what is kept, what is missing and why.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { startFaultServer } from '../../../test/support/fault-server.ts'
import { traces as spansFrom, T0 } from '../../../test/support/live-traces.ts'
import { handPace, MINUTE, MODULES, QUERY, room, time, writeBack } from '../../../test/support/recording-room.ts'
import { traceBackend } from '../../../test/support/trace-backends.ts'
import { asEpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import { recordedCopyId, type RecordingRecord, type Track } from '../../shared/domain/recording.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { jaegerConnector } from '../connectors/jaeger/index.ts'
import { sourcesModuleWith } from '../sources/index.ts'
import { recordingModuleWith } from './index.ts'

/** The server is asked for its alerts too, until it has said that it has none. */
const samplesOf = (tracks: ReadonlyArray<{ part: string; query: string }>): string[] =>
  tracks.filter(({ part }) => part === 'metrics').map(({ query }) => query)

test('the samples behind a lane are kept, and the same lane can be drawn from the file of the incident', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, copy, source } = await r.open()
  const plan = await client.call('recording.plan', { incident })
  expect(plan.sources.map((each) => samplesOf(each.tracks))).toEqual([
    ['{__name__="ALERTS"}', '{__name__="requests_total"}'],
  ])

  const { job } = await client.start('recording.start', { incident })
  await r.first()
  r.at(61)
  await r.pass()
  r.at(62)
  const stopped = await client.call('recording.stop', { incident })
  expect(stopped.state).toBe('stopped')
  expect(stopped.gaps).toEqual([])
  expect((await client.call('jobs.get', { id: job })).state).toBe('done')
  // 12 minutes of the window and 7 before it (a rate over 2 minutes, 5 of lookback), six scrapes a minute, two series
  const range = { from: time(0), to: time(120) }
  const kept = await client.call('metrics.query', {
    range: { from: time(43), to: time(62) },
    step: '10s',
    query: 'requests_total',
    sources: [copy],
  })
  expect(kept.series.map(({ metric }) => metric['job'])).toEqual(['a', 'b'])
  const [record] = (await client.call('sources.list', {})).sources.filter(({ id }) => id === copy)
  expect(record).toMatchObject({ kind: 'recording', state: 'off', counts: { samples: 2 * 6 * 19, series: 2 } })
  // nothing was read twice
  const counted = await client.call('metrics.query', {
    range,
    query: 'sum(count_over_time(requests_total[2h]))',
    sources: [copy],
  })
  expect(counted.series[0]?.values.values[0]).toBe(2 * 6 * 19)

  const path = join(r.t.dataDir, 'x.watchdeck')
  expect((await client.call('incidents.get', { id: incident })).range.to).toBe(time(62))
  await client.call('file.save', { incident, path })
  await client.call('sources.remove', { id: source })
  const opened = await client.call('file.open', { path })
  const { entries } = await client.call('incidents.entries', { incident: opened.incident })
  const lane = entries.find(({ what }) => what?.method === 'metrics.lane')?.what
  expect(lane?.input['sources']).toEqual([opened.source])
  const drawn = await client.call('metrics.query', {
    range: { from: time(51), to: time(62) },
    step: '1m',
    query: QUERY,
    sources: [opened.source],
  })
  expect(drawn.series).toHaveLength(1)
  for (const value of drawn.series[0]?.values.values ?? []) expect(value).toBeCloseTo(2)
  expect(drawn.completeness.missing).toEqual([])

  // what was recorded is there and whole; whatever else the server had is not known, and told so
  const [record2] = (await client.call('sources.list', {})).sources.filter(({ id }) => id === opened.source)
  expect(record2?.held?.selectors).toEqual(['{__name__="ALERTS"}', '{__name__="requests_total"}'])
  const reasonsOf = async (query: string) => {
    const range = { from: time(51), to: time(62) }
    const answer = await client.call('metrics.query', { range, step: '1m', query, sources: [opened.source] })
    return answer.completeness.missing.map(({ source: of, reason }) => [of, reason])
  }
  expect(await reasonsOf('requests_total{job="a"}')).toEqual([])
  expect(await reasonsOf('rate(up{job="a"}[1m]) + requests_total')).toEqual([
    [opened.source, 'not in this file: up{job="a"} was not recorded, or not all of it'],
  ])
  const found = await client.call('metrics.search', { sources: [opened.source] })
  expect(found.completeness).toMatchObject({
    complete: false,
    missing: [{ reason: 'not in this file: only the metrics behind its lanes and pins were recorded' }],
  })
  // and in a file that is saved from this one
  const again = join(r.t.dataDir, 'again.watchdeck')
  await client.call('file.save', { incident: opened.incident, path: again })
  const second = await client.call('file.open', { path: again })
  const copied = (await client.call('sources.list', {})).sources.find(({ id }) => id === second.source)
  expect(copied?.held?.selectors).toEqual(record2?.held?.selectors)
})

test('a pinned heatmap is recorded as classic and as native histogram', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, source } = await r.open()
  const what = {
    method: 'metrics.heatmap' as const,
    input: { range: { from: time(50), to: time(62) }, metric: 'latency_bucket{job="a"}', sources: [source] },
  }
  await client.call('incidents.pin', { incident, title: 'Latency', what })
  const plan = await client.call('recording.plan', { incident })
  expect(samplesOf(plan.sources[0]?.tracks ?? [])).toEqual([
    '{__name__="ALERTS"}',
    '{__name__="requests_total"}',
    '{__name__="latency_bucket",job="a"}',
    '{__name__="latency",job="a"}',
  ])
})

test('a source that is down leaves a gap, which is told everywhere and filled when the source has the data', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, copy } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  r.server.fault = 'error'
  for (const minute of [61, 62, 63, 64, 65]) {
    r.at(minute)
    await r.pass()
  }
  const failing = await client.call('recording.status', { incident })
  expect(failing.state).toBe('running')
  expect(failing.gaps).toHaveLength(1)
  expect(failing.gaps[0]).toMatchObject({ from: formatRfc3339(T0 + 60n * MINUTE - 10_000_000_000n) })
  expect(failing.gaps[0]?.reason).toMatch(/500|error/)
  const range = { from: time(50), to: time(65) }
  const asked = await client.call('metrics.query', { range, step: '1m', query: QUERY, sources: [copy] })
  expect(asked.completeness.missing).toEqual([
    expect.objectContaining({ source: copy, reason: failing.gaps[0]?.reason }),
  ])
  const table = frameToJsonTable((await client.call('incidents.timeline', { incident })).table)
  expect(table.rows.filter((row) => row['lane'] === 'gap')).toEqual([expect.objectContaining({ title: 'prod' })])
  const report = await client.call('report.render', { incident, format: 'md', language: 'en' })
  expect(report.text).toContain('not there')

  // a file that is saved now claims no minutes that were never read
  const path = join(r.t.dataDir, 'down.watchdeck')
  await client.call('file.save', { incident, path })
  const opened = await client.call('file.open', { path })
  const [record] = (await client.call('sources.list', {})).sources.filter(({ id }) => id === opened.source)
  expect([record?.held?.kinds, (record?.held?.to ?? '') <= time(60)]).toEqual([['metrics'], true])
  const since = { from: time(63), to: time(65) }
  const unread = await client.call('metrics.query', {
    range: since,
    step: '1m',
    query: QUERY,
    sources: [opened.source],
  })
  expect(unread.completeness.missing.some(({ reason }) => reason.startsWith('not in this file'))).toBe(true)
  await client.call('file.close', { source: opened.source })

  r.server.fault = 'none'
  // the breaker of the source lets nothing through for a moment
  await expect
    .poll(
      async () => {
        r.at(66)
        await r.pass()
        return (await client.call('recording.status', { incident })).gaps.map(
          ({ refilledAt }) => refilledAt !== undefined,
        )
      },
      { timeout: 60_000 },
    )
    .toEqual([true])
  expect(
    (await client.call('metrics.query', { range, step: '1m', query: QUERY, sources: [copy] })).completeness.missing,
  ).toEqual([])
  await client.call('recording.stop', { incident })
}, 90_000)

test('what a source has lost stays a gap: it is asked for once', async () => {
  const from = Number(T0 / 1_000_000_000n) + 30 * 60
  await using r = await room({ lost: { from: 0, to: from + 25 * 60 } })
  const { client } = r.t
  const { incident } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  const { gaps } = await client.call('recording.status', { incident })
  // lost up to minute 55
  expect(gaps).toEqual([expect.objectContaining({ from: time(43), reason: 'The source has nothing of this time' })])
  const before = r.backend.asked.length
  r.at(61)
  await r.pass()
  expect(r.backend.asked.slice(before).filter((query) => query.includes('requests_total'))).toHaveLength(1)
  await client.call('recording.stop', { incident })
})

test('a budget that is used up leaves what is older for later', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident } = await r.open()
  await client.start('recording.start', { incident, budget: { requests: 3 } })
  await r.first()
  const first = await client.call('recording.status', { incident })
  expect(first.sources[0]).toMatchObject({ overBudget: true, lastMinute: { requests: 3 } })
  expect(first.gaps.at(-1)?.reason).toBe('The budget of the recording was used up')
  for (let minute = 61; minute < 75; minute++) {
    r.at(minute)
    await r.pass()
    const { sources } = await client.call('recording.status', { incident })
    expect(sources[0]?.lastMinute.requests).toBeLessThanOrEqual(3)
  }
  await client.call('recording.stop', { incident })
})

test('a new lane is recorded too, from the beginning of the incident', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  const what = { method: 'metrics.lane', input: { query: 'up', range: { from: time(50), to: time(60) }, width: 600 } }
  await client.call('incidents.pin', { incident, what, lane: true })
  r.at(61)
  await r.pass()
  const { sources } = await client.call('recording.status', { incident })
  expect(sources[0]?.tracks.map(({ query }) => query)).toContain('{__name__="up"}')
  await client.call('recording.stop', { incident })
})

test('a lane that is taken off and pinned again is not read twice', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident, copy } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  const [entry] = (await client.call('incidents.entries', { incident })).entries.filter(({ what }) => what !== null)
  await client.call('incidents.removeEntry', { id: entry?.id ?? '' })
  r.at(61)
  await r.pass()
  const lanes = async () => samplesOf((await client.call('recording.status', { incident })).sources[0]?.tracks ?? [])
  expect(await lanes()).toEqual(['{__name__="ALERTS"}'])
  const what = { method: 'metrics.lane', input: { query: QUERY, range: { from: time(50), to: time(60) }, width: 600 } }
  await client.call('incidents.pin', { incident, what, lane: true })
  r.at(62)
  await r.pass()
  expect(await lanes()).toContain('{__name__="requests_total"}')
  await client.call('recording.stop', { incident })
  const [record] = (await client.call('sources.list', {})).sources.filter(({ id }) => id === copy)
  expect(record?.counts.samples).toBe(2 * 6 * 19)
})

test('an incident that is resolved ends its recording', async () => {
  await using r = await room()
  const { client } = r.t
  const { incident } = await r.open()
  await client.start('recording.start', { incident })
  await r.first()
  await client.call('incidents.update', { id: incident, stage: 'resolved' })
  r.at(61)
  void r.pass()
  await expect.poll(async () => (await client.call('recording.status', { incident })).state).toBe('stopped')
})

test.each([
  ['in its first pass', (_tracks: readonly Track[]): Track[] => []],
  ['later', (tracks: readonly Track[]) => tracks.map((each) => ({ ...each, covered: [], rows: 0 }))],
])(
  'after a crash %s it stands there as interrupted, goes on where it was, and fills what was missed',
  async (_when, noted) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-recording-'))
    try {
      let incident: string
      let crashed: RecordingRecord
      {
        await using r = await room({ dataDir })
        incident = (await r.open()).incident
        await r.t.client.start('recording.start', { incident })
        await r.first()
        // as a process that was killed leaves it: the store has rows that the record does not speak of
        const record = r.t.stores.catalog.recordings.get(incident)
        if (!record) throw new Error('no record')
        crashed = {
          ...record,
          state: 'running',
          tracks: noted(record.tracks),
        }
        await r.t.engine.shutdown()
        writeBack(dataDir, crashed)
      }
      await using again = await room({ dataDir })
      const { client } = again.t
      again.at(70)
      expect((await client.call('recording.status', { incident })).state).toBe('interrupted')
      const { jobs } = await client.call('jobs.list', {})
      expect(jobs.find(({ method }) => method === 'recording.start')?.state).toBe('interrupted')
      // the backend of before, under its new address
      const [source] = (await client.call('incidents.get', { id: incident })).sources
      if (source === undefined) throw new Error('no source')
      await client.call('sources.edit', {
        id: source,
        spec: { kind: 'prometheus', name: 'prod', url: again.server.url },
      })
      await client.start('recording.start', { incident })
      await again.first()
      expect((await client.call('recording.status', { incident })).gaps).toEqual([])
      await client.call('recording.stop', { incident })
      const counted = await client.call('metrics.query', {
        range: { from: time(0), to: time(120) },
        query: 'sum(count_over_time(requests_total[2h]))',
        sources: [recordedCopyId(incident, source)],
      })
      expect(counted.series[0]?.values.values[0]).toBe(2 * 6 * 27)
      // the evaluator would not see one that is there twice
      const copy = (await client.call('sources.list', {})).sources.find(({ kind }) => kind === 'recording')
      expect(copy?.counts.samples).toBe(2 * 6 * 27)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
)

test('spans of a trace that two stretches tell are kept once', async () => {
  const spans = spansFrom(40, 30_000_000_000n)
  await using server = await startFaultServer({ answerTo: traceBackend('2.13', spans) })
  const hand = handPace()
  let now = T0 + 10n * MINUTE
  await using t = await startTestEngine({
    modules: [...MODULES, sourcesModuleWith([jaegerConnector]), recordingModuleWith(hand.pace)],
    clock: { now: () => asEpochNs(now) },
  })
  const { client } = t
  const { id: source } = await client.call('sources.add', { kind: 'jaeger', name: 'traces', url: server.url })
  const { id: incident } = await client.call('incidents.create', {
    title: 'x',
    severity: 'minor',
    range: { from: time(0), to: time(10) },
    sources: [source],
  })
  await client.start('recording.start', { incident })
  await hand.first()
  for (const minute of [12n, 14n, 16n, 25n]) {
    now = T0 + minute * MINUTE
    await hand.pass()
  }
  await client.call('recording.stop', { incident })
  const found = await client.call('traces.search', {
    range: { from: time(0), to: time(30) },
    sources: [recordedCopyId(incident, source)],
    limit: 100,
  })
  expect(found.table.rowCount).toBe(40)
  const kept = (await client.call('sources.list', {})).sources.find(({ kind }) => kind === 'recording')
  expect(kept?.counts.spans).toBe(80)
})
