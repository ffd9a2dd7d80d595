// Live sources: starting with 200 of which 150 are dead, a range query of 1,000 series until it is drawn, and an answer of 500 MB.
// The page is the built program in a real Chromium; the backend is a process of its own, so that its memory is not ours.
// Bisection is measured without a server: how many questions it takes. ANSWER_MB=n for another size.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { chromium } from '@playwright/test'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { prometheusConnector } from '../../src/main/connectors/prometheus/index.ts'
import { metricsModule } from '../../src/main/metrics/index.ts'
import { sourcesModuleWith } from '../../src/main/sources/index.ts'
import { startTestEngine } from '../support/engine.ts'
import { readWindow } from '../../src/main/engine/trace-window.ts'
import { asEpochNs } from '../../src/shared/base/time.ts'
import type { TraceSource } from '../../src/shared/domain/live-source.ts'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import type { Measure } from './run.ts'

const OUT = process.env['WATCHDECK_OUT'] ?? join(import.meta.dirname, '../../out')
const ANSWER_MB = Number(process.env['ANSWER_MB'] ?? 500)
const [SOURCES, DEAD] = [200, 150]
const SERIES = 1000
const TRACES = 100_000

/** Answers range queries of `series` series, or of `mb` megabytes; tells when the last byte was handed over. */
const BACKEND = `
const { createServer } = require('node:http')
const line = (i, points, start, step) => JSON.stringify({ metric: { __name__: 'load', instance: 'host-' + i, job: 'node' },
  values: Array.from({ length: points }, (_, k) => [start + k * step, String((Math.sin(i + k / 9) + 2) * 1000 + k)]) })
createServer((request, response) => {
  let body = ''
  request.on('data', (part) => (body += part))
  request.on('end', async () => {
    const form = new URLSearchParams(body || new URL(request.url, 'http://x').search)
    response.setHeader('content-type', 'application/json')
    if (!request.url.includes('query_range')) {
      const data = request.url.includes('buildinfo') ? { version: '3.16.0' } : request.url.includes('/query') ? { resultType: 'vector', result: [] } : []
      return response.end(JSON.stringify({ status: 'success', data }))
    }
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)))
    const points = Math.floor((end - start) / step) + 1
    const mb = /mb_(\\d+)/.exec(form.get('query'))
    const first = line(0, points, start, step)
    const count = mb ? Math.ceil((Number(mb[1]) * 1e6) / first.length) : ${SERIES}
    response.write('{"status":"success","data":{"resultType":"matrix","result":[')
    for (let i = 0; i < count; i++)
      if (!response.write((i > 0 ? ',' : '') + (mb ? first.replace('host-0', 'host-' + i) : line(i, points, start, step))))
        await new Promise((resolve) => response.once('drain', resolve))
    response.end(']}}', () => process.stdout.write('sent ' + Date.now() + '\\n'))
  })
}).listen(0, '127.0.0.1', function () { process.stdout.write('port ' + this.address().port + '\\n') })
`

interface Backend {
  readonly url: string
  /** epoch ms of the last byte of the newest range query */
  sent: number
  readonly process: ChildProcess
}

async function startBackend(): Promise<Backend> {
  const child = spawn(process.execPath, ['-e', BACKEND], { stdio: ['ignore', 'pipe', 'inherit'] })
  const backend = { url: '', sent: 0, process: child }
  child.stdout.on('data', (text: Buffer) => {
    for (const line of text.toString().split('\n')) {
      const [word, value] = line.split(' ')
      if (word === 'port') backend.url = `http://127.0.0.1:${value}`
      if (word === 'sent') backend.sent = Number(value)
    }
  })
  while (backend.url === '') await once(child.stdout, 'data')
  return backend
}

/** Takes connections and never answers. */
async function startFrozen(): Promise<{ url: string; server: Server }> {
  const server = createServer(() => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, server }
}

const MODULES = [metricsModule, sourcesModuleWith([prometheusConnector])]

