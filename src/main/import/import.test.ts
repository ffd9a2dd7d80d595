// Files in, as people have them: spans, metrics and objects, several files, the same file again, and everything that can be
// wrong. Logs: log-files.test.ts; tables: tables.test.ts; every format by name: every-format.test.ts.

import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { importRoom } from '../../../test/support/import-room.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'

const { engine, dir, load, look } = importRoom()

const START = 1_762_090_000_000_000_000n
const span = (id: number, more: object = {}) => ({
  traceId: 'a'.repeat(31) + (id % 10),
  spanId: id.toString(16).padStart(16, '0'),
  name: `op ${id}`,
  startTimeUnixNano: (START + BigInt(id)).toString(),
  endTimeUnixNano: (START + BigInt(id) + 5000n).toString(),
  ...more,
})
const otlp = (spans: readonly unknown[], service = 'shop') => ({
  resourceSpans: [
    { resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] }, scopeSpans: [{ spans }] },
  ],
})

describe('formats', () => {
  test('a Jaeger document gets its service, kind, parent and error from process, tags and references', async () => {
    const text = JSON.stringify({
      data: [
        {
          traceID: 'abc123',
          spans: [
            {
              traceID: 'abc123',
              spanID: '1',
              operationName: 'GET /',
              references: [],
              startTime: 1_762_090_000_000_001,
              duration: 10,
              processID: 'p1',
              tags: [{ key: 'span.kind', type: 'string', value: 'server' }],
              logs: [],
            },
            {
              traceID: 'abc123',
              spanID: '2',
              operationName: 'query',
              references: [{ refType: 'CHILD_OF', traceID: 'abc123', spanID: '1' }],
              startTime: 1_762_090_000_000_002,
              duration: 5,
              processID: 'p2',
              tags: [{ key: 'error', type: 'bool', value: true }],
              logs: [{ timestamp: 1_762_090_000_000_003, fields: [{ key: 'event', type: 'string', value: 'retry' }] }],
              warnings: ['clock skew'],
            },
          ],
          processes: {
            p1: { serviceName: 'web', tags: [] },
            p2: { serviceName: 'db', tags: [{ key: 'host', type: 'string', value: 'h1' }] },
          },
        },
      ],
    })
    const { source, spans, files } = await load(text)
    expect({ spans, format: files[0]?.format }).toEqual({ spans: 2, format: 'jaeger-json' })
    const scope = await engine().stores.telemetry.scope([source])
    const rows = await engine().stores.telemetry.rows(
      `SELECT replace(trace_id::VARCHAR, '-', '') AS trace, span_id::VARCHAR AS span, parent_id::VARCHAR AS parent, service, kind::INTEGER AS kind, start_ns::VARCHAR AS start, duration_ns::INTEGER AS duration, status::INTEGER AS status FROM ${scope.relation('spans')}`,
      [],
    )
    expect(rows).toEqual([
      {
        trace: 'abc123'.padStart(32, '0'),
        span: '1',
        parent: '0',
        service: 'web',
        kind: 2,
        start: '1762090000000001000',
        duration: 10_000,
        status: 0,
      },
      {
        trace: 'abc123'.padStart(32, '0'),
        span: '2',
        parent: '1',
        service: 'db',
        kind: 0,
        start: '1762090000000002000',
        duration: 5000,
        status: 2,
      },
    ])
  })

  test('query_range answers keep NaN and infinities, and native histograms', async () => {
    const { samples, source } = await load(
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { __name__: 'up', job: 'shop/web' },
              values: [
                [1762090000, '1'],
                [1762090015.5, 'NaN'],
                [1762090030, '+Inf'],
              ],
            },
            {
              metric: { __name__: 'latency' },
              histograms: [
                [
                  1762090000,
                  {
                    count: '3',
                    sum: '4.5',
                    buckets: [
                      [0, '1', '2', '2'],
                      [0, '2', '4', '1'],
                    ],
                  },
                ],
              ],
            },
          ],
        },
      }),
    )
    expect(samples).toBe(4)
    const scope = await engine().stores.telemetry.scope([source])
    expect(
      await engine().stores.telemetry.rows(
        `SELECT s.prom_name AS name, s.labels, t.time_ns::VARCHAR AS time, t.value::VARCHAR AS value FROM ${scope.relation('samples')} t
           JOIN ${scope.relation('series')} s ON s.series = t.series ORDER BY t.time_ns`,
        [],
      ),
    ).toEqual([
      { name: 'up', labels: '{"job":"shop/web"}', time: '1762090000000000000', value: '1.0' },
      { name: 'up', labels: '{"job":"shop/web"}', time: '1762090015500000000', value: 'nan' },
      { name: 'up', labels: '{"job":"shop/web"}', time: '1762090030000000000', value: 'inf' },
    ])
    expect(
      await engine().stores.telemetry.rows(
        `SELECT s.prom_name AS name, t.time_ns::VARCHAR AS time, t.count, t.sum, t.scale, t.positive_offset, t.positive FROM ${scope.relation('histograms')} t
           JOIN ${scope.relation('series')} s ON s.series = t.series`,
        [],
      ),
    ).toEqual([
      {
        name: 'latency',
        time: '1762090000000000000',
        count: 3,
        sum: 4.5,
        scale: 0,
        positive_offset: 0,
        positive: [2, 1],
      },
    ])
  })

  test('OpenMetrics text keeps types, exemplars and times; samples without a time take that of the file', async () => {
    const preview = await look(
      '# TYPE http_requests counter\n# UNIT http_requests requests\nhttp_requests_total{code="200"} 17 1762090000.5 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"} 1 1762089999\nup 1\n# EOF\n',
    )
    expect({ format: preview.format, rows: frameToJsonTable(preview.sample).rows[0] }).toEqual({
      format: 'openmetrics',
      rows: {
        time: '2025-11-02T13:26:40.500000000Z',
        metric: 'http_requests_total',
        labels: { code: '200' },
        value: 17,
      },
    })
  })

  test('kubectl lists and events, as JSON and as YAML', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'pay-7d9f8b6c5d-x2x7k',
        namespace: 'shop',
        uid: 'u1',
        resourceVersion: '7',
        creationTimestamp: '2025-11-02T13:00:00Z',
        labels: { app: 'pay' },
      },
    }
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'pay-7d9f8b6c5d-x2x7k', namespace: 'shop' },
      type: 'Warning',
      reason: 'BackOff',
      message: 'restarting',
      count: 4,
      firstTimestamp: '2025-11-02T13:10:00Z',
      lastTimestamp: '2025-11-02T13:20:00Z',
    }
    expect(await load(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod, event] }))).toMatchObject({
      objects: 1,
      events: 1,
    })
    const yaml =
      'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: cart-0\n    namespace: shop\n    uid: u2\n    creationTimestamp: "2025-11-02T13:00:00Z"\n- apiVersion: v1\n  kind: Event\n  metadata: {name: e2, namespace: shop}\n  involvedObject: {kind: Pod, name: cart-0}\n  reason: Killing\n  firstTimestamp: "2025-11-02T13:10:00Z"\nkind: List\nmetadata:\n  resourceVersion: ""\n'
    expect(await load(yaml)).toMatchObject({ objects: 1, events: 1, files: [{ format: 'kubernetes', skipped: [] }] })
  })

  test('gzip (members in a row) and zstd are unpacked', async () => {
    const lines = [1, 2].map((id) => `${JSON.stringify(otlp([span(1000 + id)]))}\n`)
    expect(await load(Buffer.concat(lines.map((line) => gzipSync(line))))).toMatchObject({ spans: 2 })
    expect(await load(zstdCompressSync(`${JSON.stringify(otlp([span(1100)]))}`))).toMatchObject({ spans: 1 })
  })
})

