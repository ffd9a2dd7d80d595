// Rules, targets and cardinality of a server that answers as Prometheus does, and of one that has none of it.

import { describe, expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
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
  const answers: Readonly<Record<string, unknown>> = {
    rules: { groups: GROUPS },
    targets: { activeTargets: TARGETS },
    tsdb: TSDB,
  }
  const server = await startFaultServer({
    answerTo: (path) => {
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

  test('a compatible that has none of it is named', async () => {
    await using o = await opened(false)
    for (const method of ['metrics.rules', 'metrics.targets', 'metrics.cardinality'] as const) {
      const { table, completeness } = await o.t.client.call(method, {})
      expect([method, table.rowCount, completeness.complete, completeness.missing.map(({ source }) => source)]).toEqual(
        [method, 0, false, [o.id]],
      )
    }
  })
})
