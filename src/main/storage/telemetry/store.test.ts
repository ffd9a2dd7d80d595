// The store on real files: what is written comes back, all or nothing, for every kind of row.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { cell } from '../../../shared/frame/frame.ts'
import { addRows, filledSource, log, openTestStores, sample, seriesInfo, span, T0, tempFolder, testClock } from '../testing.ts'
import { openCatalog } from '../catalog/catalog.ts'
import { uuidOf } from './api.ts'
import { decodeAttributes, decodeLogExtra, decodeResource, decodeScope, decodeSpanEvents, decodeSpanExtra, decodeSpanLinks } from './codec.ts'
import { openTelemetryStore } from './store.ts'

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof WatchdeckError ? error.code : String(error)),
  )

describe('what is written', () => {
  it('comes back: a span with everything it may carry', async () => {
    await using stores = await openTestStores()
    const full = span({
      parentId: '00000000000000ff', status: 2, statusMessage: 'timed out', kind: 3, durationNs: 2n ** 62n,
      attributes: { values: { a: 'ü', n: Number.NaN, list: [1, 'two', { three: Number.NEGATIVE_INFINITY }], big: '9223372036854775807' }, types: { '/big': 'int' } },
      resource: { attributes: { values: { 'service.name': 'checkout' } }, schemaUrl: 'https://example.org/1', droppedAttributes: 2 },
      scope: { name: 'lib', version: '1.0' },
      events: [{ time: T0 + 5n, name: 'exception', attributes: { values: { m: 'x' } }, droppedAttributes: 1 }],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { values: { why: 1 }, types: { '/why': 'double' } }, flags: 1 }],
      traceState: 'k=v', flags: 257, droppedEvents: 3,
    })
    const id = await filledSource(stores, { kind: 'spans', rows: [full] })
    const scope = await stores.telemetry.scope([id])
    const dictionary = scope.relation('attributes')
    const [row] = await stores.telemetry.rows<Record<string, string | bigint | number | null>>(
      `SELECT s.*, a.json AS a_json, a.types AS a_types, r.json AS r_json, r.types AS r_types, r.extra AS r_extra, c.json AS c_json, c.types AS c_types, c.extra AS c_extra
       FROM ${scope.relation('spans')} s JOIN ${dictionary} a ON a.hash = s.attrs JOIN ${dictionary} r ON r.hash = s.resource JOIN ${dictionary} c ON c.hash = s.scope`, [])
    const text = (name: string) => (row?.[name] ?? null) as string | null
    expect(row).toMatchObject({ trace_id: full.traceId, span_id: 0xb7ad6b7169203331n, parent_id: 0xffn, service: 'checkout', operation: 'POST /orders', kind: 3, start_ns: T0, duration_ns: 2n ** 62n, status: 2, status_message: 'timed out' })
    expect(decodeAttributes(text('a_json') ?? '', text('a_types'))).toEqual({ values: full.attributes.values, types: { '/big': 'int', '/n': 'double', '/list/2/three': 'double' } })
    expect(decodeResource(text('r_json') ?? '', text('r_types'), text('r_extra'))).toEqual(full.resource)
    expect(decodeScope(text('c_json') ?? '', text('c_types'), text('c_extra'))).toEqual(full.scope)
    expect(decodeSpanEvents(text('events'))).toEqual(full.events)
    expect(decodeSpanEvents(text('events'), 7n)[0]?.time).toBe(T0 + 12n)
    expect(decodeSpanLinks(text('links'))).toEqual(full.links)
    expect(decodeSpanExtra(text('extra'))).toEqual({ traceState: 'k=v', flags: 257, droppedEvents: 3 })
  })

  it('comes back: NaN, infinities, extremes of int64 and absent values as they were', async () => {
    await using stores = await openTestStores()
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -0, 1.7976931348623157e308]
    const edges = [1n, 2n ** 63n - 1n, -(2n ** 63n)]
    const id = await filledSource(stores,
      { kind: 'samples', rows: values.map((value, i) => sample({ value, time: T0 + BigInt(i) })) },
      { kind: 'logs', rows: edges.map((time) => log({ time, severityText: undefined, bodyIsJson: true, body: '{"nul":"\\u0000"}' })) })
    const scope = await stores.telemetry.scope([id])
    const samples = await stores.telemetry.frame(`SELECT value FROM ${scope.relation('samples')} ORDER BY time_ns`, [], [{ name: 'v', type: 'float' }])
    expect(values.map((_, row) => cell(samples.columns[0] as never, row))).toEqual(values)
    const logs = await stores.telemetry.rows(`SELECT id, time_ns, severity_text, trace_id, span_id, scope, extra FROM ${scope.relation('logs')} ORDER BY id`, [])
    expect(logs).toEqual(edges.map((time_ns, i) => ({ id: BigInt(i), time_ns, severity_text: null, trace_id: null, span_id: null, scope: null, extra: '{"bodyIsJson":true}' })))
    expect(decodeLogExtra('{"bodyIsJson":true}')).toEqual({ bodyIsJson: true })
  })

  it('comes back: histograms, exemplars, objects, happenings, offsets and user events', async () => {
    await using stores = await openTestStores()
    const series = seriesInfo({ type: 'histogram', labels: { b: '2', a: '1' } })
    const batches: TelemetryBatch[] = [
      { kind: 'histograms', rows: [
        { series, time: T0, startTime: 1n, count: 3, sum: 6, min: null, max: 4, explicit: { bounds: [1, 2], counts: [1, 1, 1] } },
        { series, time: T0 + 1n, startTime: 0n, count: 1, sum: null, min: null, max: null, exponential: { scale: -2, zeroCount: 1, zeroThreshold: 0, positiveOffset: 4, positive: [], negativeOffset: 0, negative: [7] } },
        { series, time: T0 + 2n, startTime: 0n, count: 0, sum: 0, min: null, max: null, quantiles: [{ quantile: 0.5, value: Number.NaN }] },
      ] },
      { kind: 'exemplars', rows: [{ series, pointTime: T0, time: T0, value: 1.5, traceId: 'a1', spanId: '', attributes: { values: {} } }] },
      { kind: 'objects', rows: [{ time: 5n, kind: 'Pod', namespace: 'shop', name: 'p', uid: 'u', resourceVersion: '9', service: 'checkout', deleted: true, body: { kind: 'Pod' } }] },
      { kind: 'happenings', rows: [{ time: T0, endTime: T0, kind: 'k8s-event', severity: 'warning', reason: 'BackOff', message: 'm', objectKind: 'Pod', namespace: 'shop', name: 'p', service: 'checkout', count: 4, uid: 'u', attributes: { values: {} } }] },
      { kind: 'offsets', rows: [{ time: T0, topic: 'orders', partition: 1, group: 'g', committed: -1, logEnd: 2 ** 40 }] },
      { kind: 'user-events', rows: [{ time: T0, id: 'e1', event: 'view', distinctId: 'p1', properties: { values: { price: 3 } } }] },
    ]
    const { id } = stores.catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
    const written = await addRows(stores, id, ...batches)
    stores.catalog.sources.update(id, { state: 'ready' })
    expect(written).toEqual({ spans: 0, logs: 0, samples: 3, series: 1, objects: 1, happenings: 1, userEvents: 1, from: T0, to: T0 + 2n })
    const scope = await stores.telemetry.scope([id])
    const read = (table: Parameters<typeof scope.relation>[0], columns: string) => stores.telemetry.rows(`SELECT ${columns} FROM ${scope.relation(table)}`, [])
    expect(await read('histograms', 'count, sum, min, max, bounds, counts, scale, positive, negative, quantiles')).toEqual([
      { count: 3, sum: 6, min: null, max: 4, bounds: [1, 2], counts: [1, 1, 1], scale: null, positive: null, negative: null, quantiles: null },
      { count: 1, sum: null, min: null, max: null, bounds: null, counts: null, scale: -2, positive: [], negative: [7], quantiles: null },
      { count: 0, sum: 0, min: null, max: null, bounds: null, counts: null, scale: null, positive: null, negative: null, quantiles: '[[0.5,"NaN"]]' },
    ])
    expect(await read('series', 'labels, type, resource')).toEqual([{ labels: '{"a":"1","b":"2"}', type: 'histogram', resource: null }])
    expect(await read('exemplars', 'trace_id, span_id, value')).toEqual([{ trace_id: 'a1'.padStart(32, '0'), span_id: null, value: 1.5 }])
    expect(await read('objects', 'time_ns, deleted, body')).toEqual([{ time_ns: 5n, deleted: true, body: '{"kind":"Pod"}' }])
    expect(await read('happenings', 'reason, count')).toEqual([{ reason: 'BackOff', count: 4 }])
    expect(await read('offsets', '"group", committed, log_end')).toEqual([{ group: 'g', committed: -1n, log_end: 2n ** 40n }])
    expect(await read('user_events', 'event, distinct_id, properties')).toEqual([{ event: 'view', distinct_id: 'p1', properties: '{"price":3}' }])
  })

  it('is there after a restart, and adding to it repeats nothing in the dictionaries', async () => {
    const folder = tempFolder()
    const batch: TelemetryBatch[] = [{ kind: 'spans', rows: [span()] }, { kind: 'samples', rows: [sample()] }, { kind: 'logs', rows: [log()] }]
    let id: string
    {
      await using stores = await openTestStores(folder)
      id = await filledSource(stores, ...batch)
    }
    await using stores = await openTestStores(folder)
    // the same content in other objects
    const again = await addRows(stores, id, ...structuredClone(batch))
    expect(again).toMatchObject({ spans: 1, logs: 1, samples: 1, series: 0 })
    const scope = await stores.telemetry.scope(undefined)
    const count = async (table: Parameters<typeof scope.relation>[0]) => (await stores.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${scope.relation(table)}`, []))[0]?.n
    expect([await count('spans'), await count('series'), await count('attributes'), await count('traces')]).toEqual([2n, 1n, 4n, 1n])
    expect(await stores.telemetry.rows(`SELECT id FROM ${scope.relation('logs')} ORDER BY id`, [])).toEqual([{ id: 0n }, { id: 1n }])
  })

  it('is refused whole when an id is no id, and says which', async () => {
    await using stores = await openTestStores()
    const { id } = stores.catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
    for (const bad of [{ traceId: 'xyz' }, { traceId: '' }, { spanId: 'f'.repeat(17) }, { parentId: 'not hex' }]) {
      const writer = await stores.telemetry.writer(id)
      expect(await codeOf(writer.write({ kind: 'spans', rows: [span(), span(bad)] }).then(() => writer.commit()))).toBe('invalid_input')
      await writer.rollback()
    }
    const scope = await stores.telemetry.scope([id])
    expect(await stores.telemetry.rows(`SELECT * FROM ${scope.relation('spans')}`, [])).toEqual([])
  })
})

describe('trace rows', () => {
  const traces = async (stores: Awaited<ReturnType<typeof openTestStores>>) =>
    stores.telemetry.rows(`SELECT * EXCLUDE (source) FROM ${(await stores.telemetry.scope(undefined)).relation('traces')} ORDER BY trace_id`, [])
  const row = (traceId: string, fields: object) => ({ trace_id: traceId.padStart(32, '0'), ...fields })

  it('name the root, the length, the errors and the services', async () => {
    await using stores = await openTestStores()
    await filledSource(stores, { kind: 'spans', rows: [
      span({ traceId: '1', spanId: '2', parentId: '1', service: 'pay "x"', operation: 'charge', start: T0 + 10n, durationNs: 50n, status: 2 }),
      span({ traceId: '1', spanId: '3', parentId: '1', service: 'pay "x"', operation: 'log', start: T0 + 20n, durationNs: 5n }),
      span({ traceId: '1', spanId: '1', service: 'web', operation: 'GET /', start: T0 + 5n, durationNs: 30n }),
      // no span without a parent: the earliest whose parent is missing, though another starts before it
      span({ traceId: '2', spanId: '5', parentId: '4', service: 'b', operation: 'child', start: T0, durationNs: 1n }),
      span({ traceId: '2', spanId: '4', parentId: '9', service: 'a', operation: 'orphan', start: T0 + 1n, durationNs: 1n }),
      // a cycle: the earliest
      span({ traceId: '3', spanId: '6', parentId: '7', service: 'c', operation: 'later', start: T0 + 1n, durationNs: 1n }),
      span({ traceId: '3', spanId: '7', parentId: '6', service: 'c', operation: 'first', start: T0, durationNs: 1n }),
    ] })
    expect(await traces(stores)).toEqual([
      row('1', { start_ns: T0 + 5n, duration_ns: 55n, root_service: 'web', root_operation: 'GET /', spans: 3, errors: 1, services: '[["pay \\"x\\"",2,1],["web",1,0]]' }),
      row('2', { start_ns: T0, duration_ns: 2n, root_service: 'a', root_operation: 'orphan', spans: 2, errors: 0, services: '[["a",1,0],["b",1,0]]' }),
      row('3', { start_ns: T0, duration_ns: 2n, root_service: 'c', root_operation: 'first', spans: 2, errors: 0, services: '[["c",2,0]]' }),
    ])
  })

  it('follow spans that arrive later, and only those traces are redone', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores, { kind: 'spans', rows: [span({ traceId: '1', spanId: '2', parentId: '1', service: 'pay', operation: 'charge' }), span({ traceId: '2', spanId: '1', service: 'other', operation: 'x' })] })
    await addRows(stores, id, { kind: 'spans', rows: [span({ traceId: '1', spanId: '1', service: 'web', operation: 'GET /', start: T0 - 5n, durationNs: 1n })] })
    expect(await traces(stores)).toEqual([
      row('1', { start_ns: T0 - 5n, duration_ns: 1_000_005n, root_service: 'web', root_operation: 'GET /', spans: 2, errors: 0, services: '[["pay",1,0],["web",1,0]]' }),
      row('2', { start_ns: T0, duration_ns: 1_000_000n, root_service: 'other', root_operation: 'x', spans: 1, errors: 0, services: '[["other",1,0]]' }),
    ])
  })
})

describe('transactions', () => {
  it('show nothing before commit, and nothing after rollback; the next writer waits', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores)
    const scope = await stores.telemetry.scope([id])
    const rows = () => stores.telemetry.rows<{ n: bigint }>(`SELECT (SELECT count(*) FROM ${scope.relation('spans')}) + (SELECT count(*) FROM ${scope.relation('user_events')}) AS n`, [])
    const event = { time: T0, id: 'e', event: 'v', distinctId: 'd', properties: { values: {} } }
    const first = await stores.telemetry.writer(id)
    let secondOpened = false
    const second = stores.telemetry.writer(id).then((writer) => {
      secondOpened = true
      return writer
    })
    await first.write({ kind: 'spans', rows: [span(), span({ spanId: '1' })] })
    await first.write({ kind: 'user-events', rows: [event] })
    expect(first.written).toMatchObject({ spans: 2, userEvents: 1 })
    expect([await rows(), secondOpened]).toEqual([[{ n: 0n }], false])
    await first.rollback()
    const next = await second
    await next.write({ kind: 'spans', rows: [span()] })
    await next.write({ kind: 'user-events', rows: [event] })
    await next.commit()
    expect(await rows()).toEqual([{ n: 2n }])
  })

  it('a waiting writer leaves the queue when its caller does, and an open one can be cancelled', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores)
    const open = new AbortController()
    const writer = await stores.telemetry.writer(id, { signal: open.signal })
    const waiting = new AbortController()
    const second = stores.telemetry.writer(id, { signal: waiting.signal })
    waiting.abort()
    expect(await codeOf(second)).toBe('cancelled')
    open.abort()
    expect(await codeOf(writer.write({ kind: 'spans', rows: [span()] }))).toBe('cancelled')
    await writer.rollback()
    expect(await addRows(stores, id, { kind: 'spans', rows: [span()] })).toMatchObject({ spans: 1 })
  })

  it.each(['before-commit', 'between-files'])('a process killed %s leaves all or nothing', async (moment) => {
    const folder = tempFolder()
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), folder, moment], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    expect(line.toString().trim()).toBe('ready')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await using stores = await openTestStores(folder)
    const scope = await stores.telemetry.scope(undefined)
    const count = async (table: 'spans' | 'traces' | 'attributes' | 'user_events') => (await stores.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${scope.relation(table)}`, []))[0]?.n
    const counts = [await count('spans'), await count('traces'), await count('attributes'), await count('user_events')]
    // one committed span before; then 30,000 more, or a log with attributes of its own, and a user event in the second transaction
    expect(counts).toEqual(moment === 'before-commit' ? [1n, 1n, 2n, 0n] : [1n, 1n, 3n, 1n])
  })

  it('deleting a source while it is read lets the reader finish', async () => {
    await using stores = await openTestStores()
    const rows = Array.from({ length: 30_000 }, (_, i) => log({ body: `line ${i} of a log that is long enough not to be inlined` }))
    const id = await filledSource(stores, { kind: 'logs', rows })
    const other = await filledSource(stores, { kind: 'logs', rows: rows.slice(0, 3) })
    const scope = await stores.telemetry.scope([id])
    const sql = `SELECT a.body FROM ${scope.relation('logs')} a ORDER BY a.body`
    const [frame] = await Promise.all([stores.telemetry.frame(sql, [], [{ name: 'body', type: 'json' }]), stores.telemetry.deleteSource(id)])
    expect([0, 30_000]).toContain(frame.rowCount)
    expect((await stores.telemetry.frame(sql, [], [{ name: 'body', type: 'json' }])).rowCount).toBe(0)
    expect((await stores.telemetry.frame(`SELECT body FROM ${(await stores.telemetry.scope([other])).relation('logs')}`, [], [{ name: 'body', type: 'json' }])).rowCount).toBe(3)
  })
})

