// Metrics in the browser: lanes that a service deserves, a query of one's own, and the way from a point to its evidence.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, idle, test } from './support/watchdeck.ts'

const RANGE = 'from=2026-11-02T14:00:00Z&to=2026-11-02T16:00:00Z'

async function open(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.assign(to), hash)
  await idle(page)
}

test('a service shows its requests, errors and durations without a query being typed', async ({ watchdeck, app }) => {
  expect((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')).code).toBe(0)
  await open(app, `#/metrics?service=checkout&${RANGE}`)
  const queries = await app.getByRole('textbox', { name: /PromQL of lane/ }).allInnerTexts()
  expect(queries[0]).toContain('http_requests_total{job="checkout"}')
  expect(queries.some((q) => q.includes('code="5xx"'))).toBe(true)
  expect(queries.some((q) => q.startsWith('histogram_quantile(0.95'))).toBe(true)

  // a minute of the picture leads to the logs of that minute
  const picture = app.getByRole('application').first()
  await picture.focus()
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('Enter')
  await app.getByRole('menuitem', { name: 'Logs of this minute' }).click()
  await idle(app)
  await expect(app).toHaveURL(/#\/logs\?from=2026-11-02T15:01:00\.000000000Z&to=2026-11-02T15:02:00\.000000000Z/)
  await expect(app).toHaveURL(/query=service:%22checkout%22/)
})

test('lanes are added, drawn otherwise, moved and reopened from their address', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  await open(app, `#/metrics?query=go_goroutines&${RANGE}`)
  await expect(app.getByText('4 of 4 series')).toBeVisible()
  await app.getByRole('textbox', { name: 'Name, help, type, unit, or label=value' }).fill('working set')
  await app
    .getByRole('textbox', { name: 'Name, help, type, unit, or label=value' })
    .fill('memory that cannot working_set')
  await app.getByRole('textbox', { name: 'Name, help, type, unit, or label=value' }).fill('memory in use container')
  await app.getByRole('listbox', { name: 'Metrics by name' }).getByRole('option').first().click()
  await idle(app)
  await expect(app.getByText('10 of 51 series')).toBeVisible()
  await app.getByRole('button', { name: 'What to do with lane 2' }).click()
  await app.getByRole('menuitem', { name: 'Stacked' }).click()
  await app.getByRole('button', { name: 'What to do with lane 2' }).click()
  await app.getByRole('menuitem', { name: 'Move up' }).click()
  await app.getByRole('button', { name: '10 of 51 series' }).click()
  await idle(app)
  await expect(app.getByRole('columnheader', { name: 'Highest' })).toBeVisible()
  const address = app.url()
  await app.reload()
  await idle(app)
  expect(app.url()).toBe(address)
  await expect(app.getByRole('textbox', { name: 'PromQL of lane 1' })).toHaveText('container_memory_working_set_bytes')
  await expect(app.getByRole('columnheader', { name: 'Highest' })).toBeVisible()
})

test('lanes are put in order by their grip, with the arrow keys and with the pointer', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  const lanes = JSON.stringify([
    { q: 'go_goroutines' },
    { q: 'jvm_memory_used_bytes' },
    { q: 'kafka_consumergroup_lag' },
  ])
  await open(app, `#/metrics?${RANGE}&lanes=${encodeURIComponent(lanes)}`)
  const queries = () => app.getByRole('textbox', { name: /PromQL of lane/ }).allInnerTexts()
  await app.getByRole('button', { name: /^Move lane 1/ }).focus()
  await app.keyboard.press('ArrowDown')
  await idle(app)
  expect(await queries()).toEqual(['jvm_memory_used_bytes', 'go_goroutines', 'kafka_consumergroup_lag'])
  await expect(app.getByRole('button', { name: /^Move lane 2/ })).toBeFocused()
  await app.getByRole('button', { name: /^Move lane 1/ }).dragTo(app.getByRole('region', { name: 'Lane 3' }))
  await idle(app)
  expect(await queries()).toEqual(['go_goroutines', 'kafka_consumergroup_lag', 'jvm_memory_used_bytes'])
  await app.goBack()
  await idle(app)
  expect((await queries())[0]).toBe('jvm_memory_used_bytes')
})

test('a click in a lane offers the traces and logs of that minute', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  await open(app, `#/metrics?query=go_goroutines&${RANGE}`)
  const box = await app.getByRole('application').first().boundingBox()
  if (!box) throw new Error('the picture has no place')
  await app.mouse.click(box.x + box.width / 2, box.y + 60)
  await app.getByRole('menuitem', { name: 'Traces of this minute' }).click()
  await idle(app)
  const range = new URLSearchParams(new URL(app.url()).hash.split('?')[1])
  expect(Date.parse(range.get('to') ?? '') - Date.parse(range.get('from') ?? '')).toBe(60_000)
})

