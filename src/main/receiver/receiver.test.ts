// Programs that send: what is taken and kept, what is refused and how, over real sockets into real stores.

import { gzipSync, zstdCompressSync } from 'node:zlib'
import { SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine, type TestEngineOptions } from '../../../test/support/engine.ts'
import type { Clock } from '../platform/platform.ts'
import { asEpochNs } from '../../shared/base/time.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { encodeOtlpRequest } from '../../shared/wire/otlp/protobuf.ts'
import { logsModule } from '../logs/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { tracesModule } from '../traces/index.ts'
import type { CapabilityModule, EngineContext } from '../engine/api.ts'
import { receiverModule } from './index.ts'
import { Shelf } from './shelf.ts'
import { nowNs, otlpSpan, otlpSpans, postOtlp, type HttpAnswer } from '../../../test/support/otlp.ts'
import { freePort } from '../../../test/support/ports.ts'

const MODULES = [receiverModule, tracesModule, logsModule, metricsModule]
const engine = (options: TestEngineOptions = {}): Promise<TestEngine> =>
  startTestEngine({ modules: MODULES, ...options })

async function receiving(t: TestEngine): Promise<string> {
  const { endpoint, state } = await t.client.call('receiver.start', { port: await freePort() })
  expect(state).toBe('on')
  return endpoint
}

const range = { from: 'now-1h', to: 'now+1h' } as const
const operations = async (t: TestEngine): Promise<unknown[]> => {
  const { table } = await t.client.call('traces.search', { range })
  return frameToJsonTable(table)
    .rows.map((row) => row['rootOperation'])
    .sort()
}

