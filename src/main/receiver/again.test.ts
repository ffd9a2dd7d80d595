// Senders that send again because they got no answer: what is known to be the same is kept once, what only looks like it twice.

import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import {
  grpcCall,
  grpcFrame,
  nowNs,
  otlpGauge,
  otlpLogs,
  otlpSpan,
  otlpSpans,
  overGrpc,
  postOtlp,
  SERVICE,
} from '../../../test/support/otlp.ts'
import { freePort } from '../../../test/support/ports.ts'
import { encodeOtlpRequest } from '../../shared/wire/otlp/protobuf.ts'
import { receiverModule } from './index.ts'

const PROTOBUF = { 'content-type': 'application/x-protobuf' }

async function receiving(t: TestEngine) {
  const status = await t.client.call('receiver.start', { port: await freePort(), grpcPort: await freePort() })
  return { http: status.endpoint, grpc: status.grpcEndpoint as string }
}
const counts = async (t: TestEngine) => {
  const { spans, logs, samples, again, rejected } = await t.client.call('receiver.status', {})
  return { spans, logs, samples, again, rejected }
}
async function stored(t: TestEngine, table: 'spans' | 'logs' | 'samples'): Promise<number> {
  const scope = await t.stores.telemetry.scope(undefined)
  const [row] = await t.stores.telemetry.rows<{ n: bigint }>(`SELECT count(*) AS n FROM ${scope.relation(table)}`, [])
  return Number(row?.n)
}

test('a request with the same bytes is one request, over HTTP and gRPC, packed anew or not, one after the other or at once', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http, grpc } = await receiving(t)
  const at = nowNs()
  const bodies = {
    traces: encodeOtlpRequest('traces', otlpSpans([otlpSpan(1, at), otlpSpan(2, at)])),
    logs: encodeOtlpRequest('logs', otlpLogs(['tick', 'tick', 'tock'], at)),
    metrics: encodeOtlpRequest('metrics', otlpGauge('depth', 4, at)),
  }
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const body = bodies[signal]
    const answers = await Promise.all([
      postOtlp(`${http}/v1/${signal}`, body, PROTOBUF),
      postOtlp(`${http}/v1/${signal}`, body, PROTOBUF),
      overGrpc(grpc, (session) => grpcCall(session, SERVICE[signal], grpcFrame(body))),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const packed = await postOtlp(`${http}/v1/${signal}`, gzipSync(body), { ...PROTOBUF, 'content-encoding': 'gzip' })
    expect([packed.status, packed.text]).toEqual([200, ''])
  }
  expect([await stored(t, 'spans'), await stored(t, 'logs'), await stored(t, 'samples')]).toEqual([2, 3, 1])
  expect(await counts(t)).toEqual({ spans: 2, logs: 3, samples: 1, again: 18, rejected: 0 })
})

test('what could not be kept is answered the same when the request comes again', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const body = JSON.stringify(otlpSpans([otlpSpan(1, nowNs()), { name: 'no ids' }]))
  const [first, second] = [await postOtlp(`${http}/v1/traces`, body), await postOtlp(`${http}/v1/traces`, body)]
  expect(first.text).toContain('"rejectedSpans":"1"')
  expect(second.text).toBe(first.text)
  expect(await stored(t, 'spans')).toBe(1)
})

test('a span is known in another request and another encoding; one that differs in its times is another', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const at = nowNs()
  const send = async (body: object, isJson: boolean) =>
    isJson
      ? postOtlp(`${http}/v1/traces`, JSON.stringify(body))
      : postOtlp(`${http}/v1/traces`, encodeOtlpRequest('traces', body as never), PROTOBUF)
  await send(otlpSpans([otlpSpan(1, at), otlpSpan(2, at)]), false)
  // batched anew, as a Collector does, and as JSON
  const regrouped = await send(otlpSpans([otlpSpan(2, at), otlpSpan(3, at)]), false)
  expect([regrouped.status, regrouped.text]).toEqual([200, ''])
  await send(otlpSpans([otlpSpan(3, at), otlpSpan(4, at)]), true)
  await send(otlpSpans([otlpSpan(4, at)]), false)
  expect(await counts(t)).toMatchObject({ spans: 4, again: 3, rejected: 0 })
  await send(otlpSpans([otlpSpan(4, at, { endTimeUnixNano: (at + 6_000_000n).toString() })]), false)
  expect(await counts(t)).toMatchObject({ spans: 5, again: 3 })
  expect(await stored(t, 'spans')).toBe(5)
})

test('lines and samples that only look alike are all kept', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const at = nowNs()
  await postOtlp(`${http}/v1/logs`, JSON.stringify(otlpLogs(['tick'], at)))
  await postOtlp(`${http}/v1/logs`, JSON.stringify(otlpLogs(['tick', 'tick'], at)))
  await postOtlp(`${http}/v1/metrics`, JSON.stringify(otlpGauge('depth', 4, at)))
  await postOtlp(`${http}/v1/metrics`, JSON.stringify(otlpGauge('depth', 4, at + 1n)))
  expect(await counts(t)).toMatchObject({ logs: 3, samples: 2, again: 0 })
})

test('a request is known after the engine was started again, and after its source was full of others', async () => {
  await using first = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(first)
  const at = nowNs()
  const body = JSON.stringify(otlpLogs(['tick', 'tock'], at))
  expect((await postOtlp(`${http}/v1/logs`, body)).status).toBe(200)
  for (let i = 0; i < 5; i++) await postOtlp(`${http}/v1/logs`, JSON.stringify(otlpLogs([`other ${i}`], at)))
  await first.engine.shutdown()
  await using second = await startTestEngine({ modules: [receiverModule], dataDir: first.dataDir })
  expect((await second.client.call('receiver.status', {})).state).toBe('on')
  expect((await postOtlp(`${http}/v1/logs`, body)).status).toBe(200)
  expect(await counts(second)).toMatchObject({ logs: 0, again: 2 })
  expect(await stored(second, 'logs')).toBe(7)
})