test('the link of a dashboard brings its time and service, and says what is not in it', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  await open(app, `#/services?${RANGE}`)
  await app.keyboard.press('Control+k')
  const from = Date.parse('2026-11-02T14:30:00Z')
  await app
    .getByRole('combobox')
    .fill(`https://g.example/d/a1/shop?from=${from}&to=${from + 3_600_000}&viewPanel=4&var-service=checkout&var-env=eu`)
  await expect(app.getByRole('option').first()).toContainText('dashboard shop')
  await app.keyboard.press('Enter')
  await expect(app).toHaveURL(/#\/metrics\?.*f=service%3Dcheckout/)
  await expect(app.getByRole('button', { name: /14:30:00 – 15:30:00/ })).toBeVisible()
  const said = app.getByText(/does not hold the queries of its panels.*Not taken over: env=eu\./)
  await expect(said.first()).toBeVisible()
})

test('a wrong query says where, and the other lanes stay', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  await open(
    app,
    `#/metrics?${RANGE}&lanes=${encodeURIComponent(JSON.stringify([{ q: 'rate(up[' }, { q: 'go_goroutines' }]))}`,
  )
  const problem = app.getByRole('alert').first()
  await expect(problem).toContainText('The query cannot be read')
  await expect(problem.locator('mark')).toBeVisible()
  await expect(app.getByText('4 of 4 series')).toBeVisible()
})

/** Moves the pointer without rest, and tells in which columns of the page the canvas of the values has ink. */
async function inkWhileMoving({ x, y }: { x: number; y: number }): Promise<{ hidden: boolean; ink: number[] }> {
  const stage = document.elementFromPoint(x, y)
  for (let i = 0; i < 12; i++) {
    stage?.dispatchEvent(new PointerEvent('pointermove', { clientX: x + i, clientY: y, bubbles: true }))
    await new Promise((next) => requestAnimationFrame(next))
  }
  const readout = document.querySelector<HTMLElement>('[data-moving]')
  const canvas = readout?.parentElement?.querySelector<HTMLCanvasElement>('div[aria-hidden] > canvas')
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
  if (!readout || !canvas || !pixels) return { hidden: false, ink: [] }
  const { left, width } = canvas.getBoundingClientRect()
  const ink = Array.from({ length: pixels.width }, (_, column) => column).filter((column) => {
    for (let row = 0; row < pixels.height; row++)
      if ((pixels.data[(row * pixels.width + column) * 4 + 3] ?? 0) > 60) return true
    return false
  })
  return {
    hidden: getComputedStyle(readout).visibility === 'hidden',
    ink: ink.map((column) => left + (column * width) / pixels.width),
  }
}

test('dragging over a lane sets the range for everything', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  await open(app, `#/metrics?query=go_goroutines&${RANGE}`)
  const box = await app.getByRole('application').first().boundingBox()
  if (!box) throw new Error('the picture has no place')
  // the values beside it are those at the pointer, and the last ones again when it is gone
  const values = (): Promise<string[]> => app.locator('[data-value]').allTextContents()
  const last = await values()
  expect(last.length).toBeGreaterThan(2)
  await app.mouse.move(box.x + box.width * 0.4, box.y + 60)
  await expect.poll(values).not.toEqual(last)
  await app.mouse.move(0, 0)
  await expect.poll(values).toEqual(last)
  await expect(app.locator('[data-value]').first()).toBeVisible()
  await app.mouse.move(box.x + box.width * 0.4, box.y + 60)
  const painted = await app.evaluate(inkWhileMoving, { x: box.x + box.width * 0.4, y: box.y + 60 })
  await idle(app)
  const written = await app.locator('[data-value]').evaluateAll((cells) =>
    cells.map((cell) => {
      const { left, right } = cell.getBoundingClientRect()
      return { left, right }
    }),
  )
  expect(painted.hidden).toBe(true)
  await expect(app.locator('[data-value]').first()).toBeVisible()
  // each value is painted where it is written later, and nothing between it and the next name
  const inkIn = (from: number, to: number): number => painted.ink.filter((x) => x >= from && x < to).length
  for (const { left, right } of written) {
    expect(inkIn(left, right), `ink at ${left}`).toBeGreaterThan(2)
    expect(inkIn(right + 1, right + 11), `ink after ${right}`).toBe(0)
  }
  await app.mouse.down()
  await app.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 })
  await app.mouse.up()
  await idle(app)
  await expect(app).toHaveURL(/from=2026-11-02T14:4\d/)
})

