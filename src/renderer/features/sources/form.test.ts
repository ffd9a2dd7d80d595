// What a person fills in becomes a spec, and a kept spec the form again, without losing what the form does not show.
import { expect, test } from 'vitest'
import { type SourceSpec, zSourceSpec } from '../../../shared/contract/source-spec.ts'
import { type Draft, draftOf, EMPTY, headersOf, specOf } from './form.ts'
import { moved, newHop } from './form-hops.ts'
import { NO_LIMITS } from './form-limits.ts'
import { wrongOf } from './form-wrong.ts'

const draft = (more: Partial<Draft>): Draft => ({ ...EMPTY, name: 'prod', url: 'https://prom.example', ...more })
const spec = (more: Partial<SourceSpec>): SourceSpec => ({
  ...zSourceSpec.parse({ kind: 'prometheus', name: 'prod', url: 'https://prom.example' }),
  ...more,
})

test('headers, a client certificate and a token in a file become what the engine takes', () => {
  const made = specOf(
    draft({
      auth: 'file',
      tokenFile: ' /run/token ',
      headers: 'X-Team: payments\n\n X-Route:eu: west',
      cert: '/etc/me.pem',
      key: { typed: '/etc/me.key' },
    }),
    undefined,
  )
  expect(zSourceSpec.parse(made)).toMatchObject({
    auth: { type: 'bearer', token: { file: '/run/token' } },
    headers: { 'X-Team': 'payments', 'X-Route': 'eu: west' },
    tls: { cert: { file: '/etc/me.pem' }, key: { file: '/etc/me.key' } },
  })
})

test('what is kept is not shown, and stays as it was unless another is typed or it is taken away', () => {
  const before = spec({
    headers: { 'X-Team': { vault: 'headers.x-team' }, 'X-Other': { env: 'OTHER' } },
    tls: { cert: 'PEM', key: { vault: 'tls.key' }, passphrase: { vault: 'tls.passphrase' }, insecure: false },
    params: { dedup: 'true' },
  })
  const shown = draftOf(before)
  expect([shown.headers, shown.cert, shown.key.typed]).toEqual(['X-Team: ***\nX-Other: ***', 'PEM', ''])
  expect(specOf({ ...shown, cert: '-----BEGIN CERTIFICATE-----' }, before)).toMatchObject({
    headers: before.headers,
    tls: { cert: '-----BEGIN CERTIFICATE-----', key: { vault: 'tls.key' }, passphrase: { vault: 'tls.passphrase' } },
    params: { dedup: 'true' },
  })
  const other = specOf({ ...shown, headers: 'X-Team: checkout', cert: '' }, before)
  expect([other.headers, other.tls]).toEqual([{ 'X-Team': 'checkout' }, undefined])
})

test('a token from a file, a program or the vault comes back as what it was', () => {
  const bearer = (token: SourceSpec['auth'] & { type: 'bearer' }) => draftOf(spec({ auth: token }))
  expect(bearer({ type: 'bearer', token: { file: '/run/token' } })).toMatchObject({
    auth: 'file',
    secret: { typed: '' },
  })
  expect(bearer({ type: 'bearer', token: { command: ['vault', 'read'] } })).toMatchObject({ auth: 'command' })
  expect(bearer({ type: 'bearer', token: { vault: 'auth.token' } })).toMatchObject({
    auth: 'bearer',
    secret: { typed: '', kept: { vault: 'auth.token' } },
  })
})

test('what is missing or is no header is said where it stands', () => {
  expect(headersOf('no colon')).toBeUndefined()
  expect(wrongOf(draft({ headers: 'no colon', auth: 'file', key: { typed: '/etc/me.key' } }))).toEqual({
    headers: 'header',
    tokenFile: 'needed',
    cert: 'needed',
  })
  expect(wrongOf(draft({}))).toEqual({})
  expect(headersOf('X-Team: a\nx-team: b')).toBeUndefined()
})

test('a kept header is known by its name in any case, and stars without one are no value', () => {
  const before = spec({ headers: { 'X-Team': { vault: 'headers.x-team' } } })
  const typed = draft({ headers: 'x-team: ***' })
  expect([wrongOf(typed, before.headers), specOf(typed, before).headers]).toEqual([
    {},
    { 'x-team': { vault: 'headers.x-team' } },
  ])
  expect(wrongOf(draft({ headers: 'X-Team: ***\nX-New: ***' }), before.headers)).toEqual({ headers: 'kept' })
  expect(wrongOf(draft({ headers: 'X-Team: ***' }))).toEqual({ headers: 'kept' })
})