async function manySources(backend: Backend): Promise<Measure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-sources-'))
  const frozen = await startFrozen()
  try {
    let alive = ''
    {
      await using t = await startTestEngine({ modules: MODULES, dataDir })
      const first = await t.client.call('sources.add', { kind: 'prometheus', name: 'source', url: backend.url })
      alive = first.id
      const spec = t.stores.catalog.sources.get(alive)?.spec
      if (!spec) throw new Error('the source has no settings')
      for (let i = 1; i < SOURCES; i++) {
        // a third of the dead refuse, the rest take the question and are silent
        const url = i > DEAD ? backend.url : i % 3 === 0 ? 'http://127.0.0.1:1' : frozen.url
        const name = `source ${i}`
        const { id } = t.stores.catalog.sources.create({
          name,
          kind: 'prometheus',
          origin: [],
          readOnly: false,
          spec: { ...spec, name, url },
        })
        t.stores.catalog.sources.update(id, { state: 'ready' })
      }
    }
    const delay = monitorEventLoopDelay({ resolution: 5 })
    const began = performance.now()
    await using t = await startTestEngine({ modules: MODULES, dataDir, checkAnswers: false })
    await t.client.call('sources.list', {})
    const start = performance.now() - began
    delay.enable()
    const leave = new AbortController()
    const range = { from: 'now-1h', to: 'now' }
    const all = t.client
      .call('metrics.query', { range, query: 'load', step: '1m' }, { signal: leave.signal })
      .catch(() => undefined)
    const times: number[] = []
    for (let i = 0; i < 40; i++) {
      const asked = performance.now()
      await t.client.call('metrics.query', {
        range: { from: 'now-5m', to: 'now' },
        query: `up + ${i}`,
        sources: [alive],
      })
      times.push(performance.now() - asked)
      await setTimeout(25)
    }
    delay.disable()
    leave.abort()
    await all
    times.sort((a, b) => a - b)
    return [
      {
        name: `start with ${SOURCES} sources, ${DEAD} dead, to the list`,
        value: start,
        unit: 'ms',
        target: { atMost: 1000 },
      },
      {
        name: 'a question to a live source while all are asked, p95',
        value: times[Math.floor(times.length * 0.95)] ?? NaN,
        unit: 'ms',
        reference: { name: 'median', value: times[20] ?? NaN },
      },
      { name: 'longest stall of the engine meanwhile', value: delay.max / 1e6, unit: 'ms' },
    ]
  } finally {
    frozen.server.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function largeAnswer(backend: Backend): Promise<Measure[]> {
  await using t = await startTestEngine({ modules: MODULES, checkAnswers: false })
  const { id } = await t.client.call('sources.add', {
    kind: 'prometheus',
    name: 'large',
    url: backend.url,
    limits: { timeoutMs: 300_000 },
  })
  const out: Measure[] = []
  for (const mb of [ANSWER_MB / 5, ANSWER_MB]) {
    // the range begins long ago, so that no chunk of it is kept by the next
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T03:00:00Z' }
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let peak = before
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
    const began = performance.now()
    await t.client.call('metrics.lane', { range, query: `mb_${mb}`, width: 8000, maxSeries: 20, sources: [id] })
    clearInterval(timer)
    out.push(
      { name: `range answer of ${mb} MB, read and thinned`, value: performance.now() - began, unit: 'ms' },
      { name: `range answer of ${mb} MB, memory above what was`, value: (peak - before) / 1e6, unit: 'MB' },
    )
  }
  return out
}

async function drawn(backend: Backend): Promise<Measure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-bench-drawn-'))
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: ['--no-sandbox'] })
  const server = spawn(process.execPath, [join(OUT, 'main', 'cli.js'), 'serve', '--data-dir', dataDir, '--no-open'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // listened for from the start: one that ended by itself tells it only once
  const ended = once(server, 'exit')
  try {
    let said = ''
    server.stdout.on('data', (text: Buffer) => (said += text.toString()))
    const ready = /Watchdeck is ready: (\S+)\n/
    while (!ready.test(said)) await once(server.stdout, 'data')
    const address = ready.exec(said)?.[1] ?? ''
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.addInitScript('window.__WATCHDECK_TEST__ = true')
    await page.goto(address)
    await page.waitForFunction('typeof window.__idle === "function"')
    const add = spawn(process.execPath, [
      join(OUT, 'main', 'cli.js'),
      ...['call', 'sources.add', '--data-dir', dataDir, '--input'],
      JSON.stringify({ kind: 'prometheus', name: 'many', url: backend.url }),
    ])
    await once(add, 'exit')
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      backend.sent = 0
      const lanes = encodeURIComponent(JSON.stringify([{ q: `load + ${i}`, n: SERIES }]))
      await page.evaluate(`location.assign('#/metrics?from=now-1h&to=now&lanes=${lanes}')`)
      while (backend.sent === 0) await setTimeout(5)
      // drawn: nothing is pending and a frame was handed over
      const at = await page.evaluate<number>(
        'window.__idle().then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())))))',
      )
      times.push(at - backend.sent)
    }
    times.sort((a, b) => a - b)
    return [
      {
        name: `${SERIES} series drawn after the last byte, median of 5`,
        value: times[2] ?? NaN,
        unit: 'ms',
        target: { atMost: 1000 },
      },
      { name: 'the slowest of them', value: times[4] ?? NaN, unit: 'ms' },
    ]
  } finally {
    await browser.close()
    server.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Every trace of an hour from a backend that tells 1,500 at most: questions beside the fewest that could do. */
async function bisection(): Promise<Measure[]> {
  const page = 1500
  const start = 1_760_000_000_000_000_000n
  const hour = 3_600_000_000_000n
  const resource = { attributes: { values: { 'service.name': 'web' } } }
  // quiet for the most part, and a burst of half of them in one minute
  const traces = Array.from({ length: TRACES }, (_, i): SpanRow => {
    const isBurst = i >= TRACES / 2
    const at = isBurst ? hour / 2n + (60_000_000_000n * BigInt(i - TRACES / 2)) / BigInt(TRACES / 2) : 0n
    return {
      traceId: (i + 1).toString(16).padStart(32, '0'),
      spanId: (i + 1).toString(16).padStart(16, '0'),
      parentId: '',
      service: 'web',
      operation: 'GET /',
      kind: 2,
      start: asEpochNs(start + (isBurst ? at : (hour * BigInt(i)) / BigInt(TRACES / 2))),
      durationNs: 1_000_000n,
      status: 0,
      attributes: { values: {} },
      resource,
    }
  }).sort((a, b) => Number(a.start - b.start))
  const place = (time: bigint) => {
    let [low, high] = [0, traces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((traces[middle] as SpanRow).start < time) low = middle + 1
      else high = middle
    }
    return low
  }
  let asked = 0
  const source: Pick<TraceSource, 'search' | 'limits'> = {
    limits: { page, traces: page },
    search({ range }) {
      asked++
      const found = traces.slice(place(range.from), place(range.to))
      const told = { completeness: { complete: true, missing: [] }, warnings: [], infos: [] }
      return Promise.resolve({ ...told, spans: found.slice(-page), full: found.length > page })
    },
  }
  const seen = new Set<string>()
  const began = performance.now()
  const asking = { signal: new AbortController().signal, view: 'bench' }
  for await (const { spans, lacks } of readWindow(source, { from: start, to: start + hour }, {}, asking)) {
    if (lacks.length > 0) throw new Error('a moment had more traces than the backend tells')
    for (const { traceId } of spans) seen.add(traceId)
  }
  const took = performance.now() - began
  if (seen.size !== TRACES) throw new Error(`${seen.size} of ${TRACES} traces were read`)
  return [
    {
      name: `bisection of ${TRACES.toLocaleString('en')} traces, ${page} told at most: questions`,
      value: asked,
      unit: '',
      reference: { name: 'fewest possible', value: Math.ceil(TRACES / page) },
    },
    { name: '  without the answers of the backend', value: took, unit: 'ms' },
  ]
}

const PARTS = { sources: manySources, drawn, answer: largeAnswer, bisection }

/** @param parts of them: sources, drawn, answer, bisection */
export async function main(parts: readonly string[] = []): Promise<Measure[]> {
  const backend = await startBackend()
  try {
    const out: Measure[] = []
    for (const [name, part] of Object.entries(PARTS))
      if (parts.length === 0 || parts.includes(name)) out.push(...(await part(backend)))
    return out
  } finally {
    backend.process.kill()
  }
}
