// OTLP over gRPC: a real SDK, the answers that senders act on, and peers that mean harm, over real sockets into real stores.

import { connect as connectHttp2, constants } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { gzipSync, deflateSync, zstdCompressSync } from 'node:zlib'
import { SeverityNumber } from '@opentelemetry/api-logs'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import {
  type GrpcAnswer,
  grpcCall,
  grpcFrame,
  nowNs,
  otlpSpan,
  otlpSpans,
  overGrpc,
  postOtlp,
  SERVICE,
} from '../../../test/support/otlp.ts'
import { freePort } from '../../../test/support/ports.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { encodeOtlpRequest } from '../../shared/wire/otlp/protobuf.ts'
import { logsModule } from '../logs/index.ts'
import { metricsModule } from '../metrics/index.ts'
import { tracesModule } from '../traces/index.ts'
import { receiverModule } from './index.ts'

const MODULES = [receiverModule, tracesModule, logsModule, metricsModule]

async function receiving(t: TestEngine): Promise<{ http: string; grpc: string }> {
  const status = await t.client.call('receiver.start', { port: await freePort(), grpcPort: await freePort() })
  expect(status.state).toBe('on')
  return { http: status.endpoint, grpc: status.grpcEndpoint as string }
}

const range = { from: 'now-1h', to: 'now+1h' } as const
const operations = async (t: TestEngine): Promise<unknown[]> => {
  const { table } = await t.client.call('traces.search', { range })
  return frameToJsonTable(table)
    .rows.map((row) => row['rootOperation'])
    .sort()
}
const request = (...ids: number[]): Uint8Array =>
  encodeOtlpRequest('traces', otlpSpans(ids.map((id) => otlpSpan(id, nowNs()))))

/** Of a google.rpc.Status: whether a google.rpc.RetryInfo is among its details. */
const saysAgain = ({ details }: GrpcAnswer): boolean =>
  details.includes('type.googleapis.com/google.rpc.RetryInfo') &&
  details.subarray(-4).equals(Buffer.from([0x0a, 2, 8, 1]))

test.each([CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP])(
  'a Node program with the OpenTelemetry SDK sends traces, logs and metrics, compression %s',
  async (compression) => {
    await using t = await startTestEngine({ modules: MODULES })
    const { grpc: url } = await receiving(t)
    const resource = resourceFromAttributes({ 'service.name': 'sdk-shop' })
    const tracing = new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, compression }))],
    })
    const logging = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url, compression }) })],
    })
    const metering = new MeterProvider({
      resource,
      readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url, compression }) })],
    })
    tracing.getTracer('t').startSpan('place order').end()
    logging.getLogger('t').emit({ severityNumber: SeverityNumber.ERROR, body: 'card refused' })
    metering.getMeter('t').createCounter('orders').add(7)
    await Promise.all([tracing.forceFlush(), logging.forceFlush(), metering.forceFlush()])

    expect(await operations(t)).toEqual(['place order'])
    expect(await t.client.call('logs.count', { range, query: 'card refused' })).toMatchObject({ count: 1 })
    const { table } = await t.client.call('metrics.search', { text: 'orders' })
    expect(frameToJsonTable(table).rows.map((row) => row['name'])).toEqual(['orders_total'])
    expect(await t.client.call('receiver.status', {})).toMatchObject({ requests: 3, rejected: 0, refused: 0 })
    await Promise.all([tracing.shutdown(), logging.shutdown(), metering.shutdown()])
  },
)

test('gRPC is off unless a port is given for it, and can be switched on and off beside HTTP', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const port = await freePort()
  expect(await t.client.call('receiver.start', { port })).toMatchObject({ state: 'on', grpcPort: null })
  const grpcPort = await freePort()
  expect(await t.client.call('receiver.start', { grpcPort })).toMatchObject({ port, grpcPort })
  const url = `http://127.0.0.1:${grpcPort}`
  const answer = await overGrpc(url, (session) => grpcCall(session, SERVICE.traces, grpcFrame(request(1))))
  expect(answer).toMatchObject({ status: 200, code: 0 })
  expect(await t.client.call('receiver.start', { grpcPort: null })).toMatchObject({ port, grpcPort: null })
  const gone = await overGrpc(url, (session) => new Promise((resolve) => session.on('error', resolve)))
  expect(gone).toMatchObject({ code: 'ECONNREFUSED' })
  expect((await postOtlp(`http://127.0.0.1:${port}/v1/traces`, JSON.stringify(otlpSpans([])))).status).toBe(200)
})

