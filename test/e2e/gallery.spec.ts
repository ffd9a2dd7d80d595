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

/** px of a picture that have its labels, which hang on the fonts of the machine */
const LABELS = { left: 60, bottom: 22 }
/** cells of a picture, each told by its mean colour as hex digits */
const CELLS = { across: 24, down: 8 }
/** of 255: what two machines draw of the same line differs at its edges */
const ALIKE = 10

/** What is drawn in the pictures, once it does not change any more. */
async function picturesOf(page: Page): Promise<Record<string, string[]>> {
  const drawn = (): Promise<Record<string, string[]>> =>
    page.evaluate(
      ([labels, cells]) => {
        const out: Record<string, string[]> = {}
        for (const figure of document.querySelectorAll('[data-part="charts"] figure')) {
          const whole = figure.querySelector('canvas')
          if (!whole) continue
          const scale = whole.width / whole.clientWidth
          const [left, right, bottom] = [labels.left * scale, 12 * scale, labels.bottom * scale]
          const [width, height] = [whole.width - left - right, whole.height - bottom]
          const source = whole.getContext('2d')?.getImageData(left, 0, width, height)
          if (!source) continue
          const rows: string[] = []
          for (let row = 0; row < cells.down; row++) {
            let text = ''
            for (let column = 0; column < cells.across; column++) {
              const sum = [0, 0, 0, 0]
              let n = 0
              const [y0, y1] = [row, row + 1].map((at) => Math.floor((at * source.height) / cells.down)) as [
                number,
                number,
              ]
              const [x0, x1] = [column, column + 1].map((at) => Math.floor((at * source.width) / cells.across)) as [
                number,
                number,
              ]
              for (let y = y0; y < y1; y++)
                for (let x = x0; x < x1; x++, n++) {
                  const at = (y * source.width + x) * 4
                  const alpha = (source.data[at + 3] ?? 0) / 255
                  for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (source.data[at + c] ?? 0) * alpha
                  sum[3] = (sum[3] ?? 0) + alpha * 255
                }
              text += sum
                .map((each) =>
                  Math.round(each / Math.max(1, n))
                    .toString(16)
                    .padStart(2, '0'),
                )
                .join('')
            }
            rows.push(text)
          }
          out[figure.getAttribute('aria-label') ?? ''] = rows
        }
        return out
      },
      [LABELS, CELLS] as const,
    )
  let before = ''
  let now = await drawn()
  await expect
    .poll(async () => {
      before = JSON.stringify(now)
      now = await drawn()
      return JSON.stringify(now) === before
    })
    .toBe(true)
  return now
}

/** The cells of `now` that are drawn otherwise than they were. */
const changed = (now: readonly string[], kept: readonly string[]): string[] =>
  now.flatMap((row, y) =>
    Array.from({ length: CELLS.across }, (_, x) => x).flatMap((x) => {
      const cell = (from: string | undefined) => (from ?? '').slice(x * 8, x * 8 + 8).match(/../g) ?? []
      const was = cell(kept[y])
      return cell(row).every(
        (part, i) => Math.abs(Number.parseInt(part, 16) - Number.parseInt(was[i] ?? 'zz', 16)) <= ALIKE,
      )
        ? []
        : [`${x},${y}: ${was.join('')} is ${cell(row).join('')}`]
    }),
  )

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
      const pictures = await picturesOf(page)
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
      const now = { fonts, states, parts, pictures }
      if (RENEW) await page.screenshot({ path: info.outputPath('gallery.png'), fullPage: true })
      if (RENEW) await writeFile(path, `${JSON.stringify(now, undefined, 1)}\n`)
      const kept = JSON.parse(await readFile(path, 'utf8')) as typeof now
      const coloursOf = (from: typeof now) =>
        Object.fromEntries(Object.entries(from.parts).map(([k, v]) => [k, v.colours]))
      const boxesOf = (from: typeof now) => Object.fromEntries(Object.entries(from.parts).map(([k, v]) => [k, v.boxes]))
      expect(complaints).toEqual([])
      expect(states).toEqual(kept.states)
      expect(coloursOf(now)).toEqual(coloursOf(kept))
      expect(Object.keys(pictures)).toEqual(Object.keys(kept.pictures))
      for (const [name, rows] of Object.entries(pictures))
        expect(changed(rows, kept.pictures[name] ?? []), name).toEqual([])
      if (kept.fonts === fonts) expect(boxesOf(now)).toEqual(boxesOf(kept))
    })

test('a text takes effect on Enter, when it is left or chosen; Escape, and a change from outside, forget it', async ({
  page,
  gallery,
}) => {
  await show(page, gallery, 'language=en')
  const part = page.locator('[data-part="committed"]')
  const field = part.getByRole('combobox', { name: 'Takes effect when left' })
  const took = part.locator('code').first()
  const outside = part.getByRole('button', { name: 'from outside' }).first()
  await field.fill('orders ')
  await expect(took).toHaveText('checkout')
  await field.press('Enter')
  await expect(took).toHaveText('orders')
  await expect(field).toHaveValue('orders')
  await expect(field).toBeFocused()

  await field.fill('billing')
  await field.blur()
  await expect(took).toHaveText('billing')

  await field.fill('half a na')
  await expect(part.getByRole('alert')).toHaveText('A name has no space.')
  await field.press('Enter')
  await expect(took).toHaveText('billing')
  await expect(field).toHaveValue('half a na')
  await field.press('Escape')
  await expect(field).toHaveValue('billing')
  await field.blur()
  await expect(took).toHaveText('billing')

  // one that is offered takes effect at once; what changes then from outside is not undone when the field is left
  await field.fill('payment')
  await expect(took).toHaveText('payment')
  await outside.evaluate((button) => (button as HTMLButtonElement).click())
  await expect(field).toHaveValue('fraud')
  await field.blur()
  await expect(took).toHaveText('fraud')

  // in a bar, what is wrong is said without moving what stands below
  const bar = part.getByRole('combobox', { name: 'In a bar' })
  const before = await part.boundingBox()
  await bar.fill('half a na')
  await expect(part.getByRole('alert')).toBeVisible()
  expect(await part.boundingBox()).toEqual(before)
})