test('a Node program with the OpenTelemetry SDK is seen in traces, logs and metrics as soon as it was answered', async () => {
  await using t = await engine()
  const url = await receiving(t)
  const resource = resourceFromAttributes({ 'service.name': 'sdk-shop' })
  const tracing = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))],
  })
  const logging = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${url}/v1/logs` }) })],
  })
  const metering = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({
          url: `${url}/v1/metrics`,
          temporalityPreference: AggregationTemporality.DELTA,
        }),
      }),
    ],
  })
  tracing.getTracer('t').startSpan('place order').end()
  logging.getLogger('t').emit({ severityNumber: SeverityNumber.ERROR, body: 'card refused' })
  metering.getMeter('t').createCounter('orders').add(7)
  await Promise.all([tracing.forceFlush(), logging.forceFlush(), metering.forceFlush()])

  expect(await operations(t)).toEqual(['place order'])
  expect(await t.client.call('logs.count', { range, query: 'card refused' })).toMatchObject({ count: 1 })
  const { table } = await t.client.call('metrics.search', { text: 'orders' })
  expect(frameToJsonTable(table).rows.map((row) => row['name'])).toEqual(['orders_total'])
  expect(await t.client.call('receiver.status', {})).toMatchObject({
    state: 'on',
    requests: 3,
    spans: 1,
    logs: 1,
    samples: 1,
    rejected: 0,
    refused: 0,
    waitingBytes: 0,
  })
  const { sources } = await t.client.call('sources.list', {})
  expect(sources).toMatchObject([{ kind: 'otlp', state: 'ready', rows: 3 }])
  await Promise.all([tracing.shutdown(), logging.shutdown(), metering.shutdown()])
})

test('protobuf and JSON are taken plain and packed by gzip, deflate or zstd', async () => {
  await using t = await engine()
  const url = `${await receiving(t)}/v1/traces`
  const at = nowNs()
  const json = (id: number) => Buffer.from(JSON.stringify(otlpSpans([otlpSpan(id, at)])))
  const proto = (id: number) => Buffer.from(encodeOtlpRequest('traces', otlpSpans([otlpSpan(id, at)])))
  const protobuf = { 'content-type': 'application/x-protobuf' }
  const answers = await Promise.all([
    postOtlp(url, json(1)),
    postOtlp(url, gzipSync(json(2)), { 'content-encoding': 'gzip' }),
    postOtlp(url, zstdCompressSync(json(3)), { 'content-encoding': 'zstd' }),
    postOtlp(url, proto(4), protobuf),
    postOtlp(url, gzipSync(proto(5)), { ...protobuf, 'content-encoding': 'gzip' }),
    postOtlp(url, zstdCompressSync(proto(6)), { ...protobuf, 'content-encoding': 'zstd' }),
  ])
  expect(answers.map(({ status, text }) => [status, text])).toEqual([
    ...[1, 2, 3].map(() => [200, '{}']),
    ...[4, 5, 6].map(() => [200, '']),
  ])
  expect(await operations(t)).toEqual([1, 2, 3, 4, 5, 6].map((id) => `op ${id}`))
})

test('records that cannot be kept are counted and named in the answer, the others are kept', async () => {
  await using t = await engine()
  const url = `${await receiving(t)}/v1/traces`
  const at = nowNs()
  const body = otlpSpans([otlpSpan(1, at), { name: 'no ids' }, otlpSpan(2, at), otlpSpan(2, at)])
  const json = await postOtlp(url, JSON.stringify(body))
  expect(json.status).toBe(200)
  const told = JSON.parse(json.text) as { partialSuccess: { rejectedSpans: string; errorMessage: string } }
  expect(told.partialSuccess.rejectedSpans).toBe('2')
  expect(told.partialSuccess.errorMessage).toMatch(/1 × duplicate span id within its trace/)
  expect(await operations(t)).toEqual(['op 1', 'op 2'])
  // field 1 of the answer, and in it field 1: one rejected span
  const proto = await postOtlp(url, encodeOtlpRequest('traces', otlpSpans([{ name: 'no ids' }])), {
    'content-type': 'application/x-protobuf',
  })
  const bytes = Buffer.from(proto.text)
  expect([proto.status, bytes[0], bytes[2], bytes[3]]).toEqual([200, 0x0a, 0x08, 1])
  expect(await t.client.call('receiver.status', {})).toMatchObject({ rejected: 3, spans: 2 })
})

test('what is not OTLP, too large, from a page or for another name is refused with its status and changes nothing', async () => {
  await using t = await engine()
  const url = await receiving(t)
  const good = JSON.stringify(otlpSpans([otlpSpan(1, nowNs())]))
  const cases: Array<[number, Promise<HttpAnswer>]> = [
    [400, postOtlp(`${url}/v1/traces`, '{"resourceSpans": [')],
    [400, postOtlp(`${url}/v1/traces`, 'null')],
    [400, postOtlp(`${url}/v1/traces`, Buffer.from([0xff, 0xff, 0xff]), { 'content-type': 'application/x-protobuf' })],
    [400, postOtlp(`${url}/v1/traces`, good, { 'content-encoding': 'gzip' })],
    [400, postOtlp(`${url}/v1/traces`, '['.repeat(5000) + ']'.repeat(5000))],
    [413, postOtlp(`${url}/v1/traces`, gzipSync(Buffer.alloc(70 * 1024 * 1024)), { 'content-encoding': 'gzip' })],
    [
      413,
      postOtlp(`${url}/v1/traces`, '', { 'content-length': String(21 * 1024 * 1024) }).catch(() => ({
        status: 413,
        headers: {},
        text: '',
      })),
    ],
    [404, postOtlp(`${url}/v1/profiles`, good)],
    [415, postOtlp(`${url}/v1/traces`, good, { 'content-type': 'text/plain' })],
    [415, postOtlp(`${url}/v1/traces`, good, { 'content-encoding': 'br' })],
    [403, postOtlp(`${url}/v1/traces`, good, { origin: 'https://evil.example' })],
    [403, postOtlp(`${url}/v1/traces`, good, { origin: 'null' })],
    [403, postOtlp(`${url}/v1/traces`, good, { 'sec-fetch-site': 'cross-site' })],
    [421, postOtlp(`${url}/v1/traces`, good, { host: 'evil.example:4318' })],
  ]
  for (const [status, answer] of cases) expect((await answer).status).toBe(status)
  const { sources } = await t.client.call('sources.list', {})
  expect(sources).toEqual([])
  expect(await t.client.call('receiver.status', {})).toMatchObject({ spans: 0 })
  expect((await postOtlp(`${url}/v1/traces`, good)).status).toBe(200)
})

test('it receives again when the engine starts again, until it is stopped; a taken port is told', async () => {
  await using first = await engine()
  const port = await freePort()
  await first.client.call('receiver.start', { port })
  await using second = await engine()
  await expect(second.client.call('receiver.start', { port })).rejects.toMatchObject({
    code: 'conflict',
    message: `Port ${port} is taken by another program, a Collector perhaps.`,
  })
  expect(await second.client.call('receiver.status', {})).toMatchObject({ state: 'off' })
  expect(await first.client.call('receiver.stop', {})).toMatchObject({ state: 'off', port })
  await expect(postOtlp(`http://127.0.0.1:${port}/v1/traces`, '{}')).rejects.toThrow(/ECONNREFUSED/)
})

