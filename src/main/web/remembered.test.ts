// The browser shell after a restart.
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Logger } from '../engine/log.ts'
import { rememberedFile } from './remembered.ts'
import { startWebShell } from './server.ts'
import { Gate } from './tokens.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent }
let folder = ''
let dataDir = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-web-'))
  dataDir = join(folder, 'data')
  await mkdir(join(folder, 'renderer'))
  await mkdir(dataDir)
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html><title>page</title>')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (port?: number) =>
  startWebShell({
    renderer: join(folder, 'renderer'),
    dataDir,
    log: silent,
    port,
    connect: (transport) => ({ [Symbol.dispose]: () => transport.close() }),
  })

async function signIn(url: string): Promise<string> {
  const { origin, hash } = new URL(url)
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice('#token='.length) }),
  })
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** 404 for who is let in: there is no such file; 401 for others. */
const statusOf = async (origin: string, cookie: string): Promise<number> =>
  (await fetch(`${origin}/download/absent.txt`, { headers: { cookie } })).status

test('it comes back on its port and knows the pages it had let in, from a file that holds no cookie', async () => {
  const first = await start()
  const cookie = await signIn(first.mintUrl())
  const unused = first.mintUrl()
  expect(await statusOf(first.origin, cookie)).toBe(404)
  await first.close()

  const file = rememberedFile(dataDir)
  expect((await stat(file)).mode & 0o077).toBe(0)
  expect(await readFile(file, 'utf8')).not.toContain(cookie.split('=')[1])

  const second = await start()
  expect(second.origin).toBe(first.origin)
  expect(await statusOf(second.origin, cookie)).toBe(404)
  expect(await statusOf(second.origin, `${cookie}x`)).toBe(401)
  // an address that nobody had used is worth nothing any more
  expect(await signIn(unused)).toBe('')

  // its port is taken meanwhile: any other one, and what it remembers does not stop it
  const third = await start()
  expect(third.port).not.toBe(second.port)
  await third.close()
  await second.close()

  await writeFile(file, '{"port":"x"')
  const fourth = await start()
  expect(await statusOf(fourth.origin, cookie)).toBe(401)
  await fourth.close()
})

test('a page that was let in a week ago opens a printed address again', () => {
  let now = 0
  const gate = new Gate({ now: () => now })
  const session = gate.exchange(gate.mint())
  now = 7 * 24 * 3_600_000 - 1
  expect(gate.admits(session)).toBe(true)
  now += 1
  expect(gate.admits(session)).toBe(false)
})
