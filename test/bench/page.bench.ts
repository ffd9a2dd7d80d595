// What the page's own thread does: scrolling logs and a big trace, brushing a lane, and how long until something is seen.
// The built program in a real Chromium; work and long tasks are read from Chromium's own trace of the main thread.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { tracesModule } from '../../src/main/traces/index.ts'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { startTestEngine } from '../support/engine.ts'
import { addBigTrace, SPANS, TRACE } from './big-trace.ts'
import type { Measure } from './run.ts'

const OUT = process.env['WATCHDECK_OUT'] ?? join(import.meta.dirname, '../../out')
const CLI = join(OUT, 'main', 'cli.js')
/** moves of a gesture, one a frame */
const MOVES = 150

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  /** µs of processor time, where the browser tells it */
  readonly tdur?: number
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string; readonly data?: { readonly url?: string } }
}

const isTraceEvent = (event: object): event is TraceEvent =>
  'name' in event && 'ph' in event && 'ts' in event && 'pid' in event && 'tid' in event

interface Work {
  /** ms of the page's thread in each frame in which it worked */
  readonly frames: readonly number[]
  readonly longest: number
}

/** Runs `gesture` while Chromium records, and answers with what its main thread did. */
async function recorded(page: Page, gesture: () => Promise<void>): Promise<Work> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) if (isTraceEvent(event)) events.push(event)
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'] },
  })
  await gesture()
  await stopped(session)
  await session.detach()
  return workOf(events)
}

function stopped(session: CDPSession): Promise<void> {
  return new Promise((done, fail) => {
    session.once('Tracing.tracingComplete', () => done())
    session.send('Tracing.end').catch(fail)
  })
}

function workOf(events: readonly TraceEvent[]): Work {
  const busiest = new Map<string, TraceEvent[]>()
  const mains = new Set(
    events.filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain').map((e) => `${e.pid}.${e.tid}`),
  )
  for (const event of events) {
    const thread = `${event.pid}.${event.tid}`
    if (!mains.has(thread)) continue
    const own = busiest.get(thread)
    if (own) own.push(event)
    else busiest.set(thread, [event])
  }
  // a renderer may be kept in reserve; the page's is the one that worked
  const own = [...busiest.values()].sort((a, b) => b.length - a.length)[0] ?? []
  const tasks = own
    .filter((e) => e.ph === 'X' && e.name === 'ThreadControllerImpl::RunTask')
    .sort((a, b) => a.ts - b.ts)
  // a frame of the page ends when its thread hands it over
  const commits = own
    .filter((e) => e.name === 'Commit')
    .map((e) => e.ts)
    .sort((a, b) => a - b)
  if (tasks.length === 0 || commits.length === 0) throw new Error('the recording has no tasks or no frames')
  const frames = new Float64Array(commits.length)
  let frame = 0
  let longest = 0
  let end = 0
  for (const task of tasks) {
    // a task within a task is counted once
    if (task.ts < end) continue
    // work is processor time where the browser tells it: another program on the core is not the page's doing
    const ms = (task.tdur ?? task.dur ?? 0) / 1000
    end = task.ts + (task.dur ?? 0)
    while (frame + 1 < commits.length && (commits[frame] as number) < task.ts) frame++
    frames[frame] = (frames[frame] as number) + ms
    longest = Math.max(longest, ms)
  }
  return { frames: [...frames].sort((a, b) => a - b), longest }
}

const p95 = (sorted: readonly number[]): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0

function measuresOf(name: string, work: Work): Measure[] {
  return [
    {
      name: `${name}: work per frame, p95 of ${work.frames.length}`,
      value: p95(work.frames),
      unit: 'ms',
      target: { atMost: 8 },
    },
    { name: `${name}: longest task`, value: work.longest, unit: 'ms', target: { atMost: 50 } },
  ]
}

async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__idle' in window)
  await page.evaluate(() => ('__idle' in window && typeof window.__idle === 'function' ? window.__idle() : undefined))
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((h) => {
    location.hash = h
  }, hash)
  await idle(page)
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

