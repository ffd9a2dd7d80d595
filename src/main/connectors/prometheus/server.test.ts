// Rules, targets and cardinality of a server that answers as Prometheus does, and of one that has none of it.

import { describe, expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
import { sampleBatches } from '../../../../test/support/sample-telemetry.ts'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { prometheusConnector } from './index.ts'

const rule = (name: string, more: object) => ({
  name,
  query: 'up == 0',
  labels: { severity: 'page' },
  annotations: {},
  duration: 15,
  health: 'ok',
  evaluationTime: 0.0005,
  lastEvaluation: '2026-11-24T12:33:13.797862773Z',
  type: 'alerting',
  ...more,
})
const GROUPS = [
  {
    name: 'lab',
    file: '/etc/rules.yml',
    rules: [
      rule('Quiet', { state: 'inactive' }),
      rule('job:up:sum', { type: 'recording', query: 'sum by (job) (up)', lastEvaluation: '0001-01-01T00:00:00Z' }),
      rule('Down', { state: 'firing' }),
      rule('Broken', { state: 'unknown', health: 'err', lastError: 'many-to-many matching not allowed' }),
    ],
  },
]
const TARGETS = ['up', 'down'].map((health) => ({
  labels: { job: 'shop', instance: `${health}:9100` },
  scrapePool: 'shop',
  scrapeUrl: `http://${health}:9100/metrics`,
  globalUrl: '',
  lastError: health === 'down' ? 'connection refused' : '',
  lastScrape: '2026-11-24T12:33:11.108307108Z',
  lastScrapeDuration: 0.003,
  health,
  scrapeInterval: '5s',
}))
const TSDB = {
  seriesCountByMetricName: [{ name: 'requests_total', value: 640 }],
  labelValueCountByLabelName: [{ name: 'user', value: 500 }],
  memoryInBytesByLabelName: [{ name: 'user', value: 60_432 }],
  seriesCountByLabelValuePair: [{ name: 'job=shop', value: 860 }],
}

async function opened(has: boolean) {
  let answers: Readonly<Record<string, unknown>> = {
    rules: { groups: GROUPS },
    targets: { activeTargets: TARGETS },
    tsdb: TSDB,
  }
  const forbidden = new Set<string>()
  const server = await startFaultServer({
    answerTo: (path) => {
      if (forbidden.has(path.split('/').at(-1) ?? '')) return { status: 403, type: 'text/plain', body: 'no' }
      const data = answers[path.split('/').at(-1) ?? '']
      if (has && data !== undefined)
        return { status: 200, type: 'application/json', body: JSON.stringify({ status: 'success', data }) }
      return { status: 404, type: 'text/plain', body: '404 page not found' }
    },
  })
  const t = await startTestEngine({ modules: [metricsModule, sourcesModuleWith([prometheusConnector])] })
  const { id } = await t.client.call('sources.add', { kind: 'prometheus', name: 'p', url: server.url })
  return {
    t,
    id,
    server,
    forbidden,
    set answers(other: Readonly<Record<string, unknown>>) {
      answers = other
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('what a Prometheus says about itself', () => {
  test('rules: failing ones first, then what fires; asked for without their alerts (15)', async () => {
    await using o = await opened(true)
    const { table, completeness } = await o.t.client.call('metrics.rules', {})
    const { rows } = frameToJsonTable(table)
    expect(rows.map((row) => [row['name'], row['state'], row['health'], row['lastError']])).toEqual([
      ['Broken', 'unknown', 'err', 'many-to-many matching not allowed'],
      ['Down', 'firing', 'ok', ''],
      ['Quiet', 'inactive', 'ok', ''],
      ['job:up:sum', '', 'ok', ''],
    ])
    expect(rows[1]).toMatchObject({
      query: 'up == 0',
      holdsForNs: 15_000_000_000,
      evaluationNs: 500_000,
      evaluatedAt: '2026-11-24T12:33:13.797862773Z',
      group: 'lab',
      file: '/etc/rules.yml',
      source: o.id,
    })
    expect(rows[3]?.['evaluatedAt']).toBe(null)
    expect(completeness).toEqual({ complete: true, missing: [] })
    expect(o.server.seen.find(({ path }) => path.endsWith('/rules'))?.search).toBe('?exclude_alerts=true')
  })

  test('targets: those that do not answer first, with their last error', async () => {
    await using o = await opened(true)
    const { table } = await o.t.client.call('metrics.targets', {})
    expect(
      frameToJsonTable(table).rows.map((row) => [row['instance'], row['health'], row['lastError'], row['url']]),
    ).toEqual([
      ['down:9100', 'down', 'connection refused', 'http://down:9100/metrics'],
      ['up:9100', 'up', '', 'http://up:9100/metrics'],
    ])
  })

  test('how it runs: what worries first, then its state, build and flags; one that lacks a part tells the others', async () => {
    await using o = await opened(true)
    o.answers = {
      runtimeinfo: { startTime: '2026-11-24T10:00:00Z', reloadConfigSuccess: false, corruptionCount: 0, GOGC: '' },
      flags: { 'web.page-title': 'prom', 'storage.tsdb.path': '/data' },
    }
    const { table, completeness } = await o.t.client.call('metrics.server', {})
    expect(frameToJsonTable(table).rows.map((row) => [row['part'], row['name'], row['value'], row['worries']])).toEqual(
      [
        ['runtime', 'reloadConfigSuccess', 'false', true],
        ['runtime', 'corruptionCount', '0', false],
        ['runtime', 'startTime', '2026-11-24T10:00:00Z', false],
        ['flags', 'storage.tsdb.path', '/data', false],
        ['flags', 'web.page-title', 'prom', false],
      ],
    )
    expect(completeness.complete).toBe(true)
    const { table: flags } = await o.t.client.call('metrics.server', { part: 'flags' })
    expect(flags.rowCount).toBe(2)
  })

  test('a part of how it runs that is forbidden is a gap beside the others; one that it has not is none', async () => {
    await using o = await opened(true)
    o.answers = { runtimeinfo: { startTime: '2026-11-24T10:00:00Z' } }
    o.forbidden.add('flags')
    const { table, completeness } = await o.t.client.call('metrics.server', {})
    expect(frameToJsonTable(table).rows.map((row) => row['name'])).toEqual(['startTime'])
    expect(completeness).toEqual({
      complete: false,
      missing: [{ source: o.id, from: '', to: '', reason: 'The source does not let you read its flags (403).' }],
    })
  })

  test('cardinality: metrics, labels with their bytes, pairs', async () => {
    await using o = await opened(true)
    const { table } = await o.t.client.call('metrics.cardinality', {})
    const known = { source: o.id, series: null, values: null, bytes: null }
    expect(frameToJsonTable(table).rows).toEqual([
      { ...known, kind: 'metric', name: 'requests_total', series: 640 },
      { ...known, kind: 'label', name: 'user', values: 500, bytes: 60_432 },
      { ...known, kind: 'pair', name: 'job=shop', series: 860 },
    ])
  })

  test('pages of a list that the backend tells in another order every time are the whole list', async () => {
    await using o = await opened(true)
    const more = Array.from({ length: 10 }, (_, i) => ({
      ...(TARGETS[0] as (typeof TARGETS)[number]),
      labels: { job: 'shop', instance: 'same:9100', shard: String(i) },
    }))
    const rules = Array.from({ length: 10 }, (_, i) =>
      rule('Same', { state: 'inactive', labels: { shard: String(i) } }),
    )
    const pairs = Array.from({ length: 10 }, (_, i) => ({ name: `pod=${i}`, value: 7 }))
    for (const method of ['metrics.targets', 'metrics.rules', 'metrics.cardinality'] as const) {
      const seen: unknown[] = []
      let cursor: string | undefined
      let turn = 0
      do {
        // what came first comes last
        const turned = <T>(list: readonly T[]): T[] => [...list.slice(turn), ...list.slice(0, turn)].reverse()
        turn = (turn + 3) % 10
        o.answers = {
          rules: {
            groups: turned([{ name: 'a' }, { name: 'b' }]).map((each) => ({
              ...each,
              file: 'f',
              rules: turned(rules),
            })),
          },
          targets: { activeTargets: turned([...more, ...TARGETS]) },
          tsdb: { seriesCountByLabelValuePair: turned(pairs) },
        }
        const page = await o.t.client.call(method, { limit: 3, ...(cursor ? { cursor } : {}) })
        seen.push(...frameToJsonTable(page.table).rows.map((row) => JSON.stringify(row)))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      const whole = frameToJsonTable((await o.t.client.call(method, {})).table).rows.map((row) => JSON.stringify(row))
      expect([method, seen]).toEqual([method, whole])
      expect(new Set(whole).size).toBeGreaterThanOrEqual(10)
    }
  })

  test('the names of a live source and of stored series are counted together, however few are asked for', async () => {
    await using o = await opened(true)
    o.answers = { values: ['live_total', 'stored_1'], metadata: {}, tsdb: {} }
    const { id } = o.t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
    const [batch] = sampleBatches(1).filter(({ kind }) => kind === 'samples') as [TelemetryBatch & { kind: 'samples' }]
    const writer = await o.t.stores.telemetry.writer(id)
    for (let i = 0; i < 5; i++) {
      const name = `stored_${i}`
      const rows = batch.rows.map((row) => ({ ...row, series: { ...row.series, name, promName: name } }))
      await writer.write({ kind: 'samples', rows })
    }
    await writer.commit()
    o.t.stores.catalog.sources.update(id, { state: 'ready' })
    const first = await o.t.client.call('metrics.search', { limit: 2 })
    expect(first.completeness.truncated).toEqual({ returned: 2, total: 6 })
    const { table } = await o.t.client.call('metrics.search', { limit: 10, cursor: first.nextCursor ?? '' })
    expect(frameToJsonTable(table).rows.map((row) => row['name'])).toEqual([
      'stored_1',
      'stored_2',
      'stored_3',
      'stored_4',
    ])
  })

  test('a cursor of another list is refused', async () => {
    await using o = await opened(true)
    const { nextCursor } = await o.t.client.call('metrics.rules', { limit: 1 })
    expect(nextCursor).toBeTypeOf('string')
    const other = o.t.client.call('metrics.targets', { limit: 1, cursor: nextCursor ?? '' })
    await expect(other).rejects.toMatchObject({ code: 'invalid_input', hint: 'Ask again without a cursor.' })
  })

  test('a compatible that has none of it is named', async () => {
    await using o = await opened(false)
    for (const method of ['metrics.rules', 'metrics.targets', 'metrics.server', 'metrics.cardinality'] as const) {
      const { table, completeness } = await o.t.client.call(method, {})
      expect([method, table.rowCount, completeness.complete, completeness.missing.map(({ source }) => source)]).toEqual(
        [method, 0, false, [o.id]],
      )
    }
  })
})
