// The help is the guide, found by words of either language; the tour leads through the demo by keyboard, is left and gone on with.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { expect, idle, test } from './support/watchdeck.ts'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

test('help opens for the view one is in, is searched in both languages, and its sections have addresses', async ({
  watchdeck,
  app,
}) => {
  await app.keyboard.press('F1')
  await expect(app.getByRole('heading', { name: 'First steps' })).toBeFocused()
  await app.evaluate(() => location.assign('#/settings'))
  await idle(app)
  await app.keyboard.press('?')
  await expect(app.getByRole('dialog').getByRole('heading', { level: 3 }).first()).toBeInViewport()
  await app.getByRole('dialog').getByRole('link', { name: 'Help for this view' }).click()
  await expect(app.getByRole('heading', { name: 'Settings and keys' })).toBeFocused()

  const search = app.getByRole('textbox', { name: 'Search the help' })
  await search.fill('clock corrections')
  await expect(app.locator('mark').first()).toBeVisible()
  await app.getByRole('link', { name: 'Data', exact: true }).last().click()
  await expect(app.getByRole('heading', { name: 'Data', exact: true })).toBeFocused()
  expect(app.url()).toContain('#/help/data')
  // what another document says is found and followed as well
  await search.fill('case wildcards regular')
  await app
    .getByRole('link', { name: /The log query language/ })
    .first()
    .click()
  await expect(app.getByRole('table').first()).toBeVisible()
  await app.getByRole('textbox', { name: 'Search the help' }).fill('xylophone')
  await expect(app.getByText('Nothing in the help matches.')).toBeVisible()

  // from the palette, in Chinese
  await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN"}')
  await expect(app.locator('html')).toHaveAttribute('lang', 'zh-CN')
  await app.keyboard.press('Control+k')
  await app.keyboard.insertText('怎么校正时钟')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('heading', { name: '数据', exact: true })).toBeVisible()
  await expect(app.locator('mark').filter({ hasText: '时钟' }).first()).toBeVisible()
})

test('the tour is declined for good, taken from the help by keyboard, left and gone on with', async ({
  watchdeck,
  app,
}) => {
  test.setTimeout(90_000)
  await app.getByRole('button', { name: 'Not now' }).click()
  await expect(app.getByRole('button', { name: 'Take the tour' })).toHaveCount(0)
  await app.reload()
  await idle(app)
  await expect(app.getByRole('button', { name: 'Take the tour' })).toHaveCount(0)

  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await app.keyboard.press('F1')
  await app.getByRole('button', { name: 'Take the tour' }).press('Enter')
  const tour = app.getByRole('region', { name: 'Tour', exact: true })
  await expect(tour).toContainText('Step 1 of 8')
  await expect(tour).toContainText('Bring data')
  const [strip, content] = [await tour.boundingBox(), await app.locator('#content').boundingBox()]
  expect((content?.y ?? 0) + (content?.height ?? 0)).toBeLessThanOrEqual(Math.ceil(strip?.y ?? 0))
  const seen: string[] = []
  for (let step = 1; step <= 8; step++) {
    const show = tour.getByRole('button', { name: 'Show me' })
    if ((await show.count()) > 0) await show.press('Enter')
    await idle(app)
    await expect(tour).toContainText(`Step ${step} of 8`)
    await expect(app.locator('[data-tour-here]'), `step ${step} points at something`).toHaveCount(1)
    await app.evaluate(axeSource)
    const objections = await app.evaluate(async () => {
      const axe = Reflect.get(window, 'axe') as { run(): Promise<AxeResults> }
      return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
    })
    expect(objections).toEqual([])
    seen.push(new URL(app.url()).hash.slice(2).split(/[/?]/)[0] ?? '')
    if (step === 4) {
      await tour.getByRole('button', { name: 'Leave the tour' }).press('Enter')
      await expect(tour).toHaveCount(0)
      await app.reload()
      await idle(app)
      await app.keyboard.press('F1')
      await app.getByRole('button', { name: 'Go on with the tour (step 4 of 8)' }).press('Enter')
      await expect(tour).toContainText('Step 4 of 8')
    }
    if (step < 8) {
      await app.keyboard.press('g')
      await app.keyboard.press('n')
    }
  }
  expect(seen).toEqual(['start', 'incidents', 'services', 'traces', 'logs', 'logs', 'incidents', 'start'])
  await tour.getByRole('button', { name: 'End the tour' }).press('Enter')
  await expect(tour).toHaveCount(0)
  const { stdout } = await watchdeck.cli('call', 'settings.get')
  expect(JSON.parse(stdout)).toMatchObject({ tour: 'done' })
})

test('whoever develops a view sees what it cost: engine, page, rows and bytes of each question', async ({
  watchdeck,
  app,
}) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await app.keyboard.press('Control+k')
  await app.keyboard.insertText('for development')
  await app.keyboard.press('Enter')
  const panel = app.getByRole('complementary', { name: 'Performance (for development)' })
  await expect(panel).toBeVisible()
  await app.evaluate(() => location.assign('#/logs'))
  const row = panel.getByRole('row').filter({ hasText: 'logs.search' })
  await expect(row).toHaveText(/logs\.search.* ms.* ms200/)
  // also where the time is fixed, refreshing asks again
  await expect(row.getByRole('cell').nth(1)).toHaveText('1')
  await app.keyboard.press('r')
  await expect(row.getByRole('cell').nth(1)).toHaveText('2')
  await app.evaluate(() => location.assign('#/services'))
  await expect(panel.getByRole('row').filter({ hasText: 'services.overview' })).toBeVisible()
  await expect(row).toHaveCount(0)
  await panel.getByRole('button', { name: 'Close' }).click()
  await expect(panel).toHaveCount(0)
})
