// A trace whose hosts' clocks disagree: as recorded, with clocks adjusted, kept by the link and in an incident file; and the
// trace as a file that other tools read.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, idle, test } from './support/watchdeck.ts'

const TRACE = 'c10c'.padStart(32, '0')
const T0 = 1_700_000_000_000_000
/** Jaeger-UI JSON: payment's host is 450 ms early. Times in microseconds; the whole takes `whole` ms. */
function skewed(whole = 1000): string {
  const span = (n: number, parent: number, process: string, kind: string, start: number, duration: number) => ({
    traceID: TRACE,
    spanID: String(n).padStart(16, '0'),
    operationName: `op${n}`,
    references: parent === 0 ? [] : [{ refType: 'CHILD_OF', traceID: TRACE, spanID: String(parent).padStart(16, '0') }],
    startTime: T0 + start * 1000,
    duration: duration * 1000,
    tags: [{ key: 'span.kind', type: 'string', value: kind }],
    processID: process,
  })
  const on = (service: string, host: string) => ({
    serviceName: service,
    tags: [{ key: 'hostname', type: 'string', value: host }],
  })
  const spans = [
    span(1, 0, 'p1', 'server', 0, whole),
    span(2, 1, 'p1', 'client', 290, 400),
    span(3, 2, 'p2', 'server', 300 - 450, 380),
    span(4, 1, 'p1', 'client', 700, 100),
    span(5, 4, 'p2', 'server', 710 - 450, 80),
  ]
  return JSON.stringify({
    data: [{ traceID: TRACE, spans, processes: { p1: on('checkout', 'web-1'), p2: on('payment', 'pay-1') } }],
  })
}

test('clocks are brought together on demand, in every view of the trace, and a saved file knows it too', async ({
  watchdeck,
  app,
}) => {
  const file = join(watchdeck.dataDir, 'skewed.json')
  await writeFile(file, skewed())
  expect((await watchdeck.cli('import', file)).code).toBe(0)
  const go = async (hash: string): Promise<void> => {
    await app.evaluate((h) => {
      location.hash = h
    }, hash)
    await idle(app)
  }
  await go(`#/traces/${TRACE}`)
  const clocks = app.getByRole('group', { name: 'Times' })
  await expect(clocks).toContainText('payment')
  await expect(clocks).toContainText('pay-1')
  await expect(clocks).toContainText('+450 ms ± 10 ms')
  await expect(app.getByRole('button', { name: '2 clock mismatches' })).toBeVisible()
  const row = app.getByRole('treegrid').getByRole('row', { name: /op3/ })
  await expect(row).toContainText('clock')
  // its details say what that means, in one sentence that can be read to its end
  await row.click()
  const told = app.getByText('the clocks of the two machines disagree.')
  await expect(told).toBeVisible()
  const [sentence, pane] = await Promise.all([
    told.boundingBox(),
    app.getByRole('region', { name: 'Details' }).boundingBox(),
  ])
  expect((sentence?.x ?? 0) + (sentence?.width ?? 0)).toBeLessThanOrEqual((pane?.x ?? 0) + (pane?.width ?? 0))

  await clocks.getByRole('combobox', { name: 'Times' }).click()
  await app.getByRole('option', { name: 'Clocks adjusted' }).click()
  await idle(app)
  await expect(app.getByRole('button', { name: /clock mismatch/ })).toHaveCount(0)
  await expect(app).toHaveURL(/times=adjusted/)
  await app.getByRole('tab', { name: 'Critical path' }).click()
  await idle(app)
  await expect(app.getByRole('grid', { name: 'Critical path' })).toContainText('op3')

  // a link opens it as it was left
  await app.reload()
  await idle(app)
  await expect(clocks.getByRole('combobox', { name: 'Times' })).toContainText('Clocks adjusted')

  // the same from an incident file, on its own
  const incident = JSON.parse(
    (
      await watchdeck.cli(
        'call',
        'incidents.create',
        '--input',
        JSON.stringify({
          title: 'clocks',
          severity: 'minor',
          range: { from: String((T0 - 1_000_000) * 1000), to: String((T0 + 2_000_000) * 1000) },
        }),
      )
    ).stdout,
  ) as { id: string }
  const saved = join(watchdeck.dataDir, 'clocks.watchdeck')
  const save = JSON.stringify({ incident: incident.id, path: saved, redact: false })
  expect((await watchdeck.cli('call', 'file.save', '--input', save)).code).toBe(0)
  const opened = JSON.parse(
    (await watchdeck.cli('call', 'file.open', '--input', JSON.stringify({ path: saved }))).stdout,
  ) as { source: string }
  const asked = JSON.stringify({ traceId: TRACE, sources: [opened.source], times: 'adjusted' })
  const header = JSON.parse((await watchdeck.cli('call', 'traces.header', '--input', asked)).stdout)
  expect(header).toMatchObject({ skewed: 0, clocks: [{ host: 'pay-1', shiftNs: 450e6, errorNs: 10e6 }] })
})