test('days past their time are removed, with a while to take them back', async () => {
  let at = nowNs()
  const clock: Clock = { now: () => asEpochNs(at) }
  await using t = await engine({ clock })
  const { endpoint } = await t.client.call('receiver.start', { port: await freePort(), keepDays: 2 })
  const send = (id: number) => postOtlp(`${endpoint}/v1/traces`, JSON.stringify(otlpSpans([otlpSpan(id, at)])))
  const names = async (): Promise<string[]> =>
    (await t.client.call('sources.list', {})).sources.map(({ name }) => name).sort()
  await send(1)
  const [first] = await names()
  at += 86_400_000_000_000n
  await send(2)
  expect(await names()).toHaveLength(2)
  at += 86_400_000_000_000n
  await send(3)
  const kept = await names()
  expect(kept).toHaveLength(2)
  expect(kept).not.toContain(first)
  const { sources } = await t.client.call('sources.list', { includeRemoved: true })
  expect(sources.find(({ name }) => name === first)).toMatchObject({ state: 'removed', undoUntil: expect.any(String) })
})

test('past the size the oldest day goes first; today stays, and counts as full', async () => {
  let at = nowNs()
  let inside: EngineContext | undefined
  const capture: CapabilityModule<'receiver'> = {
    name: 'receiver',
    start: (context) => {
      inside = context
      return receiverModule.start(context)
    },
  }
  await using t = await startTestEngine({ modules: [capture, tracesModule], clock: { now: () => asEpochNs(at) } })
  const { endpoint } = await t.client.call('receiver.start', { port: await freePort() })
  const send = (id: number) => postOtlp(`${endpoint}/v1/traces`, JSON.stringify(otlpSpans([otlpSpan(id, at)])))
  await send(1)
  const [first] = (await t.client.call('sources.list', {})).sources
  at += 86_400_000_000_000n
  await send(2)
  if (inside === undefined) throw new Error('the capability did not start')
  const tiny = { on: true, port: 4318, grpcPort: null, keepDays: 7, maxGb: 1e-6 }
  expect(await new Shelf(inside).due(tiny, asEpochNs(at))).toEqual({ remove: [first?.id], isFull: true })
  expect(await new Shelf(inside).due({ ...tiny, maxGb: 1 }, asEpochNs(at))).toEqual({ remove: [], isFull: false })
})

test('a line as a Collector writes it is kept: the last field first, empty ids with it', async () => {
  await using t = await engine()
  const url = await receiving(t)
  const now = Buffer.alloc(8)
  now.writeBigUInt64LE(BigInt(Date.now()) * 1_000_000n)
  const answer = await fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(`0a1d1219121552004a002a060a046c696e6509${now.toString('hex')}0a000a00`, 'hex'),
  })
  expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 0])
  expect(await t.client.call('logs.count', { range, query: 'line' })).toMatchObject({ count: 1 })
})
