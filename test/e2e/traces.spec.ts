// Traces on the demo incident: found, opened, walked by keys, searched inside, grouped, compared; links reopen the view.

import type { Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

async function demo(watchdeck: Watchdeck): Promise<void> {
  const made = await watchdeck.cli('demo', '--seed', '1', '--scale', '0.1')
  expect(made.code, made.stderr).toBe(0)
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((h) => {
    location.hash = h
  }, hash)
  await idle(page)
}

const results = (page: Page) => page.getByRole('grid', { name: 'Traces found' })
const waterfall = (page: Page) => page.getByRole('treegrid')
const params = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.split('?')[1] ?? '')

test('the slowest failed trace leads by keys alone to the span that failed', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await go(app, '#/traces?status=error&orderBy=duration')
  await expect(results(app).locator('[data-row="0"]')).toContainText('POST /checkout')
  await expect(app.getByRole('heading', { level: 2, name: /traces, .* with errors/ })).toBeVisible()
  await results(app).focus()
  await app.keyboard.press('j')
  await app.keyboard.press('Enter')
  await idle(app)
  const first = params(app).get('trace')
  expect(first).toMatch(/^[0-9a-f]{32}$/)

  // the detail follows the list
  await results(app).focus()
  await app.keyboard.press('ArrowDown')
  await idle(app)
  expect(params(app).get('trace')).not.toBe(first)
  await app.keyboard.press('Escape')
  await idle(app)
  expect(params(app).get('trace')).toBeNull()

  await go(app, `#/traces/${first}`)
  await expect(waterfall(app).getByRole('row', { level: 1 })).toContainText('POST /checkout')
  // ] goes to the next error and shows what it carries
  await app.keyboard.press(']')
  await idle(app)
  await app.keyboard.press(']')
  await idle(app)
  const span = params(app).get('span')
  expect(span).toMatch(/^[0-9a-f]{16}$/)
  await expect(waterfall(app).getByRole('row', { selected: true }).getByRole('img', { name: 'Error' })).toBeVisible()
  const details = app.getByRole('region', { name: 'Details' })
  await expect(details).toContainText('service.name')

  // a link reopens exactly this
  const link = new URL(app.url()).hash
  await go(app, '#/logs')
  await go(app, link)
  await expect(waterfall(app).getByRole('row', { selected: true })).toHaveAttribute('id', `span-${span}`)

  // an attribute of the span becomes a filter everywhere
  await details.getByRole('button', { name: 'prod-eu-1', exact: true }).click()
  await app.getByRole('menuitem', { name: /^Only / }).click()
  await idle(app)
  expect(params(app).getAll('f')).toEqual(['k8s.cluster.name=prod-eu-1'])
})

test('the tree folds, narrows and finds, and says so in the address', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await go(app, '#/traces?status=error&orderBy=duration')
  await results(app).locator('[data-row="0"]').click()
  await idle(app)
  await go(app, `#/traces/${params(app).get('trace')}`)
  const rows = async (): Promise<number> => Number(await waterfall(app).getAttribute('aria-rowcount')) - 1
  const all = await rows()
  expect(all).toBeGreaterThan(10)

  await waterfall(app).focus()
  await app.keyboard.press('Home')
  await idle(app)
  await app.keyboard.press('ArrowLeft')
  await idle(app)
  expect(await rows()).toBe(1)
  await app.keyboard.press('ArrowRight')
  await idle(app)
  expect(await rows()).toBe(all)
  await app.keyboard.press('End')
  await idle(app)
  await expect(waterfall(app).locator(`[data-row="${all - 1}"]`)).toHaveAttribute('aria-selected', 'true')

  await app.keyboard.press('/')
  await app.keyboard.type('Charge')
  await idle(app)
  await expect(app.getByRole('status').filter({ hasText: /matches/ })).toBeVisible()
  await expect.poll(() => params(app).get('find')).toBe('Charge')
  await app.keyboard.press('Enter')
  await idle(app)
  await expect(waterfall(app).getByRole('row', { selected: true })).toContainText('Charge')

  await app.getByRole('combobox', { name: 'Show' }).click()
  await app.getByRole('option', { name: /^Errors/ }).click()
  await idle(app)
  expect(await rows()).toBeLessThan(all)
  expect(params(app).get('only')).toBe('errors')
})

