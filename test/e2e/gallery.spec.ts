// Every shared part in its states looks as it was agreed: colours and boxes of the gallery beside the committed ones.
// After a wanted change: WATCHDECK_RENEW_GALLERY=1 npx playwright test gallery, look at the pictures in test-results,
// commit test/fixtures/gallery.

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { expect, type Page, test as base } from '@playwright/test'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

const KEPT = resolve(import.meta.dirname, '../fixtures/gallery')
const RENEW = process.env['WATCHDECK_RENEW_GALLERY'] === '1'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

const test = base.extend<object, { gallery: string }>({
  /** a folder with the built page */
  gallery: [
    async ({ browserName: _ }, use) => {
      const outDir = await mkdtemp(join(tmpdir(), 'watchdeck-gallery-'))
      await build({
        configFile: false,
        root: resolve(import.meta.dirname, 'gallery'),
        base: './',
        logLevel: 'error',
        plugins: [react()],
        build: { outDir, emptyOutDir: true, target: 'chrome140' },
      })
      await use(outDir)
      await rm(outDir, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

async function show(page: Page, gallery: string, query: string): Promise<string[]> {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.route('http://gallery.test/**', async (route) => {
    const path = new URL(route.request().url()).pathname
    const file = join(gallery, path === '/' ? 'index.html' : path)
    if (!existsSync(file)) return route.fulfill({ status: 404 })
    return route.fulfill({ body: await readFile(file), contentType: TYPES[extname(file)] ?? 'text/plain' })
  })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`http://gallery.test/?${query}`)
  await expect(page.locator('[data-part="charts"] canvas').first()).toBeVisible()
  await page.evaluate(async () => {
    await document.fonts.ready
  })
  return complaints
}

/** One line for each element: what it is, its colours, its box in CSS px. */
const look = (page: Page): Promise<Record<string, { colours: string[]; boxes: string[] }>> =>
  page.evaluate(() => {
    const out: Record<string, { colours: string[]; boxes: string[] }> = {}
    const parts = new Map<string, Element>()
    for (const part of document.querySelectorAll<HTMLElement>('[data-part]'))
      parts.set(part.dataset['part'] ?? '', part)
    // a dialog, menu or popover stands beside the page; the messages have a region of their own
    const over = document.querySelector('[role="dialog"], [role="menu"], section[aria-live]')
    const shown = over ? new Map([['floating', over]]) : parts
    for (const [name, part] of shown) {
      const [colours, boxes]: [string[], string[]] = [[], []]
      const origin = part.getBoundingClientRect()
      for (const element of part.querySelectorAll(
        'button, input, textarea, a, span, p, div, li, code, time, h2, header, footer, figure',
      )) {
        const { color, backgroundColor, borderTopColor, opacity, outlineStyle, outlineColor } =
          getComputedStyle(element)
        const box = element.getBoundingClientRect()
        if (box.width === 0 || element.closest('canvas, svg, [data-floating]')) continue
        const called = element.tagName.toLowerCase()
        const outline = outlineStyle === 'none' ? '' : ` outline ${outlineColor}`
        colours.push(`${called} ${color} on ${backgroundColor} edge ${borderTopColor} ${opacity}${outline}`)
        boxes.push(
          `${called} ${[box.left - origin.left, box.top - origin.top, box.width, box.height].map(Math.round).join(' ')}`,
        )
      }
      out[name] = { colours, boxes }
    }
    return out
  })

/** Colours of a button as it is, under the pointer, and reached by Tab. */
async function statesOf(page: Page): Promise<Record<string, string>> {
  const out: Record<string, string> = {}
  const style = (name: string): Promise<string> =>
    page
      .locator('[data-part="buttons"]')
      .getByRole('button', { name, exact: true })
      .evaluate((element) => {
        const { color, backgroundColor, borderTopColor, outlineStyle, outlineColor } = getComputedStyle(element)
        return [color, backgroundColor, borderTopColor, outlineStyle, outlineColor].join(' ')
      })
  for (const name of ['plain', 'primary', 'quiet', 'danger']) {
    const button = page.locator('[data-part="buttons"]').getByRole('button', { name, exact: true })
    out[name] = await style(name)
    await button.hover()
    out[`${name}, hover`] = await style(name)
    await page.mouse.move(0, 0)
    await button.focus()
    await page.keyboard.press('Shift')
    out[`${name}, focus`] = await style(name)
  }
  await page.keyboard.press('Tab')
  return out
}

for (const theme of ['dark', 'light'] as const)
  for (const [language, contrast] of [
    ['en', 'normal'],
    ['zh-CN', 'normal'],
    ['en', 'high'],
  ] as const)
    test(`the gallery looks as agreed (${theme}, ${language}, ${contrast} contrast)`, async ({
      page,
      gallery,
    }, info) => {
      const complaints = await show(page, gallery, `theme=${theme}&language=${language}&contrast=${contrast}`)
      const parts = await look(page)
      const states = await statesOf(page)
      // boxes hang on the fonts of the machine: they are compared where a line of text is as wide as it was
      const fonts = await page.evaluate(() => {
        const probe = document.createElement('span')
        probe.style.cssText = 'position:absolute;white-space:pre;font-size:100px'
        probe.textContent = 'Watchdeck 0123 支付 خدمة'
        document.body.append(probe)
        const { width, height } = probe.getBoundingClientRect()
        probe.style.fontFamily = 'var(--font-mono)'
        const mono = probe.getBoundingClientRect().width
        probe.remove()
        return [width, height, mono].map(Math.round).join(' ')
      })
      for (const kind of ['dialog', 'menu', 'popover', 'toasts']) {
        await page.goto(
          `http://gallery.test/?theme=${theme}&language=${language}&contrast=${contrast}&floating=${kind}`,
        )
        const over = page.locator('[role="dialog"], [role="menu"], section[aria-live] button').first()
        await expect(over, kind).toBeVisible()
        // past the motion of opening
        await over.evaluate((element) => Promise.all(element.getAnimations().map((one) => one.finished)))
        const { floating } = await look(page)
        if (!floating) throw new Error(`nothing floats: ${kind}`)
        parts[kind] = floating
        if (RENEW) await page.screenshot({ path: info.outputPath(`${kind}.png`) })
      }
      const path = join(KEPT, `${theme}-${language}-${contrast}.json`)
      const now = { fonts, states, parts }
      if (RENEW) await page.screenshot({ path: info.outputPath('gallery.png'), fullPage: true })
      if (RENEW) await writeFile(path, `${JSON.stringify(now, undefined, 1)}\n`)
      const kept = JSON.parse(await readFile(path, 'utf8')) as typeof now
      const coloursOf = (from: typeof now) =>
        Object.fromEntries(Object.entries(from.parts).map(([k, v]) => [k, v.colours]))
      const boxesOf = (from: typeof now) => Object.fromEntries(Object.entries(from.parts).map(([k, v]) => [k, v.boxes]))
      expect(complaints).toEqual([])
      expect(states).toEqual(kept.states)
      expect(coloursOf(now)).toEqual(coloursOf(kept))
      if (kept.fonts === fonts) expect(boxesOf(now)).toEqual(boxesOf(kept))
    })
