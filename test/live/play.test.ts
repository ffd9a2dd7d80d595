// The demo incident in real backends: played, triaged live as anybody's, recorded, and opened from its file without them.

import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { play, type PlayResult } from '../../scripts/lab/play.ts'
import { recordedCopyId } from '../../src/shared/domain/recording.ts'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import type { TestEngine } from '../support/engine.ts'
import { LIVE, startLiveEngine } from './support.ts'

const { prometheus = '', jaeger = '', jaegerOtlp = '', alertmanager = '' } = LIVE
const isThere = [prometheus, jaeger, jaegerOtlp, alertmanager].every((url) => url !== '')

/** ends a quarter of an hour after the fault began */
const MINUTES = 62

describe.skipIf(!isThere)(
  'the demo played live (needs WATCHDECK_LIVE_PROMETHEUS, _JAEGER, _JAEGER_OTLP_HTTP, _ALERTMANAGER)',
  () => {
    let t: TestEngine
    let done: PlayResult
    let ids: { prometheus: string; jaeger: string; alertmanager: string }
    let range: { from: string; to: string }

    beforeAll(async () => {
      done = await play(
        { prometheus, jaeger: jaegerOtlp, zipkin: LIVE.zipkin, alertmanager },
        { seed: 1, scale: 0.05, fault: undefined, minutes: MINUTES, speed: undefined },
        () => undefined,
      )
      t = await startLiveEngine()
      const add = async (kind: 'prometheus' | 'jaeger' | 'alertmanager', url: string) =>
        (await t.client.call('sources.add', { kind, name: kind, url })).id
      ids = {
        prometheus: await add('prometheus', prometheus),
        jaeger: await add('jaeger', jaeger),
        alertmanager: await add('alertmanager', alertmanager),
      }
      range = { from: new Date(done.to - 14 * 60_000).toISOString(), to: new Date(done.to).toISOString() }
      // what was sent is there when the server answers it
      const there = async () =>
        (await t.client.call('traces.search', { range, sources: [ids.jaeger], limit: 1 })).table.rowCount > 0
      while (!(await there())) await setTimeout(1000)
    }, 180_000)

    afterAll(async () => await t[Symbol.asyncDispose]())

    test('rates and native histograms are what was played', async () => {
      const ask = async (query: string) =>
        await t.client.call('metrics.query', { range, query, sources: [ids.prometheus] })
      const own = `{play="${done.play}",job="${done.rootService}"}`
      const failing = await ask(
        `sum(rate(http_requests_total{play="${done.play}",job="${done.rootService}",code=~"5.."}[10m])) / sum(rate(http_requests_total${own}[10m]))`,
      )
      expect(failing.series).toHaveLength(1)
      const classic = await ask(
        `histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket${own}[10m])))`,
      )
      const native = await ask(`histogram_quantile(0.9, sum(rate(http_request_duration_seconds${own}[10m])))`)
      const [a, b] = [classic, native].map(({ series }) => series[0]?.values.values[0] ?? NaN)
      expect(a).toBeGreaterThan(0)
      expect(b).toBeCloseTo(a as number, 6)
      const { table } = await t.client.call('metrics.exemplars', {
        range,
        query: `http_request_duration_seconds_bucket${own}`,
        sources: [ids.prometheus],
        limit: 100,
      })
      expect(frameToJsonTable(table).rows.filter((row) => String(row['traceId']).length === 32).length).toBeGreaterThan(
        0,
      )
    })

    test('what changed names the service that broke, its failing traces open, its alert fires', async () => {
      const before = {
        from: new Date(done.to - 40 * 60_000).toISOString(),
        to: new Date(done.to - 20 * 60_000).toISOString(),
      }
      const changes = await t.client.call('services.changes', {
        range,
        compareTo: before,
        sources: [ids.jaeger],
        limit: 5,
      })
      const subjects = frameToJsonTable(changes.table).rows.map((row) => `${row['subject']}`)
      expect(subjects.join(' ')).toContain(done.rootService)
      const failing = await t.client.call('traces.search', {
        range,
        sources: [ids.jaeger],
        service: done.rootService,
        status: 'error',
        limit: 5,
      })
      expect(failing.table.rowCount).toBeGreaterThan(0)
      const alerts = await t.client.call('alerts.list', { range, sources: [ids.alertmanager], text: done.play })
      const told = frameToJsonTable(alerts.table).rows
      expect(told.some((row) => row['state'] === 'active')).toBe(true)
    })

    test('recorded, saved and opened: the lanes are those of the servers', async () => {
      const { client } = t
      const sources = [ids.prometheus, ids.jaeger, ids.alertmanager]
      const { id: incident } = await client.call('incidents.create', {
        title: 'Played',
        severity: 'major',
        range,
        sources,
        services: [done.rootService],
      })
      const query = `sum by (job) (rate(http_requests_total{play="${done.play}"}[2m]))`
      const what = { method: 'metrics.lane', input: { query, range, width: 600, sources: [ids.prometheus] } }
      await client.call('incidents.pin', { incident, what, lane: true })
      const plan = await client.call('recording.plan', { incident })
      expect(plan.sources).toHaveLength(3)
      expect(plan.completeness.complete).toBe(true)
      await client.start('recording.start', { incident })
      const rowsOf = (source: string, status: Awaited<ReturnType<typeof stop>>) =>
        status.sources.find((each) => each.source === source)?.tracks.reduce((sum, { rows }) => sum + rows, 0) ?? 0
      const stop = async () => await client.call('recording.stop', { incident })
      await expect
        .poll(async () => rowsOf(ids.jaeger, await client.call('recording.status', { incident })), { timeout: 60_000 })
        .toBeGreaterThan(0)
      const status = await stop()
      expect(rowsOf(ids.prometheus, status)).toBeGreaterThan(100)
      expect(status.sources.every(({ total }) => total.requests > 0 || total.samples === 0)).toBe(true)

      const asked = { range, step: '30s', query }
      const live = await client.call('metrics.query', { ...asked, sources: [ids.prometheus] })
      const path = join(t.dataDir, 'played.watchdeck')
      await client.call('file.save', { incident, path, redact: false })
      const opened = await client.call('file.open', { path })
      const { sources: inFile } = await client.call('incidents.get', { id: opened.incident })
      const offline = await client.call('metrics.query', { ...asked, sources: inFile.slice(0, 1) })
      expect(offline.series.length).toBe(live.series.length)
      expect(live.series.length).toBeGreaterThan(5)
      for (const [i, { values }] of live.series.entries())
        for (const [j, value] of values.values.entries())
          expect(offline.series[i]?.values.values[j]).toBeCloseTo(value, 9)
      const traces = await client.call('traces.search', {
        range,
        sources: inFile.slice(1, 2),
        status: 'error',
        limit: 5,
      })
      expect(traces.table.rowCount).toBeGreaterThan(0)
      expect((await client.call('sources.list', {})).sources.map(({ id }) => id)).toContain(
        recordedCopyId(incident, ids.prometheus),
      )
    })
  },
)
