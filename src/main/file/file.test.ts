// The incident file from save to reopening on a machine without the source, and what a hostile file may not do.

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { savedIncident as saveSample, type SavedOptions } from '../../../test/support/saved-incident.ts'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { TELEMETRY_TABLE_NAMES, type TelemetryTable } from '../storage/telemetry/schema.ts'
import { logsModule } from '../logs/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { fileModule } from './index.ts'

const MODULES = { modules: [incidentsModule, fileModule] }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-file-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const savedIncident = (t: TestEngine, options: SavedOptions = {}) => saveSample(t, folder, options)

const contentOf = async (t: TestEngine, source: string, table: TelemetryTable) => {
  const scope = await t.stores.telemetry.scope([source])
  const [row] = await t.stores.telemetry.rows<{ n: bigint; h: bigint | null }>(
    `SELECT count(*) AS n, bit_xor(hash(t)) AS h FROM (SELECT * EXCLUDE (source) FROM ${scope.relation(table)}) t`,
    [],
  )
  return row
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error instanceof WatchdeckError ? error.code : String(error)),
  )

describe('an incident file', () => {
  test('holds every row, opens read-only without the source, and its hash is what save said', async () => {
    await using home = await startTestEngine(MODULES)
    const { source, path, saved } = await savedIncident(home)
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(saved.sha256)
    await using away = await startTestEngine(MODULES)
    const opened = await away.client.call('file.open', { path })
    for (const table of TELEMETRY_TABLE_NAMES)
      expect([table, await contentOf(away, opened.source, table)]).toEqual([
        table,
        await contentOf(home, source, table),
      ])
    const incident = await away.client.call('incidents.get', { id: opened.incident })
    expect({
      title: incident.title,
      readOnly: incident.readOnly,
      notes: incident.notes,
      sources: incident.sources,
    }).toEqual({
      title: 'Cart is slow for a@b.example',
      readOnly: true,
      notes: 1,
      sources: [opened.source],
    })
    expect(await codeOf(away.client.call('incidents.note', { incident: opened.incident, markdown: 'x' }))).toBe(
      'read_only',
    )
    expect(await away.client.call('file.open', { path })).toEqual(opened)
  })

  test('is still open after a restart, and closing it leaves nothing', async () => {
    const dataDir = await mkdtemp(join(folder, 'data-'))
    let path = ''
    let opened = { source: '', incident: '' }
    {
      await using home = await startTestEngine(MODULES)
      path = (await savedIncident(home)).path
      await using first = await startTestEngine({ ...MODULES, dataDir })
      opened = await first.client.call('file.open', { path })
    }
    await using again = await startTestEngine({ ...MODULES, dataDir })
    expect((await contentOf(again, opened.source, 'spans'))?.n).toBe(120n)
    await again.client.call('file.close', { source: opened.source })
    expect((await again.client.call('sources.list', {})).sources).toEqual([])
    expect((await again.client.call('incidents.list', {})).incidents).toEqual([])
    expect(await readdir(join(dataDir, 'cache'))).toEqual([])
  })

  test('is shown as broken when it is gone after a restart', async () => {
    const dataDir = await mkdtemp(join(folder, 'data-'))
    {
      await using home = await startTestEngine(MODULES)
      const { path } = await savedIncident(home)
      await using first = await startTestEngine({ ...MODULES, dataDir })
      await first.client.call('file.open', { path })
    }
    await rm(join(folder, 'x.watchdeck'))
    await using again = await startTestEngine({ ...MODULES, dataDir })
    expect((await again.client.call('sources.list', {})).sources.map((s) => s.state)).toEqual(['broken'])
  })

  test('can be continued as an own copy that has all rows and can be changed', async () => {
    await using home = await startTestEngine(MODULES)
    const { source, path } = await savedIncident(home)
    await using away = await startTestEngine(MODULES)
    const opened = await away.client.call('file.open', { path })
    const own = await away.client.call('file.adopt', { incident: opened.incident })
    await away.client.call('file.close', { source: opened.source })
    for (const table of TELEMETRY_TABLE_NAMES)
      expect([table, await contentOf(away, own.source, table)]).toEqual([table, await contentOf(home, source, table)])
    await away.client.call('incidents.note', { incident: own.incident, markdown: 'mine now' })
    expect((await away.client.call('incidents.get', { id: own.incident })).notes).toBe(2)
  })

  test('redacts telemetry, notes and titles with tokens that still join', async () => {
    await using home = await startTestEngine(MODULES)
    const { path } = await savedIncident(home, { redact: true })
    const text = (await readFile(path)).toString('latin1')
    for (const secret of ['bob@shop.example', 'a@b.example', 'hunter1']) expect(text).not.toContain(secret)
    await using away = await startTestEngine(MODULES)
    const opened = await away.client.call('file.open', { path })
    const scope = await away.stores.telemetry.scope([opened.source])
    const bodies = (
      await away.stores.telemetry.rows<{ body: string }>(
        `SELECT body FROM ${scope.relation('logs')} ORDER BY time_ns`,
        [],
      )
    ).map((r) => r.body)
    for (const body of bodies)
      expect(body).toMatch(/^user <email:[0-9a-f]{10}> from <ip:[0-9a-f]{10}> paid with password=<token:[0-9a-f]{10}>$/)
    expect(new Set(bodies.map((b) => b.split(' ')[1])).size).toBe(5)
    const attributes = await away.stores.telemetry.rows<{ json: string }>(
      `SELECT json FROM ${scope.relation('attributes')}`,
      [],
    )
    for (const { json } of attributes) expect(JSON.parse(json)).toBeTypeOf('object')
    expect(JSON.stringify(attributes)).not.toContain('@shop.example')
  })

  test('with a passphrase shows nothing without it', async () => {
    await using home = await startTestEngine(MODULES)
    const { path, source } = await savedIncident(home, { passphrase: 'correct horse' })
    expect((await readFile(path)).includes('PAR1')).toBe(false)
    await using away = await startTestEngine(MODULES)
    expect(await codeOf(away.client.call('file.open', { path }))).toBe('unauthenticated')
    expect(await codeOf(away.client.call('file.open', { path, passphrase: 'wrong' }))).toBe('unauthenticated')
    const opened = await away.client.call('file.open', { path, passphrase: 'correct horse' })
    expect(await contentOf(away, opened.source, 'spans')).toEqual(await contentOf(home, source, 'spans'))
    expect(await away.client.call('file.verify', { path, passphrase: 'correct horse' })).toMatchObject({
      ok: true,
      problems: [],
    })
  })

  test('is not replaced unless asked, and a failed save leaves the good one', async () => {
    await using home = await startTestEngine(MODULES)
    const { path, incident } = await savedIncident(home)
    const before = await readFile(path)
    expect(await codeOf(home.client.call('file.save', { incident: incident.id, path }))).toBe('conflict')
    expect(await codeOf(home.client.call('file.save', { incident: incident.id, path: join(path, 'inside') }))).toBe(
      'invalid_input',
    )
    expect(await codeOf(home.client.call('file.save', { incident: incident.id, path: `${path}\u0000` }))).toBe(
      'invalid_input',
    )
    expect((await readFile(path)).equals(before)).toBe(true)
    expect(await readdir(folder)).toEqual(['x.watchdeck'])
  })

  test('is estimated within a factor of two and its redaction is previewed', async () => {
    await using home = await startTestEngine(MODULES)
    const { incident, saved } = await savedIncident(home)
    const estimate = await home.client.call('file.estimate', { incident: incident.id, redact: true })
    expect(estimate.rows).toMatchObject({ spans: 120, logs: 180, traces: 60, samples: 240 })
    expect(estimate.bytes / saved.bytes).toBeGreaterThan(0.5)
    expect(estimate.bytes / saved.bytes).toBeLessThan(2)
    expect(estimate.redaction.map((r) => r.rule).sort()).toEqual(['email', 'ip', 'token'])
  })

  test('previews what people wrote and what pins ask and answered, too', async () => {
    await using home = await startTestEngine({ modules: [...MODULES.modules, logsModule] })
    const { incident } = await savedIncident(home)
    const found = async () => {
      const { redaction, bytes } = await home.client.call('file.estimate', { incident: incident.id, redact: ['email'] })
      return { ...redaction[0], bytes }
    }
    const before = await found()
    await home.client.call('incidents.update', {
      id: incident.id,
      title: 'first@shop.example',
      summary: 'asked second@shop.example',
      tags: ['third@shop.example'],
      roles: { lead: 'fourth@shop.example' },
    })
    await home.client.call('incidents.note', { incident: incident.id, markdown: 'told fifth@shop.example' })
    const input = { range: incident.range, query: '"sixth@shop.example"' }
    await home.client.call('incidents.pin', { incident: incident.id, what: { method: 'logs.search', input } })
    const after = await found()
    // its old title had one
    expect((after.count ?? 0) - (before.count ?? 0)).toBe(5)
    expect(after.examples?.map((example) => example.before)).toEqual([
      'first@shop.example',
      'second@shop.example',
      'third@shop.example',
    ])
    expect(after.bytes).toBeGreaterThan(before.bytes)
  })

  test('is redacted by rules of the settings that a person wrote, all of them or those that are named', async () => {
    await using home = await startTestEngine(MODULES)
    const ownRedaction = [
      { name: 'user', pattern: 'u[0-9]@shop' },
      { name: 'paid', pattern: 'paid with', on: false },
    ]
    await home.client.call('settings.set', { redactionRules: ['ip'], ownRedaction })
    const { incident } = await savedIncident(home)
    const found = async (redact: boolean | string[]) =>
      (await home.client.call('file.estimate', { incident: incident.id, redact })).redaction.map((r) => r.rule).sort()
    expect(await found(true)).toEqual(['ip', 'user'])
    expect(await found(['own:paid', 'email'])).toEqual(['email', 'paid'])
    await expect(found(['own:gone'])).rejects.toThrow('no rule of redaction called "gone"')
  })
})

