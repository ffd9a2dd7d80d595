// What the page's own thread does: scrolling logs and a big trace, brushing lanes, and how long until something is seen.
// The built program in a real Chromium; work and long tasks are read from Chromium's own recording of the main thread, beside
// the same gesture on a page that does nothing. `npm run bench page:logs,lanes` runs some parts; page/served.ts and
// page/recording.ts name the environment variables that keep data and profiles.

import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { startTestEngine } from '../support/engine.ts'
import { addBigTrace, SPANS, TRACE } from './big-trace.ts'
import { save } from './incident-file.bench.ts'
import { brush, wheel } from './page/gestures.ts'
import { addManyLanes, LANES, LANES_HASH, POINTS } from './page/many-lanes.ts'
import { recorded, type Work } from './page/recording.ts'
import { emptyFolder, folderOf, go, idle, opened, pageOf, run, serve } from './page/served.ts'
import type { Measure } from './run.ts'

const p95 = (sorted: readonly number[]): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0

function measuresOf(name: string, work: Work, floor: Work): Measure[] {
  const kinds = work.kinds.slice(0, 8).map(([kind, ms]) => `${kind} ${ms.toFixed(2)}`)
  console.log(`  ${name}, ms a frame: ${kinds.join(', ')}`)
  return [
    {
      name: `${name}: work per frame, p95 of ${work.frames.length}; an empty page ${p95(floor.frames).toFixed(1)}`,
      value: p95(work.frames),
      unit: 'ms',
      target: { atMost: 8 },
    },
    { name: `${name}: longest task`, value: work.longest, unit: 'ms', target: { atMost: 50 } },
  ]
}

const EMPTY = `<body style="margin:0"><div id="all" style="height:100vh;overflow:auto;background:#111">
<div style="height:1000000px">&nbsp;</div></div></body>`

/** The same gesture where nothing has to be done for it. */
async function onEmptyPage(browser: Browser, gesture: (page: Page, selector: string) => Promise<void>): Promise<Work> {
  const page = await pageOf(browser)
  await page.setContent(EMPTY)
  const work = await recorded(page, 'empty', () => gesture(page, '#all'))
  await page.context().close()
  return work
}

/** ms from the change of the address until `selector` (with `attribute` other than before) has been painted. */
function untilPainted(page: Page, hash: string, selector: string, attribute?: string): Promise<number> {
  return page.evaluate(
    ([to, wanted, name]) =>
      new Promise<number>((done) => {
        const read = (): string | null | undefined => {
          const found = document.querySelector(wanted as string)
          return name ? found?.getAttribute(name) : found && ''
        }
        const before = read()
        const start = performance.now()
        location.hash = to as string
        const look = (): void => {
          const now = read()
          const there = name ? now !== before : now !== null && now !== undefined
          // the frame after the one in which it stands has it on screen
          if (there) requestAnimationFrame(() => done(performance.now() - start))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    [hash, selector, attribute ?? ''] as const,
  )
}

const demo = () =>
  folderOf('demo', async (path) => {
    await run(path, 'demo', '--seed', '1', '--scale', '1')
  })

async function shell(browser: Browser): Promise<Measure[]> {
  await using folder = await demo()
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  await go(page, '#/services')
  const shells: number[] = []
  const starts: number[] = []
  const painted = () =>
    page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => done(performance.now()))))
  for (let i = 0; i < 5; i++) {
    await page.reload({ waitUntil: 'commit' })
    await page.waitForSelector('nav a, nav button')
    shells.push(await painted())
    await page.waitForSelector('[role="grid"] [data-row]')
    starts.push(await painted())
    await idle(page)
  }
  await page.context().close()
  const target = { atMost: 1000 }
  return [
    { name: 'shell with its rail, warm (slowest of 5)', value: Math.max(...shells), unit: 'ms', target },
    { name: 'overview with its rows, warm (slowest of 5)', value: Math.max(...starts), unit: 'ms', target },
  ]
}

async function logs(browser: Browser): Promise<Measure[]> {
  await using folder = await demo()
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  await go(page, '#/logs')
  const work = await recorded(page, 'logs', () => wheel(page, '[role="listbox"]'))
  await page.context().close()
  return measuresOf('scroll 390,000 log lines', work, await onEmptyPage(browser, wheel))
}

