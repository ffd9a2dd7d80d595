// The facts of docs/connectors.md about Jaeger, by their numbers, on servers that answer as its versions do.

import { describe, expect, test } from 'vitest'
import { hex, known, opened, RANGE, SECOND, T0, traces } from '../../../../test/support/live-traces.ts'
import type { Shape } from '../../../../test/support/trace-backends.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'

describe('Jaeger', () => {
  test.each([
    ['1.6x', /^\/api\/traces\?service=/],
    ['2.13', /^\/api\/v3\/traces\?query\.start_time_min=.*query\.num_traces=/],
    ['2.20', /^\/api\/v3\/traces\?query\.startTimeMin=.*query\.searchDepth=/],
    ['2.21', /^\/api\/v3\/traces\?query\.startTimeMin=/],
  ] as const)('1, 2, 3: %s is asked in the words that it knows, and answers', async (shape, words) => {
    await using o = await opened(shape, traces(3))
    expect((await o.search()).ids).toHaveLength(3)
    expect(o.asked().some((address) => words.test(address))).toBe(true)
    const tagged = await o.search({ service: 'web', attributes: { order: 'o-1' } })
    expect(tagged.ids).toEqual([`f${hex(2, 31)}`])
  })

  test('1, 2: what a version has is found out by asking, a page for any path is not taken for an answer', async () => {
    const flags = async (shape: Shape) => {
      await using o = await opened(shape, traces(1))
      await o.search()
      const told = async () => (await o.t.client.call('sources.health', { id: o.id })).sources[0]?.capabilities
      await expect.poll(told).toBeDefined()
      const capabilities = await told()
      const version = capabilities?.version
      const found: Readonly<Record<string, boolean>> = capabilities?.flags ?? {}
      return [version, found['api-v3'], found['legacy-search'], found['trace-summaries'], found['span-metrics']]
    }
    expect(await flags('1.6x')).toEqual(['1.62.0', false, true, false, false])
    expect(await flags('2.13')).toEqual(['2.13.0', true, true, false, true])
    expect(await flags('2.20')).toEqual(['2.20.0', true, true, true, true])
    expect(await flags('2.21')).toEqual(['2.21.0', true, false, true, true])
  })

  test('1, 2: what it turns out to lack is no failure in the ledger', async () => {
    await using o = await opened('1.6x', traces(1))
    await o.search()
    await o.t.client.call('traces.header', { traceId: hex(9, 32) }).catch(() => undefined)
    const { sources } = await o.t.client.call('sources.health', { id: o.id })
    const load = sources[0]?.load ?? []
    expect(load.length).toBeGreaterThan(0)
    expect(load.filter(({ failures }) => failures > 0)).toEqual([])
  })

  test('3: times go out as RFC 3339 to the nanosecond in v3, as microseconds in the older search; durations as Go writes them', async () => {
    const input = {
      service: 'web',
      minDuration: '1ms',
      range: { from: String(T0 + 5n), to: String(T0 + 7n * SECOND + 1n) },
    }
    await using v3 = await opened('2.20', traces(2))
    await v3.search(input)
    expect(v3.asked().join(' ')).toMatch(/startTimeMin=2025-10-09T08:53:20.000000005Z&.*durationMin=1000000ns/)
    await using older = await opened('1.6x', traces(2))
    await older.search(input)
    // beside it, whether the search is there at all is asked
    expect(older.asked().join(' ')).toMatch(/start=1760000000000000&end=1760000007000001&.*minDuration=1000000ns/)
  })

  test('4: no match is an empty answer, not a failure; several traces in one list are told apart', async () => {
    await using o = await opened('2.20', traces(4))
    expect(await o.search({ service: 'nobody' })).toEqual({ ids: [], completeness: { complete: true, missing: [] } })
    const { table } = await o.t.client.call('traces.search', { range: RANGE, limit: 10 })
    expect(frameToJsonTable(table).rows.map((row) => [row['spans'], row['rootService']])).toEqual(
      Array.from({ length: 4 }, () => [2, 'web']),
    )
    expect((await o.t.client.call('sources.health', { id: o.id })).sources[0]?.state).toBe('ok')
  })

  test('5: ids are hex, times text, kinds numbers that are left out when 0', async () => {
    await using o = await opened('2.20', traces(1))
    const { table } = await o.t.client.call('traces.get', { traceId: hex(1, 32) })
    expect(
      frameToJsonTable(table).rows.map((row) => [
        row['spanId'],
        row['kind'],
        row['start'],
        row['durationNs'],
        row['status'],
      ]),
    ).toEqual([
      [hex(1, 16), 'server', '2025-10-09T08:53:20.000000123Z', 5_000_000, 'error'],
      [hex(2, 16), 'unspecified', '2025-10-09T08:53:20.000000123Z', 5_000_000, 'error'],
    ])
  })

  test.each(['1.6x', '2.13', '2.20', 'zipkin'] as const)(
    '6: %s finds ids of 64 and 128 bits, short or padded, in capitals',
    async (shape) => {
      await using o = await opened(shape, traces(4))
      for (const traceId of ['1', hex(1, 16), hex(1, 32), `F${hex(2, 31)}`]) {
        const { spans } = await o.t.client.call('traces.header', { traceId })
        expect([traceId, spans]).toEqual([traceId, 2])
      }
      await expect(o.t.client.call('traces.header', { traceId: 'abc' })).rejects.toMatchObject({ code: 'not_found' })
    },
  )

  test.each(['2.20-cassandra', '2.13-cassandra-silent'] as const)(
    '7: %s wants a service: each is asked, and a trace of several is told once',
    async (shape) => {
      await using o = await opened(shape, traces(6))
      expect((await o.search()).ids).toHaveLength(6)
      const { table } = await o.t.client.call('services.overview', { range: RANGE })
      expect(frameToJsonTable(table).rows.map((row) => [row['service'], row['requests']])).toEqual([
        ['db', 6],
        ['web', 6],
      ])
    },
  )

  test('7: a server that says that a search needs no service is asked once for an hour without traces', async () => {
    await using o = await known('2.21', traces(3))
    const before = o.asked().length
    expect(
      (await o.search({ range: { from: String(T0 - 7200n * SECOND), to: String(T0 - 3600n * SECOND) } })).ids,
    ).toEqual([])
    expect(o.asked().slice(before)).toEqual([expect.not.stringContaining('serviceName')])
  })

  test.each([
    ['2.20', 3],
    // what failed, and its kind, are no attributes of the older answers
    ['1.6x', 0],
  ] as const)(
    '%s is sent no tag by which a storage means something else than an attribute of that name',
    async (shape, found) => {
      const named = { error: 'true', 'span.kind': 'server', 'resource.service.name': 'web', order: 'o-1' }
      const spans = traces(3).map((span) => ({
        ...span,
        attributes: { values: { ...span.attributes.values, ...named } },
      }))
      await using o = await opened(shape, spans)
      expect((await o.search({ service: 'web', attributes: named })).ids).toHaveLength(found)
      const sent = o.asked().flatMap((address) => /(?:attributes|tags)=([^&]*)/.exec(address)?.[1] ?? [])
      expect(sent.map((tags) => JSON.parse(tags) as unknown)).toEqual([{ order: 'o-1' }])
    },
  )

  test('8: a window is halved until its traces fit: two thousand are found two hundred at a time, each once', async () => {
    const all = traces(2000)
    await using o = await opened('2.20', all, { limits: { traces: 10_000 } })
    const { table, completeness } = await o.t.client.call('traces.scatter', { range: RANGE, limit: 20_000 })
    expect([table.rowCount, completeness]).toEqual([2000, { complete: true, missing: [] }])
    const requests = o.asked().length
    expect(requests).toBeGreaterThan(10)
    expect(requests).toBeLessThan(50)
  })

  test('8: more at one moment than the server tells are named as missing there', async () => {
    await using o = await opened('2.20', traces(300, 0n), { limits: { traces: 10_000 } })
    const { completeness } = await o.t.client.call('traces.scatter', { range: RANGE })
    expect(completeness.missing).toEqual([
      {
        source: o.id,
        from: expect.any(String),
        to: expect.any(String),
        reason: 'more traces in this moment than the source tells',
      },
    ])
    // and again, from what is held
    const again = await o.t.client.call('traces.scatter', { range: RANGE })
    expect(again.completeness).toEqual(completeness)
  })

  test('8: the limit of the source stops the reading; what is older is named, and is not counted', async () => {
    await using o = await opened('2.20', traces(1000), { limits: { traces: 300 } })
    const { table, completeness } = await o.t.client.call('traces.stats', { range: RANGE, groupBy: ['all'] })
    const [gap] = completeness.missing
    expect(completeness.missing).toHaveLength(1)
    expect(gap?.reason).toBe('the newest 300 traces were read, the limit of the source for one query')
    const from = BigInt(Date.parse(gap?.to ?? '')) * 1_000_000n
    const seen = traces(1000).filter(({ start }) => start >= from)
    expect(frameToJsonTable(table).rows[0]?.['count']).toBe(seen.length)
  })

  test('8: what was read is not asked again, but for the newest two minutes', async () => {
    await using o = await opened('2.20', traces(100))
    await o.search()
    const before = o.asked().length
    await o.search()
    await o.t.client.call('traces.stats', { range: RANGE, groupBy: ['service'] })
    await o.search({ service: 'db' })
    expect(o.asked().length).toBe(before)
  })

  test.each([
    ['1.6x', /\/api\/traces\/.*start=1759913600000000&end=1760090000000000/],
    ['2.13', /\/api\/v3\/traces\/.*start_time=2025-10-08T08:53:20.0+Z&end_time=2025-10-10T09:53:20.0+Z/],
    ['2.20', /\/api\/v3\/traces\/.*startTime=2025-10-08T08:53:20.0+Z&endTime=2025-10-10T09:53:20.0+Z/],
  ] as const)(
    '9: %s is told when a trace may have been, where that is known, with a day to spare',
    async (shape, hint) => {
      const id = `f${hex(2, 31)}`
      await using o = await opened(shape, traces(2))
      await o.search()
      const searches = o.asked().length
      await o.t.client.call('traces.header', { traceId: id, around: RANGE })
      const asked = o.asked().slice(searches)
      expect(asked).toEqual([expect.stringMatching(hint)])
      // what else the page asks of it meanwhile waits for the same answer
      await using together = await opened(shape, traces(2))
      const input = { traceId: id, around: RANGE }
      await Promise.all([
        together.t.client.call('traces.header', input),
        together.t.client.call('traces.waterfall', { ...input, limit: 10 }),
      ])
      expect(together.asked().filter((address) => address.includes(id))).toEqual([expect.stringMatching(hint)])
    },
  )

  test('9: a trace that is not where it was looked for, or may go on beyond it, is asked for without a time', async () => {
    const [first, second] = traces(1) as [SpanRow, SpanRow]
    const days = (n: bigint) => n * 86_400n * SECOND
    const late = { ...second, start: second.start + days(3n) }
    await using o = await opened('2.20', [first, late])
    const spansOf = async (around: { from: string; to: string }) => {
      const { spans } = await o.t.client.call('traces.header', { traceId: hex(1, 32), around })
      return spans
    }
    // seen in part only: its first span lies within the hour at the edge of what was looked through
    const edge = first.start + days(1n) + 60n * SECOND
    expect(await spansOf({ from: String(edge), to: String(edge + SECOND) })).toBe(2)
    await using elsewhere = await opened('2.20', traces(1))
    const far = { from: String(T0 + days(30n)), to: String(T0 + days(31n)) }
    const { spans } = await elsewhere.t.client.call('traces.header', { traceId: hex(1, 32), around: far })
    expect(spans).toBe(2)
  })

  test.each(['1.6x', '2.13', '2.20'] as const)(
    '3, 9: no time goes out that a %s cannot read, and the trace is found all the same',
    async (shape) => {
      await using o = await opened(shape, traces(1))
      const spansOf = async (around: { from: string; to: string }) =>
        (await o.t.client.call('traces.header', { traceId: hex(1, 32), around })).spans
      for (const around of [
        { from: '0001-01-01T00:00:00Z', to: '1969-12-30T00:00:00Z' },
        { from: '0001-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' },
        { from: '2150-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' },
        { from: '-86400000000000', to: '0' },
      ])
        expect([around, await spansOf(around).catch((error: unknown) => error)]).toEqual([around, 2])
      await o.t.client.call('traces.search', { range: { from: '-86400000000000', to: String(T0 + SECOND) } })
      const sent = o.asked().flatMap((address) => [...new URL(address, 'http://x').searchParams])
      const times = sent.filter(([name]) => /^(query\.)?(start|end)/.test(name)).map(([, value]) => value)
      expect(times.length).toBeGreaterThan(0)
      for (const time of times) expect(time).toMatch(/^\d+$|^(19[7-9]|2[0-2]\d)\d-\d\d-\d\dT/)
    },
  )

  test('10: raw times are asked for, in each API', async () => {
    for (const [shape, raw] of [
      ['1.6x', /[?&]raw=true/],
      ['2.13', /[?&.]raw_traces=true/],
      ['2.20', /[?&.]rawTraces=true/],
    ] as const) {
      await using o = await opened(shape, traces(1))
      await o.search()
      await o.t.client.call('traces.header', { traceId: hex(7, 16) }).catch(() => undefined)
      const searches = o.asked().filter((address) => /start/i.test(address))
      const byId = o.asked().filter((address) => address.includes(hex(7, 16)))
      for (const asked of [searches, byId]) {
        expect(asked.length).toBeGreaterThan(0)
        expect(asked.filter((address) => !raw.test(address))).toEqual([])
      }
    }
  })

  test('13: the tenant goes as x-tenant, and a path before the API stays', async () => {
    await using o = await opened('2.20', traces(1), { tenant: 'team-a' })
    await o.search()
    expect(
      o.server.seen.every(({ headers }) => headers['x-tenant'] === 'team-a' && !('x-scope-orgid' in headers)),
    ).toBe(true)
    const { steps } = await o.t.client.call('sources.test', {
      spec: { kind: 'jaeger', name: 'below', url: `${o.server.url}/jaeger/ui`, tenant: 'team-a' },
    })
    expect(o.server.seen.at(-1)?.path).toMatch(/^\/jaeger\/ui\/api/)
    expect(steps.at(-1)).toMatchObject({
      ok: false,
      hint: expect.stringContaining('the path is that of a user interface'),
    })
  })

  test('14: FOLLOWS_FROM of the older shape is a link, and a parent where there is no other', async () => {
    const [first, second] = traces(1)
    const link = {
      traceId: first?.traceId ?? '',
      spanId: first?.spanId ?? '',
      attributes: { values: { 'opentracing.ref_type': 'follows_from' } },
    }
    const follower = { ...second, parentId: '', links: [link] } as SpanRow
    await using o = await opened('1.6x', [first as SpanRow, follower])
    const { table } = await o.t.client.call('traces.get', { traceId: '1' })
    expect(frameToJsonTable(table).rows.map((row) => [row['spanId'], row['parentId']])).toEqual([
      [hex(1, 16), ''],
      [hex(2, 16), hex(1, 16)],
    ])
  })
})
