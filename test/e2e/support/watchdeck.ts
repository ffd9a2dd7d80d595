// The fixture of every story: the built `serve` on a data folder and a port of its own, and the page when it is ready.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test as base, type Page } from '@playwright/test'

/** WATCHDECK_OUT: a build beside the usual one */
const CLI = resolve(process.env['WATCHDECK_OUT'] ?? resolve(import.meta.dirname, '../../../out'), 'main/cli.js')

export interface Watchdeck {
  readonly dataDir: string
  /** with a token that is good once */
  readonly url: string
  /** Runs a word of the command line on the same data folder: it attaches to the running engine. */
  cli(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }>
  /** Ends the engine and starts it again on the same data folder. `meanwhile` runs while there is none. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
}

/** Resolves when no query, stream frame or animation of the page is pending. */
export async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__idle' in window && typeof window.__idle === 'function')
  await page.evaluate(() => ('__idle' in window && typeof window.__idle === 'function' ? window.__idle() : undefined))
}

/** Runs `use` with an engine of its own on an empty data folder, then ends both. */
async function served(use: (watchdeck: Watchdeck) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-e2e-'))
  const start = () =>
    spawn(process.execPath, [CLI, 'serve', '--no-open', '--data-dir', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  let server = start()
  const restart = async (meanwhile?: () => Promise<void>): Promise<void> => {
    await ended(server)
    await meanwhile?.()
    server = start()
    await readyUrl(server)
  }
  try {
    await use({ dataDir, url: await readyUrl(server), cli: (...words) => runCli(dataDir, words), restart })
  } finally {
    await ended(server)
    await rm(dataDir, { recursive: true, force: true })
  }
}

export const test = base.extend<{ watchdeck: Watchdeck; elsewhere: Watchdeck; app: Page }>({
  // biome's rule about empty patterns does not know that Playwright reads the parameter list
  watchdeck: ({ browserName: _ }, use) => served(use),
  /** another computer: an engine that shares nothing with the first */
  elsewhere: ({ browserName: _ }, use) => served(use),
  /** the page, signed in and idle */
  app: async ({ watchdeck, page }, use) => {
    await page.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
    await page.goto(watchdeck.url)
    await idle(page)
    await use(page)
  },
})

export { expect } from '@playwright/test'

function readyUrl(server: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let out = ''
    let errors = ''
    server.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    server.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const url = /Watchdeck is ready: (\S+)\n/.exec(out)?.[1]
      if (url !== undefined) done(url)
    })
    server.on('exit', (code) => fail(new Error(`serve ended with ${code}: ${errors}`)))
  })
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve()
  return new Promise((done) => {
    server.once('exit', () => done())
    server.kill('SIGTERM')
  })
}

export function runCli(
  dataDir: string,
  words: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...words, '--data-dir', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', fail)
    child.on('close', (code) => done({ code: code ?? 1, stdout, stderr }))
  })
}
