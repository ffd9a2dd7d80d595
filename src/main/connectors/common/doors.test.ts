// What stands before a server: a client certificate that it asks for, a SOCKS proxy on the way.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../../test/support/engine.ts'
import { pem, startFaultServer } from '../../../../test/support/fault-server.ts'
import type { SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { prometheusConnector } from '../prometheus/index.ts'
import { failureOf } from './failures.ts'

const modules = [metricsModule, sourcesModuleWith([prometheusConnector])]
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' }

async function asked(t: TestEngine, spec: Partial<SourceSpecInput> & { url: string }): Promise<unknown> {
  const { id } = await t.client.call('sources.add', { kind: 'prometheus', name: 'p', keep: 'session', ...spec })
  return await t.client.call('metrics.query', { range: RANGE, query: 'up', sources: [id] }).then(
    (answer) => [...(answer.series[0]?.values.values ?? [])],
    (error: { code: string; message: string }) => [error.code, error.message],
  )
}

test('a server that asks for a client certificate gets it, its key with a passphrase too; without one it is said (Prometheus 20)', async () => {
  await using server = await startFaultServer({ cert: 'good.pem', clientCa: 'ca.pem' })
  await using t = await startTestEngine({ modules })
  const locked = createPrivateKey(pem('server.key')).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  })
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  const ca = pem('ca.pem')
  const cert = pem('good.pem')
  const got: unknown[] = []
  for (const tls of [
    { ca, cert, key: pem('server.key') },
    { ca, cert, key: String(locked), passphrase: 'open sesame' },
    { ca },
    { ca, cert, key: String(locked), passphrase: 'PLANTED' },
    { ca, cert, key: String(otherKey) },
    { ca, cert },
    { ca: 'no PEM' },
  ])
    got.push(await asked(t, { url: server.url, tls }))
  expect(got).toEqual([
    [7],
    [7],
    ['unauthenticated', 'The server wants a client certificate.'],
    ['invalid_input', 'The key of the client certificate needs its passphrase, or the one given is wrong.'],
    ['invalid_input', 'The client certificate and the key do not belong together.'],
    ['invalid_input', 'A client certificate and its key are needed together.'],
    ['invalid_input', 'What was given as certificate authority is no certificate.'],
  ])
  expect(JSON.stringify([got, t.logLines])).not.toContain('PLANTED')
  expect(server.seen.filter((s) => s.path.endsWith('/query'))).toHaveLength(2)
})

test('what a server says when it hangs up in TLS is told, whichever version of OpenSSL names it', () => {
  const said = (code: string) =>
    failureOf(Object.assign(new Error('x'), { code }), new AbortController().signal).error.message
  expect(
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    ].map(said),
  ).toEqual([
    'The server wants a client certificate.',
    'The server did not accept the client certificate.',
    'The server did not accept the client certificate.',
    'The server does not know the authority of the client certificate.',
    'The server ended the TLS handshake.',
  ])
})

test('through a SOCKS5 proxy, with a name and password: the proxy looks the host up, TLS goes through it', async () => {
  await using plain = await startFaultServer()
  await using secure = await startFaultServer({ cert: 'good.pem' })
  await using t = await startTestEngine({ modules })
  await using open = await startSocks((host, port) => [host === 'inside.example' ? '127.0.0.1' : host, port])
  await using guarded = await startSocks((host, port) => [host, port], 'ana:s e')
  const socks = (port: number) => `socks5://127.0.0.1:${port}`
  expect([
    await asked(t, { url: `http://inside.example:${plain.port}`, proxy: { url: socks(open.port) } }),
    await asked(t, {
      url: secure.url,
      tls: { ca: pem('ca.pem') },
      proxy: { url: socks(guarded.port), username: 'ana', password: 's e' },
    }),
  ]).toEqual([[7], [7]])
  expect([open.wanted[0], guarded.wanted[0]]).toEqual([`inside.example:${plain.port}`, `localhost:${secure.port}`])
  expect([
    await asked(t, {
      url: secure.url,
      tls: { ca: pem('ca.pem') },
      proxy: { url: socks(guarded.port), username: 'ana', password: 'PLANTED' },
    }),
    await asked(t, { url: 'http://inside.example:1', proxy: { url: socks(open.port) } }),
  ]).toEqual([
    ['unauthenticated', 'The SOCKS proxy did not accept the user name and password.'],
    ['unavailable', 'The SOCKS proxy was refused by the server: nothing listens there.'],
  ])
  expect(JSON.stringify(t.logLines)).not.toContain('PLANTED')
  vi.stubEnv('ALL_PROXY', socks(open.port))
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await asked(t, { url: `http://inside.example:${plain.port}` })).toEqual([7])
})

/** SOCKS 5 (RFC 1928, 1929), CONNECT alone. `login` is `user:password`; none asks for none. */
async function startSocks(
  map: (host: string, port: number) => [string, number],
  login?: string,
): Promise<AsyncDisposable & { port: number; wanted: string[] }> {
  const wanted: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    let held = Buffer.alloc(0)
    let state: 'greeting' | 'login' | 'request' = 'greeting'
    const read = (chunk: Buffer): void => {
      held = Buffer.concat([held, chunk])
      // every message of the client is one packet here: it waits for the answer to each
      if (state === 'greeting') {
        state = login === undefined ? 'request' : 'login'
        socket.write(Buffer.from([5, login === undefined ? 0 : 2]))
      } else if (state === 'login') {
        const user = held.subarray(2, 2 + (held[1] ?? 0)).toString()
        const password = held.subarray(3 + user.length).toString()
        const good = `${user}:${password}` === login
        socket.write(Buffer.from([1, good ? 0 : 1]))
        if (!good) socket.end()
        state = 'request'
      } else {
        socket.off('data', read)
        const name = held[3] === 3
        const end = name ? 5 + (held[4] ?? 0) : 8
        const host = name ? held.subarray(5, end).toString() : [...held.subarray(4, 8)].join('.')
        wanted.push(`${host}:${held.readUInt16BE(end)}`)
        const [to, port] = map(host, held.readUInt16BE(end))
        const far = connect(port, to)
        const reply = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))
        far.once('connect', () => {
          reply(0)
          socket.pipe(far).pipe(socket)
        })
        far.once('error', () => {
          reply(5)
          socket.end()
        })
      }
      held = Buffer.alloc(0)
    }
    socket.on('data', read)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    wanted,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}
