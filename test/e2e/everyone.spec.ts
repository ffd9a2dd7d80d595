// For every eye, hand and language: pictures are told in sentences, an input method keeps its keys to itself, every
// number says where it comes from, and the program is whole in high contrast and at 200 % zoom.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { CDPSession, Locator, Page } from '@playwright/test'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WINDOW = { from: '2026-11-02T14:44:00Z', to: '2026-11-02T15:24:00Z' }
const RANGE = `from=${WINDOW.from}&to=${WINDOW.to}`

interface Demo {
  readonly incident: string
  readonly trace: string
}

async function demoOf(watchdeck: Watchdeck): Promise<Demo> {
  const { incident } = JSON.parse((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')).stdout) as {
    incident: string
  }
  const found = await call(watchdeck, 'traces.search', { range: WINDOW, orderBy: 'duration', limit: 1 })
  return { incident, trace: String(found.rows[0]?.['traceId']) }
}

interface Answer {
  readonly rows: ReadonlyArray<Record<string, unknown>>
}
async function call(watchdeck: Watchdeck, method: string, input: unknown): Promise<Answer> {
  return JSON.parse((await watchdeck.cli('call', method, '--input', JSON.stringify(input))).stdout) as Answer
}

async function open(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await idle(page)
}

interface Spoken {
  readonly role: string
  readonly name: string
  readonly description: string
}
/** What a screen reader is given: role, name and description of every node of the accessibility tree. */
async function spokenOn(page: Page, cdp: CDPSession): Promise<readonly Spoken[]> {
  await idle(page)
  const { nodes } = await cdp.send('Accessibility.getFullAXTree')
  return nodes
    .filter((node) => !node.ignored)
    .map((node) => ({
      role: String(node.role?.value ?? ''),
      name: String(node.name?.value ?? ''),
      description: String(node.description?.value ?? ''),
    }))
}

test('every picture is told in whole sentences with its values, in both languages', async ({ watchdeck, app }) => {
  test.setTimeout(90_000)
  const demo = await demoOf(watchdeck)
  const cdp = await app.context().newCDPSession(app)
  const views: Record<string, { hash: string; pictures: number }> = {
    'war room': { hash: `#/incidents/${demo.incident}?${RANGE}`, pictures: 0 },
    scatter: { hash: `#/traces?${RANGE}`, pictures: 1 },
    waterfall: { hash: `#/traces/${demo.trace}?${RANGE}`, pictures: 1 },
    logs: { hash: `#/logs?${RANGE}`, pictures: 1 },
    metrics: { hash: `#/metrics?${RANGE}&query=kafka_consumergroup_lag`, pictures: 1 },
    clusters: { hash: `#/clusters?${RANGE}`, pictures: 0 },
  }
  for (const language of ['en', 'zh-CN'] as const) {
    await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ language, zone: 'UTC' }))
    const problems: Record<string, unknown> = {}
    for (const [view, { hash, pictures }] of Object.entries(views)) {
      await open(app, hash)
      await expect(app.locator('html')).toHaveAttribute('lang', language)
      const spoken = await spokenOn(app, cdp)
      const told = spoken.filter(({ role }) => role === 'image' || role === 'img').map(({ name }) => name)
      // a mark beside a word needs no sentence; a picture of data does
      const large = await app.locator('[role="img"]:has(canvas), canvas[role="img"]').count()
      const sentences = told.filter((name) => /\d.*[.。]$/.test(name))
      if (told.some((name) => name === '')) problems[view] = 'a picture without a name'
      if (sentences.length < Math.max(large, pictures)) problems[view] = { large, told }
    }
    expect(problems).toEqual({})
  }
  // the timeline says how much there is, then the mark that the keys are on
  await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ language: 'en' }))
  await open(app, `#/incidents/${demo.incident}?${RANGE}`)
  const timeline = app.getByTestId('incident-timeline')
  await expect(timeline).toHaveAccessibleDescription(/^\d+ things happened from 14:00:00 to 16:00:00: .*\.$/)
  await timeline.focus()
  await app.keyboard.press('ArrowRight')
  await expect(timeline).toHaveAccessibleDescription(/^[A-Z][\w ]+, \d\d:\d\d:\d\d: .+|from \d\d:\d\d:\d\d/)
  // the waterfall and the flame chart are trees and lists of spans with their times
  await open(app, `#/traces/${demo.trace}?${RANGE}`)
  const rows = (await spokenOn(app, cdp)).filter(({ role }) => role === 'row').map(({ name }) => name)
  expect(rows.slice(1, 4).every((name) => /\d (?:ns|µs|ms|s)\b/.test(name))).toBe(true)
  // the map: every service is a button whose name is a sentence
  await open(app, `#/services?${RANGE}&as=map`)
  const boxes = (await spokenOn(app, cdp)).filter(({ role, name }) => role === 'button' && /p95/.test(name))
  expect(boxes.length).toBeGreaterThan(5)
  for (const { name } of boxes) expect(name).toMatch(/\d/)
})

