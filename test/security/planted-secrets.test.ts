// A secret in every field that takes one: nothing that the engine answers, logs or writes in plain holds any of them.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ALL_MODULES } from '../../src/main/modules.ts'
import { WatchdeckError } from '../../src/shared/base/errors.ts'
import { contract } from '../../src/shared/contract/index.ts'
import { answerToJson } from '../../src/shared/contract/json.ts'
import { mapSecrets, zSourceSpec } from '../../src/shared/contract/source-spec.ts'
import { tempFolder } from '../durability/support.ts'
import { startTestEngine } from '../support/engine.ts'
import { addSampleSource, SAMPLE_RANGE } from '../support/sample-telemetry.ts'

const MARK = 'PLANTED-7c1f'
const planted = (place: string) => `${MARK}-${place}`
/** Nothing listens there: every way of asking fails, and says so. */
const NOWHERE = 'http://127.0.0.1:9'

const AUTHS: ReadonlyArray<Record<string, unknown>> = [
  { type: 'basic', username: 'ana', password: planted('basic') },
  { type: 'bearer', token: planted('bearer') },
  { type: 'apiKey', key: planted('api') },
  { type: 'oauth2', tokenUrl: `${NOWHERE}/token`, clientId: 'c', clientSecret: planted('client') },
  { type: 'sigv4', region: 'r', accessKeyId: 'a', secretAccessKey: planted('sig'), sessionToken: planted('session') },
  { type: 'bearer', token: { env: 'WATCHDECK_TEST_PLANTED' } },
]
const HOP = {
  host: '127.0.0.1',
  port: 9,
  agent: false,
  key: planted('hop-key'),
  passphrase: planted('hop-pass'),
  password: planted('hop'),
}

