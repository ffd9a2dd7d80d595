// Storage: what takes room is seen, a clean-up is looked at first, made, taken back by its message and from the list; rules are
// tried before they are kept; a backup lies ready for the next start.

import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await idle(page)
}

async function sources(watchdeck: Watchdeck): Promise<string[]> {
  const { stdout } = await watchdeck.cli('call', 'sources.list')
  return (JSON.parse(stdout) as { sources: Array<{ name: string }> }).sources.map(({ name }) => name)
}

test('usage is read, a clean-up is made and taken back', async ({ watchdeck, app }) => {
  await watchdeck.cli('call', 'demo.create', '--input', '{"seed":1,"scale":0.05}')
  await watchdeck.cli('call', 'demo.create', '--input', '{"seed":2,"scale":0.05,"incident":false}')
  await go(app, '#/space')
  await expect(app.getByText(/^Watchdeck takes .+ are free on this disk$/)).toBeVisible()
  const bySource = app.getByRole('table', { name: 'Stored rows by source' })
  await expect(bySource.getByRole('row')).toHaveCount(3)
  await expect(bySource.getByText(/^Kept for INC-1/)).toHaveCount(1)
  await expect(app.getByRole('table', { name: 'Data folder' }).getByText('Telemetry', { exact: true })).toBeVisible()

  await app.getByRole('link', { name: 'Clean up' }).click()
  await idle(app)
  const plan = app.getByRole('table', { name: 'Clean up' })
  await expect(plan.getByRole('checkbox', { checked: true })).toHaveCount(0)
  await plan.getByRole('checkbox', { name: /seed 2/ }).click()
  await expect(app.getByRole('alert')).toHaveCount(0)
  await app.getByRole('button', { name: 'Remove 1 thing' }).click()
  const messages = app.getByRole('region', { name: 'Messages', exact: true }).first()
  // a message that is pointed at stays
  await messages.getByRole('button', { name: 'Undo' }).hover()
  await expect.poll(() => sources(watchdeck)).toEqual([expect.stringContaining('seed 1')])
  await messages.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await sources(watchdeck)).length).toBe(2)
  await expect(messages.getByText('The clean-up was taken back')).toBeVisible()

  // what an incident speaks of is said before, and goes when a person wants it
  await plan.getByRole('checkbox', { name: /seed 1/ }).click()
  await expect(app.getByRole('alert').filter({ hasText: 'An incident speaks of' })).toBeVisible()
  await app.getByRole('button', { name: 'Remove 1 thing' }).click()
  await expect.poll(() => sources(watchdeck)).toEqual([expect.stringContaining('seed 2')])
  await app.getByRole('region', { name: 'Earlier clean-ups' }).getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await sources(watchdeck)).length).toBe(2)
})

test('rules show what they would remove before they are kept, and are off until switched on', async ({
  watchdeck,
  app,
}) => {
  await watchdeck.cli('call', 'demo.create', '--input', '{"seed":2,"scale":0.05,"incident":false}')
  await go(app, '#/space?part=rules')
  await expect(app.getByRole('switch', { name: 'Follow these rules' })).not.toBeChecked()
  await expect(app.getByText('These rules would remove nothing now.')).toBeVisible()
  await app.getByRole('textbox', { name: 'Most GB for the data folder' }).fill('0')
  await expect(app.getByText('A number from 0.1 to 100,000, or empty')).toBeVisible()
  await app.getByRole('textbox', { name: 'Most GB for the data folder' }).fill('7')
  await app.getByRole('button', { name: 'Keep the rules' }).click()
  const kept = async (): Promise<unknown> =>
    (JSON.parse((await watchdeck.cli('call', 'settings.get')).stdout) as { retention: unknown }).retention
  await expect.poll(kept).toMatchObject({ on: false, maxGb: 7 })
  await app.getByRole('switch', { name: 'Follow these rules' }).click()
  await expect.poll(kept).toMatchObject({ on: true, maxGb: 7 })
})

test('a backup is made, laid ready, and in place after the next start', async ({ watchdeck, app }) => {
  await watchdeck.cli('call', 'demo.create', '--input', '{"seed":2,"scale":0.05,"incident":false}')
  await go(app, '#/space?part=backup')
  const path = join(watchdeck.dataDir, 'copy')
  await app.getByRole('textbox', { name: 'New folder' }).fill(path)
  await app.getByRole('button', { name: 'Back up' }).click()
  const made = app.getByRole('region', { name: 'Backups and restore' })
  await expect(made.getByText(path)).toBeVisible()
  const [first] = await sources(watchdeck)
  const { sources: all } = JSON.parse((await watchdeck.cli('call', 'sources.list')).stdout) as {
    sources: Array<{ id: string }>
  }
  await watchdeck.cli('call', 'sources.remove', '--input', JSON.stringify({ id: all[0]?.id }))
  expect(await sources(watchdeck)).toEqual([])

  await made.getByRole('button', { name: 'Restore', exact: true }).click()
  await app.getByRole('button', { name: 'Check and lay ready' }).click()
  await expect(app.getByText(/A backup lies ready, made/)).toBeVisible()
  await watchdeck.restart()
  expect(await sources(watchdeck)).toEqual([first])
})
