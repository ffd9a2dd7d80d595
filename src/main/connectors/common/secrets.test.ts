// Who asks, in every way there is; and that a secret is seen by the server alone: not in the catalog, logs, errors, answers, files.

import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../../test/support/engine.ts'
import { startFaultServer } from '../../../../test/support/fault-server.ts'
import type { SourceSpecInput } from '../../../shared/contract/source-spec.ts'
import { metricsModule } from '../../metrics/index.ts'
import { sourcesModuleWith } from '../../sources/index.ts'
import { prometheusConnector } from '../prometheus/index.ts'
import { signedHeaders } from './sigv4.ts'

const modules = [metricsModule, sourcesModuleWith([prometheusConnector])]
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' }

async function add(t: TestEngine, spec: Partial<SourceSpecInput> & { url: string }): Promise<string> {
  return (await t.client.call('sources.add', { kind: 'prometheus', name: 'p', keep: 'session', ...spec })).id
}
const ask = (t: TestEngine, id: string, query = 'up') =>
  t.client.call('metrics.query', { range: RANGE, query, sources: [id] })

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'watchdeck-secrets-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('each way of signing in reaches the server as it should (Prometheus 20, 21)', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  const file = join(folder(), 'token')
  writeFileSync(file, 'from-file\n')
  const cases: ReadonlyArray<readonly [Partial<SourceSpecInput>, Record<string, string>]> = [
    [{ auth: { type: 'none' } }, {}],
    [
      { auth: { type: 'basic', username: 'ana', password: 'pâss' } },
      { authorization: `Basic ${Buffer.from('ana:pâss').toString('base64')}` },
    ],
    [{ auth: { type: 'bearer', token: 'abc' } }, { authorization: 'Bearer abc' }],
    [{ auth: { type: 'bearer', token: { file } } }, { authorization: 'Bearer from-file' }],
    [{ auth: { type: 'apiKey', header: 'X-Key', key: 'k1' } }, { 'x-key': 'k1' }],
    [
      { tenant: 'a|b', headers: { 'X-More': 'm' } },
      { 'x-scope-orgid': 'a|b', 'x-more': 'm' },
    ],
  ]
  for (const [spec, headers] of cases) {
    await ask(t, await add(t, { url: server.url, ...spec }))
    expect(server.seen.findLast((s) => s.path.endsWith('/query'))?.headers).toMatchObject(headers)
  }
  writeFileSync(file, 'rotated')
  const id = await add(t, {
    url: `${server.url}/below/a/path`,
    params: { dedup: 'false' },
    auth: { type: 'bearer', token: { file } },
  })
  await ask(t, id)
  expect(server.seen.find((s) => s.path.startsWith('/below'))).toMatchObject({
    path: '/below/a/path/api/v1/query',
    body: expect.stringContaining('dedup=false'),
    headers: { authorization: 'Bearer rotated' },
  })
})

test('a missing variable, a missing file and a header with a line break are refused before anything is sent', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  for (const [token, message] of [
    [
      { env: 'WATCHDECK_TEST_NO_SUCH_VARIABLE' },
      'The environment variable WATCHDECK_TEST_NO_SUCH_VARIABLE is not set.',
    ],
    [{ file: '/no/such/file' }, 'The file of the secret cannot be read: /no/such/file'],
    ['a\r\nX-Evil: 1', 'A secret that is sent as a header holds a line break or another control character.'],
  ] as const) {
    const id = await add(t, { url: server.url, auth: { type: 'bearer', token } })
    await expect(ask(t, id)).rejects.toMatchObject({ message })
  }
  expect(server.seen).toEqual([])
  await expect(add(t, { url: 'http://ana:secret@host:1/' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('a token of OAuth 2 is fetched once, and anew when the server does not take it any more (Prometheus 20)', async () => {
  let given = 0
  const asked: string[] = []
  await using tokens = await served((request, body) => {
    asked.push(`${request.headers.authorization} ${body}`)
    return [200, JSON.stringify({ access_token: `t${++given}`, token_type: 'Bearer', expires_in: 3600 })]
  })
  let taken = 't1'
  await using server = await served((request) =>
    request.headers.authorization === `Bearer ${taken}`
      ? [200, JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } })]
      : [401, 'who?'],
  )
  await using t = await startTestEngine({ modules })
  const id = await add(t, {
    url: server.url,
    auth: { type: 'oauth2', tokenUrl: `${tokens.url}/token`, clientId: 'me', clientSecret: 's e', scopes: ['read'] },
  })
  await Promise.all([ask(t, id, 'a'), ask(t, id, 'b')])
  taken = 't2'
  await ask(t, id, 'c')
  expect(given).toBe(2)
  expect(asked[0]).toBe(`Basic ${Buffer.from('me:s+e').toString('base64')} scope=read&grant_type=client_credentials`)
})

test('through an HTTP proxy and past it; a PAC file is refused with a word', async () => {
  await using server = await startFaultServer()
  const through: string[] = []
  await using proxy = await served((request) => {
    through.push(`${request.url} ${request.headers['proxy-authorization']}`)
    return [200, JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } })]
  })
  await using t = await startTestEngine({ modules })
  const id = await add(t, {
    url: 'http://metrics.example:9090',
    proxy: { url: proxy.url, username: 'u', password: 'p' },
  })
  await ask(t, id)
  expect(through[0]).toBe(`http://metrics.example:9090/api/v1/query Basic ${Buffer.from('u:p').toString('base64')}`)
  await ask(t, await add(t, { url: server.url, proxy: { url: proxy.url, except: '127.0.0.0/8' } }))
  expect(server.seen.length).toBeGreaterThan(0)
  const pac = await add(t, { url: server.url, proxy: { url: 'http://wpad/proxy.pac' } })
  await expect(ask(t, pac)).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('PAC') })
})

