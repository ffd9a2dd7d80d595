// Streams over every transport: order, credits, endings, caps.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WatchdeckError } from '../../../src/shared/base/errors.ts'
import type { Frame } from '../../../src/shared/frame/frame.ts'
import { CLIENT_LIMITS } from '../../../src/shared/rpc/limits.ts'
import { failureOf, type Handler, latch, startHarness } from './harness.ts'
import { PIPES, type Pipes } from './pipes.ts'

const count: Handler = async function* (input) {
  for (let i = 0; i < Number(input); i++) yield i
}

function chunkOf(rows: number, start: number): Frame {
  const values = BigInt64Array.from({ length: rows }, (_, i) => 1_764_000_000_000_000_000n + BigInt(start + i))
  return {
    rowCount: rows,
    columns: [
      { name: 'time', type: 'time', unit: undefined, length: rows, validity: undefined, storage: 'int64', values },
    ],
  }
}

describe.each(Object.keys(PIPES))('streams over %s', (kind) => {
  let pipes: Pipes
  beforeAll(async () => {
    pipes = await (PIPES[kind] as () => Promise<Pipes>)()
  })
  afterAll(async () => {
    await pipes[Symbol.asyncDispose]()
  })

  test('items arrive in order and the stream ends', async () => {
    await using h = startHarness(pipes, { count })
    const client = h.client()
    const got: unknown[] = []
    for await (const item of client.stream('count', 1000)) got.push(item)
    expect(got).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    const none: unknown[] = []
    for await (const item of client.stream('count', 0)) none.push(item)
    expect(none).toEqual([])
    expect(client.pending).toBe(0)
  })

  test('1,000,000 rows to a slow reader: the producer is never more than the window ahead', async () => {
    const rowsPerChunk = 10_000
    let produced = 0
    await using h = startHarness(pipes, {
      rows: async function* () {
        while (produced < 100) yield chunkOf(rowsPerChunk, rowsPerChunk * produced++)
      },
    })
    let consumed = 0
    let rows = 0
    let last = 0n
    let mostAhead = 0
    for await (const item of h.client().stream('rows', {})) {
      const frame = item as Frame
      // many turns of the event loop: enough for a producer without brakes to finish
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
      consumed++
      rows += frame.rowCount
      const column = frame.columns[0]
      if (column?.storage === 'int64') last = column.values.at(-1) ?? 0n
      mostAhead = Math.max(mostAhead, produced - consumed)
    }
    expect({ rows, last }).toEqual({ rows: 1_000_000, last: 1_764_000_000_000_999_999n })
    expect(mostAhead).toBeLessThanOrEqual(CLIENT_LIMITS.window)
  })

  test('a reader that never reads gets the window and no more', async () => {
    let produced = 0
    await using h = startHarness(pipes, {
      endless: async function* () {
        for (;;) yield produced++
      },
      echo: (input) => input,
    })
    const client = h.client()
    const iterator = client.stream('endless', {})[Symbol.asyncIterator]()
    for (let i = 0; i < 50; i++) await client.call('echo', i)
    expect(produced).toBe(CLIENT_LIMITS.window)
    expect(client.pending).toBe(CLIENT_LIMITS.window)
    await iterator.return?.()
    expect(client.pending).toBe(0)
  })

  test('leaving the loop ends the producer, runs its finally and aborts its signal', async () => {
    const cleaned = latch()
    const aborted = latch()
    await using h = startHarness(pipes, {
      endless: async function* (_input, { signal }) {
        signal.addEventListener('abort', aborted.open)
        try {
          for (let i = 0; ; i++) yield i
        } finally {
          cleaned.open()
        }
      },
    })
    for await (const item of h.client().stream('endless', {})) if (item === 20) break
    await Promise.all([cleaned.opened, aborted.opened])
  })

  test('a waiting reader is let go at once when it returns or its signal aborts', async () => {
    await using h = startHarness(
      pipes,
      {
        // ignores its signal, as a stuck handler does
        silent: async function* () {
          await new Promise(() => undefined)
          yield 1
        },
        count,
      },
      { streams: 1 },
    )
    const client = h.client()
    const iterator = client.stream('silent', {})[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toEqual({ value: undefined, done: true })
    const abort = new AbortController()
    const second = client.stream('silent', {}, { signal: abort.signal })[Symbol.asyncIterator]()
    const next = failureOf(second.next())
    abort.abort()
    expect(await next).toMatchObject({ code: 'cancelled' })
    // the only place is free again
    const got: unknown[] = []
    for await (const item of client.stream('count', 3)) got.push(item)
    expect(got).toEqual([0, 1, 2])
  })

  test('a failure comes after the items before it, with its code', async () => {
    await using h = startHarness(pipes, {
      half: async function* () {
        yield 1
        yield 2
        throw new TypeError('/etc/shadow')
      },
    })
    const got: unknown[] = []
    const failure = failureOf(
      (async () => {
        for await (const item of h.client().stream('half', {})) got.push(item)
      })(),
    )
    expect(await failure).toMatchObject({ code: 'internal', message: expect.not.stringContaining('shadow') })
    expect(got).toEqual([1, 2])
    expect(await failureOf(h.client().stream('nowhere', {})[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'not_found',
    })
  })

  test('streams past the cap are refused; many streams share the credit of the session', async () => {
    let produced = 0
    await using h = startHarness(
      pipes,
      {
        endless: async function* () {
          for (;;) yield produced++
        },
        echo: (input) => input,
      },
      { streams: 20, totalCredit: 30 },
    )
    const client = h.client()
    const open = Array.from({ length: 20 }, () => client.stream('endless', {})[Symbol.asyncIterator]())
    const refused = await failureOf(client.stream('endless', {})[Symbol.asyncIterator]().next())
    expect(refused).toMatchObject({ code: 'limit_exceeded' } satisfies Partial<WatchdeckError>)
    for (let i = 0; i < 20; i++) await client.call('echo', i)
    const ahead = produced
    const firsts = await Promise.all(open.map((iterator) => iterator.next()))
    expect(firsts.every((first) => first.done === false)).toBe(true)
    expect(ahead).toBeLessThanOrEqual(20 * CLIENT_LIMITS.window)
    for (const iterator of open) await iterator.return?.()
  })
})
