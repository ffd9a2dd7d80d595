// A person moves the sources of a team over: from a file of Grafana, looked at before it is taken, and out again without secrets.

import { readFile } from 'node:fs/promises'
import { expect, idle, test } from './support/watchdeck.ts'

const PLANTED = 'planted-4f1d-secret'
const GRAFANA = `
apiVersion: 1
datasources:
  - { name: Metrics, type: prometheus, url: http://127.0.0.1:9/prom, basicAuth: true, basicAuthUser: ops,
      secureJsonData: { basicAuthPassword: ${PLANTED} } }
  - { name: Logs, type: loki, url: http://127.0.0.1:9 }
`

test('sources come from a file of Grafana and go out as a file without their secrets', async ({ app }) => {
  await app.evaluate(() => location.assign('#/sources'))
  await idle(app)
  await expect(app.getByRole('button', { name: 'Export' })).toBeDisabled()
  await app.getByRole('button', { name: 'Take over sources' }).click()
  await app
    .getByTestId('sources-file')
    .setInputFiles({ name: 'datasources.yaml', mimeType: 'text/yaml', buffer: Buffer.from(GRAFANA) })
  await expect(app.getByRole('textbox', { name: 'YAML or JSON' })).toHaveValue(GRAFANA)
  await app.getByRole('button', { name: 'What would be added' }).click()
  const found = app.getByRole('list', { name: 'What was found' })
  await expect(found).toContainText('http://127.0.0.1:9/prom')
  await expect(found).toContainText('Logs: there is no connector for the type "loki"')

  // nobody has made a vault on this machine yet: it is said, and the way out too
  await app.getByRole('button', { name: 'Add 1 source' }).click()
  await expect(found).toContainText('There is no passphrase yet to protect secrets with.')
  await expect(found).toContainText('in the settings')
  await app.getByRole('combobox', { name: 'Keep secrets' }).click()
  await app.getByRole('option', { name: 'Until Watchdeck ends' }).click()
  await app.getByRole('button', { name: 'Add 1 source' }).click()
  await idle(app)
  await expect(app.getByRole('list', { name: 'Live sources' })).toContainText('Metrics')

  const download = app.waitForEvent('download')
  await app.getByRole('button', { name: 'Export' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('watchdeck-sources.json')
  const text = await readFile(await file.path(), 'utf8')
  expect(text).toContain('http://127.0.0.1:9/prom')
  expect(text).not.toContain(PLANTED)
})
