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
  await app.getByRole('button', { name: 'Import sources' }).click()
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

test('a source is reached through bastions with limits and parameters, all from its form', async ({
  watchdeck,
  app,
}) => {
  await app.evaluate(() => location.assign('#/sources/new'))
  const form = app.getByRole('form', { name: 'Add a live source' })
  const field = (name: string) => form.getByRole('textbox', { name, exact: true })
  const hop = (n: number) => form.getByRole('combobox', { name: `Hop ${n}`, exact: true })
  await field('Name').fill('prod')
  await field('Address').fill('http://127.0.0.1:9')
  await form.getByText('Tenant, headers, parameters').click()
  await field('Query parameters, one a line').fill('dedup')
  await form.getByText('Limits', { exact: true }).click()
  await field('Requests in flight').fill('65')
  await form.getByText('Bastion (SSH)').click()
  await form.getByRole('button', { name: 'Add a bastion' }).click()
  await expect(form).toContainText('Bastion (SSH) (no host yet)')
  await hop(1).fill('inner')
  await form.getByRole('button', { name: 'Add a hop' }).click()
  await hop(2).fill('ana@127.0.0.1:9')

  // what cannot be is said where it stands, and nothing was sent
  await form.getByRole('button', { name: 'Test the connection' }).click()
  await expect(field('Query parameters, one a line')).toBeFocused()
  await expect(form.getByRole('alert')).toHaveText([
    'One parameter a line, as name=value, each name once',
    'A whole number from 1 to 64, or nothing',
  ])
  await field('Query parameters, one a line').fill('dedup=true')
  await field('Requests in flight').fill('2')

  // by the keyboard: the second hop becomes the only one, with a password
  await form.getByRole('button', { name: 'Move hop 2 up' }).press('Enter')
  await expect(hop(1)).toHaveValue('ana@127.0.0.1:9')
  await form.getByRole('button', { name: 'Remove hop 2' }).press('Enter')
  await form.locator('summary', { hasText: 'Sign in to hop 1' }).press('Enter')
  await form.getByRole('checkbox', { name: 'Ask the SSH agent first' }).press('Space')
  await form.getByLabel('Password', { exact: true }).fill(PLANTED)
  await expect(form.getByText('keys of ~/.ssh, then password')).toBeVisible()
  await form.getByRole('button', { name: 'Test the connection' }).click()
  await expect(form.getByRole('list', { name: 'Steps of the test' })).toContainText(
    'The bastion ana@127.0.0.1:9 could not be reached.',
  )

  await form.getByRole('combobox', { name: 'Keep secrets' }).click()
  await app.getByRole('option', { name: 'Until Watchdeck ends' }).click()
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await idle(app)
  await app.getByRole('button', { name: 'Edit' }).click()
  const again = app.getByRole('form', { name: 'Edit' })
  await expect(again).toContainText('Tenant, headers, parameters 1 set')
  await expect(again).toContainText('Bastion (SSH) ana@127.0.0.1:9')
  await expect(again).toContainText('Limits 1 set')
  await again.getByText('Bastion (SSH)').click()
  await again.getByText('Sign in to hop 1').click()
  await expect(again.getByLabel('Password', { exact: true })).toHaveValue('')
  await expect(again.getByRole('button', { name: 'Remove what is kept: Password' })).toBeVisible()

  // there is no vault: the form starts from how the password is kept, so that a new name needs none
  await expect(again.getByRole('combobox', { name: 'Keep secrets' })).toContainText('Until Watchdeck ends')
  await again.getByRole('textbox', { name: 'Name', exact: true }).fill('renamed')
  await again.getByRole('button', { name: 'Save', exact: true }).click()
  const list = app.getByRole('list', { name: 'Live sources' })
  await expect(list).toContainText('renamed')

  // after the session the password is gone: it is said wherever one looks, and one click leads to where it is typed
  await app.evaluate(() => location.assign('#/metrics?query=up'))
  await watchdeck.restart()
  const line = app.getByRole('status').filter({ hasText: 'renamed cannot be asked' })
  await expect(line).toContainText('its secrets were for the last session only.')
  await app.evaluate(() => location.assign('#/sources'))
  await expect(app.getByRole('heading', { name: '1 live source, 1 without secrets' })).toBeVisible()
  await list.getByRole('link', { name: 'Secrets needed renamed' }).click()
  await expect(app.getByText('Nothing is asked of it until they are given again.')).toBeVisible()
  await app.getByRole('button', { name: 'Test the connection' }).click()
  await expect(app.getByRole('list', { name: 'Steps of the test' })).toHaveText(/kept for one session, which is over/)
  await line.getByRole('link', { name: 'Give them again' }).click()
  const password = again.getByLabel('Password', { exact: true })
  await expect(password).toBeFocused()
  await expect(password).toHaveAccessibleDescription(/Not kept any more: type it again/)
  await again.getByRole('button', { name: 'Save', exact: true }).press('Enter')
  await expect(password).toBeFocused()

  // from now on it is in a variable, which no session ends
  await again.getByRole('combobox', { name: 'Where it is: Password' }).click()
  await app.getByRole('option', { name: 'In a variable' }).click()
  await password.fill('WATCHDECK_E2E_HOP')
  await again.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(line).toHaveCount(0)
  await app.getByRole('button', { name: 'Edit' }).click()
  await again.getByText('Bastion (SSH)').click()
  await again.getByText('Sign in to hop 1').click()
  await expect(password).toHaveValue('WATCHDECK_E2E_HOP')
})
