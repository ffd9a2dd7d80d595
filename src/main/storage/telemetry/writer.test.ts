// Write transactions: trace rows, all or nothing (also when the process is killed), waiting, cancelling, deleting.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DuckDBConnection } from '@duckdb/node-api'
import { describe, expect, it, vi } from 'vitest'
import { addRows, codeOf, filledSource, log, openTestStores, span, T0, tempFolder } from '../testing.ts'

describe('trace rows', () => {
  const traces = async (stores: Awaited<ReturnType<typeof openTestStores>>) =>
    stores.telemetry.rows(
      `SELECT * EXCLUDE (source) FROM ${(await stores.telemetry.scope(undefined)).relation('traces')} ORDER BY trace_id`,
      [],
    )
  const row = (traceId: string, fields: object) => ({ trace_id: traceId.padStart(32, '0'), ...fields })

  it('are made of spans that begin no earlier than their traces: what a source had before that is not read', async () => {
    await using stores = await openTestStores()
    const HOUR = 3_600_000_000_000n
    const of = (traceId: string, spanId: string, start: bigint) => span({ traceId, spanId, start, durationNs: 10n })
    const id = await filledSource(stores, {
      kind: 'spans',
      rows: [of('1', '1', T0), of('2', '2', T0 + HOUR), of('3', '3', T0 + 2n * HOUR)],
    })
    // a span of an old trace comes late: it begins before everything that comes with it, and its trace before that
    await addRows(stores, id, { kind: 'spans', rows: [of('1', '4', T0 + HOUR), of('4', '5', T0 + 3n * HOUR)] })
    const counts = async () => (await traces(stores)).map(({ start_ns, spans }) => [start_ns, spans])
    expect(await counts()).toEqual([
      [T0, 2],
      [T0 + HOUR, 1],
      [T0 + 2n * HOUR, 1],
      [T0 + 3n * HOUR, 1],
    ])
    // a span that no commit knows of, long before: seen where all spans of a source are looked through
    await stores.telemetry.rows(
      `INSERT INTO telemetry.main.spans SELECT * REPLACE (99 AS span_id, start_ns - ${9n * HOUR} AS start_ns)
       FROM telemetry.main.spans WHERE span_id = 3`,
      [],
    )
    await addRows(stores, id, { kind: 'spans', rows: [of('3', '6', T0 + 4n * HOUR)] })
    expect((await counts())[2]).toEqual([T0 + 2n * HOUR, 2])
  })

  it('name the root, the length, the errors and the services', async () => {
    await using stores = await openTestStores()
    await filledSource(stores, {
      kind: 'spans',
      rows: [
        span({
          traceId: '1',
          spanId: '2',
          parentId: '1',
          service: 'pay "x"',
          operation: 'charge',
          start: T0 + 10n,
          durationNs: 50n,
          status: 2,
        }),
        span({
          traceId: '1',
          spanId: '3',
          parentId: '1',
          service: 'pay "x"',
          operation: 'log',
          start: T0 + 20n,
          durationNs: 5n,
        }),
        span({ traceId: '1', spanId: '1', service: 'web', operation: 'GET /', start: T0 + 5n, durationNs: 30n }),
        // no span without a parent: the earliest whose parent is missing, though another starts before it
        span({ traceId: '2', spanId: '5', parentId: '4', service: 'b', operation: 'child', start: T0, durationNs: 1n }),
        span({
          traceId: '2',
          spanId: '4',
          parentId: '9',
          service: 'a',
          operation: 'orphan',
          start: T0 + 1n,
          durationNs: 1n,
        }),
        // a cycle: the earliest
        span({
          traceId: '3',
          spanId: '6',
          parentId: '7',
          service: 'c',
          operation: 'later',
          start: T0 + 1n,
          durationNs: 1n,
        }),
        span({ traceId: '3', spanId: '7', parentId: '6', service: 'c', operation: 'first', start: T0, durationNs: 1n }),
      ],
    })
    expect(await traces(stores)).toEqual([
      row('1', {
        start_ns: T0 + 5n,
        duration_ns: 55n,
        root_service: 'web',
        root_operation: 'GET /',
        spans: 3,
        errors: 1,
        services: '[["pay \\"x\\"",2,1],["web",1,0]]',
      }),
      row('2', {
        start_ns: T0,
        duration_ns: 2n,
        root_service: 'a',
        root_operation: 'orphan',
        spans: 2,
        errors: 0,
        services: '[["a",1,0],["b",1,0]]',
      }),
      row('3', {
        start_ns: T0,
        duration_ns: 2n,
        root_service: 'c',
        root_operation: 'first',
        spans: 2,
        errors: 0,
        services: '[["c",2,0]]',
      }),
    ])
  })

  it('follow spans that arrive later, and only those traces are redone', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores, {
      kind: 'spans',
      rows: [
        span({ traceId: '1', spanId: '2', parentId: '1', service: 'pay', operation: 'charge' }),
        span({ traceId: '2', spanId: '1', service: 'other', operation: 'x' }),
      ],
    })
    await addRows(stores, id, {
      kind: 'spans',
      rows: [span({ traceId: '1', spanId: '1', service: 'web', operation: 'GET /', start: T0 - 5n, durationNs: 1n })],
    })
    expect(await traces(stores)).toEqual([
      row('1', {
        start_ns: T0 - 5n,
        duration_ns: 1_000_005n,
        root_service: 'web',
        root_operation: 'GET /',
        spans: 2,
        errors: 0,
        services: '[["pay",1,0],["web",1,0]]',
      }),
      row('2', {
        start_ns: T0,
        duration_ns: 1_000_000n,
        root_service: 'other',
        root_operation: 'x',
        spans: 1,
        errors: 0,
        services: '[["other",1,0]]',
      }),
    ])
  })
})

