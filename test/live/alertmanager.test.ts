// Alerts and silences of a real Alertmanager. It is given alerts of its own, so that nothing depends on what a Prometheus
// has told it so far; their names are new in every run.

import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import type { TestEngine } from '../support/engine.ts'
import { addPrometheus, LIVE, needs, startLiveEngine } from './support.ts'

const url = LIVE.alertmanager ?? ''
const RUN = randomUUID().slice(0, 8)
const HOUR = { from: 'now-1h', to: 'now' }

/** `fires: false` ends it. */
async function send(alertname: string, fires: boolean, more: Record<string, string> = {}): Promise<void> {
  const now = Date.now()
  const body = [
    {
      labels: { alertname, run: RUN, ...more },
      annotations: { summary: `${alertname} of a test` },
      startsAt: new Date(now - 60_000).toISOString(),
      endsAt: new Date(now + (fires ? 3_600_000 : -1000)).toISOString(),
      generatorURL: 'http://prom.example/graph?g0.expr=up+%3D%3D+0',
    },
  ]
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}

async function add(t: TestEngine): Promise<string> {
  return (await t.client.call('sources.add', { kind: 'alertmanager', name: 'lab', url })).id
}

async function states(t: TestEngine, id: string): Promise<Record<string, unknown>> {
  const { table } = await t.client.call('alerts.list', { range: HOUR, sources: [id], text: RUN })
  return Object.fromEntries(frameToJsonTable(table).rows.map((row) => [String(row['name']), row['state']]))
}

for (const name of ['prometheus', 'prometheus2'] as const) {
  const rules = LIVE[name] ?? ''
  describe.skipIf(rules === '')(`alerts of ${name} ${needs(name)}`, () => {
    test('what fires and what is pending comes with its value, and with its rule (15)', async () => {
      await using t = await startLiveEngine()
      const source = await addPrometheus(t, rules)
      const told = async () => {
        const { table } = await t.client.call('alerts.list', {
          range: { from: 'now-30d', to: 'now' },
          sources: [source],
        })
        return frameToJsonTable(table).rows
      }
      const named = async (name: string) => (await told()).find((row) => row['name'] === name)
      // the lab has a rule that is always pending, and a target that nobody answers for: it fires a quarter of a minute
      // after the server's start
      await expect
        .poll(() => named('AlwaysPending'))
        .toMatchObject({
          state: 'pending',
          value: 1,
          expression: 'vector(1)',
        })
      await expect
        .poll(() => named('TargetDown'))
        .toMatchObject({ state: 'active', value: 0, expression: 'up == 0', severity: 'page', also: [] })
      await expect(
        t.client.call('alerts.planSilence', {
          source,
          matchers: [{ name: 'job', value: 'x' }],
          lasts: '10m',
          creator: 'live test',
          comment: RUN,
        }),
      ).rejects.toMatchObject({ code: 'invalid_input' })
    })

    test.skipIf(url === '')(
      `an alert that its Alertmanager tells as well is one ${needs('alertmanager')}`,
      async () => {
        await using t = await startLiveEngine()
        const source = await addPrometheus(t, rules)
        const routed = await add(t)
        const rows = async () => {
          const sources = [source, routed]
          const { table } = await t.client.call('alerts.list', { range: HOUR, sources, text: 'nobody-home' })
          return frameToJsonTable(table).rows.filter((row) => row['state'] !== 'ended')
        }
        // it is sent on once its rule has fired
        await expect.poll(async () => (await rows()).map((row) => row['source'])).toEqual([routed])
        const [one] = await rows()
        // the external labels are the Alertmanager's to tell
        expect(one).toMatchObject({
          labels: { alertname: 'TargetDown', cluster: expect.any(String) },
          value: 0,
          also: [{ source }],
        })
      },
    )
  })
}

describe.skipIf(url === '')(`Alertmanager ${needs('alertmanager')}`, () => {
  beforeAll(async () => {
    await send(`Down${RUN}`, true)
    await send(`Slow${RUN}`, true)
  })

  test('a test goes through every step and says product and version', async () => {
    await using t = await startLiveEngine()
    const { steps } = await t.client.call('sources.test', { spec: { kind: 'alertmanager', name: 'lab', url } })
    expect(steps.map((s) => [s.step, s.ok])).toEqual(
      ['settings', 'resolve', 'connect', 'auth', 'path', 'version', 'permissions', 'clock'].map((s) => [s, true]),
    )
    expect(steps.find((s) => s.step === 'version')?.message).toMatch(/^Alertmanager \d+\.\d+/)
  })

  test('what fires is told, with its group and receiver', async () => {
    await using t = await startLiveEngine()
    const id = await add(t)
    expect(await states(t, id)).toEqual({ [`Down${RUN}`]: 'active', [`Slow${RUN}`]: 'active' })
    const { groups, receivers } = await t.client.call('alerts.groups', { sources: [id] })
    expect(receivers).toContainEqual({ source: id, name: 'nobody' })
    expect(groups.filter(({ labels }) => labels['alertname'] === `Down${RUN}`)).toMatchObject([
      { source: id, receiver: 'nobody' },
    ])
  })

  test('a silence mutes what its plan said, is ended, and is asked for by its id once', async () => {
    await using t = await startLiveEngine()
    const id = await add(t)
    const plan = await t.client.call('alerts.planSilence', {
      source: id,
      matchers: [
        { name: 'run', value: RUN },
        { name: 'alertname', value: 'Down.*', isRegex: true },
      ],
      lasts: '10m',
      creator: 'live test',
      comment: RUN,
    })
    expect(plan.now.map(({ name }) => name)).toEqual([`Down${RUN}`])
    const made = await t.client.call('alerts.silence', { plan: plan.plan })
    const { silences } = await t.client.call('alerts.silences', { sources: [id] })
    expect(silences.find((each) => each.id === made.id)).toMatchObject({
      state: 'active',
      comment: RUN,
      creator: 'live test',
      matchers: expect.arrayContaining([{ name: 'run', value: RUN, isRegex: false, isEqual: true }]),
    })
    await t.client.call('alerts.expire', { source: id, id: made.id })
    const after = await t.client.call('alerts.silences', { sources: [id], expired: true })
    expect(after.silences.find((each) => each.id === made.id)?.state).toBe('expired')
    await expect(t.client.call('alerts.expire', { source: id, id: made.id })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('what it refuses is said in its words', async () => {
    await using t = await startLiveEngine()
    const id = await add(t)
    const { plan } = await t.client.call('alerts.planSilence', {
      source: id,
      matchers: [{ name: 'no-such name!', value: 'x' }],
      lasts: '10m',
      creator: 'live test',
      comment: RUN,
    })
    await expect(t.client.call('alerts.silence', { plan })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('what has ended stays, though the server has forgotten it', async () => {
    await using t = await startLiveEngine()
    const id = await add(t)
    await send(`Gone${RUN}`, true)
    expect((await states(t, id))[`Gone${RUN}`]).toBe('active')
    await send(`Gone${RUN}`, false)
    // a plan always looks anew
    await t.client.call('alerts.planSilence', {
      source: id,
      matchers: [{ name: 'run', value: RUN }],
      lasts: '10m',
      creator: 'live test',
      comment: RUN,
    })
    expect((await states(t, id))[`Gone${RUN}`]).toBe('ended')
  })
})
