// kill -9 while live sources are recorded: what the record says is there is there, nothing is there twice, and the
// recording that is gone on with fills the rest.

import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { formatRfc3339 } from '../../src/shared/base/time.ts'
import { recordedCopyId } from '../../src/shared/domain/recording.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { startFaultServer } from '../support/fault-server.ts'
import { T0, traces } from '../support/live-traces.ts'
import { scraped } from '../support/scraped.ts'
import { traceBackend } from '../support/trace-backends.ts'
import { fastClock, STARTS } from './fast-clock.ts'
import { FAST_MODULES } from './fast-modules.ts'
import { LONG, problemsOf, randomOf, runNode, SEED, tempFolder } from './support.ts'

const CHILD = resolve(import.meta.dirname, 'recording-child.ts')
const ROUNDS = LONG ? 20 : 1
const SECOND = 1_000_000_000n
const EVERY = 60n * SECOND
const MOST_TRACES = 2000
const METRIC = '{__name__="requests_total"}'

interface Told {
  readonly incident: string
  readonly prometheus: string
  readonly jaeger: string
}

async function prepare({ client }: TestEngine, urls: { prometheus: string; jaeger: string }): Promise<Told> {
  const { id: prometheus } = await client.call('sources.add', {
    kind: 'prometheus',
    name: 'metrics',
    url: urls.prometheus,
  })
  const { id: jaeger } = await client.call('sources.add', { kind: 'jaeger', name: 'traces', url: urls.jaeger })
  const range = { from: formatRfc3339(T0), to: formatRfc3339(STARTS) }
  const { id: incident } = await client.call('incidents.create', {
    title: 'recorded',
    severity: 'minor',
    range,
    sources: [prometheus, jaeger],
  })
  const what = { method: 'metrics.lane', input: { query: 'requests_total', range, width: 600 } }
  await client.call('incidents.pin', { incident, what, lane: true })
  return { incident, prometheus, jaeger }
}

/** Seconds of the scrapes that are kept of each of the two series, and the spans; fails where one is there twice. */
async function keptOf({ stores }: TestEngine, { incident, prometheus, jaeger }: Told) {
  const { telemetry, catalog } = stores
  const copies = [prometheus, jaeger].map((source) => recordedCopyId(incident, source))
  const [ofSamples, ofSpans] = await Promise.all(
    copies.map(async (id) => (catalog.sources.get(id) ? await telemetry.scope([id]) : undefined)),
  )
  const samples = ofSamples
    ? await telemetry.rows<{ series: bigint; time: bigint }>(
        `SELECT series, time_ns AS time FROM ${ofSamples.relation('samples')}`,
        [],
      )
    : []
  const spans = ofSpans
    ? await telemetry.rows<{ id: string }>(
        `SELECT trace_id || '/' || span_id AS id FROM ${ofSpans.relation('spans')}`,
        [],
      )
    : []
  expect(new Set(samples.map(({ series, time }) => `${series} ${time}`)).size).toBe(samples.length)
  expect(new Set(spans.map(({ id }) => id)).size).toBe(spans.length)
  const bySeries = Map.groupBy(samples, ({ series }) => series)
  return { series: [...bySeries.values()].map((own) => new Set(own.map(({ time }) => time))), spans: spans.length }
}

/** Scrapes of a stretch that are not kept. */
function missingIn(kept: ReadonlyArray<ReadonlySet<bigint>>, from: bigint, to: bigint): bigint[] {
  const missing: bigint[] = []
  const first = (from / (10n * SECOND) + 1n) * 10n * SECOND
  for (let at = first; at < to; at += 10n * SECOND)
    if (kept.length !== 2 || kept.some((series) => !series.has(at))) missing.push(at)
  return missing
}

test(`a recording killed at any moment keeps what it told, once, and is gone on with (seed ${SEED})`, {
  timeout: LONG ? 1_800_000 : 120_000,
}, async () => {
  const random = randomOf(SEED + 4)
  const dataDir = tempFolder()
  // a trace every minute, for longer than the test lasts by its clock
  const spans = traces(MOST_TRACES, EVERY)
  await using metrics = await startFaultServer(scraped())
  await using jaeger = await startFaultServer({ answerTo: traceBackend('2.13', spans) })
  const since = Date.now()
  const open = () => startTestEngine({ dataDir, modules: FAST_MODULES, clock: fastClock(since) })
  let told: Told
  {
    await using t = await open()
    told = await prepare(t, { prometheus: metrics.url, jaeger: jaeger.url })
  }
  for (let round = 0; round < ROUNDS; round++) {
    const ended = await runNode(CHILD, [dataDir, told.incident, String(since)], {
      killAfterReadyMs: 300 + 1500 * random(),
    })
    expect([ended.signal, ended.stderr]).toEqual(['SIGKILL', ''])
    await using t = await open()
    expect(await problemsOf(t)).toEqual([])
    const status = await t.client.call('recording.status', { incident: told.incident })
    expect(status.state).toBe('interrupted')
    const kept = await keptOf(t, told)
    const tracks = t.stores.catalog.recordings.get(told.incident)?.tracks ?? []
    for (const { covered } of tracks.filter(({ query }) => query === METRIC))
      for (const [from, to] of covered) expect(missingIn(kept.series, BigInt(from), BigInt(to))).toEqual([])
  }
  await using t = await open()
  const { job } = await t.client.start('recording.start', { incident: told.incident })
  const gaps = async () => (await t.client.call('recording.status', { incident: told.incident })).gaps
  await expect
    .poll(async () => (await gaps()).filter(({ refilledAt }) => refilledAt === undefined), { timeout: 60_000 })
    .toEqual([])
  await t.client.call('recording.stop', { incident: told.incident })
  expect((await t.client.call('jobs.get', { id: job })).state).toBe('done')
  expect(await problemsOf(t)).toEqual([])
  const kept = await keptOf(t, told)
  const track = t.stores.catalog.recordings.get(told.incident)?.tracks.find(({ query }) => query === METRIC)
  const [first, ...more] = track?.covered ?? []
  expect(more).toEqual([])
  const [from, to] = [BigInt(first?.[0] ?? 0), BigInt(first?.[1] ?? 0)]
  expect(to).toBeGreaterThan(STARTS)
  expect(missingIn(kept.series, from, to)).toEqual([])
  // every trace since the incident began, up to a little before the end
  expect(kept.spans).toBeGreaterThanOrEqual(2 * Math.min(MOST_TRACES, Number((to - T0) / EVERY) - 5))
})
