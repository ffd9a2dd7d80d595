// Into a bastion in each way there is, through several, and again after it went away.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthContext } from 'ssh2'
import { expect, onTestFinished, test, vi } from 'vitest'
import { newKey, owns, startAgent, startBastion, type Bastion } from '../../../../../test/support/bastion.ts'
import { startTestEngine, type TestEngine } from '../../../../../test/support/engine.ts'
import { pem, startFaultServer } from '../../../../../test/support/fault-server.ts'
import { asEpochNs } from '../../../../shared/base/time.ts'
import { type Hop, type SourceSpecInput, zSourceSpec } from '../../../../shared/contract/source-spec.ts'
import { metricsModule } from '../../../metrics/index.ts'
import { systemClock } from '../../../platform/system.ts'
import { sourcesModuleWith } from '../../../sources/index.ts'
import { prometheusConnector } from '../../prometheus/index.ts'
import { AlertmanagerClient } from '../../alertmanager/client.ts'
import { forwardFailure, tunnelFor } from './tunnel.ts'

const modules = [metricsModule, sourcesModuleWith([prometheusConnector])]
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:10:00Z' }

const hopTo = (bastion: Bastion, how: Partial<Hop>): Hop => ({
  host: '127.0.0.1',
  port: bastion.port,
  user: 'ana',
  agent: false,
  hostKey: bastion.hostKey,
  ...how,
})
async function behind(t: TestEngine, url: string, hops: Hop[], more: Partial<SourceSpecInput> = {}): Promise<string> {
  const spec: SourceSpecInput = {
    kind: 'prometheus',
    name: 'behind',
    url,
    ssh: { hops, useConfig: false },
    keep: 'session',
    ...more,
  } as SourceSpecInput & { keep: 'session' }
  return (await t.client.call('sources.add', { ...spec, keep: 'session' })).id
}
async function value(t: TestEngine, id: string, query = 'up'): Promise<number[]> {
  const answer = await t.client.call('metrics.query', { range: RANGE, query, sources: [id] })
  return [...(answer.series[0]?.values.values ?? [])]
}
const withPassword =
  (password: string) =>
  (context: AuthContext): boolean =>
    context.method === 'password' && context.password === password

test('a password, a question that does not echo, a key, a key with its passphrase and an agent each let in', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-agent-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const plain = newKey()
  const locked = newKey('open sesame')
  const held = newKey()
  const socket = join(folder, 'agent')
  await using agent = await startAgent(socket, held.parsed)
  vi.stubEnv('SSH_AUTH_SOCK', socket)
  onTestFinished(() => void vi.unstubAllEnvs())

  const questions = (context: AuthContext): boolean | Promise<boolean> =>
    context.method === 'keyboard-interactive' &&
    new Promise((resolve) =>
      context.prompt(
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Favourite colour: ', echo: true },
        ],
        (answers) => resolve(answers[0] === 'p w' && answers[1] === ''),
      ),
    )
  const ways: ReadonlyArray<readonly [(context: AuthContext) => boolean | Promise<boolean>, Partial<Hop>]> = [
    [withPassword('p w'), { password: 'p w' }],
    [questions, { password: 'p w' }],
    [(context) => owns(context, plain.parsed), { key: plain.private }],
    [(context) => owns(context, locked.parsed), { key: locked.private, passphrase: 'open sesame' }],
    [(context) => owns(context, held.parsed), { agent: true }],
  ]
  const tried: string[][] = []
  for (const [lets, how] of ways) {
    await using bastion = await startBastion({ lets })
    expect(await value(t, await behind(t, server.url, [hopTo(bastion, how)]))).toEqual([7])
    expect(bastion.forwarded).toEqual([`127.0.0.1:${server.port}`])
    tried.push([...new Set(bastion.tried)])
  }
  // `none` is the question which ways there are; the agent is tried before the keys, a password before questions
  expect(tried.map((list) => list.filter((how) => !how.startsWith('none')))).toEqual([
    ['password ana'],
    ['password ana', 'keyboard-interactive ana'],
    ['publickey ana'],
    ['publickey ana'],
    ['publickey ana'],
  ])
  expect(agent.signed()).toBe(1)
})

