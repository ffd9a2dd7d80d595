// What holds for every view, on the demo incident: it opens from its address in both themes and languages, breaks
// nothing, fits the window, and axe finds nothing.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import type { AxeResults } from 'axe-core'
import type { Page } from '@playwright/test'
import { VIEW_COMMANDS } from '../../src/renderer/app/view-commands.ts'
import { expect, idle, test, type Watchdeck } from './support/watchdeck.ts'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RANGE = 'from=2026-11-02T14:44:00Z&to=2026-11-02T15:24:00Z'

async function addresses(watchdeck: Watchdeck): Promise<Record<string, string>> {
  const demo = JSON.parse((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.05')).stdout) as {
    incident: string
  }
  const input = JSON.stringify({
    range: { from: '2026-11-02T14:44:00Z', to: '2026-11-02T15:24:00Z' },
    orderBy: 'duration',
    limit: 1,
  })
  const found = JSON.parse((await watchdeck.cli('call', 'traces.search', '--input', input)).stdout) as {
    rows: Array<{ traceId: string }>
  }
  return {
    start: '#/start',
    overview: `#/services?${RANGE}`,
    alerts: `#/alerts?${RANGE}`,
    silences: `#/alerts?${RANGE}&tab=silences`,
    incidents: '#/incidents',
    'war room': `#/incidents/${demo.incident}?${RANGE}`,
    traces: `#/traces?${RANGE}`,
    trace: `#/traces/${found.rows[0]?.traceId}?${RANGE}`,
    logs: `#/logs?${RANGE}`,
    metrics: `#/metrics?${RANGE}&query=kafka_consumergroup_lag`,
    rules: `#/rules?${RANGE}`,
    cardinality: `#/rules?${RANGE}&tab=cardinality`,
    clusters: `#/clusters?${RANGE}`,
    import: '#/import',
    'live sources': '#/sources',
    storage: '#/space',
    'clean up': '#/space?part=clean',
    'keep it small': '#/space?part=rules',
    backup: '#/space?part=backup',
    settings: '#/settings',
    help: '#/help',
  }
}

/**
 * What scrolls by a few pixels only because of handles and outlines that stand over an edge: a bar that leads nowhere.
 * What its own content makes a little larger than it has room for is honest, and differs with the fonts of a machine.
 */
const smallScrolls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    /** how far the content in the flow reaches */
    const reach = (element: Element): { right: number; bottom: number } => {
      const text = document.createRange()
      text.selectNodeContents(element)
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE)
        ? text.getBoundingClientRect()
        : { right: 0, bottom: 0 }
      let { right, bottom } = own
      for (const child of element.children) {
        const { position, overflowX } = getComputedStyle(child)
        if (position === 'absolute' || position === 'fixed') continue
        const box = child.getBoundingClientRect()
        const inner = overflowX === 'visible' ? reach(child) : { right: 0, bottom: 0 }
        right = Math.max(right, box.right, inner.right)
        bottom = Math.max(bottom, box.bottom, inner.bottom)
      }
      return { right, bottom }
    }
    return [...document.querySelectorAll('*')].flatMap((element) => {
      const { overflowX, overflowY } = getComputedStyle(element)
      const [wide, high] = [element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight]
      const scrolls = (overflow: string, by: number): boolean => /auto|scroll/.test(overflow) && by > 0 && by < 9
      const [across, down] = [scrolls(overflowX, wide), scrolls(overflowY, high)]
      if (!across && !down) return []
      const box = element.getBoundingClientRect()
      const { right, bottom } = reach(element)
      const nothingThere =
        (across && right <= box.left + element.clientLeft + element.clientWidth + 0.5) ||
        (down && bottom <= box.top + element.clientTop + element.clientHeight + 0.5)
      return nothingThere ? [`scrolls by ${wide}, ${high} px: ${element.outerHTML.slice(0, 120)}`] : []
    })
  })

/** What axe objects to, in one line each. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    const axe = Reflect.get(window, 'axe') as { run(): Promise<AxeResults> }
    return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
  })
  return found
}

const commandsOf = (page: Page): Promise<Array<{ id: string; title: string; keys?: string[]; group?: string }>> =>
  page.evaluate(() => {
    const commands = Reflect.get(window, '__commands') as () => Array<{ id: string; title: string }>
    // what is sent from page to test is data
    return commands().map((command) => JSON.parse(JSON.stringify(command)) as { id: string; title: string })
  })

for (const [theme, language] of [
  ['dark', 'en'],
  ['light', 'zh-CN'],
] as const)
  test(`every view opens from its address, fits, breaks nothing and satisfies axe (${theme}, ${language})`, async ({
    watchdeck,
    app,
  }) => {
    test.setTimeout(240_000)
    const complaints: string[] = []
    app.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    app.on('pageerror', (error) => complaints.push(error.message))
    const views = await addresses(watchdeck)
    await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ theme, language, zone: 'UTC' }))
    const origin = new URL(watchdeck.url).origin
    const problems: Record<string, string[]> = {}
    const listed = new Map(VIEW_COMMANDS.map((command) => [command.id, command]))
    const met = new Set<string>()
    for (const [name, hash] of Object.entries(views)) {
      complaints.length = 0
      await app.setViewportSize({ width: 1280, height: 800 })
      await app.goto(`${origin}/?test=1${hash}`)
      await app.reload()
      await idle(app)
      const found = [...complaints.map((text) => `console: ${text}`), ...(await objections(app))]
      const overflow = await app.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (overflow > 0) found.push(`wider than the window by ${overflow} px`)
      found.push(...(await smallScrolls(app)))
      if ((await app.getByRole('heading').count()) === 0) found.push('no heading says where one is')
      if ((await app.evaluate(() => document.documentElement.lang)) !== language)
        found.push('the page does not say its language')
      // the editor of keys knows each command before its view was ever open
      for (const { id, title, keys, group } of await commandsOf(app)) {
        met.add(id)
        const known = listed.get(id)
        if (!isDeepStrictEqual([known?.title, known?.keys, known?.group], [title, keys, group]))
          found.push(`not so in app/view-commands.ts: ${id}`)
      }
      if (found.length > 0) problems[name] = found
    }
    expect(problems).toEqual({})
    expect([...listed.keys()].filter((id) => !met.has(id) && !id.startsWith('tour.'))).toEqual([])
  })
