// `npm run screenshots`: the pictures of the README, taken from the running program on the demo incident.
// `-- --out DIR` puts them elsewhere, `-- --all` takes every view in both themes, languages and sizes to be looked
// at, `--only overview,logs` some of them.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from '@playwright/test'
import { findBrowser } from './lib/browser.ts'
import { ensureBuilt } from './lib/out.ts'
import { ROOT } from './lib/run.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(ROOT, 'docs', 'screenshots') },
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})

type Language = 'en' | 'zh-CN'
type Theme = 'dark' | 'light'
interface Shot {
  readonly view: string
  readonly theme: Theme
  readonly language: Language
  readonly size: { width: number; height: number }
}

const SMALL = { width: 1280, height: 800 }
const LARGE = { width: 1920, height: 1080 }
const README: readonly Shot[] = [
  { view: 'overview', theme: 'dark', language: 'en', size: SMALL },
  { view: 'overview', theme: 'light', language: 'en', size: SMALL },
  { view: 'overview', theme: 'dark', language: 'zh-CN', size: SMALL },
  { view: 'war-room', theme: 'dark', language: 'en', size: SMALL },
  { view: 'war-room', theme: 'light', language: 'zh-CN', size: SMALL },
  { view: 'trace', theme: 'light', language: 'en', size: SMALL },
  { view: 'trace', theme: 'dark', language: 'zh-CN', size: SMALL },
  { view: 'logs', theme: 'dark', language: 'en', size: SMALL },
]
const VIEWS = [
  'start',
  'overview',
  'map',
  'war-room',
  'incidents',
  'traces',
  'trace',
  'logs',
  'metrics',
  'clusters',
  'import',
  'settings',
  'help',
]

function everything(): Shot[] {
  const shots: Shot[] = []
  for (const view of VIEWS)
    for (const theme of ['dark', 'light'] as const)
      for (const language of ['en', 'zh-CN'] as const)
        for (const size of [SMALL, LARGE]) shots.push({ view, theme, language, size })
  return shots
}

/** Runs the command line and answers with what it printed. */
function watchdeck(dataDir: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'watchdeck.js'), ...args, '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`watchdeck ${args[0]} ended with ${code}`)),
    )
  })
}

async function serve(dataDir: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'bin', 'watchdeck.js'), 'serve', '--no-open', '--data-dir', dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, WATCHDECK_TEST: '1' },
    },
  )
  let out = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const found = /http:\/\/\S+#token=\S+/.exec(out)
      if (found) resolve(found[0])
    })
    child.on('close', () => reject(new Error(`the browser shell ended: ${out}`)))
  })
  return { url, stop: () => child.kill('SIGTERM') }
}

const idle = (page: Page) =>
  page.evaluate(() => {
    const wait: unknown = Reflect.get(globalThis, '__idle')
    return typeof wait === 'function' ? wait() : undefined
  })

async function main(): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('The build failed.')
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-screenshots-'))
  mkdirSync(values.out, { recursive: true })
  const demo = JSON.parse(await watchdeck(dataDir, 'demo', '--seed', '1')) as { incident: string; source: string }
  const span = { from: '2026-11-02T14:44:00Z', to: '2026-11-02T15:24:00Z' }
  await prepareIncident(dataDir, demo.incident, span)
  const slow = JSON.parse(
    await watchdeck(
      dataDir,
      'call',
      'traces.search',
      '--input',
      JSON.stringify({ range: span, service: 'checkout', status: 'error', orderBy: 'duration', limit: 1 }),
    ),
  ) as { rows: Array<{ traceId: string }> }
  const range = `from=${encodeURIComponent(span.from)}&to=${encodeURIComponent(span.to)}`
  const addresses: Record<string, string> = {
    start: '#/start',
    overview: `#/services?${range}`,
    map: `#/services?${range}&as=map`,
    'war-room': `#/incidents/${demo.incident}?${range}`,
    incidents: '#/incidents',
    traces: `#/traces?${range}&service=checkout`,
    trace: `#/traces/${slow.rows[0]?.traceId ?? ''}?${range}`,
    logs: `#/logs?${range}&query=${encodeURIComponent('level>=warn')}`,
    metrics: `#/metrics?${range}&query=kafka_consumergroup_lag`,
    clusters: `#/clusters?${range}`,
    import: '#/import',
    settings: '#/settings',
    help: '#/help',
  }
  const shell = await serve(dataDir)
  let browser: Browser | undefined
  try {
    browser = await chromium.launch({
      executablePath: await findBrowser(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
    const shots = (values.all ? everything() : README).filter(
      (s) => values.only === undefined || values.only.split(',').includes(s.view),
    )
    // the address is good once: one session takes all the pictures
    const context = await browser.newContext({ viewport: SMALL, deviceScaleFactor: 1 })
    const page = await context.newPage()
    await page.goto(shell.url.replace('/#', '/?test=1#'))
    await idle(page)
    const origin = new URL(shell.url).origin
    for (const shot of shots) {
      const hash = addresses[shot.view] ?? '#/'
      await watchdeck(
        dataDir,
        'call',
        'settings.set',
        '--input',
        JSON.stringify({ theme: shot.theme, language: shot.language, zone: 'UTC' }),
      )
      await page.setViewportSize(shot.size)
      await page.goto(`${origin}/?test=1${hash}`)
      await page.reload()
      await idle(page)
      const name = [
        shot.view,
        shot.theme,
        shot.language.slice(0, 2),
        ...(values.all ? [String(shot.size.width)] : []),
      ].join('-')
      await page.screenshot({ path: join(values.out, `${name}.png`) })
      process.stdout.write(`${name}.png\n`)
    }
  } finally {
    await browser?.close()
    shell.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What a person would have done by then: a stage, a note, three lanes and two pins. */
async function prepareIncident(dataDir: string, incident: string, range: { from: string; to: string }): Promise<void> {
  const call = (method: string, input: unknown) => watchdeck(dataDir, 'call', method, '--input', JSON.stringify(input))
  const pin = (title: string, method: string, input: Record<string, unknown>) =>
    call('incidents.pin', { incident, title, what: { method, input: { range, ...input } } })
  await call('incidents.update', {
    id: incident,
    services: ['checkout', 'payment', 'notification'],
    roles: { lead: 'ana', ops: 'wei' },
  })
  await pin('orders per second', 'metrics.lane', { query: 'sum(rate(orders_total[2m]))' })
  await pin('consumer lag', 'metrics.lane', { query: 'sum by (consumergroup) (kafka_consumergroup_lag)' })
  await pin('errors by volume', 'logs.histogram', { query: 'level>=error', buckets: 80 })
  await pin('slow checkouts', 'traces.search', {
    service: 'checkout',
    minDuration: '2s',
    orderBy: 'duration',
    limit: 50,
  })
  await call('incidents.note', {
    incident,
    at: '2026-11-02T14:55:00Z',
    markdown: 'Checkout times out against **payment**; new version since 14:47.',
  })
  await call('incidents.note', { incident, at: '2026-11-02T15:18:00Z', markdown: 'Rolling `payment` back.' })
  await call('incidents.update', { id: incident, stage: 'analysing', stageAt: '2026-11-02T14:53:00Z' })
  await call('incidents.update', { id: incident, stage: 'mitigated', stageAt: '2026-11-02T15:21:00Z' })
}

await main()