test('a message is taken plain and packed; what cannot be kept is counted in the answer', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  await overGrpc(grpc, async (session) => {
    const call = (bytes: Uint8Array, headers = {}) => grpcCall(session, SERVICE.traces, bytes, headers)
    const whole = { status: 200, code: 0, body: grpcFrame(new Uint8Array(0)) }
    expect(await call(grpcFrame(request(1)))).toMatchObject(whole)
    expect(await call(grpcFrame(gzipSync(request(2)), true), { 'grpc-encoding': 'gzip' })).toMatchObject(whole)
    expect(await call(grpcFrame(deflateSync(request(3)), true), { 'grpc-encoding': 'deflate' })).toMatchObject(whole)
    expect(await call(grpcFrame(zstdCompressSync(request(4)), true), { 'grpc-encoding': 'zstd' })).toMatchObject(whole)
    // a client may name an encoding and leave a message as it is
    expect(await call(grpcFrame(request(5)), { 'grpc-encoding': 'gzip' })).toMatchObject(whole)
    expect(await call(grpcFrame(new Uint8Array(0)))).toMatchObject(whole)
    const partly = encodeOtlpRequest('traces', otlpSpans([otlpSpan(6, nowNs()), { name: 'no ids' }]))
    const { code, body } = await call(grpcFrame(partly))
    // field 1 of the answer, and in it field 1: one rejected span
    expect([code, body[5], body[7], body[8]]).toEqual([0, 0x0a, 0x08, 1])
    expect(body.toString()).toContain('span without a trace id')
  })
  expect(await operations(t)).toEqual([1, 2, 3, 4, 5, 6].map((id) => `op ${id}`))
})

test('what is not OTLP over gRPC is refused with its code, without an invitation to come again, and changes nothing', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  const good = grpcFrame(request(1))
  await overGrpc(grpc, async (session) => {
    const call = (bytes: Uint8Array, headers: Record<string, string> = {}, path: string = SERVICE.traces) =>
      grpcCall(session, path, bytes, headers)
    expect(await call(good, { 'content-type': 'application/json' })).toMatchObject({ status: 415, code: undefined })
    expect(await call(good, { ':method': 'PUT' })).toMatchObject({ status: 405, code: undefined })
    const cases: Array<[code: number, what: string, answer: Promise<GrpcAnswer>]> = [
      [12, 'unknown service', call(good, {}, '/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export')],
      [12, 'unknown encoding', call(good, { 'grpc-encoding': 'snappy' })],
      [13, 'packed, but how', call(grpcFrame(gzipSync(request(1)), true))],
      [13, 'a flag of two', call(Buffer.concat([Buffer.from([2]), good.subarray(1)]))],
      [3, 'not packed', call(grpcFrame(request(1), true), { 'grpc-encoding': 'gzip' })],
      [3, 'no protobuf', call(grpcFrame(Buffer.from([0xff, 0xff, 0xff])))],
      [3, 'two messages', call(Buffer.concat([good, good]))],
      [3, 'no message', call(new Uint8Array(0))],
      [3, 'cut off', call(good.subarray(0, 20))],
      [8, 'too large', call(grpcFrame(request(1), false, 21 * 1024 * 1024))],
      [8, 'a bomb', call(grpcFrame(gzipSync(Buffer.alloc(70 * 1024 * 1024)), true), { 'grpc-encoding': 'gzip' })],
      [7, 'a page', call(good, { origin: 'https://evil.example' })],
      [7, 'another name', call(good, { ':authority': 'evil.example:4317' })],
    ]
    for (const [code, what, answer] of cases) {
      const got = await answer
      expect([what, got.status, got.code]).toEqual([what, 200, code])
      expect(got.message).not.toBe('')
      expect(saysAgain(got)).toBe(false)
    }
  })
  expect((await t.client.call('sources.list', {})).sources).toEqual([])
  expect(await t.client.call('receiver.status', {})).toMatchObject({ spans: 0, delayed: 0 })
})

test('when more waits than may, senders are asked to come again, over gRPC and HTTP; what was taken is kept', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { http, grpc } = await receiving(t)
  const held = t.stores.catalog.sources.create({ name: 'held', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(held.id)
  // 20 MB each, of which 64 MB may wait: a span whose name is long is left out with its reason, and so is not what waits here
  const large = (id: number) =>
    grpcFrame(
      encodeOtlpRequest('traces', otlpSpans([otlpSpan(id, nowNs(), { traceState: 'x'.repeat(7 * 1024 * 1024) })])),
    )
  await overGrpc(grpc, async (session) => {
    const waiting = Array.from({ length: 9 }, (_, i) => grpcCall(session, SERVICE.traces, large(i + 1)))
    const full = async (): Promise<boolean> =>
      (await t.client.call('receiver.status', {})).waitingBytes > 62 * 1024 * 1024
    while (!(await full())) await new Promise((resolve) => setImmediate(resolve))
    const refused = await grpcCall(session, SERVICE.traces, large(10))
    expect(refused).toMatchObject({ code: 8, message: 'More is arriving than can be written; send it again.' })
    expect(saysAgain(refused)).toBe(true)
    const body = large(11).subarray(5)
    const posted = await postOtlp(`${http}/v1/traces`, body, { 'content-type': 'application/x-protobuf' })
    expect([posted.status, posted.headers['retry-after']]).toEqual([429, '1'])
    await writer.rollback()
    for (const answer of await Promise.all(waiting)) expect(answer.code).toBe(0)
    expect(await grpcCall(session, SERVICE.traces, large(10))).toMatchObject({ code: 0 })
  })
  expect(await operations(t)).toHaveLength(10)
  expect(await t.client.call('receiver.status', {})).toMatchObject({ delayed: 2, spans: 10, waitingBytes: 0 })
})

test('rows that cannot be written are answered with UNAVAILABLE, and are kept when they come again', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  const { telemetry } = t.stores
  const open = telemetry.writer.bind(telemetry)
  await overGrpc(grpc, async (session) => {
    expect(await grpcCall(session, SERVICE.traces, grpcFrame(request(1)))).toMatchObject({ code: 0 })
    telemetry.writer = async (...args) => {
      const writer = await open(...args)
      writer.commit = () => Promise.reject(new Error('the disk is full'))
      return writer
    }
    const again = grpcFrame(request(2))
    const failed = await grpcCall(session, SERVICE.traces, again)
    expect(failed).toMatchObject({ code: 14, message: 'The rows could not be written; the log says why.' })
    expect(saysAgain(failed)).toBe(true)
    telemetry.writer = open
    expect(await grpcCall(session, SERVICE.traces, again)).toMatchObject({ code: 0 })
  })
  expect(await operations(t)).toEqual(['op 1', 'op 2'])
  expect(t.logLines.some(({ message }) => message === 'received telemetry could not be written')).toBe(true)
})

