// What trace backends say about services themselves, on servers that answer as Jaeger and Zipkin do.
import { describe, expect, test } from 'vitest'
import { opened, RANGE, traces } from '../../../test/support/live-traces.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'

describe('calls that a source counted', () => {
  test('where only a part of its spans was read the map has them beside what was seen, by source (Jaeger 11)', async () => {
    // the stub counts a -> b: one call for each second of the window
    await using o = await opened('2.13', traces(60), { limits: { traces: 10 } })
    const map = await o.t.client.call('services.map', { range: RANGE })
    expect(map.completeness.complete).toBe(false)
    expect(map.edges.find((e) => e.from === 'a')).toEqual({
      from: 'a',
      to: 'b',
      requests: 3600,
      errorRatio: 0,
      p95Ns: null,
      beforeErrorRatio: null,
      beforeP95Ns: null,
      counted: { source: o.id, calls: 3600, errors: null },
      countedOnly: true,
    })
    expect(map.edges.filter((e) => e.from === e.to)).toEqual([])
    expect(map.edges.find((e) => e.from === 'web')).toMatchObject({ to: 'db', counted: null, countedOnly: false })
    expect(map.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b', 'web', 'db']))
  })

  test('Zipkin counts errors too', async () => {
    await using o = await opened('zipkin', traces(60), { limits: { traces: 10 } })
    const { edges } = await o.t.client.call('services.map', { range: RANGE })
    expect(edges.find((e) => e.countedOnly)).toMatchObject({
      errorRatio: 2 / 3600,
      counted: { source: o.id, calls: 3600, errors: 2 },
    })
  })

  test('where every span was read the source is not asked', async () => {
    await using o = await opened('2.13', traces(6))
    const { edges } = await o.t.client.call('services.map', { range: RANGE })
    expect(edges.map((e) => [e.from, e.to, e.counted])).toEqual([['web', 'db', null]])
    expect(o.server.seen.some(({ path }) => path.includes('dependencies'))).toBe(false)
  })
})

describe('measures from every span', () => {
  test('of the services that were named, at most so many steps, in ns (Jaeger 12)', async () => {
    await using o = await opened('2.13', traces(6))
    const { table, summary } = await o.t.client.call('services.measured', {
      range: RANGE,
      services: ['web'],
      steps: 60,
    })
    expect(summary).toEqual({ measuring: [o.id], without: [] })
    expect(frameToJsonTable(table).rows).toEqual([
      expect.objectContaining({
        service: 'web',
        source: o.id,
        ratePerSecond: 12.5,
        errorRatio: 0.25,
        p50Ns: 50e6,
        p95Ns: 95e6,
        p99Ns: 99e6,
      }),
    ])
    const all = await o.t.client.call('services.measured', { range: RANGE })
    expect(new Set(frameToJsonTable(all.table).rows.map((row) => row['service']))).toEqual(new Set(['web', 'db']))
  })

  test.each(['1.6x', 'zipkin'] as const)('%s measures nothing, and says so (Jaeger 12)', async (shape) => {
    await using o = await opened(shape, traces(6))
    const { table, summary, completeness } = await o.t.client.call('services.measured', { range: RANGE })
    expect([table.rowCount, summary, completeness.complete]).toEqual([0, { measuring: [], without: [o.id] }, true])
  })
})