test('what stands beside a span folds away, by key, and a link keeps it', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await go(app, '#/traces?status=error&orderBy=duration')
  await results(app).locator('[data-row="0"]').click()
  await idle(app)
  await go(app, `#/traces/${params(app).get('trace')}`)
  const count = async (): Promise<number> => Number(await waterfall(app).getAttribute('aria-rowcount'))
  const all = await count()
  await waterfall(app).focus()
  await app.keyboard.press('Home')
  await app.keyboard.press('ArrowDown')
  await idle(app)
  const chosen = params(app).get('span')
  await app.keyboard.press('s')
  await idle(app)
  const folded = await count()
  expect(folded).toBeLessThan(all)
  await expect(waterfall(app).getByRole('row', { selected: true })).toHaveAttribute('aria-expanded', 'true')
  await app.reload()
  await idle(app)
  expect([await count(), params(app).get('span')]).toEqual([folded, chosen])
  await waterfall(app).focus()
  await app.keyboard.press('e')
  await idle(app)
  expect(await count()).toBe(all)
})

test('a box dragged over the picture narrows time and duration, and back takes it back', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await go(app, '#/traces')
  await expect(app.getByRole('heading', { level: 2, name: /[\d,]+ traces, / })).toBeVisible()
  const picture = app.getByRole('img', { name: 'Traces by start and duration' })
  const box = await picture.boundingBox()
  if (!box) throw new Error('the picture is not on screen')
  await app.mouse.move(box.x + box.width * 0.5, box.y + 4)
  await app.mouse.down()
  await app.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.3, { steps: 4 })
  await app.mouse.up()
  await idle(app)
  expect(Number(params(app).get('minTraceDuration'))).toBeGreaterThan(100_000_000)
  await expect(app.getByText(/^Trace length/)).toBeVisible()
  await expect(results(app).locator('[data-row="0"]')).toBeVisible()
  await app.goBack()
  await idle(app)
  expect(params(app).get('minTraceDuration')).toBeNull()
})

test('failed spans differ from the rest by the payment call; statistics group by any attribute', async ({
  watchdeck,
  app,
}) => {
  await demo(watchdeck)
  await go(app, '#/traces?show=differences&against=errors')
  const differences = app.getByRole('grid', { name: 'Slow or failing against the rest' })
  await expect(differences.locator('[data-row="0"]')).toBeVisible()
  await expect(app.getByText(/ of these, .* of the rest\./)).toBeVisible()
  // a threshold that is none is forgotten with the group that it was typed for
  const threshold = app.getByRole('textbox', { name: 'or 250ms' })
  await threshold.fill('soon')
  await app.getByRole('combobox', { name: 'Look at' }).click()
  await expect(app.getByRole('alert').filter({ hasText: 'Not a duration' })).toBeVisible()
  await app.getByRole('option', { name: /p99/ }).click()
  await expect(threshold).toHaveValue('')

  await go(app, '#/traces?show=stats&groupBy=["attr:k8s.pod.name"]')
  const stats = app.getByRole('grid', { name: 'Spans by k8s.pod.name' })
  await expect(stats.locator('[data-row="0"]')).toContainText('-')
  await stats.focus()
  await app.keyboard.press('ArrowDown')
  await app.keyboard.press('Enter')
  await idle(app)
  expect(params(app).get('f')).toMatch(/^k8s\.pod\.name=/)
})

test('two traces stand side by side', async ({ watchdeck, app }) => {
  await demo(watchdeck)
  await go(app, '#/traces?orderBy=duration')
  await results(app).locator('[data-row="0"]').click()
  await idle(app)
  const id = params(app).get('trace')
  await go(app, `#/traces/${id}?tab=compare`)
  await app.getByRole('grid', { name: 'Traces with the same root' }).locator('[data-row="5"]').dblclick()
  await idle(app)
  await expect(app.getByRole('grid', { name: 'Compare' }).locator('[data-row="0"]')).toContainText('frontend')
  await expect(app.getByText(/^B is .* (longer|shorter)\.$/)).toBeVisible()
  await expect(app).toHaveURL(/other=[0-9a-f]{32}/)
})
