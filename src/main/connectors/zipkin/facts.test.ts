// What docs/connectors.md says of Zipkin, on a server that answers as Zipkin 3.6 does.

import { describe, expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
import { hex, opened, RANGE, T0, traces } from '../../../../test/support/live-traces.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { tracesModule } from '../../traces/index.ts'
import { annotationQuery } from './client.ts'
import { zipkinConnector } from './index.ts'

describe('Zipkin', () => {
  test('1: microseconds for spans, milliseconds for the window; a maximum goes with a minimum', async () => {
    await using o = await opened('zipkin', traces(3))
    const found = await o.search({
      service: 'web',
      maxDuration: '6ms',
      range: { from: String(T0), to: String(T0 + 1_500_000_001n) },
    })
    expect(found.ids).toHaveLength(2)
    expect(o.asked()[0]).toBe(
      '/api/v2/traces?endTs=1760000001501&lookback=1501&limit=200&serviceName=web&maxDuration=6000&minDuration=1',
    )
  })

  test('6: tags and failed spans are asked for in its syntax; what that cannot say is filtered here', () => {
    expect(annotationQuery({ failed: true, attributes: { 'http.method': 'GET', order: '' } })).toBe(
      'error and http.method=GET and order',
    )
    expect(
      annotationQuery({ attributes: { text: 'salt and pepper', 'a=b': '1', 'network.peer.address': '10.0.0.1' } }),
    ).toBe('')
  })

  test('4: the halves of a shared span are two spans, the server’s below the client’s', async () => {
    const at = (us: number) => 1_760_000_000_000_000 + us
    const half = (kind: string, service: string, more: object) => ({
      traceId: hex(1, 16),
      id: hex(2, 16),
      parentId: hex(1, 16),
      kind,
      name: 'get',
      localEndpoint: { serviceName: service },
      ...more,
    })
    const spans = [
      {
        traceId: hex(1, 16),
        id: hex(1, 16),
        kind: 'SERVER',
        name: 'root',
        timestamp: at(0),
        duration: 9000,
        localEndpoint: { serviceName: 'web' },
      },
      half('SERVER', 'db', { timestamp: at(2000), duration: 4000, shared: true }),
      half('CLIENT', 'web', { timestamp: at(1000), duration: 7000 }),
      {
        traceId: hex(1, 16),
        id: hex(3, 16),
        parentId: hex(2, 16),
        name: 'read',
        timestamp: at(3000),
        localEndpoint: { serviceName: 'db' },
      },
    ]
    const body = JSON.stringify(spans)
    await using server = await startFaultServer({ answerTo: () => ({ status: 200, type: 'application/json', body }) })
    await using t = await startTestEngine({ modules: [tracesModule, sourcesModuleWith([zipkinConnector])] })
    await t.client.call('sources.add', { kind: 'zipkin', name: 'z', url: server.url })
    const { table } = await t.client.call('traces.waterfall', { traceId: '1' })
    expect(
      frameToJsonTable(table).rows.map((row) => [row['depth'], row['service'], row['kind'], row['operation']]),
    ).toEqual([
      [0, 'web', 'server', 'root'],
      [1, 'web', 'client', 'get'],
      [2, 'db', 'server', 'get'],
      [3, 'db', 'internal', 'read'],
    ])
  })

  test('3: a trace that the backend tells under its long and its short id is one trace, found by either', async () => {
    const long = `${hex(0xabc, 16)}${hex(1, 16)}`
    const span = (traceId: string, id: number, more: object) => ({
      traceId,
      id: hex(id, 16),
      name: 'get',
      timestamp: 1_760_000_000_000_000 + id,
      duration: 1000,
      localEndpoint: { serviceName: 'web' },
      ...more,
    })
    const spans = [
      span(long, 1, {}),
      // a service that knows ids of 64 bits alone
      span(hex(1, 16), 2, { parentId: hex(1, 16), localEndpoint: { serviceName: 'old' } }),
    ]
    await using server = await startFaultServer({
      answerTo: (path) => ({
        status: 200,
        type: 'application/json',
        body: JSON.stringify(path.endsWith('/traces') ? [spans] : path.includes('/trace/') ? spans : []),
      }),
    })
    await using t = await startTestEngine({ modules: [tracesModule, sourcesModuleWith([zipkinConnector])] })
    await t.client.call('sources.add', { kind: 'zipkin', name: 'z', url: server.url })
    for (const traceId of [hex(1, 16), long]) {
      const { table } = await t.client.call('traces.waterfall', { traceId })
      expect(frameToJsonTable(table).rows.map((row) => [row['depth'], row['service']])).toEqual([
        [0, 'web'],
        [1, 'old'],
      ])
    }
    const { table } = await t.client.call('traces.search', { range: RANGE })
    expect(frameToJsonTable(table).rows.map((row) => [row['traceId'], row['spans']])).toEqual([[long, 2]])
  })

  test('3: a page that is full of ids is full, though two of them are one trace: what is older is asked for too', async () => {
    const at = (n: number) => 1_760_000_000_000_000 + n * 1_000_000
    const long = `${hex(0xabc, 16)}${hex(249, 16)}`
    const span = (traceId: string, n: number) => [
      {
        traceId,
        id: hex(n, 16),
        name: 'get',
        timestamp: at(n),
        duration: 1000,
        localEndpoint: { serviceName: 'web' },
      },
    ]
    const older = Array.from({ length: 248 }, (_, i) => 248 - i)
    // newest first
    const kept = [span(long, 250), span(hex(249, 16), 249), ...older.map((n) => span(hex(n, 16), n))]
    await using server = await startFaultServer({
      answerTo: (path, params) => {
        const [end, back, limit] = ['endTs', 'lookback', 'limit'].map((name) => Number(params.get(name)))
        const within = kept.filter(
          ([first]) =>
            first !== undefined &&
            first.timestamp / 1000 <= Number(end) &&
            first.timestamp / 1000 >= Number(end) - Number(back),
        )
        return {
          status: 200,
          type: 'application/json',
          body: JSON.stringify(path.endsWith('/traces') ? within.slice(0, limit) : []),
        }
      },
    })
    await using t = await startTestEngine({ modules: [tracesModule, sourcesModuleWith([zipkinConnector])] })
    await t.client.call('sources.add', { kind: 'zipkin', name: 'z', url: server.url, limits: { perSecond: 1000 } })
    const { table } = await t.client.call('traces.search', { range: RANGE, limit: 1000 })
    const found = new Set(frameToJsonTable(table).rows.map((row) => row['traceId']))
    expect([found.has(long), older.filter((n) => !found.has(hex(n, 32)))]).toEqual([true, []])
  })

  test('7: an unknown id is no trace; calls between services are asked for with their end, in milliseconds', async () => {
    await using o = await opened('zipkin', traces(60), { limits: { traces: 10 } })
    await expect(o.t.client.call('traces.header', { traceId: 'abc' })).rejects.toMatchObject({ code: 'not_found' })
    await o.t.client.call('services.map', { range: RANGE })
    const to = T0 / 1_000_000n + 3_600_000n
    expect(o.server.seen.find(({ path }) => path.endsWith('/dependencies'))?.search).toBe(
      `?endTs=${to}&lookback=3600000`,
    )
  })

  test('8: values of a tag that it completes are offered', async () => {
    await using o = await opened('zipkin', traces(1))
    const { table } = await o.t.client.call('traces.values', { range: RANGE, key: 'environment' })
    expect(frameToJsonTable(table).rows).toEqual([
      { value: 'prod', spans: null },
      { value: 'staging', spans: null },
    ])
  })
})
