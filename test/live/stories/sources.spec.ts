// A person adds a Prometheus, tries it, looks at its metrics live, sees the load, takes it away and back; in both languages.

import { expect, idle, test } from '../../e2e/support/watchdeck.ts'

const url = process.env['WATCHDECK_LIVE_PROMETHEUS'] ?? ''

test.describe('Prometheus live (needs WATCHDECK_LIVE_PROMETHEUS)', () => {
  test('a source is added, tested, looked at, removed and taken back', async ({ app }) => {
    await app.evaluate(() => location.assign('#/sources/new'))
    await idle(app)
    const form = app.getByRole('form', { name: 'Add a live source' })
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(form.getByText('Needed', { exact: true })).toBeVisible()
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Lab')
    await form.getByRole('textbox', { name: 'Address', exact: true }).fill(url)
    await form.getByRole('textbox', { name: 'Environment' }).fill('prod')
    await form.getByRole('button', { name: 'Test the connection' }).click()
    const steps = app.getByRole('list', { name: 'Steps of the test' })
    await expect(steps.getByRole('listitem')).toHaveCount(8)
    await expect(steps).toContainText(/Prometheus \d+\.\d+/)
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await idle(app)
    await expect(app.getByRole('list', { name: 'Live sources' })).toContainText('prod')

    await app.getByRole('link', { name: 'Look at it' }).click()
    await idle(app)
    await expect(app).toHaveURL(/#\/metrics/)
    await app.getByRole('textbox', { name: 'Name, help, type, unit, or label=value' }).fill('go_goroutines')
    await app.getByRole('listbox', { name: 'Metrics by name' }).getByRole('option').first().click()
    await idle(app)
    await expect(app.getByRole('application').first()).toBeVisible()
    await expect(app.getByText(/of \d+ series|1 series/).first()).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('metrics.png') })

    await app.evaluate(() => location.assign('#/sources'))
    await idle(app)
    await app.getByRole('list', { name: 'Live sources' }).getByRole('link').first().click()
    await idle(app)
    await expect(app.getByRole('gridcell', { name: 'Lanes', exact: true })).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('source.png') })
    await expect(app.getByText('Answers').first()).toBeVisible()
    await app.getByRole('button', { name: 'Remove' }).click()
    await app.getByRole('button', { name: 'Undo' }).click()
    await expect(app.getByRole('list', { name: 'Live sources' }).getByRole('link')).toHaveCount(1)
  })

  test('the page of live sources speaks Chinese, its failures too', async ({ watchdeck, app }) => {
    await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN"}')
    await watchdeck.cli(
      'call',
      'sources.add',
      '--input',
      '{"kind":"prometheus","name":"没有","url":"http://127.0.0.1:9"}',
    )
    await app.evaluate(() => location.assign('#/sources'))
    await idle(app)
    await app.getByRole('list', { name: '在线数据源' }).getByRole('link').first().click()
    await app.getByRole('button', { name: '测试连接' }).click()
    await expect(app.getByRole('list', { name: '测试步骤' })).toContainText('该地址没有服务监听：连接被拒绝。')
  })
})
