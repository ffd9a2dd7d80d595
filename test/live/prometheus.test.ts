// The metrics methods on real Prometheus servers, 3.x and 2.x. Facts are numbered as in docs/connectors.md.

import { beforeAll, describe, expect, test } from 'vitest'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import { addPrometheus, LIVE, needs, startLiveEngine, scraped } from './support.ts'

const HOUR = { from: 'now-1h', to: 'now' }

for (const name of ['prometheus', 'prometheus2'] as const) {
  const url = LIVE[name] ?? ''
  describe.skipIf(url === '')(`${name} ${needs(name)}`, () => {
    beforeAll(() => scraped(url))
    test('a test goes through every step and says product and version', async () => {
      await using t = await startLiveEngine()
      const { steps } = await t.client.call('sources.test', { spec: { kind: 'prometheus', name: 'lab', url } })
      expect(steps.map((s) => [s.step, s.ok])).toEqual(
        ['settings', 'resolve', 'connect', 'auth', 'path', 'version', 'permissions', 'clock'].map((s) => [s, true]),
      )
      expect(steps.find((s) => s.step === 'version')?.message).toMatch(/^Prometheus \d+\.\d+/)
    })

    test('an instant query, a scalar, a string and a range are answered by the server', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      const ask = (query: string, step?: string) =>
        t.client.call('metrics.query', { range: HOUR, query, sources: [source], ...(step ? { step } : {}) })
      const up = await ask('up{job="prometheus"}')
      expect(up).toMatchObject({ resultType: 'vector', completeness: { complete: true, missing: [] } })
      expect(up.series.map((s) => [s.metric['__name__'], [...s.values.values]])).toEqual([['up', [1]]])
      expect(await ask('1 + 1')).toMatchObject({ resultType: 'scalar' })
      expect(await ask('"words"')).toMatchObject({ resultType: 'string', text: 'words' })
      const range = await ask('vector(1)', '15s')
      expect(range.resultType).toBe('matrix')
      expect(range.series[0]?.values.times.length).toBe(241)
    })

    test('NaN and infinities come as they are (5)', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      const values = []
      for (const query of ['vector(0/0)', 'vector(1/0)', 'vector(-1/0)'])
        values.push(
          (await t.client.call('metrics.query', { range: HOUR, query, sources: [source] })).series[0]?.values.values[0],
        )
      expect(values).toEqual([NaN, Infinity, -Infinity])
    })

    test('a wrong query says what is wrong, in the words of the server or ours', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      await expect(
        t.client.call('metrics.query', { range: HOUR, query: 'rate(up[', sources: [source] }),
      ).rejects.toMatchObject({ code: 'invalid_input' })
      // not known here, known there or not: the server decides
      await expect(
        t.client.call('metrics.query', { range: HOUR, query: 'no_such_function(up)', sources: [source] }),
      ).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('unknown function') })
    })

    test('more than 11,000 steps are asked in parts on one grid (7, 8)', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      const lane = await t.client.call('metrics.lane', {
        range: { from: 'now-2d', to: 'now' },
        query: 'vector(2)',
        width: 8000,
        sources: [source],
      })
      expect(lane.mode).toBe('step')
      expect(lane.series[0]?.values.times.length).toBeGreaterThan(5700)
      expect(lane.completeness.complete).toBe(true)
    })

    test('names with help and type, labels, values', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      const found = await t.client.call('metrics.search', { text: 'go_goroutines', limit: 10, sources: [source] })
      expect(found.table.rowCount).toBeGreaterThanOrEqual(1)
      const labels = await t.client.call('metrics.labels', { metric: 'up', sources: [source] })
      expect(labels.table.rowCount).toBeGreaterThanOrEqual(3)
      const jobs = await t.client.call('metrics.labels', {
        metric: 'up',
        label: 'job',
        text: 'prom',
        sources: [source],
      })
      expect(jobs.table.rowCount).toBe(1)
      const series = await t.client.call('metrics.series', { selector: 'up{job=~"prom.*"}', sources: [source] })
      expect(series.table.rowCount).toBeGreaterThanOrEqual(1)
    })

    test('the ledger tells what each view asked, and the source what it is', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, url)
      await t.client.call('metrics.query', { range: HOUR, query: 'up', step: '1m', sources: [source] })
      const same = {
        range: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T02:00:00Z' },
        query: 'vector(3)',
        step: '30s',
      }
      await t.client.call('metrics.query', { ...same, sources: [source] })
      await t.client.call('metrics.query', { ...same, sources: [source] })
      const { sources } = await t.client.call('sources.health', { id: source })
      expect(sources[0]).toMatchObject({ id: source, state: 'ok' })
      const load = sources[0]?.load.find((each) => each.view === 'metrics.query')
      expect(load).toMatchObject({ failures: 0, retries: 0 })
      // four whole chunks of sixty steps are settled; the last step lies in the next one
      expect(load?.cachedSteps).toBe(240)
      expect(load?.requests).toBe(3)
    })
  })
}

const url3 = LIVE.prometheus ?? ''
describe.skipIf(url3 === '')(`rules, targets and cardinality ${needs('prometheus')}`, () => {
  beforeAll(() => scraped(url3))

  test('rules with their state, targets with their last error', async () => {
    await using t = await startLiveEngine()
    const source = await addPrometheus(t, url3)
    const rules = frameToJsonTable((await t.client.call('metrics.rules', { sources: [source] })).table).rows
    expect(rules.find((row) => row['name'] === 'AlwaysPending')).toMatchObject({
      type: 'alerting',
      query: 'vector(1)',
      holdsForNs: 86_400_000_000_000,
    })
    const targets = frameToJsonTable((await t.client.call('metrics.targets', { sources: [source] })).table).rows
    expect(targets.find((row) => row['job'] === 'prometheus')).toMatchObject({ health: 'up', lastError: '' })
    expect(targets.find((row) => row['health'] === 'down')?.['lastError']).toMatch(/refused/)
  })

  test('the label that makes a metric large', async () => {
    await using t = await startLiveEngine()
    const source = await addPrometheus(t, url3)
    const { table, summary } = await t.client.call('metrics.costly', {
      metric: 'prometheus_http_requests_total',
      sources: [source],
    })
    const { rows } = frameToJsonTable(table)
    expect(summary?.series).toBeGreaterThan(5)
    expect(rows[0]?.['label']).toBe('handler')
    const held = frameToJsonTable((await t.client.call('metrics.cardinality', { sources: [source] })).table).rows
    expect(new Set(held.map((row) => row['kind']))).toEqual(new Set(['metric', 'label', 'pair']))
  })
})
