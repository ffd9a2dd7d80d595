// Two freely chosen groups of traces: a box of the picture is kept, another question stands against it; by operation, by
// attribute, as a link, and by the command line.

import { expect, idle, test } from './support/watchdeck.ts'

test('what is asked for stands against a group that was kept, by operation and by attribute; a link keeps both', async ({
  watchdeck,
  app,
}) => {
  const made = await watchdeck.cli('demo', '--seed', '1', '--scale', '0.1')
  expect(made.code, made.stderr).toBe(0)
  const params = () => new URLSearchParams(new URL(app.url()).hash.split('?')[1] ?? '')
  const go = async (hash: string): Promise<void> => {
    await app.evaluate((h) => {
      location.hash = h
    }, hash)
    await idle(app)
  }
  await go('#/traces?service=checkout&rootOnly=false')
  // a box over the quick ones, kept
  const picture = app.getByRole('img', { name: 'Traces by start and duration' })
  const box = await picture.boundingBox()
  if (!box) throw new Error('the picture is not on screen')
  await app.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.6)
  await app.mouse.down()
  await app.mouse.move(box.x + box.width * 0.9, box.y + box.height - 30, { steps: 4 })
  await app.mouse.up()
  await idle(app)
  expect(params().get('maxTraceDuration')).not.toBeNull()
  await app.getByRole('tab', { name: 'Compare groups' }).click()
  await idle(app)
  await expect(app.getByText('The time before:')).toBeVisible()
  await app.getByRole('button', { name: 'Keep B as A' }).click()
  await idle(app)
  const base = params().get('base')
  expect(base).toContain('maxTraceDuration')

  // against the failing ones of all the time
  const from = JSON.parse(made.stdout) as { from: string; to: string }
  await go(`#/traces?show=groups&status=error&range=${from.from}..${from.to}&base=${encodeURIComponent(base ?? '')}`)
  const grid = app.getByRole('grid', { name: 'Compare groups' })
  await expect(grid.locator('[data-row="0"]')).toContainText('payment')
  await expect(
    app.getByText(/^A: [\d,]+ traces, .* with errors, 95 % within .* B: [\d,]+ traces, 100.* with errors/),
  ).toBeVisible()

  await app.getByRole('combobox', { name: 'By' }).click()
  await app.getByRole('option', { name: 'Attribute' }).click()
  await idle(app)
  expect(params().get('groupsAs')).toBe('attributes')
  await expect(grid.locator('[data-row="0"]')).toBeVisible()
  await app.reload()
  await idle(app)
  await expect(grid.locator('[data-row="0"]')).toBeVisible()
  await app.getByRole('button', { name: 'Compare with the time before again' }).click()
  await idle(app)
  expect(params().get('base')).toBeNull()

  const whole = { from: from.from, to: from.to }
  const ask = { a: { range: whole, filter: { status: 'unset' } }, b: { range: whole, filter: { status: 'error' } } }
  const asked = await watchdeck.cli('call', 'traces.compareGroups', '--input', JSON.stringify(ask))
  expect(asked.code, asked.stderr).toBe(0)
  const answer = JSON.parse(asked.stdout) as { summary: { b: { traces: number; failed: number } } }
  expect(answer.summary.b.failed).toBe(answer.summary.b.traces)
})
