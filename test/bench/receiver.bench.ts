// OTLP intake: spans a second from senders in processes of their own, until each request was acknowledged, which is after its
// commit; then counted in the store. Payloads are made before the clock starts. SPANS=n for another number.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { receiverModule } from '../../src/main/receiver/index.ts'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { startTestEngine } from '../support/engine.ts'
import { freePort } from '../support/ports.ts'
import type { SenderReport, SenderTask } from './otlp-sender.ts'
import type { Measure } from './run.ts'

const SPANS = Number(process.env['SPANS'] ?? 1_000_000)
const SENDERS = 2

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

function body(index: number, perRequest: number, start: bigint): Buffer {
  const spans = Array.from({ length: perRequest }, (_, i) => {
    const id = index * perRequest + i + 1
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

/** Different from one load to the next: a span that comes again is not written again. */
let made = 0

interface Load {
  readonly transport: 'http' | 'grpc'
  readonly perRequest: number
  readonly connections: number
  readonly spans: number
}

async function prepared(load: Load, url: string): Promise<ChildProcess[]> {
  const start = BigInt(Date.now()) * 1_000_000n
  const all = Array.from({ length: Math.ceil(load.spans / load.perRequest) }, () =>
    body(made++, load.perRequest, start).toString('base64'),
  )
  const children: ChildProcess[] = []
  for (let i = 0; i < SENDERS; i++) {
    const child = fork(join(import.meta.dirname, 'otlp-sender.ts'), { execArgv: process.execArgv })
    const task: SenderTask = {
      url,
      transport: load.transport,
      connections: load.connections / SENDERS,
      bodies: all.filter((_, at) => at % SENDERS === i),
    }
    child.send(task)
    await once(child, 'message')
    children.push(child)
  }
  return children
}

async function run(load: Load): Promise<Measure[]> {
  made += 1_000_000
  await using engine = await startTestEngine({ modules: [receiverModule] })
  const [port, grpcPort] = [await freePort(), await freePort()]
  const { endpoint, grpcEndpoint } = await engine.client.call('receiver.start', { port, grpcPort })
  const children = await prepared(load, load.transport === 'grpc' ? (grpcEndpoint as string) : endpoint)
  const cpu = process.cpuUsage()
  const start = performance.now()
  const reports = await Promise.all(
    children.map(async (child) => {
      child.send('begin')
      const [report] = (await once(child, 'message')) as [SenderReport]
      return report
    }),
  )
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const requests = Math.ceil(load.spans / load.perRequest)
  const spans = requests * load.perRequest
  const problems = reports.flatMap((report) => report.problems)
  const taken = reports.reduce((sum, report) => sum + report.taken, 0)
  const scope = await engine.stores.telemetry.scope(undefined)
  const [stored] = await engine.stores.telemetry.rows<{ n: bigint }>(
    `SELECT count(*) AS n FROM ${scope.relation('spans')}`,
    [],
  )
  if (problems.length > 0 || taken !== requests || Number(stored?.n) !== spans)
    throw new Error(`${stored?.n} of ${spans} spans are there, ${taken} of ${requests} requests taken, ${problems[0]}`)
  const waits = reports.flatMap((report) => report.waits).sort((a, b) => a - b)
  const delayed = reports.reduce((sum, report) => sum + report.delayed, 0)
  const what = `${load.transport}, ${load.perRequest.toLocaleString('en')} a request, ${load.connections} connections`
  return [
    {
      name: `${spans.toLocaleString('en')} spans, ${what}: acknowledged and found in the store, spans/s`,
      value: spans / (ms / 1000),
      unit: 'rows/s',
      ...(load.perRequest > 1000 ? { target: { atLeast: 50_000 } } : {}),
    },
    { name: "  by second of the engine's processor time", value: spans / ((user + system) / 1e6), unit: 'rows/s' },
    {
      name: `  wait for an answer, p95 (sent back for later: ${delayed})`,
      value: waits[Math.floor(waits.length * 0.95)] ?? 0,
      unit: 'ms',
    },
  ]
}

export async function main(): Promise<Measure[]> {
  return [
    ...(await run({ transport: 'http', perRequest: 5000, connections: 16, spans: SPANS })),
    ...(await run({ transport: 'grpc', perRequest: 5000, connections: 16, spans: SPANS })),
    ...(await run({ transport: 'http', perRequest: 512, connections: 32, spans: SPANS / 4 })),
  ]
}
