// The owner's socket and the command line over it: one engine, reached by several clients at once.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUntypedClient } from '../../src/shared/rpc/client.ts'
import { reachEngine, type Reached } from '../../src/main/cli/engine.ts'
import { askForUrl, dialEngine, listenLocally, type LocalServer } from '../../src/main/cli/local-socket.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { nodePlatform } from '../../src/main/platform/node.ts'
import { settingsModule } from '../../src/main/settings/index.ts'
import { systemModule } from '../../src/main/system/index.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-local-'))
let engine: Engine
let local: LocalServer

beforeAll(async () => {
  const platform = nodePlatform({ shell: 'cli', version: '0.0.0', dataDir })
  engine = await createEngine({ platform, modules: [systemModule, settingsModule], subset: true })
  local = await listenLocally({
    dataDir,
    connect: (pipe) => engine.connect(pipe, 'cli'),
    mintUrl: () => 'http://127.0.0.1:1/#token=x',
  })
  engine.publishAddress(local.address)
})

afterAll(async () => {
  await local.close()
  await engine.shutdown()
  rmSync(dataDir, { recursive: true, force: true })
})

const reach = (): Promise<Reached> => reachEngine({ dataDir, version: '0.0.0', modules: async () => [] })

test('only the owner may open the socket', () => {
  expect(statSync(local.address).mode & 0o777).toBe(0o600)
})

test('a second process attaches to the engine that holds the folder', async () => {
  const reached = await reach()
  expect(reached.attachedTo?.pid).toBe(process.pid)
  expect(await reached.client.call('system.info', {})).toMatchObject({ pid: process.pid, shell: 'cli' })
  await expect(reached.client.call('__proto__.x', {})).rejects.toMatchObject({ code: 'not_found' })
  await reached.close()
})

test('many clients and calls at once are answered each to its own', async () => {
  const clients = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const pipe = await dialEngine(local.address)
      return createUntypedClient({ connect: () => pipe })
    }),
  )
  const answers = await Promise.all(
    clients.flatMap((c) => Array.from({ length: 20 }, () => c.call('settings.get', {}))),
  )
  expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1)
  for (const client of clients) client[Symbol.dispose]()
})

test('the browser shell gives a fresh address', async () => {
  expect(await askForUrl(local.address)).toBe('http://127.0.0.1:1/#token=x')
})

test.each([
  ['a word of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a packet longer than allowed', Buffer.concat([Buffer.from('R'), Buffer.from([0x7f, 0xff, 0xff, 0xff])])],
])('%s ends that socket and nothing else', async (_what, bytes) => {
  const socket = connect(local.address)
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.resume()
  socket.write(bytes)
  await closed
  const reached = await reach()
  expect(await reached.client.call('system.ping', {})).toMatchObject({ time: expect.any(String) })
  await reached.close()
})

test('when nobody listens any more the refusal says so', async () => {
  await expect(dialEngine(join(dataDir, 'nobody.sock'))).rejects.toMatchObject({ code: 'unavailable', retryable: true })
})
