// A person looks at the rules of a Prometheus, at one as a lane, at its targets, and finds the label that costs most.

import { expect, idle, test } from '../../e2e/support/watchdeck.ts'

const url = process.env['WATCHDECK_LIVE_PROMETHEUS'] ?? ''

test.describe('Rules of a Prometheus (needs WATCHDECK_LIVE_PROMETHEUS)', () => {
  test('a rule as a lane, targets with their error, the costly label', async ({ watchdeck, app }) => {
    await watchdeck.cli('call', 'sources.add', '--input', JSON.stringify({ kind: 'prometheus', name: 'Lab', url }))
    await app.evaluate("location.assign('#/rules?from=now-15m&to=now')")
    await idle(app)
    await app.getByRole('grid', { name: 'Rules' }).getByText('TargetDown').click()
    const detail = app.getByRole('region', { name: 'Detail', exact: true })
    await expect(detail.getByText('up == 0')).toBeVisible()
    await idle(app)
    await app.screenshot({ path: test.info().outputPath('rule.png') })

    await app.getByRole('tab', { name: 'Targets' }).click()
    await idle(app)
    await expect(app.getByRole('grid', { name: 'Targets' })).toContainText('connection refused')
    await app.screenshot({ path: test.info().outputPath('targets.png') })

    await app.getByRole('tab', { name: 'Cost of series' }).click()
    await idle(app)
    await app.getByRole('grid', { name: 'Cost of series' }).getByText('prometheus_http_requests_total').click()
    await expect(detail.getByRole('heading', { name: /^handler costs most/ })).toBeVisible()
    await app.screenshot({ path: test.info().outputPath('cost.png') })
  })
})
