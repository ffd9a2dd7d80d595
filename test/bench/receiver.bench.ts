// OTLP intake: spans a second from four senders over HTTP, until each request was acknowledged, which is after its commit.
// SPANS=n for another number.

import { request } from 'node:http'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { receiverModule } from '../../src/main/receiver/index.ts'
import { startTestEngine } from '../support/engine.ts'
import type { Measure } from './run.ts'

const SPANS = Number(process.env['SPANS'] ?? 400_000)
const PER_REQUEST = 5000
const SENDERS = 4

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

function body(index: number): Buffer {
  const start = BigInt(Date.now()) * 1_000_000n
  const spans = Array.from({ length: PER_REQUEST }, (_, i) => {
    const id = index * PER_REQUEST + i + 1
    const at = start + BigInt(id) * 1000n
    return {
      traceId: Math.floor(id / 10)
        .toString(16)
        .padStart(32, '1'),
      spanId: id.toString(16).padStart(16, '0'),
      parentSpanId: id % 10 === 0 ? '' : (id - (id % 10)).toString(16).padStart(16, '0'),
      name: `operation ${id % 40}`,
      kind: 2 + (id % 2),
      startTimeUnixNano: at.toString(),
      endTimeUnixNano: (at + 4_000_000n).toString(),
      attributes: [
        text('http.request.method', 'GET'),
        text('http.route', `/orders/{id}/${id % 25}`),
        { key: 'http.response.status_code', value: { intValue: String(id % 50 === 0 ? 500 : 200) } },
        text('server.address', `node-${id % 12}`),
        text('user.id', `u${id % 20_000}`),
        { key: 'retry', value: { boolValue: id % 9 === 0 } },
      ],
      status: id % 50 === 0 ? { code: 2 } : {},
    }
  })
  const resource = { attributes: [text('service.name', `shop-${index % 14}`)] }
  return gzipSync(encodeOtlpRequest('traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }))
}

function send(url: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(bytes)
  })
}

export async function main(): Promise<Measure[]> {
  const bodies = Array.from({ length: Math.ceil(SPANS / PER_REQUEST) }, (_, i) => body(i))
  await using engine = await startTestEngine({ modules: [receiverModule] })
  const { endpoint } = await engine.client.call('receiver.start', { port: await freePort() })
  const statuses: number[] = []
  const cpu = process.cpuUsage()
  const start = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let i = next++; i < bodies.length; i = next++)
        statuses.push(await send(`${endpoint}/v1/traces`, bodies[i] as Buffer))
    }),
  )
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const { spans } = await engine.client.call('receiver.status', {})
  if (statuses.some((status) => status !== 200) || spans !== bodies.length * PER_REQUEST)
    throw new Error(`${spans} spans were taken, statuses ${[...new Set(statuses)].join(', ')}`)
  return [
    {
      name: `${spans.toLocaleString('en')} spans acknowledged, spans/s`,
      value: spans / (ms / 1000),
      unit: 'rows/s',
      target: { atLeast: 50_000 },
    },
    { name: 'the same, by second of processor time', value: spans / ((user + system) / 1e6), unit: 'rows/s' },
  ]
}
