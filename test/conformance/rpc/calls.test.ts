// Calls over every transport: order, errors, cancellation, progress, caps.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WatchdeckError } from '../../../src/shared/base/errors.ts'
import type { Progress } from '../../../src/shared/rpc/api.ts'
import { failureOf, latch, startHarness } from './harness.ts'
import { PIPES, type Pipes } from './pipes.ts'

describe.each(Object.keys(PIPES))('calls over %s', (kind) => {
  let pipes: Pipes
  beforeAll(async () => {
    pipes = await (PIPES[kind] as () => Promise<Pipes>)()
  })
  afterAll(async () => {
    await pipes[Symbol.asyncDispose]()
  })

  test('calls arrive in the order they were made, also those made before the pipe was open', async () => {
    const seen: unknown[] = []
    await using h = startHarness(pipes, { note: (input) => seen.push(input) })
    const client = h.client()
    await Promise.all(Array.from({ length: 200 }, (_, i) => client.call('note', i)))
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  test('every answer goes to its own call, whatever the order of answering', async () => {
    const waiting: Array<() => void> = []
    await using h = startHarness(pipes, {
      hold: (input) =>
        new Promise((resolve) => {
          waiting.unshift(() => resolve({ echo: input }))
          if (waiting.length === 20) for (const answer of waiting) answer()
        }),
    })
    const client = h.client()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.call('hold', i)))
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => ({ echo: i })))
  })

  test('values of every kind come back as they were', async () => {
    await using h = startHarness(pipes, { echo: (input) => input })
    const value = {
      text: 'grüße 你好 \u{1F680} \u0000 \uFEFF',
      numbers: [0, -0, 1.5, Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER],
      big: [0n, -1n, 2n ** 63n - 1n, 2n ** 200n],
      nothing: null,
      hole: [undefined, 1],
      bytes: new Uint8Array([1, 2, 3]),
      ints: new Int32Array([-1, 2 ** 31 - 1]),
      longs: new BigInt64Array([1_764_000_000_123_456_789n, -1n]),
      floats: new Float64Array([Number.NaN, -0, 1e-300]),
      reserved: { $: 'n', v: '12' },
      empty: [{}, [], '', new Float64Array(0)],
    }
    const client = h.client()
    expect(await client.call('echo', value)).toEqual(value)
    expect(await client.call('echo', undefined)).toBeUndefined()
  })

  test('keys and methods named like parts of a prototype are plain names', async () => {
    await using h = startHarness(pipes, { echo: (input) => input })
    const client = h.client()
    const input: unknown = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":1,"toString":null,"hasOwnProperty":[]}',
    )
    const answer = await client.call('echo', input)
    expect(JSON.stringify(answer)).toBe(JSON.stringify(input))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    for (const method of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''])
      expect(await failureOf(client.call(method, {}))).toMatchObject({ code: 'not_found' })
    expect(await client.call('echo', 'still there')).toBe('still there')
  })

  test('an expected failure crosses with code, hint and details; an unexpected one only as internal', async () => {
    await using h = startHarness(pipes, {
      expected: () => {
        throw new WatchdeckError('conflict', 'Taken.', { hint: 'Wait.', retryable: true, details: { by: 7n } })
      },
      bug: () => {
        throw new TypeError('cannot read /home/someone/secret-file')
      },
      unsendable: () => () => 1,
    })
    const client = h.client()
    const expected = await failureOf(client.call('expected', {}))
    expect(expected.toShape()).toEqual({
      code: 'conflict',
      message: 'Taken.',
      hint: 'Wait.',
      retryable: true,
      details: { by: 7n },
    })
    for (const method of ['bug', 'unsendable']) {
      const shape = (await failureOf(client.call(method, {}))).toShape()
      expect(shape.code).toBe('internal')
      expect(JSON.stringify(shape)).not.toMatch(/someone|\bat\b .*:\d+|assertion|\.ts/)
    }
    expect(h.faults.map((error) => error.code)).toEqual(['internal', 'internal'])
  })

  test('cancelling reaches the handler and fails the call at once, even one that ignores it', async () => {
    const reached = latch()
    const started = latch()
    await using h = startHarness(pipes, {
      deaf: (_input, { signal }) => {
        signal.addEventListener('abort', reached.open)
        started.open()
        return new Promise(() => undefined)
      },
      echo: (input) => input,
    })
    const client = h.client()
    const abort = new AbortController()
    const call = client.call('deaf', {}, { signal: abort.signal })
    await started.opened
    abort.abort()
    expect(await failureOf(call)).toMatchObject({ code: 'cancelled' })
    await reached.opened
    expect(await failureOf(client.call('echo', 1, { signal: abort.signal }))).toMatchObject({ code: 'cancelled' })
    expect(client.pending).toBe(0)
  })

  test('leaving tells every handler of the session', async () => {
    const gone = latch()
    const started = latch()
    await using h = startHarness(pipes, {
      wait: (_input, { signal }) => {
        signal.addEventListener('abort', gone.open)
        started.open()
        return gone.opened
      },
    })
    const client = h.client()
    const call = failureOf(client.call('wait', {}))
    await started.opened
    client[Symbol.dispose]()
    await gone.opened
    expect(await call).toMatchObject({ code: 'unavailable' })
    expect(client.state).toBe('closed')
    expect(await failureOf(client.call('wait', {}))).toMatchObject({ code: 'unavailable' })
  })

  test('a call on a pipe that the engine closed fails instead of hanging', async () => {
    const started = latch()
    await using h = startHarness(pipes, {
      wait: () => {
        started.open()
        return new Promise(() => undefined)
      },
    })
    const client = h.client()
    const call = failureOf(client.call('wait', {}))
    await started.opened
    h.host.close()
    expect(await call).toMatchObject({ code: 'unavailable' })
    expect(await failureOf(client.call('wait', {}))).toMatchObject({ code: 'unavailable' })
  })

  test('progress arrives in order, before the answer, and a busy loop does not flood the pipe', async () => {
    await using h = startHarness(pipes, {
      work: (_input, { progress }) => {
        for (let i = 0; i <= 100_000; i++) progress({ fraction: i / 100_000, message: `step ${i}` })
        return 'done'
      },
    })
    const seen: Progress[] = []
    const answer = await h.client().call('work', {}, { onProgress: (p) => seen.push(p) })
    const count = seen.length
    expect(answer).toBe('done')
    expect(seen[0]).toEqual({ fraction: 0, message: 'step 0' })
    expect(seen.at(-1)).toEqual({ fraction: 1, message: 'step 100000' })
    expect(count).toBeLessThan(100)
    expect(seen.map((p) => p.fraction)).toEqual(seen.map((p) => p.fraction).toSorted((a, b) => (a ?? 0) - (b ?? 0)))
  })

  test('calls past the cap are refused with a code, and room is given back', async () => {
    const release = latch()
    await using h = startHarness(pipes, { hold: () => release.opened.then(() => 'ok') }, { calls: 3 })
    const client = h.client()
    const held = [1, 2, 3].map(() => client.call('hold', {}))
    expect(await failureOf(client.call('hold', {}))).toMatchObject({ code: 'limit_exceeded', retryable: true })
    release.open()
    expect(await Promise.all(held)).toEqual(['ok', 'ok', 'ok'])
    expect(await client.call('hold', {})).toBe('ok')
  })

  test('a large answer travels in fragments, a too large question is refused before it is sent', async () => {
    const large = new Uint8Array(5_000_001).map((_, i) => i % 251)
    await using h = startHarness(pipes, { large: () => large, size: (input) => (input as Uint8Array).length })
    const client = h.client()
    expect(Buffer.compare((await client.call('large', {})) as Uint8Array, large)).toBe(0)
    expect(await client.call('size', large)).toBe(5_000_001)
    expect(await failureOf(client.call('size', new Uint8Array(17 * 2 ** 20)))).toMatchObject({ code: 'limit_exceeded' })
    expect(await failureOf(client.call('size', () => 1))).toMatchObject({ code: 'invalid_input' })
    expect(client.pending).toBe(0)
  })
})