/** Everything that a spec can hold, as the engine answers it. */
const WHOLE = zSourceSpec.parse({
  kind: 'prometheus',
  name: 'prod',
  url: 'https://prom.example',
  auth: {
    type: 'oauth2',
    tokenUrl: 'https://id.example/token',
    clientId: 'me',
    clientSecret: { vault: 'auth.clientSecret' },
    scopes: ['a', 'b'],
    audience: 'prom',
    method: 'post',
  },
  tls: {
    ca: { file: '/ca.pem' },
    cert: 'PEM -----BEGIN',
    key: { vault: 'tls.key' },
    passphrase: { vault: 'tls.passphrase' },
    serverName: 'inner',
    insecure: true,
  },
  headers: { 'X-Team': { vault: 'headers.x-team' } },
  tenant: 'a|b',
  params: { dedup: 'true', extra_label: 'cluster=eu', empty: '' },
  proxy: { url: 'http://proxy:1', username: 'ana', password: { vault: 'proxy.password' }, except: '.internal' },
  ssh: {
    useConfig: false,
    keepAliveSeconds: 0,
    hops: [
      { host: 'gate', user: 'ana@corp.example', port: 2222, agent: false, key: { file: '/k' }, hostKey: 'SHA256:a' },
      { host: '::1', password: { vault: 'ssh.1.password' } },
      { host: 'inner', key: { vault: 'ssh.2.key' }, passphrase: { vault: 'ssh.2.passphrase' } },
    ],
  },
  limits: { inFlight: 2, perSecond: 0.5, answerBytes: 1_000_001, timeoutMs: 1234, series: 7, traces: 9 },
  environment: 'prod',
  traceIdLabel: 'tid',
})

test('a spec goes through the form and comes back whole, whatever it holds', () => {
  expect(zSourceSpec.parse(specOf(draftOf(WHOLE), WHOLE))).toEqual(WHOLE)
  for (const auth of [
    {
      type: 'sigv4',
      region: 'eu',
      service: 'es',
      accessKeyId: 'A',
      secretAccessKey: { env: 'K' },
      sessionToken: { vault: 'auth.sessionToken' },
    },
    { type: 'basic', username: 'u', password: { env: 'P' } },
    { type: 'bearer', token: { command: ['vault', 'read'] } },
    { type: 'apiKey', header: 'X-Key', key: { vault: 'auth.key' } },
    { type: 'none' },
  ] as const) {
    const with_ = zSourceSpec.parse({ ...WHOLE, auth })
    expect(zSourceSpec.parse(specOf(draftOf(with_), with_))).toEqual(with_)
  }
})

test('a secret of each place comes from a variable and stays so when something else is edited', () => {
  const at = (name: string) => ({ env: name })
  const before = zSourceSpec.parse({
    ...WHOLE,
    auth: { type: 'sigv4', region: 'eu', accessKeyId: 'A', secretAccessKey: at('AWS'), sessionToken: at('SESSION') },
    tls: { cert: 'PEM -----BEGIN', key: at('TLS_KEY'), passphrase: at('TLS_PASS') },
    proxy: { url: 'http://proxy:1', username: 'ana', password: at('PROXY_PASS') },
    ssh: {
      hops: [
        { host: 'gate', key: at('HOP_KEY'), passphrase: at('HOP_PASS') },
        { host: 'inner', password: at('HOP_WORD') },
      ],
    },
  })
  const shown = draftOf(before)
  expect(zSourceSpec.parse(specOf({ ...shown, name: 'renamed' }, before))).toEqual({ ...before, name: 'renamed' })
  // a bastion goes without a proxy, as the engine has it
  expect(wrongOf({ ...shown, proxy: 'system' }, before.headers)).toEqual({})

  // said in the form, and taken back there
  const none = { typed: '', env: ' ' }
  const [hop] = shown.hops
  const without = {
    ...shown,
    secret: none,
    sessionToken: none,
    key: none,
    passphrase: none,
    proxyPassword: none,
    hops: [{ ...hop, key: none, passphrase: none, password: none }] as typeof shown.hops,
  }
  const needed = (...fields: string[]) => Object.fromEntries(fields.map((field) => [field, 'needed']))
  const inHop = ['hops.0.key', 'hops.0.passphrase', 'hops.0.password']
  expect(wrongOf(without, before.headers)).toEqual({
    ...needed('secret', 'sessionToken', 'key', 'passphrase', 'proxyPassword', ...inHop),
    proxyUrl: 'both',
  })
  const typed = { ...without, cert: '/c', key: { typed: '/k', env: undefined }, passphrase: { typed: 'open' } }
  expect(specOf(typed, before).tls).toMatchObject({ cert: { file: '/c' }, key: { file: '/k' }, passphrase: 'open' })
  expect(specOf({ ...without, proxyPassword: { typed: '', env: ' P ' } }, before).proxy).toMatchObject({
    password: { env: 'P' },
  })
})

