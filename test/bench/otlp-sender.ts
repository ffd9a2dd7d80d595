// A program of its own that sends prepared requests over several connections, until each has its answer: a benchmark's load.
// Told by its first message, answers with the statuses. A request that is sent back for later is sent again.

import { connect, constants } from 'node:http2'
import { Agent, request } from 'node:http'
import { setTimeout } from 'node:timers/promises'

export interface SenderTask {
  readonly url: string
  readonly transport: 'http' | 'grpc'
  readonly connections: number
  /** base64 of gzip-packed protobuf */
  readonly bodies: readonly string[]
}

export interface SenderReport {
  readonly taken: number
  readonly delayed: number
  readonly problems: readonly string[]
  /** ms of the answers, least to most */
  readonly waits: readonly number[]
}

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const agent = new Agent({ keepAlive: true })

function sendHttp(url: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
    const sent = request(`${url}/v1/traces`, { method: 'POST', headers, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(bytes)
  })
}

/** The gRPC status as HTTP has it. */
function grpcSender(url: string): { send: (bytes: Buffer) => Promise<number>; close: () => void } {
  const session = connect(url)
  const send = (bytes: Buffer): Promise<number> =>
    new Promise((resolve, reject) => {
      const head = Buffer.alloc(5)
      head[0] = 1
      head.writeUInt32BE(bytes.length, 1)
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: PATH,
        'content-type': 'application/grpc',
        'grpc-encoding': 'gzip',
        te: 'trailers',
      })
      let status = ''
      const look = (headers: { readonly [name: string]: unknown }) => {
        status = String(headers['grpc-status'] ?? status)
      }
      stream.on('response', look)
      stream.on('trailers', look)
      stream.on('error', reject)
      stream.on('close', () => resolve(status === '0' ? 200 : status === '8' ? 429 : Number(status) + 1000))
      stream.resume()
      stream.end(Buffer.concat([head, bytes]))
    })
  return { send, close: () => session.close() }
}

process.once('message', async (task: SenderTask) => {
  const bodies = task.bodies.map((text) => Buffer.from(text, 'base64'))
  process.send?.('ready')
  await new Promise((begin) => process.once('message', begin))
  const waits: number[] = []
  const problems: string[] = []
  let delayed = 0
  let next = 0
  await Promise.all(
    Array.from({ length: task.connections }, async () => {
      const grpc = task.transport === 'grpc' ? grpcSender(task.url) : undefined
      const send = grpc?.send ?? ((bytes: Buffer) => sendHttp(task.url, bytes))
      for (let i = next++; i < bodies.length; i = next++) {
        for (;;) {
          const start = performance.now()
          const status = await send(bodies[i] as Buffer)
          if (status === 200) {
            waits.push(performance.now() - start)
            break
          }
          if (status !== 429) {
            problems.push(`status ${status}`)
            break
          }
          delayed++
          await setTimeout(1000)
        }
      }
      grpc?.close()
    }),
  )
  agent.destroy()
  const report: SenderReport = { taken: waits.length, delayed, problems, waits: waits.sort((a, b) => a - b) }
  process.send?.(report, () => process.disconnect?.())
})