test('a trace is saved as Jaeger JSON from its menu, and by the command line', async ({ watchdeck, app }) => {
  const file = join(watchdeck.dataDir, 'skewed.json')
  await writeFile(file, skewed())
  expect((await watchdeck.cli('import', file)).code).toBe(0)
  await app.evaluate((h) => {
    location.hash = h
  }, `#/traces/${TRACE}`)
  await idle(app)
  await app.getByRole('button', { name: /^What to do with this trace/ }).click()
  await app.getByRole('menuitem', { name: /OTLP, Jaeger or Zipkin/ }).click()
  const dialog = app.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Format' }).click()
  await app.getByRole('option', { name: /^Jaeger/ }).click()
  await dialog.getByRole('button', { name: 'Write the file' }).click()
  await expect(dialog.getByRole('status').filter({ hasText: '5 spans written.' })).toBeVisible()
  const [download] = await Promise.all([
    app.waitForEvent('download'),
    dialog.getByRole('link', { name: 'Download' }).click(),
  ])
  const jaeger = JSON.parse(await readFile(await download.path(), 'utf8'))
  expect([jaeger.data[0].traceID, jaeger.data[0].spans.length]).toEqual([TRACE, 5])

  const printed = await watchdeck.cli('export', '--trace', TRACE, '--format', 'zipkin-json')
  expect(JSON.parse(printed.stdout)).toHaveLength(5)
})

test('a trace that two sources have is compared with the other one, and opens again after a step back', async ({
  watchdeck,
  app,
}) => {
  for (const [name, whole] of [
    ['first.json', 1000],
    ['second.json', 3000],
  ] as const) {
    const file = join(watchdeck.dataDir, name)
    await writeFile(file, skewed(whole))
    expect((await watchdeck.cli('import', file)).code).toBe(0)
  }
  const hash = '#/traces?from=2023-11-14T22:00:00Z&to=2023-11-14T23:00:00Z&orderBy=duration'
  await app.evaluate((h) => location.assign(h), hash)
  await idle(app)
  const rows = app.getByRole('grid', { name: 'Traces found' }).locator('[data-row]')
  await expect(rows).toHaveCount(2)
  await rows.nth(0).click()
  await app.getByRole('button', { name: 'Keep this panel open' }).click()
  await expect(app).toHaveURL(/source=/)
  await app.goBack()
  await expect(app.getByText('No trace chosen')).toBeVisible()
  await rows.nth(0).click()
  await expect(app).toHaveURL(/source=/)

  await app.getByRole('tab', { name: 'Compare', exact: true }).click()
  const others = app.getByRole('grid', { name: 'Traces with the same root' }).locator('[data-row]')
  await expect(others).toHaveCount(2)
  await others.filter({ hasText: '1.15 s' }).dblclick()
  await expect(app.getByText('B is 2 s shorter.')).toBeVisible()
  await expect(app.getByRole('grid', { name: 'Compare' })).toContainText('op1')
  await expect(app).toHaveURL(/otherSource=/)
})