describe('several files', () => {
  test('the same content adds nothing while its source is there', async () => {
    const text = JSON.stringify(otlp([span(1)]))
    const first = await load(text)
    const again = await load(text)
    expect(again).toMatchObject({ source: first.source, spans: 0, files: [{ alreadyImported: true, rowsTaken: 0 }] })
    expect(await load(gzipSync(text))).toMatchObject({
      source: first.source,
      spans: 0,
      files: [{ alreadyImported: true }],
    })
    await engine().client.call('sources.remove', { id: first.source })
    expect(await load(text)).toMatchObject({ spans: 1, files: [{ alreadyImported: false }] })
  })

  test('a folder is walked in order; a link out of it is not followed; a bad file leaves the others whole', async () => {
    const folder = join(dir(), 'folder')
    await mkdir(join(folder, 'sub'), { recursive: true })
    await writeFile(join(folder, 'b.json'), JSON.stringify(otlp([span(21)])))
    await writeFile(join(folder, 'sub', 'a.json'), JSON.stringify(otlp([span(22)])))
    await writeFile(join(folder, 'c.json'), `${JSON.stringify(otlp([span(23), span(24)])).slice(0, -9)}`)
    await symlink('/etc', join(folder, 'out'))
    const { files, spans } = await engine().client.call('import.run', { paths: [folder] })
    expect(spans).toBe(2)
    expect(files.map((f) => [f.path.slice(folder.length + 1), f.rowsTaken, f.error?.code])).toEqual([
      ['b.json', 1, undefined],
      ['c.json', 0, 'corrupt'],
      ['sub/a.json', 1, undefined],
    ])
  })

  test('counts and range of the source are those of all its files', async () => {
    await load(JSON.stringify(otlp([span(31)])), { source: 'together' })
    const { source } = await load(JSON.stringify(otlp([span(32), span(33)])), { source: 'together' })
    const { sources } = await engine().client.call('sources.list', {})
    expect(sources.find((s) => s.id === source)).toMatchObject({
      name: 'together',
      state: 'ready',
      rows: 3,
      counts: { spans: 3 },
      from: '2025-11-02T13:26:40.000000031Z',
    })
  })
})

