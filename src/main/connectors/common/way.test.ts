// The way to a source: which proxy, which hops, which host keys, how long to wait.

import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfter } from './failures.ts'
import { chooseProxy, exempt } from './proxy.ts'
import { hostConfig, hostsOf, parseJump, wildcard } from './ssh/config.ts'
import { fingerprint, knownTypes, verdictOf } from './ssh/known-hosts.ts'
import { resolveHops } from './ssh/hops.ts'

const url = (text: string): URL => new URL(text)

test('the environment’s proxy is taken by protocol, not for loopback, not for what NO_PROXY names', () => {
  const env = { HTTPS_PROXY: 'http://p:1', http_proxy: 'q:2', NO_PROXY: 'in.example, .corp:8443,10.0.0.0/8' }
  const chosen = (text: string) => chooseProxy('system', url(text), env)?.url.host
  expect(
    [
      'https://a.example',
      'http://a.example',
      'https://localhost',
      'https://127.1.2.3',
      'https://x.in.example',
      'https://notin.example',
      'https://a.corp:8443',
      'https://a.corp',
      'https://10.9.8.7',
    ].map(chosen),
  ).toEqual(['p:1', 'q:2', undefined, undefined, undefined, 'p:1', undefined, 'p:1', undefined])
  expect(chooseProxy('none', url('https://a'), env)).toBeUndefined()
  expect(chooseProxy({ url: 'socks5h://s:1080' }, url('https://a'), {})).toMatchObject({ kind: 'socks' })
  for (const bad of ['ftp://x', 'http://x/proxy.pac', 'pac+http://x'])
    expect(() => chooseProxy({ url: bad }, url('https://a'), {})).toThrow()
  expect(exempt('*', url('https://a'))).toBe(true)
})

test('~/.ssh/config: the first value of each word wins, patterns and negations count, Match is passed over', () => {
  const config = [
    'Host !no.example *.example',
    '  User ana',
    '  ProxyJump jump@gate:2222',
    'Match exec "touch /tmp/never"',
    '  User evil',
    'Host *',
    '  User bob',
    '  Port 2022',
    '  IdentityFile ~/.ssh/work',
    '  HostName %h.internal',
  ].join('\n')
  expect(hostConfig(config, 'a.example', '/home/me')).toEqual({
    hostName: 'a.example.internal',
    port: 2022,
    user: 'ana',
    identityFiles: ['/home/me/.ssh/work'],
    proxyJump: 'jump@gate:2222',
    identityAgent: undefined,
  })
  expect(hostConfig(config, 'no.example', '/home/me').user).toBe('bob')
  expect(parseJump('u@[::1]:22')).toEqual({ host: '::1', user: 'u', port: 22 })
  const hops = resolveHops([{ host: 'a.example' }, { host: 'b', user: 'x' }], config)
  expect(hops.map(({ host, port, user, index }) => [host, port, user, index])).toEqual([
    ['gate.internal', 2222, 'jump', 0],
    ['a.example.internal', 2022, 'ana', 0],
    ['b.internal', 2022, 'x', 1],
  ])
})

test('hosts that can be named are offered; patterns are not, and a host that ProxyJump put before is known as such', () => {
  const config = 'Host gate inner\n  ProxyJump none\nhost = "db one"\nHost *.corp !evil ?\n# Host not\nHost gate late'
  expect(hostsOf(config)).toEqual(['gate', 'inner', 'db', 'one', 'late'])
  expect(resolveHops([{ host: 'a' }], 'Host a\n  ProxyJump gate').map((hop) => hop.jump)).toEqual([true, false])
})

test('a wildcard matches as its regular expression would, in linear time', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*?]{0,8}$/), fc.stringMatching(/^[ab]{0,8}$/), (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      expect(wildcard(pattern, text)).toBe(expression.test(text))
    }),
  )
})

test('known_hosts: plain, hashed, with a port, another key, revoked', () => {
  const key = (type: string, body: string): Buffer => {
    const name = Buffer.from(type)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(name.length)
    return Buffer.concat([length, name, Buffer.from(body)])
  }
  const good = key('ssh-ed25519', 'good')
  const other = key('ssh-ed25519', 'other')
  const rsa = key('ssh-rsa', 'rsa')
  const salt = randomBytes(20)
  const hashed = `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update('[gate]:2222').digest('base64')}`
  const text = [
    '# comment',
    `gate,10.0.0.1 ssh-ed25519 ${good.toString('base64')} me@home`,
    `${hashed} ssh-ed25519 ${good.toString('base64')}`,
    `@revoked * ssh-ed25519 ${other.toString('base64')}`,
    `far ssh-ed25519 ${good.toString('base64')}`,
  ].join('\n')
  expect([
    verdictOf(text, 'gate', 22, good),
    verdictOf(text, 'GATE', 2222, good),
    verdictOf(text, 'gate', 2223, good),
    verdictOf(text, 'gate', 22, rsa),
    verdictOf(text, 'far', 22, other),
    verdictOf(text, 'far', 22, key('ssh-ed25519', 'third')),
  ]).toEqual(['known', 'known', 'unknown', 'unknown', 'revoked', 'changed'])
  expect(knownTypes(text, 'gate', 22)).toEqual(['ssh-ed25519'])
  expect(fingerprint(good)).toMatch(/^SHA256:[\w+/]{43}$/)
})

test('Retry-After: seconds, a date, nonsense', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(['2', 'Thu, 01 Jan 2026 00:00:30 GMT', 'soon', undefined].map((text) => retryAfter(text, now))).toEqual([
    2000,
    30_000,
    undefined,
    undefined,
  ])
})
