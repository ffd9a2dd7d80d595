// Clusters in the browser: what the filters of the address keep of objects and events, and what they cannot say of them.

import { expect, idle, test } from './support/watchdeck.ts'

test('filters narrow objects to a deployment and what belongs to it, and name what they cannot ask', async ({
  watchdeck,
  app,
}) => {
  expect((await watchdeck.cli('demo', '--seed', '1', '--scale', '0.02')).code).toBe(0)
  const filters = ['k8s.deployment.name=payment', 'http.route=/cart'].map((f) => `f=${encodeURIComponent(f)}`).join('&')
  await app.evaluate((to) => location.assign(to), `#/clusters?${filters}`)
  await idle(app)
  const kinds = app.getByRole('group', { name: 'Kinds' })
  await expect(kinds.getByRole('button', { name: /^Deployment/ })).toHaveText('Deployment 1')
  await expect(kinds.getByRole('button', { name: /^Node/ })).toHaveCount(0)
  const names = await app.getByRole('grid').locator('[data-row]').allInnerTexts()
  expect(names.length).toBeGreaterThan(3)
  expect(names.every((text) => text.includes('payment'))).toBe(true)
  await expect(app.getByRole('status').filter({ hasText: 'http.route' })).toHaveText(
    'Not asked of objects: http.route = /cart',
  )
})
