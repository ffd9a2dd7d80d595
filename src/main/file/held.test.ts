// An opened file answers for what it holds and says of the rest that it is not in it.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { savedIncident, type SavedOptions } from '../../../test/support/saved-incident.ts'
import { SAMPLE_START } from '../../../test/support/sample-telemetry.ts'
import { zSourceSpec } from '../../shared/contract/source-spec.ts'
import { formatRfc3339, NS_PER_S } from '../../shared/base/time.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { clustersModule } from '../clusters/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { logsModule } from '../logs/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { servicesModule } from '../services/index.ts'
import { tracesModule } from '../traces/index.ts'
import { fileModule } from './index.ts'

const MODULES = {
  modules: [incidentsModule, fileModule, logsModule, tracesModule, metricsModule, servicesModule, clustersModule],
}
const at = (minute: number) => formatRfc3339(SAMPLE_START + BigInt(minute) * 60n * NS_PER_S)
const minutes = (from: number, to: number) => ({ from: at(from), to: at(to) })
/** of an hour, the file has these */
const HELD = minutes(30, 40)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-held-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function opened(away: TestEngine, options: SavedOptions = {}) {
  await using home = await startTestEngine(MODULES)
  const { path } = await savedIncident(home, folder, { range: HELD, ...options })
  return { path, ...(await away.client.call('file.open', { path })) }
}

/** What each question over a range says it could not see. */
async function toldBy(t: TestEngine, range: { from: string; to: string }): Promise<Record<string, Completeness>> {
  const call = t.client.call.bind(t.client)
  const asked = {
    'logs.count': call('logs.count', { range }),
    'logs.search': call('logs.search', { range }),
    'logs.histogram': call('logs.histogram', { range }),
    'traces.search': call('traces.search', { range }),
    'traces.stats': call('traces.stats', { range, groupBy: ['service'] }),
    'services.overview': call('services.overview', { range }),
    'services.map': call('services.map', { range }),
    'metrics.query': call('metrics.query', { query: 'http_requests_total', range, step: '1m' }),
    'metrics.lane': call('metrics.lane', { query: 'http_requests_total', range, width: 100 }),
    'clusters.happenings': call('clusters.happenings', { range }),
  }
  const out: Record<string, Completeness> = {}
  for (const [name, answer] of Object.entries(asked)) out[name] = (await answer).completeness
  return out
}

const everywhere = (told: Record<string, Completeness>, expected: Completeness) =>
  Object.fromEntries(Object.keys(told).map((name) => [name, expected]))

