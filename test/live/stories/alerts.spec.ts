// A person looks at what a real Alertmanager tells, silences one alert, ends the silence, and opens an incident; in both languages.

import { expect, idle, test } from '../../e2e/support/watchdeck.ts'

const url = process.env['WATCHDECK_LIVE_ALERTMANAGER'] ?? ''
const EXPRESSION = 'sum(rate(http_server_requests_total[5m])) > 1'

/** @returns its name, which no other story has */
async function fires(): Promise<string> {
  const alertname = `Story${Date.now()}`
  const alert = {
    labels: { alertname, service: 'checkout', severity: 'critical' },
    annotations: { summary: `${alertname} is on` },
    startsAt: new Date(Date.now() - 120_000).toISOString(),
    endsAt: new Date(Date.now() + 900_000).toISOString(),
    generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(EXPRESSION)}&g0.tab=1`,
  }
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  })
  expect(answer.status).toBe(200)
  return alertname
}

const WORDS = {
  en: {
    grid: 'Alerts',
    detail: 'Alert',
    silence: 'Silence',
    who: 'Who',
    why: 'Why',
    look: 'See what it mutes',
    one: 'Silence 1 alert',
    silences: 'Silences',
    end: 'End now',
    raise: 'Open an incident',
  },
  'zh-CN': {
    grid: '告警',
    detail: '告警',
    silence: '静默',
    who: '操作人',
    why: '原因',
    look: '查看会静默什么',
    one: '静默 1 条告警',
    silences: '静默',
    end: '立即结束',
    raise: '新建事故',
  },
} as const

test.describe('Alertmanager live (needs WATCHDECK_LIVE_ALERTMANAGER)', () => {
  for (const [language, words] of Object.entries(WORDS))
    test(`an alert is silenced, the silence ended, an incident opened from it (${language})`, async ({
      watchdeck,
      app,
    }) => {
      const alertname = await fires()
      await watchdeck.cli('call', 'settings.set', '--input', JSON.stringify({ language }))
      await watchdeck.cli('call', 'sources.add', '--input', JSON.stringify({ kind: 'alertmanager', name: 'Lab', url }))
      await app.evaluate("location.assign('#/alerts?from=now-1h&to=now')")
      await idle(app)
      await app.getByRole('grid', { name: words.grid }).getByText(alertname, { exact: true }).click()
      const detail = app.getByRole('region', { name: words.detail, exact: true })
      await detail.getByRole('button', { name: words.silence }).click()
      const dialog = app.getByRole('dialog', { name: words.silence })
      await dialog.getByRole('textbox', { name: words.who }).fill('ana')
      await dialog.getByRole('textbox', { name: words.why }).fill('a story')
      await dialog.getByRole('button', { name: words.look }).click()
      await dialog.getByRole('button', { name: words.one }).click()
      await expect(dialog).toBeHidden()

      await app.getByRole('tab', { name: words.silences }).click()
      const row = app.getByRole('table', { name: words.silences }).getByRole('row').filter({ hasText: alertname })
      await app.screenshot({ path: test.info().outputPath('silences.png') })
      await row.getByRole('button', { name: words.end }).click()
      await expect(row).toHaveCount(0)

      await detail.getByRole('button', { name: words.raise }).click()
      await expect(app).toHaveURL(/#\/incidents\/inc-/)
      await idle(app)
      await expect(app.getByText(EXPRESSION).first()).toBeVisible()
      await app.screenshot({ path: test.info().outputPath('room.png') })
    })
})
