// Scopes: which rows a relation stands for, wherever they lie and whatever their clock said.

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WatchdeckError } from '../../../shared/base/errors.ts'
import { asEpochNs } from '../../../shared/base/time.ts'
import type { SpanRow, TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { filledSource, log, openTestStores, sample, seriesInfo, span, T0, type TestStores } from '../testing.ts'
import { TELEMETRY_TABLE_NAMES, type TelemetryTable } from './schema.ts'

const range = (from: bigint, to: bigint) => ({ from: asEpochNs(from), to: asEpochNs(to) })

async function read(
  stores: TestStores,
  ids: readonly string[] | undefined,
  table: TelemetryTable,
  within?: ReturnType<typeof range>,
) {
  const scope = await stores.telemetry.scope(ids, within)
  return stores.telemetry.rows(`SELECT * EXCLUDE (source) FROM ${scope.relation(table, within)} ORDER BY ALL`, [])
}

/** Writes every table of a source to Parquet files and mounts them as a source of their own. */
async function mountCopy(
  stores: TestStores,
  source: string,
): Promise<{ id: string; asked: TelemetryTable[]; unmount: Disposable }> {
  const asked: TelemetryTable[] = []
  const files = new Map<TelemetryTable, string[]>()
  const scope = await stores.telemetry.scope([source])
  for (const table of TELEMETRY_TABLE_NAMES) {
    // two files a table, as an incident file has them by time
    const paths = [0, 1].map((part) => join(stores.telemetry.cacheDir, `${source}-${table}-${part}.parquet`))
    files.set(table, paths)
    for (const [part, path] of paths.entries())
      await stores.telemetry.copyToParquet(
        `SELECT * FROM (SELECT *, row_number() OVER () % 2 AS part FROM ${scope.relation(table)}) WHERE part = ? `.replace(
          'SELECT *',
          'SELECT * EXCLUDE (part)',
        ),
        [part],
        path,
      )
  }
  const { id } = stores.catalog.sources.create({ name: 'file', kind: 'file', origin: [], readOnly: true })
  stores.catalog.sources.update(id, { state: 'ready' })
  const unmount = stores.telemetry.mount(id, async (table) => {
    asked.push(table)
    return files.get(table) ?? []
  })
  return { id, asked, unmount }
}

const anySpan = fc
  .record({
    traceId: fc.stringMatching(/^[0-9a-f]{32}$/),
    spanId: fc.stringMatching(/^[0-9a-f]{16}$/),
    service: fc.constantFrom('a', 'b', 'ü "quoted"'),
    operation: fc.string(),
    start: fc.bigInt(T0, T0 + 1000n),
    durationNs: fc.bigInt(0n, 10n ** 12n),
    status: fc.constantFrom(0 as const, 1 as const, 2 as const),
    attributes: fc.record({ values: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())) }),
  })
  .map((fields): SpanRow => span(fields))

const everything = (spans: SpanRow[]): TelemetryBatch[] => [
  { kind: 'spans', rows: spans },
  { kind: 'logs', rows: [log({ time: T0 + 3n, observedTime: T0 + 4n, traceId: 'ab', spanId: '1' }), log()] },
  { kind: 'samples', rows: [sample({ value: Number.NaN }), sample({ time: T0 + 1n })] },
  {
    kind: 'histograms',
    rows: [
      {
        series: seriesInfo({ type: 'histogram' }),
        time: T0,
        startTime: 0n,
        count: 1,
        sum: null,
        min: null,
        max: null,
        explicit: { bounds: [1], counts: [0, 1] },
      },
    ],
  },
  {
    kind: 'objects',
    rows: [
      {
        time: T0,
        kind: 'Pod',
        namespace: '',
        name: 'p',
        uid: '',
        resourceVersion: '',
        service: '',
        deleted: false,
        body: {},
      },
    ],
  },
  { kind: 'user-events', rows: [{ time: T0, id: 'e', event: 'v', distinctId: 'd', properties: { values: {} } }] },
]

describe('an opened file', () => {
  it('gives the same rows as the tables it was made from, in any range and with any clock', async () => {
    await using stores = await openTestStores()
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySpan, { minLength: 1, maxLength: 20 }),
        fc.bigInt(0n, 1000n),
        fc.bigInt(-500n, 500n),
        async (spans, from, offset) => {
          const source = await filledSource(stores, ...everything(spans))
          const file = await mountCopy(stores, source)
          for (const id of [source, file.id]) stores.catalog.sources.update(id, { clockOffsetNs: offset.toString() })
          for (const table of TELEMETRY_TABLE_NAMES)
            for (const within of [undefined, range(T0 + from, T0 + 600n)])
              expect(await read(stores, [file.id], table, within)).toEqual(await read(stores, [source], table, within))
        },
      ),
      { numRuns: 4 },
    )
  })

  it('is asked for the tables of a query only, joins with live rows, and ends when it is closed', async () => {
    await using stores = await openTestStores()
    const source = await filledSource(stores, ...everything([span()]))
    const { id, asked, unmount } = await mountCopy(stores, source)
    const scope = await stores.telemetry.scope(undefined)
    const both = `SELECT source, service FROM ${scope.relation('spans')} UNION ALL SELECT source, service FROM ${scope.relation('spans')} ORDER BY source`
    const keys = [scope.sourceKey(source), scope.sourceKey(id)]
    expect(await stores.telemetry.rows(both, [])).toEqual(
      keys.flatMap((key) => [
        { source: key, service: 'checkout' },
        { source: key, service: 'checkout' },
      ]),
    )
    expect([asked, scope.sourceId(keys[1] as number)]).toEqual([['spans'], id])
    unmount[Symbol.dispose]()
    await expect(stores.telemetry.rows(both, [])).rejects.toMatchObject({ code: 'not_found' })
    const later = await stores.telemetry.scope([id])
    expect(later.completeness).toEqual({
      complete: false,
      missing: [{ source: id, from: '', to: '', reason: 'its file is not open' }],
    })
    expect(await stores.telemetry.rows(`SELECT * FROM ${later.relation('spans')}`, [])).toEqual([])
    await expect(stores.telemetry.writer(id)).rejects.toMatchObject({ code: 'read_only' })
  })
})

