// Traces told without their spans, and what cannot be told or read: the facts of docs/connectors.md about lists of a Jaeger.

import { describe, expect, test } from 'vitest'
import { hex, known, opened, RANGE, SECOND, T0, traces } from '../../../../test/support/live-traces.ts'
import type { Respond, Shape } from '../../../../test/support/trace-backends.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { field } from './envelope.ts'

describe('Jaeger', () => {
  test('2: a list is answered by summaries where there are any: the same rows, without their spans', async () => {
    const skewless = traces(5)
    const listed = async (shape: Shape, input: Record<string, unknown> = {}) => {
      await using o = await known(shape, skewless)
      const before = o.asked().length
      const { table } = await o.t.client.call('traces.search', { range: RANGE, limit: 10, ...input })
      const { table: points } = await o.t.client.call('traces.scatter', { range: RANGE, ...input })
      const asked = o.asked().slice(before)
      const [source] = (await o.t.client.call('sources.health', { id: o.id })).sources
      const bytes = source?.load.find(({ view }) => view === 'traces.search')?.bytesUnpacked ?? 0
      const rows = frameToJsonTable(table).rows.map(({ source: _source, ...row }) => row)
      // opened, the trace comes with its spans, and stands in the list once
      await o.t.client.call('traces.get', { traceId: hex(1, 32) })
      const again = await o.t.client.call('traces.search', { range: RANGE, limit: 10, ...input })
      expect(again.table.rowCount).toBe(rows.length)
      const overview = await o.t.client.call('services.overview', { range: RANGE })
      return { rows, points: points.rowCount, asked, bytes, services: overview.table.rowCount }
    }
    const [spans, summaries] = [await listed('2.13'), await listed('2.20')]
    expect(summaries.rows).toEqual(spans.rows)
    expect(summaries.rows).toHaveLength(5)
    expect([summaries.points, summaries.services]).toEqual([spans.points, spans.services])
    expect(summaries.asked.every((address) => address.startsWith('/api/v3/trace-summaries?'))).toBe(true)
    expect(summaries.bytes).toBeLessThan(spans.bytes / 2)
    // whose spans a trace has, and whether they failed, summaries tell as well
    for (const [input, found] of [
      [{ service: 'db' }, 5],
      [{ status: 'error' }, 1],
      [{ service: 'web', status: 'error' }, 1],
      [{ service: 'we' }, 0],
    ] as const) {
      const [bySpans, bySummaries] = [await listed('2.13', input), await listed('2.20', input)]
      expect([input, bySummaries.rows]).toEqual([input, bySpans.rows])
      expect(bySummaries.rows).toHaveLength(found)
      expect(bySummaries.asked.every((address) => address.startsWith('/api/v3/trace-summaries?'))).toBe(true)
    }
    // of a list that is held, nothing is asked again to narrow it
    await using o = await known('2.20', skewless)
    await o.search()
    const before = o.asked().length
    expect((await o.search({ service: 'web', status: 'error' })).ids).toHaveLength(1)
    expect(o.asked().length).toBe(before)
    // what only spans can tell is asked of spans
    expect((await listed('2.20', { operation: 'GET /' })).asked.some((a) => a.startsWith('/api/v3/traces?'))).toBe(true)
    // a storage that wants a service is asked for each
    const each = await listed('2.20-cassandra')
    expect(each.rows).toEqual(spans.rows)
    expect(each.asked.every((address) => /^\/api\/v3\/trace-summaries\?.*serviceName=/.test(address))).toBe(true)
  })

  const json = (body: unknown) => ({ status: 200, type: 'application/json', body: JSON.stringify(body) })
  const page = { status: 200, type: 'text/html', body: '<!DOCTYPE html><title>Jaeger UI</title>' }
  test.each([
    ['an older server took its place', () => page, 1],
    ['it has no such path any more', () => ({ status: 404, type: 'text/plain', body: '404 page not found' }), 1],
    ['a span has no start', () => json({ summaries: [{ traceId: hex(1, 32), spanCount: 1 }] }), 2],
    ['it is told in other words', () => json({ traces: 5, summaries: { none: true } }), 2],
  ] as const)('2: where %s, the list is made of spans', async (_why, told, asked) => {
    await using o = await known('2.20', traces(4))
    const usual = o.answers.to
    o.answers.to = (path, params) => (path === '/api/v3/trace-summaries' ? told() : usual(path, params))
    const before = o.asked().length
    // each time that more is asked for, or once where it is plain that there are none
    for (const from of [T0, T0 - 7200n * SECOND])
      expect((await o.search({ range: { from: String(from), to: String(T0 + 60n * SECOND) } })).ids).toHaveLength(4)
    expect(
      o
        .asked()
        .slice(before)
        .filter((address) => address.includes('trace-summaries')),
    ).toHaveLength(asked)
  })

  test('8: a storage that lets fewer traces be asked for at once is asked for fewer', async () => {
    const depth: (usual: Respond) => Respond = (usual) => (path, params) =>
      Number(params.get('query.searchDepth') ?? 0) > 60
        ? {
            status: 500,
            type: 'text/plain',
            body: '{"error":{"httpCode":500,"message":"search depth must be greater than 0 and less than max traces"}}',
          }
        : usual(path, params)
    for (const make of [opened, known]) {
      await using o = await make('2.20', traces(150))
      o.answers.to = depth(o.answers.to)
      const { ids, completeness } = await o.search()
      expect([ids.length, completeness.complete]).toEqual([150, true])
    }
  })

  test('8: a page that tells a trace twice is full all the same, and what is older is asked for', async () => {
    await using o = await known('2.20', traces(250))
    const usual = o.answers.to
    o.answers.to = (path, params) => {
      const answer = usual(path, params)
      const told: unknown = path === '/api/v3/trace-summaries' ? JSON.parse(answer.body) : undefined
      const all = field(told, 'summaries')
      if (!Array.isArray(all) || all.length < 200) return answer
      return json({ summaries: all.with(-1, all[0]) })
    }
    const { ids, completeness } = await o.search()
    expect([ids.length, completeness.complete]).toEqual([250, true])
  })

  test('4: spans that cannot be read are told as missing, in the list, in the trace, and from what is held', async () => {
    await using o = await opened('2.20', traces(2))
    const usual = o.answers.to
    // the second span of each ends in a time that 64 bits do not hold
    o.answers.to = (path, params) => {
      const answer = usual(path, params)
      const all = /"name":"SELECT"(.*?)"endTimeUnixNano":"\d+"/g
      return { ...answer, body: answer.body.replace(all, '"name":"SELECT"$1"endTimeUnixNano":"29446744073709551615"') }
    }
    const reason = (count: number) => `${count} spans could not be read: duration is beyond 64 bits`
    for (let again = 0; again < 2; again++) {
      const { completeness } = await o.search()
      expect(completeness.missing).toMatchObject([{ source: o.id, reason: reason(2) }])
      const header = await o.t.client.call('traces.header', { traceId: hex(1, 32) })
      expect([header.spans, header.completeness.missing[0]?.reason]).toEqual([1, reason(1)])
    }
  })
})