test('who is not let in is told so, with what to do; nothing of the password is in it', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  await using bastion = await startBastion({ lets: () => false })
  const locked = newKey('right')
  const refusals: unknown[] = []
  for (const how of [
    { password: 'PLANTED' },
    { key: newKey().private },
    { key: locked.private },
    { key: locked.private, passphrase: 'PLANTED' },
    { key: 'no key at all' },
  ] satisfies Partial<Hop>[]) {
    const id = await behind(t, server.url, [hopTo(bastion, how)])
    refusals.push(
      await value(t, id).catch((error: { code: string; message: string }) => [
        error.code,
        error.message.replace(String(bastion.port), 'PORT'),
      ]),
    )
  }
  expect(refusals).toEqual([
    ['unauthenticated', 'The bastion did not let ana@127.0.0.1:PORT in.'],
    ['unauthenticated', 'The bastion did not let ana@127.0.0.1:PORT in.'],
    ['unauthenticated', 'The SSH key needs its passphrase, or the one given is wrong.'],
    ['unauthenticated', 'The SSH key needs its passphrase, or the one given is wrong.'],
    ['unauthenticated', 'What was given as SSH key is none.'],
  ])
  expect(JSON.stringify([refusals, t.logLines])).not.toContain('PLANTED')
  expect(server.seen).toEqual([])
})

test('a tunnel that broke is made anew by the next question, and again; old connections do not linger', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  await using bastion = await startBastion({ lets: withPassword('p') })
  const id = await behind(t, server.url, [hopTo(bastion, { password: 'p' })])
  const got: number[][] = []
  for (const query of ['a', 'b', 'c']) {
    got.push(await value(t, id, query))
    expect(bastion.connections()).toBe(1)
    await bastion.cut()
    expect(bastion.connections()).toBe(0)
  }
  expect(got).toEqual([[7], [7], [7]])
})

test('what changes the backend is sent once, though the bastion goes before the answer; a look is asked again', async () => {
  await using server = await startFaultServer()
  await using bastion = await startBastion({ lets: withPassword('p') })
  const spec = zSourceSpec.parse({
    kind: 'alertmanager',
    name: 'behind',
    url: server.url,
    ssh: { hops: [hopTo(bastion, { password: 'p' })], useConfig: false },
  })
  const services = { clock: systemClock, secret: async (secret: unknown) => String(secret), warn: () => undefined }
  const client = new AlertmanagerClient(spec, services, () => undefined, tunnelFor(spec, services))
  onTestFinished(() => client.http.close())
  const asking = { signal: new AbortController().signal, view: 'test' }
  const at = asEpochNs(1n)
  const draft = { matchers: [], creator: 'ana', comment: 'x', startsAt: at, endsAt: at }
  for (const [ask, isSentAgain] of [
    [() => client.silence(draft, asking), false],
    [() => client.alerts(asking), true],
  ] as const) {
    const before = server.seen.length
    server.fault = 'frozen'
    const asked = ask().then(
      () => 'answered',
      (error: { code: string }) => error.code,
    )
    await expect.poll(() => server.seen.length).toBe(before + 1)
    server.fault = 'none'
    server.body = '[]'
    await bastion.cut()
    expect([await asked, server.seen.length - before]).toEqual(isSentAgain ? ['answered', 2] : ['unavailable', 1])
  }
})

test('through two bastions over TLS: the far one is reached from the near one, and the chain stands again after either broke', async () => {
  await using server = await startFaultServer({ cert: 'good.pem' })
  await using t = await startTestEngine({ modules })
  await using near = await startBastion({ lets: withPassword('one') })
  await using far = await startBastion({ lets: withPassword('two') })
  const hops = [hopTo(near, { password: 'one' }), hopTo(far, { password: 'two' })]
  const id = await behind(t, `https://localhost:${server.port}`, hops, { tls: { ca: pem('ca.pem') } })
  const got: number[][] = []
  for (const [query, broken] of [
    ['a', far],
    ['b', near],
    ['c', far],
    ['d', near],
  ] as const) {
    got.push(await value(t, id, query))
    await broken.cut()
  }
  got.push(await value(t, id, 'e'))
  expect(got).toEqual([[7], [7], [7], [7], [7]])
  expect([...new Set(near.forwarded)]).toEqual([`127.0.0.1:${far.port}`])
  expect([...new Set(far.forwarded)]).toEqual([`localhost:${server.port}`])
})

