// The built page in a real Chromium as a window of the Electron shell: its files from the shell's own scheme handler, its
// engine through the built preload, both over the stand-in. The scheme itself is not Chromium's here: the page's address
// is an https one that the test answers with what the handler gives.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { expect, test } from 'vitest'
import { findBrowser } from '../../scripts/lib/browser.ts'
import { ensureBuilt } from '../../scripts/lib/out.ts'
import { BRIDGE } from './stand-in/page-bridge.ts'
import { OUT, PAGE, startStandIn, until } from './stand-in/harness.ts'
import type { PortLike } from '../../src/shared/rpc/transports.ts'

/** Runs in the page: every status line there is for a moment, how many at most, and whatever is louder. */
const WRITE_DOWN = `(() => {
  const said = { lines: new Set(), most: 0, loud: 0 }
  globalThis.__said = said
  new MutationObserver(() => {
    const all = [...document.querySelectorAll('[role="status"]')].map((line) => line.textContent.trim())
    const lines = all.filter((text) => text !== '')
    for (const line of lines) said.lines.add(line)
    said.most = Math.max(said.most, lines.length)
    said.loud = Math.max(said.loud, document.querySelectorAll('[role="alert"], [role="dialog"], dialog').length)
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
})()`
const ADDRESS = 'https://app.watchdeck.invalid'

test('the page starts, breaks no policy, and finds its engine again after a crash', async () => {
  expect(await ensureBuilt()).toBe(true)
  await using standIn = await startStandIn()
  const browser = await chromium.launch({
    executablePath: await findBrowser(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  await using _closing = { [Symbol.asyncDispose]: () => browser.close() }
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url())
    const { status, headers, body } = await standIn.ask<{
      status: number
      headers: Record<string, string>
      body: Uint8Array
    }>('fetch', `watchdeck://app${url.pathname}`, route.request().method())
    await route.fulfill({ status, headers, body: Buffer.from(body) })
  })

  const ports = new Map<number, PortLike>()
  let next = 0
  const deliver = (...words: unknown[]) =>
    void page
      .evaluate((given) => Reflect.get(globalThis, '__standIn')(...given), words)
      .catch((error: Error) => {
        // the last messages of a page that is being closed
        if (!/closed/.test(error.message)) complaints.push(error.message)
      })
  await page.exposeFunction('__toMain', (kind: string, first: unknown, rest: unknown) => {
    if (kind === 'send') void standIn.ask('send', first, rest, PAGE, true, 0)
    else if (kind === 'data') ports.get(Number(first))?.postMessage(new Uint8Array(Buffer.from(String(rest), 'base64')))
    else ports.get(Number(first))?.close()
  })
  standIn.events.on('page', ({ channel, message, ports: given }) => {
    const ids = given.map((port) => {
      const id = ++next
      ports.set(id, port)
      return id
    })
    deliver('message', channel, [message], ids)
    for (const [at, port] of given.entries()) {
      const id = ids[at] ?? 0
      port.on?.('message', (event) =>
        deliver(
          'data',
          id,
          Buffer.from('data' in event && event.data instanceof Uint8Array ? event.data : []).toString('base64'),
        ),
      )
      port.on?.('close', () => deliver('close', id))
      port.start?.()
    }
  })
  standIn.events.on('sent', (channel, args) => deliver('message', channel, args, []))
  await page.addInitScript({
    content: BRIDGE.replace('/* preload */', () => readFileSync(join(OUT, 'preload', 'index.cjs'), 'utf8')),
  })
  await page.addInitScript(() => Object.assign(globalThis, { __WATCHDECK_TEST__: true }))

  const idle = async () => {
    await page.waitForFunction(() => typeof Reflect.get(globalThis, '__idle') === 'function')
    await page.evaluate(() => Reflect.get(globalThis, '__idle')())
  }
  await page.goto(`${ADDRESS}/index.html`)
  await idle()
  expect(await page.title()).toContain('Watchdeck')
  await page.goto(`${ADDRESS}/index.html#/settings`)
  await page.getByText(standIn.dataDir).first().waitFor()

  // whatever is said while the engine is away is written down as it comes: the absence may be short
  await page.evaluate(WRITE_DOWN)
  const [engine] = (await standIn.state()).engines
  process.kill(engine?.pid ?? 0, 'SIGKILL')
  await until(standIn.state, ({ engines }) => engines.length === 2 && engines[1]?.gone === false)
  await page.waitForFunction(() => Reflect.get(Reflect.get(globalThis, '__said'), 'lines').size > 0)
  await page.getByRole('status').filter({ hasText: 'known state' }).waitFor({ state: 'detached' })
  await idle()
  // by itself, in the same page, with what it showed still there: one quiet line, and nothing else
  const said = await page.evaluate(() => {
    const { lines, most, loud } = Reflect.get(globalThis, '__said') as {
      lines: Set<string>
      most: number
      loud: number
    }
    return { lines: [...lines], most, loud }
  })
  expect(said).toEqual({
    lines: [expect.stringContaining('The engine cannot be reached. What you see is the last known state')],
    most: 1,
    loud: 0,
  })
  await page.getByText(standIn.dataDir).first().waitFor()
  // and it asks the new engine
  await page.goto(`${ADDRESS}/index.html#/start`)
  await idle()
  await page.goto(`${ADDRESS}/index.html#/settings`)
  await page.getByText(standIn.dataDir).first().waitFor()
  expect(complaints).toEqual([])
}, 120_000)
