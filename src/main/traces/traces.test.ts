// Traces over a real store: found, opened, folded, searched inside, grouped and compared.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import { tracesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const MS = 1_000_000n
const RANGE = { from: String(T0), to: String(T0 + 3_600_000n * MS) }
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const resource = (pod: string) => ({ attributes: { values: { 'k8s.pod.name': pod } } })
const PODS = { a: resource('cart-a'), b: resource('cart-b') }

/** Trace n starts n seconds in; every tenth is slow and failing, all of those on pod b. */
function trace(n: number): SpanRow[] {
  const bad = n % 10 === 0
  const start = T0 + BigInt(n) * 1000n * MS
  const span = (id: number, parent: number, offset: number, duration: number, over: Partial<SpanRow>): SpanRow => ({
    traceId: hex(n + 1, 32),
    spanId: hex(n * 16 + id, 16),
    parentId: parent === 0 ? '' : hex(n * 16 + parent, 16),
    service: 'cart',
    operation: 'GET /cart',
    kind: 2,
    start: start + BigInt(offset) * MS,
    durationNs: BigInt(duration) * MS,
    status: 0,
    attributes: NO_ATTRIBUTES,
    resource: bad ? PODS.b : PODS.a,
    ...over,
  })
  return [
    span(1, 0, 0, bad ? 900 : 100, {
      status: bad ? 2 : 0,
      attributes: { values: { 'http.status_code': bad ? 503 : 200, order: `o-${n}` } },
    }),
    span(2, 1, 10, bad ? 800 : 30, {
      kind: 3,
      operation: 'SELECT',
      attributes: { values: { 'db.system': 'postgresql' } },
      events: [{ time: start, name: 'retry' }],
    }),
    span(3, 1, bad ? 820 : 50, 20, { kind: 3, operation: 'POST /pay' }),
    span(4, 3, bad ? 822 : 52, 15, {
      service: 'payment',
      operation: 'POST /pay',
      status: bad ? 2 : 0,
      statusMessage: bad ? 'Deadline exceeded' : undefined,
    }),
  ]
}

const rowsOf = (frame: Frame) => frameToJsonTable(frame).rows

