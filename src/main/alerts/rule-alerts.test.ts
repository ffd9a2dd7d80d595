// Alerts as the server of their rules tells them (protocols: Prometheus 15): pending and firing ones, their history, what
// they are without their rules, and what such a server cannot do.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  ABSENT,
  FORBIDDEN,
  HOURS,
  LABELS,
  QUERY,
  brief,
  firing,
  openedRules,
  reasons,
  rule,
} from '../../../test/support/rule-server.ts'

describe('alerts of a Prometheus (Prometheus 15)', () => {
  test('a firing one is told with the rule that raised it, and fires since its condition held for long enough (Prometheus 15)', async () => {
    await using o = await openedRules()
    const { rows } = await o.list()
    expect(rows).toEqual([
      {
        name: 'TargetDown',
        state: 'active',
        severity: 'page',
        service: 'checkout',
        summary: 'db-1 does not answer',
        startsAt: '2026-11-24T09:58:00.000000000Z',
        endsAt: null,
        silencedBy: [],
        inhibitedBy: [],
        receivers: [],
        labels: LABELS,
        annotations: firing().annotations,
        generator: '',
        expression: QUERY,
        value: 0,
        also: [],
        fingerprint: expect.stringMatching(/^rule:/),
        source: o.prom,
      },
    ])
    const asked = o.rules.server.seen.filter(({ path }) => path.endsWith('/rules'))
    expect(asked.map(({ search }) => search)).toEqual(['?exclude_alerts=true&type=alert'])
    // asked once: its name is known now
    o.clock.pass(30)
    o.rules.alerts = [firing({ value: '3e+00' })]
    expect(brief(await o.list())).toEqual([['active', '2026-11-24T09:58:00.000000000Z', 3]])
    expect(o.rules.server.seen.filter(({ path }) => path.endsWith('/rules'))).toHaveLength(1)
  })

  test('a pending one is told while it waits, is nothing that fired when it goes, and fires from its time on', async () => {
    await using o = await openedRules()
    o.rules.alerts = [firing({ state: 'pending', activeAt: '2026-11-24T09:59:50Z', value: 'NaN' })]
    const waiting = await o.list()
    expect(brief(waiting)).toEqual([['pending', '2026-11-24T09:59:50.000000000Z', 'NaN']])
    expect((await o.list({ state: 'active' })).rows).toEqual([])
    expect((await o.t.client.call('clusters.happenings', { range: HOURS })).table.rowCount).toBe(0)
    o.clock.pass(30)
    o.rules.alerts = []
    expect((await o.list()).rows).toEqual([])
    o.clock.pass(90)
    o.rules.alerts = [firing({ activeAt: '2026-11-24T10:00:40Z', value: '+Inf' })]
    expect(brief(await o.list())).toEqual([['active', '2026-11-24T10:01:40.000000000Z', '+Inf']])
    o.clock.pass(30)
    o.rules.alerts = []
    const after = await o.list()
    expect(after.rows.map((row) => [row['state'], row['startsAt'], row['endsAt']])).toEqual([
      ['ended', '2026-11-24T10:01:40.000000000Z', '2026-11-24T10:02:30.000000000Z'],
    ])
  })

  test('a server that was started anew dates its alerts to the second: they are the same', async () => {
    await using o = await openedRules()
    o.rules.alerts = [firing({ activeAt: '2026-11-24T09:57:00.797Z' })]
    expect(brief(await o.list())).toEqual([['active', '2026-11-24T09:58:00.797000000Z', 0]])
    o.clock.pass(30)
    o.rules.alerts = [firing({ activeAt: '2026-11-24T09:57:00Z' })]
    expect(brief(await o.list())).toEqual([['active', '2026-11-24T09:58:00.797000000Z', 0]])
    // a condition that did not hold in between is another
    o.clock.pass(3600)
    o.rules.alerts = [firing({ activeAt: '2026-11-24T10:50:00Z' })]
    expect(brief(await o.list())).toEqual([
      ['active', '2026-11-24T10:51:00.000000000Z', 0],
      ['ended', '2026-11-24T09:58:00.797000000Z', 0],
    ])
  })

  test.each([
    ['rules are forbidden', FORBIDDEN],
    ['it has none to show', ABSENT],
    ['two rules of the name could have raised it', [rule(), rule({ query: 'up == 1' })]],
    ['the rule of the name carries other labels', [rule({ labels: { severity: 'ticket' } })]],
  ] as const)('without its rule it fires since its condition holds, and has no expression: %s', async (_why, rules) => {
    await using o = await openedRules()
    o.rules.rules = rules
    const { rows } = await o.list()
    expect(rows.map((row) => [row['startsAt'], row['expression']])).toEqual([['2026-11-24T09:57:00.000000000Z', '']])
  })

  test('rules that come late, or go again, make no other alert of one that fires', async () => {
    await using o = await openedRules()
    o.rules.rules = { status: 400, type: 'text/plain', body: 'not now' }
    const since = ['active', '2026-11-24T09:57:00.000000000Z', 0]
    expect(brief(await o.list())).toEqual([since])
    o.clock.pass(30)
    o.rules.rules = [rule()]
    expect(brief(await o.list())).toEqual([since])
    o.clock.pass(30)
    o.rules.rules = []
    expect(brief(await o.list())).toEqual([since])
  })

  test('a label of a rule that is a template may have come to anything; two rules that say the same are one', async () => {
    await using o = await openedRules()
    const templated = rule({ labels: { severity: 'page', service: '{{ $labels.owner }}' } })
    o.rules.rules = [templated, templated]
    expect((await o.list()).rows[0]?.['expression']).toBe(QUERY)
  })

  test('of a vmalert inactive ones are over, what cannot be read is said, and twins of two rules are one', async () => {
    await using o = await openedRules()
    o.rules.alerts = [
      firing({ state: 'inactive' }),
      { state: 'firing', labels: { alertname: 'NoTime' } },
      firing({ state: 'pending' }),
      firing({ id: '1', expression: QUERY }),
    ]
    const told = await o.list()
    expect(brief(told)).toEqual([['active', '2026-11-24T09:58:00.000000000Z', 0]])
    expect(reasons(told)).toEqual(['1 entries could not be read'])
  })

  test('one without alerts has no gap and says what it cannot; one that forbids them, or does not answer, is a gap', async () => {
    await using o = await openedRules()
    o.rules.alerts = null
    const none = await o.list()
    expect([none.rows, reasons(none)]).toEqual([[], []])
    const cannot = async () =>
      (await o.t.client.call('sources.health', { id: o.prom })).sources[0]?.capabilities?.cannot
    await o.t.client.call('metrics.query', { query: 'up', range: HOURS, step: '1m' })
    await expect.poll(cannot).toEqual(expect.arrayContaining(['alerts', 'silences']))
    {
      await using other = await openedRules()
      other.rules.alerts = FORBIDDEN
      const told = await other.list()
      expect(told.completeness.missing.map(({ source }) => source)).toEqual([other.prom])
      other.rules.alerts = [firing()]
      other.clock.pass(30)
      expect(brief(await other.list())).toHaveLength(1)
      other.rules.server.fault = 'wrong-json'
      other.clock.pass(30)
      const last = await other.list()
      expect(brief(last)).toEqual([['active', '2026-11-24T09:58:00.000000000Z', 0]])
      expect(reasons(last)).toEqual([expect.stringMatching(/not an answer/)])
    }
  })

  test('its silences are refused with a word that says whose they are; it has no groups', async () => {
    await using o = await openedRules()
    const plan = { matchers: [{ name: 'job', value: 'db' }], lasts: '1h', creator: 'ana', comment: 'x' }
    await expect(o.t.client.call('alerts.planSilence', { source: o.prom, ...plan })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'This source has no silences.',
      hint: 'Name an Alertmanager that is switched on.',
    })
    await expect(o.t.client.call('alerts.expire', { source: o.prom, id: 'x' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    const none = { completeness: { complete: true, missing: [] } }
    expect(await o.t.client.call('alerts.groups', {})).toEqual({ groups: [], receivers: [], ...none })
    expect(await o.t.client.call('alerts.silences', {})).toEqual({ silences: [], ...none })
  })

  test.each(['firing', 'pending'] as const)(
    'an incident is raised from a %s one, with the expression of its rule',
    async (state) => {
      await using o = await openedRules()
      o.rules.alerts = [firing({ state })]
      const [row] = (await o.list()).rows
      const made = await o.t.client.call('alerts.raise', {
        source: o.prom,
        fingerprint: String(row?.['fingerprint']),
        startsAt: String(row?.['startsAt']),
      })
      expect(made).toMatchObject({ title: 'TargetDown: checkout', severity: 'critical' })
      expect(made.summary).toContain('<https://wiki.example/down>')
      const { entries } = await o.t.client.call('incidents.entries', { incident: made.id })
      expect(entries.filter(({ kind }) => kind === 'pin').map(({ what }) => what?.input['query'])).toEqual([QUERY])
    },
  )

  test('what was written down is in the incident file, and answers there', async () => {
    await using o = await openedRules()
    await o.list()
    o.clock.pass(60)
    o.rules.alerts = []
    const live = await o.list()
    const [row] = live.rows
    const incident = await o.t.client.call('alerts.raise', {
      source: o.prom,
      fingerprint: String(row?.['fingerprint']),
      startsAt: String(row?.['startsAt']),
    })
    const dir = await mkdtemp(join(tmpdir(), 'watchdeck-alerts-'))
    try {
      const path = join(dir, 'alerts.watchdeck')
      await o.t.client.call('file.save', { incident: incident.id, path, redact: false })
      const { source } = await o.t.client.call('file.open', { path })
      expect((await o.list({ sources: [source] })).rows).toEqual([{ ...row, source }])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})
