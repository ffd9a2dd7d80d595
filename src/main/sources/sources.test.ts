import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { asEpochNs, type EpochNs } from '../../shared/base/time.ts'
import { NO_ATTRIBUTES } from '../../shared/domain/telemetry.ts'

const MINUTE = 60n * 1_000_000_000n

class HandClock {
  #at = 1_764_000_000_000_000_000n
  now(): EpochNs {
    return asEpochNs(this.#at)
  }
  pass(ns: bigint): void {
    this.#at += ns
  }
}

async function importOf(t: TestEngine, name: string): Promise<string> {
  const { catalog, telemetry } = t.stores
  const source = catalog.sources.create({ name, kind: 'import', origin: [`${name}.log`], readOnly: false })
  const writer = await telemetry.writer(source.id)
  await writer.write({
    kind: 'happenings',
    rows: [
      {
        time: 1_764_000_000_000_000_000n,
        endTime: 1_764_000_000_000_000_000n,
        kind: 'change',
        severity: 'normal',
        reason: 'r',
        message: name,
        objectKind: '',
        namespace: '',
        name: '',
        service: 's',
        count: 1,
        uid: '',
        attributes: NO_ATTRIBUTES,
      },
    ],
  })
  await writer.commit()
  catalog.sources.update(source.id, {
    state: 'ready',
    rows: 1,
    counts: { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 1, userEvents: 0 },
  })
  catalog.imports.add({
    sha256: name,
    source: source.id,
    path: name,
    bytes: 1,
    format: 'ndjson',
    rowsTaken: 1,
    rowsSkipped: 0,
    importedAt: 'x',
  })
  return source.id
}

async function rowsLeft(t: TestEngine, id: string): Promise<unknown> {
  const record = t.stores.catalog.sources.get(id)
  if (!record) return 'no source'
  const scope = await t.stores.telemetry.scope([id])
  const rows = await t.stores.telemetry.rows<{ n: bigint }>(
    `SELECT count(*) AS n FROM ${scope.relation('happenings')}`,
    [],
  )
  return rows[0]?.n
}

test('a source is renamed, switched off, its clock corrected; sizes come with the list', async () => {
  await using t = await startTestEngine()
  const id = await importOf(t, 'one')
  expect(await t.client.call('sources.update', { id, name: 'two', on: false, clockOffsetNs: '-005' })).toMatchObject({
    id,
    name: 'two',
    state: 'off',
    clockOffsetNs: -5,
  })
  const { sources } = await t.client.call('sources.list', {})
  expect(sources).toMatchObject([{ id, rows: 1, origin: ['one.log'] }])
  expect(sources[0]?.bytes).toBeGreaterThan(0)
  await expect(t.client.call('sources.update', { id: 'nope' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a removed source is taken back with all its rows, as it was', async () => {
  const clock = new HandClock()
  await using t = await startTestEngine({ clock })
  const id = await importOf(t, 'one')
  await t.client.call('sources.update', { id, on: false })
  const { undoUntil } = await t.client.call('sources.remove', { id })
  expect(undoUntil).toBe('2025-11-24T16:10:00.000000000Z')
  clock.pass(MINUTE)
  expect(await t.client.call('sources.remove', { id })).toEqual({ undoUntil })
  expect(await t.client.call('sources.list', {})).toEqual({ sources: [] })
  expect((await t.client.call('sources.list', { includeRemoved: true })).sources).toMatchObject([
    { id, state: 'removed', undoUntil },
  ])
  await t.client.call('sources.restore', { id })
  const [restored] = (await t.client.call('sources.list', {})).sources
  expect(restored).toMatchObject({ id, state: 'off' })
  expect(restored?.undoUntil).toBeUndefined()
  expect(await rowsLeft(t, id)).toBe(1n)
  await expect(t.client.call('sources.restore', { id })).rejects.toMatchObject({ code: 'conflict' })
})

test('a purge deletes rows and import records of removed sources only', async () => {
  await using t = await startTestEngine()
  const gone = await importOf(t, 'gone')
  const stays = await importOf(t, 'stays')
  await t.client.call('sources.remove', { id: gone })
  await t.client.call('sources.purge', {})
  expect(t.stores.catalog.sources.list().map((s) => s.id)).toEqual([stays])
  expect(t.stores.catalog.imports.find('gone')).toEqual([])
  expect(await rowsLeft(t, stays)).toBe(1n)
  expect(t.stores.catalog.audit.verify()).toMatchObject({ ok: true })
})

test('a source that is taken back while those before it are being deleted stays', async () => {
  await using t = await startTestEngine()
  const first = await importOf(t, 'first')
  const second = await importOf(t, 'second')
  for (const id of [first, second]) await t.client.call('sources.remove', { id })
  const { telemetry } = t.stores
  const deleteSource = telemetry.deleteSource.bind(telemetry)
  vi.spyOn(telemetry, 'deleteSource').mockImplementationOnce(async (id) => {
    expect(id).toBe(first)
    await t.client.call('sources.restore', { id: second })
    await deleteSource(id)
  })
  await t.client.call('sources.purge', {})
  expect(t.stores.catalog.sources.list().map(({ id, state }) => [id, state])).toEqual([[second, 'ready']])
  expect(await rowsLeft(t, second)).toBe(1n)
})

test('a deletion that a crash cut short after its rows is not taken back, and is done by the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-sources-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  let stays: string
  {
    await using t = await startTestEngine({ dataDir })
    const gone = await importOf(t, 'gone')
    stays = await importOf(t, 'stays')
    for (const id of [gone, stays]) await t.client.call('sources.remove', { id })
    const { telemetry } = t.stores
    const deleteSource = telemetry.deleteSource.bind(telemetry)
    vi.spyOn(telemetry, 'deleteSource').mockImplementationOnce(async (id) => {
      await deleteSource(id)
      throw new Error('killed')
    })
    await expect(t.client.call('sources.purge', {})).rejects.toMatchObject({ code: 'internal' })
    await expect(t.client.call('sources.restore', { id: gone })).rejects.toMatchObject({ code: 'conflict' })
    await t.client.call('sources.restore', { id: stays })
  }
  await using t = await startTestEngine({ dataDir })
  expect(t.stores.catalog.sources.list().map(({ id, state }) => [id, state])).toEqual([[stays, 'ready']])
  expect(t.stores.catalog.imports.find('gone')).toEqual([])
  expect(await rowsLeft(t, stays)).toBe(1n)
  expect(t.stores.notices).toEqual([])
  expect(t.stores.catalog.audit.list('sources.purge', 5)).toHaveLength(1)
})

test('after its time a source cannot be restored, and is deleted at the next start', async () => {
  const clock = new HandClock()
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-sources-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  let id: string
  {
    await using t = await startTestEngine({ clock, dataDir })
    id = await importOf(t, 'old')
    await t.client.call('sources.remove', { id })
    clock.pass(11n * MINUTE)
    await expect(t.client.call('sources.restore', { id })).rejects.toMatchObject({ code: 'conflict' })
  }
  {
    await using t = await startTestEngine({ clock, dataDir })
    await expect.poll(() => t.stores.catalog.sources.list()).toEqual([])
  }
})
