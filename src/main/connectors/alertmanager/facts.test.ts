// The facts of docs/connectors.md about Alertmanager, by their numbers, on servers that answer as its versions do.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../../test/support/engine.ts'
import { type Answer, startFaultServer } from '../../../../test/support/fault-server.ts'
import { asEpochNs, type EpochNs, NS_PER_S, tryParseRfc3339 } from '../../../shared/base/time.ts'
import { frameToJsonTable } from '../../../shared/frame/table.ts'
import { isMuted } from '../../alerts/silence.ts'
import { ALL_MODULES } from '../../modules.ts'

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})
const ABSENT: Answer = { status: 404, type: 'text/plain', body: '404 page not found' }
const START = '2026-11-24T10:00:00.000Z'
const RANGE = { from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z' }
const alert = (more: object = {}) => ({
  fingerprint: 'f1',
  labels: { alertname: 'Down', instance: 'a' },
  annotations: {},
  startsAt: START,
  endsAt: '2099-01-01T00:00:00.000Z',
  receivers: [{ name: 'team' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [] },
  ...more,
})

/** @param answers by the end of the path; null: there is no such path */
async function opened(answers: Record<string, unknown>) {
  const answered = { alerts: [], silences: [], groups: [], receivers: [], ...answers }
  const server = await startFaultServer({
    answerTo: (path) => {
      const found: unknown = Reflect.get(answered, path.split('/').at(-1) ?? '') ?? ABSENT
      return typeof found === 'object' && found !== null && 'type' in found ? (found as Answer) : json(found)
    },
  })
  let now = tryParseRfc3339('2026-11-24T12:00:00Z') as EpochNs
  const t = await startTestEngine({ modules: ALL_MODULES, clock: { now: () => now } })
  const { id } = await t.client.call('sources.add', { kind: 'alertmanager', name: 'am', url: server.url })
  return {
    t,
    id,
    answered,
    server,
    pass: (seconds: bigint) => (now = asEpochNs(now + seconds * NS_PER_S)),
    list: async () => frameToJsonTable((await t.client.call('alerts.list', { range: RANGE })).table).rows,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('2: an alert that fires again under its fingerprint is another alert: its start tells them apart', async () => {
  await using o = await opened({ alerts: [alert()] })
  await o.list()
  o.pass(60n)
  o.answered.alerts = [alert({ startsAt: '2026-11-24T11:00:00.000Z' })] as never[]
  expect((await o.list()).map((row) => [row['fingerprint'], row['startsAt'], row['state']])).toEqual([
    ['f1', '2026-11-24T11:00:00.000000000Z', 'active'],
    ['f1', '2026-11-24T10:00:00.000000000Z', 'ended'],
  ])
})

test('3: what is unprocessed is about to be told: it counts as active', async () => {
  const status = { state: 'unprocessed', silencedBy: [], inhibitedBy: [] }
  await using o = await opened({ alerts: [alert({ status })] })
  expect((await o.list()).map((row) => row['state'])).toEqual(['active'])
})

test('4: an alert stands in every group that its routes put it in', async () => {
  const groups = ['team', 'pager'].map((name) => ({
    receiver: { name },
    labels: { alertname: 'Down' },
    alerts: [alert()],
  }))
  await using o = await opened({ alerts: [alert()], groups, receivers: [{ name: 'team' }, { name: 'pager' }] })
  const told = await o.t.client.call('alerts.groups', {})
  expect(told.groups.map(({ receiver, fingerprints }) => [receiver, fingerprints])).toEqual([
    ['team', ['f1']],
    ['pager', ['f1']],
  ])
  expect(await o.list()).toHaveLength(1)
})

test('5: a matcher without isEqual means equal; a regex has to match the whole value, an absent label is empty', async () => {
  const silence = {
    id: 's1',
    status: { state: 'active' },
    matchers: [{ name: 'instance', value: 'a', isRegex: false }],
    createdBy: 'ana',
    comment: '',
    startsAt: START,
    endsAt: '2099-01-01T00:00:00.000Z',
    updatedAt: START,
  }
  await using o = await opened({ silences: [silence] })
  const { silences } = await o.t.client.call('alerts.silences', {})
  expect(silences[0]?.matchers).toEqual([{ name: 'instance', value: 'a', isRegex: false, isEqual: true }])
  const matcher = (value: string, isRegex: boolean, isEqual = true) => [{ name: 'x', value, isRegex, isEqual }]
  expect(isMuted(matcher('b', true), { x: 'abc' })).toBe(false)
  expect(isMuted(matcher('a.c', true), { x: 'abc' })).toBe(true)
  expect(isMuted(matcher('', false), { y: '1' })).toBe(true)
  expect(isMuted(matcher('a', false, false), { y: '1' })).toBe(true)
})

test.each([
  ['0.25, by a server error', json('silence s1 not found', 500), 'not_found', 'silence s1 not found'],
  ['later, by its status', json('silence not found', 404), 'not_found', 'silence not found'],
  [
    'in an object with a message',
    json({ code: 601, message: 'silence in path is too long' }, 422),
    'invalid_input',
    /too long/,
  ],
  ['by a failure of its own', json('disk full', 500), 'unavailable', /failed \(500\)/],
] as const)('6: a refusal is told in the words of the server: %s', async (_how, refusal, code, message) => {
  const silence = {
    id: 's1',
    status: { state: 'active' },
    matchers: [],
    startsAt: START,
    endsAt: '2099-01-01T00:00:00.000Z',
  }
  await using o = await opened({ silences: [silence], s1: refusal })
  await expect(o.t.client.call('alerts.expire', { source: o.id, id: 's1' })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
  expect(o.server.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
})

test.each([
  ['ready', true],
  ['disabled', false],
] as const)('8: whether silences are shared by a cluster is told: %s', async (status, clustered) => {
  await using o = await opened({ alerts: [], status: { versionInfo: { version: '0.27.0' }, cluster: { status } } })
  await o.list()
  const told = async () => (await o.t.client.call('sources.health', { id: o.id })).sources[0]?.capabilities
  await expect.poll(told).toBeDefined()
  expect((await told())?.flags).toMatchObject({ cluster: clustered })
})
