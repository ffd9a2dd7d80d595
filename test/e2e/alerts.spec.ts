// A person sees what fires, looks at what a silence would mute, makes it, ends it, and opens an incident from an alert.

import { startAlertmanager } from '../support/alertmanager.ts'
import { expect, idle, test } from './support/watchdeck.ts'

const firing = (instance: string) => ({
  fingerprint: `f${instance}`,
  labels: { alertname: 'TargetDown', instance, severity: 'page', service: 'checkout' },
  annotations: { summary: `${instance} does not answer`, runbook_url: 'https://wiki.example/down' },
  startsAt: new Date(Date.now() - 300_000).toISOString(),
})
const view = "location.assign('#/alerts?from=now-1h&to=now')"

test('alerts: looked at, silenced with a plan, the silence ended, an incident opened', async ({ watchdeck, app }) => {
  await using alertmanager = await startAlertmanager()
  alertmanager.firing = [firing('db-1'), firing('db-2')]
  const spec = JSON.stringify({ kind: 'alertmanager', name: 'prod alerts', url: alertmanager.url })
  await watchdeck.cli('call', 'sources.add', '--input', spec)
  await app.evaluate(view)
  await idle(app)
  await expect(app.getByRole('heading', { name: '2 alerts fire · 0 suppressed · 0 pending · 0 ended' })).toBeVisible()
  await expect(app.getByRole('group', { name: 'Groups' })).toContainText('nobody: alertname=A 2')

  const table = app.getByRole('grid', { name: 'Alerts' })
  // what was narrowed too far is widened in one step
  await app.getByRole('textbox', { name: 'Name, label or annotation' }).fill('nothing like this')
  await app.getByRole('group', { name: 'State' }).getByRole('button', { name: 'ended' }).click()
  await expect(app.getByText('No alerts in this range')).toBeVisible()
  await app.getByRole('button', { name: 'Show all alerts' }).click()
  await expect(app).not.toHaveURL(/text=|state=/)
  await expect(app.getByRole('button', { name: 'Show all alerts' })).toHaveCount(0)
  await expect(app.getByRole('textbox', { name: 'Name, label or annotation' })).toBeFocused()
  await table.getByText('db-1 does not answer').click()
  const detail = app.getByRole('region', { name: 'Alert', exact: true })
  await expect(detail.getByRole('link', { name: 'https://wiki.example/down' })).toBeVisible()
  await detail.getByRole('button', { name: 'Silence' }).click()
  const dialog = app.getByRole('dialog', { name: 'Silence' })
  // a wrong condition cannot be looked at; a regex that is one takes in the other instance
  const look = dialog.getByRole('button', { name: 'See what it mutes' })
  await dialog.getByRole('textbox', { name: 'Who' }).fill('ana')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('both')
  await dialog.getByRole('combobox', { name: 'Operator of condition 2' }).click()
  await app.getByRole('option', { name: '=~ matches' }).click()
  await dialog.getByRole('textbox', { name: 'Value of condition 2' }).fill('db-(')
  await expect(dialog.getByText('Not a regular expression.')).toBeVisible()
  await expect(look).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Value of condition 2' }).fill('db-\\d')
  await look.click()
  await expect(dialog.getByRole('region', { name: 'What it mutes' })).toContainText('Mutes now: 2')
  await app.screenshot({ path: test.info().outputPath('conditions.png') })
  await dialog.getByRole('textbox', { name: 'Value of condition 2' }).fill('db-2')
  await expect(dialog.getByText('This alert does not meet it')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Value of condition 2' }).fill('db-1')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('disk swap')
  await dialog.getByRole('button', { name: 'See what it mutes' }).click()
  const plan = dialog.getByRole('region', { name: 'What it mutes' })
  await expect(plan).toContainText('Mutes now: 1')
  await expect(plan).toContainText('Fired in the last day: 1')
  expect(alertmanager.silences).toEqual([])
  await app.screenshot({ path: test.info().outputPath('silence.png') })
  await dialog.getByRole('button', { name: 'Silence 1 alert' }).click()
  await expect(dialog).toBeHidden()
  expect(alertmanager.silences.map(({ createdBy, comment }) => [createdBy, comment])).toEqual([['ana', 'disk swap']])

  await app.getByRole('tab', { name: 'Silences' }).click()
  await idle(app)
  await app.getByRole('table', { name: 'Silences' }).getByRole('button', { name: 'End now' }).click()
  await expect(app.getByText('No silences')).toBeVisible()
  await expect(app.getByRole('list', { name: 'Done from here' }).getByRole('listitem')).toHaveCount(2)
  await app.screenshot({ path: test.info().outputPath('silences.png') })

  await detail.getByRole('button', { name: 'Open an incident' }).click()
  await expect(app).toHaveURL(/#\/incidents\/inc-/)
  await idle(app)
  await expect(app.getByText('TargetDown: checkout').first()).toBeVisible()
  await app.screenshot({ path: test.info().outputPath('room.png') })

  // rows of one source have none named; with those of a second each tells its own, and its environment
  await app.evaluate(view)
  await idle(app)
  const sourceColumn = table.getByRole('columnheader', { name: 'Source' })
  await expect(table.getByText('db-2 does not answer')).toBeVisible()
  await expect(sourceColumn).toHaveCount(0)
  await using second = await startAlertmanager()
  second.firing = [firing('db-3')]
  const other = { kind: 'alertmanager', name: 'beta alerts', url: second.url, environment: 'staging' }
  await watchdeck.cli('call', 'sources.add', '--input', JSON.stringify(other))
  await expect(table.getByRole('row').filter({ hasText: 'db-3' })).toContainText(/beta alerts\s*staging/)
  await expect(table.getByRole('row').filter({ hasText: 'db-2' })).toContainText('prod alerts')
  await expect(sourceColumn).toBeVisible()
})

test('alerts speak Chinese, and those of a demo need no backend', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN"}')
  await app.evaluate("location.assign('#/alerts?from=2026-11-02T14:00:00Z&to=2026-11-02T16:00:00Z')")
  await idle(app)
  await expect(app.getByRole('heading', { name: /条告警触发中/ })).toBeVisible()
  await expect(app.getByRole('grid', { name: '告警' }).getByRole('row').nth(1)).toBeVisible()
  await app.screenshot({ path: test.info().outputPath('alerts-zh.png') })
})
