// The history of alerts across engines: what the first has seen, the next goes on with.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startAlertmanager } from '../../../test/support/alertmanager.ts'
import { startTestEngine } from '../../../test/support/engine.ts'
import { listed, NOW, StoppedClock } from '../../../test/support/rule-server.ts'
import { ALL_MODULES } from '../modules.ts'

const down = (instance: string, startsAt = '2026-11-24T09:58:00.000Z') => ({
  fingerprint: `f${instance}`,
  labels: { alertname: 'TargetDown', instance },
  startsAt,
})

test('another engine on the same folder goes on where the first stopped, and tells the hours without a look', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-alerts-'))
  try {
    const clock = new StoppedClock()
    await using am = await startAlertmanager()
    let id: string
    {
      await using t = await startTestEngine({ modules: ALL_MODULES, clock, dataDir: dir })
      id = (await t.client.call('sources.add', { kind: 'alertmanager', name: 'am', url: am.url })).id
      am.firing = [down('a'), down('b')]
      await listed(t, { sources: [id] })
    }
    clock.pass(7200)
    am.firing = [down('b')]
    await using t = await startTestEngine({ modules: ALL_MODULES, clock, dataDir: dir })
    const after = await listed(t, { sources: [id] })
    // when exactly it ended nobody saw: it was last seen at ten
    expect(after.rows.map((row) => [row['fingerprint'], row['state'], row['endsAt']])).toEqual([
      ['fa', 'ended', NOW],
      ['fb', 'active', null],
    ])
    expect(after.completeness.missing.map(({ from, to, reason }) => [from, to, reason])).toContainEqual([
      NOW,
      '2026-11-24T12:00:00.000000000Z',
      'Alerts were not looked at',
    ])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('a start still to come is remembered by the engine after this one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-alerts-'))
  try {
    const clock = new StoppedClock()
    await using am = await startAlertmanager()
    am.firing = [down('a', '2026-11-24T12:00:00.000Z')]
    let id: string
    {
      await using t = await startTestEngine({ modules: ALL_MODULES, clock, dataDir: dir })
      id = (await t.client.call('sources.add', { kind: 'alertmanager', name: 'am', url: am.url })).id
      await listed(t, { sources: [id] })
    }
    // past the start that it was told with: it is no alert that began there
    clock.pass(3 * 3600)
    await using t = await startTestEngine({ modules: ALL_MODULES, clock, dataDir: dir })
    expect(
      (await listed(t, { sources: [id] })).rows.map((row) => [row['state'], row['startsAt'], row['endsAt']]),
    ).toEqual([['active', NOW, null]])
    // and one that began a second time there is
    clock.pass(30)
    am.firing = [down('a', '2026-11-24T13:00:10.000Z')]
    expect((await listed(t, { sources: [id] })).rows.map((row) => [row['state'], row['startsAt']])).toEqual([
      ['active', '2026-11-24T13:00:10.000000000Z'],
      ['ended', NOW],
    ])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