/** Composes as a Chinese input method does, and presses the keys it works with; what is shown must stay as it was. */
async function compose(page: Page, field: Locator, name: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await field.focus()
  const address = page.url()
  const dialogs = await page.getByRole('dialog').count()
  const text = (): Promise<string> =>
    field.evaluate((element) =>
      element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
        ? element.value
        : (element.textContent ?? ''),
    )
  await cdp.send('Input.imeSetComposition', { text: 'zhifu', selectionStart: 5, selectionEnd: 5 })
  for (const key of ['Enter', 'Escape', 'ArrowDown', 'j', '/', '?', 'p'])
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code: key, windowsVirtualKeyCode: 229 })
  expect.soft(await text(), `${name}: the composition stands`).toContain('zhifu')
  expect.soft(await page.getByRole('dialog').count(), `${name}: nothing opened or closed`).toBe(dialogs)
  await cdp.send('Input.insertText', { text: '支付' })
  expect.soft(await text(), `${name}: what was composed is there`).toContain('支付')
  expect.soft(await text(), `${name}: its letters are gone`).not.toContain('zhifu')
  await idle(page)
  expect.soft(page.url(), `${name}: nothing was run`).toBe(address)
  await expect.soft(field, `${name}: keeps the focus`).toBeFocused()
  await cdp.detach()
}

test('an input method keeps Enter, Escape, arrows and letters to itself in every field', async ({ watchdeck, app }) => {
  test.setTimeout(90_000)
  const demo = await demoOf(watchdeck)
  await open(app, `#/logs?${RANGE}`)
  await compose(app, app.getByRole('textbox', { name: 'Log query' }), 'log query')
  await app.keyboard.press('Control+k')
  await compose(app, app.getByRole('combobox', { name: 'Search commands, views, incidents' }), 'palette')
  await app.keyboard.press('Escape')
  await app.getByRole('button', { name: 'Add filter' }).click()
  await compose(app, app.getByRole('textbox', { name: 'Value' }), 'filter')
  await app.keyboard.press('Escape')
  await app.getByRole('button', { name: /14:44/ }).click()
  await compose(app, app.getByRole('textbox', { name: 'Type a range' }), 'range')
  await app.keyboard.press('Escape')
  await open(app, `#/traces?${RANGE}`)
  for (const field of await app.getByRole('search').getByRole('textbox').all())
    await compose(app, field, `traces, ${await field.getAttribute('aria-label')}`)
  await open(app, `#/metrics?${RANGE}&query=up`)
  await compose(app, app.locator('.cm-content').first(), 'metrics query')
  await open(app, `#/incidents/${demo.incident}?${RANGE}`)
  await compose(app, app.locator('#incident-note'), 'note')
  await open(app, '#/incidents')
  await app.getByRole('button', { name: 'New incident' }).first().click()
  await compose(app, app.getByRole('dialog').getByRole('textbox').first(), 'title of a new incident')
  await app.keyboard.press('Escape')
  await expect(app.getByRole('dialog')).toHaveCount(0)
})

