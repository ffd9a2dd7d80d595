// The overview and the clusters of the demo incident: the answer in words, its evidence, the same address again.

import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

/** Makes the demo through the command line and opens a view of it. */
async function openDemo(watchdeck: Watchdeck, page: Page, hash: string): Promise<void> {
  const made = await watchdeck.cli('call', 'demo.create', '--input', '{"seed":1}')
  expect(made.code, made.stderr).toBe(0)
  await go(page, hash)
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await page.reload()
  await idle(page)
}

test('the overview says what broke, when, and what was rolled out before; the evidence is one key away', async ({
  watchdeck,
  app,
}) => {
  await openDemo(watchdeck, app, '#/services')
  const headline = app.getByTestId('headline')
  await expect(headline).toHaveText(/^payment errors 0\.\d+ % → \d\d %, p95 \d+ ms → 2\.\d s since 14:4\d/)
  await expect(app.getByText('Rolled out in the ten minutes before:')).toContainText('2.13.7 → 2.14.0')
  await expect(app.getByRole('button', { name: /against 14:00 – 14:4\d, before the first change/ })).toBeVisible()

  // worst first, and the keyboard narrows every view to a service
  const table = app.getByRole('grid', { name: 'Services' })
  const first = table.locator('[data-row="0"]')
  await expect(first).toContainText(/frontend|checkout|payment/)
  await table.focus()
  await app.keyboard.press('Home')
  const service = ((await first.locator('[data-column="0"]').textContent()) ?? '').trim()
  await app.keyboard.press('Enter')
  await idle(app)
  expect(app.url()).toContain(`f=service%3D${service}`)
  await expect(table.locator('[data-row]')).toHaveCount(1)
  await expect(app.getByRole('navigation', { name: `More about ${service}` }).getByRole('link')).toHaveText([
    'Traces',
    'Logs',
    'Metrics',
    'Kubernetes objects',
  ])

  // the changed object leads to its history, in the range of before
  await go(app, `#/services?kinds=${encodeURIComponent('["object"]')}`)
  const changes = app.getByRole('grid', { name: 'What changed' })
  await app.keyboard.press('c')
  await expect(changes).toBeFocused()
  await changes.getByText('Deployment shop/payment', { exact: true }).click()
  await idle(app)
  await expect(app.getByRole('region', { name: 'Deployment shop/payment' })).toContainText('payment:2.14.0')
  const link = app.url()
  await app.reload()
  await idle(app)
  expect(app.url()).toBe(link)
  await expect(app.getByRole('region', { name: 'Deployment shop/payment' })).toContainText('payment:2.14.0')
  await app.keyboard.press('Escape')
  await expect(app.getByRole('region', { name: 'Deployment shop/payment' })).toHaveCount(0)
})

test('the map says failing calls in words, and the list of calls has the same numbers', async ({ watchdeck, app }) => {
  await openDemo(watchdeck, app, '#/services?as=map')
  await expect(app.getByRole('button', { name: /^payment: .* errors, p95 .*Filter on it/ })).toBeVisible()
  // in words in the box of a service, as the share alone on the line between two, which the foot of the map explains
  const map = app.getByLabel('Service map')
  await expect(map.getByRole('button', { name: /^payment: / })).toContainText(/\d\d % errors/)
  await expect(map.getByText(/^\d\d %$/).first()).toBeVisible()
  await expect(app.getByText('Dashed red: share of errors.')).toBeVisible()

  // a service of the map narrows every view to it
  await app.getByRole('button', { name: /^payment: .*Filter on it/ }).click()
  await idle(app)
  expect(app.url()).toContain('f=service%3Dpayment')
  await app.getByRole('button', { name: 'Remove filter service = payment' }).click()
  await app.getByRole('tab', { name: 'Calls' }).click()
  await idle(app)
  const calls = app.getByRole('grid', { name: 'Calls' })
  await expect(calls.locator('[data-row="0"]')).toContainText(/checkout.*payment.*8\d\.\d %/s)
})

test('another window to compare with is kept in the address', async ({ watchdeck, app }) => {
  await openDemo(watchdeck, app, '#/services?from=2026-11-02T15:00:00Z&to=2026-11-02T15:10:00Z')
  await app.getByRole('button', { name: /against 14:50 – 15:00, as long before/ }).click()
  await app.getByLabel('A window of your own').fill('2026-11-02 14:00 to 14:30')
  await app.keyboard.press('Enter')
  await idle(app)
  await expect(app.getByRole('button', { name: /against 14:00 – 14:30, a window of your own/ })).toBeVisible()
  await app.reload()
  await idle(app)
  await expect(app.getByRole('button', { name: /against 14:00 – 14:30, a window of your own/ })).toBeVisible()
})

test('what changed is asked by the menu of its cells: in to its service, out of it', async ({ watchdeck, app }) => {
  await openDemo(watchdeck, app, '#/services')
  const changes = app.getByRole('grid', { name: 'What changed' })
  await changes.getByText('checkout', { exact: true }).first().click({ button: 'right' })
  await app.getByRole('menuitem', { name: 'Without service = checkout' }).click()
  await idle(app)
  await expect(app.getByRole('group', { name: 'Filters' })).toContainText('service ≠ checkout')
  await expect(changes.getByText('checkout', { exact: true })).toHaveCount(0)

  // the chosen row is where it was after a look elsewhere
  await go(app, '#/services')
  const services = app.getByRole('grid', { name: 'Services' })
  await services.locator('[data-row="2"]').click()
  const chosen = ((await services.locator('[data-row="2"] [data-column="0"]').textContent()) ?? '').trim()
  await app.keyboard.press('g')
  await app.keyboard.press('l')
  await idle(app)
  await app.goBack()
  await idle(app)
  await expect(services.locator('[aria-selected="true"] [data-column="0"]')).toHaveText(chosen)

  // and the whole table goes to a file
  await services.locator('[data-row="2"] [data-column="0"]').click({ button: 'right' })
  await app.getByRole('menuitem', { name: 'Save the whole table as a file…' }).click()
  const form = app.getByRole('dialog', { name: /Save as a file/ })
  await form.getByRole('button', { name: 'Write the file' }).click()
  await idle(app)
  const coming = app.waitForEvent('download')
  await form.getByRole('link', { name: 'Download' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toMatch(/^services-before-and-after-\d{8}-\d{6}\.csv$/)
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n')
  expect(lines[0]).toMatch(/^service,requests,ratePerSecond,errorRatio,/)
  expect(lines.some((line) => line.startsWith(`${chosen},`))).toBe(true)
})

test('each service has a colour of its own, the same in every view', async ({ watchdeck, app }) => {
  await openDemo(watchdeck, app, '#/services')
  const colours = await app
    .getByRole('grid', { name: 'Services' })
    .locator('[data-row] [data-column="0"] span[style*="background"]')
    .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark).backgroundColor))
  expect(new Set(colours).size).toBe(14)
})