describe('transactions', () => {
  it('show nothing before commit, and nothing after rollback; the next writer waits', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores)
    const scope = await stores.telemetry.scope([id])
    const rows = () =>
      stores.telemetry.rows<{ n: bigint }>(
        `SELECT (SELECT count(*) FROM ${scope.relation('spans')}) + (SELECT count(*) FROM ${scope.relation('user_events')}) AS n`,
        [],
      )
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
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), folder, moment], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    expect(line.toString().trim()).toBe('ready')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await using stores = await openTestStores(folder)
    const scope = await stores.telemetry.scope(undefined)
    const count = async (table: 'spans' | 'traces' | 'attributes' | 'user_events') =>
      (await stores.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${scope.relation(table)}`, []))[0]?.n
    const counts = [await count('spans'), await count('traces'), await count('attributes'), await count('user_events')]
    // one committed span before; then 30,000 more, or a log with attributes of its own, and a user event in the second transaction
    expect(counts).toEqual(moment === 'before-commit' ? [1n, 1n, 2n, 0n] : [1n, 1n, 3n, 1n])
  })

  it('deleting a source while it is read lets the reader finish', async () => {
    await using stores = await openTestStores()
    const rows = Array.from({ length: 30_000 }, (_, i) =>
      log({ body: `line ${i} of a log that is long enough not to be inlined` }),
    )
    const id = await filledSource(stores, { kind: 'logs', rows })
    const other = await filledSource(stores, { kind: 'logs', rows: rows.slice(0, 3) })
    const scope = await stores.telemetry.scope([id])
    const sql = `SELECT a.body FROM ${scope.relation('logs')} a ORDER BY a.body`
    const [frame] = await Promise.all([
      stores.telemetry.frame(sql, [], [{ name: 'body', type: 'json' }]),
      stores.telemetry.deleteSource(id),
    ])
    expect([0, 30_000]).toContain(frame.rowCount)
    expect((await stores.telemetry.frame(sql, [], [{ name: 'body', type: 'json' }])).rowCount).toBe(0)
    expect(
      (
        await stores.telemetry.frame(
          `SELECT body FROM ${(await stores.telemetry.scope([other])).relation('logs')}`,
          [],
          [{ name: 'body', type: 'json' }],
        )
      ).rowCount,
    ).toBe(3)
  })

  it('reads the names that a source has only for whoever encodes rows from nothing', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores, { kind: 'spans', rows: [span()] })
    const stream = vi.spyOn(DuckDBConnection.prototype, 'stream')
    try {
      const asked = () => stream.mock.calls.filter(([sql]) => sql.includes('main.attributes')).length
      const packed = await stores.telemetry.writer(id)
      await packed.append([])
      await packed.rollback()
      expect(asked()).toBe(0)
      const writer = await stores.telemetry.writer(id)
      expect((await writer.takeSeed()).attributes.length).toBeGreaterThan(0)
      await writer.rollback()
      expect(asked()).toBe(1)
    } finally {
      stream.mockRestore()
    }
  })
})