test('secrets of every field of a source are in no answer, log line, error or file but the sealed vault', async () => {
  const [dataDir, away] = [tempFolder(), tempFolder()]
  process.env['WATCHDECK_TEST_PLANTED'] = planted('env')
  onTestFinished(() => void delete process.env['WATCHDECK_TEST_PLANTED'])
  const secretFile = join(tempFolder(), 'token')
  writeFileSync(secretFile, planted('file'))
  const specs = [
    ...AUTHS.map((auth, i) => ({ kind: 'prometheus', name: `auth ${i}`, url: NOWHERE, auth })),
    { kind: 'prometheus', name: 'file', url: NOWHERE, auth: { type: 'bearer', token: { file: secretFile } } },
    { kind: 'prometheus', name: 'headers', url: NOWHERE, headers: { 'X-Secret': planted('header') } },
    {
      kind: 'prometheus',
      name: 'proxy',
      url: 'http://x.invalid',
      proxy: { url: NOWHERE, username: 'u', password: planted('proxy') },
    },
    {
      kind: 'prometheus',
      name: 'tls',
      url: 'https://127.0.0.1:9',
      tls: { key: planted('tls-key'), passphrase: planted('tls-pass') },
    },
    { kind: 'prometheus', name: 'ssh', url: NOWHERE, ssh: { hops: [HOP], useConfig: false } },
  ].map((spec) => zSourceSpec.parse(spec))
  // the specs have every place that the contract knows
  const places = new Set<string>()
  for (const spec of specs)
    mapSecrets(spec, (secret, place) => {
      places.add(place)
      return secret
    })
  expect([...places].sort()).toEqual([
    'auth.clientSecret',
    'auth.key',
    'auth.password',
    'auth.secretAccessKey',
    'auth.sessionToken',
    'auth.token',
    'headers.x-secret',
    'proxy.password',
    'ssh.0.key',
    'ssh.0.passphrase',
    'ssh.0.password',
    'tls.key',
    'tls.passphrase',
  ])
  const told: unknown[] = []
  {
    await using t = await startTestEngine({ modules: ALL_MODULES, dataDir })
    const dispatcher = t.engine.dispatcher('test')
    const ask = async (method: string, input: unknown): Promise<unknown> => {
      const context = {
        signal: new AbortController().signal,
        progress: (progress: unknown) => void told.push(progress),
      }
      const answer = await dispatcher
        .call(method, input, context)
        .catch((error: unknown) => (error instanceof WatchdeckError ? error.toShape() : String(error)))
      told.push(answerToJson(answer))
      return answer
    }
    const sample = await addSampleSource(t.stores, 'sample', 2)
    await ask('settings.unlockVault', { passphrase: planted('vault') })
    for (const spec of specs) {
      // tried before it is kept, kept, asked, looked at and changed
      await ask('sources.test', { spec })
      const added = await ask('sources.add', spec)
      const id = typeof added === 'object' && added !== null && 'id' in added ? added.id : undefined
      expect([spec.name, typeof id]).toEqual([spec.name, 'string'])
      await ask('metrics.query', { query: `up{password="${planted('query')}"}`, range: SAMPLE_RANGE, sources: [id] })
      await ask('sources.test', { id })
      const kept = await ask('sources.spec', { id })
      await ask('sources.edit', { id, spec: { ...(typeof kept === 'object' ? kept : {}), name: `${spec.name} again` } })
    }
    await ask('sources.add', { kind: 'prometheus', name: 'x', url: `http://u:${planted('url')}@127.0.0.1:9` })
    await ask('sources.test', {
      spec: { kind: 'prometheus', name: 'x', url: `http://u:${planted('url')}@127.0.0.1:9` },
    })
    await ask('settings.unlockVault', { passphrase: planted('wrong') })
    await ask('file.open', { path: join(away, 'none.watchdeck'), passphrase: planted('open') })
    await ask('logs.search', { range: SAMPLE_RANGE, query: `token:"${planted('search')}` })
    const incident = await t.client.call('incidents.create', {
      title: 'x',
      severity: 'minor',
      range: SAMPLE_RANGE,
      sources: [sample],
    })
    // what a person wrote is theirs and stays in the catalog; a copy that leaves the machine has it blotted out
    const bearer = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ'
    await t.client.call('incidents.note', { incident: incident.id, markdown: `Authorization: Bearer ${bearer}` })
    const saved = join(away, 'x.watchdeck')
    await ask('file.save', { incident: incident.id, path: saved })
    expect(readFileSync(saved).includes(bearer)).toBe(false)
    await ask('system.backup', { path: join(away, 'backup') })
    // a recording of sources that do not answer tells why
    const live = (await t.client.call('sources.list', {})).sources
      .filter(({ kind }) => kind === 'prometheus')
      .slice(0, 2)
    const recorded = await t.client.call('incidents.create', {
      title: 'recorded',
      severity: 'minor',
      range: SAMPLE_RANGE,
      sources: live.map(({ id }) => id),
    })
    await ask('recording.plan', { incident: recorded.id })
    await t.client.start('recording.start', { incident: recorded.id })
    await ask('recording.stop', { incident: recorded.id })
    const status = await ask('recording.status', { incident: recorded.id })
    expect(status).toMatchObject({ state: 'stopped', gaps: expect.arrayContaining([expect.anything()]) })
    await ask('file.save', { incident: recorded.id, path: join(away, 'recorded.watchdeck') })
    for (const method of ['services.measured', 'metrics.rules', 'metrics.targets', 'alerts.list', 'alerts.marks'])
      await ask(method, { range: SAMPLE_RANGE })
    // whatever can be asked without changing anything, with what most of them want
    for (const [name, methods] of Object.entries(contract))
      for (const [method, { kind }] of Object.entries(methods))
        if (kind === 'query')
          for (const input of [{}, { range: SAMPLE_RANGE }, { id: live[0]?.id }, { incident: recorded.id }])
            await ask(`${name}.${method}`, input)
    await ask('report.render', { incident: incident.id, format: 'md' })
    told.push(t.logLines)
  }
  // the questions are those of the caller; an answer may repeat them, a log may not
  const text = JSON.stringify(told, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  const own = [planted('query'), planted('search')]
  expect(leaks(own.reduce((rest, question) => rest.replaceAll(question, ''), text))).toEqual([])
  for (const folder of [dataDir, away])
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name)
      if (statSync(path).isFile()) expect([name, leaks(readFileSync(path, 'latin1'))]).toEqual([name, []])
    }
}, 120_000)

/** What stands around each planted text. */
const leaks = (text: string): string[] =>
  [...text.matchAll(new RegExp(`.{0,80}${MARK}[a-z-]*`, 'g'))].map(([found]) => found)
