// The browser shell against those who should not get in: used tokens, other hosts and origins, other folders, floods.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Logger } from '../../src/main/engine/log.ts'
import { startWebShell, type WebShell } from '../../src/main/web/server.ts'
import { Gate } from '../../src/main/web/tokens.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchdeck-web-'))
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent }
const gate = new Gate()
const received: number[] = []
let shell: WebShell

beforeAll(async () => {
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true })
  mkdirSync(join(folder, 'data/downloads'), { recursive: true })
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(folder, 'renderer/assets/app.js'), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'data/downloads/report.html'), 'report')
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'data/downloads/link.txt'))
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'renderer/link.txt'))
  shell = await startWebShell({
    renderer: join(folder, 'renderer'),
    dataDir: join(folder, 'data'),
    log: silent,
    gate,
    maxUploadBytes: 1000,
    headersTimeoutMs: 150,
    connect(transport) {
      transport.onMessage((message) => received.push(message.length))
      return { [Symbol.dispose]: () => transport.close() }
    },
  })
})

afterAll(async () => {
  await shell.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Ask {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
}
interface Answer {
  status: number
  headers: Record<string, unknown>
  body: string
}

/** Raw: no library between the test and the bytes of the path. */
function ask({ method = 'GET', path = '/', headers = {}, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: shell.port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

test('files that an update replaces on disk leave the running page as it was: one program, not two mixed', async () => {
  const index = join(folder, 'renderer/index.html')
  const before = await ask({})
  writeFileSync(index, '<!doctype html><title>another, longer program</title>')
  rmSync(join(folder, 'renderer/assets/app.js'))
  expect(await ask({})).toMatchObject({ status: 200, body: before.body })
  expect((await ask({ path: '/assets/app.js' })).body).toBe('export {}')
  writeFileSync(index, before.body)
  writeFileSync(join(folder, 'renderer/assets/app.js'), 'export {}')
})

const origin = () => ({ origin: shell.origin })
const signIn = (token: string, headers: Record<string, string> = origin()) =>
  ask({ method: 'POST', path: '/session', headers, body: JSON.stringify({ token }) })
const tokenOf = (url: string) => url.split('#token=')[1] ?? ''

async function cookie(): Promise<string> {
  const answer = await signIn(tokenOf(shell.mintUrl()))
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

/** 'open', or the status of the refusal. */
function upgrade(
  headers: Record<string, string>,
  path = '/rpc',
): Promise<{ result: 'open' | number; socket: WebSocket }> {
  const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${path}`, { headers })
  return new Promise((resolve) => {
    socket.on('open', () => resolve({ result: 'open', socket }))
    socket.on('unexpected-response', (_request, response) => resolve({ result: response.statusCode ?? 0, socket }))
    socket.on('error', () => resolve({ result: 0, socket }))
  })
}

describe('the token', () => {
  test('buys one cookie that scripts cannot read and other sites do not send', async () => {
    const token = tokenOf(shell.mintUrl())
    const first = await signIn(token)
    expect(Buffer.from(token, 'base64url').length).toBe(32)
    expect(first.status).toBe(200)
    expect(String(first.headers['set-cookie'])).toMatch(/^watchdeck-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    expect((await signIn(token)).status).toBe(401)
  })

  test('is refused when it is made up, too old, or not one', async () => {
    let now = 0
    const old = new Gate({ now: () => now, lifeMs: 1000 })
    const token = old.mint()
    now = 1000
    expect(old.exchange(token)).toBeUndefined()
    expect((await signIn('x'.repeat(43))).status).toBe(401)
    expect((await ask({ method: 'POST', path: '/session', headers: origin(), body: 'no json' })).status).toBe(400)
    expect((await ask({ method: 'POST', path: '/session', headers: origin(), body: '{"token":7}' })).status).toBe(400)
    expect((await ask({ method: 'POST', path: '/session', headers: origin(), body: 'x'.repeat(2000) })).status).toBe(
      413,
    )
  })

  test('is not used up by a request from elsewhere', async () => {
    const token = tokenOf(shell.mintUrl())
    expect((await signIn(token, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await signIn(token, {})).status).toBe(403)
    expect((await signIn(token)).status).toBe(200)
  })
})

describe('hosts and origins', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
  ])('a name rebound to this machine is not served: %j', async (host) => {
    const port = shell.port
    const answer = await ask({
      headers: { host: host.includes(':') || host === '127.0.0.1' ? host : `${host}:${port}` },
    })
    expect(answer.status).toBe(403)
    expect(answer.body).not.toContain('page')
  })

  test('the page is served under its three names, with a policy that lets nothing else in', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      const answer = await ask({ headers: { host: `${name}:${shell.port}` } })
      expect(answer.status).toBe(200)
      expect(String(answer.headers['content-security-policy'])).toContain("default-src 'none'; script-src 'self';")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('a socket opens for our own page with its cookie and for nobody else', async () => {
    const session = await cookie()
    const fine = await upgrade({ ...origin(), cookie: session })
    expect(fine.result).toBe('open')
    fine.socket.terminate()
    expect((await upgrade({ cookie: session })).result).toBe(403)
    expect((await upgrade({ cookie: session, origin: 'null' })).result).toBe(403)
    expect((await upgrade({ cookie: session, origin: 'https://evil.example' })).result).toBe(403)
    expect((await upgrade({ cookie: session, origin: `http://127.0.0.1:${shell.port + 1}` })).result).toBe(403)
    expect((await upgrade({ cookie: session, ...origin(), host: 'evil.example' })).result).toBe(421)
    expect((await upgrade({ cookie: session, ...origin(), 'sec-fetch-site': 'cross-site' })).result).toBe(403)
    expect((await upgrade(origin())).result).toBe(401)
    expect((await upgrade({ ...origin(), cookie: `${session}x` })).result).toBe(401)
    expect((await upgrade({ ...origin(), cookie: session }, '/other')).result).toBe(404)
  })
})

describe('paths', () => {
  const hostile = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/../../secret.txt',
    '/assets/..;/..;/secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..%c0%afsecret.txt',
    '/%00/../secret.txt',
    '//secret.txt',
    '/link.txt',
    '/./index.html/../../secret.txt',
    '/__proto__',
    '/constructor',
    '/file:///etc/passwd',
    'http://127.0.0.1/../secret.txt',
  ]
  test.each(hostile)('nothing outside the page is served: %s', async (path) => {
    const answer = await ask({ path })
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain('"secret"')
  })

  test.each(['../../secret.txt', '..%2f..%2fsecret.txt', 'link.txt', '%2e%2e', '%ff', 'CON', '.', ''])(
    'nothing outside the downloads is downloaded: %s',
    async (name) => {
      const answer = await ask({ path: `/download/${name}`, headers: { cookie: await cookie() } })
      expect([answer.status, answer.body.includes('secret')]).toEqual([404, false])
    },
  )

  test('an export is downloaded with the cookie only', async () => {
    const fine = await ask({ path: '/download/report.html', headers: { cookie: await cookie() } })
    expect([fine.status, fine.body, fine.headers['content-disposition']]).toEqual([
      200,
      'report',
      "attachment; filename*=UTF-8''report.html",
    ])
    expect((await ask({ path: '/download/report.html' })).status).toBe(401)
  })
})

describe('uploads', () => {
  const upload = async (name: string, body: string, headers: Record<string, string> = {}) =>
    ask({
      method: 'POST',
      path: `/upload?name=${encodeURIComponent(name)}`,
      headers: { ...origin(), cookie: await cookie(), ...headers },
      body,
    })

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\x.json', 'x.json'],
    ['..', 'file'],
    ['a\u0000b\u202e.log', 'a_b_.log'],
    ['con.txt', '_con.txt'],
    ['日志 1.ndjson', '日志 1.ndjson'],
  ])('%j is stored as %j within the uploads', async (name, stored) => {
    const answer = await upload(name, 'hello')
    const { path, bytes } = JSON.parse(answer.body) as { path: string; bytes: number }
    expect([
      answer.status,
      bytes,
      path.startsWith(join(folder, 'data/uploads/drop-')),
      path.endsWith(`/${stored}`),
    ]).toEqual([200, 5, true, true])
  })

  test('a body over the cap is refused and leaves nothing, declared or not', async () => {
    const before = readdirSync(join(folder, 'data/uploads')).length
    expect((await upload('big', 'x'.repeat(1001))).status).toBe(413)
    expect((await upload('big', 'x'.repeat(1001), { 'transfer-encoding': 'chunked' })).status).toBe(413)
    expect(readdirSync(join(folder, 'data/uploads')).length).toBe(before)
  })

  test('without a cookie or from another page nothing is stored', async () => {
    expect((await upload('x', 'x', { cookie: '' })).status).toBe(401)
    expect((await upload('x', 'x', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await upload('x', 'x', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })
})

describe('floods', () => {
  test('a message over the cap closes its socket and reaches nobody', async () => {
    const { socket } = await upgrade({ ...origin(), cookie: await cookie() })
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.send(Buffer.alloc(3 * 1024 * 1024))
    expect(await closed).toBe(1009)
    expect(received).toEqual([])
  })

  test('headers that never end are cut off', async () => {
    const socket = connect(shell.port, '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${shell.port}\r\nx-slow: `)
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('headers that are too many bytes are refused', async () => {
    expect((await ask({ headers: { 'x-large': 'x'.repeat(20_000) } })).status).toBe(431)
  })
})

test('another address than loopback is bound only when that is said', async () => {
  const start = startWebShell({
    renderer: join(folder, 'renderer'),
    dataDir: folder,
    log: silent,
    host: '0.0.0.0',
    connect: () => ({ [Symbol.dispose]() {} }),
  })
  await expect(start).rejects.toMatchObject({ code: 'permission_denied' })
})