test('planted secrets are nowhere but at the server: not in files, logs, errors or answers; marks stand for them in edits', async () => {
  await using server = await startFaultServer()
  const dataDir = folder()
  const planted = ['PLANTED-password', 'PLANTED-header', 'PLANTED-hop', 'PLANTED-proxy', 'PLANTED-newer']
  const answers: unknown[] = []
  const lines: unknown[] = []
  {
    await using t = await startTestEngine({ modules, dataDir })
    const spec: SourceSpecInput = {
      kind: 'prometheus',
      name: 'p',
      url: server.url,
      auth: { type: 'basic', username: 'ana', password: 'PLANTED-password' },
      headers: { 'X-More': 'PLANTED-header' },
      proxy: { url: 'http://127.0.0.1:1', password: 'PLANTED-proxy', except: '127.0.0.1' },
    }
    const { id } = await t.client.call('sources.add', { ...spec, keep: 'session' })
    await ask(t, id)
    expect(server.seen[0]?.headers).toMatchObject({ 'x-more': 'PLANTED-header' })
    const kept = await t.client.call('sources.spec', { id })
    expect(kept.auth).toEqual({ type: 'basic', username: 'ana', password: { vault: 'auth.password' } })
    answers.push(kept, await t.client.call('sources.list', {}), await t.client.call('sources.health', {}))
    server.fault = 'unknown-caller'
    answers.push(
      await ask(t, id, 'x').catch((error: unknown) => String(error)),
      await t.client.call('sources.test', { id }),
    )
    server.fault = 'none'
    // an edit that leaves the mark keeps the secret, one that gives another replaces it, and both are taken back
    await t.client.call('sources.edit', { id, spec: { ...kept, name: 'q' }, keep: 'session' })
    await ask(t, id, 'after')
    const basic = (password: string) => `Basic ${Buffer.from(`ana:${password}`).toString('base64')}`
    expect(server.seen.at(-1)?.headers.authorization).toBe(basic('PLANTED-password'))
    const newer = { ...kept, auth: { type: 'basic' as const, username: 'ana', password: 'PLANTED-newer' } }
    await t.client.call('sources.edit', { id, spec: newer, keep: 'session' })
    await ask(t, id, 'newer')
    expect(server.seen.at(-1)?.headers.authorization).toBe(basic('PLANTED-newer'))
    await t.client.call('sources.revert', { id })
    await ask(t, id, 'back')
    expect(server.seen.at(-1)?.headers.authorization).toBe(basic('PLANTED-password'))
    const hop = { host: 'no.such.host.invalid', password: 'PLANTED-hop', agent: false }
    const far = await add(t, { url: 'http://x:1', ssh: { hops: [hop], useConfig: false } })
    answers.push(
      await ask(t, far).catch((error: unknown) => String(error)),
      await t.client.call('sources.test', { id: far }),
    )
    lines.push(...t.logLines)
  }
  const told = JSON.stringify([answers, lines])
  for (const secret of planted) {
    expect([secret, told.includes(secret)]).toEqual([secret, false])
    for (const path of readdirSync(dataDir, { recursive: true, encoding: 'utf8' })) {
      const full = join(dataDir, path)
      if (statSync(full).isFile())
        expect([secret, path, readFileSync(full).includes(secret)]).toEqual([secret, path, false])
    }
  }
})