for (const language of ['en', 'zh-CN'] as const)
  test(`axe finds nothing in the metrics view (${language})`, async ({ watchdeck, app }) => {
    await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
    await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ language }))
    await open(app, `#/metrics?service=checkout&${RANGE}`)
    await app.reload()
    await idle(app)
    expect(await violations(app)).toEqual([])
  })

async function violations(page: Page): Promise<string[]> {
  const source = await readFile(resolve('node_modules/axe-core/axe.min.js'), 'utf8')
  await page.evaluate(source)
  return page.evaluate(async () => {
    const { axe } = globalThis as typeof globalThis & {
      axe: { run(): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> }
    }
    const { violations: found } = await axe.run()
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
  })
}

test('lanes speak of each other, a form writes the query, metrics are found by label', async ({ watchdeck, app }) => {
  await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')
  const lanes = [
    { q: 'sum(rate(http_requests_total{code="5xx"}[2m]))' },
    { q: 'sum(rate(http_requests_total[2m]))' },
    { q: 'A / B' },
  ]
  await open(app, `#/metrics?lanes=${encodeURIComponent(JSON.stringify(lanes))}&${RANGE}`)
  await expect(
    app.getByText('Asked: (sum(rate(http_requests_total{code="5xx"}[2m]))) / (sum(rate(', { exact: false }),
  ).toBeVisible()
  const third = app.getByRole('region', { name: 'Lane 3' })
  await expect(third.getByText('1 of 1 series')).toBeVisible()

  await app.getByRole('button', { name: 'Build the query of lane 2' }).click()
  const form = app.getByRole('form', { name: 'Build the query' })
  await expect(form.getByRole('combobox', { name: 'Metric' })).toHaveValue('http_requests_total')
  await form.getByRole('button', { name: 'Add a condition' }).click()
  await form.getByRole('combobox', { name: 'Label of condition 1' }).fill('service')
  await form.getByRole('combobox', { name: 'Value of condition 1' }).fill('checkout')
  await app.screenshot({ path: test.info().outputPath('builder.png') })
  await form.getByRole('button', { name: 'Run the query' }).click()
  await idle(app)
  await expect(app.getByRole('textbox', { name: 'PromQL of lane 2' })).toHaveText(
    'sum (rate(http_requests_total{service="checkout"}[2m]))',
  )
  await expect(app.getByText('/ (sum (rate(http_requests_total{service="checkout"}', { exact: false })).toBeVisible()

  const search = app.getByRole('textbox', { name: 'Name, help, type, unit, or label=value' })
  await search.fill('outcome=~.+')
  await idle(app)
  const list = app.getByRole('listbox', { name: 'Metrics by name' })
  await expect(list.getByRole('option', { name: 'http_client_requests_total' })).toBeVisible()
  await expect(list.getByRole('option', { name: 'node_load1' })).toBeHidden()
  await search.fill('')
  await list.focus()
  await app.keyboard.press('ArrowDown')
  await expect(app.getByRole('group', { name: /Related metrics of/ })).toBeVisible()
  await app.screenshot({ path: test.info().outputPath('related.png') })

  // the series of the metric that is chosen: each can be a lane
  await search.fill('kafka_consumergroup_lag')
  await list.focus()
  await app.keyboard.press('ArrowDown')
  const series = app.getByRole('group', { name: 'Series of kafka_consumergroup_lag' })
  await expect(series.getByText(/^\d+ series in this range$/)).toBeVisible()
  await series.getByRole('button').first().click()
  await expect(app.getByRole('textbox', { name: 'PromQL of lane 4' })).toHaveText(
    /^kafka_consumergroup_lag\{consumergroup="[^"]+".*\}$/,
  )
})
