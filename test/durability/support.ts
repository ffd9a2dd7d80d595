// Processes that are killed, and what a data folder must still be when it is opened after that.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

const ROOT = resolve(import.meta.dirname, '../..')
export const CLI = join(ROOT, 'src/main/cli.ts')

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-durability-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

export interface RunOptions {
  /** killed so long after it was started */
  killAfterMs?: number | undefined
  /** killed so long after its first line */
  killAfterReadyMs?: number
  env?: Record<string, string>
}

/** Runs a script under this Node to its end, or until it is killed. */
export function runNode(script: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const started = performance.now()
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  let timer: ReturnType<typeof setTimeout> | undefined
  const killAfter = (ms: number | undefined) => {
    if (ms !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), ms)
  }
  killAfter(options.killAfterMs)
  child.stdout?.once('data', () => killAfter(options.killAfterReadyMs))
  return new Promise((done) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      done({ code, signal, stdout, stderr, tookMs: performance.now() - started })
    }),
  )
}

/** The whole engine over a folder, in this process. */
export const openFolder = (dataDir: string): Promise<TestEngine> => startTestEngine({ dataDir, modules: ALL_MODULES })

/** Sentences about what is wrong with the stores; none when all is well. */
export async function problemsOf({ stores }: TestEngine): Promise<string[]> {
  const { catalog, telemetry } = stores
  const problems: string[] = []
  const counted = await telemetry.sourceKeys()
  const none = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
  for (const source of catalog.sources.list()) {
    if (source.state === 'loading') problems.push(`${source.name} is still loading`)
    if (source.kind === 'file') continue
    const { counts } = counted.get(source.key) ?? { counts: none }
    counted.delete(source.key)
    if (JSON.stringify(counts) !== JSON.stringify(source.counts))
      problems.push(`${source.name} has ${JSON.stringify(counts)}, the catalog says ${JSON.stringify(source.counts)}`)
  }
  for (const key of counted.keys()) problems.push(`rows of the source ${key} belong to nobody`)
  if (!catalog.audit.verify().ok) problems.push('the audit is broken')
  for (const job of catalog.jobs.list(100))
    if (job.state === 'running') problems.push(`the job ${job.title} still runs`)
  return problems
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `npm run test:long` takes all cases, `npm test` some that the seed chooses; WATCHDECK_SEED repeats a run. */
export const LONG = process.env['WATCHDECK_LONG'] === '1'
export const SEED = Number(process.env['WATCHDECK_SEED'] ?? 1 + Math.floor(Math.random() * 2 ** 31))