/** The `watchdeck call` line as method and input. */
function parsed(line: string): { method: string; input: Record<string, unknown> } {
  const m = /^watchdeck call (\S+) --input '(.*)'$/s.exec(line)
  if (!m) throw new Error(`no call: ${line}`)
  return { method: m[1] ?? '', input: JSON.parse((m[2] ?? '').replaceAll("'\\''", "'")) as Record<string, unknown> }
}

test('a number says where it comes from, and the copied command gives the same number', async ({ watchdeck, app }) => {
  await demoOf(watchdeck)
  await app.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await open(app, `#/services?${RANGE}`)
  // by keyboard: the first service, the menu of its cell, what is this
  const table = app.getByRole('grid', { name: 'Services' })
  await table.focus()
  await app.keyboard.press('ArrowDown')
  const row = table.getByRole('row', { selected: true })
  const shown = (await row.getByRole('gridcell').allTextContents()).join(' | ')
  await app.keyboard.press('.')
  await app.getByRole('menuitem', { name: 'What is this?' }).click()
  const told = app.getByRole('dialog', { name: 'Where this comes from' })
  await expect(told).toContainText('services.overview')
  await expect(told).toContainText(/Rows behind it\s*\d+/)
  await expect(told).toContainText(/Asked at\s*2\d\d\d-/)
  await expect(told).toContainText('Nothing was left out.')
  await told.getByRole('button', { name: 'Copy as command' }).click()
  const { method, input } = parsed(await app.evaluate(() => navigator.clipboard.readText()))
  const same = await call(watchdeck, method, input)
  const service = same.rows.find((r) => shown.includes(String(r['service'])))
  expect(service).toBeDefined()
  const percent = Number(service?.['errorRatio']) * 100
  const ratio = Number(/(\d[\d.]*)\s*%/.exec(shown.replaceAll(/\s+/g, ' '))?.[1])
  expect(Math.abs(ratio - percent)).toBeLessThanOrEqual(Math.max(0.06, percent * 0.01))
  await app.keyboard.press('Escape')

  // so does a number in the words of a headline
  await app.getByTestId('headline').getByRole('button', { name: 'What is this?' }).click()
  await expect(told).toContainText('services.changes')
  await expect(told).toContainText(/Rows behind it\s*\d+/)
  await app.keyboard.press('Escape')

  // a picture says it too: its menu is a button, and the rows it was drawn from are those of the command
  await open(app, `#/traces?${RANGE}`)
  await app.getByRole('button', { name: 'What to do with this chart' }).first().click()
  await app.getByRole('menuitem', { name: 'What is this?' }).click()
  await expect(told).toContainText('traces.scatter')
  const rows = Number(/Rows behind it\s*([\d,]+)/.exec((await told.textContent()) ?? '')?.[1]?.replaceAll(',', ''))
  await told.getByRole('button', { name: 'Copy as command' }).click()
  const points = parsed(await app.evaluate(() => navigator.clipboard.readText()))
  expect((await call(watchdeck, points.method, points.input)).rows).toHaveLength(rows)
})

const VIEWS = (demo: Demo): Record<string, string> => ({
  start: '#/start',
  overview: `#/services?${RANGE}`,
  incidents: '#/incidents',
  'war room': `#/incidents/${demo.incident}?${RANGE}`,
  traces: `#/traces?${RANGE}`,
  trace: `#/traces/${demo.trace}?${RANGE}`,
  logs: `#/logs?${RANGE}`,
  metrics: `#/metrics?${RANGE}&query=kafka_consumergroup_lag`,
  clusters: `#/clusters?${RANGE}`,
  import: '#/import',
  settings: '#/settings',
  help: '#/help',
})

