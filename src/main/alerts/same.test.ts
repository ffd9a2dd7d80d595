// The same alert as the server of its rule and an Alertmanager tell it.

import { describe, expect, test } from 'vitest'
import { firing, FORBIDDEN, HOURS, LABELS, openedRules } from '../../../test/support/rule-server.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { RecordedAlert } from './recorded.ts'
import { eachOnce } from './same.ts'

describe('an alert that a Prometheus and an Alertmanager tell', () => {
  const routedAlert = (more: object = {}) => ({
    fingerprint: 'f1',
    labels: { ...LABELS, cluster: 'eu', replica: 'a' },
    annotations: firing().annotations,
    startsAt: '2026-11-24T09:58:00.312Z',
    ...more,
  })

  test('is one, under the labels of who is told, with the value and the expression of its rule', async () => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert({ inhibitedBy: ['f9'] })]
    o.rules.alerts = [firing({ value: '2.5e+00' })]
    const { rows } = await o.list()
    expect(rows).toMatchObject([
      {
        state: 'suppressed',
        source: o.routed,
        fingerprint: 'f1',
        labels: routedAlert().labels,
        startsAt: '2026-11-24T09:58:00.312000000Z',
        value: 2.5,
        also: [{ source: o.prom, state: 'active', startsAt: '2026-11-24T09:58:00.000000000Z' }],
      },
    ])
    // so it is for whoever asks what happened
    const { table } = await o.t.client.call('clusters.happenings', { range: HOURS })
    expect(frameToJsonTable(table).rows.map((row) => row['uid'])).toEqual(['alert:f1'])
    // asked of the one alone it is told as that one tells it
    expect((await o.list({ sources: [o.prom] })).rows).toMatchObject([{ source: o.prom, value: 2.5, also: [] }])
  })

  test('stands once in the timeline', async () => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert()]
    await o.list()
    const incident = await o.t.client.call('incidents.create', {
      title: 'x',
      severity: 'minor',
      range: HOURS,
      sources: [o.prom, o.routed],
    })
    const { table } = await o.t.client.call('incidents.timeline', { incident: incident.id })
    expect(frameToJsonTable(table).rows.filter((row) => row['lane'] === 'alert')).toHaveLength(1)
  })

  test('when one of the two does not answer it stands on the word of the other, and the gap is named', async () => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert()]
    await o.list()
    o.am.server.fault = 'wrong-json'
    o.clock.pass(30)
    const without = await o.list()
    expect(without.rows.map((row) => [row['source'], row['state']])).toEqual([[o.routed, 'active']])
    expect(without.completeness.missing.map(({ source }) => source)).toContain(o.routed)
    // it ended, and who still lives says so
    o.rules.alerts = []
    o.clock.pass(30)
    expect((await o.list()).rows.map((row) => [row['state'], row['endsAt']])).toEqual([
      ['ended', '2026-11-24T10:01:00.000000000Z'],
    ])
    o.am.server.fault = 'none'
    o.rules.server.fault = 'wrong-json'
    o.clock.pass(30)
    // the Alertmanager fires it still, and is back
    const back = await o.list()
    expect(back.rows.map((row) => [row['source'], row['state']])).toEqual([[o.routed, 'active']])
    expect(back.completeness.missing.map(({ source }) => source)).toContain(o.prom)
  })

  test('that the Alertmanager has forgotten fires on, as its rule says', async () => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert()]
    await o.list()
    o.am.firing = []
    o.clock.pass(30)
    expect((await o.list()).rows.map((row) => [row['source'], row['state'], row['endsAt']])).toEqual([
      [o.prom, 'active', null],
    ])
  })

  test.each([
    ['of another instance', { labels: { ...LABELS, instance: 'db-2', cluster: 'eu' } }, 2, 2],
    ['that was over before', { startsAt: '2026-11-24T08:00:00Z', labels: { ...LABELS, instance: 'db-9' } }, 2, 2],
    [
      'whose label was taken away, with the same words',
      { labels: { alertname: 'TargetDown', instance: 'db-1', cluster: 'eu' } },
      1,
      2,
    ],
    [
      'whose label was taken away, with other words',
      { labels: { alertname: 'TargetDown', instance: 'db-1' }, annotations: { summary: 'x' } },
      2,
      2,
    ],
  ] as const)('is told apart from one %s', async (_which, more, count, happened) => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert(more)]
    expect((await o.list()).rows).toHaveLength(count)
    // only the labels are looked at there, and one too many does less harm than one too few
    expect((await o.t.client.call('clusters.happenings', { range: HOURS })).table.rowCount).toBe(happened)
  })

  test('of another environment is another', async () => {
    await using o = await openedRules({ alertmanager: true, environments: ['staging', 'prod'] })
    o.am.firing = [routedAlert()]
    const { rows } = await o.list()
    expect(rows).toHaveLength(2)
    // an incident of the one is not looked at through the other, nor through what was long before
    const { sources } = o.t.stores.catalog
    const held = (name: string, from: string, to: string) => {
      const { id } = sources.create({ name, kind: 'import', origin: [], readOnly: false })
      sources.update(id, { state: 'ready', from, to })
      return id
    }
    held('old', '2026-10-01T00:00:00Z', '2026-10-01T02:00:00Z')
    const near = held('near', '2026-11-24T09:00:00Z', '2026-11-24T09:55:00Z')
    const [row] = rows.filter((each) => each['source'] === o.prom)
    const incident = await o.t.client.call('alerts.raise', {
      source: o.prom,
      fingerprint: String(row?.['fingerprint']),
      startsAt: String(row?.['startsAt']),
    })
    expect([...incident.sources].sort()).toEqual([o.prom, near].sort())
  })

  const CONFIG = 'global:\n  external_labels:\n    cluster: eu\n    replica: "0"\n'

  test('of another cluster is another, where the server of the rule says which is its own', async () => {
    await using o = await openedRules({ alertmanager: true })
    o.am.firing = [routedAlert({ labels: { ...LABELS, cluster: 'us', replica: '0' } })]
    o.rules.config = CONFIG
    const { rows } = await o.list()
    expect(rows.map((row) => [row['source'], row['also']])).toEqual([
      [o.routed, []],
      [o.prom, []],
    ])
    // so it is for whoever asks what happened
    const happened = async () => (await o.t.client.call('clusters.happenings', { range: HOURS })).table.rowCount
    expect(await happened()).toBe(2)
    // of its own cluster it is the same, also where the replica was dropped on the way
    o.am.firing = [routedAlert({ fingerprint: 'f2', labels: { ...LABELS, cluster: 'eu' } })]
    o.clock.pass(30)
    const now = (await o.list()).rows.filter((row) => row['state'] === 'active')
    expect(now).toMatchObject([{ source: o.routed, also: [{ source: o.prom }] }])
  })

  test('is the same whatever its cluster where the configuration is not for everyone, or relabelling may write it', async () => {
    for (const config of [
      FORBIDDEN,
      `${CONFIG}alerting:\n  alert_relabel_configs:\n  - target_label: cluster\n    replacement: us\n    action: replace\n`,
    ]) {
      await using o = await openedRules({ alertmanager: true })
      o.am.firing = [routedAlert({ labels: { ...LABELS, cluster: 'us' } })]
      o.rules.config = config
      expect((await o.list()).rows).toMatchObject([{ source: o.routed, also: [{ source: o.prom }] }])
    }
  })

  test('two servers with the same alert have each its own at one Alertmanager', () => {
    const told = (source: string, fingerprint: string, labels: object, external?: Record<string, string>) => ({
      source,
      service: '',
      summary: '',
      version: 1,
      endsAt: undefined,
      alert: {
        fingerprint,
        name: 'Down',
        labels: { alertname: 'Down', ...labels },
        ...(external ? { external } : {}),
        annotations: { summary: 'down' },
        state: 'active' as const,
        startsAt: 5n,
        silencedBy: [],
        inhibitedBy: [],
        mutedBy: [],
        receivers: [],
        generatorUrl: '',
      },
    })
    const rules = [told('p-eu', 'rule:1', {}, { cluster: 'eu' }), told('p-us', 'rule:1', {}, { cluster: 'us' })]
    const whose = (routed: RecordedAlert[]) =>
      eachOnce([...rules, ...routed], new Set(), () => undefined).map(({ alert, source, also }) => [
        alert.labels['cluster'] ?? source,
        also.map((other) => other.source),
      ])
    const [us, eu] = [told('am', 'f1', { cluster: 'us' }), told('am', 'f2', { cluster: 'eu' })]
    expect(whose([us, eu])).toEqual([
      ['us', ['p-us']],
      ['eu', ['p-eu']],
    ])
    // one of them is told to nobody yet
    expect(whose([us])).toEqual([
      ['p-eu', []],
      ['us', ['p-us']],
    ])
    // of two that could be it, that which began with it
    const [old, late] = [eu, { ...told('am', 'f4', { cluster: 'eu', ruler: 'tr' }) }]
    const later = { ...late, alert: { ...late.alert, startsAt: 2_000_000_005n } }
    expect(whose([later, old, us])).toEqual([
      ['eu', []],
      ['eu', ['p-eu']],
      ['us', ['p-us']],
    ])
    // one that says where it is from is nearer than one that does not, however new
    const none = told('am', 'f3', {})
    expect(whose([{ ...none, alert: { ...none.alert, startsAt: 9n } }, us, eu])).toEqual([
      ['am', []],
      ['us', ['p-us']],
      ['eu', ['p-eu']],
    ])
  })

  test('thousands of one name are told apart in time in proportion to them', () => {
    const teller = (count: number, fingerprint: (i: number) => string, more: object): RecordedAlert[] =>
      Array.from({ length: count }, (_, i) => ({
        source: 'a',
        service: '',
        summary: '',
        version: 1,
        endsAt: undefined,
        alert: {
          fingerprint: fingerprint(i),
          name: 'Down',
          labels: { alertname: 'Down', instance: `i${i}`, ...more },
          annotations: { summary: 'down' },
          state: 'active' as const,
          startsAt: 5n,
          silencedBy: [],
          inhibitedBy: [],
          mutedBy: [],
          receivers: [],
          generatorUrl: '',
        },
      }))
    const rules = teller(20_000, (i) => `rule:${i}`, {})
    // every second one is routed; were each compared with each, this would take minutes
    const routed = teller(20_000, (i) => `f${i}`, { cluster: 'eu' }).filter((_, i) => i % 2 === 0)
    const told = eachOnce([...rules, ...routed], new Set(), () => undefined)
    expect(told).toHaveLength(20_000)
    expect(told.filter(({ also }) => also.length === 1)).toHaveLength(10_000)
  })
})
