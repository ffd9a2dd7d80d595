// Live alerts and their history, silences as guarded actions, incidents from alerts; on a server that answers as
// Alertmanager does. Recorded and demo alerts answer the same questions.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXPRESSION, startAlertmanager } from '../../../test/support/alertmanager.ts'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { asEpochNs, type EpochNs, tryParseRfc3339 } from '../../shared/base/time.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { stretches } from './marks.ts'
import { ALL_MODULES } from '../modules.ts'

const SECOND = 1_000_000_000n
const START = '2026-11-24T10:00:00.000000000Z'
const DAY = { from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z' }
const down = (instance: string, more: object = {}) => ({
  fingerprint: `f${instance}`,
  labels: { alertname: 'TargetDown', instance, severity: 'page', service: 'checkout' },
  annotations: { summary: `${instance} does not answer`, runbook_url: 'https://wiki.example/down' },
  startsAt: '2026-11-24T09:58:00.000Z',
  ...more,
})

class StoppedClock {
  at = tryParseRfc3339(START) as EpochNs
  now(): EpochNs {
    return this.at
  }
  pass(seconds: bigint): void {
    this.at = asEpochNs(this.at + seconds * SECOND)
  }
}

async function opened() {
  const clock = new StoppedClock()
  const am = await startAlertmanager()
  const t = await startTestEngine({ modules: ALL_MODULES, clock })
  const { id } = await t.client.call('sources.add', { kind: 'alertmanager', name: 'am', url: am.url })
  return {
    am,
    t,
    clock,
    id,
    list: () => listed(t, [id]),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await am[Symbol.asyncDispose]()
    },
  }
}

async function listed(t: TestEngine, sources: string[], range: { from: string; to: string } = DAY) {
  const answer = await t.client.call('alerts.list', { range, sources })
  return { rows: frameToJsonTable(answer.table).rows, completeness: answer.completeness }
}
const brief = ({ rows }: Awaited<ReturnType<typeof listed>>) =>
  rows.map((row) => [row['fingerprint'], row['state'], row['endsAt']])

