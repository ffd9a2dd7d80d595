// A person takes over Jaeger and Zipkin, searches, opens the slow trace and sees who calls whom, live; in both languages.

import { expect, idle, test } from '../../e2e/support/watchdeck.ts'
import { arrived, sendOtlp, sendZipkin, shop } from '../traces-support.ts'

const jaeger = process.env['WATCHDECK_LIVE_JAEGER'] ?? ''
const otlp = process.env['WATCHDECK_LIVE_JAEGER_OTLP_HTTP'] ?? ''
const zipkin = process.env['WATCHDECK_LIVE_ZIPKIN'] ?? ''

test.describe('Jaeger and Zipkin live (needs WATCHDECK_LIVE_JAEGER, WATCHDECK_LIVE_ZIPKIN)', () => {
  test('a Jaeger is added by hand, searched, and its slow trace opened', async ({ app }) => {
    const sent = shop(200, Date.now() + 3)
    await sendOtlp(otlp, sent.spans)
    await arrived(`${jaeger}/api/v3/traces/${sent.id(199)}`)
    await app.evaluate(() => location.assign('#/sources/new'))
    await idle(app)
    const form = app.getByRole('form', { name: 'Add a live source' })
    await form.getByRole('combobox', { name: 'What it is' }).click()
    await app.getByRole('option', { name: 'Jaeger' }).click()
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Lab')
    await form.getByRole('textbox', { name: 'Address', exact: true }).fill(jaeger)
    await form.getByRole('textbox', { name: 'Environment' }).fill('staging')
    await form.getByRole('button', { name: 'Test the connection' }).click()
    const steps = app.getByRole('list', { name: 'Steps of the test' })
    await expect(steps.getByRole('listitem')).toHaveCount(8)
    await expect(steps).toContainText(/Jaeger with API v3|Jaeger \d/)
    await app.screenshot({ path: test.info().outputPath('form.png') })
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await idle(app)
    await expect(app.getByRole('list', { name: 'Environments in sight' })).toHaveText('staging')

    const at = (ns: bigint) => new Date(Number(ns / 1_000_000n)).toISOString()
    const search = `#/traces?service=pay-${sent.mark}&from=${at(sent.from)}&to=${at(sent.to)}&orderBy=duration`
    await app.evaluate((hash) => location.assign(hash), search)
    await idle(app)
    await expect(app.getByText(`front-${sent.mark}`).first()).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('search.png') })
    await app.evaluate((hash) => location.assign(hash), `#/traces/${sent.id(10)}`)
    await idle(app)
    await expect(app.getByText('post /pay').first()).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('waterfall.png') })
    await app.evaluate(([from, to]) => location.assign(`#/services?from=${from}&to=${to}`), [
      at(sent.from),
      at(sent.to),
    ] as const)
    await idle(app)
    await expect(app.getByText(`pay-${sent.mark}`).first()).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('services.png') })
  })

  test('sources are taken over from a file of Grafana, in Chinese', async ({ watchdeck, app }) => {
    const sent = shop(20, Date.now() + 4)
    await sendZipkin(zipkin, sent.spans)
    await arrived(`${zipkin}/api/v2/trace/${sent.id(19)}`)
    await watchdeck.cli('call', 'settings.set', '--input', '{"language":"zh-CN"}')
    await app.evaluate(() => location.assign('#/sources/import'))
    await idle(app)
    const yaml = `datasources:\n  - { name: 旧追踪, type: zipkin, url: "${zipkin}" }\n  - { name: Logs, type: loki, url: "http://loki" }\n`
    await app.getByRole('textbox', { name: 'YAML 或 JSON' }).fill(yaml)
    await app.getByRole('button', { name: '查看将接入的内容' }).click()
    const found = app.getByRole('list', { name: '找到的数据源' })
    await expect(found).toContainText('没有类型 "loki" 的连接器')
    await app.getByRole('button', { name: '接入 1 个' }).click()
    await idle(app)
    await expect(app.getByRole('list', { name: '在线数据源' })).toContainText('旧追踪')
    await app.evaluate((hash) => location.assign(hash), `#/traces/${sent.id(10)}`)
    await idle(app)
    await expect(app.getByText('post /pay').first()).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('zipkin.png') })
  })
})