describe('an opened file', () => {
  test('is whole for the range it was saved for', async () => {
    await using away = await startTestEngine(MODULES)
    await opened(away)
    const told = await toldBy(away, HELD)
    expect(told).toEqual(everywhere(told, { complete: true, missing: [] }))
  })

  test('says of every time outside of its range that it is not in it', async () => {
    await using away = await startTestEngine(MODULES)
    const { source } = await opened(away)
    const gap = (of: { from: string; to: string }) => ({ source, ...of, reason: 'not in this file' })
    const before = await toldBy(away, minutes(0, 20))
    // a point of a query looks five minutes back
    const { 'metrics.query': query } = before
    expect(query?.missing).toMatchObject([{ source, reason: 'not in this file' }])
    delete before['metrics.query']
    expect(before).toEqual(everywhere(before, { complete: false, missing: [gap(minutes(0, 20))] }))
    const wider = await toldBy(away, minutes(0, 60))
    for (const name of ['metrics.query', 'metrics.lane']) delete wider[name]
    expect(wider).toEqual(everywhere(wider, { complete: false, missing: [gap(minutes(0, 30)), gap(minutes(40, 60))] }))
    expect((await away.client.call('logs.count', { range: minutes(0, 60) })).count).toBe(30)
    // objects are kept as they stood: since ever, until the end
    const objects = (range: { from: string; to: string }) => away.client.call('clusters.objects', { range })
    expect((await objects(minutes(0, 40))).completeness.complete).toBe(true)
    expect((await objects(minutes(0, 60))).completeness.missing).toEqual([gap(minutes(40, 60))])
  })

  test('names the kinds and services it was saved without', async () => {
    await using away = await startTestEngine(MODULES)
    const { source } = await opened(away, { scope: { kinds: ['logs'], services: ['payment'] } })
    const told = await toldBy(away, HELD)
    const without = (what: string) => [{ source, ...HELD, reason: `not in this file: it was saved without ${what}` }]
    const only = [{ source, ...HELD, reason: 'not in this file: it was saved for payment only' }]
    for (const name of ['logs.count', 'logs.search', 'logs.histogram'])
      expect([name, told[name]?.missing]).toEqual([name, only])
    for (const name of ['traces.search', 'traces.stats', 'services.overview', 'services.map'])
      expect([name, told[name]?.missing]).toEqual([name, without('traces')])
    expect(told['clusters.happenings']?.missing).toEqual(without('objects and events'))
    for (const name of ['metrics.query', 'metrics.lane'])
      expect([name, told[name]?.missing.map((gap) => gap.reason)]).toEqual([
        name,
        ['not in this file: it was saved without metrics'],
      ])
    const count = (query: string) => away.client.call('logs.count', { range: HELD, query })
    expect((await count('service:payment timeout')).completeness.complete).toBe(true)
    expect((await count('service:shop')).completeness.missing).toEqual(only)
    expect((await count('NOT service:payment')).completeness.missing).toEqual(only)
  })

  test('counts the rows it holds, and so does an own copy, which knows no more either', async () => {
    await using away = await startTestEngine(MODULES)
    const { source, incident } = await opened(away)
    const own = await away.client.call('file.adopt', { incident })
    const { sources } = await away.client.call('sources.list', {})
    const of = (id: string) => sources.find((each) => each.id === id)
    for (const id of [source, own.source])
      expect(of(id)).toMatchObject({
        ...HELD,
        // five minutes of metrics before the range, and the point at its end
        rows: 20 + 30 + 61 + 2,
        counts: { spans: 20, logs: 30, samples: 61, series: 1, objects: 2, happenings: 0, userEvents: 0 },
        held: { ...HELD, kinds: ['traces', 'logs', 'metrics', 'objects', 'user-events'], services: [] },
      })
    await away.client.call('file.close', { source })
    const { completeness } = await away.client.call('logs.count', { range: minutes(0, 10) })
    expect(completeness.missing).toEqual([{ source: own.source, ...minutes(0, 10), reason: 'not in this file' }])
  })

  test('saved again for a wider incident knows no more than it did', async () => {
    await using away = await startTestEngine(MODULES)
    const { source } = await opened(away, { scope: { kinds: ['logs', 'traces'] } })
    const wider = await away.client.call('incidents.create', {
      title: 'wider',
      severity: 'minor',
      range: minutes(0, 60),
      sources: [source],
    })
    const path = join(folder, 'again.watchdeck')
    const { completeness } = await away.client.call('file.save', { incident: wider.id, path })
    expect(completeness.missing).toContainEqual({ source, ...minutes(0, 30), reason: 'not in this file' })
    await using third = await startTestEngine(MODULES)
    await third.client.call('file.open', { path })
    expect((await third.client.call('sources.list', {})).sources[0]?.held).toEqual({
      ...HELD,
      kinds: ['traces', 'logs'],
      services: [],
    })
  })

  test('does not take hours that it does not hold for calm ones', async () => {
    await using away = await startTestEngine(MODULES)
    const { source } = await opened(away)
    const range = minutes(0, 60)
    const changes = await away.client.call('services.changes', { range, kinds: ['service', 'operation', 'log-level'] })
    expect(frameToJsonTable(changes.table).rows).toEqual([])
    expect(changes.completeness.missing).toContainEqual({ source, ...minutes(0, 30), reason: 'not in this file' })
    expect(changes.completeness.missing).toContainEqual({ source, ...minutes(40, 60), reason: 'not in this file' })

    const overview = await away.client.call('services.overview', { range, compareTo: minutes(-60, 0) })
    // ten traces in the ten minutes that are there: a request a minute, and no other number to hold against it
    expect(frameToJsonTable(overview.table).rows).toMatchObject([
      {
        service: 'shop',
        ratePerSecond: 20 / 600,
        beforeRequests: null,
        beforeRatePerSecond: null,
        change: null,
      },
    ])
  })

  test('of a live source that left no rows says that nothing of it is in the file', async () => {
    await using home = await startTestEngine(MODULES)
    const { id } = home.stores.catalog.sources.create({
      name: 'prom',
      kind: 'prometheus',
      origin: [],
      readOnly: false,
      spec: zSourceSpec.parse({ kind: 'prometheus', name: 'prom', url: 'http://127.0.0.1:9' }),
    })
    home.stores.catalog.sources.update(id, { state: 'ready' })
    const incident = await home.client.call('incidents.create', {
      title: 'live',
      severity: 'minor',
      range: HELD,
      sources: [id],
    })
    const path = join(folder, 'live.watchdeck')
    await home.client.call('file.save', { incident: incident.id, path })
    await using away = await startTestEngine(MODULES)
    await away.client.call('file.open', { path })
    const { completeness } = await away.client.call('metrics.query', { query: 'up', range: HELD, step: '1m' })
    expect(completeness.missing.map((gap) => gap.reason)).toEqual(['not in this file: it was saved without metrics'])
  })
})

test('names of services are not in the manifest of a file with a passphrase', async () => {
  await using home = await startTestEngine(MODULES)
  const { path } = await savedIncident(home, folder, { passphrase: 'x', scope: { services: ['secret-service'] } })
  expect((await readFile(path)).includes('secret-service')).toBe(false)
})