async function lanes(browser: Browser): Promise<Measure[]> {
  await using folder = await demo()
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  await go(page, '#/metrics')
  const work = await recorded(page, 'lanes', () => brush(page, '[data-lane="0"] [data-draggable]'))
  await page.context().close()
  return measuresOf('crosshair and brush over the lanes of the demo', work, await onEmptyPage(browser, brush))
}

async function manyLanes(browser: Browser): Promise<Measure[]> {
  await using folder = await folderOf('lanes', async (dataDir) => {
    await using engine = await startTestEngine({ modules: [metricsModule], checkAnswers: false, dataDir })
    await addManyLanes(engine.stores)
  })
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  await go(page, LANES_HASH)
  const drawn = await page.locator('[data-lane] [data-draggable]').count()
  if (drawn !== LANES) throw new Error(`${drawn} lanes are drawn instead of ${LANES}`)
  const work = await recorded(page, 'manyLanes', () => brush(page, '[data-lane="0"] [data-draggable]'))
  await page.context().close()
  const name = `crosshair and brush over ${LANES} lanes of ${POINTS.toLocaleString('en')} points`
  return measuresOf(name, work, await onEmptyPage(browser, brush))
}

async function trace(browser: Browser): Promise<Measure[]> {
  await using folder = await folderOf('trace', async (dataDir) => {
    await using engine = await startTestEngine({ modules: [tracesModule], checkAnswers: false, dataDir })
    await addBigTrace(engine.stores)
  })
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  const measures: Measure[] = []
  await go(page, '#/import')
  const row = '[role="treegrid"] [data-row]'
  const rows = 'aria-rowcount'
  const name = `trace of ${SPANS.toLocaleString('en')} spans`
  const paint = await untilPainted(page, `#/traces/${TRACE}`, row)
  measures.push({ name: `${name}: first paint`, value: paint, unit: 'ms', target: { atMost: 2000 } })
  await idle(page)
  for (const [what, params] of [
    ['errors only', 'only=errors'],
    ['words found', 'find=operation 7&only=matches'],
    ['folded to depth 3', 'depth=3'],
  ] as const) {
    const took = await untilPainted(page, `#/traces/${TRACE}?${encodeURI(params)}`, '[role="treegrid"]', rows)
    measures.push({ name: `${name}: ${what}`, value: took, unit: 'ms', target: { atMost: 150 } })
    await go(page, `#/traces/${TRACE}`)
  }
  const work = await recorded(page, 'trace', () => wheel(page, '[role="treegrid"]'))
  await page.context().close()
  const scrolled = measuresOf(`scroll the ${name}`, work, await onEmptyPage(browser, wheel))
  return [...measures, ...scrolled]
}

/** An incident file of 1 GB in a program that has never seen it: from the question to open it until its war room stands. */
async function file(browser: Browser): Promise<Measure[]> {
  await using large = await folderOf('file', async (dataDir) => {
    await save(join(dataDir, 'large.watchdeck'))
  })
  await using folder = await emptyFolder()
  await using served = await serve(folder.path)
  const page = await opened(browser, served.url)
  const began = performance.now()
  const input = JSON.stringify({ path: join(large.path, 'large.watchdeck') })
  const { incident } = JSON.parse(await run(folder.path, 'call', 'file.open', '--input', input))
  const asked = performance.now() - began
  const painted = await untilPainted(page, `#/incidents/${incident}`, '[data-testid="incident-timeline"]')
  await idle(page)
  const all = performance.now() - began
  await page.context().close()
  const name = 'incident file of 1 GB'
  return [
    { name: `${name}: opened by the command line`, value: asked, unit: 'ms' },
    {
      name: `${name}: that and the first paint of its war room`,
      value: asked + painted,
      unit: 'ms',
      target: { atMost: 2000 },
    },
    { name: `${name}: and everything in it has come`, value: all, unit: 'ms' },
  ]
}

const PARTS = { shell, logs, lanes, manyLanes, trace, file }

export async function main(parts: readonly string[]): Promise<Measure[]> {
  const unknown = parts.filter((part) => !Object.hasOwn(PARTS, part))
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)
  const executablePath = await findBrowser()
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  const measures: Measure[] = []
  try {
    for (const [name, part] of Object.entries(PARTS))
      if (parts.length === 0 || parts.includes(name)) measures.push(...(await part(browser)))
    return measures
  } finally {
    await browser.close()
  }
}
