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

test('two windows and the command line see at once what one of them changed', async ({ watchdeck, app }) => {
  const { incident } = JSON.parse((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')).stdout) as {
    incident: string
  }
  const other = await app.context().newPage()
  await other.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
  await other.goto(`${new URL(watchdeck.url).origin}/#/incidents/${incident}`)
  await idle(other)
  await app.evaluate(() => location.assign('#/incidents'))
  await idle(app)
  const row = app.getByRole('grid', { name: 'Incidents' }).locator('[data-row="0"]')
  await expect(row).toContainText('Detected')

  // the command line changes it: both windows follow
  await watchdeck.cli('call', 'incidents.update', '--input', JSON.stringify({ id: incident, stage: 'analysing' }))
  await expect(row).toContainText('Analysing')
  await expect(other.getByRole('button', { name: /^Analysing/ })).toBeVisible()

  // one window writes: the other and the command line have it
  await other.keyboard.press('n')
  await other.keyboard.type('Timeouts since the rollout')
  await other.keyboard.press('Control+Enter')
  await expect(row.getByRole('gridcell').last()).toHaveText('1')
  const { stdout } = await watchdeck.cli('call', 'incidents.entries', '--input', JSON.stringify({ incident }))
  expect(stdout).toContain('Timeouts since the rollout')

  // a choice of one window holds in the other
  await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN"}')
  await expect(app.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await expect(other.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await other.close()
})
