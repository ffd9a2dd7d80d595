// Two hundred and more hostile requests, written byte by byte on real sockets: rebound names, other origins, traversal in
// every encoding, guessed and replayed tokens, smuggled and malformed heads, slow senders, frames that break the rules.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { startWebShell, type WebShell } from '../../src/main/web/server.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

let folder: string
let t: TestEngine
let shell: WebShell
let session: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchdeck-web-hostile-'))
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true })
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><title>THE-PAGE</title>')
  writeFileSync(join(folder, 'secret.txt'), 'THE-SECRET')
  t = await startTestEngine({ modules: ALL_MODULES })
  shell = await startWebShell({
    renderer: join(folder, 'renderer'),
    dataDir: t.dataDir,
    log: t.engine.log,
    connect: (transport) => t.engine.connect(transport, 'browser'),
    headersTimeoutMs: 300,
    maxUploadBytes: 10_000,
  })
  writeFileSync(join(t.dataDir, 'downloads/own.txt'), 'own')
  const answer = await send(
    `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nConnection: close\r\nContent-Length: ${token().length}\r\n\r\n`,
    { body: token() },
  )
  session = /set-cookie: ([^;]+);/i.exec(answer)?.[1] ?? ''
  expect(session).not.toBe('')
})

let lastToken = ''
const token = () => (lastToken ||= JSON.stringify({ token: shell.mintUrl().split('#token=')[1] }))
const host = () => `127.0.0.1:${shell.port}`

afterAll(async () => {
  await shell.close()
  await t[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Writes the bytes and answers with all that comes back until the other side closes. */
function send(head: string | Buffer, options: { body?: string | Buffer } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(shell.port, '127.0.0.1')
    let text = ''
    // a socket that is rightly left open is closed from here
    const timer = setTimeout(() => socket.destroy(), 1500)
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(text)
    })
    socket.write(head)
    if (options.body !== undefined) socket.write(options.body)
  })
}

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)

