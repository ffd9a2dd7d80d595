// Messages that have left the screen are found again, and what they offered to undo is undone from there.

import { expect, idle, test } from './support/watchdeck.ts'

test('a removal whose message has gone is undone from the list of messages', async ({ watchdeck, app }) => {
  const made = await watchdeck.cli('call', 'demo.create', '--input', '{"seed":1,"scale":0.05}')
  const { source } = JSON.parse(made.stdout) as { source: string }
  await app.evaluate((id) => location.assign(`#/import/${id}`), source)
  await idle(app)
  await app.getByRole('button', { name: 'Remove', exact: true }).click()
  const messages = app.getByRole('region', { name: 'Messages', exact: true }).first()
  await messages.getByRole('button', { name: 'Close' }).click()
  await expect(messages.getByText(/Removed/)).toHaveCount(0)

  await app.getByRole('button', { name: 'Jobs and messages' }).click()
  const dialog = app.getByRole('dialog', { name: 'Jobs and messages' })
  await expect(dialog.getByText(/Removed/)).toBeVisible()
  // also by the page that comes after a reload
  await app.reload()
  await idle(app)
  await app.getByRole('button', { name: 'Jobs and messages' }).click()
  await expect(dialog.getByText(/Removed/)).toBeVisible()
  await dialog.getByRole('button', { name: 'Undo' }).click()
  await expect
    .poll(async () => {
      const { stdout } = await watchdeck.cli('call', 'sources.list')
      return (JSON.parse(stdout) as { sources: Array<{ state: string }> }).sources.map(({ state }) => state)
    })
    .toEqual(['ready'])
  await expect(dialog.getByRole('button', { name: 'Undo' })).toHaveCount(0)
  await expect(dialog.getByText(/Restored/)).toBeVisible()
})
