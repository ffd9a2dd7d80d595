// Bytes that no honest client sends, over every transport: each is refused with a code, nothing else is disturbed.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Transport } from '../../../src/shared/rpc/api.ts'
import { decodeValue, encodeValue } from '../../../src/shared/rpc/codec.ts'
import { CLIENT_LIMITS } from '../../../src/shared/rpc/limits.ts'
import { MESSAGE } from '../../../src/shared/rpc/messages.ts'
import { PACKET, PACKET_HEADER, type PacketKind, readPacket, stampPacket } from '../../../src/shared/rpc/packet.ts'
import { failureOf, type Harness, startHarness } from './harness.ts'
import { PIPES, type Pipes } from './pipes.ts'

/** A client by hand: greets, numbers its packets, and waits for the first thing the engine says of each. */
class Stranger {
  readonly #pipe: Transport
  readonly #heard: Array<{ kind: number; body: unknown }> = []
  #wake: (() => void) | undefined
  #seq = 0
  closed = false

  constructor(pipe: Transport) {
    this.#pipe = pipe
    pipe.onMessage((bytes) => {
      const { kind, payload } = readPacket(bytes)
      this.#heard.push({ kind, body: payload.length > 0 ? decodeValue(payload, CLIENT_LIMITS) : undefined })
      this.#wake?.()
    })
    pipe.onClose(() => {
      this.closed = true
      this.#wake?.()
    })
  }

  static async greeted(h: Harness): Promise<Stranger> {
    const stranger = new Stranger(await h.raw())
    stranger.packet(PACKET.hello, {})
    expect((await stranger.next())?.kind).toBe(PACKET.welcome)
    return stranger
  }

  bytes(bytes: Uint8Array): void {
    this.#pipe.send(bytes)
  }

  packet(kind: PacketKind, value: unknown, seq = 0): void {
    const bytes = encodeValue(value, CLIENT_LIMITS, PACKET_HEADER)
    stampPacket(bytes, kind, seq, 0)
    this.#pipe.send(bytes)
  }