describe('bad input', () => {
  test('broken lines, duplicates and odd times are skipped and counted by reason with line and example', async () => {
    const lines = [
      otlp([span(1), span(2)]),
      otlp([
        span(2),
        { ...span(3), startTimeUnixNano: '12' },
        { ...span(4), startTimeUnixNano: '4102444800000000000' },
        { ...span(5), startTimeUnixNano: 'soon' },
      ]),
    ].map((request) => JSON.stringify(request))
    const { files, spans } = await load(`${lines[0]}\n{"resourceSpans":[\u0007\n${lines[1]}\n`)
    expect(spans).toBe(2)
    expect(files[0]?.skipped.map(({ line, reason, count }) => ({ line, reason, count }))).toEqual([
      { line: 2, reason: 'not valid JSON', count: 1 },
      { line: 3, reason: 'duplicate span id within its trace', count: 1 },
      { line: 3, reason: 'time is before the year 2000', count: 1 },
      { line: 3, reason: 'time is more than a year in the future', count: 1 },
      { line: 3, reason: 'span without a start time', count: 1 },
    ])
    expect(files[0]?.skipped[0]?.example).toBe('{"resourceSpans":[␇')
  })

  test('with skipBadRows off one bad row refuses the file', async () => {
    await expect(
      load(JSON.stringify(otlp([span(61), { name: 'no ids' }])), { skipBadRows: false }),
    ).rejects.toMatchObject({ code: 'corrupt' })
  })

  test.each([
    ['a truncated document', () => JSON.stringify(otlp([span(71)])).slice(0, -3)],
    ['a truncated gzip', () => gzipSync(JSON.stringify(otlp([span(72)]))).subarray(0, 60)],
    [
      'a truncated zstd',
      () =>
        zstdCompressSync(JSON.stringify(otlp(Array.from({ length: 50 }, (_, i) => span(7300 + i))))).subarray(0, 100),
    ],
    ['deep nesting', () => `{"resourceSpans":${'['.repeat(5000)}`],
  ])('%s is a clear error and leaves nothing behind', async (_, make) => {
    const before = (await engine().client.call('sources.list', {})).sources.length
    await expect(load(make())).rejects.toMatchObject({ code: 'corrupt' })
    expect((await engine().client.call('sources.list', {})).sources.length).toBe(before)
  })

  test('binary and empty files are refused as unsupported', async () => {
    await expect(load(Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256)))).rejects.toMatchObject({
      code: 'unsupported',
    })
    await expect(load('')).rejects.toMatchObject({ code: 'unsupported' })
  })

  test('ten thousand attributes and an attribute of 1 MB are kept', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ key: `k${i}`, value: { intValue: String(i) } }))
    const big = [{ key: 'big', value: { stringValue: 'x'.repeat(1_000_000) } }]
    const { source, spans } = await load(
      JSON.stringify(otlp([span(81, { attributes: many }), span(82, { attributes: big })])),
    )
    expect(spans).toBe(2)
    const scope = await engine().stores.telemetry.scope([source])
    const rows = await engine().stores.telemetry.rows<{ n: number }>(
      `SELECT length(json)::INTEGER AS n FROM ${scope.relation('attributes')} ORDER BY n DESC LIMIT 2`,
      [],
    )
    expect(rows.map((r) => r.n)).toEqual([1_000_010, 127_781])
  })

  test('a span that is its own parent is kept as a root and said so', async () => {
    const { files } = await load(
      JSON.stringify(otlp([span(91, { parentSpanId: (91).toString(16).padStart(16, '0') })])),
    )
    expect(files[0]).toMatchObject({ rowsTaken: 1, notes: ['span that names itself as its parent is kept as a root'] })
  })
})
