// The built program on a data folder, and a page of it.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'

const OUT = process.env['WATCHDECK_OUT'] ?? join(import.meta.dirname, '../../../out')
const CLI = join(OUT, 'main', 'cli.js')

export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** A data folder that `fill` fills. With PAGE_DATA=folder it is kept there, and the next run does not fill it again. */
export async function folderOf(name: string, fill: (path: string) => Promise<void>): Promise<Folder> {
  const kept = process.env['PAGE_DATA']
  if (kept === undefined) {
    const folder = await emptyFolder()
    await fill(folder.path)
    return folder
  }
  const path = join(kept, name)
  if (!existsSync(path)) {
    await mkdir(path, { recursive: true })
    await fill(path)
  }
  return { path, [Symbol.asyncDispose]: () => Promise.resolve() }
}

/** A data folder with nothing in it. */
export async function emptyFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'watchdeck-page-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export interface Served extends AsyncDisposable {
  readonly url: string
}

export async function serve(dataDir: string): Promise<Served> {
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

/** The command line's answer. */
export function run(dataDir: string, ...words: string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [CLI, ...words, '--data-dir', dataDir], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.once('error', fail)
    child.once('close', (code) => (code === 0 ? done(out) : fail(new Error(`${words[0]} ended with ${code}`))))
  })
}

export async function pageOf(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-US',
  })
  return context.newPage()
}

export async function opened(browser: Browser, url: string): Promise<Page> {
  const page = await pageOf(browser)
  await page.addInitScript(() => Object.assign(window, { __WATCHDECK_TEST__: true }))
  await page.goto(url)
  await idle(page)
  return page
}

export async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => '__idle' in window)
  await page.evaluate(() => ('__idle' in window && typeof window.__idle === 'function' ? window.__idle() : undefined))
}

export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((h) => {
    location.hash = h
  }, hash)
  await idle(page)
}
