// OTLP-JSON of a real SDK goes in and comes out the same.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sdkLogs, sdkMetrics, sdkTraces } from '../../../test/fixtures/import/sdk-telemetry.ts'
import { startTestEngine } from '../../../test/support/engine.ts'
import { ALERT_UID, OPEN_END } from '../../shared/domain/alerts.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { MethodInput } from '../../shared/contract/index.ts'
import { canonicalOtlp } from '../../shared/wire/otlp/write.ts'
import { importModule } from '../import/index.ts'
import { sample, seriesInfo, T0 } from '../storage/testing.ts'
import { logsModule } from '../logs/index.ts'
import { tracesModule } from '../traces/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { exportModule } from './index.ts'

const modules = [importModule, exportModule]

test.each([
  ['traces', sdkTraces],
  ['logs', sdkLogs],
  ['metrics', sdkMetrics],
] as const)('OTLP-JSON out equals OTLP-JSON in: %s of the JavaScript SDK', async (_, make) => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const text = await make()
    const path = join(dir, 'in.json')
    await writeFile(path, text)
    await using t = await startTestEngine({ modules })
    const { source, files } = await t.client.call('import.run', { paths: [path] })
    expect(files[0]).toMatchObject({ format: 'otlp-json', rowsSkipped: 0, skipped: [] })
    const out = await t.client.call('export.run', { sources: [source], format: 'otlp-json' })
    expect(canonicalOtlp(JSON.parse(out.text ?? ''))).toEqual(canonicalOtlp(JSON.parse(text)))

    const file = join(dir, 'out.json')
    await t.client.call('export.run', { sources: [source], format: 'otlp-json', path: file })
    expect(await readFile(file, 'utf8')).toBe(out.text)
    await expect(
      t.client.call('export.run', { sources: [source], format: 'otlp-json', path: file }),
    ).rejects.toMatchObject({ code: 'conflict' })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

/** Two traces of two services with what each format can tell: kinds, status, events, a link, a parent elsewhere. */
function twoTraces() {
  const span = (trace: string, n: number, over: object) => ({
    traceId: trace.repeat(32),
    spanId: String(n).repeat(16),
    name: `op ${n}`,
    kind: 2,
    startTimeUnixNano: String(1_700_000_000_000_000_000n + BigInt(n) * 1_000_000n),
    endTimeUnixNano: String(1_700_000_000_050_000_000n + BigInt(n) * 1_000_000n),
    ...over,
  })
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const service = (name: string, spans: object[]) => ({
    resource: { attributes: [text('service.name', name), text('k8s.pod.name', `${name}-1`)] },
    scopeSpans: [{ scope: { name: 'sdk', version: '1' }, spans }],
  })
  return {
    resourceSpans: [
      service('cart', [
        span('a', 1, { attributes: [text('http.route', '/cart'), { key: 'n', value: { intValue: '7' } }] }),
        span('a', 2, {
          parentSpanId: '1'.repeat(16),
          kind: 3,
          events: [{ timeUnixNano: '1700000000003000000', name: 'retry', attributes: [text('why', 'slow')] }],
        }),
        span('b', 5, {}),
      ]),
      service('pay', [
        span('a', 3, {
          parentSpanId: '2'.repeat(16),
          status: { code: 2, message: 'declined' },
          links: [{ traceId: 'b'.repeat(32), spanId: '5'.repeat(16) }],
        }),
      ]),
    ],
  }
}

test.each(['otlp-json', 'jaeger-json', 'zipkin-json'] as const)(
  'one trace goes out as %s and comes back with the same tree, times and attributes',
  async (format) => {
    const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
    try {
      const path = join(dir, 'in.json')
      await writeFile(path, JSON.stringify(twoTraces()))
      await using t = await startTestEngine({ modules: [...modules, tracesModule] })
      const { source } = await t.client.call('import.run', { paths: [path] })
      const traceId = 'a'.repeat(32)
      const out = await t.client.call('export.run', { traceId, format })
      expect(out.rows).toBe(3)
      const file = join(dir, 'trace.json')
      await t.client.call('export.run', { traceId, format, path: file })
      expect(await readFile(file, 'utf8')).toBe(out.text)

      const back = await t.client.call('import.run', { paths: [file] })
      expect(back.files[0]).toMatchObject({ format, rowsSkipped: 0, skipped: [] })
      const spans = async (from: string) =>
        frameToJsonTable((await t.client.call('traces.get', { traceId, sources: [from] })).table).rows
      const [as, was] = [await spans(back.source), await spans(source)]
      const told = (rows: typeof as, names: readonly string[]) =>
        rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))
      const same = ['spanId', 'parentId', 'service', 'operation', 'kind', 'start', 'durationNs', 'status', 'selfNs']
      expect(told(as, same)).toEqual(told(was, same))
      expect(as[0]?.['attributes']).toMatchObject({ 'http.route': '/cart' })
      expect(JSON.stringify(as[1]?.['events'])).toContain('retry')
      if (format !== 'zipkin-json')
        expect(told(as, ['statusMessage', 'resource'])).toEqual(told(was, ['statusMessage', 'resource']))

      const other = { traceId: 'b'.repeat(32), sources: [back.source], format }
      await expect(t.client.call('export.run', other)).rejects.toMatchObject({ code: 'not_found' })
      const logs: MethodInput<'export.run'> = { traceId, format: 'ndjson', kinds: ['logs'] }
      await expect(t.client.call('export.run', logs)).rejects.toMatchObject({ code: 'invalid_input' })
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
)
test('series that came from Prometheus keep their names over OTLP, and a metric of any number of points comes back whole', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const first = 1_793_628_000
    const counter = Array.from(
      { length: 30_000 },
      (_, i) => `shop_requests_total{pod="checkout-with-a-long-name-${i % 3}"} ${i} ${first + i * 15}`,
    )
    const text = [
      '# TYPE node_load1 gauge',
      `node_load1{node="a"} 0.5 ${first}`,
      '# TYPE shop_requests counter',
      ...counter.toSorted(),
      '# TYPE odd_seconds histogram',
      '# UNIT odd_seconds seconds',
      `odd_seconds_bucket{le="1"} 3 ${first}`,
      `odd_seconds_bucket{le="+Inf"} 4 ${first}`,
      `odd_seconds_count 4 ${first}`,
      `odd_seconds_sum 5.5 ${first}`,
      '# EOF',
      '',
    ].join('\n')
    const path = join(dir, 'in.om')
    await writeFile(path, text)
    await using t = await startTestEngine({ modules: [...modules, metricsModule] })
    const { source, from, to, files } = await t.client.call('import.run', { paths: [path] })
    expect(files[0]).toMatchObject({ format: 'openmetrics', rowsSkipped: 0 })
    const out = join(dir, 'out.json')
    await t.client.call('export.run', { sources: [source], format: 'otlp-json', path: out })
    await using other = await startTestEngine({ modules: [...modules, metricsModule] })
    const back = await other.client.call('import.run', { paths: [out] })
    expect(back.files[0]).toMatchObject({ format: 'otlp-json', rowsSkipped: 0, skipped: [] })
    const asked = async (engine: typeof t, query: string) => {
      const range = { from: from ?? '', to: to ?? '' }
      const { series } = await engine.client.call('metrics.query', { range, query })
      return series.map(({ metric, values }) => [metric, [...values.values]])
    }
    for (const query of [
      'count_over_time(node_load1[10d])',
      'count_over_time(shop_requests_total[10d])',
      'last_over_time({__name__=~"odd_seconds.*"}[10d])',
      'count by (__name__) (last_over_time({__name__!=""}[10d]))',
    ]) {
      const before = await asked(t, query)
      expect(before.length, query).toBeGreaterThan(0)
      expect(await asked(other, query), query).toEqual(before)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}, 60_000)

test('exemplars that came without a point go out with the first point that is not before them', async () => {
  await using t = await startTestEngine({ modules })
  const { catalog, telemetry } = t.stores
  const { id } = catalog.sources.create({ name: 'recorded', kind: 'recording', origin: [], readOnly: false })
  const series = seriesInfo({ type: 'gauge' })
  const exemplar = (seconds: bigint) => ({
    series,
    pointTime: 0n,
    time: T0 + seconds * 1_000_000_000n,
    value: Number(seconds),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    attributes: { values: {} },
  })
  const writer = await telemetry.writer(id)
  const rows = [20n, 10n, 30n].map((seconds) => sample({ series, time: T0 + seconds * 1_000_000_000n, value: 1 }))
  await writer.write({ kind: 'samples', rows })
  await writer.write({ kind: 'exemplars', rows: [exemplar(5n), exemplar(10n), exemplar(12n), exemplar(31n)] })
  await writer.commit()
  catalog.sources.update(id, { state: 'ready' })
  const { text } = await t.client.call('export.run', { sources: [id], format: 'otlp-json' })
  const points = (
    JSON.parse(text ?? '') as {
      resourceMetrics: Array<{
        scopeMetrics: Array<{
          metrics: Array<{
            gauge: { dataPoints: Array<{ timeUnixNano: string; exemplars?: Array<{ asDouble: number }> }> }
          }>
        }>
      }>
    }
  ).resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.gauge.dataPoints
  expect(
    points?.map(({ timeUnixNano, exemplars = [] }) => [
      Number((BigInt(timeUnixNano) - T0) / 1_000_000_000n),
      exemplars.map(({ asDouble }) => asDouble),
    ]),
  ).toEqual([
    [20, [12]],
    [10, [5, 10]],
    [30, [31]],
  ])
})

test('spans export as CSV, NDJSON and Parquet with one row each', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const path = join(dir, 'in.json')
    await writeFile(path, await sdkTraces())
    await using t = await startTestEngine({ modules })
    const { source } = await t.client.call('import.run', { paths: [path] })
    const csv = await t.client.call('export.run', { sources: [source], format: 'csv' })
    expect(csv.rows).toBe(3)
    expect(csv.text?.split('\r\n')[0]).toBe(
      'traceId,spanId,parentId,service,operation,kind,start,durationNs,status,statusMessage,attributes,resource,events,links',
    )
    const ndjson = await t.client.call('export.run', { sources: [source], format: 'ndjson' })
    expect(
      ndjson.text
        ?.trim()
        .split('\n')
        .map((line) => JSON.parse(line).operation),
    ).toEqual(['charge', 'POST /checkout', 'tick'])
    const parquet = await t.client.call('export.run', {
      sources: [source],
      format: 'parquet',
      path: join(dir, 'out.parquet'),
    })
    expect(parquet.rows).toBe(3)
    await expect(t.client.call('export.run', { sources: [source], format: 'parquet' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('objects and events export as tables, and OTLP says that it has no shape for them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const path = join(dir, 'list.json')
    const metadata = { name: 'web', namespace: 'shop', uid: 'u1', creationTimestamp: '2025-11-02T10:00:00Z' }
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { ...metadata, name: 'web.1', uid: 'u2' },
      involvedObject: { kind: 'Pod', name: 'web', namespace: 'shop' },
      reason: 'BackOff',
      message: '=restarting',
      type: 'Warning',
      count: 3,
      firstTimestamp: '2025-11-02T10:00:00Z',
      lastTimestamp: '2025-11-02T10:05:00Z',
    }
    const items = [{ apiVersion: 'v1', kind: 'Pod', metadata }, event]
    await writeFile(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    await using t = await startTestEngine({ modules })
    const { source } = await t.client.call('import.run', { paths: [path] })
    const out = async (kind: 'objects' | 'events') =>
      (await t.client.call('export.run', { sources: [source], kinds: [kind], format: 'csv' })).text?.split('\r\n')
    const [head, row] = (await out('objects')) ?? []
    expect(head).toBe('time,kind,namespace,name,service,deleted,uid,resourceVersion,object')
    expect(row?.startsWith('2025-11-02T10:00:00.000000000Z,Pod,shop,web,')).toBe(true)
    expect((await out('events'))?.[1]).toContain("warning,BackOff,'=restarting,Pod,shop,web,")
    await expect(
      t.client.call('export.run', { sources: [source], kinds: ['events'], format: 'otlp-json' }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('of a range that an alert still fires in, and nothing else, the alert goes out', async () => {
  await using t = await startTestEngine({ modules })
  const { catalog, telemetry } = t.stores
  const { id } = catalog.sources.create({ name: 'alerts', kind: 'import', origin: [], readOnly: false })
  const writer = await telemetry.writer(id)
  const alert = { name: 'web-1', objectKind: 'Pod', namespace: 'shop', service: 'web', attributes: { values: {} } }
  await writer.write({
    kind: 'happenings',
    rows: [
      {
        ...alert,
        time: T0,
        endTime: OPEN_END,
        kind: 'alert',
        severity: 'warning',
        reason: 'TargetDown',
        message: 'does not answer',
        count: 1,
        uid: `${ALERT_UID}a`,
      },
    ],
  })
  await writer.commit()
  catalog.sources.update(id, { state: 'ready' })
  const at = (hours: bigint) => String(T0 + hours * 3_600_000_000_000n)
  const range = { from: at(2n), to: at(3n) }
  const { text, rows } = await t.client.call('export.run', { sources: [id], range, format: 'ndjson' })
  expect(rows).toBe(1)
  expect(JSON.parse(text ?? '')).toMatchObject({ kind: 'alert', reason: 'TargetDown' })
  const before = { from: at(-2n), to: at(-1n) }
  expect((await t.client.call('export.run', { sources: [id], range: before, format: 'ndjson' })).rows).toBe(0)
})

test('every page of a table answer goes into one file: CSV, NDJSON, and Parquet that comes back in the same', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const path = join(dir, 'in.log')
    const at = (i: number) => `2025-11-02T10:00:00.${String(i).padStart(9, '0')}Z`
    await writeFile(path, Array.from({ length: 2500 }, (_, i) => `${at(i)} INFO line ${i}`).join('\n'))
    await using t = await startTestEngine({ modules: [...modules, logsModule] })
    const { source } = await t.client.call('import.run', { paths: [path] })
    const range = { from: '2025-11-02T00:00:00Z', to: '2025-11-03T00:00:00Z' }
    const ask = { method: 'logs.search', input: { range, sources: [source], limit: 1000, order: 'asc' } }
    for (const format of ['csv', 'ndjson', 'parquet'] as const) {
      const file = join(dir, `out.${format}`)
      const done = await t.client.call('export.tableFile', { ...ask, format, path: file })
      expect(done).toEqual({ path: file, rows: 2500, completeness: { complete: true, missing: [] } })
      const back = await t.client.call('import.run', { paths: [file] })
      expect(back.files[0]).toMatchObject({ rowsTaken: 2500, rowsSkipped: 0 })
      const scope = await t.stores.telemetry.scope([back.source])
      const [sum] = await t.stores.telemetry.rows(
        `SELECT count(DISTINCT body)::INTEGER AS n, sum(time_ns - 1762077600000000000)::INTEGER AS t FROM ${scope.relation('logs')}`,
        [],
      )
      expect(sum).toEqual({ n: 2500, t: (2499 * 2500) / 2 })
    }
    await expect(
      t.client.call('export.tableFile', { ...ask, format: 'csv', path: join(dir, 'out.csv') }),
    ).rejects.toMatchObject({ code: 'conflict' })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test.each(['zipkin-json', 'jaeger-json'] as const)(
  'spans of a real SDK written as %s are read again',
  async (format) => {
    const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
    try {
      const path = join(dir, 'in.json')
      await writeFile(path, await sdkTraces())
      await using t = await startTestEngine({ modules })
      const { source } = await t.client.call('import.run', { paths: [path] })
      const spansOf = async (id: string) => {
        const scope = await t.stores.telemetry.scope([id])
        return t.stores.telemetry.rows(
          `SELECT trace_id, span_id, parent_id, service, operation, kind::INTEGER AS kind, start_ns // 1000 AS us FROM ${scope.relation('spans')} ORDER BY span_id`,
          [],
        )
      }
      const file = join(dir, 'out.json')
      const done = await t.client.call('export.run', { sources: [source], format, path: file })
      const back = await t.client.call('import.run', { paths: [file] })
      expect([done.rows, back.files[0]?.format, back.files[0]?.skipped]).toEqual([3, format, []])
      // microseconds and, for Zipkin, lower-case names are all that these formats have
      const shown = (rows: ReadonlyArray<Record<string, unknown>>) =>
        rows.map((row) => ({ ...row, kind: 0, operation: String(row['operation']).toLowerCase() }))
      expect(shown(await spansOf(back.source))).toEqual(shown(await spansOf(source)))
      await expect(t.client.call('export.run', { sources: [source], format, kinds: ['logs'] })).rejects.toMatchObject({
        code: 'invalid_input',
      })
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
)
