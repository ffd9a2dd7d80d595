// Logs in the browser: from a wall of lines to the one that matters, and a link that reopens it.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, idle, test } from './support/watchdeck.ts'

const RANGE = 'from=2026-11-02T14:00:00Z&to=2026-11-02T16:00:00Z'

async function open(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await idle(page)
}

const headline = (page: Page) => page.getByRole('status').filter({ hasText: 'line' }).first()

test('a person finds the failing lines, reads one in full and hands its link on', async ({ watchdeck, app }) => {
  expect((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')).code).toBe(0)
  await open(app, `#/logs?${RANGE}`)
  const all = await headline(app).textContent()

  // by keyboard: to the query, type, run
  await app.keyboard.press('/')
  const query = app.getByRole('textbox', { name: 'Log query' })
  await expect(query).toBeFocused()
  await app.keyboard.type('level>=error ')
  // out of the completion, or of the editor where none is open
  await app.keyboard.press('Escape')
  await query.press('Enter')
  await idle(app)
  await expect(app).toHaveURL(/query=level%3E%3Derror/)
  await expect(headline(app)).not.toHaveText(all ?? '')
  const rows = app.getByRole('listbox', { name: 'Log lines' }).getByRole('option')
  for (const text of await rows.allInnerTexts()) expect(text).toMatch(/error|fatal/)

  // a mistake is told and marked, and the lines stay
  await app.keyboard.type(' AND ')
  await expect(app.getByText('Something is missing at the end of the query', { exact: false })).toBeVisible()
  await expect(rows.first()).toBeVisible()
  for (let i = 0; i < 5; i++) await app.keyboard.press('Backspace')

  // what another language would write is searched for as text, and says so
  await app.keyboard.type(' service=payment')
  await expect(app.getByText('“service=payment” is searched for as text.')).toBeVisible()
  await app.getByRole('button', { name: 'Write service:payment instead' }).click()
  await expect(query).toHaveText('level>=error service:payment')
  await expect(app.getByText('is searched for as text')).toHaveCount(0)
  await query.press('Enter')
  await idle(app)
  for (const text of await rows.allInnerTexts()) expect(text).toContain('payment')

  // out of the editor also where there are no lines to go to; from there into the lines by one key
  await app.keyboard.type(' nosuchword')
  await app.keyboard.press('Enter')
  await expect(app.getByText('No line matches')).toBeVisible()
  await app.keyboard.press('Escape')
  await expect(query).not.toBeFocused()
  await app.getByRole('button', { name: 'Clear the query' }).click()
  await idle(app)
  await app.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await app.keyboard.press('j')
  await expect(app.getByRole('listbox', { name: 'Log lines' })).toBeFocused()
  await expect(rows.and(app.locator('[aria-selected="true"]'))).toHaveCount(1)

  // a line in full, then what stood around it
  await rows.nth(1).click()
  await app.keyboard.press('ArrowDown')
  await idle(app)
  await expect(app).toHaveURL(/line=1-\d+/)
  const detail = app.getByRole('region', { name: 'Line', exact: true })
  await expect(detail.getByText('Where it comes from')).toBeVisible()
  await app.keyboard.press('x')
  await idle(app)
  await expect(app.getByRole('listbox', { name: 'Lines around it' }).locator('[aria-selected="true"]')).toHaveCount(1)

  // the link reopens exactly this
  const address = app.url()
  await app.reload()
  await idle(app)
  expect(app.url()).toBe(address)
  await expect(app.getByRole('listbox', { name: 'Lines around it' })).toBeVisible()
  await app.keyboard.press('Escape')
  await expect(app).not.toHaveURL(/line=/)
})

test('a value of a field narrows everything, and takes itself back', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await open(app, `#/logs?${RANGE}&query=level:error`)
  const fields = app.getByRole('region', { name: 'Fields' })
  await fields.getByTitle('Only service = payment').click()
  await idle(app)
  await expect(app).toHaveURL(/f=service%3Dpayment/)
  const rows = app.getByRole('listbox', { name: 'Log lines' }).getByRole('option')
  for (const text of await rows.allInnerTexts()) expect(text).toContain('payment')
  await rows.first().click()
  await app.getByRole('button', { name: 'Open its trace' }).click()
  await expect(app).toHaveURL(/#\/traces\/[0-9a-f]{32}/)
  await app.goBack()
  await idle(app)
  await expect(app).toHaveURL(/#\/logs/)
})

test('what is on screen can be taken along as CSV, with every line and one header', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')
  await open(app, `#/logs?${RANGE}&query=service:frontend`)
  const count = Number(
    (/^([\d,]+) lines/.exec((await headline(app).textContent()) ?? '')?.[1] ?? '').replaceAll(',', ''),
  )
  expect(count).toBeGreaterThan(5000)
  await app.getByRole('button', { name: 'Export these lines' }).click()
  const [download] = await Promise.all([
    app.waitForEvent('download'),
    app.getByRole('menuitem', { name: 'CSV', exact: true }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  expect(text.split('time,level,service,body').length).toBe(2)
  expect(text.match(/^2026-11-02T/gm)?.length).toBe(count)
})

test('a bar of the volume tells what it counts, and a click looks at it alone', async ({ watchdeck, app }) => {
  expect((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')).code).toBe(0)
  await open(app, `#/logs?${RANGE}`)
  const all = Number((await headline(app).textContent())?.replaceAll(',', '').match(/^\d+/)?.[0])
  const box = await app.getByRole('figure').first().boundingBox()
  if (!box) throw new Error('the volume is not on screen')
  await app.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await expect(app.getByRole('figure').first()).toContainText(/\d\d:\d\d:\d\d – \d\d:\d\d:\d\d/)
  await app.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await idle(app)
  const found = Number((await headline(app).textContent())?.replaceAll(',', '').match(/^\d+/)?.[0])
  expect(found).toBeGreaterThan(0)
  expect(found).toBeLessThan(all / 50)
  await app.goBack()
  await idle(app)
  await expect(headline(app)).toContainText(all.toLocaleString('en'))

  // as a table, and so again from its link; its heads stay while it scrolls
  await app.getByRole('figure').first().hover()
  await app.getByRole('button', { name: 'What to do with this chart' }).first().click()
  await app.getByRole('menuitem', { name: 'Show as table' }).click()
  await expect(app).toHaveURL(/tables=/)
  await app.reload()
  await idle(app)
  const table = app.getByRole('region', { name: 'Lines over time by level' })
  const head = table.getByRole('columnheader').first()
  const top = (await head.boundingBox())?.y
  await table.evaluate((element) => element.scrollTo(0, 200))
  await expect(table.getByRole('row').nth(1)).not.toBeInViewport()
  expect((await head.boundingBox())?.y).toBe(top)
})

test('a link whose query cannot be read shows no lines, and the way on from there', async ({ watchdeck, app }) => {
  expect((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')).code).toBe(0)
  const lines = app.getByRole('listbox', { name: 'Log lines' })
  await open(app, `#/logs?${RANGE}&query=level%3E%3Derror`)
  await expect(lines).toBeVisible()
  await open(app, `#/logs?${RANGE}&query=${encodeURIComponent('level>=(')}`)
  await expect(app.getByText('The query cannot be read')).toBeVisible()
  await expect(app.getByText('A term is missing here', { exact: false })).toBeVisible()
  await expect(lines).toHaveCount(0)
  await expect(headline(app)).toHaveCount(0)
  await expect(app.getByRole('button', { name: 'Export', exact: false }).first()).toBeDisabled()
  // a key that pins the question has none to pin
  await app.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await app.keyboard.press('p')
  await expect(app.getByRole('dialog')).toHaveCount(0)

  await app.getByRole('button', { name: 'Clear the query' }).click()
  await expect(lines).toBeVisible()
  await expect(headline(app)).toContainText('lines')
})

for (const language of ['en', 'zh-CN'] as const)
  test(`axe finds nothing in the logs view (${language})`, async ({ watchdeck, app }) => {
    await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
    await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ language }))
    await open(app, `#/logs?${RANGE}&query=level:error`)
    await app.reload()
    await idle(app)
    await app.getByRole('listbox').getByRole('option').first().click()
    await idle(app)
    expect(await violations(app)).toEqual([])
  })

async function violations(page: Page): Promise<string[]> {
  const source = await readFile(resolve('node_modules/axe-core/axe.min.js'), 'utf8')
  await page.evaluate(source)
  return page.evaluate(async () => {
    const { axe } = globalThis as typeof globalThis & {
      axe: { run(): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> }
    }
    const { violations: found } = await axe.run()
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
  })
}
