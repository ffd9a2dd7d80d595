// The telemetry store: append rates, a metric lane by M4 against reading every point, a window of rows against reading all.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCatalog } from '../../src/main/storage/catalog/catalog.ts'
import { BatchEncoder, type EncodedChunk } from '../../src/main/storage/telemetry/encoder.ts'
import { M4_COLUMNS, m4Series, m4Sql } from '../../src/main/storage/telemetry/m4.ts'
import { percentilesSql, windowSql } from '../../src/main/storage/telemetry/sql.ts'
import { openTelemetryStore } from '../../src/main/storage/telemetry/store.ts'
import type { TelemetryStore } from '../../src/main/storage/telemetry/api.ts'
import { asEpochNs } from '../../src/shared/base/time.ts'
import type {
  Resource,
  SampleRow,
  Scope,
  SeriesInfo,
  SpanRow,
  TelemetryBatch,
} from '../../src/shared/domain/telemetry.ts'
import type { ColumnSpec } from '../../src/shared/frame/frame.ts'
import type { Measure } from './run.ts'

const START = 1_790_000_000_000_000_000n
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

const resources: Resource[] = Array.from({ length: 14 }, (_, i) => ({
  attributes: { values: { 'service.name': `service-${i}`, 'host.name': `node-${i % 5}` } },
}))
const scope: Scope = { name: 'io.opentelemetry.http', version: '1.2.3' }

/** Spans with ten attributes as a JSON reader would give them; `distinct` sets of attributes among them. */
function spans(first: number, count: number, distinct: number): SpanRow[] {
  return Array.from({ length: count }, (_, k): SpanRow => {
    const i = first + k
    const v = i % distinct
    const values = JSON.parse(
      `{"http.request.method":"GET","http.response.status_code":${i % 50 === 0 ? 500 : 200},"http.route":"/api/v1/items/{id}","url.path":"/api/v1/items/${v}","server.address":"svc.example.internal","server.port":8080,"network.protocol.version":"1.1","user_agent.original":"Mozilla/5.0 (X11; Linux x86_64)","client.address":"10.0.${v % 20}.7","thread.id":${v % 16}}`,
    )
    return {
      traceId: hex(Math.floor(i / 25) * 7919 + 1, 32),
      spanId: hex(i + 1, 16),
      parentId: i % 25 === 0 ? '' : hex(i, 16),
      service: resources[i % 14]?.attributes.values['service.name'] as string,
      operation: JSON.parse(`"GET /api/v1/operation/${i % 60}"`),
      kind: 2,
      start: START + BigInt(i) * 1_000_000n,
      durationNs: BigInt((i * 7919) % 100_000_000),
      status: i % 50 === 0 ? 2 : 0,
      attributes: { values },
      resource: resources[i % 14] as Resource,
      scope,
    }
  })
}

const series: SeriesInfo[] = Array.from({ length: 400 }, (_, i) => ({
  name: 'http.server.duration',
  promName: 'http_server_duration',
  labels: { instance: `pod-${i}` },
  type: 'gauge',
  unit: 'ms',
  help: '',
  service: `service-${i % 14}`,
  temporality: 'unspecified',
  monotonic: false,
  attributes: { values: { instance: `pod-${i}` } },
}))

function samples(first: number, count: number): SampleRow[] {
  return Array.from({ length: count }, (_, k) => {
    const i = first + k
    return {
      series: series[i % 400] as SeriesInfo,
      time: START + BigInt(Math.floor(i / 400)) * 15_000_000_000n,
      startTime: 0n,
      value: Math.sin(i / 1000),
    }
  })
}

/** Rows a second of writing alone: making the rows is not counted. */
async function appendRate(
  store: TelemetryStore,
  source: string,
  total: number,
  lot: number,
  make: (first: number, count: number) => TelemetryBatch,
) {
  const writer = await store.writer(source)
  let writing = 0
  for (let first = 0; first < total; first += lot) {
    const batch = make(first, lot)
    const start = performance.now()
    await writer.write(batch)
    writing += performance.now() - start
  }
  const start = performance.now()
  await writer.commit()
  const commit = performance.now() - start
  return { append: (total / writing) * 1000, whole: (total / (writing + commit)) * 1000 }
}

/**
 * The same for rows that another thread has encoded and packed, as imports and the receiver hand them over: packing is not
 * counted.
 */
async function packedRate(store: TelemetryStore, source: string, total: number, lot: number, distinct: number) {
  const writer = await store.writer(source)
  let chunks: EncodedChunk[] = []
  const encoder = new BatchEncoder(await writer.takeSeed(), (chunk) => chunks.push(chunk))
  let writing = 0
  for (let first = 0; first < total; first += lot) {
    encoder.write({ kind: 'spans', rows: spans(first, lot, distinct) }, 0, lot)
    if (first + lot >= total) encoder.finish()
    const packed = chunks
    chunks = []
    const start = performance.now()
    await writer.append(packed)
    writing += performance.now() - start
  }
  writer.settle(encoder.encoded)
  await writer.commit()
  return (total / writing) * 1000
}

async function median(times: number, run: () => Promise<unknown>): Promise<number> {
  const measured: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await run()
    measured.push(performance.now() - start)
  }
  return measured.sort((a, b) => a - b)[times >> 1] as number
}

const TIME: ColumnSpec = { name: 'time', type: 'time' }
const VALUE: ColumnSpec = { name: 'value', type: 'float' }

