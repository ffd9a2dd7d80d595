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

test('a link that was cut off says so and shows the usual time; what is pasted into the palette is named before it opens', async ({
  app,
}) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  await app.evaluate(() => location.assign('#/settings?from=2026-11-0&to=now'))
  const notice = app.getByText('The time range of this link cannot be read (from “2026-11-0” to “now”).')
  await expect(notice).toBeVisible()
  await expect(app).toHaveURL(/#\/settings$/)
  await idle(app)

  await app.keyboard.press('ControlOrMeta+k')
  const palette = app.getByRole('combobox', { name: 'Search commands, views, incidents' })
  const first = app.getByRole('option').first()
  for (const [pasted, told] of [
    [trace, `Open trace ${trace}`],
    [`http://jaeger.example/trace/${trace}`, `Open trace ${trace}`],
    ['http://jaeger.example/search?service=cart', 'Search traces as in the link'],
    [
      `http://grafana.example/explore?left=${encodeURIComponent('{"queries":[{"expr":"up"}],"range":{"from":"now-1h","to":"now"}}')}`,
      'Run the query of the link: up',
    ],
    [
      'http://kibana.example/app/discover#/?_a=(query:(language:kuery,query:timeout))&_g=(time:(from:now-15m,to:now))',
      'Search logs as in the link',
    ],
  ] as const) {
    await palette.fill(pasted)
    await expect(first).toContainText(told)
  }
  await palette.fill('nothing has this name')
  await expect(app.getByText('Nothing is called that. Paste a trace id')).toBeVisible()
  await palette.fill(trace)
  await app.keyboard.press('Enter')
  await expect(app).toHaveURL(new RegExp(`#/traces/${trace}`))
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
