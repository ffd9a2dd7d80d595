// What is behind the page goes away and comes back: what was known stays, dimmed, one line says what is amiss, and everything goes
// on by itself. In every view.

import type { Page } from '@playwright/test'
import { startFaultServer } from '../support/fault-server.ts'
import { expect, idle, test } from './support/watchdeck.ts'

const RANGE = 'from=2026-11-02T14:44:00Z&to=2026-11-02T15:24:00Z'
const foot = (page: Page) => page.getByRole('status').filter({ hasText: /known state|no network/ })

test('in every view a lost engine leaves what was known on screen, and the view goes on when it is back', async ({
  watchdeck,
  app,
}) => {
  test.setTimeout(120_000)
  const made = await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  const { incident } = JSON.parse(made.stdout) as { incident: string }
  const views: Record<string, string> = {
    overview: `#/services?${RANGE}`,
    'war room': `#/incidents/${incident}?${RANGE}`,
    alerts: `#/alerts?${RANGE}`,
    traces: `#/traces?${RANGE}`,
    logs: `#/logs?${RANGE}`,
    metrics: `#/metrics?${RANGE}&query=kafka_consumergroup_lag`,
    clusters: `#/clusters?${RANGE}`,
    data: '#/import',
  }
  // what stands in each view, before and while the engine is away
  const standing = (page: Page): Promise<{ rows: boolean; pictures: number; alerts: number }> =>
    page.evaluate(() => ({
      // how many are in sight hangs on the height that the line leaves
      rows: document.querySelectorAll('#content [role="row"], #content [role="option"]').length > 1,
      pictures: document.querySelectorAll('#content canvas').length,
      alerts: document.querySelectorAll('#content [role="alert"]').length,
    }))
  const origin = new URL(watchdeck.url).origin
  const open: Array<{ name: string; page: Page; before: Awaited<ReturnType<typeof standing>> }> = []
  for (const [name, hash] of Object.entries(views)) {
    const page = await app.context().newPage()
    await page.goto(`${origin}/?test=1${hash}`)
    await idle(page)
    open.push({ name, page, before: await standing(page) })
  }
  await watchdeck.restart(async () => {
    for (const { name, page, before } of open) {
      await expect(foot(page), name).toBeVisible()
      // the views come to rest one after the other: what they show in the end counts
      await expect.poll(() => standing(page), name).toEqual({ ...before, alerts: 0 })
    }
  })
  for (const { name, page, before } of open) {
    await expect(foot(page), name).toHaveCount(0)
    await idle(page)
    await expect.poll(() => standing(page), name).toEqual(before)
  }
})

test('a live source that fails is named in one line, its last answers stay, and it is asked again by itself', async ({
  watchdeck,
  app,
}) => {
  test.setTimeout(120_000)
  await using server = await startFaultServer({})
  const spec = JSON.stringify({ kind: 'prometheus', name: 'prod metrics', url: server.url })
  expect((await watchdeck.cli('call', 'sources.add', '--input', spec)).code).toBe(0)
  await app.evaluate(() => location.assign('#/metrics?from=now-1h&to=now&query=up'))
  await idle(app)
  const lane = app.locator('#content figure').first()
  await expect(lane.locator('canvas').first()).toBeVisible()
  server.fault = 'error'
  await app.keyboard.press('r')
  const line = foot(app)
  await expect(line).toContainText('prod metrics does not answer.')
  await expect(lane.locator('canvas').first()).toBeVisible()
  await expect(app.locator('#content [role="alert"]')).toHaveCount(0)
  await line.getByRole('link', { name: 'How it is' }).click()
  await expect(app.getByRole('heading', { name: 'Live sources', level: 1 })).toBeVisible()
  await app.evaluate(() => location.assign('#/start'))
  await expect(app.locator('#content').getByRole('link', { name: 'prod metrics' })).toContainText('Does not answer')
  await app.goBack()
  await app.goBack()
  server.fault = 'none'
  await expect(line).toHaveCount(0, { timeout: 60_000 })
  await expect(lane.locator('canvas').first()).toBeVisible()
})

test('a machine without network says that live sources cannot be reached, and nothing where there are none', async ({
  watchdeck,
  app,
}) => {
  const network = (on: boolean) =>
    app.evaluate((online) => {
      Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => online })
      window.dispatchEvent(new Event(online ? 'online' : 'offline'))
    }, on)
  await app.evaluate(() => location.assign('#/incidents'))
  await network(false)
  await idle(app)
  await expect(foot(app)).toHaveCount(0)
  await using server = await startFaultServer({})
  const spec = JSON.stringify({ kind: 'prometheus', name: 'prod metrics', url: server.url })
  await watchdeck.cli('call', 'sources.add', '--input', spec)
  await expect(foot(app)).toContainText('This computer has no network.')
  await network(true)
  await expect(foot(app)).toHaveCount(0)
})