/** The intervals of the library alone stand still until they are advanced: sockets and time-outs are real. */
function heldIntervals(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('each hop is given a sign of life in the interval of the settings, and none where it is 0', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  await using near = await startBastion({ lets: withPassword('p') })
  await using far = await startBastion({ lets: withPassword('p') })
  const hops = [hopTo(near, { password: 'p' }), hopTo(far, { password: 'p' })]
  heldIntervals()
  const id = await behind(t, server.url, hops, { ssh: { hops, useConfig: false, keepAliveSeconds: 7 } })
  await value(t, id)
  // a question goes the same way behind them: what had been sent has been read when it is answered
  vi.advanceTimersByTime(6999)
  await value(t, id, 'before')
  expect([near.signs(), far.signs()]).toEqual([0, 0])
  const first = Promise.all([near.nextSign(), far.nextSign()])
  vi.advanceTimersByTime(1)
  await first
  await value(t, id, 'after')
  const second = Promise.all([near.nextSign(), far.nextSign()])
  vi.advanceTimersByTime(7000)
  await second
  expect([near.signs(), far.signs(), near.connections(), far.connections()]).toEqual([2, 2, 1, 1])

  await using quiet = await startBastion({ lets: withPassword('p') })
  const alone = [hopTo(quiet, { password: 'p' })]
  const none = await behind(t, server.url, alone, { ssh: { hops: alone, useConfig: false, keepAliveSeconds: 0 } })
  await value(t, none)
  vi.advanceTimersByTime(3_600_000)
  await value(t, none, 'later')
  expect(quiet.signs()).toBe(0)
})

test('a bastion that answers no sign of life is given up after three, and joined anew', async () => {
  await using server = await startFaultServer()
  await using t = await startTestEngine({ modules })
  await using bastion = await startBastion({ lets: withPassword('p') })
  heldIntervals()
  const id = await behind(t, server.url, [hopTo(bastion, { password: 'p' })])
  expect(await value(t, id, 'a')).toEqual([7])
  bastion.freeze()
  const failed = () => t.logLines.filter(({ message }) => message === 'the bastion failed')
  // the usual interval: three go out, the next finds them unanswered
  vi.advanceTimersByTime(3 * 15_000)
  expect(failed()).toEqual([])
  vi.advanceTimersByTime(15_000)
  expect(failed()).toMatchObject([{ error: { message: 'Keepalive timeout' } }])
  expect(await value(t, id, 'b')).toEqual([7])
  expect(await value(t, id, 'c')).toEqual([7])
  expect(bastion.tried.filter((how) => how.startsWith('password'))).toHaveLength(2)
})

test('a far end that is not there, a bastion with another key and one that is gone are told apart', async () => {
  await using t = await startTestEngine({ modules })
  await using bastion = await startBastion({ lets: withPassword('p') })
  const gone = await startBastion({ lets: () => true })
  await gone[Symbol.asyncDispose]()
  const said: unknown[] = []
  for (const hop of [
    hopTo(bastion, { password: 'p' }),
    hopTo(bastion, { password: 'p', hostKey: `SHA256:${'A'.repeat(43)}` }),
    hopTo(gone, { password: 'p' }),
  ]) {
    const id = await behind(t, `http://127.0.0.1:${gone.port}`, [hop])
    said.push(
      await value(t, id).catch((error: { code: string; message: string }) => [
        error.code,
        error.message.replaceAll(/:\d+\b/g, ':PORT').replace(/\(SHA256:.*\)/, '(KEY)'),
      ]),
    )
  }
  expect(said).toEqual([
    ['unavailable', 'The bastion could not connect to 127.0.0.1:PORT.'],
    ['permission_denied', 'The key of the bastion 127.0.0.1 is not the one that was accepted before (KEY).'],
    ['unavailable', 'The bastion ana@127.0.0.1:PORT could not be reached.'],
  ])
  // a key that is not the accepted one ends it before anything of the person is sent
  expect(bastion.tried.filter((how) => how.startsWith('password'))).toHaveLength(1)
})

test('a bastion that will not forward is told from one that cannot, by the code and not by its words', () => {
  // OpenSSH says "open failed" in both cases
  const refusal = (reason: unknown) =>
    forwardFailure(Object.assign(new Error('(SSH) Channel open failure: open failed'), { reason }), 'db', 5432).error
  expect(forwardFailure(new Error('No response from server'), 'db', 5432)).toMatchObject({
    error: { code: 'unavailable', message: 'The connection to the bastion broke.' },
    transient: true,
  })
  expect([1, 2, ''].map((reason) => [refusal(reason).code, refusal(reason).message])).toEqual([
    ['permission_denied', 'The bastion does not allow connections to db:5432.'],
    ['unavailable', 'The bastion could not connect to db:5432.'],
    ['unavailable', 'The bastion could not connect to db:5432.'],
  ])
})
