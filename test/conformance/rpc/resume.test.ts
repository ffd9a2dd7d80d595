// Breaks of the network over every transport: what was under way goes on, once, in order, or fails with a code.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf, latch, reached, startHarness } from './harness.ts'
import { type CuttablePair, PIPES, type Pipes } from './pipes.ts'

describe.each(Object.keys(PIPES))('reconnecting over %s', (kind) => {
  let pipes: Pipes
  beforeAll(async () => {
    pipes = await (PIPES[kind] as () => Promise<Pipes>)()
  })
  afterAll(async () => {
    await pipes[Symbol.asyncDispose]()
  })
  const newest = (made: readonly CuttablePair[]) => made.at(-1) as CuttablePair

  test('a call survives a break, and its answer given meanwhile is not lost', async () => {
    const started = latch()
    const release = latch()
    let runs = 0
    await using h = startHarness(pipes, {
      slow: async () => {
        runs++
        started.open()
        await release.opened
        return 'answered'
      },
    })
    const { client, pipes: made } = h.resilient()
    const call = client.call('slow', {})
    await started.opened
    newest(made).cut()
    release.open()
    await new Promise((resolve) => setImmediate(resolve))
    newest(made).break()
    expect(await call).toBe('answered')
    expect({ runs, pipes: made.length, sessions: h.host.sessions }).toEqual({ runs: 1, pipes: 2, sessions: 1 })
  })

  test('a question lost on the way is asked again, once', async () => {
    const seen: unknown[] = []
    await using h = startHarness(pipes, { note: (input) => seen.push(input) })
    const { client, pipes: made } = h.resilient()
    await client.call('note', 'before')
    newest(made).cut()
    const lost = Promise.all([1, 2, 3].map((i) => client.call('note', i)))
    newest(made).break()
    await lost
    await client.call('note', 'after')
    expect(seen).toEqual(['before', 1, 2, 3, 'after'])
  })

  test('a stream goes on over many breaks without a gap or a repetition', async () => {
    await using h = startHarness(pipes, {
      count: async function* () {
        for (let i = 0; i < 300; i++) yield { i, bulk: new Uint8Array(i * 10) }
      },
    })
    const { client, pipes: made } = h.resilient()
    const got: number[] = []
    for await (const item of client.stream('count', {})) {
      const { i } = item as { i: number }
      got.push(i)
      if (i % 60 === 59) newest(made).cut()
      if (i % 60 === 59) newest(made).break()
    }
    expect(got).toEqual(Array.from({ length: 300 }, (_, i) => i))
    expect(made.length).toBeGreaterThan(4)
  })

  test('a pipe that falls silent is noticed and replaced', async () => {
    await using h = startHarness(pipes, { echo: (input) => input }, { heartbeatMs: 10, deadMs: 60 })
    const { client, pipes: made } = h.resilient({ heartbeatMs: 10, deadMs: 60 })
    expect(await client.call('echo', 1)).toBe(1)
    newest(made).cut()
    const call = client.call('echo', 2)
    await reached(client, 'reconnecting')
    expect(await call).toBe(2)
    expect(client.state).toBe('open')
  })

  test('a quiet but healthy pipe stays', async () => {
    await using h = startHarness(pipes, { echo: (input) => input }, { heartbeatMs: 10, deadMs: 200 })
    const { client, pipes: made } = h.resilient({ heartbeatMs: 10, deadMs: 200 })
    await client.call('echo', 1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await client.call('echo', 2)).toBe(2)
    expect(made.length).toBe(1)
  })

  test('after the grace time the session is gone: its handlers are told, the call fails, the client starts anew', async () => {
    const started = latch()
    const aborted = latch()
    await using h = startHarness(
      pipes,
      {
        wait: (_input, { signal }) => {
          signal.addEventListener('abort', aborted.open)
          started.open()
          return aborted.opened
        },
        echo: (input) => input,
      },
      { graceMs: 1 },
    )
    const { client, pipes: made } = h.resilient()
    const call = failureOf(client.call('wait', {}))
    await started.opened
    newest(made).break()
    await aborted.opened
    expect(await call).toMatchObject({ code: 'unavailable', retryable: true })
    await reached(client, 'open')
    expect(await client.call('echo', 'again')).toBe('again')
  })

  test('an engine that cannot be reached: calls wait for the grace time, later ones fail at once', async () => {
    await using h = startHarness(pipes, {})
    const client = h.client({
      connect: () => Promise.reject(new Error('refused')),
      reconnect: true,
      limits: { graceMs: 20 },
    })
    expect(await failureOf(client.call('echo', 1))).toMatchObject({ code: 'unavailable' })
    expect(await failureOf(client.call('echo', 2))).toMatchObject({ code: 'unavailable' })
    expect(client.state).toBe('reconnecting')
  })
})