describe('traces', () => {
  let t: TestEngine
  const call: TestEngine['client']['call'] = (method, input, options) => t.client.call(method, input, options)
  beforeAll(async () => {
    t = await startTestEngine({ modules: [tracesModule] })
    const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(source.id)
    await writer.write({ kind: 'spans', rows: Array.from({ length: 100 }, (_, n) => trace(n)).flat() })
    await writer.commit()
    t.stores.catalog.sources.update(source.id, { state: 'ready' })
  })
  afterAll(async () => {
    await t[Symbol.asyncDispose]()
  })

  it('finds traces and counts spans by the length of the whole trace', async () => {
    const filter = { service: 'payment', minTraceDuration: '500ms', maxTraceDuration: '2s' }
    const found = await call('traces.search', { range: RANGE, ...filter, limit: 100 })
    expect(found.table.rowCount).toBe(10)
    const counted = await call('traces.stats', { range: RANGE, groupBy: ['service'], filter })
    expect(rowsOf(counted.table)).toMatchObject([{ service: 'payment', count: 10, errorRatio: 1 }])
  })

  it('pages through all traces by start and by duration, each once', async () => {
    for (const orderBy of ['start', 'duration'] as const) {
      const seen: unknown[] = []
      let cursor: string | undefined
      do {
        const page = await call('traces.search', {
          range: RANGE,
          orderBy,
          limit: 7,
          ...(cursor === undefined ? {} : { cursor }),
        })
        seen.push(...rowsOf(page.table).map((r) => r[orderBy === 'start' ? 'start' : 'durationNs']))
        cursor = page.nextCursor
        expect(page.completeness.truncated).toEqual(cursor === undefined ? undefined : { returned: 7 })
      } while (cursor !== undefined)
      expect(seen.length).toBe(100)
      expect(seen).toEqual([...seen].sort((a, b) => (String(a).padStart(30) < String(b).padStart(30) ? 1 : -1)))
    }
  })

  it.each([
    [{ service: 'payment' }, 100],
    [{ operation: 'SELECT', minDuration: '500ms' }, 10],
    [{ status: 'error' as const }, 10],
    [{ service: 'cart', maxDuration: 10 }, 0],
    [{ rootOnly: true, minDuration: '500ms' }, 10],
    [{ rootOnly: true, service: 'payment' }, 0],
    [{ attributes: { 'http.status_code': 503 } }, 10],
    [{ attributes: { 'http.status_code': 503, order: 'o-10' } }, 1],
    [{ attributes: { 'k8s.pod.name': 'cart-a' } }, 90],
    [{ attributes: { 'db.system': '*' } }, 100],
    [{ kind: 'server' as const, attributes: { 'http.status_code': '!200', 'db.system': '!*', order: '*' } }, 10],
    [{ text: 'deadline' }, 10],
    [{ text: 'O-42' }, 1],
    [{ text: 'status_code' }, 0],
  ])('finds the traces with a span like %j', async (filter, count) => {
    const { table } = await call('traces.search', { range: RANGE, ...filter, limit: 1000 })
    expect(table.rowCount).toBe(count)
  })

  it('answers with all spans in tree order', async () => {
    const { table } = await call('traces.get', { traceId: hex(11, 32) })
    expect(rowsOf(table).map((r) => [r.service, r.operation, r.selfNs, r.critical, r.status])).toEqual([
      ['cart', 'GET /cart', 80e6, true, 'error'],
      ['cart', 'SELECT', 800e6, true, 'unset'],
      ['cart', 'POST /pay', 5e6, true, 'unset'],
      ['payment', 'POST /pay', 15e6, true, 'error'],
    ])
    expect(rowsOf(table)[1]).toMatchObject({
      attributes: { 'db.system': 'postgresql' },
      resource: { 'k8s.pod.name': 'cart-b' },
      parentId: hex(161, 16),
      orphan: false,
    })
    const one = await call('traces.span', { traceId: hex(11, 32), spanId: hex(164, 16) })
    expect(rowsOf(one.table)).toEqual([rowsOf(table)[3]])
    const cut = await call('traces.get', { traceId: hex(11, 32), limit: 2 })
    expect([cut.table.rowCount, cut.completeness.truncated]).toEqual([2, { returned: 2, total: 4 }])
  })

  it('sums the critical path to the length of the root', async () => {
    const head = await call('traces.header', { traceId: hex(11, 32) })
    expect(head).toMatchObject({
      rootService: 'cart',
      spans: 4,
      errors: 2,
      depth: 2,
      durationNs: 900_000_000,
      orphans: 0,
      skewed: 0,
    })
    expect(head.criticalPath.map((c) => [c.operation, c.selfNs])).toEqual([
      ['SELECT', 800000000],
      ['GET /cart', 80000000],
      ['POST /pay', 15000000],
      ['POST /pay', 5000000],
    ])
    expect(head.minimap.spans.length).toBe(200)
  })

  it('folds, filters and locates rows of the waterfall', async () => {
    const traceId = hex(11, 32)
    const ids = async (request: object) => {
      const { table, summary } = await call('traces.waterfall', { traceId, ...request })
      return [rowsOf(table).map((r) => Number.parseInt(String(r.spanId), 16) - 160), summary]
    }
    expect(await ids({})).toEqual([[1, 2, 3, 4], { total: 4, matches: 0 }])
    expect(await ids({ collapsed: [hex(163, 16)] })).toEqual([[1, 2, 3], { total: 3, matches: 0 }])
    expect(await ids({ collapseDepth: 1 })).toEqual([[1, 2, 3], { total: 3, matches: 0 }])
    expect(await ids({ collapseDepth: 0, expanded: [hex(161, 16)] })).toEqual([[1, 2, 3], { total: 3, matches: 0 }])
    expect(await ids({ collapseChildrenOf: [hex(161, 16)] })).toEqual([[1, 2, 3], { total: 3, matches: 0 }])
    expect(await ids({ collapseChildrenOf: [hex(161, 16)], expanded: [hex(163, 16)] })).toEqual([
      [1, 2, 3, 4],
      { total: 4, matches: 0 },
    ])
    expect(await ids({ onlyErrors: true })).toEqual([[1, 3, 4], { total: 3, matches: 2 }])
    expect(await ids({ find: 'postgres', onlyMatches: true })).toEqual([[1, 2], { total: 2, matches: 1 }])
    expect(await ids({ find: 'DEADLINE' })).toEqual([[1, 2, 3, 4], { total: 4, matches: 1 }])
    expect(await ids({ offset: 1, limit: 2 })).toEqual([[2, 3], { total: 4, matches: 0 }])
    expect(await call('traces.locate', { traceId, find: 'deadline' })).toEqual({
      row: 3,
      spanId: hex(164, 16),
      matches: 1,
      completeness: { complete: true, missing: [] },
    })
    expect(await call('traces.locate', { traceId, find: 'deadline', after: 3 })).toEqual({
      row: null,
      spanId: null,
      matches: 1,
      completeness: { complete: true, missing: [] },
    })
    expect(await call('traces.locate', { traceId, spanId: hex(163, 16) })).toMatchObject({ row: 2 })
    expect(await call('traces.locate', { traceId, errors: true, after: 0 })).toEqual({
      row: 3,
      spanId: hex(164, 16),
      matches: 2,
      completeness: { complete: true, missing: [] },
    })
    expect(await call('traces.locate', { traceId, errors: true, collapseDepth: 1, after: 0 })).toEqual({
      row: null,
      spanId: null,
      matches: 1,
      completeness: { complete: true, missing: [] },
    })
    const ticks = rowsOf((await call('traces.waterfall', { traceId })).table).map((row) => row['eventsNs'])
    expect(ticks).toEqual([[], [0], [], []])
  })

  it('draws only what is a pixel wide and says how much is not', async () => {
    const wide = await call('traces.flame', { traceId: hex(11, 32), width: 1000 })
    expect([wide.table.rowCount, wide.completeness.truncated]).toEqual([4, undefined])
    const narrow = await call('traces.flame', { traceId: hex(11, 32), width: 100, fromNs: 0, toNs: 2_000_000_000 })
    expect([narrow.table.rowCount, narrow.completeness.truncated]).toEqual([3, { returned: 3, total: 4 }])
  })

  it('groups by service, operation and attributes with exact figures', async () => {
    const whole = await call('traces.stats', { range: RANGE, groupBy: ['all'], filter: { traceId: hex(11, 32) } })
    expect(rowsOf(whole.table)).toMatchObject([{ all: '', count: 4, errorRatio: 0.5 }])
    const { table } = await call('traces.stats', {
      range: RANGE,
      groupBy: ['service', 'attr:http.status_code', 'attr:k8s.pod.name'],
      filter: { operation: 'GET /cart' },
    })
    expect(rowsOf(table)).toEqual([
      {
        service: 'cart',
        'attr:http.status_code': '200',
        'attr:k8s.pod.name': 'cart-a',
        count: 90,
        errorRatio: 0,
        p50Ns: 100e6,
        p95Ns: 100e6,
        p99Ns: 100e6,
      },
      {
        service: 'cart',
        'attr:http.status_code': '503',
        'attr:k8s.pod.name': 'cart-b',
        count: 10,
        errorRatio: 1,
        p50Ns: 900e6,
        p95Ns: 900e6,
        p99Ns: 900e6,
      },
    ])
  })

  it('says what slow spans have that others have not, and hides identifiers', async () => {
    const { table } = await call('traces.differences', {
      range: RANGE,
      filter: { operation: 'GET /cart' },
      selection: { minDuration: '500ms' },
    })
    const rows = rowsOf(table)
    expect(rows.slice(0, 2).map((r) => [r.selected, r.rest, r.selectedShare, r.restShare])).toEqual([
      [10, 0, 1, 0],
      [10, 0, 1, 0],
    ])
    expect(rows.map((r) => r.key)).not.toContain('order')
    expect(new Set(rows.map((r) => r.key))).toEqual(new Set(['http.status_code', 'k8s.pod.name']))
    await expect(call('traces.differences', { range: RANGE, selection: {} })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('compares two traces by call path', async () => {
    const { table } = await call('traces.compare', { a: hex(11, 32), b: hex(12, 32) })
    expect(
      rowsOf(table).map((r) => [r.depth, r.operation, r.durationNsA, r.durationNsB, r.errorsA, r.errorsB, r.state]),
    ).toEqual([
      [0, 'GET /cart', 900e6, 100e6, 1, 0, 'both'],
      [1, 'SELECT', 800e6, 30e6, 0, 0, 'both'],
      [1, 'POST /pay', 20e6, 20e6, 0, 0, 'both'],
      [2, 'POST /pay', 15e6, 15e6, 1, 0, 'both'],
    ])
  })

  it('compares the traces that two sources have under one id', async () => {
    await using two = await startTestEngine({ modules: [tracesModule] })
    const ids: string[] = []
    for (const n of [10, 11]) {
      const { id } = two.stores.catalog.sources.create({ name: `${n}`, kind: 'import', origin: [], readOnly: false })
      const writer = await two.stores.telemetry.writer(id)
      await writer.write({ kind: 'spans', rows: trace(n).map((span) => ({ ...span, traceId: hex(1, 32) })) })
      await writer.commit()
      two.stores.catalog.sources.update(id, { state: 'ready' })
      ids.push(id)
    }
    const [slow = '', fast = ''] = ids
    const root = async (input: object) =>
      rowsOf((await two.client.call('traces.compare', { a: hex(1, 32), b: hex(1, 32), ...input })).table).map((r) => [
        r['durationNsA'],
        r['durationNsB'],
      ])[0]
    expect(await root({ sourceA: slow, sourceB: fast })).toEqual([900e6, 100e6])
    expect(await root({ sources: [fast], sourceA: slow })).toEqual([900e6, 100e6])
    expect(await root({ sources: [fast], sourceB: slow })).toEqual([100e6, 900e6])
  })

  it('offers keys and values, most frequent first', async () => {
    expect(rowsOf((await call('traces.keys', { range: RANGE, text: 'd' })).table)).toEqual([
      { key: 'k8s.pod.name', spans: 400 },
      { key: 'db.system', spans: 100 },
      { key: 'http.status_code', spans: 100 },
      { key: 'order', spans: 100 },
    ])
    expect(
      rowsOf((await call('traces.values', { range: RANGE, key: 'k8s.pod.name', service: 'payment' })).table),
    ).toEqual([
      { value: 'cart-a', spans: 90 },
      { value: 'cart-b', spans: 10 },
    ])
    expect(rowsOf((await call('traces.values', { range: RANGE, key: 'service', limit: 1 })).table)).toEqual([
      { value: 'cart', spans: 300 },
    ])
  })

  it('keeps failures and extremes when the scatter is thinned, and says so', async () => {
    const { table, completeness, summary } = await call('traces.scatter', { range: RANGE, limit: 20 })
    expect(completeness.truncated).toEqual({ returned: 20, total: 100 })
    expect(rowsOf(table).filter((r) => r.errors === 2).length).toBe(10)
    const { traces, failed } = summary ?? {}
    expect({ traces, failed }).toEqual({ traces: 100, failed: 10 })
  })

  it('counts and times all traces of the scatter alike, thinned or not, with more failures than points too', async () => {
    const whole = await call('traces.scatter', { range: RANGE })
    expect(whole.completeness.truncated).toBeUndefined()
    for (const limit of [1, 5, 99, 100])
      expect.soft((await call('traces.scatter', { range: RANGE, limit })).summary, `${limit}`).toEqual(whole.summary)
    const failing = await call('traces.scatter', { range: RANGE, status: 'error', limit: 3 })
    expect(failing.summary).toMatchObject({ traces: 10, failed: 10 })
    const none = await call('traces.scatter', { range: RANGE, text: 'nowhere at all' })
    expect(none.summary).toEqual({ traces: 0, failed: 0, p50Ns: 0, p95Ns: 0, longestNs: 0 })
  })

  it('compares two groups of traces by operation: counts, errors, quantiles, critical path per trace', async () => {
    const good = { range: RANGE, filter: { rootOnly: true, maxDuration: '500ms' } }
    const bad = { range: RANGE, filter: { status: 'error' as const } }
    const { table, summary, completeness } = await call('traces.compareGroups', { a: good, b: bad })
    expect(summary).toEqual({
      a: { traces: 90, spans: 360, failed: 0, p50Ns: 100e6, p95Ns: 100e6, p99Ns: 100e6, walked: 90 },
      b: { traces: 10, spans: 40, failed: 10, p50Ns: 900e6, p95Ns: 900e6, p99Ns: 900e6, walked: 10 },
    })
    expect(completeness).toEqual({ complete: true, missing: [] })
    const rows = rowsOf(table)
    // the query is what the slow ones wait for: 800 of 900 ms against 30 of 100
    expect(rows[0]).toEqual({
      service: 'cart',
      operation: 'SELECT',
      countA: 90,
      countB: 10,
      perTraceA: 1,
      perTraceB: 1,
      errorsA: 0,
      errorsB: 0,
      p50NsA: 30e6,
      p50NsB: 800e6,
      p95NsA: 30e6,
      p95NsB: 800e6,
      p99NsA: 30e6,
      p99NsB: 800e6,
      criticalNsA: 30e6,
      criticalNsB: 800e6,
      state: 'both',
    })
    const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0)
    // the path tiles the root
    expect([sum('criticalNsA'), sum('criticalNsB'), sum('errorsB')]).toEqual([100e6, 900e6, 20])

    const differ = rowsOf((await call('traces.groupDifferences', { a: good, b: bad })).table)
    const pod = differ.filter((row) => row['key'] === 'k8s.pod.name').map((r) => [r['value'], r['countA'], r['countB']])
    expect(pod.sort()).toEqual([
      ['cart-a', 360, 0],
      ['cart-b', 0, 40],
    ])
    expect(differ.find((row) => row['value'] === 'cart-b')).toMatchObject({ shareA: 0, shareB: 1, score: 1 })
  })

  it('groups of other times: what is only in one is said, an empty group has no shares', async () => {
    const half = (from: number, to: number) => ({
      range: { from: String(T0 + BigInt(from) * 1000n * MS), to: String(T0 + BigInt(to) * 1000n * MS) },
    })
    const { table, summary } = await call('traces.compareGroups', { a: half(0, 50), b: half(5000, 6000) })
    expect(summary).toMatchObject({ a: { traces: 50 }, b: { traces: 0, walked: 0 } })
    expect(rowsOf(table).map((row) => [row['state'], row['countB'], row['perTraceB'], row['p95NsB']])).toEqual(
      Array.from({ length: 4 }, () => ['only-a', 0, null, null]),
    )
    const same = await call('traces.groupDifferences', { a: half(0, 50), b: half(50, 100) })
    expect(rowsOf(same.table).filter((row) => Number(row['pValue']) < 0.05)).toEqual([])
    const cut = await call('traces.compareGroups', { a: half(0, 50), b: half(50, 100), limit: 2 })
    expect(cut.completeness.truncated).toEqual({ returned: 2, total: 4 })
  })

  it('says that a trace is not there', async () => {
    await expect(call('traces.header', { traceId: 'abcdef' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(call('traces.search', { range: RANGE, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
