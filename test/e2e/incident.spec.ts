// The main story, by keyboard alone, in both languages: a newcomer opens the demo, sees what changed, follows it to a
// slow trace and its logs, pins both, writes a note, saves one file, and somebody else opens it on a computer without
// any source and writes the report.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, idle, test } from './support/watchdeck.ts'

const WORDS = {
  en: {
    demo: 'Open the demo incident',
    openFile: 'Open an incident file',
    changes: 'What changed',
    traces: 'Traces found',
    critical: 'Critical path',
    logs: 'Log lines',
    pinned: /^Pinned: /,
    incidents: 'Incidents',
    pins: 'Pins 2',
    saved: /is saved$/,
    readOnly: 'An opened file, read-only.',
    showTrace: 'Open the view',
    saveReport: 'Save report',
    note: 'The rollout of **payment** came first.',
    noteShown: 'The rollout of payment came first.',
    evidence: 'Evidence',
  },
  'zh-CN': {
    demo: '打开演示事故',
    openFile: '打开事故文件',
    changes: '发生了哪些变化',
    traces: '找到的 trace',
    critical: '关键路径',
    logs: '日志行',
    pinned: /^已钉住：/,
    incidents: '事故',
    pins: '图钉 2',
    saved: /已保存$/,
    readOnly: '打开的文件，只读。',
    showTrace: '打开对应视图',
    saveReport: '保存报告',
    note: '最先发生的是 **payment** 的发布。',
    noteShown: '最先发生的是 payment 的发布。',
    evidence: '证据',
  },
} as const

/** Presses Tab until what has the focus is called `name`, as one does who cannot use a mouse. */
async function tabTo(page: Page, name: string, role?: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const element = document.activeElement
      return {
        name: (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim(),
        role: element?.getAttribute('role') ?? undefined,
      }
    })
    if (found.name.startsWith(name) && (role === undefined || found.role === role)) return
  }
  throw new Error(`Tab never reached ${name}`)
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
  await idle(page)
}

/** Walks a table with the arrow keys until the selected row says `text`. */
async function walkTo(page: Page, table: string, text: string): Promise<void> {
  const grid = page.getByRole('grid', { name: table })
  await expect(grid.getByRole('row').nth(1)).toBeVisible()
  await tabTo(page, table, 'grid')
  const selected = grid.getByRole('row', { selected: true })
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('ArrowDown')
    if ((await selected.textContent())?.includes(text)) return
  }
  throw new Error(`no row of ${table} says ${text}`)
}

for (const language of ['en', 'zh-CN'] as const)
  test(`from the demo to a report on another computer, by keyboard alone (${language})`, async ({
    watchdeck,
    elsewhere,
    app,
    browser,
  }, info) => {
    test.setTimeout(480_000)
    const words = WORDS[language]
    const settings = JSON.stringify({ language, zone: 'UTC' })
    await watchdeck.cli('call', 'settings.set', '--input', settings)
    await elsewhere.cli('call', 'settings.set', '--input', settings)
    await app.reload()
    await idle(app)

    await test.step('start: the demo opens, the overview says in words what is wrong', async () => {
      await tabTo(app, words.demo)
      await app.keyboard.press('Enter')
      await expect(app).toHaveURL(/#\/incidents\/inc-/, { timeout: 120_000 })
      await idle(app)
      await press(app, 'g', 'o')
      await expect(app).toHaveURL(/#\/services/)
      await expect(app.getByText('payment').first()).toBeVisible()
      await idle(app)
    })

    await test.step('what changed leads to the slow traces of an operation', async () => {
      await walkTo(app, words.changes, 'PlaceOrder')
      await press(app, 'Enter')
      await expect(app).toHaveURL(/#\/traces.*PlaceOrder/)
    })

    await test.step('a trace opens with its waterfall and is pinned to the incident', async () => {
      await expect(app.getByRole('grid', { name: words.traces }).getByRole('row').nth(1)).toBeVisible()
      await tabTo(app, words.traces, 'grid')
      await press(app, 'ArrowDown', 'Enter')
      await expect(app.getByText(words.critical).first()).toBeVisible()
      await press(app, 'p')
      await expect(app.getByText(words.pinned).first()).toBeVisible()
    })

    await test.step('its logs: failing lines of the service, pinned as well', async () => {
      await press(app, 'g', 'l')
      await expect(app).toHaveURL(/#\/logs/)
      await press(app, '/')
      await app.keyboard.type('level>=error service:payment')
      await press(app, 'Escape', 'Enter')
      await expect(app).toHaveURL(/query=level/)
      const lines = app.getByRole('listbox', { name: words.logs })
      await expect(lines.getByText('payment').first()).toBeVisible()
      await tabTo(app, words.logs, 'listbox')
      await press(app, 'p')
      await expect(app.getByText(words.pinned).filter({ hasText: 'level>=error' })).toBeVisible()
    })

    await test.step('war room: both pins are there; a note is written', async () => {
      await press(app, 'g', 'i')
      await tabTo(app, words.incidents, 'grid')
      await press(app, 'Enter')
      await expect(app).toHaveURL(/#\/incidents\/inc-/)
      await expect(app.getByRole('button', { name: words.pins })).toBeVisible()
      await press(app, 'n')
      await app.keyboard.type(words.note)
      await press(app, 'Control+Enter')
      await expect(app.getByText(words.noteShown)).toBeVisible()
      await press(app, 'Escape')
    })

    const file = join(info.outputPath(), 'incident.watchdeck')
    await test.step('it is saved as one file', async () => {
      await press(app, 's')
      const downloading = app.waitForEvent('download')
      await press(app, 'Enter')
      await (await downloading).saveAs(file)
      await expect(app.getByText(words.saved).first()).toBeVisible()
      expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK')
    })

    const context = await browser.newContext({ timezoneId: 'UTC', viewport: { width: 1440, height: 900 } })
    const other = await context.newPage()
    await test.step('another computer without any source opens it read-only', async () => {
      await other.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
      await other.goto(elsewhere.url)
      await idle(other)
      await tabTo(other, words.openFile)
      const choosing = other.waitForEvent('filechooser')
      await other.keyboard.press('Enter')
      await (await choosing).setFiles(file)
      await expect(other.getByText(words.readOnly)).toBeVisible()
      await idle(other)
      await expect(other.getByText(words.noteShown)).toBeVisible()
      await expect(other.getByRole('button', { name: words.pins })).toBeVisible()
      // its telemetry is there too, from the file alone
      await expect(other.getByText('payment').first()).toBeVisible()
    })

    await test.step('the pinned trace opens there as it was', async () => {
      await tabTo(other, words.showTrace)
      await press(other, 'Enter')
      await expect(other).toHaveURL(/#\/(traces\/[0-9a-f]+|logs)/)
      await other.goBack()
      await expect(other.getByText(words.readOnly)).toBeVisible()
    })

    await test.step('the report tells it with its pins and the note', async () => {
      await press(other, 'Shift+R')
      await expect(other.frameLocator('iframe').getByText(words.evidence).first()).toBeVisible()
      const downloading = other.waitForEvent('download')
      await tabTo(other, words.saveReport)
      await other.keyboard.press('Enter')
      const report = await readFile(await (await downloading).path(), 'utf8')
      expect(report).toContain('INC-1')
      expect(report).toContain('POST /checkout')
      expect(report).toContain('<strong>payment</strong>')
      expect(report).not.toMatch(/<script|src="http|href="http/)
    })
    await context.close()
  })
