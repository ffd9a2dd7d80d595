// Data in, as a newcomer brings it: files chosen and dropped, read as corrected, reported, looked at, put right, removed
// and taken back, exported again; the demo in one click.

import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { expect, idle, test } from './support/watchdeck.ts'

const START_MS = Date.UTC(2026, 10, 2, 14)

/** 40 records, one line cut off. */
const RECORDS = [
  ...Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({
      ts: START_MS + i * 1000,
      severity: i % 8 === 0 ? 'error' : 'info',
      app: 'checkout',
      msg: `order ${i} taken`,
    }),
  ),
  '{"ts": cut off',
].join('\n')

const METRICS = `# TYPE queue_depth gauge\nqueue_depth{queue="orders"} 3 ${START_MS / 1000}\nqueue_depth{queue="orders"} 5 ${START_MS / 1000 + 15}\n# EOF\n`

const FILES = [
  { name: 'app.ndjson.gz', mimeType: 'application/gzip', buffer: gzipSync(RECORDS) },
  { name: 'metrics.txt', mimeType: 'text/plain', buffer: Buffer.from(METRICS) },
  {
    name: 'noise.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251)),
  },
]

async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to
  }, hash)
  await idle(page)
}

async function importFiles(page: Page, files = FILES): Promise<void> {
  await page.getByTestId('choose-files').setInputFiles(files)
  await page.waitForURL(/paths=/)
  await idle(page)
  await page.getByRole('button', { name: /^Import \d+ file/ }).click()
  await page.waitForURL(/job=/)
  await idle(page)
}

test('chosen files are previewed, their mapping is corrected, what was skipped is told, and the data is one click away', async ({
  app,
}) => {
  await app.getByTestId('choose-files').setInputFiles(FILES)
  await app.waitForURL(/paths=/)
  await idle(app)
  await expect(app.getByRole('heading', { name: '3 files to import, 1 is not recognised' })).toBeVisible()
  const sample = app.getByRole('grid', { name: /as they would be read/ })
  await expect(sample.getByRole('row').nth(1)).toContainText('checkout')
  await expect(app.getByText('Line 41: not valid JSON')).toBeVisible()

  // the service under a fixed name, seen at once and kept in the address
  await app.getByLabel('Service', { exact: true }).fill('=billing')
  await app.keyboard.press('Enter')
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText('billing')
  await app.reload()
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText('billing')

  await app.getByRole('option', { name: /noise\.bin/ }).click()
  await expect(app.getByText('Watchdeck does not know this file')).toBeVisible()

  await app.getByRole('button', { name: 'Import 2 files' }).click()
  await app.waitForURL(/job=/)
  await idle(app)
  await expect(app.getByRole('heading', { name: 'Imported 40 log lines, 2 samples' })).toBeVisible()
  await expect(app.getByRole('row', { name: /not valid JSON 41 \{"ts": cut off/ })).toBeVisible()
  // the report is a link of its own
  await app.reload()
  await idle(app)
  await app.getByRole('link', { name: 'Look at it' }).click()
  await idle(app)
  expect(app.url()).toContain('#/logs?from=2026-11-02T14:00:00')
})

test('the same file twice adds nothing and says so', async ({ app, watchdeck }) => {
  await importFiles(app)
  await goTo(app, '#/import')
  await app.getByTestId('choose-files').setInputFiles(FILES.slice(0, 1))
  await app.waitForURL(/paths=/)
  await idle(app)
  await expect(app.getByText('The same content has been imported before.')).toBeVisible()
  await app.getByRole('button', { name: 'Import 1 file' }).click()
  await app.waitForURL(/job=/)
  await idle(app)
  await expect(app.getByRole('heading', { name: 'Nothing new: everything was imported before' })).toBeVisible()
  const { stdout } = await watchdeck.cli('call', 'sources.list')
  const { sources } = JSON.parse(stdout) as { sources: Array<{ counts: { logs: number } }> }
  expect(sources.map((s) => s.counts.logs)).toEqual([40])
})

test('a source is switched off, its clock put right, renamed, removed and taken back', async ({ app, watchdeck }) => {
  await importFiles(app)
  await app.getByRole('link', { name: 'Show the source' }).click()
  await idle(app)
  const source = async () => {
    const { stdout } = await watchdeck.cli('call', 'sources.list')
    return (JSON.parse(stdout) as { sources: Array<{ name: string; state: string; clockOffsetNs: number }> }).sources[0]
  }
  await app.getByLabel('Clock correction').fill('+1.5s')
  await expect(app.getByText('The first row moves from 14:00:00.000 to 14:00:01.500.')).toBeVisible()
  await app.keyboard.press('Enter')
  await idle(app)
  await app.getByLabel('Name', { exact: true }).fill('Night of the orders')
  await app.keyboard.press('Enter')
  await idle(app)
  await app.getByRole('switch', { name: 'Ask Night of the orders' }).click()
  await idle(app)
  expect(await source()).toMatchObject({ name: 'Night of the orders', state: 'off', clockOffsetNs: 1_500_000_000 })
  await app.getByRole('button', { name: 'Remove', exact: true }).click()
  await idle(app)
  expect(await source()).toBeUndefined()
  await app.getByRole('button', { name: 'Undo' }).click()
  await idle(app)
  expect(await source()).toMatchObject({ name: 'Night of the orders', state: 'off' })
})

test('a source is exported and downloaded', async ({ app }) => {
  await importFiles(app)
  await app.getByRole('link', { name: 'Show the source' }).click()
  await idle(app)
  await app.getByRole('button', { name: 'Export' }).click()
  const dialog = app.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Export' }).click()
  await idle(app)
  const downloading = app.waitForEvent('download')
  await dialog.getByRole('link', { name: 'Download' }).click()
  const text = await readFile(await (await downloading).path(), 'utf8')
  expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['resourceLogs', 'resourceMetrics'])
  expect(text).toContain('order 39 taken')
})

