// kill -9 while programs send: every span that was acknowledged is there after the next start, once.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { CLI, LONG, openFolder, problemsOf, randomOf, SEED, tempFolder } from './support.ts'

const ROUNDS = LONG ? 30 : 3
const PER_REQUEST = 20

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

/** Sends until the connection breaks; answers with the names that were acknowledged. */
async function sendUntilCut(endpoint: string, round: number, sender: number): Promise<string[]> {
  const acknowledged: string[] = []
  for (let request = 0; ; request++) {
    const names = Array.from({ length: PER_REQUEST }, (_, i) => `r${round}-s${sender}-${request}-${i}`)
    const at = BigInt(Date.now()) * 1_000_000n
    const spans = names.map((name, i) => ({
      traceId: `1${round}${sender}`.padStart(8, '0') + request.toString(16).padStart(24, '0'),
      spanId: (i + 1).toString(16).padStart(16, '0'),
      name,
      startTimeUnixNano: at.toString(),
      endTimeUnixNano: (at + 1000n).toString(),
    }))
    try {
      const answer = await fetch(`${endpoint}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
      })
      if (answer.status === 200) acknowledged.push(...names)
    } catch {
      return acknowledged
    }
  }
}

test(`received spans outlive a kill once they were acknowledged (seed ${SEED})`, {
  timeout: LONG ? 1_200_000 : 120_000,
}, async () => {
  const random = randomOf(SEED)
  const dataDir = tempFolder()
  const port = await freePort()
  {
    await using t = await openFolder(dataDir)
    await t.client.call('receiver.start', { port })
  }
  const all: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = new Promise<void>((done) => child.once('exit', () => done()))
    await new Promise<void>((ready, fail) => {
      child.once('exit', (code) => fail(new Error(`serve ended with ${code}`)))
      child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('Watchdeck is ready') && ready())
    })
    const senders = [0, 1, 2].map((sender) => sendUntilCut(`http://127.0.0.1:${port}`, round, sender))
    setTimeout(() => child.kill('SIGKILL'), 800 + 1500 * random())
    all.push(...(await Promise.all(senders)).flat())
    await exited
  }
  expect(all.length).toBeGreaterThan(0)
  await using t = await openFolder(dataDir)
  expect(await problemsOf(t)).toEqual([])
  const scope = await t.stores.telemetry.scope(undefined)
  const rows = await t.stores.telemetry.rows<{ name: string; n: bigint }>(
    `SELECT operation AS name, count(*) AS n FROM ${scope.relation('spans')} GROUP BY operation`,
    [],
  )
  const found = new Map(rows.map(({ name, n }) => [name, Number(n)]))
  expect(all.filter((name) => found.get(name) !== 1)).toEqual([])
})
