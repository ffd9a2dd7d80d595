// The store on real files: every kind of row comes back as it was written, also after a restart.

import { describe, expect, it } from 'vitest'
import type { TelemetryBatch } from '../../../shared/domain/telemetry.ts'
import { cell } from '../../../shared/frame/frame.ts'
import {
  addRows,
  codeOf,
  filledSource,
  log,
  openTestStores,
  sample,
  seriesInfo,
  span,
  T0,
  tempFolder,
} from '../testing.ts'
import {
  decodeAttributes,
  decodeLogExtra,
  decodeResource,
  decodeScope,
  decodeSpanEvents,
  decodeSpanExtra,
  decodeSpanLinks,
} from './codec.ts'

describe('what is written', () => {
  it('comes back: a span with everything it may carry', async () => {
    await using stores = await openTestStores()
    const full = span({
      parentId: '00000000000000ff',
      status: 2,
      statusMessage: 'timed out',
      kind: 3,
      durationNs: 2n ** 62n,
      attributes: {
        values: {
          a: 'ü',
          n: Number.NaN,
          list: [1, 'two', { three: Number.NEGATIVE_INFINITY }],
          big: '9223372036854775807',
        },
        types: { '/big': 'int' },
      },
      resource: {
        attributes: { values: { 'service.name': 'checkout' } },
        schemaUrl: 'https://example.org/1',
        droppedAttributes: 2,
      },
      scope: { name: 'lib', version: '1.0' },
      events: [{ time: T0 + 5n, name: 'exception', attributes: { values: { m: 'x' } }, droppedAttributes: 1 }],
      links: [
        {
          traceId: 'ab'.repeat(16),
          spanId: 'cd'.repeat(8),
          attributes: { values: { why: 1 }, types: { '/why': 'double' } },
          flags: 1,
        },
      ],
      traceState: 'k=v',
      flags: 257,
      droppedEvents: 3,
    })
    const id = await filledSource(stores, { kind: 'spans', rows: [full] })
    const scope = await stores.telemetry.scope([id])
    const dictionary = scope.relation('attributes')
    const [row] = await stores.telemetry.rows<Record<string, string | bigint | number | null>>(
      `SELECT s.*, a.json AS a_json, a.types AS a_types, r.json AS r_json, r.types AS r_types, r.extra AS r_extra, c.json AS c_json, c.types AS c_types, c.extra AS c_extra
       FROM ${scope.relation('spans')} s JOIN ${dictionary} a ON a.hash = s.attrs JOIN ${dictionary} r ON r.hash = s.resource JOIN ${dictionary} c ON c.hash = s.scope`,
      [],
    )
    const text = (name: string) => (row?.[name] ?? null) as string | null
    expect(row).toMatchObject({
      trace_id: full.traceId,
      span_id: 0xb7ad6b7169203331n,
      parent_id: 0xffn,
      service: 'checkout',
      operation: 'POST /orders',
      kind: 3,
      start_ns: T0,
      duration_ns: 2n ** 62n,
      status: 2,
      status_message: 'timed out',
    })
    expect(decodeAttributes(text('a_json') ?? '', text('a_types'))).toEqual({
      values: full.attributes.values,
      types: { '/big': 'int', '/n': 'double', '/list/2/three': 'double' },
    })
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
    const id = await filledSource(
      stores,
      { kind: 'samples', rows: values.map((value, i) => sample({ value, time: T0 + BigInt(i) })) },
      {
        kind: 'logs',
        rows: edges.map((time) => log({ time, severityText: undefined, bodyIsJson: true, body: '{"nul":"\\u0000"}' })),
      },
    )
    const scope = await stores.telemetry.scope([id])
    const samples = await stores.telemetry.frame(
      `SELECT value FROM ${scope.relation('samples')} ORDER BY time_ns`,
      [],
      [{ name: 'v', type: 'float' }],
    )
    expect(values.map((_, row) => cell(samples.columns[0] as never, row))).toEqual(values)
    const logs = await stores.telemetry.rows(
      `SELECT id, time_ns, severity_text, trace_id, span_id, scope, extra FROM ${scope.relation('logs')} ORDER BY id`,
      [],
    )
    expect(logs).toEqual(
      edges.map((time_ns, i) => ({
        id: BigInt(i),
        time_ns,
        severity_text: null,
        trace_id: null,
        span_id: null,
        scope: null,
        extra: '{"bodyIsJson":true}',
      })),
    )
    expect(decodeLogExtra('{"bodyIsJson":true}')).toEqual({ bodyIsJson: true })
  })

  it('comes back: histograms, exemplars, objects, happenings, offsets and user events', async () => {
    await using stores = await openTestStores()
    const series = seriesInfo({ type: 'histogram', labels: { b: '2', a: '1' } })
    const batches: TelemetryBatch[] = [
      {
        kind: 'histograms',
        rows: [
          {
            series,
            time: T0,
            startTime: 1n,
            count: 3,
            sum: 6,
            min: null,
            max: 4,
            explicit: { bounds: [1, 2], counts: [1, 1, 1] },
          },
          {
            series,
            time: T0 + 1n,
            startTime: 0n,
            count: 1,
            sum: null,
            min: null,
            max: null,
            exponential: {
              scale: -2,
              zeroCount: 1,
              zeroThreshold: 0,
              positiveOffset: 4,
              positive: [],
              negativeOffset: 0,
              negative: [7],
            },
          },
          {
            series,
            time: T0 + 2n,
            startTime: 0n,
            count: 0,
            sum: 0,
            min: null,
            max: null,
            quantiles: [{ quantile: 0.5, value: Number.NaN }],
          },
        ],
      },
      {
        kind: 'exemplars',
        rows: [{ series, pointTime: T0, time: T0, value: 1.5, traceId: 'a1', spanId: '', attributes: { values: {} } }],
      },
      {
        kind: 'objects',
        rows: [
          {
            time: 5n,
            kind: 'Pod',
            namespace: 'shop',
            name: 'p',
            uid: 'u',
            resourceVersion: '9',
            service: 'checkout',
            deleted: true,
            body: { kind: 'Pod' },
          },
        ],
      },
      {
        kind: 'happenings',
        rows: [
          {
            time: T0,
            endTime: T0,
            kind: 'k8s-event',
            severity: 'warning',
            reason: 'BackOff',
            message: 'm',
            objectKind: 'Pod',
            namespace: 'shop',
            name: 'p',
            service: 'checkout',
            count: 4,
            uid: 'u',
            attributes: { values: {} },
          },
        ],
      },
      {
        kind: 'offsets',
        rows: [{ time: T0, topic: 'orders', partition: 1, group: 'g', committed: -1, logEnd: 2 ** 40 }],
      },
      {
        kind: 'user-events',
        rows: [{ time: T0, id: 'e1', event: 'view', distinctId: 'p1', properties: { values: { price: 3 } } }],
      },
    ]
    const { id } = stores.catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
    const written = await addRows(stores, id, ...batches)
    stores.catalog.sources.update(id, { state: 'ready' })
    expect(written).toEqual({
      spans: 0,
      logs: 0,
      samples: 3,
      series: 1,
      objects: 1,
      happenings: 1,
      userEvents: 1,
      from: T0,
      to: T0 + 3n,
    })
    const scope = await stores.telemetry.scope([id])
    const read = (table: Parameters<typeof scope.relation>[0], columns: string) =>
      stores.telemetry.rows(`SELECT ${columns} FROM ${scope.relation(table)}`, [])
    expect(
      await read('histograms', 'count, sum, min, max, bounds, counts, scale, positive, negative, quantiles'),
    ).toEqual([
      {
        count: 3,
        sum: 6,
        min: null,
        max: 4,
        bounds: [1, 2],
        counts: [1, 1, 1],
        scale: null,
        positive: null,
        negative: null,
        quantiles: null,
      },
      {
        count: 1,
        sum: null,
        min: null,
        max: null,
        bounds: null,
        counts: null,
        scale: -2,
        positive: [],
        negative: [7],
        quantiles: null,
      },
      {
        count: 0,
        sum: 0,
        min: null,
        max: null,
        bounds: null,
        counts: null,
        scale: null,
        positive: null,
        negative: null,
        quantiles: '[[0.5,"NaN"]]',
      },
    ])
    expect(await read('series', 'labels, type, resource')).toEqual([
      { labels: '{"a":"1","b":"2"}', type: 'histogram', resource: null },
    ])
    expect(await read('exemplars', 'trace_id, span_id, value')).toEqual([
      { trace_id: 'a1'.padStart(32, '0'), span_id: null, value: 1.5 },
    ])
    expect(await read('objects', 'time_ns, deleted, body')).toEqual([
      { time_ns: 5n, deleted: true, body: '{"kind":"Pod"}' },
    ])
    expect(await read('happenings', 'reason, count')).toEqual([{ reason: 'BackOff', count: 4 }])
    expect(await read('offsets', '"group", committed, log_end')).toEqual([
      { group: 'g', committed: -1n, log_end: 2n ** 40n },
    ])
    expect(await read('user_events', 'event, distinct_id, properties')).toEqual([
      { event: 'view', distinct_id: 'p1', properties: '{"price":3}' },
    ])
  })

  it('is there after a restart, and adding to it repeats nothing in the dictionaries', async () => {
    const folder = tempFolder()
    const batch: TelemetryBatch[] = [
      { kind: 'spans', rows: [span()] },
      { kind: 'samples', rows: [sample()] },
      { kind: 'logs', rows: [log()] },
    ]
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
    const count = async (table: Parameters<typeof scope.relation>[0]) =>
      (await stores.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${scope.relation(table)}`, []))[0]?.n
    expect([await count('spans'), await count('series'), await count('attributes'), await count('traces')]).toEqual([
      2n,
      1n,
      4n,
      1n,
    ])
    expect(await stores.telemetry.rows(`SELECT id FROM ${scope.relation('logs')} ORDER BY id`, [])).toEqual([
      { id: 0n },
      { id: 1n },
    ])
  })

  it('is refused whole when an id is no id, and says which', async () => {
    await using stores = await openTestStores()
    const { id } = stores.catalog.sources.create({ name: 'n', kind: 'import', origin: [], readOnly: false })
    for (const bad of [{ traceId: 'xyz' }, { traceId: '' }, { spanId: 'f'.repeat(17) }, { parentId: 'not hex' }]) {
      const writer = await stores.telemetry.writer(id)
      expect(await codeOf(writer.write({ kind: 'spans', rows: [span(), span(bad)] }).then(() => writer.commit()))).toBe(
        'invalid_input',
      )
      await writer.rollback()
    }
    const scope = await stores.telemetry.scope([id])
    expect(await stores.telemetry.rows(`SELECT * FROM ${scope.relation('spans')}`, [])).toEqual([])
  })
})