  message(value: unknown): void {
    this.packet(PACKET.data, value, ++this.#seq)
  }

  payload(payload: Uint8Array, kind: PacketKind = PACKET.data): void {
    const bytes = new Uint8Array(PACKET_HEADER + payload.length)
    bytes.set(payload, PACKET_HEADER)
    stampPacket(bytes, kind, ++this.#seq, 0)
    this.#pipe.send(bytes)
  }

  /** the next thing that is no acknowledgement; undefined when the pipe closes */
  async next(): Promise<{ kind: number; body: unknown } | undefined> {
    for (;;) {
      const heard = this.#heard.shift()
      if (heard && heard.kind !== PACKET.ack && heard.kind !== PACKET.ping) return heard
      if (!heard && this.closed) return undefined
      if (!heard)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

const text = (s: string) => new TextEncoder().encode(s)

/** a value's bytes with a header of one's own */
function withHeader(json: string, buffers = 0): Uint8Array {
  const header = text(json)
  const out = new Uint8Array(8 + ((4 * buffers + 7) & ~7) + header.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, header.length, true)
  view.setUint32(4, buffers, true)
  out.set(header, 8 + ((4 * buffers + 7) & ~7))
  return out
}

const MALFORMED: ReadonlyArray<readonly [string, Uint8Array, string]> = [
  ['nothing', new Uint8Array(0), 'corrupt'],
  ['a cut header', new Uint8Array([9, 0, 0]), 'corrupt'],
  ['a header longer than the message', new Uint8Array([255, 255, 0, 0, 0, 0, 0, 0]), 'corrupt'],
  ['a header past the cap', new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]), 'limit_exceeded'],
  ['four billion buffers', new Uint8Array([1, 0, 0, 0, 255, 255, 255, 255]), 'limit_exceeded'],
  ['no JSON', withHeader('[1,2'), 'corrupt'],
  [
    'no UTF-8',
    (() => {
      const b = withHeader('"aa"')
      b[9] = 0xff
      return b
    })(),
    'corrupt',
  ],
  ['no list', withHeader('{"a":1}'), 'corrupt'],
  ['a list without id', withHeader('[1]'), 'invalid_input'],
  ['an id that is no number', withHeader('[1,"__proto__","system.ping",{}]'), 'invalid_input'],
  ['an id past 2^53', withHeader('[1,1e300,"system.ping",{}]'), 'invalid_input'],
  ['an unknown kind', withHeader('[99,1]'), 'unsupported'],
  ['a kind named __proto__', withHeader('["__proto__",1]'), 'unsupported'],
  ['nesting of 100,000', withHeader(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'limit_exceeded'],
  ['a buffer that is not there', withHeader('[1,1,"echo",{"$":"b","k":"Float64Array","i":0}]'), 'corrupt'],
  ['a buffer of an unknown kind', withHeader('[1,1,"echo",{"$":"b","k":"constructor","i":0}]', 1), 'corrupt'],
  ['an unknown special value', withHeader('[1,1,"echo",{"$":"zz"}]'), 'corrupt'],
  ['a table without columns', withHeader('[1,1,"echo",{"$":"t","v":{"rows":1}}]'), 'corrupt'],
  ['a table of -1 rows', withHeader('[1,1,"echo",{"$":"t","v":{"rows":-1,"columns":[]}}]'), 'corrupt'],
  [
    'a column stored as __proto__',
    withHeader(
      '[1,1,"echo",{"$":"t","v":{"rows":0,"columns":[{"name":"a","type":"int","storage":"__proto__","buffers":[]}]}}]',
    ),
    'corrupt',
  ],
  [
    'a column shorter than its table',
    withHeader(
      '[1,1,"echo",{"$":"t","v":{"rows":5,"columns":[{"name":"a","type":"int","storage":"int64","buffers":[0]}]}}]',
      1,
    ),
    'corrupt',
  ],
  ['a number of a million digits', withHeader(`[1,1,"echo",{"$":"n","v":"${'9'.repeat(1_000_000)}"}]`), 'corrupt'],
]

describe.each(Object.keys(PIPES))('hostile messages over %s', (kind) => {
  let pipes: Pipes
  beforeAll(async () => {
    pipes = await (PIPES[kind] as () => Promise<Pipes>)()
  })
  afterAll(async () => {
    await pipes[Symbol.asyncDispose]()
  })
  const start = (limits = {}) => startHarness(pipes, { echo: (input) => input }, limits)

  test.each(MALFORMED)('%s is refused and the session goes on', async (_name, payload, code) => {
    await using h = start()
    const stranger = await Stranger.greeted(h)
    stranger.payload(payload)
    const refusal = await stranger.next()
    expect(refusal).toMatchObject({ kind: PACKET.fault, body: { error: { code } } })
    expect(JSON.stringify(refusal)).not.toMatch(/\.ts|\bat\b .*:\d+|file:|node_modules/)
    stranger.message([MESSAGE.call, 7, 'echo', 'still there'])
    expect(await stranger.next()).toEqual({ kind: PACKET.data, body: [MESSAGE.answer, 7, 'still there'] })
  })

  test('bytes that are no packet are refused and the session goes on', async () => {
    await using h = start()
    const stranger = await Stranger.greeted(h)
    for (const bytes of [new Uint8Array(0), new Uint8Array(3), new Uint8Array(64).fill(255), text('GET / HTTP/1.1')]) {
      stranger.bytes(bytes)
      expect(await stranger.next()).toMatchObject({ kind: PACKET.fault, body: { error: { code: 'corrupt' } } })
    }
    stranger.message([MESSAGE.call, 1, 'echo', 1])
    expect(await stranger.next()).toMatchObject({ kind: PACKET.data })
  })

  test('methods named like parts of a prototype, or not by text, are refused', async () => {
    await using h = start()
    const stranger = await Stranger.greeted(h)
    for (const [i, method] of ['__proto__', 'constructor', 'toString', 'echo.echo', ''].entries()) {
      stranger.message([MESSAGE.call, i + 1, method, {}])
      expect(await stranger.next()).toMatchObject({ body: [MESSAGE.fail, i + 1, { code: 'not_found' }] })
      stranger.message([MESSAGE.open, i + 100, method, {}, 1])
      expect(await stranger.next()).toMatchObject({ body: [MESSAGE.fail, i + 100, { code: 'not_found' }] })
    }
    for (const [i, method] of [null, 5, {}, ['echo']].entries()) {
      stranger.message([MESSAGE.call, i + 50, method, {}])
      expect(await stranger.next()).toMatchObject({ body: [MESSAGE.fail, i + 50, { code: 'invalid_input' }] })
    }
    stranger.message([MESSAGE.open, 60, 'echo', 5, 1])
    expect(await stranger.next()).toMatchObject({ body: [MESSAGE.fail, 60, { code: 'internal' }] })
  })

  test('an oversized message in fragments is read past and refused, the next one is answered', async () => {
    await using h = start({ messageBytes: 100_000 })
    const stranger = await Stranger.greeted(h)
    for (let i = 0; i < 20; i++) stranger.payload(new Uint8Array(10_000), PACKET.more)
    stranger.payload(new Uint8Array(10), PACKET.data)
    expect(await stranger.next()).toMatchObject({ kind: PACKET.fault, body: { error: { code: 'limit_exceeded' } } })
    stranger.message([MESSAGE.call, 1, 'echo', 'next'])
    expect(await stranger.next()).toEqual({ kind: PACKET.data, body: [MESSAGE.answer, 1, 'next'] })
  })

  test('cancels and credits for what does not exist, and absurd credits, change nothing', async () => {
    await using h = start()
    const stranger = await Stranger.greeted(h)
    for (const more of [-1, 0, 1e308, null, 'x', {}]) {
      stranger.message([MESSAGE.credit, 5, more])
      stranger.message([MESSAGE.cancel, 6])
    }
    stranger.message([MESSAGE.call, 1, 'echo', 1])
    expect(await stranger.next()).toEqual({ kind: PACKET.data, body: [MESSAGE.answer, 1, 1] })
  })

  test.each([
    ['a pipe that does not greet', (s: Stranger) => s.message([MESSAGE.call, 1, 'echo', 1]), 'corrupt'],
    ['a greeting that is no object', (s: Stranger) => s.packet(PACKET.hello, 5), 'corrupt'],
    ['bytes instead of a greeting', (s: Stranger) => s.bytes(text('hello there, engine')), 'corrupt'],
  ])('%s is told why and closed', async (_name, send, code) => {
    await using h = start()
    const stranger = new Stranger(await h.raw())
    send(stranger)
    expect(await stranger.next()).toMatchObject({ kind: PACKET.bye, body: { error: { code } } })
    expect(await stranger.next()).toBeUndefined()
    expect(h.host.sessions).toBe(0)
  })

  test('a made-up session id, also one from a prototype, gets a new session', async () => {
    await using h = start()
    for (const session of ['session-99', '__proto__', 5, null, {}]) {
      const stranger = new Stranger(await h.raw())
      stranger.packet(PACKET.hello, { session, received: 0 })
      expect(await stranger.next()).toMatchObject({ kind: PACKET.welcome, body: { resumed: false } })
    }
  })

  test('a gap in the numbering or an acknowledgement from the future ends the session with a code', async () => {
    await using h = start()
    const gap = await Stranger.greeted(h)
    gap.packet(PACKET.data, [MESSAGE.call, 1, 'echo', 1], 5)
    expect(await gap.next()).toMatchObject({ kind: PACKET.bye, body: { error: { code: 'corrupt' } } })
    const future = await Stranger.greeted(h)
    const ack = new Uint8Array(PACKET_HEADER)
    stampPacket(ack, PACKET.ack, 0, 4_000_000_000)
    future.bytes(ack)
    expect(await future.next()).toMatchObject({ kind: PACKET.bye, body: { error: { code: 'corrupt' } } })
  })

  test('who sends only rubbish is closed after a while, others notice nothing', async () => {
    await using h = start({ faults: 5 })
    const honest = h.client()
    const stranger = await Stranger.greeted(h)
    for (let i = 0; i < 5; i++) stranger.payload(new Uint8Array(4))
    const heard: number[] = []
    for (let next = await stranger.next(); next; next = await stranger.next()) heard.push(next.kind)
    expect(heard).toEqual([8, 8, 8, 8, 8, 9])
    expect(await honest.call('echo', 'fine')).toBe('fine')
  })

  test('random bytes never get more than a refusal', async () => {
    await using h = start({ faults: 1_000_000 })
    const stranger = await Stranger.greeted(h)
    for (const bytes of fc.sample(fc.uint8Array({ maxLength: 200 }), { numRuns: 300, seed: 7 })) stranger.payload(bytes)
    expect(await failureOf(h.client().call('nowhere', {}))).toMatchObject({ code: 'not_found' })
    expect(h.faults.length).toBeGreaterThanOrEqual(300)
    expect(new Set(h.faults.map((f) => f.code))).not.toContain('internal')
  })
})
