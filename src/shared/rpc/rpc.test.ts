import { expect, test } from 'vitest'
import { createClient } from './client.ts'
import { serveSession } from './server.ts'
import { memoryTransportPair } from './transports.ts'

test('a call crosses a memory pipe', async () => {
  const [a, b] = memoryTransportPair()
  using _server = serveSession(b, {
    call: async (method, input) => ({ method, input }),
    async *stream() { yield 1; yield 2 },
  })
  using client = createClient({ connect: () => a })
  expect(await client.call('system.info', {})).toEqual({ method: 'system.info', input: {} })
  const got: unknown[] = []
  for await (const x of client.stream('system.changes', {})) got.push(x)
  expect(got).toEqual([1, 2])
})
