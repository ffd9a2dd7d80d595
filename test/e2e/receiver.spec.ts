// A person lets a program send: the receiver is switched on, a request arrives, its trace is one click away, it is switched off.

import { expect, idle, test } from './support/watchdeck.ts'
import { encodeOtlpRequest } from '../../src/shared/wire/otlp/protobuf.ts'
import { grpcCall, grpcFrame, nowNs, otlpSpan, otlpSpans, overGrpc, postOtlp, SERVICE } from '../support/otlp.ts'
import { freePort } from '../support/ports.ts'

test('a program is pointed at the receiver, and what it sends is looked at', async ({ app }) => {
  const [port, grpcPort] = [await freePort(), await freePort()]
  await app.evaluate(() => location.assign('#/sources'))
  await idle(app)
  const row = app.getByRole('link', { name: 'OTLP receiver' })
  await expect(row).toContainText('Off')
  await row.click()
  await idle(app)
  const form = app.getByRole('form', { name: 'OTLP receiver' })
  await form.getByRole('textbox', { name: 'Port (HTTP)' }).fill('80')
  await expect(form.getByText('A whole number from 1024 to 65535')).toBeVisible()
  await expect(form.getByRole('button', { name: 'Start receiving' })).toBeDisabled()
  await form.getByRole('textbox', { name: 'Port (HTTP)' }).fill(String(port))
  await form.getByRole('checkbox', { name: 'Over gRPC too' }).click()
  await form.getByRole('textbox', { name: 'Port (gRPC)' }).fill(String(port))
  await expect(form.getByText('HTTP has this port: choose another')).toBeVisible()
  await form.getByRole('textbox', { name: 'Port (gRPC)' }).fill(String(grpcPort))
  await form.getByRole('button', { name: 'Start receiving' }).click()
  await idle(app)
  await expect(row).toContainText(`http://127.0.0.1:${port}, gRPC ${grpcPort}`)
  await expect(app.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${port}`)).toBeVisible()

  await expect(app.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${grpcPort}`)).toBeVisible()

  const span = otlpSpan(1, nowNs(), { traceId: 'a'.repeat(32), name: 'sell a ticket' })
  const sent = await postOtlp(`http://127.0.0.1:${port}/v1/traces`, JSON.stringify(otlpSpans([span], 'till')))
  expect([sent.status, sent.text]).toEqual([200, '{}'])
  // a sender that got no answer comes again, by the other door
  const again = await overGrpc(`http://127.0.0.1:${grpcPort}`, (session) =>
    grpcCall(session, SERVICE.traces, grpcFrame(encodeOtlpRequest('traces', otlpSpans([span], 'till')))),
  )
  expect(again.code).toBe(0)
  const came = app.getByRole('region', { name: 'What has come' })
  await expect(came).toContainText('Sent again, kept once1')
  await expect(came).toContainText('Spans1')
  await app.screenshot({ path: test.info().outputPath('receiver.png') })

  await app.evaluate(() => location.assign(`#/traces/${'a'.repeat(32)}`))
  await idle(app)
  await expect(app.getByRole('treegrid')).toContainText('sell a ticket')

  await app.evaluate(() => location.assign('#/sources/otlp'))
  await idle(app)
  await app.getByRole('form', { name: 'OTLP receiver' }).getByRole('button', { name: 'Stop' }).click()
  await expect(row).toContainText('Off')
})
