// Settings: found by a word, acting at once in the page and the engine, marked when changed, put back with an undo; keys that are
// given by pressing them hold everywhere they are told.

import type { Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await idle(page)
}

async function kept(watchdeck: Watchdeck): Promise<Record<string, unknown>> {
  return JSON.parse((await watchdeck.cli('call', 'settings.get')).stdout) as Record<string, unknown>
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option }).click()
  await idle(page)
}

test('a setting is found, acts at once, is marked as changed and goes back with an undo', async ({
  watchdeck,
  app,
}) => {
  await go(app, '#/settings')
  await app.getByRole('textbox', { name: 'Search the settings' }).fill('bytes')
  await expect(app.getByRole('combobox', { name: 'Theme', exact: true })).toHaveCount(0)
  await choose(app, 'Bytes', 'kB, MB: steps of 1000')
  await app.getByRole('textbox', { name: 'Search the settings' }).fill('')
  await expect(app.getByText(/[\d.]+ (kB|MB)/).first()).toBeVisible()
  expect((await kept(watchdeck))['bytes']).toBe('si')
  await expect(app.locator('[data-changed="true"]')).toHaveCount(1)

  await app.getByRole('button', { name: 'Reset Bytes' }).click()
  await expect(app.locator('[data-changed="true"]')).toHaveCount(0)
  await app.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click()
  await expect(app.locator('[data-changed="true"]')).toHaveCount(1)
  await expect.poll(async () => (await kept(watchdeck))['bytes']).toBe('si')

  await choose(app, 'Contrast', 'High')
  expect(await app.evaluate(() => document.documentElement.dataset['contrast'])).toBe('high')
  await choose(app, 'Density', 'Compact')
  expect(await app.evaluate(() => document.documentElement.dataset['density'])).toBe('compact')
  await choose(app, 'Memory for queries', '1.07 GB')
  await choose(app, 'Time limit of a query', '30 s')
  expect(await kept(watchdeck)).toMatchObject({ memoryMiB: 1024, queryTimeoutS: 30, contrast: 'high' })
  await app.getByRole('button', { name: 'Reset all' }).first().click()
  await expect(app.locator('[data-changed="true"]')).toHaveCount(0)
})

test('numbers on screen follow the units that another window chose', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await go(app, '#/services')
  await expect(
    app
      .getByRole('grid')
      .getByText(/\bms\b/)
      .first(),
  ).toBeVisible()
  await watchdeck.cli('call', 'settings.set', '--input', '{"durations":"s"}')
  await expect(
    app
      .getByRole('grid')
      .first()
      .getByText(/\bms\b/),
  ).toHaveCount(0)
})

test('a rule of redaction of one’s own is tried on a text; one that cannot be used is refused', async ({
  watchdeck,
  app,
}) => {
  await go(app, '#/settings')
  await app.getByRole('textbox', { name: 'Name', exact: true }).fill('order')
  await app.getByRole('textbox', { name: 'Regular expression' }).fill('ORD-[0-9]+')
  await app.getByRole('button', { name: 'Add the rule' }).click()
  await expect(app.getByRole('checkbox', { name: 'order' })).toBeChecked()
  await app.getByRole('textbox', { name: 'Try the rules on a text' }).fill('ORD-17 of ana@shop.example')
  await expect(app.getByText(/^<order:[0-9a-f]{10}> of <email:[0-9a-f]{10}>$/)).toBeVisible()
  await app.getByRole('textbox', { name: 'Name', exact: true }).fill('bad')
  await app.getByRole('textbox', { name: 'Regular expression' }).fill('x*')
  await app.getByRole('button', { name: 'Add the rule' }).click()
  await expect(app.getByText(/matches nothing/)).toBeVisible()
  expect((await kept(watchdeck))['ownRedaction']).toHaveLength(1)
})

test('keys are given by pressing them, told of in the list of keys, and conflicts are shown', async ({
  watchdeck,
  app,
}) => {
  await go(app, '#/settings')
  // as they come, no two commands that are on screen together have the same keys
  await expect(app.getByRole('note')).toHaveCount(0)
  await app.getByRole('button', { name: 'Change the keys of Settings' }).click()
  await app.keyboard.press('g')
  await app.keyboard.press('z')
  await app.keyboard.press('Enter')
  await expect.poll(async () => (await kept(watchdeck))['keymap']).toEqual({ 'go.settings': ['g z'] })
  await go(app, '#/start')
  await app.keyboard.press('g')
  await app.keyboard.press('z')
  await expect(app.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()

  await app.getByRole('button', { name: 'Change the keys of Help', exact: true }).click()
  await app.keyboard.press('g')
  await app.keyboard.press('z')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('note').filter({ hasText: 'also Settings' })).toBeVisible()

  await app.getByTestId('keymap-file').setInputFiles({
    name: 'keys.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"go.help":["F1"]}'),
  })
  await expect.poll(async () => (await kept(watchdeck))['keymap']).toEqual({ 'go.help': ['F1'] })
  await app.getByTestId('keymap-file').setInputFiles({
    name: 'keys.json',
    mimeType: 'application/json',
    buffer: Buffer.from('[1]'),
  })
  await expect(app.getByText('This file is no list of keys')).toBeVisible()
  await app.getByRole('heading', { name: 'Settings', level: 1 }).click()
  await app.keyboard.press('F1')
  await expect(app.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible()
})

test('one incident is looked at in a zone of its own', async ({ watchdeck, app }) => {
  const demo = JSON.parse((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')).stdout) as {
    incident: string
  }
  const input = JSON.stringify({ zone: 'UTC', incidentZones: { [demo.incident]: 'Asia/Shanghai' } })
  await watchdeck.cli('call', 'settings.set', '--input', input)
  await go(app, `#/incidents/${demo.incident}`)
  await expect(app.getByRole('button', { name: /UTC\+8/ })).toBeVisible()
  await go(app, '#/logs')
  await expect(app.getByRole('button', { name: /UTC\+8/ })).toHaveCount(0)
})