describe('alerts', () => {
  test('one that fires with a start still to come fires now: a sender ahead of time, or one that gave an end alone', async () => {
    await using o = await opened()
    const ahead = down('a', { startsAt: '2026-11-24T12:00:00.000Z' })
    o.am.firing = [ahead]
    const since = async (range = { from: '2026-11-24T09:00:00Z', to: '2026-11-24T11:00:00Z' }) =>
      (await listed(o.t, [o.id], range)).rows.map((row) => [row['fingerprint'], row['state'], row['startsAt']])
    expect(await since()).toEqual([['fa', 'active', START]])
    // looked at again, told with a later start, and past the first start: it is the same
    o.clock.pass(30n)
    expect(await since()).toEqual([['fa', 'active', START]])
    o.am.firing = [down('a', { startsAt: '2026-11-24T13:00:00.000Z' })]
    o.clock.pass(30n)
    expect(await since()).toEqual([['fa', 'active', START]])
    o.clock.pass(4n * 3600n)
    expect(await since({ from: '2026-11-24T09:00:00Z', to: '2026-11-24T15:00:00Z' })).toEqual([['fa', 'active', START]])
    o.am.firing = []
    o.clock.pass(30n)
    expect((await since(DAY)).map(([id, state]) => [id, state])).toEqual([['fa', 'ended']])
  })

  test('one fires, is inhibited, ends: each is told, and the end stays when the backend has forgotten it (Alertmanager 1)', async () => {
    await using o = await opened()
    o.am.firing = [down('a')]
    const first = await o.list()
    expect(first.rows).toEqual([
      {
        name: 'TargetDown',
        state: 'active',
        severity: 'page',
        service: 'checkout',
        summary: 'a does not answer',
        startsAt: '2026-11-24T09:58:00.000000000Z',
        endsAt: null,
        silencedBy: [],
        inhibitedBy: [],
        receivers: ['nobody'],
        labels: down('a').labels,
        annotations: down('a').annotations,
        generator: `http://prom:9090/graph?g0.expr=${encodeURIComponent(EXPRESSION)}&g0.tab=1`,
        expression: EXPRESSION,
        value: null,
        also: [],
        fingerprint: 'fa',
        source: o.id,
      },
    ])
    expect(first.completeness).toEqual({
      complete: false,
      missing: [
        {
          source: o.id,
          from: '2026-11-24T00:00:00.000000000Z',
          to: START,
          reason: 'Alerts that had ended before the first look',
        },
      ],
    })
    o.clock.pass(30n)
    o.am.firing = [down('a', { inhibitedBy: ['fx'] }), down('b')]
    expect(brief(await o.list())).toEqual([
      ['fa', 'suppressed', null],
      ['fb', 'active', null],
    ])
    o.clock.pass(30n)
    o.am.firing = [down('b')]
    expect(brief(await o.list())).toEqual([
      ['fa', 'ended', '2026-11-24T10:01:00.000000000Z'],
      ['fb', 'active', null],
    ])
    // one row of what happened for each alert, whatever became of it
    const { table } = await o.t.client.call('clusters.happenings', { range: DAY, sources: [o.id] })
    expect(table.rowCount).toBe(2)
  })

  test('a look that finds nothing new writes nothing', async () => {
    await using o = await opened()
    o.am.firing = [down('a')]
    await o.list()
    for (let i = 0; i < 3; i++) {
      o.clock.pass(30n)
      await o.list()
    }
    expect(o.t.stores.catalog.sources.get(o.id)?.counts.happenings).toBe(1)
    expect(o.t.stores.catalog.sources.get(o.id)?.to).toBe('2026-11-24T10:01:30.000000000Z')
  })

  test('a backend that does not answer is named, what was recorded stands, and it recovers by itself', async () => {
    await using o = await opened()
    o.am.firing = [down('a')]
    await o.list()
    for (const fault of ['page', 'wrong-json', 'half-json', 'unknown-caller'] as const) {
      o.am.server.fault = fault
      o.clock.pass(10n)
      const answer = await o.list()
      expect([fault, brief(answer)]).toEqual([fault, [['fa', 'active', null]]])
      expect(answer.completeness.missing).toHaveLength(1)
      expect(answer.completeness.missing[0]?.reason).toMatch(/web page|not an answer|who asks/)
    }
    o.am.server.fault = 'none'
    o.am.firing = []
    o.clock.pass(10n)
    expect(brief(await o.list())).toEqual([['fa', 'ended', '2026-11-24T10:00:50.000000000Z']])
  })

  test('groups and receivers come as the backend routes them', async () => {
    await using o = await opened()
    o.am.firing = [down('a'), down('b')]
    expect(await o.t.client.call('alerts.groups', {})).toEqual({
      groups: [{ source: o.id, receiver: 'nobody', labels: { alertname: 'A' }, fingerprints: ['fa', 'fb'] }],
      receivers: [{ source: o.id, name: 'nobody' }],
      completeness: { complete: true, missing: [] },
    })
  })

  test('an incident file answers as the live source did; demo alerts answer too', async () => {
    await using o = await opened()
    o.am.firing = [down('a'), down('b')]
    await o.list()
    o.clock.pass(60n)
    o.am.firing = [down('b')]
    const live = await o.list()
    const row = live.rows.at(-1) ?? {}
    const incident = await o.t.client.call('alerts.raise', {
      source: o.id,
      fingerprint: String(row['fingerprint']),
      startsAt: String(row['startsAt']),
    })
    const dir = await mkdtemp(join(tmpdir(), 'watchdeck-alerts-'))
    try {
      const path = join(dir, 'alerts.watchdeck')
      await o.t.client.call('file.save', { incident: incident.id, path, redact: false })
      const { source } = await o.t.client.call('file.open', { path })
      const recorded = await listed(o.t, [source])
      expect(recorded.rows).toEqual(live.rows.map((each) => ({ ...each, source })))
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
    const demo = await o.t.client.call('demo.create', { seed: 1, scale: 0.02 })
    const { rows } = await listed(o.t, [demo.source], demo)
    expect(rows.length).toBeGreaterThan(2)
    expect(
      rows.every((each) => each['state'] === 'ended' && each['name'] !== '' && each['source'] === demo.source),
    ).toBe(true)
  })
})

describe('an incident from an alert', () => {
  test('has its scope, labels and links, and its expression as a lane', async () => {
    await using o = await opened()
    o.am.firing = [down('a')]
    await o.list()
    const made = await o.t.client.call('alerts.raise', {
      source: o.id,
      fingerprint: 'fa',
      startsAt: '2026-11-24T09:58:00Z',
    })
    expect(made).toMatchObject({
      title: 'TargetDown: checkout',
      // its rule calls it a page
      severity: 'critical',
      services: ['checkout'],
      range: { from: '2026-11-24T09:43:00.000000000Z', to: '2026-11-24T10:05:00.000000000Z' },
      stamps: [{ stage: 'detected', at: '2026-11-24T09:58:00.000000000Z' }],
    })
    expect(made.summary).toContain('- instance: `a`')
    expect(made.summary).toContain('<https://wiki.example/down>')
    const { entries } = await o.t.client.call('incidents.entries', { incident: made.id })
    expect(entries.filter(({ kind }) => kind === 'pin').map(({ lane, what }) => [lane, what?.input['query']])).toEqual([
      [true, EXPRESSION],
    ])
    // it still fires: a span until now beside what people write
    const { table } = await o.t.client.call('incidents.timeline', { incident: made.id })
    const spans = frameToJsonTable(table).rows.filter((row) => row['lane'] === 'alert')
    expect(spans.map((row) => [row['time'], row['endTime'], row['title']])).toEqual([
      ['2026-11-24T09:58:00.000000000Z', START, 'TargetDown Instance/a'],
    ])
  })
})

describe('a silence', () => {
  const matchers = [{ name: 'instance', value: 'a' }]
  const person = { creator: 'ana', comment: 'moving it' }

  test('is planned with what it mutes now and would have muted, made once, seen, ended, and in the audit', async () => {
    await using o = await opened()
    o.am.firing = [down('a'), down('b')]
    const plan = await o.t.client.call('alerts.planSilence', { source: o.id, matchers, lasts: '2h', ...person })
    expect([plan.now, plan.lastDay].map((all) => all.map(({ fingerprint }) => fingerprint))).toEqual([['fa'], ['fa']])
    expect(plan).toMatchObject({
      isLong: false,
      endsAt: '2026-11-24T12:00:00.000000000Z',
      completeness: { complete: false },
    })
    expect(o.am.silences).toEqual([])
    const made = await o.t.client.call('alerts.silence', { plan: plan.plan })
    expect(o.am.silences.map(({ id, createdBy, comment }) => [id, createdBy, comment])).toEqual([
      [made.id, 'ana', 'moving it'],
    ])
    o.clock.pass(30n)
    expect(brief(await o.list())).toEqual([
      ['fa', 'suppressed', null],
      ['fb', 'active', null],
    ])
    // carried out once
    await expect(o.t.client.call('alerts.silence', { plan: plan.plan })).rejects.toMatchObject({ code: 'conflict' })
    await o.t.client.call('alerts.expire', { source: o.id, id: made.id })
    await expect(o.t.client.call('alerts.expire', { source: o.id, id: made.id })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect((await o.t.client.call('alerts.silences', {})).silences).toEqual([])
    expect((await o.t.client.call('alerts.silences', { expired: true })).silences.map(({ state }) => state)).toEqual([
      'expired',
    ])
    expect(
      o.t.stores.catalog.audit
        .list('alerts.', 10)
        .map(({ action, detail }) => [action, (detail as { outcome: string }).outcome]),
    ).toEqual([
      ['alerts.expire', 'done'],
      ['alerts.expire', 'begun'],
      ['alerts.silence', 'done'],
      ['alerts.silence', 'begun'],
    ])
    expect(o.t.stores.catalog.audit.verify()).toEqual({ ok: true })
  })

  test('of more than a day wants a second word', async () => {
    await using o = await opened()
    const { plan, isLong } = await o.t.client.call('alerts.planSilence', {
      source: o.id,
      matchers,
      lasts: '25h',
      ...person,
    })
    expect(isLong).toBe(true)
    await expect(o.t.client.call('alerts.silence', { plan })).rejects.toMatchObject({ code: 'invalid_input' })
    await o.t.client.call('alerts.silence', { plan, confirmLong: true })
    expect(o.am.silences).toHaveLength(1)
  })

  test('whose answer was lost is not made twice: the backend is asked whether it has it (Alertmanager 7)', async () => {
    await using o = await opened()
    const { plan } = await o.t.client.call('alerts.planSilence', { source: o.id, matchers, lasts: '1h', ...person })
    o.am.loseAnswer = true
    const made = await o.t.client.call('alerts.silence', { plan })
    expect(o.am.silences.map(({ id }) => id)).toEqual([made.id])
  })

  test('that the backend refuses, that would mute everything, or whose plan is old, is not made', async () => {
    await using o = await opened()
    const planned = (more: object) =>
      o.t.client.call('alerts.planSilence', { source: o.id, matchers, lasts: '1h', ...person, ...more })
    const refused = await planned({ comment: 'refuse' })
    await expect(o.t.client.call('alerts.silence', { plan: refused.plan })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'silence invalid: no',
    })
    await expect(planned({ matchers: [{ name: 'x', value: '.*', isRegex: true }] })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(planned({ matchers: [{ name: 'x', value: '(', isRegex: true }] })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(planned({ lasts: '0s' })).rejects.toMatchObject({ code: 'invalid_input' })
    const old = await planned({})
    o.clock.pass(601n)
    await expect(o.t.client.call('alerts.silence', { plan: old.plan })).rejects.toMatchObject({ code: 'conflict' })
    expect(o.am.silences).toEqual([])
  })
})

test('the ALERTS series tell when an alert fired, and whether it fires still', () => {
  const S = 1_000_000_000n
  const at = (...seconds: number[]) => BigInt64Array.from(seconds, (s) => BigInt(s) * S)
  const grid = { step: 15n * S, within: 60n * S, end: 600n * S }
  // seen for the last time at 90 s: the sample is up to 60 s old by then
  expect(stretches(at(15, 30, 45, 60, 75, 90), grid)).toEqual([{ from: 15n * S, to: 45n * S, open: false }])
  expect(stretches(at(15, 300, 315), grid)).toHaveLength(2)
  expect(stretches(at(570, 585, 600), grid)).toEqual([{ from: 570n * S, to: 600n * S, open: true }])
  expect(stretches(at(), grid)).toEqual([])
})