describe('limits', () => {
  it('a running query stops when its caller leaves', async () => {
    await using stores = await openTestStores()
    const leave = new AbortController()
    const query = stores.telemetry.rows('SELECT count(*) AS n FROM range(1000000) a(i), range(1000000) b(j) WHERE (i * j) % 7 = 3', [], { signal: leave.signal })
    setTimeout(() => leave.abort(), 50)
    expect(await codeOf(query)).toBe('cancelled')
    expect(await stores.telemetry.rows('SELECT 1 AS one', [])).toEqual([{ one: 1 }])
  })

  it('a query that needs too much memory is refused with a hint', async () => {
    await using stores = await openTestStores(tempFolder(), { memoryBytes: 64 * 2 ** 20, spillBytes: 2 ** 20, threads: 1 })
    const query = stores.telemetry.rows(`SELECT list(i || 'some longer text here') AS l FROM range(20000000) r(i)`, [])
    expect(['limit_exceeded', 'unavailable']).toContain(await codeOf(query))
  })

  it.each([
    `SELECT * FROM read_csv('/etc/hostname')`,
    `COPY (SELECT 1) TO '/tmp/watchdeck-should-not-exist.csv'`,
    `ATTACH '/tmp/watchdeck-should-not-exist.duckdb' AS other`,
    `INSTALL httpfs`,
  ])('the store reaches no file outside its folders: %s', async (sql) => {
    await using stores = await openTestStores()
    expect(await codeOf(stores.telemetry.rows(sql, []))).not.toBe('nothing was thrown')
    await expect(stores.telemetry.rows('SET enable_external_access = true', [])).rejects.toThrow()
    expect(existsSync('/tmp/watchdeck-should-not-exist.csv')).toBe(false)
  })

  it('big integers as parameters keep the column’s type, so that scans stay short', async () => {
    await using stores = await openTestStores()
    expect(await stores.telemetry.rows('SELECT typeof(?) AS a, typeof(?) AS b, typeof(?) AS c, typeof(?) AS d, ? AS e', [T0, 2n ** 64n - 1n, 5, 1.5, uuidOf('ff')])).toEqual([
      { a: 'BIGINT', b: 'UBIGINT', c: 'INTEGER', d: 'DOUBLE', e: 'ff'.padStart(32, '0') },
    ])
  })
})

describe('opening', () => {
  it('refuses a newer schema with a hint', async () => {
    const folder = tempFolder()
    {
      await using stores = await openTestStores(folder)
      expect(await stores.telemetry.bytes()).toBeGreaterThan(0)
    }
    const instance = await DuckDBInstance.create(join(folder, 'telemetry.duckdb'))
    const connection = await instance.connect()
    await connection.run(`UPDATE store SET value = '99' WHERE name = 'schema'`)
    connection.disconnectSync()
    instance.closeSync()
    const catalog = openCatalog(folder, testClock)
    expect(await codeOf(openTelemetryStore(folder, catalog))).toBe('unsupported')
    catalog.close()
  })
})