/** Nothing of the page, of files, of a session or of a socket is in an answer to someone who may not have it. */
function nothingIn(answer: string): void {
  expect(answer).not.toMatch(/THE-PAGE|THE-SECRET|set-cookie|access-control-allow|root:.*:0:0/i)
  expect([200, 201, 204, 206, 101]).not.toContain(status(answer))
  expect(answer).not.toMatch(/\n {4}at |node:internal|\/src\/main\//)
}

const HOSTS = (port: number): string[] => [
  'evil.example',
  `evil.example:${port}`,
  `127.0.0.1.evil.example:${port}`,
  `127.0.0.1.nip.io:${port}`,
  `localhost.evil.example:${port}`,
  `localhost:${port}.evil.example`,
  `127.0.0.1:${port}@evil.example`,
  `evil.example@127.0.0.1:${port}`,
  '127.0.0.1',
  'localhost',
  `127.0.0.1:${port + 1}`,
  `127.0.0.1:0${port}`,
  `127.1:${port}`,
  `2130706433:${port}`,
  `0x7f000001:${port}`,
  `0177.0.0.1:${port}`,
  `0.0.0.0:${port}`,
  `127.0.0.2:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `[0:0:0:0:0:0:0:1]:${port}`,
  `::1:${port}`,
  `LOCALHOST.:${port}`,
  `localhost.:${port}`,
  `127.0.0.1:${port}, evil.example`,
  `127.0.0.1:${port}/`,
  `127.0.0.1 :${port}`,
  `http://127.0.0.1:${port}`,
  `xn--lcalhost-54a:${port}`,
  '*',
  '',
]

describe('a name that was rebound to this machine', () => {
  test.each(Array.from({ length: 30 }, (_, i) => i))('opens nothing: host %i', async (i) => {
    const name = HOSTS(shell.port)[i] as string
    for (const request of [
      `GET / HTTP/1.1\r\nHost: ${name}\r\nCookie: ${session}\r\nConnection: close\r\n\r\n`,
      `POST /session HTTP/1.1\r\nHost: ${name}\r\nOrigin: http://${name}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      `GET /rpc HTTP/1.1\r\nHost: ${name}\r\nOrigin: http://${name}\r\nCookie: ${session}\r\n${UPGRADE}\r\n\r\n`,
    ])
      nothingIn(await send(request))
  })
})

const ORIGINS = (port: number): Array<string | undefined> => [
  undefined,
  'null',
  '',
  'https://evil.example',
  `http://evil.example:${port}`,
  `https://127.0.0.1:${port}`,
  `http://127.0.0.1:${port + 1}`,
  'http://127.0.0.1',
  `http://localhost:${port}`,
  `http://127.0.0.1:${port}.evil.example`,
  `http://127.0.0.1:${port}@evil.example`,
  `http://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port} http://evil.example`,
  `ws://127.0.0.1:${port}`,
  'file://',
  `http://[::1]:${port}`,
  'chrome-extension://abcdefghijklmnop',
  'moz-extension://0f0f',
  `http://127.0.0.1:${port}%00.evil.example`,
  'data:text/html,x',
]

describe('a page of another origin', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i))('neither posts nor connects: origin %i', async (i) => {
    const origin = ORIGINS(shell.port)[i]
    const heads = `Host: ${host()}\r\n${origin === undefined ? '' : `Origin: ${origin}\r\n`}Cookie: ${session}\r\n`
    const form =
      'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nConnection: close\r\n\r\ntoken=x'
    nothingIn(await send(`POST /session HTTP/1.1\r\n${heads}${form}`))
    nothingIn(await send(`POST /upload?name=x HTTP/1.1\r\n${heads}${form}`))
    nothingIn(await send(`GET /rpc HTTP/1.1\r\n${heads}${UPGRADE}\r\n\r\n`))
  })

  test.each(['cross-site', 'same-site', 'none', 'SAME-ORIGIN', 'nonsense'])(
    'is known by its Fetch Metadata: %s',
    async (site) => {
      const heads = `Host: ${host()}\r\nOrigin: ${shell.origin}\r\nSec-Fetch-Site: ${site}\r\nCookie: ${session}\r\n`
      nothingIn(await send(`POST /upload?name=x HTTP/1.1\r\n${heads}Content-Length: 1\r\nConnection: close\r\n\r\nx`))
      nothingIn(await send(`GET /rpc HTTP/1.1\r\n${heads}${UPGRADE}\r\n\r\n`))
    },
  )
})

const DOTS = [
  '..',
  '%2e%2e',
  '.%2e',
  '%2E.',
  '%252e%252e',
  '..%00',
  '%c0%ae%c0%ae',
  '%u002e%u002e',
  '．．',
  '..;',
  '....',
  '%2e%2e%20',
]
const SLASHES = ['/', '%2f', '\\', '%5c', '%252f', '//', '/./', '%c0%af']

describe('a path that climbs', () => {
  test.each(DOTS.flatMap((dots) => SLASHES.map((slash) => [dots, slash] as const)))(
    'reads nothing: %s and %s',
    async (dots, slash) => {
      for (const start of ['/', '/download/']) {
        const climbed = `${start}${[dots, dots, 'secret.txt'].join(slash)}`
        nothingIn(
          await send(`GET ${climbed} HTTP/1.1\r\nHost: ${host()}\r\nCookie: ${session}\r\nConnection: close\r\n\r\n`),
        )
      }
    },
  )
})