async function wheel(page: Page, selector: string): Promise<void> {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`${selector} is not on screen`)
  await page.mouse.move(box.x + Math.min(200, box.width / 2), box.y + box.height / 2)
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.wheel(0, i % 50 < 40 ? 260 : -180)
    await frame(page)
  }
}

async function brush(page: Page): Promise<void> {
  const box = await page.locator('[data-lane="0"] [data-draggable]').boundingBox()
  if (!box) throw new Error('the lane is not on screen')
  const [left, y] = [box.x + 80, box.y + box.height / 2]
  // first the crosshair over all lanes, then the brush
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.move(left + (i * (box.width - 120)) / MOVES, y)
    if (i === MOVES / 2) await page.mouse.down()
    await frame(page)
  }
  await page.mouse.move(left, y)
  await page.mouse.up()
}

const frame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())))

interface Served extends AsyncDisposable {
  readonly url: string
}

async function serve(dataDir: string): Promise<Served> {
  const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { url: await readyUrl(child), [Symbol.asyncDispose]: () => ended(child) }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let out = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const url = /Watchdeck is ready: (\S+)\n/.exec(out)?.[1]
      if (url !== undefined) done(url)
    })
    child.once('exit', (code) => fail(new Error(`serve ended with ${code}`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((done) => {
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })
}

function run(dataDir: string, ...words: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...words, '--data-dir', dataDir], { stdio: 'ignore' })
    child.once('error', fail)
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`${words[0]} ended with ${code}`))))
  })
}

async function opened(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-US',
  })
  const page = await context.newPage()
  await page.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
  await page.goto(url)
  await idle(page)
  return page
}

/** The demo: shell, logs, lanes. */
async function onDemo(browser: Browser, dataDir: string): Promise<Measure[]> {
  await run(dataDir, 'demo', '--seed', '1', '--scale', '1')
  await using served = await serve(dataDir)
  const page = await opened(browser, served.url)
  const measures: Measure[] = []
  await go(page, '#/services')
  const shells: number[] = []
  const starts: number[] = []
  for (let i = 0; i < 5; i++) {
    await page.reload({ waitUntil: 'commit' })
    await page.waitForSelector('nav a, nav button')
    shells.push(
      await page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => done(performance.now())))),
    )
    await page.waitForSelector('[role="grid"] [data-row]')
    starts.push(
      await page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => done(performance.now())))),
    )
    await idle(page)
  }
  measures.push({
    name: 'shell with its rail, warm (slowest of 5)',
    value: Math.max(...shells),
    unit: 'ms',
    target: { atMost: 1000 },
  })
  measures.push({
    name: 'shell to usable, warm (overview with its rows; slowest of 5)',
    value: Math.max(...starts),
    unit: 'ms',
    target: { atMost: 1000 },
  })
  await go(page, '#/logs')
  measures.push(...measuresOf('scroll 390,000 log lines', await recorded(page, () => wheel(page, '[data-index="3"]'))))
  await go(page, '#/metrics')
  measures.push(...measuresOf('crosshair and brush over lanes', await recorded(page, () => brush(page))))
  await page.context().close()
  return measures
}

async function onBigTrace(browser: Browser, dataDir: string): Promise<Measure[]> {
  {
    await using engine = await startTestEngine({ modules: [tracesModule], checkAnswers: false, dataDir })
    await addBigTrace(engine.stores)
  }
  await using served = await serve(dataDir)
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
  measures.push(
    ...measuresOf(
      `scroll the waterfall of ${SPANS.toLocaleString('en')}`,
      await recorded(page, () => wheel(page, row)),
    ),
  )
  await page.context().close()
  return measures
}

export async function main(): Promise<Measure[]> {
  const executablePath = await findBrowser()
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  const folders = [await mkdtemp(join(tmpdir(), 'watchdeck-page-')), await mkdtemp(join(tmpdir(), 'watchdeck-page-'))]
  try {
    return [...(await onDemo(browser, folders[0] as string)), ...(await onBigTrace(browser, folders[1] as string))]
  } finally {
    await browser.close()
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  }
}
