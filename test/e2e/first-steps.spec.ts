// Where there is nothing to see: an empty program, sources that are off or elsewhere, an engine that is away. Each view
// says why and leads on.

import type { Page } from '@playwright/test'
import { expect, idle, test } from './support/watchdeck.ts'

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await page.reload()
  await idle(page)
}

const TELEMETRY = ['services', 'services?as=map', 'traces', 'logs', 'metrics', 'clusters']

test('without any data every view of telemetry says so and leads to the demo', async ({ app }) => {
  for (const view of TELEMETRY) {
    await go(app, `#/${view}`)
    await expect(app.getByText('No data yet', { exact: true }).last(), view).toBeVisible()
  }
  await app.getByRole('button', { name: 'Open the demo or a file' }).click()
  await expect(app.getByRole('button', { name: /Open the demo incident/ })).toBeVisible()
  // incidents are of use before there is data
  await go(app, '#/incidents')
  await expect(app.getByText('No incidents yet')).toBeVisible()
})

test('sources that are switched off or of another computer are named as the reason, with the way back', async ({
  watchdeck,
  app,
}) => {
  const made = await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  const { source } = JSON.parse(made.stdout) as { source: string }
  await go(app, '#/logs?src=demo-of-somebody-else')
  await expect(app.getByText('The sources of this address are not here')).toBeVisible()
  await app.getByRole('button', { name: 'Ask all sources' }).click()
  await idle(app)
  await expect(app.getByRole('listbox', { name: 'Log lines' })).toBeVisible()

  // switched off from outside, the open page follows
  await watchdeck.cli('call', 'sources.update', '--input', JSON.stringify({ id: source, on: false }))
  await expect(app.getByText('All sources are switched off')).toBeVisible()
  await watchdeck.cli('call', 'sources.update', '--input', JSON.stringify({ id: source, on: true }))
  await expect(app.getByRole('listbox', { name: 'Log lines' })).toBeVisible()
})

test('an engine that is stopped and started again is found by the open page by itself', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await go(app, '#/services')
  const headline = await app.getByTestId('headline').textContent()
  await watchdeck.restart(async () => {
    await expect(app.getByText(/The engine cannot be reached/)).toBeVisible()
    // what was known stays in sight
    await expect(app.getByTestId('headline')).toHaveText(headline ?? '')
  })
  await expect(app.getByText(/The engine cannot be reached/)).toHaveCount(0)
  await app.getByRole('link', { name: 'Logs' }).first().click()
  await idle(app)
  await expect(app.getByRole('listbox', { name: 'Log lines' })).toBeVisible()
})