test('files dropped anywhere open the preview', async ({ app }) => {
  await app.evaluate((text) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([text], 'dropped.ndjson'))
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, RECORDS)
  await app.waitForURL(/paths=/)
  await idle(app)
  await expect(app.getByRole('heading', { name: '1 file to import' })).toBeVisible()
})

test('the demo of a chosen size opens its war room and is listed on the start page', async ({ app }) => {
  await app.getByRole('button', { name: 'More' }).click()
  await app.getByRole('combobox', { name: 'Size' }).click()
  await app.getByRole('option', { name: /Small/ }).click()
  await app.getByRole('dialog').getByRole('button', { name: 'Open the demo incident' }).click()
  await app.waitForURL(/#\/incidents\//)
  await goTo(app, '#/start')
  await expect(app.getByRole('link', { name: /INC-1/ })).toContainText('Critical')
})

test('data, preview and help speak Chinese, and nothing in them is inaccessible', async ({ app }) => {
  await importFiles(app)
  await goTo(app, '#/settings')
  await app.getByRole('combobox', { name: 'Language' }).click()
  await app.getByRole('option', { name: '简体中文' }).click()
  await idle(app)
  const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8')
  // the policy of the page allows no script of ours: the devtools protocol brings it in
  await app.evaluate(axe)
  for (const [hash, words] of [
    ['#/import', '1 个数据源'],
    ['#/start', '发生了什么？'],
    ['#/help', '搜索帮助'],
    ['#/settings', '数据目录'],
  ] as const) {
    await goTo(app, hash)
    await expect(app.getByText(words).or(app.getByPlaceholder(words)).first()).toBeVisible()
    const found = await app.evaluate<string[]>(
      'axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).join(", ")))',
    )
    expect([hash, found]).toEqual([hash, []])
  }
})

const TABLE = (day: string) => ({
  name: `capacity-${day}.csv`,
  mimeType: 'text/csv',
  buffer: Buffer.from(`when;what;how much\n${day}/11/2026 14:00;cpu;1.250\n${day}/11/2026 14:01;cpu;2\n`),
})

test('a table is read by its columns, its mapping is kept and offered for the next such file', async ({ app }) => {
  await app.getByTestId('choose-files').setInputFiles([TABLE('02')])
  await app.waitForURL(/paths=/)
  await idle(app)
  const sample = app.getByRole('grid', { name: /as they would be read/ })
  await expect(sample.getByRole('row').nth(1)).toContainText('how_much')
  await expect(app.getByText(/read with the month first/)).toBeVisible()
  await app.getByLabel('Metric name', { exact: true }).fill('what')
  await app.keyboard.press('Enter')
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText('cpu')
  // nothing in these cells says which sign parts the decimals
  await expect(sample.getByRole('row').nth(1)).toContainText('1.25')
  await app.getByRole('combobox', { name: 'Decimal sign' }).click()
  await app.getByRole('option', { name: 'Comma: 1,5' }).click()
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText(/1,?250/)
  await app.screenshot({ path: test.info().outputPath('table.png') })
  await app.getByLabel('Name of the mapping').fill('capacity')
  await app.getByRole('button', { name: 'Keep the mapping for next time' }).click()
  await expect(app.getByText('Kept: capacity. It is offered for the next such file.')).toBeVisible()

  await goTo(app, '#/import')
  await app.getByTestId('choose-files').setInputFiles([TABLE('03')])
  await app.waitForURL(/paths=/)
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText('how_much')
  await app.getByRole('button', { name: 'Use “capacity”' }).click()
  await idle(app)
  await expect(sample.getByRole('row').nth(1)).toContainText('cpu')
  await app.getByRole('button', { name: 'Import 1 file' }).click()
  await app.waitForURL(/job=/)
  await idle(app)
  await expect(app.getByRole('heading', { name: 'Imported 2 samples' })).toBeVisible()
})
