// The program under an open page goes away or is replaced by another: the page says so, loses nothing, and goes on by itself
// where it can. Another build is played by what the browser is given: other scripts are gone, the first page names another one.

import type { Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

/** From now on `script` does not arrive; with `replaced`, the first page names another program to whoever asks for it. */
async function without(page: Page, script: string, { replaced = true } = {}): Promise<{ heal(): void }> {
  let broken = true
  await page.route(new RegExp(`/assets/${script}-[^/]+\\.js$`), (route) =>
    broken ? route.fulfill({ status: 404 }) : route.fallback(),
  )
  await page.route(
    (url) => url.pathname === '/',
    async (route) => {
      if (!broken || !replaced || route.request().resourceType() !== 'fetch') return route.fallback()
      const answer = await route.fetch()
      await route.fulfill({
        response: answer,
        body: (await answer.text()).replace(/index-[\w-]+\.js/, 'index-other.js'),
      })
    },
  )
  return {
    heal() {
      broken = false
    },
  }
}

const loads = (page: Page): { count: number } => {
  const seen = { count: 0 }
  page.on('load', () => seen.count++)
  return seen
}

async function demo(watchdeck: Watchdeck): Promise<string> {
  const made = await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  return (JSON.parse(made.stdout) as { incident: string }).incident
}

test('a view of a replaced program is there after one reload that the page does by itself', async ({
  watchdeck,
  app,
}) => {
  await demo(watchdeck)
  const seen = loads(app)
  const gone = await without(app, 'LogsView')
  app.once('domcontentloaded', () => gone.heal())
  await app.evaluate(() =>
    location.assign('#/logs?from=2026-11-02T14:44:00Z&to=2026-11-02T15:24:00Z&query=level%3E%3Derror'),
  )
  await expect(app.getByRole('textbox', { name: 'Log query' })).toHaveText('level>=error')
  expect(app.url()).toContain('query=level')
  expect(seen.count).toBe(1)
})

test('a view that stays away is told with a way on, without a circle of reloads, and its details hold no data', async ({
  watchdeck,
  app,
}) => {
  await demo(watchdeck)
  await app.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const seen = loads(app)
  const gone = await without(app, 'LogsView', { replaced: false })
  await app.evaluate(() => location.assign('#/logs?query=user.email%3Aana%40shop.example'))
  await expect(app.getByRole('alert')).toContainText('This view could not be loaded')
  expect(seen.count).toBe(1)
  await app.getByRole('button', { name: 'Copy details' }).click()
  const details = await app.evaluate(() => navigator.clipboard.readText())
  expect(details).toContain('view logs, with query')
  expect(details).not.toMatch(/ana|shop\.example|127\.0\.0\.1/)
  // the rest of the page stands
  await app.getByRole('link', { name: 'Overview', exact: true }).click()
  await expect(app.getByTestId('headline')).toBeVisible()
  await app.goBack()
  gone.heal()
  await app.getByRole('button', { name: 'Reload' }).click()
  await expect(app.getByRole('textbox', { name: 'Log query' })).toBeVisible()
})

test('a note that is being written is not lost to a reload', async ({ watchdeck, app }) => {
  const incident = await demo(watchdeck)
  await app.evaluate((id) => location.assign(`#/incidents/${id}`), incident)
  await idle(app)
  const seen = loads(app)
  await without(app, 'ObjectsPanel')
  await app.locator('#incident-note').fill('rolled back at 14:40')
  await app.getByRole('tab', { name: 'Objects' }).click()
  await expect(app.getByRole('alert')).toContainText('Watchdeck was replaced while this page was open')
  await expect(app.locator('#incident-note')).toHaveValue('rolled back at 14:40')
  expect(seen.count).toBe(0)
})

test('a view asked for while the engine is away opens by itself when it is back', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await app.evaluate(() => location.assign('#/services'))
  await idle(app)
  await watchdeck.restart(async () => {
    await expect(app.getByText(/The engine cannot be reached/)).toBeVisible()
    await app.getByRole('link', { name: 'Metrics', exact: true }).click()
    await expect(app.getByRole('alert')).toContainText('The view opens by itself once Watchdeck runs again')
  })
  await expect(app.getByRole('heading', { name: 'Metrics', level: 1 })).toBeVisible()
  await expect(app.getByRole('alert')).toHaveCount(0)
  await idle(app)
})

test('an engine of another version is told in one line with a reload', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await app.evaluate(() => location.assign('#/services'))
  await idle(app)
  const gone = await without(app, 'nothing')
  await watchdeck.restart()
  const line = app.getByRole('status').filter({ hasText: 'Another version of Watchdeck is running now' })
  await expect(line).toBeVisible()
  gone.heal()
  await line.getByRole('button', { name: 'Reload' }).click()
  await expect(app.getByTestId('headline')).toBeVisible()
  await expect(line).toHaveCount(0)
})