test('with more contrast asked by the system every view satisfies axe, and nothing moves where motion is unwanted', async ({
  watchdeck,
  app,
}) => {
  test.setTimeout(90_000)
  const demo = await demoOf(watchdeck)
  const problems: Record<string, string[]> = {}
  for (const colorScheme of ['dark', 'light'] as const) {
    await app.emulateMedia({ contrast: 'more', reducedMotion: 'reduce', colorScheme })
    await expect(app.locator('html')).toHaveAttribute('data-contrast', 'high')
    await expect(app.locator('html')).toHaveAttribute('data-theme', colorScheme)
    for (const [name, hash] of Object.entries(VIEWS(demo))) {
      await open(app, hash)
      await app.evaluate(axeSource)
      const found = await app.evaluate(async () => {
        const axe = Reflect.get(window, 'axe') as { run(options: object): Promise<AxeResults> }
        const { violations } = await axe.run({ rules: { 'color-contrast-enhanced': { enabled: true } } })
        const moving = [...document.querySelectorAll('*')].filter((element) => {
          const { transitionDuration, animationDuration, animationName } = getComputedStyle(element)
          return /[1-9]/.test(transitionDuration) || (animationName !== 'none' && /[1-9]/.test(animationDuration))
        })
        return [
          ...violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`),
          ...moving.slice(0, 3).map((element) => `moves: ${element.outerHTML.slice(0, 120)}`),
        ]
      })
      if (found.length > 0) problems[`${colorScheme} ${name}`] = found
    }
  }
  expect(problems).toEqual({})
})

test('at 200 % zoom of a small window nothing is out of reach', async ({ watchdeck, app }) => {
  test.setTimeout(90_000)
  const demo = await demoOf(watchdeck)
  await app.setViewportSize({ width: 640, height: 400 })
  const problems: Record<string, string[]> = {}
  for (const [name, hash] of Object.entries(VIEWS(demo))) {
    await open(app, hash)
    const found = await app.evaluate(() => {
      const out: string[] = []
      const wide = document.documentElement.scrollWidth - window.innerWidth
      if (wide > 0) out.push(`wider than the window by ${wide} px`)
      const stops = document.querySelectorAll<HTMLElement>(
        'a[href], button:not(:disabled), input, textarea, [tabindex="0"], [contenteditable="true"]',
      )
      for (const stop of stops) {
        if (stop.closest('[inert], [aria-hidden="true"]') || !stop.checkVisibility({ visibilityProperty: true }))
          continue
        stop.scrollIntoView({ block: 'nearest', inline: 'nearest' })
        const box = stop.getBoundingClientRect()
        if (box.width === 0 || box.height === 0 || box.right < 0) continue
        const middle = (low: number, high: number, size: number): number =>
          Math.min(Math.max((Math.max(0, low) + Math.min(size, high)) / 2, 0), size - 1)
        const y = middle(box.top, box.bottom, innerHeight)
        // a long name is cut at the end of its cell: its beginning is as good
        const places = [middle(box.left, box.right, innerWidth), Math.max(0, box.left) + 3]
        const hits = places.map((x) => document.elementFromPoint(x, y))
        const called = (stop.getAttribute('aria-label') ?? stop.textContent ?? '').trim().slice(0, 40)
        const place = `${Math.round(box.left)},${Math.round(box.top)} ${Math.round(box.width)}x${Math.round(box.height)}`
        if (box.left >= innerWidth || box.top >= innerHeight || box.bottom <= 0)
          out.push(`out of sight: ${called} ${place}`)
        else if (!hits.some((hit) => hit && (stop.contains(hit) || hit.contains(stop))))
          out.push(`covered: ${called} ${place} by ${hits[0]?.outerHTML.slice(0, 80)}`)
      }
      return out
    })
    if (found.length > 0) problems[name] = found
  }
  expect(problems).toEqual({})
  // the lines have the room: the fields are shut until they are asked for
  await open(app, VIEWS(demo)['logs'] ?? '')
  const fields = app.getByRole('separator', { name: 'Fields' })
  await expect(fields).toHaveAttribute('aria-valuenow', '0')
  await fields.focus()
  await app.keyboard.press('Enter')
  await expect(fields).toHaveAttribute('aria-valuenow', '228')
  // a trace takes the room of its list, and the keyboard with it; both come back when it is closed
  await open(app, VIEWS(demo)['traces'] ?? '')
  const list = app.getByRole('grid').first()
  await list.focus()
  await app.keyboard.press('ArrowDown')
  await app.keyboard.press('Enter')
  await expect(list).toBeHidden()
  await expect.poll(() => app.evaluate(() => document.activeElement?.matches('body'))).toBe(false)
  await app.keyboard.press('Escape')
  await expect(list).toBeFocused()
})
