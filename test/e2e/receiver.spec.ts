// A person lets a program send: the receiver is switched on, a request arrives, its trace is one click away, it is switched off.

import { expect, idle, test } from './support/watchdeck.ts'
import { freePort } from '../support/ports.ts'

test('a program is pointed at the receiver, and what it sends is looked at', async ({ app }) => {
  const port = await freePort()
  await app.evaluate(() => location.assign('#/sources'))
  await idle(app)
  const row = app.getByRole('link', { name: 'OTLP receiver' })
  await expect(row).toContainText('Off')
  await row.click()
  await idle(app)
  const form = app.getByRole('form', { name: 'OTLP receiver' })
  await form.getByRole('textbox', { name: 'Port' }).fill('80')
  await expect(form.getByText('A whole number from 1024 to 65535')).toBeVisible()
  await expect(form.getByRole('button', { name: 'Start receiving' })).toBeDisabled()
  await form.getByRole('textbox', { name: 'Port' }).fill(String(port))
  await form.getByRole('button', { name: 'Start receiving' }).click()
  await idle(app)
  await expect(row).toContainText(`http://127.0.0.1:${port}`)
  await expect(app.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${port}`)).toBeVisible()

  const at = BigInt(Date.now()) * 1_000_000n
  const sent = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'till' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  name: 'sell a ticket',
                  startTimeUnixNano: at.toString(),
                  endTimeUnixNano: (at + 9_000_000n).toString(),
                },
              ],
            },
          ],
        },
      ],
    }),
  })
  expect([sent.status, await sent.text()]).toEqual([200, '{}'])
  await expect(app.getByRole('region', { name: 'What has come' })).toContainText('Spans1')
  await app.screenshot({ path: test.info().outputPath('receiver.png') })

  await app.evaluate(() => location.assign(`#/traces/${'a'.repeat(32)}`))
  await idle(app)
  await expect(app.getByRole('treegrid')).toContainText('sell a ticket')

  await app.evaluate(() => location.assign('#/sources/otlp'))
  await idle(app)
  await app.getByRole('form', { name: 'OTLP receiver' }).getByRole('button', { name: 'Stop' }).click()
  await expect(row).toContainText('Off')
})