test('what was kept for a session that is over is asked for again, each at its field, and never sent as a mark', () => {
  const shown = draftOf(WHOLE, true)
  const gone = ['key', 'passphrase', 'hops.1.password', 'hops.2.key', 'hops.2.passphrase'].map(
    (field) => [field, 'gone'] as const,
  )
  const wrong = {
    ...Object.fromEntries(gone),
    secret: 'goneNeeded',
    headers: 'goneHeader',
    proxyUrl: 'both',
    proxyPassword: 'gone',
  }
  expect(wrongOf(shown, WHOLE.headers)).toEqual(wrong)
  expect(JSON.stringify(specOf({ ...shown, headers: '' }, WHOLE))).not.toContain('vault')

  const [first, second, third] = shown.hops
  const given = {
    ...shown,
    secret: { typed: 'new' },
    key: { typed: '/k' },
    // not needed: taken away
    passphrase: { typed: '' },
    headers: 'X-Team: new',
    proxy: 'none' as const,
    hops: [
      first,
      { ...second, password: { typed: '', gone: true, env: 'P' } },
      { ...third, key: { typed: '/k' }, passphrase: { typed: 'p', gone: true } },
    ] as typeof shown.hops,
  }
  expect(wrongOf(given, WHOLE.headers)).toEqual({})
  expect(zSourceSpec.parse(specOf(given, WHOLE))).toMatchObject({
    auth: { clientSecret: 'new' },
    tls: { key: { file: '/k' } },
    headers: { 'X-Team': 'new' },
    ssh: { hops: [{ host: 'gate' }, { password: { env: 'P' } }, { key: { file: '/k' }, passphrase: 'p' }] },
  })
  // what is read from elsewhere is not gone
  const variables = spec({ headers: { 'X-Other': { env: 'OTHER' } }, auth: { type: 'bearer', token: { env: 'T' } } })
  expect(wrongOf(draftOf(variables, true), variables.headers)).toEqual({})
})

test('hops are moved and taken away with their secrets; one that is typed goes before one that is kept', () => {
  const shown = draftOf(WHOLE)
  const up = moved(shown.hops, 2, -1)
  const hops = specOf({ ...shown, hops: up }, WHOLE).ssh?.hops
  expect(hops?.map(({ host }) => host)).toEqual(['gate', 'inner', '::1'])
  expect(hops?.[1]).toEqual({ host: 'inner', key: { vault: 'ssh.2.key' }, passphrase: { vault: 'ssh.2.passphrase' } })
  expect([moved(shown.hops, 0, -1), moved(shown.hops, 2, 1)]).toEqual([shown.hops, shown.hops])
  const [first, second] = shown.hops
  const changed = [
    { ...second, password: { ...second?.password, typed: 'new' } },
    { ...first, key: { typed: '-----BEGIN KEY' } },
  ]
  expect(specOf({ ...shown, hops: changed as typeof shown.hops }, WHOLE).ssh?.hops).toMatchObject([
    { host: '::1', password: 'new' },
    { host: 'gate', key: '-----BEGIN KEY' },
  ])
  expect(specOf({ ...shown, hops: [] }, WHOLE).ssh).toBeUndefined()
})

test('limits, parameters, hops and a proxy that cannot be are said at their field', () => {
  const bastion = { ...newHop([]), where: 'a b' }
  const wrong = wrongOf(
    draft({
      limits: {
        ...NO_LIMITS,
        inFlight: '0',
        perSecond: '1e3',
        timeoutMs: '601',
        answerBytes: '5000',
        series: '1.5',
        traces: 'x',
      },
      params: 'dedup',
      hops: [bastion, { ...bastion, id: 1, where: 'ok:99999' }],
      keepAlive: '-1',
    }),
  )
  expect(wrong).toEqual({
    'limits.inFlight': 'limit',
    'limits.perSecond': 'limit',
    'limits.timeoutMs': 'limit',
    'limits.answerBytes': 'limit',
    'limits.series': 'limit',
    params: 'param',
    'hops.0.where': 'bastion',
    'hops.1.where': 'bastion',
    keepAlive: 'keepAlive',
  })
  expect(wrongOf(draft({ proxy: 'own', proxyUrl: 'http://x/proxy.pac' }))).toEqual({ proxyUrl: 'proxy' })
  // a password would stand in the address, which is shown
  for (const proxyUrl of ['http://ana:secret@x:1', 'ana:secret@x:1', 'socks5://ana:se/cret@x:1'])
    expect(wrongOf(draft({ proxy: 'own', proxyUrl }))).toEqual({ proxyUrl: 'credentials' })
  expect(wrongOf(draft({ url: 'https://ana:secret@prom.example' }))).toEqual({ url: 'credentials' })
  const tokenUrl = 'https://ana:secret@id.example/token'
  expect(wrongOf(draft({ auth: 'oauth2', clientId: 'me', secret: { typed: 's' }, tokenUrl }))).toEqual({
    tokenUrl: 'credentials',
  })
  expect(wrongOf(draft({ url: 'https://prom.example/@team' }))).toEqual({})
  const both = draft({ proxy: 'own', proxyUrl: 'http://x:1', hops: [{ ...bastion, where: 'gate' }] })
  expect(wrongOf(both)).toEqual({ proxyUrl: 'both' })
  expect(wrongOf(draft({ auth: 'bearer', secret: { typed: '', env: ' ' } }))).toEqual({ secret: 'needed' })
  expect(wrongOf(draft({ auth: 'bearer' }))).toEqual({ secret: 'needed' })
})
