// The facts of docs/connectors.md about Jaeger and Zipkin, by their numbers, on servers that answer as their versions do.

import { describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../../test/support/engine.ts'
import { type FaultServer, startFaultServer } from '../../../../test/support/fault-server.ts'
import { type Shape, traceBackend } from '../../../../test/support/trace-backends.ts'
import type { SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { servicesModule } from '../../services/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { tracesModule } from '../../traces/index.ts'
import { annotationQuery } from '../zipkin/client.ts'
import { zipkinConnector } from '../zipkin/index.ts'
import { jaegerConnector } from './index.ts'

const T0 = 1_760_000_000_000_000_000n
const SECOND = 1_000_000_000n
const RANGE = { from: String(T0), to: String(T0 + 3600n * SECOND) }
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

/** Two spans a trace; ids of even ones have 64 bits. */
function traces(count: number, gap = SECOND): SpanRow[] {
  return Array.from({ length: count }, (_, n): SpanRow[] => {
    const traceId = n % 2 === 0 ? hex(n + 1, 32) : `f${hex(n + 1, 31)}`
    const span = (id: number, over: Partial<SpanRow>): SpanRow => ({
      traceId,
      spanId: hex(n * 4 + id, 16),
      parentId: id === 1 ? '' : hex(n * 4 + 1, 16),
      service: 'web',
      operation: 'GET /',
      kind: 2,
      start: T0 + BigInt(n) * gap + 123n,
      durationNs: 5_000_000n,
      status: n % 5 === 0 ? 2 : 0,
      attributes: { values: { n, order: `o-${n}` } },
      resource: { attributes: { values: { 'service.name': 'web' } } },
      ...over,
    })
    const db = { attributes: { values: { 'service.name': 'db' } } }
    return [span(1, {}), span(2, { service: 'db', operation: 'SELECT', kind: 0, resource: db })]
  }).flat()
}

interface Opened extends AsyncDisposable {
  readonly t: TestEngine
  readonly id: string
  readonly server: FaultServer
  search(input?: Record<string, unknown>): Promise<{
    ids: unknown[]
    completeness: { complete: boolean; missing: ReadonlyArray<{ from: string; to: string; reason: string }> }
  }>
  /** addresses asked so far, without those of looking what it is */
  asked(): string[]
}

async function opened(shape: Shape, spans: readonly SpanRow[], more: Partial<SourceSpecInput> = {}): Promise<Opened> {
  const server = await startFaultServer({ answerTo: traceBackend(shape, spans) })
  const t = await startTestEngine({
    modules: [tracesModule, servicesModule, sourcesModuleWith([jaegerConnector, zipkinConnector])],
  })
  const kind = shape === 'zipkin' ? ('zipkin' as const) : ('jaeger' as const)
  const limits = { perSecond: 1000, ...more.limits }
  const { id } = await t.client.call('sources.add', {
    kind,
    name: shape,
    url: server.url,
    ...more,
    limits,
    keep: 'session',
  })
  return {
    t,
    id,
    server,
    async search(input = {}) {
      const { table, completeness } = await t.client.call('traces.search', { range: RANGE, limit: 1000, ...input })
      return { ids: frameToJsonTable(table).rows.map((row) => row['traceId']), completeness }
    },
    asked: () =>
      server.seen.map(({ path, search }) => decodeURIComponent(path + search)).filter((a) => /traces|trace\//.test(a)),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

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
    expect(gap?.reason).toBe(
      'the newest 300 traces were read, the limit of the source for one question'.replace('300', '300'),
    )
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

  test('10: raw times are asked for, in each API', async () => {
    for (const [shape, raw] of [
      ['1.6x', /raw=true/],
      ['2.13', /query\.raw_traces=true/],
      ['2.20', /query\.rawTraces=true/],
    ] as const) {
      await using o = await opened(shape, traces(1))
      await o.search()
      expect(
        o
          .asked()
          .filter((address) => /start/i.test(address))
          .every((address) => raw.test(address)),
      ).toBe(true)
      await o.t.client.call('traces.header', { traceId: '1' })
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

test('a sign-in page in place of everything is not taken for an old Jaeger: it is one again when the page goes', async () => {
  await using o = await opened('2.20', traces(2))
  o.server.fault = 'page'
  await expect(o.search()).rejects.toMatchObject({ message: expect.stringContaining('“Sign in”') })
  o.server.fault = 'none'
  await expect
    .poll(
      () =>
        o.search().then(
          ({ ids }) => ids.length,
          () => 0,
        ),
      { timeout: 8000, interval: 200 },
    )
    .toBe(2)
  expect(o.asked().at(-1)).toContain('/api/v3/')
})

describe('Zipkin', () => {
  test('microseconds for spans, milliseconds for the window; a maximum goes with a minimum', async () => {
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

  test('tags and failed spans are asked for in its syntax; what that cannot say is filtered here', () => {
    expect(annotationQuery({ failed: true, attributes: { 'http.method': 'GET', order: '' } })).toBe(
      'error and http.method=GET and order',
    )
    expect(
      annotationQuery({ attributes: { text: 'salt and pepper', 'a=b': '1', 'network.peer.address': '10.0.0.1' } }),
    ).toBe('')
  })

  test('the halves of a shared span are two spans, the server’s below the client’s', async () => {
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

  test('values of a tag that it completes are offered', async () => {
    await using o = await opened('zipkin', traces(1))
    const { table } = await o.t.client.call('traces.values', { range: RANGE, key: 'environment' })
    expect(frameToJsonTable(table).rows).toEqual([
      { value: 'prod', spans: null },
      { value: 'staging', spans: null },
    ])
  })
})

const MATRIX = [
  ['frozen', /no whole answer within 0.4 s/],
  ['cut', /connection was cut/],
  ['busy', /fewer questions \(429\)/],
  ['unknown-caller', /does not know who asks/],
  ['page', /web page came instead of an answer \(“Sign in”\)/],
  ['half-json', /not an answer of|cut/],
  ['wrong-json', /not an answer of/],
] as const

describe.each(['2.20', 'zipkin'] as const)('%s', (shape) => {
  test.each(MATRIX)(
    '%s: said plainly alone, a gap beside another source, well again by itself',
    async (fault, said) => {
      await using o = await opened(shape, traces(3), { limits: { timeoutMs: 400 } })
      await using healthy = await startFaultServer({ answerTo: traceBackend('zipkin', traces(8).slice(8)) })
      const good = await o.t.client.call('sources.add', { kind: 'zipkin', name: 'good', url: healthy.url })
      // what the backend is was found out before
      await o.t.client.call('traces.header', { traceId: '1', sources: [o.id] })
      o.server.fault = fault
      await expect(o.search({ sources: [o.id] })).rejects.toMatchObject({ message: expect.stringMatching(said) })
      const both = await o.search({ sources: [o.id, good.id] })
      expect(both.ids.length).toBe(4)
      expect(both.completeness.missing).toMatchObject([{ source: o.id, reason: expect.stringMatching(said) }])
      o.server.fault = 'none'
      await expect
        .poll(
          () =>
            o.search({ sources: [o.id] }).then(
              (a) => a.ids.length,
              () => 0,
            ),
          { timeout: 8000, interval: 200 },
        )
        .toBe(3)
    },
  )

  test('what was read still answers when the server is gone, and says since when it is', async () => {
    await using o = await opened(shape, traces(3))
    await o.search()
    o.server.fault = 'error'
    const later = { from: RANGE.from, to: String(T0 + 7200n * SECOND) }
    const answer = await o.search({ range: later })
    expect(answer.ids).toHaveLength(3)
    expect(answer.completeness.missing).toMatchObject([
      {
        source: o.id,
        from: '2025-10-09T09:53:20.000000000Z',
        reason: expect.stringMatching(/\(500\).* Last answer: /),
      },
    ])
  })
})
