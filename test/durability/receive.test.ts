// kill -9 while programs send over HTTP and gRPC: what was acknowledged is there after the next start, and a request whose
// answer was lost is sent again, as SDKs do, and is there once.

import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { grpcCall, grpcFrame, nowNs, overGrpc, postOtlp, SERVICE } from '../support/otlp.ts'
import { freePort } from '../support/ports.ts'
import { CLI, LONG, openFolder, problemsOf, randomOf, SEED, tempFolder } from './support.ts'

const ROUNDS = LONG ? 30 : 3
const PER_REQUEST = 20

interface Request {
  readonly names: readonly string[]
  readonly body: Uint8Array
}

/** A program that sends one request after the other, and a request whose answer did not come first of all again. */
class Sender {
  readonly name: string
  readonly #make: (names: readonly string[], id: number) => Uint8Array
  readonly #send: (bodies: AsyncIterable<Uint8Array>, onAnswer: (isTaken: boolean) => void) => Promise<void>
  readonly acknowledged: string[] = []
  #count = 0
  #open: Request | undefined

  constructor(
    name: string,
    make: (names: readonly string[], id: number) => Uint8Array,
    send: (bodies: AsyncIterable<Uint8Array>, onAnswer: (isTaken: boolean) => void) => Promise<void>,
  ) {
    this.name = name
    this.#make = make
    this.#send = send
  }

  /** Until the connection breaks, or `most` requests were answered. */
  async run(most = Number.POSITIVE_INFINITY): Promise<void> {
    let answered = 0
    const bodies = async function* (this: Sender): AsyncGenerator<Uint8Array> {
      while (answered < most) yield this.#next()
    }
    await this.#send(bodies.call(this), (isTaken) => {
      answered++
      if (!isTaken || this.#open === undefined) return
      this.acknowledged.push(...this.#open.names)
      this.#open = undefined
    })
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  #next(): Uint8Array {
    if (this.#open === undefined) {
      const id = ++this.#count
      const names = Array.from({ length: PER_REQUEST }, (_, i) => `${this.name} ${id} ${i}`)
      this.#open = { names, body: this.#make(names, id) }
    }
    return this.#open.body
  }
}

const spansOf = (sender: number) => (names: readonly string[], id: number) => {
  const at = nowNs()
  const spans = names.map((name, i) => ({
    traceId: `1${sender}`.padStart(8, '0') + id.toString(16).padStart(24, '0'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name,
    startTimeUnixNano: at.toString(),
    endTimeUnixNano: (at + 1000n).toString(),
  }))
  return encodeOtlpRequest('traces', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
}

function linesOf(names: readonly string[]): Uint8Array {
  const timeUnixNano = nowNs().toString()
  const logRecords = names.map((name) => ({ timeUnixNano, body: { stringValue: name } }))
  return encodeOtlpRequest('logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
}

const overHttp =
  (url: string, signal: 'traces' | 'logs') =>
  async (bodies: AsyncIterable<Uint8Array>, onAnswer: (isTaken: boolean) => void): Promise<void> => {
    try {
      for await (const body of bodies) {
        const { status } = await postOtlp(`${url}/v1/${signal}`, body, { 'content-type': 'application/x-protobuf' })
        onAnswer(status === 200)
      }
    } catch {
      // cut off
    }
  }

const overOneSession =
  (url: string, path: string) =>
  async (bodies: AsyncIterable<Uint8Array>, onAnswer: (isTaken: boolean) => void): Promise<void> => {
    await overGrpc(url, async (session) => {
      for await (const body of bodies) {
        if (session.destroyed || session.closed) return
        const { code } = await grpcCall(session, path, grpcFrame(body))
        if (code === undefined) return
        onAnswer(code === 0)
      }
    })
  }

test(`what was received outlives a kill once it was acknowledged, and is there once (seed ${SEED})`, {
  timeout: LONG ? 1_200_000 : 240_000,
}, async () => {
  const random = randomOf(SEED)
  const dataDir = tempFolder()
  const [port, grpcPort] = [await freePort(), await freePort()]
  {
    await using t = await openFolder(dataDir)
    await t.client.call('receiver.start', { port, grpcPort })
  }
  const [http, grpc] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${grpcPort}`]
  const senders = [
    new Sender('http', spansOf(1), overHttp(http, 'traces')),
    new Sender('grpc', spansOf(2), overOneSession(grpc, SERVICE.traces)),
    new Sender('http line', linesOf, overHttp(http, 'logs')),
    new Sender('grpc line', linesOf, overOneSession(grpc, SERVICE.logs)),
  ]
  let lost = 0
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = new Promise<void>((done) => child.once('exit', () => done()))
    await new Promise<void>((ready, fail) => {
      child.once('exit', (code) => fail(new Error(`serve ended with ${code}`)))
      child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('Watchdeck is ready') && ready())
    })
    const running = senders.map((sender) => sender.run())
    setTimeout(() => child.kill('SIGKILL'), 800 + 1500 * random())
    await Promise.all(running)
    await exited
    lost += senders.filter((sender) => sender.isOpen).length
  }
  await using t = await openFolder(dataDir)
  expect((await t.client.call('receiver.status', {})).state).toBe('on')
  for (const sender of senders) await sender.run(2)
  expect(senders.map((sender) => sender.isOpen)).toEqual(senders.map(() => false))
  expect(await problemsOf(t)).toEqual([])
  const scope = await t.stores.telemetry.scope(undefined)
  const rows = await t.stores.telemetry.rows<{ name: string; n: bigint }>(
    `SELECT name, count(*) AS n FROM (SELECT operation AS name FROM ${scope.relation('spans')}
     UNION ALL SELECT body FROM ${scope.relation('logs')}) GROUP BY name`,
    [],
  )
  const found = new Map(rows.map(({ name, n }) => [name, Number(n)]))
  const all = senders.flatMap(({ acknowledged }) => acknowledged)
  expect(all.length).toBeGreaterThan(senders.length * PER_REQUEST)
  expect(lost).toBeGreaterThan(0)
  // nothing is missing and nothing is there twice; every request was answered in the end
  expect(all.filter((name) => found.get(name) !== 1)).toEqual([])
  expect(found.size).toBe(all.length)
})
