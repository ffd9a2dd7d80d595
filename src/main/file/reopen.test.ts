// The same file opened again: moved, removed, hidden, closed by a restart, protected, damaged. It never ends in a dead room.

import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { savedIncident } from '../../../test/support/saved-incident.ts'
import { SAMPLE_RANGE } from '../../../test/support/sample-telemetry.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { incidentsModule } from '../incidents/index.ts'
import { logsModule } from '../logs/index.ts'
import { openIncidentFile } from '../storage/incident-file/read.ts'
import { fileModule } from './index.ts'
import { OpenedFiles } from './opened.ts'

const MODULES = { modules: [incidentsModule, fileModule, logsModule] }
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdeck-reopen-'))
  path = join(folder, 'x.watchdeck')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function save(passphrase?: string): Promise<void> {
  await using home = await startTestEngine(MODULES)
  await savedIncident(home, folder, passphrase === undefined ? {} : { passphrase })
}

const opening = (t: TestEngine, at: string, passphrase?: string) =>
  t.client.call('file.open', { path: at, ...(passphrase !== undefined && { passphrase }) })

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error instanceof WatchdeckError ? error.code : String(error)),
  )

/** A war room that works: listed, its source on, its lines there. */
async function expectAlive(t: TestEngine, opened: { source: string; incident: string }, at: string): Promise<void> {
  const { incidents } = await t.client.call('incidents.list', {})
  expect(incidents.map(({ id, pins, notes }) => ({ id, pins, notes }))).toEqual([
    { id: opened.incident, pins: 0, notes: 1 },
  ])
  const { sources } = await t.client.call('sources.list', {})
  expect(sources.map(({ id, state, origin }) => ({ id, state, origin }))).toEqual([
    { id: opened.source, state: 'ready', origin: [at] },
  ])
  expect(await t.client.call('logs.count', { range: SAMPLE_RANGE, sources: [opened.source] })).toEqual({
    count: 180,
    completeness: { complete: true, missing: [] },
  })
}

/** A copy with the first byte of an entry's content flipped. */
async function damaged(entry: string, name: string): Promise<string> {
  const bytes = await readFile(path)
  let at = bytes.indexOf(entry)
  // the manifest names it first, then its own header, 30 bytes before the name
  while (at >= 0 && bytes.toString('latin1', at - 30, at - 26) !== 'PK\x03\x04') at = bytes.indexOf(entry, at + 1)
  expect(at).toBeGreaterThan(0)
  const content = at + entry.length + bytes.readUInt16LE(at - 2)
  bytes[content] = (bytes[content] as number) ^ 0xff
  const copy = join(folder, name)
  await writeFile(copy, bytes)
  return copy
}