export async function main(): Promise<Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
  const catalog = openCatalog(folder, { now: () => asEpochNs(BigInt(Date.now()) * 1_000_000n) })
  const store = await openTelemetryStore(folder, catalog)
  const out: Measure[] = []
  const source = (name: string) => catalog.sources.create({ name, kind: 'demo', origin: [], readOnly: false }).id
  try {
    const repeated = source('repeated')
    const a = await appendRate(store, repeated, 500_000, 10_000, (first, count) => ({
      kind: 'spans',
      rows: spans(first, count, 5_000),
    }))
    out.push({ name: 'spans appended from rows (5,000 attribute sets)', value: a.append, unit: 'rows/s' })
    out.push({ name: '  with commit, trace rows, checkpoint', value: a.whole, unit: 'rows/s' })
    out.push({
      name: '  encoded by other threads, as imports and the receiver do it',
      value: await packedRate(store, source('packed'), 500_000, 10_000, 5_000),
      unit: 'rows/s',
      target: { atLeast: 400_000 },
    })
    const b = await appendRate(store, source('distinct'), 200_000, 10_000, (first, count) => ({
      kind: 'spans',
      rows: spans(first, count, 1e9),
    }))
    out.push({
      name: 'spans appended (every attribute set new)',
      value: b.append,
      unit: 'rows/s',
      reference: { name: 'repeating', value: a.append },
    })
    const c = await appendRate(store, source('samples'), 2_000_000, 20_000, (first, count) => ({
      kind: 'samples',
      rows: samples(first, count),
    }))
    out.push({ name: 'samples appended', value: c.append, unit: 'rows/s', target: { atLeast: 1_000_000 } })

    const lane = source('lane')
    await appendRate(store, lane, 200_000, 20_000, (first, count) => ({
      kind: 'samples',
      rows: Array.from({ length: count }, (_, k) => ({
        series: series[0] as SeriesInfo,
        time: START + BigInt(first + k) * 36_000_000n,
        startTime: 0n,
        value: Math.sin((first + k) / 5000) + ((first + k) % 977) / 977,
      })),
    }))
    const range = { from: asEpochNs(START), to: asEpochNs(START + 200_000n * 36_000_000n) }
    const scope = await store.scope([lane])
    const points = scope.relation('samples', range)
    const [stored] = await store.rows<{ series: bigint }>(`SELECT series FROM ${scope.relation('series')}`, [])
    const asked = { series: [stored?.series ?? 0n], range, buckets: 1000 }
    const lanes = { from: points, time: 'time_ns', value: 'value', range, buckets: 1000 }
    // in turn and warm: what else the machine does falls on both
    const [all, kept, m4, inSql]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let i = 0; i < 30; i++) {
      all.push(
        await median(1, () => store.frame(`SELECT time_ns, value FROM ${points} ORDER BY time_ns`, [], [TIME, VALUE])),
      )
      kept.push(await median(1, () => store.lane(scope, asked)))
      m4.push(await median(1, () => store.m4(lanes)))
      inSql.push(await median(1, async () => m4Series(await store.frame(m4Sql(lanes), [], M4_COLUMNS))))
    }
    out.push({
      name: 'M4 lane, 200,000 points to 1,000 buckets',
      value: Math.min(...kept),
      unit: 'ms',
      reference: { name: 'all points', value: Math.min(...all) },
      target: { atMost: 0.3 },
    })
    out.push({
      name: '  the same from the points, in one pass',
      value: Math.min(...m4),
      unit: 'ms',
      reference: { name: 'all points', value: Math.min(...all) },
    })
    out.push({
      name: '  the same aggregated in SQL',
      value: Math.min(...inSql),
      unit: 'ms',
      reference: { name: 'all points', value: Math.min(...all) },
    })

    const rows = (await store.scope([repeated])).relation('spans')
    const columns = ['trace_id', 'span_id', 'service', 'operation', 'start_ns', 'duration_ns', 'attrs']
    const specs: ColumnSpec[] = [
      { name: 'traceId', type: 'string' },
      { name: 'spanId', type: 'string' },
      { name: 'service', type: 'string' },
      { name: 'operation', type: 'string' },
      { name: 'start', type: 'time' },
      { name: 'duration', type: 'int' },
      { name: 'attrs', type: 'string' },
    ]
    const every = await median(3, () => store.frame(`SELECT ${columns.join(', ')} FROM ${rows}`, [], specs))
    const window = await median(9, () =>
      store.frame(
        windowSql({ from: rows, columns, orderBy: 'start_ns DESC, span_id', offset: 10_000, limit: 100 }),
        [],
        specs,
      ),
    )
    out.push({ name: '500,000 spans as a frame, 7 columns', value: every, unit: 'ms' })
    out.push({
      name: 'window of 100 of 500,000 spans',
      value: window,
      unit: 'ms',
      reference: { name: 'all rows', value: every },
    })

    const exact = await median(5, () =>
      store.rows(
        `SELECT service, ${percentilesSql('duration_ns', [0.5, 0.95, 0.99], 0)} AS p FROM ${rows} GROUP BY service`,
        [],
      ),
    )
    const approx = await median(5, () =>
      store.rows(
        `SELECT service, ${percentilesSql('duration_ns', [0.5, 0.95, 0.99], 1e9)} AS p FROM ${rows} GROUP BY service`,
        [],
      ),
    )
    out.push({
      name: 'percentiles of 500,000 spans by service, exact',
      value: exact,
      unit: 'ms',
      reference: { name: 't-digest', value: approx },
    })
    return out
  } finally {
    await store.close()
    catalog.close()
    await rm(folder, { recursive: true })
  }
}