test('switching it off answers what is under way, sends senders away, and takes nothing more', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  const held = t.stores.catalog.sources.create({ name: 'held', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(held.id)
  await overGrpc(grpc, async (session) => {
    const under = grpcCall(session, SERVICE.traces, grpcFrame(request(1)))
    while ((await t.client.call('receiver.status', {})).waitingBytes === 0)
      await new Promise((resolve) => setImmediate(resolve))
    const sentAway = new Promise((resolve) => session.on('goaway', resolve))
    const stopped = t.client.call('receiver.stop', {})
    expect(await sentAway).toBe(constants.NGHTTP2_NO_ERROR)
    await writer.rollback()
    expect(await under).toMatchObject({ code: 0 })
    expect(await stopped).toMatchObject({ state: 'off' })
  })
  expect(await operations(t)).toEqual(['op 1'])
})

/** Bytes on a plain connection; resolves with what came back when it is closed. */
function raw(url: string, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1')
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('error', () => {
      // reset by the receiver: `close` follows
    })
    socket.on('close', () => resolve(Buffer.concat(parts)))
    socket.write(bytes)
  })
}

const frameOf = (type: number, flags: number, stream: number, payload: Uint8Array): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const PREFACE = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frameOf(4, 0, 0, new Uint8Array(0))])

test('peers that break HTTP/2 or flood it are cut off, and others are answered meanwhile', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  await overGrpc(grpc, async (good) => {
    let id = 1
    const isWell = async () =>
      expect(await grpcCall(good, SERVICE.traces, grpcFrame(request(id++)))).toMatchObject({ code: 0 })
    await isWell()
    // HTTP/1, noise, a frame longer than agreed, endless headers
    await raw(grpc, Buffer.from('POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n'))
    await raw(grpc, Buffer.alloc(4096, 0xab))
    await raw(grpc, Buffer.concat([PREFACE, frameOf(0, 0, 1, Buffer.alloc(200_000))]))
    await raw(
      grpc,
      Buffer.concat([
        PREFACE,
        frameOf(1, 0, 1, Buffer.alloc(16_000, 0x40)),
        ...Array.from({ length: 400 }, () => frameOf(9, 0, 1, Buffer.alloc(16_000, 0x41))),
      ]),
    )
    await isWell()
    // pings without end
    const pings = Buffer.concat(Array.from({ length: 20_000 }, () => frameOf(6, 0, 0, Buffer.alloc(8))))
    await raw(grpc, Buffer.concat([PREFACE, pings]))
    await isWell()
    // streams that are begun and reset without end: the session is ended, not only the streams
    const resetting = connectHttp2(grpc)
    const ended = new Promise((resolve) => resetting.on('close', resolve))
    resetting.on('error', () => {
      // cut off: `close` follows
    })
    const flood = (): void => {
      for (let i = 0; i < 500 && !resetting.destroyed && !resetting.closed; i++) {
        const stream = resetting.request({
          ':method': 'POST',
          ':path': SERVICE.traces,
          'content-type': 'application/grpc',
        })
        stream.on('error', () => {
          // refused or gone with its session
        })
        stream.close(constants.NGHTTP2_CANCEL)
      }
      if (!resetting.destroyed && !resetting.closed) setImmediate(flood)
    }
    flood()
    await ended
    await isWell()
  })
  expect(await operations(t)).toHaveLength(4)
})

test('no more calls run in a session than it is told', async () => {
  await using t = await startTestEngine({ modules: MODULES })
  const { grpc } = await receiving(t)
  await overGrpc(grpc, async (session) => {
    await new Promise((resolve) => session.once('remoteSettings', resolve))
    expect(session.remoteSettings.maxConcurrentStreams).toBe(100)
    expect(session.remoteSettings.maxHeaderListSize).toBe(16_384)
    const answer = await grpcCall(session, SERVICE.traces, grpcFrame(request(1)), { 'x-long': 'y'.repeat(40_000) })
    expect(answer.code).toBeUndefined()
  })
})
