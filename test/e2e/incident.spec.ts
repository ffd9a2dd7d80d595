// The main story, by keyboard alone, in both languages, on the demo and on dropped files: a newcomer brings data, sees what
// changed, follows it to a slow trace and its logs, pins both, writes a note, saves one file, and somebody else opens it on a
// computer without any source, where it stays when the file is moved, and writes the report.

import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, idle, runCli, test } from './support/watchdeck.ts'

const WORDS = {
  en: {
    demo: 'Open the demo incident',
    import: 'Import 1 file',
    look: 'Look at it',
    incident: 'Checkout is slow',
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
    import: '导入 1 个文件',
    look: '查看数据',
    incident: '下单变慢',
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

/** A part of the demo as people have it: one file of OTLP JSON, made by an engine that is gone. */
async function telemetryFile(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-e2e-files-'))
  try {
    const { source } = JSON.parse((await runCli(dataDir, ['demo', '--seed', '1', '--scale', '0.02'])).stdout) as {
      source: string
    }
    const path = join(dataDir, 'shop.json')
    const { code, stderr } = await runCli(dataDir, ['export', '--source', source, '--format', 'otlp-json', '-o', path])
    expect(code, stderr).toBe(0)
    return await readFile(path, 'utf8')
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.evaluate(
    ([called, content]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], called))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    },
    [name, text] as const,
  )
}

for (const [begin, language] of [
  ['demo', 'en'],
  ['demo', 'zh-CN'],
  ['files', 'en'],
  ['files', 'zh-CN'],
] as const)
  test(`from ${begin === 'demo' ? 'the demo' : 'dropped files'} to a report on another computer, by keyboard alone (${language})`, async ({
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

    await test.step('start: the data comes in, the overview says in words what is wrong', async () => {
      if (begin === 'demo') {
        // in Chinese by the form behind "More", as a small one
        if (language === 'zh-CN') {
          await tabTo(app, '更多')
          await press(app, 'Enter')
          await tabTo(app, '规模', 'combobox')
          await press(app, 'Enter')
          await press(app, 'ArrowUp', 'Enter')
          await tabTo(app, words.demo)
        } else await tabTo(app, words.demo)
        await app.keyboard.press('Enter')
        await expect(app).toHaveURL(/#\/incidents\/inc-/, { timeout: 120_000 })
        await idle(app)
      } else {
        await drop(app, 'shop.json', await telemetryFile())
        await app.waitForURL(/paths=/)
        await idle(app)
        await tabTo(app, words.import)
        await app.keyboard.press('Enter')
        await app.waitForURL(/job=/)
        await idle(app)
        await tabTo(app, words.look)
        await press(app, 'Enter')
        // the time of the trouble: the hour before it is what it is compared with
        await press(app, 't')
        await app.keyboard.press('Control+a')
        await app.keyboard.type('2026-11-02 14:44 to 15:24')
        await press(app, 'Enter')
      }
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
      if (begin === 'files') {
        // there is no incident yet: the first pin begins one
        await app.keyboard.type(words.incident)
        await press(app, 'Enter')
      }
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
      // out of the editor, then down into the lines: the first of them is chosen
      await press(app, 'Escape', 'j')
      await expect(lines).toBeFocused()
      await expect(lines.getByRole('option', { selected: true })).toHaveCount(1)
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

test('in the room of a past night a clock time is of that night, and a key pressed twice sets no stage', async ({
  watchdeck,
  app,
}) => {
  const night = { from: '2026-11-02T22:00:00Z', to: '2026-11-03T02:00:00Z' }
  const made = await watchdeck.cli(
    'call',
    'incidents.create',
    '--input',
    JSON.stringify({ title: 'A night', severity: 'minor', range: night }),
  )
  const { id } = JSON.parse(made.stdout) as { id: string }
  await app.evaluate((to) => location.assign(`#/incidents/${to}`), id)
  await idle(app)
  await press(app, 'n')
  await app.keyboard.type('Saw the alert')
  await app.keyboard.press('Tab')
  await app.keyboard.type('01:15')
  // its day is read before the note is written
  await expect(app.getByText('2026-11-03 01:15:00 UTC')).toBeVisible()
  await app.getByRole('button', { name: 'Write down' }).click()
  await expect(app.getByText('2026-11-03 01:15:00')).toBeVisible()

  await app.locator('#incident-stage').focus()
  await app.keyboard.press('Enter')
  const stages = app.getByRole('dialog', { name: 'Change the stage' })
  await expect(stages).toBeFocused()
  await expect(app.getByText('What is this?')).toHaveCount(0)
  await app.keyboard.press('Enter')
  await stages.getByRole('textbox', { name: /Reached at/ }).fill('23:30')
  await expect(stages.getByText('2026-11-02 23:30:00 UTC')).toBeVisible()
  await stages.getByRole('button', { name: 'Set the stage to Mitigated' }).click()
  await app.locator('#incident-stage').click()
  await expect(stages.getByRole('row', { name: /Mitigated/ })).toContainText('2026-11-02 23:30:00')
  await expect(stages.getByRole('row', { name: /Analysing/ })).toContainText('–')
})

test('an opened file says so when it is gone, works again from its new place, and names the time it has', async ({
  watchdeck,
  elsewhere,
  page,
}, info) => {
  test.setTimeout(90_000)
  const demo = JSON.parse((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')).stdout) as {
    incident: string
  }
  const [path, moved] = [info.outputPath('here.watchdeck'), info.outputPath('there.watchdeck')]
  const ask = async (method: string, input: unknown, of = elsewhere): Promise<Record<string, string>> =>
    JSON.parse((await of.cli('call', method, '--input', JSON.stringify(input))).stdout)
  await ask('file.save', { incident: demo.incident, path }, watchdeck)

  await page.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
  await page.goto(elsewhere.url)
  const opened = await ask('file.open', { path })
  const room = `#/incidents/${opened['incident']}`
  await page.evaluate((to) => location.assign(to), room)
  await idle(page)
  await expect(page.getByText('An opened file, read-only.')).toBeVisible()
  await expect(page.getByText('No lane was pinned.')).toBeVisible()

  await test.step('outside of its time there is nothing, and the way back is offered', async () => {
    await page.evaluate(() => location.assign('#/logs?from=2026-11-03T14:00:00Z&to=2026-11-03T15:00:00Z'))
    await idle(page)
    await page.getByRole('button', { name: /2026-11-02 14:00/ }).click()
    await idle(page)
    await expect(page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first()).toBeVisible()
  })

  await test.step('moved away: the room says so and keeps what was written', async () => {
    await page.evaluate((to) => location.assign(to), room)
    await idle(page)
    await elsewhere.restart(() => rename(path, moved))
    await expect(page.getByText('The file of this incident is not there any more.')).toBeVisible()
  })

  await test.step('opened from its new place it is whole again', async () => {
    await ask('file.open', { path: moved })
    await expect(page.getByText('An opened file, read-only.')).toBeVisible()
    await expect(page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first()).toBeVisible()
  })
})
