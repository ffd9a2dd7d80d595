// The browser shell in a real browser: the page comes up under its policy, the address works once, the CLI shares the engine.

import { expect, idle, test } from './support/watchdeck.ts'

test('the page opens, breaks no policy of its own and keeps no token in its address', async ({ watchdeck, page }) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
  await page.goto(watchdeck.url)
  await idle(page)
  await expect(page).toHaveTitle(/Watchdeck/)
  expect(page.url()).not.toContain('token=')
  await page.reload()
  await idle(page)
  expect(complaints).toEqual([])
})

test('another browser cannot use the address again', async ({ watchdeck, app, browser }) => {
  await expect(app).toHaveTitle(/Watchdeck/)
  const stranger = await browser.newContext()
  const page = await stranger.newPage()
  const refused = page.waitForResponse((response) => response.url().endsWith('/session'))
  await page.goto(watchdeck.url)
  expect((await refused).status()).toBe(401)
  await stranger.close()
})

test('the command line shares the engine of the open page', async ({ watchdeck, app }) => {
  await expect(app).toHaveTitle(/Watchdeck/)
  const { code, stdout } = await watchdeck.cli('call', 'system.info')
  expect([code, (JSON.parse(stdout) as { shell: string }).shell]).toEqual([0, 'browser'])
})