test('what could not be committed is not known, and neither is what was read after it', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const at = nowNs()
  const body = (id: number) => encodeOtlpRequest('traces', otlpSpans([otlpSpan(id, at)]))
  const { telemetry } = t.stores
  const open = telemetry.writer.bind(telemetry)
  expect((await postOtlp(`${http}/v1/traces`, body(1), PROTOBUF)).status).toBe(200)
  let commits = 0
  telemetry.writer = async (...args) => {
    const writer = await open(...args)
    const commit = writer.commit.bind(writer)
    writer.commit = (file) => (++commits === 1 ? Promise.reject(new Error('the disk is full')) : commit(file))
    return writer
  }
  const send = (id: number) => postOtlp(`${http}/v1/traces`, body(id), PROTOBUF)
  const statuses = (await Promise.all([2, 3, 4, 5].map(send))).map(({ status }) => status)
  expect(statuses).toContain(503)
  for (const [i, status] of statuses.entries()) if (status === 503) expect((await send(i + 2)).status).toBe(200)
  telemetry.writer = open
  expect(await stored(t, 'spans')).toBe(5)
  expect(await counts(t)).toMatchObject({ spans: 5, again: 0 })
})

test('a first request whose commit went through and failed all the same keeps its source: its rows are seen at once', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const { telemetry } = t.stores
  const open = telemetry.writer.bind(telemetry)
  telemetry.writer = async (...args) => {
    const writer = await open(...args)
    const commit = writer.commit.bind(writer)
    writer.commit = async (file) => {
      telemetry.writer = open
      await commit(file)
      throw new Error('the disk is full')
    }
    return writer
  }
  const body = JSON.stringify(otlpLogs(['tick', 'tick'], nowNs()))
  // the first writer only asks what the source has
  const first = await postOtlp(`${http}/v1/logs`, body)
  expect(first.status).toBe(503)
  const sources = async () =>
    (await t.client.call('sources.list', {})).sources.map(({ state, rows }) => ({ state, rows }))
  expect(await sources()).toEqual([{ state: 'ready', rows: 2 }])
  expect((await postOtlp(`${http}/v1/logs`, body)).status).toBe(200)
  expect(await stored(t, 'logs')).toBe(2)
  expect(await sources()).toEqual([{ state: 'ready', rows: 2 }])
})

test('a request that comes while a first commit fails is kept: it does not go to the source that goes', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const { telemetry } = t.stores
  const open = telemetry.writer.bind(telemetry)
  const journal = telemetry.journal.bind(telemetry)
  const isSettling = Promise.withResolvers<void>()
  const mayGoOn = Promise.withResolvers<void>()
  telemetry.writer = async (...args) => {
    const writer = await open(...args)
    writer.commit = () => {
      telemetry.writer = open
      // the next to look at the journal is who asks whether the rows came through
      telemetry.journal = async () => {
        telemetry.journal = journal
        isSettling.resolve()
        await mayGoOn.promise
        return await journal()
      }
      return Promise.reject(new Error('the disk is full'))
    }
    return writer
  }
  const send = (line: string) => postOtlp(`${http}/v1/logs`, JSON.stringify(otlpLogs([line], nowNs())))
  const waiting = async () => (await t.client.call('receiver.status', {})).waitingBytes
  const first = send('tick')
  await isSettling.promise
  const before = await waiting()
  const second = send('tock')
  while ((await waiting()) === before) await setImmediate()
  mayGoOn.resolve()
  expect([(await first).status, (await second).status]).toEqual([503, 200])
  expect(await stored(t, 'logs')).toBe(1)
})

test('a request that was committed and answered with a failure all the same is kept once when it comes again', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const at = nowNs()
  await postOtlp(`${http}/v1/logs`, JSON.stringify(otlpLogs(['first'], at)))
  const { sources } = t.stores.catalog
  const update = sources.update.bind(sources)
  sources.update = () => {
    sources.update = update
    throw new Error('the disk is full')
  }
  const body = JSON.stringify(otlpLogs(['tick', 'tick'], at))
  expect((await postOtlp(`${http}/v1/logs`, body)).status).toBe(503)
  expect((await postOtlp(`${http}/v1/logs`, body)).status).toBe(200)
  expect(await stored(t, 'logs')).toBe(3)
  expect(await counts(t)).toMatchObject({ again: 2 })
})

test('rows go to another source when a person has removed the one of today, and none of them is lost', async () => {
  await using t = await startTestEngine({ modules: [receiverModule] })
  const { http } = await receiving(t)
  const at = nowNs()
  const send = (id: number) =>
    postOtlp(`${http}/v1/traces`, encodeOtlpRequest('traces', otlpSpans([otlpSpan(id, at)])), PROTOBUF)
  await send(1)
  const [source] = (await t.client.call('sources.list', {})).sources
  const all = Array.from({ length: 20 }, (_, i) => send(i + 2))
  await t.client.call('sources.remove', { id: source?.id as string })
  for (const answer of await Promise.all(all)) expect(answer.status).toBe(200)
  await send(100)
  const { sources } = await t.client.call('sources.list', { includeRemoved: true })
  expect(sources.reduce((sum, { rows }) => sum + (rows ?? 0), 0)).toBe(22)
  expect(sources.filter(({ state }) => state === 'ready')).toHaveLength(1)
})