test('a secret without a vault is refused, with what to do, and no half source stays', async () => {
  await using t = await startTestEngine({ modules })
  const spec = {
    kind: 'prometheus' as const,
    name: 'p',
    url: 'http://x:1',
    auth: { type: 'bearer' as const, token: 'abc' },
  }
  await expect(t.client.call('sources.add', spec)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await t.client.call('sources.list', {})).sources).toEqual([])
})

test('an edit needs a vault only for what is to be put into it', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  const id = await add(t, { url: server.url, auth: { type: 'bearer', token: 'abc' } })
  const plain = await add(t, { url: server.url })
  const keeps = async (which: string) =>
    (await t.client.call('sources.list', {})).sources.find((source) => source.id === which)?.live?.keeps
  const edit = async (change: Partial<SourceSpecInput>, keep?: 'vault' | 'session', which = id) =>
    t.client.call('sources.edit', {
      id: which,
      spec: { ...(await t.client.call('sources.spec', { id: which })), ...change },
      ...(keep === undefined ? {} : { keep }),
    })
  const sent = async () => {
    await ask(t, id, `up offset ${server.seen.length + 1}s`)
    return server.seen.at(-1)?.headers.authorization
  }
  expect([await keeps(id), await keeps(plain)]).toEqual(['session', undefined])
  // nobody has made a vault: what is kept stays where it is, and so goes a new secret; into the vault it cannot go
  await edit({ name: 'renamed' })
  expect([await keeps(id), await sent()]).toEqual(['session', 'Bearer abc'])
  await edit({ auth: { type: 'bearer', token: 'newer' } })
  expect([await keeps(id), await sent()]).toEqual(['session', 'Bearer newer'])
  await expect(edit({ name: 'x' }, 'vault')).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(edit({ auth: { type: 'bearer', token: 'x' } }, 'vault')).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await edit({ name: 'plain' }, 'vault', plain)
  expect([(await t.client.call('sources.spec', { id })).name, await sent()]).toEqual(['renamed', 'Bearer newer'])
  // with a vault it is moved when it is asked for, stays there, and is taken back to where it was
  await t.client.call('settings.unlockVault', { passphrase: 'correct horse' })
  await edit({}, 'vault')
  expect([await keeps(id), await sent()]).toEqual(['vault', 'Bearer newer'])
  await t.client.call('sources.revert', { id })
  expect([await keeps(id), await sent()]).toEqual(['session', 'Bearer newer'])
  await edit({}, 'vault')
  await edit({ name: 'again' })
  expect([await keeps(id), await sent()]).toEqual(['vault', 'Bearer newer'])
  // a locked vault keeps nobody from editing what it has nothing of, time and again
  t.platform.secrets.lock()
  for (const name of ['one', 'two']) await edit({ name }, undefined, plain)
  await t.client.call('sources.revert', { id: plain })
  const lasting = await add(t, { url: server.url, auth: { type: 'bearer', token: 'abc' } })
  for (const name of ['one', 'two']) await edit({ name }, undefined, lasting)
  await t.client.call('sources.revert', { id: lasting })
  expect([(await t.client.call('sources.spec', { id: lasting })).name, await keeps(lasting)]).toEqual([
    'one',
    'session',
  ])
  await expect(edit({ name: 'x' })).rejects.toMatchObject({ code: 'unauthenticated' })
})

test.each(['http://ana:PLANTED@proxy:1080', 'ana:PLANTED@proxy:1080', 'socks5://ana:PLA/NTED@proxy:1080'])(
  'a proxy is refused whose address has a password in it: %s',
  async (url) => {
    await using t = await startTestEngine({ modules })
    const spec = { kind: 'prometheus' as const, name: 'p', url: 'http://x:1', proxy: { url } }
    const refused = { code: 'invalid_input', hint: expect.stringContaining('“username”') }
    await expect(t.client.call('sources.add', spec)).rejects.toMatchObject(refused)
    await expect(t.client.call('sources.test', { spec })).rejects.toMatchObject(refused)
    const id = await add(t, { url: 'http://x:1' })
    await expect(t.client.call('sources.edit', { id, spec })).rejects.toMatchObject(refused)
    expect(JSON.stringify([await t.client.call('sources.list', {}), t.logLines])).not.toContain('PLA')
  },
)