describe('a token', () => {
  const guesses = [
    '',
    'x',
    'null',
    'A'.repeat(43),
    'A'.repeat(44),
    '__proto__',
    '[object Object]',
    '%00',
    '../x',
    "' OR 1=1",
  ]
  const post = (body: string, path = '/session') =>
    `POST ${path} HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

  test.each(guesses)('that is guessed buys nothing: %j', async (guess) =>
    nothingIn(await send(post(JSON.stringify({ token: guess })))),
  )
  test.each(['{"token":["a"]}', '{"token":{"toString":1}}', '[]', 'null', '{', '"', '{"token":1e999}', '\u0000'])(
    'of another kind buys nothing: %s',
    async (body) => nothingIn(await send(post(body))),
  )
  test('that was used, or is sent elsewhere, buys nothing', async () => {
    nothingIn(await send(post(lastToken)))
    const fresh = JSON.stringify({ token: shell.mintUrl().split('#token=')[1] })
    nothingIn(await send(`GET /session?token=x HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`))
    nothingIn(await send(post(fresh, '/upload?name=x')))
    nothingIn(
      await send(
        `PUT /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nConnection: close\r\nContent-Length: ${fresh.length}\r\n\r\n${fresh}`,
      ),
    )
    const twice = await Promise.all(Array.from({ length: 8 }, () => send(post(fresh))))
    expect(twice.filter((answer) => status(answer) === 200).length).toBe(1)
  })
  const cookies = ['', 'x', '=x', `${'a'.repeat(3000)}=1`, '__proto__=1', ';;;;', 'watchdeck=1', 'watchdeck-0=1']
  test.each(cookies)('is not replaced by a made-up cookie: %s', async (cookie) => {
    const heads = `Host: ${host()}\r\nOrigin: ${shell.origin}\r\nCookie: ${cookie}\r\n`
    nothingIn(await send(`GET /rpc HTTP/1.1\r\n${heads}${UPGRADE}\r\n\r\n`))
    nothingIn(await send(`POST /upload?name=x HTTP/1.1\r\n${heads}Content-Length: 1\r\nConnection: close\r\n\r\nx`))
    nothingIn(await send(`GET /download/own.txt HTTP/1.1\r\n${heads}Connection: close\r\n\r\n`))
  })
})

describe('a head that is not one', () => {
  const heads: Array<[string, () => string | Buffer]> = [
    ['no host', () => 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two hosts', () => `GET / HTTP/1.1\r\nHost: ${host()}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`],
    [
      'two hosts, ours last',
      () => `GET / HTTP/1.1\r\nHost: evil.example\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`,
    ],
    [
      'an absolute address',
      () => `GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    ],
    [
      'a length and chunks',
      () =>
        `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    ],
    [
      'two lengths',
      () =>
        `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx`,
    ],
    [
      'a negative length',
      () => `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nContent-Length: -1\r\n\r\n`,
    ],
    [
      'chunks of another coding',
      () =>
        `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nTransfer-Encoding: xchunked\r\n\r\n`,
    ],
    [
      'a chunk of a huge size',
      () =>
        `POST /upload?name=x HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nCookie: ${session}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx`,
    ],
    ['a folded header', () => `GET / HTTP/1.1\r\nHost: evil.example\r\n ${host()}\r\nConnection: close\r\n\r\n`],
    ['a null in a header', () => `GET / HTTP/1.1\r\nHost: ${host()}\u0000\r\nConnection: close\r\n\r\n`],
    ['a bare carriage return', () => `GET / HTTP/1.1\rHost: ${host()}\r\n\r\n`],
    ['bytes of TLS', () => Buffer.from('16030100a5010000a10303', 'hex')],
    ['noise', () => Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251))],
    ['an unknown method', () => `PWN / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`],
    ['CONNECT', () => `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${host()}\r\n\r\n`],
    ['TRACE', () => `TRACE / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`],
    [
      'a preflight',
      () =>
        `OPTIONS /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
    ],
    ['HTTP/2 in the clear', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['20,000 bytes of header', () => `GET / HTTP/1.1\r\nHost: ${host()}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a path of 20,000 bytes', () => `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: ${host()}\r\n\r\n`],
    [
      'an upload over its cap',
      () =>
        `POST /upload?name=x HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nCookie: ${session}\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(20_000)}`,
    ],
    ['a head that never ends', () => `GET / HTTP/1.1\r\nHost: ${host()}\r\nX-Slow: `],
    ['a request line that never ends', () => 'GET /'],
    ['no bytes at all', () => ''],
  ]
  test.each(heads)('gets nothing: %s', async (_name, head) => nothingIn(await send(head())))
})

describe('frames that break the rules', () => {
  const open = () =>
    `GET /rpc HTTP/1.1\r\nHost: ${host()}\r\nOrigin: ${shell.origin}\r\nCookie: ${session}\r\n${UPGRADE}\r\n\r\n`
  const frame = (first: number, length: number, body: Buffer, masked = true) => {
    const head =
      length < 126
        ? [first, length | (masked ? 0x80 : 0)]
        : length < 65_536
          ? [first, 126 | (masked ? 0x80 : 0), length >> 8, length & 255]
          : [
              first,
              127 | (masked ? 0x80 : 0),
              0,
              0,
              0,
              Math.floor(length / 2 ** 32),
              (length >>> 24) & 255,
              (length >>> 16) & 255,
              (length >>> 8) & 255,
              length & 255,
            ]
    return Buffer.concat([Buffer.from(head), masked ? Buffer.alloc(4) : Buffer.alloc(0), body])
  }
  const frames: Array<[string, Buffer]> = [
    ['not masked', frame(0x82, 5, Buffer.from('hello'), false)],
    ['reserved bits', frame(0xf2, 5, Buffer.from('hello'))],
    ['an unknown kind', frame(0x83, 5, Buffer.from('hello'))],
    ['text', frame(0x81, 5, Buffer.from('hello'))],
    ['text that is no UTF-8', frame(0x81, 2, Buffer.from([0xff, 0xfe]))],
    ['a claim of 2^63 bytes', Buffer.from([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a claim of 3 MiB', frame(0x82, 3 * 2 ** 20, Buffer.alloc(3 * 2 ** 20))],
    ['a part that continues nothing', frame(0x80, 5, Buffer.from('hello'))],
    ['a control frame in parts', frame(0x09, 5, Buffer.from('hello'))],
    ['a long ping', frame(0x89, 200, Buffer.alloc(200))],
    ['a close with a wrong code', frame(0x88, 2, Buffer.from([0, 1]))],
    ['noise of 1,000 bytes', frame(0x82, 1000, Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 31) & 255)))],
    ['an empty packet', frame(0x82, 0, Buffer.alloc(0))],
    [
      'endless parts',
      Buffer.concat(Array.from({ length: 200 }, (_, i) => frame(i === 0 ? 0x02 : 0x00, 60_000, Buffer.alloc(60_000)))),
    ],
  ]
  test.each(frames)('end their own socket at most: %s', async (_name, bytes) => {
    const before = t.engine.sessions
    const answer = await send(Buffer.concat([Buffer.from(open()), bytes]))
    expect(status(answer)).toBe(101)
    expect(answer).not.toMatch(/\n {4}at |\/src\/main\//)
    expect(t.engine.sessions).toBeLessThanOrEqual(before + 1)
  })
})

test('a hundred that hold a connection and say nothing keep nobody out', async () => {
  const idle = Array.from({ length: 100 }, () => connect(shell.port, '127.0.0.1'))
  for (const socket of idle) socket.on('error', () => socket.destroy())
  const page = await send(`GET / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`)
  expect(page).toContain('THE-PAGE')
  for (const socket of idle) socket.destroy()
})

test('after all of them the page is served, the engine answers, and nothing of theirs is on disk or in the log', async () => {
  expect(await send(`GET / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`)).toContain('THE-PAGE')
  expect(await t.client.call('system.ping', {})).toMatchObject({ time: expect.any(String) })
  const uploads = join(t.dataDir, 'uploads')
  expect(readdirSync(t.dataDir).includes('uploads') ? readdirSync(uploads) : []).toEqual([])
  const log = JSON.stringify(t.logLines)
  expect(log).not.toContain(session.split('=')[1])
  expect(t.logLines.filter((line) => line['level'] === 'error')).toEqual([])
})