describe('a file that is opened again', () => {
  test('after it was moved and the engine restarted', async () => {
    await save()
    const dataDir = join(folder, 'data')
    const moved = join(folder, 'moved.watchdeck')
    let first = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      first = await opening(t, path)
    }
    await rename(path, moved)
    await using t = await startTestEngine({ ...MODULES, dataDir })
    expect((await t.client.call('sources.list', {})).sources.map((s) => s.state)).toEqual(['broken'])
    const { completeness } = await t.client.call('logs.count', { range: SAMPLE_RANGE })
    expect(completeness.missing.map((gap) => gap.reason)).toEqual([
      'its file is gone, damaged or wants its passphrase: open it again',
    ])
    expect(await opening(t, moved)).toEqual(first)
    await expectAlive(t, first, moved)
  })

  test.each([false, true])('after its source was removed (restart between: %s)', async (restart) => {
    await save()
    const dataDir = join(folder, 'data')
    let first = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      first = await opening(t, path)
      await t.client.call('sources.remove', { id: first.source })
      if (!restart) {
        expect(await opening(t, path)).toEqual(first)
        await expectAlive(t, first, path)
      }
    }
    await using t = await startTestEngine({ ...MODULES, dataDir })
    expect(await opening(t, path)).toEqual(first)
    await expectAlive(t, first, path)
  })

  test.each([false, true])('after its incident was removed (restart between: %s)', async (restart) => {
    await save()
    const dataDir = join(folder, 'data')
    let first = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      first = await opening(t, path)
      await t.client.call('incidents.remove', { id: first.incident })
      if (!restart) {
        expect(await opening(t, path)).toEqual(first)
        await expectAlive(t, first, path)
      }
    }
    await using t = await startTestEngine({ ...MODULES, dataDir })
    expect(await opening(t, path)).toEqual(first)
    await expectAlive(t, first, path)
  })

  test('with its passphrase, after a restart', async () => {
    await save('correct horse')
    const dataDir = join(folder, 'data')
    let first = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      first = await opening(t, path, 'correct horse')
    }
    await using t = await startTestEngine({ ...MODULES, dataDir })
    expect(await codeOf(opening(t, path))).toBe('unauthenticated')
    expect(await opening(t, path, 'correct horse')).toEqual(first)
    await expectAlive(t, first, path)
  })

  test('stays off where a person switched it off, and keeps its name', async () => {
    await save()
    await using t = await startTestEngine(MODULES)
    const { source } = await opening(t, path)
    await t.client.call('sources.update', { id: source, on: false, name: 'theirs' })
    await opening(t, path)
    expect((await t.client.call('sources.list', {})).sources).toMatchObject([{ state: 'off', name: 'theirs' }])
  })

  test('from another place is read from there: the old one may go', async () => {
    await save()
    const copy = join(folder, 'copy.watchdeck')
    await copyFile(path, copy)
    const dataDir = join(folder, 'data')
    let first = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      first = await opening(t, path)
      expect(await opening(t, copy)).toEqual(first)
    }
    await rm(path)
    await using t = await startTestEngine({ ...MODULES, dataDir })
    await expectAlive(t, first, copy)
  })

  test('two files that lay at one path stay apart after a restart', async () => {
    await save()
    const dataDir = join(folder, 'data')
    let second = { source: '', incident: '' }
    {
      await using t = await startTestEngine({ ...MODULES, dataDir })
      await opening(t, path)
      await rm(path)
      await save()
      second = await opening(t, path)
    }
    await using t = await startTestEngine({ ...MODULES, dataDir })
    const { sources } = await t.client.call('sources.list', {})
    expect(sources.map(({ id, state }) => [id === second.source, state])).toEqual([
      [true, 'ready'],
      [false, 'broken'],
    ])
    expect((await t.client.call('logs.count', { range: SAMPLE_RANGE, sources: [second.source] })).count).toBe(180)
  })
})

describe('a damaged copy', () => {
  test.each(['data/0/logs-0.parquet', 'incident.json', 'queries.json'])(
    'of which %s does not fit its hash is refused and nothing is recorded',
    async (entry) => {
      await save()
      const bad = await damaged(entry, 'bad.watchdeck')
      await using t = await startTestEngine(MODULES)
      expect(await codeOf(opening(t, bad))).toBe('corrupt')
      expect((await t.client.call('sources.list', { includeRemoved: true })).sources).toEqual([])
      // the good one is not hurt by it, before or after
      const opened = await opening(t, path)
      expect(await codeOf(opening(t, bad))).toBe('corrupt')
      await expectAlive(t, opened, path)
    },
  )

  test('that is large is opened at once and closed when its hashes are known; the good one opens in its place', async () => {
    await save()
    const bad = await damaged('data/0/logs-0.parquet', 'bad.watchdeck')
    await using t = await startTestEngine({ modules: [incidentsModule, logsModule, largeFiles] })
    const opened = await opening(t, bad)
    await files?.checked()
    const [source] = (await t.client.call('sources.list', {})).sources
    expect(source?.state).toBe('broken')
    const told = await t.client.call('logs.count', { range: SAMPLE_RANGE })
    expect(told).toMatchObject({ count: 0, completeness: { complete: false } })
    expect(await opening(t, path)).toEqual(opened)
    await files?.checked()
    await expectAlive(t, opened, path)
    // a large copy that nobody has looked through yet does not take the place of one that is there
    await opening(t, bad)
    await files?.checked()
    await expectAlive(t, opened, path)
  })

  test('that is large never answers from a part that does not fit', async () => {
    await save()
    const bad = await damaged('data/0/logs-0.parquet', 'bad.watchdeck')
    await using file = await openIncidentFile(bad)
    await expect(file.extract('data/0/logs-0.parquet', join(folder, 'part'))).rejects.toMatchObject({ code: 'corrupt' })
  })
})

let files: OpenedFiles | undefined
/** The same capability for which every file is a large one. */
const largeFiles: typeof fileModule = {
  name: 'file',
  async start(engine) {
    const handlers = await fileModule.start(engine)
    const opened = new OpenedFiles(engine, 0)
    files = opened
    engine.onShutdown(() => opened.closeAll())
    return { ...handlers, open: (input, { signal }) => opened.open(input.path, input.passphrase, signal) }
  },
}
