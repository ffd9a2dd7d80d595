// A person records the live source of an incident, closes the window, comes back, stops it, and opens the file: the same
// lane is there without the source.

import { startFaultServer } from '../support/fault-server.ts'
import { scraped } from '../support/scraped.ts'
import { expect, idle, test } from './support/watchdeck.ts'

const QUERY = 'sum(rate(requests_total[2m]))'

test('recording: its cost is shown, it outlives the window, its file has the lane without the source', async ({
  watchdeck,
  app,
}) => {
  await using server = await startFaultServer({ answerTo: scraped().answerTo })
  const call = async (method: string, input: unknown) =>
    JSON.parse((await watchdeck.cli('call', method, '--input', JSON.stringify(input))).stdout)
  const { id: source } = await call('sources.add', { kind: 'prometheus', name: 'prod', url: server.url })
  const range = { from: 'now-10m', to: 'now' }
  const { id: incident } = await call('incidents.create', {
    title: 'Checkout errors',
    severity: 'major',
    range,
    sources: [source],
  })
  const what = { method: 'metrics.lane', input: { query: QUERY, range, width: 600 } }
  await call('incidents.pin', { incident, what, title: 'Requests', lane: true })
  await app.evaluate((id) => location.assign(`#/incidents/${id}`), incident)
  await idle(app)

  // a file of it would be without them: it is said before it is saved, with the way to change that
  await app.keyboard.press('s')
  const saving = app.getByRole('dialog').filter({ hasText: 'Nothing was recorded from the live sources' })
  await saving.getByRole('button', { name: 'Record', exact: true }).click()
  const dialog = app.getByRole('dialog', { name: 'Record live sources' })
  const plan = dialog.getByRole('table').first()
  await expect(plan).toContainText('prod')
  await expect(plan).toContainText('2 selectors')
  await dialog.getByLabel('Requests', { exact: true }).fill('0')
  await expect(dialog.getByRole('button', { name: 'Start recording' })).toBeDisabled()
  await dialog.getByLabel('Requests', { exact: true }).fill('100')
  await app.screenshot({ path: test.info().outputPath('plan.png') })
  await dialog.getByRole('button', { name: 'Start recording' }).click()
  await expect(app.getByTestId('recording')).toContainText('Recording')
  const rows = async () =>
    (await call('recording.status', { incident })).sources.flatMap((each: { tracks: Array<{ rows: number }> }) =>
      each.tracks.map((track) => track.rows),
    )
  await expect.poll(async () => Math.max(0, ...(await rows()))).toBeGreaterThan(100)

  await app.reload()
  await idle(app)
  await app.getByTestId('recording').click()
  const running = app.getByRole('dialog', { name: 'Record live sources' })
  await expect(running.getByRole('heading', { name: 'Cost in the last minute' })).toBeVisible()
  // on a slow machine a time may well be missing: then it is told
  await expect(async () => {
    const { gaps } = await call('recording.status', { incident })
    const told = gaps.length === 0 ? 'Nothing is missing so far.' : String(gaps.at(-1).reason)
    await expect(running).toContainText(told, { timeout: 1000 })
  }).toPass()
  await app.screenshot({ path: test.info().outputPath('running.png') })
  await running.getByRole('button', { name: 'Stop recording' }).click()
  await expect(app.getByRole('button', { name: 'Record', exact: true })).toBeVisible()

  const path = test.info().outputPath('x.watchdeck')
  await call('file.save', { incident, path })
  await call('sources.remove', { id: source })
  const opened = await call('file.open', { path })
  await app.evaluate((id) => location.assign(`#/incidents/${id}`), opened.incident)
  await idle(app)
  await expect(app.getByText('Requests').first()).toBeVisible()
  const drawn = await call('metrics.query', {
    range: { from: 'now-5m', to: 'now-1m' },
    step: '30s',
    query: QUERY,
    sources: [opened.source],
  })
  expect(drawn.series[0].values.map(([, value]: [string, number]) => Math.round(value))).toContain(2)
  await app.screenshot({ path: test.info().outputPath('opened.png') })
})

test('recording speaks Chinese', async ({ watchdeck, app }) => {
  await using server = await startFaultServer({ answerTo: scraped().answerTo })
  await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN","theme":"light"}')
  const spec = JSON.stringify({ kind: 'prometheus', name: 'prod', url: server.url })
  const { id: source } = JSON.parse((await watchdeck.cli('call', 'sources.add', '--input', spec)).stdout)
  const incident = { title: '下单报错', severity: 'major', range: { from: 'now-10m', to: 'now' }, sources: [source] }
  const { id } = JSON.parse(
    (await watchdeck.cli('call', 'incidents.create', '--input', JSON.stringify(incident))).stdout,
  )
  await app.evaluate((at) => location.assign(`#/incidents/${at}`), id)
  await idle(app)
  await app.getByRole('button', { name: '录制', exact: true }).click()
  await expect(app.getByRole('dialog', { name: '录制在线数据源' })).toContainText('1 个选择器')
  await app.screenshot({ path: test.info().outputPath('plan-zh.png') })
})
