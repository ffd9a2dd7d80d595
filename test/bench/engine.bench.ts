// The engine as a process: a call of the command line beside an empty Node, idle memory, start with 200 incidents, and how
// the cost of queries grows with the data (`SCALES`, demo scales; the largest beside the smallest).
// Run: node test/bench/run.ts engine. It uses the built program: WATCHDECK_OUT, or out.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dialEngine } from '../../src/main/cli/local-socket.ts'
import { readHolder } from '../../src/main/engine/lock.ts'
import { createUntypedClient, type UntypedClient } from '../../src/shared/rpc/client.ts'
import type { Measure } from './run.ts'

const OUT = process.env['WATCHDECK_OUT'] ?? join(import.meta.dirname, '..', '..', 'out')
const CLI = join(OUT, 'main', 'cli.js')
const SCALES = (process.env['SCALES'] ?? '0.1,1').split(',').map(Number)
export const INCIDENTS = 200
const CALLS = 15

const ms = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export async function leastOf(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) least = Math.min(least, await ms(work))
  return least
}

async function node(words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${String(code)}`)
}

interface Running extends AsyncDisposable {
  readonly client: UntypedClient
  readonly child: ChildProcess
  /** from the start of the process to its first answer */
  readonly startMs: number
}

export async function serve(dataDir: string): Promise<Running> {
  const began = performance.now()
  const child = spawn(process.execPath, [CLI, 'serve', '--no-open', '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.stdout.resume()
  const address = readHolder(dataDir)?.address
  if (address === undefined) throw new Error('the engine says it is ready and has no address')
  const transport = await dialEngine(address)
  const client = createUntypedClient({ connect: () => transport })
  await client.call('incidents.list', {})
  return {
    client,
    child,
    startMs: performance.now() - began,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]()
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export interface DemoAsked {
  readonly range: unknown
  readonly sources: readonly unknown[]
}

/** Makes a demo; its range and source are what queries ask for. */
export async function makeDemo(client: UntypedClient, scale: number): Promise<DemoAsked> {
  const made = await client.call('demo.create', { seed: 1, scale })
  const incident = isObject(made) && isObject(made['incident']) ? made['incident'] : made
  const id = isObject(incident) ? (incident['id'] ?? incident['incident']) : incident
  const got = await client.call('incidents.get', { id })
  const whole = isObject(got) && isObject(got['incident']) ? got['incident'] : got
  if (!isObject(whole) || !Array.isArray(whole['sources'])) throw new Error('the demo has no incident')
  return { range: whole['range'], sources: whole['sources'] }
}

/** The queries behind the views, over the whole of a demo. */
export function queriesOf(on: DemoAsked): ReadonlyArray<readonly [string, unknown]> {
  return [
    ['services.overview', on],
    ['services.map', on],
    ['services.changes', on],
    ['traces.search', { ...on, limit: 100 }],
    ['traces.scatter', on],
    ['logs.search', { ...on, query: 'level>=error', limit: 100 }],
    ['logs.histogram', { ...on, query: 'timeout' }],
    ['metrics.query', { ...on, query: 'sum by (service) (rate(http_server_request_duration_seconds_count[5m]))' }],
  ]
}

export async function main(): Promise<Measure[]> {
  const out: Measure[] = []
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-bench-'))
  try {
    const small = join(folder, 'small')
    {
      await using engine = await serve(small)
      out.push({
        name: 'idle engine, resident',
        value: residentMb(engine.child.pid as number),
        unit: 'MB',
        target: { atMost: 200 },
      })
      const call = await leastOf(CALLS, () => node([CLI, 'call', 'system.ping', '--data-dir', small]))
      const empty = await leastOf(CALLS, () => node(['-e', '0']))
      out.push({
        name: `CLI call on a warm engine, least of ${CALLS}`,
        value: call,
        unit: 'ms',
        target: { atMost: 150 },
      })
      out.push({ name: 'an empty Node', value: empty, unit: 'ms' })
    }
    const took = new Map<string, number[]>()
    for (const [place, scale] of SCALES.entries()) {
      const dataDir = join(folder, `scale-${scale}`)
      {
        await using engine = await serve(dataDir)
        const { client } = engine
        const asked = await makeDemo(client, scale)
        for (const [method, input] of queriesOf(asked)) {
          const each = took.get(method) ?? []
          each[place] = await leastOf(3, () => client.call(method, input))
          took.set(method, each)
        }
        for (let i = 0; place === SCALES.length - 1 && i < INCIDENTS; i++)
          await client.call('incidents.create', { title: `Incident ${i}`, severity: 'minor', range: asked.range })
      }
      if (place < SCALES.length - 1) continue
      await using engine = await serve(dataDir)
      out.push({
        name: `start to the first answer, ${INCIDENTS} incidents and the demo at scale ${scale}`,
        value: engine.startMs,
        unit: 'ms',
        target: { atMost: 1500 },
      })
    }
    for (const [method, each] of took)
      out.push({
        name: `${method}, demo at scale ${SCALES.at(-1)}`,
        value: each.at(-1) as number,
        unit: 'ms',
        reference: { name: `scale ${SCALES[0]}`, value: each[0] as number },
      })
    return out
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