describe('clocks', () => {
  it('move every time of a source but not the unknown ones, and ranges mean the corrected time', async () => {
    await using stores = await openTestStores()
    const source = await filledSource(stores, {
      kind: 'logs',
      rows: [log({ time: T0, observedTime: 0n }), log({ time: T0 + 10n, observedTime: T0 + 11n })],
    })
    stores.catalog.sources.update(source, { clockOffsetNs: '-7' })
    const times = (rows: Array<Record<string, unknown>>) => rows.map((row) => [row['time_ns'], row['observed_ns']])
    expect(times(await read(stores, [source], 'logs'))).toEqual([
      [T0 - 7n, 0n],
      [T0 + 3n, T0 + 4n],
    ])
    expect(times(await read(stores, [source], 'logs', range(T0 - 7n, T0 + 3n)))).toEqual([[T0 - 7n, 0n]])
    expect(times(await read(stores, [source], 'logs', range(T0 - 6n, T0 + 4n)))).toEqual([[T0 + 3n, T0 + 4n]])
    expect((await stores.telemetry.scope([source])).clockOffset(1)).toBe(-7n)
  })

  it('of several sources are each their own', async () => {
    await using stores = await openTestStores()
    const rows = [log()]
    const ids = [
      await filledSource(stores, { kind: 'logs', rows }),
      await filledSource(stores, { kind: 'logs', rows }),
      await filledSource(stores, { kind: 'logs', rows }),
    ]
    stores.catalog.sources.update(ids[0] as string, { clockOffsetNs: '5' })
    expect((await read(stores, undefined, 'logs')).map((row) => row['time_ns'])).toEqual([T0, T0, T0 + 5n])
  })
})

describe('sources', () => {
  it('that are off are left out unless named; loading and broken ones are told', async () => {
    await using stores = await openTestStores()
    const make = async (state: 'ready' | 'off' | 'loading' | 'broken' | 'removed') => {
      const id = await filledSource(stores, { kind: 'logs', rows: [log({ body: state })] })
      stores.catalog.sources.update(id, { state })
      return id
    }
    const ids = {
      ready: await make('ready'),
      off: await make('off'),
      loading: await make('loading'),
      broken: await make('broken'),
      removed: await make('removed'),
    }
    const scope = await stores.telemetry.scope(undefined, range(0n, 1n))
    expect(scope.sources).toEqual([ids.broken, ids.loading, ids.ready])
    const from = '1970-01-01T00:00:00.000000000Z'
    const to = '1970-01-01T00:00:00.000000001Z'
    expect(scope.completeness).toEqual({
      complete: false,
      missing: [
        { source: ids.broken, from, to, reason: 'broken: its rows could not be read or written' },
        { source: ids.loading, from, to, reason: 'still loading' },
      ],
    })
    expect((await read(stores, undefined, 'logs')).map((row) => row['body'])).toEqual(['loading', 'ready'])
    expect((await read(stores, [ids.off], 'logs')).map((row) => row['body'])).toEqual(['off'])
    for (const id of [ids.removed, 'nothing'])
      await expect(stores.telemetry.scope([id])).rejects.toThrow(WatchdeckError)
    expect(await read(stores, [], 'logs')).toEqual([])
  })

  it('one plain source is one flat SELECT whose filters reach the scan', async () => {
    await using stores = await openTestStores()
    const id = await filledSource(stores, { kind: 'spans', rows: [span(), span({ start: T0 + 20n, status: 2 })] })
    const relation = (await stores.telemetry.scope([id])).relation('spans', range(T0, T0 + 9n))
    expect(relation).toBe(
      `(SELECT * FROM telemetry.main.spans WHERE source = 1 AND start_ns >= ${T0} AND start_ns < ${T0 + 9n})`,
    )
    const plan = JSON.stringify(
      await stores.telemetry.rows(`EXPLAIN SELECT service FROM ${relation} WHERE status = 2`, []),
    )
    expect(plan).toMatch(/Filters:/)
    expect(plan).not.toMatch(/operation/)
  })
})