test('an address of tokens with a password in it is refused, and is nowhere', async () => {
  await using t = await startTestEngine({ modules })
  const tokenUrl = 'https://ana:PLANTED@id.example/token'
  const auth = { type: 'oauth2' as const, tokenUrl, clientId: 'me', clientSecret: 's' }
  const spec = { kind: 'prometheus' as const, name: 'p', url: 'http://x:1', auth }
  const refused = { code: 'invalid_input', message: expect.stringContaining('a user name or a password') }
  await expect(t.client.call('sources.add', { ...spec, keep: 'session' })).rejects.toMatchObject(refused)
  await expect(t.client.call('sources.test', { spec })).rejects.toMatchObject(refused)
  expect(JSON.stringify([await t.client.call('sources.list', {}), t.logLines])).not.toContain('PLANTED')
})

async function served(
  answer: (request: IncomingMessage, body: string) => [status: number, body: string],
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const [status, text] = answer(request, body)
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a token that a program prints: run only when a person said so, without a shell, kept for a while, anew when refused', async () => {
  const dir = folder()
  const count = join(dir, 'count')
  const script = join(dir, 'token.mjs')
  writeFileSync(
    script,
    `import { appendFileSync, readFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(count)}, 'x')\nprocess.stdout.write('token-' + readFileSync(${JSON.stringify(count)}, 'utf8').length + process.argv[2] + '\\n')`,
  )
  let taken = 'Bearer token-1$(echo no)'
  const seen: string[] = []
  await using server = await served((request) => {
    const sent = request.headers.authorization ?? ''
    seen.push(sent)
    const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } })
    return sent === taken ? [200, body] : [401, 'who?']
  })
  await using t = await startTestEngine({ modules })
  const command = [process.execPath, script, '$(echo no)']
  const auth = { type: 'bearer' as const, token: { command } }
  await expect(add(t, { url: server.url, auth })).rejects.toMatchObject({
    code: 'permission_denied',
    details: { commands: [command] },
  })
  await expect(
    t.client.call('sources.test', { spec: { kind: 'prometheus', name: 'p', url: server.url, auth } }),
  ).rejects.toMatchObject({ code: 'permission_denied' })
  expect(existsSync(count)).toBe(false)
  const { id } = await t.client.call('sources.add', {
    kind: 'prometheus',
    name: 'p',
    url: server.url,
    auth,
    confirmCommands: true,
  })
  await ask(t, id, 'a')
  await ask(t, id, 'b')
  expect(readFileSync(count, 'utf8')).toBe('x')
  taken = 'Bearer token-2$(echo no)'
  await ask(t, id, 'c')
  expect(seen.at(-1)).toBe(taken)
  // kept as it is, an edit needs no second word; another program does
  const spec = await t.client.call('sources.spec', { id })
  await t.client.call('sources.edit', { id, spec: { ...spec, name: 'renamed' } })
  const other = { type: 'bearer' as const, token: { command: ['/bin/other'] } }
  await expect(t.client.call('sources.edit', { id, spec: { ...spec, auth: other } })).rejects.toMatchObject({
    code: 'permission_denied',
  })
  for (const [argv, said] of [
    [['/no/such/program'], 'cannot be started'],
    [[process.execPath, '-e', 'process.exit(3)'], 'failed (3)'],
    [[process.execPath, '-e', ' '], 'printed nothing'],
  ] as const) {
    const broken = await t.client.call('sources.add', {
      kind: 'prometheus',
      name: 'p',
      url: server.url,
      auth: { type: 'bearer', token: { command: [...argv] } },
      confirmCommands: true,
    })
    await expect(ask(t, broken.id)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining(said),
    })
  }
})

test('AWS Signature 4 is what AWS itself computes for the same request (Prometheus 20)', async () => {
  // the example of AWS's own documentation: GET of iam ListUsers, 30 August 2015
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2015-08-30T12:36:00Z') })
  try {
    const signed = await signedHeaders(
      {
        type: 'sigv4',
        region: 'us-east-1',
        service: 'iam',
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      },
      async (secret) => String(secret),
      {
        method: 'GET',
        url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
        body: '',
        contentType: 'application/x-www-form-urlencoded; charset=utf-8',
      },
    )
    expect(signed).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    })
  } finally {
    vi.useRealTimers()
  }
})