test('an opened file whose source is still here stays off, so that no row counts twice', async () => {
  await using home = await startTestEngine(MODULES)
  const { path, source } = await savedIncident(home)
  const opened = await home.client.call('file.open', { path })
  const states = (await home.client.call('sources.list', {})).sources.map((s) => [s.id, s.state])
  expect(Object.fromEntries(states)).toEqual({ [source]: 'ready', [opened.source]: 'off' })
  expect((await contentOf(home, opened.source, 'spans'))?.n).toBe(120n)
})

test('a folder that is not there is refused and not made', async () => {
  await using home = await startTestEngine(MODULES)
  const { incident } = await savedIncident(home)
  const path = join(folder, 'nope', 'x.watchdeck')
  expect(await codeOf(home.client.call('file.save', { incident: incident.id, path }))).toBe('invalid_input')
  expect(await readdir(folder)).toEqual(['x.watchdeck'])
})

describe('a damaged incident file', () => {
  test('is refused at every byte that is changed or cut, and nothing is recorded', async () => {
    await using home = await startTestEngine(MODULES)
    const { path } = await savedIncident(home)
    const good = await readFile(path)
    await using away = await startTestEngine(MODULES)
    let refused = 0
    for (let i = 0; i < 60; i++) {
      const bad = Buffer.from(good)
      const at = Math.floor((good.length * i) / 60)
      const cut = i % 2 === 0
      if (!cut) bad[at] = (bad[at] as number) ^ 0xff
      const hurt = join(folder, `bad-${i}.watchdeck`)
      await writeFile(hurt, cut ? bad.subarray(0, at) : bad)
      const verified = await away.client.call('file.verify', { path: hurt })
      if (!verified.ok) refused++
      // what verify finds, open refuses
      if (!verified.ok) expect([i, await codeOf(away.client.call('file.open', { path: hurt }))]).toEqual([i, 'corrupt'])
      expect([i, verified.problems.length > 0]).toEqual([i, !verified.ok])
      if (cut) expect([i, verified.ok]).toEqual([i, false])
    }
    // a flipped byte in a zip header's time stamp changes nothing that is read; every other one is noticed
    expect(refused).toBeGreaterThanOrEqual(57)
    expect((await away.client.call('sources.list', {})).sources).toEqual([])
  })
})
