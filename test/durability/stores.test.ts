// Stores of earlier, newer and damaged make; backup and restore; who holds the folder; who hears of changes.

import { spawn } from 'node:child_process'
import {
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import Database from 'better-sqlite3'
import { lockDataDir, readHolder } from '../../src/main/engine/lock.ts'
import { MIGRATIONS } from '../../src/main/storage/catalog/migrations/index.ts'
import { log } from '../../src/main/storage/testing.ts'
import { writeFixture } from './fixtures.ts'
import { CLI, openFolder, problemsOf, runNode, tempFolder } from './support.ts'
import type { TestEngine } from '../support/engine.ts'

const RANGE = { from: '2026-11-02T14:00:00Z', to: '2026-11-02T15:00:00Z' }
const FIXTURES = resolve(import.meta.dirname, '../fixtures/schemas')
const errorOf = (stderr: string) => (JSON.parse(stderr) as { error: Record<string, unknown> }).error

async function logsOf(t: TestEngine, source: string): Promise<number> {
  const range = { ...RANGE, from: '2026-11-02T13:00:00Z' }
  const answer = await t.client.call('logs.search', { range, sources: [source], limit: 1000 })
  return answer.table.rowCount
}

/** The newest one has no past yet: its fixture is written before the next migration comes. */
test.each(MIGRATIONS.slice(1).map((_, i) => i + 1))(
  'a catalog of schema %i opens with everything in it',
  async (number) => {
    expect(existsSync(join(FIXTURES, `catalog-${number}.sql`)), 'run `node scripts/schema-fixture.ts`').toBe(true)
    const dataDir = tempFolder()
    await writeFixture(dataDir, number, 1)
    await using t = await openFolder(dataDir)
    const { catalog } = t.stores
    expect(catalog.schemaVersion).toBe(MIGRATIONS.length)
    expect(catalog.sources.get('import-a')).toMatchObject({
      key: 7,
      name: 'checkout.log',
      state: 'ready',
      clockOffsetNs: '-5',
      rows: 2,
    })
    expect(catalog.imports.ofSource('import-a')).toMatchObject([{ sha256: 'cafe', rowsTaken: 2, rowsSkipped: 1 }])
    expect(catalog.settings.get()).toMatchObject({ theme: 'dark' })
    expect(catalog.incidents.get('INC-12')).toMatchObject({ title: 'Checkout slow', stamps: [{ stage: 'detected' }] })
    expect(catalog.entries.list('inc-a')).toMatchObject([{ markdown: 'retries amplify it' }])
    expect(await logsOf(t, 'import-a')).toBe(2)
    expect(await problemsOf(t)).toEqual([])
    const copies = existsSync(join(dataDir, 'backups')) ? readdirSync(join(dataDir, 'backups')) : []
    expect(copies.map((name) => name.split('-2')[0])).toEqual(number < MIGRATIONS.length ? [`catalog-v${number}`] : [])
  },
)

test('stores of a newer version are refused with what to do, and left as they are', async () => {
  for (const store of ['catalog', 'telemetry'] as const) {
    const dataDir = tempFolder()
    await writeFixture(dataDir, 3, 1)
    if (store === 'catalog') {
      const db = new Database(join(dataDir, 'catalog.sqlite'))
      db.pragma('user_version = 999')
      db.close()
    } else {
      const { DuckDBInstance } = await import('@duckdb/node-api')
      const instance = await DuckDBInstance.create(join(dataDir, 'telemetry.duckdb'))
      const connection = await instance.connect()
      await connection.run(`UPDATE store SET value = '999' WHERE name = 'schema'`)
      connection.disconnectSync()
      instance.closeSync()
    }
    const before = readFileSync(join(dataDir, `${store}.${store === 'catalog' ? 'sqlite' : 'duckdb'}`))
    const refused = await runNode(CLI, ['call', 'system.info', '--data-dir', dataDir])
    expect([refused.code, refused.stdout]).toEqual([1, ''])
    expect(errorOf(refused.stderr)).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('newer') })
    expect(readFileSync(join(dataDir, `${store}.${store === 'catalog' ? 'sqlite' : 'duckdb'}`)).equals(before)).toBe(
      true,
    )
  }
})

/** A source with its rows, an incident with a note. */
async function fill(t: TestEngine, name: string, folder: string): Promise<{ source: string; incident: string }> {
  const path = join(folder, `${name}.ndjson`)
  writeFileSync(
    path,
    `{"timestamp":"2026-11-02T14:00:00Z","level":"info","service":"${name}","message":"hello"}\n`.repeat(3),
  )
  const { source } = await t.client.call('import.run', { paths: [path], source: name })
  const { id } = await t.client.call('incidents.create', {
    title: name,
    severity: 'minor',
    range: RANGE,
    sources: [source],
  })
  await t.client.call('incidents.note', { incident: id, markdown: `note of ${name}` })
  return { source, incident: id }
}

test('rows that were committed before the catalog heard of them are there after the next start', async () => {
  const dataDir = tempFolder()
  {
    await using t = await openFolder(dataDir)
    for (const [name, file] of [
      [
        'told',
        {
          sha256: 'aa',
          path: '/x/a.log',
          bytes: 5,
          format: 'ndjson',
          rowsTaken: 1,
          rowsSkipped: 2,
          importedAt: 'then',
        },
      ],
      ['half', undefined],
    ] as const) {
      const source = t.stores.catalog.sources.create({ name, kind: 'import', origin: [], readOnly: false })
      const writer = await t.stores.telemetry.writer(source.id)
      await writer.write({ kind: 'logs', rows: [log()] })
      if (file) await writer.commit(file)
      else await writer.rollback()
    }
  }
  await using t = await openFolder(dataDir)
  expect(t.stores.catalog.sources.list()).toMatchObject([
    { name: 'told', state: 'ready', rows: 1, counts: { logs: 1 }, origin: ['/x/a.log'] },
  ])
  expect(t.stores.catalog.imports.find('aa')).toMatchObject([{ path: '/x/a.log', rowsTaken: 1, rowsSkipped: 2 }])
  expect((await t.client.call('system.info', {})).notices).toEqual([
    { kind: 'sources-completed', count: 1 },
    { kind: 'sources-dropped', count: 1 },
  ])
  expect(await problemsOf(t)).toEqual([])
})

test('a catalog that is no database any more is set aside; sources come back from the telemetry store', async () => {
  const [dataDir, files] = [tempFolder(), tempFolder()]
  let made: { source: string }
  {
    await using t = await openFolder(dataDir)
    made = await fill(t, 'one', files)
    await t.client.call('demo.create', { scale: 0.01, incident: false })
  }
  writeFileSync(join(dataDir, 'catalog.sqlite'), 'nothing of a database'.repeat(1000))
  await using t = await openFolder(dataDir)
  const { catalog } = t.stores
  expect(catalog.sources.list().map(({ name, kind, state }) => [name.split(':')[0], kind, state])).toEqual([
    ['Demo', 'demo', 'ready'],
    ['one', 'import', 'ready'],
  ])
  expect(catalog.imports.ofSource(made.source)).toMatchObject([{ rowsTaken: 3, format: 'ndjson' }])
  expect(await logsOf(t, made.source)).toBe(3)
  expect(await problemsOf(t)).toEqual([])
  const aside = readdirSync(dataDir).find((name) => name.startsWith('catalog-damaged-')) as string
  expect(readFileSync(join(dataDir, aside), 'utf8')).toContain('nothing of a database')
  expect((await t.client.call('system.info', {})).notices[0]).toMatchObject({
    kind: 'catalog-rebuilt',
    path: join(dataDir, aside),
  })
  // the same file again is known
  expect(await t.client.call('import.run', { paths: [join(files, 'one.ndjson')] })).toMatchObject({
    files: [{ alreadyImported: true }],
  })
})

test('of a catalog with damaged pages every incident and note that can be read comes along', async () => {
  const [dataDir, files] = [tempFolder(), tempFolder()]
  {
    await using t = await openFolder(dataDir)
    const { incident } = await fill(t, 'one', files)
    for (let i = 0; i < 200; i++)
      await t.client.call('incidents.note', { incident, markdown: `${i} ${'x'.repeat(500)}` })
  }
  const path = join(dataDir, 'catalog.sqlite')
  const db = new Database(path)
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.alloc(4096, 0xff), 0, 4096, Math.floor(statSync(path).size / 4096 - 3) * 4096)
  closeSync(fd)
  await using t = await openFolder(dataDir)
  const notes = t.stores.catalog.incidents.list()[0]?.notes ?? 0
  expect(t.stores.catalog.incidents.list()).toMatchObject([{ title: 'one', number: 1 }])
  expect(notes).toBeGreaterThan(100)
  expect(await problemsOf(t)).toEqual([])
})

test('a backup taken while the engine works is put back as it was; what it replaced is kept', async () => {
  const [dataDir, files, copies] = [tempFolder(), tempFolder(), tempFolder()]
  const copy = join(copies, 'copy')
  {
    await using t = await openFolder(dataDir)
    const before = await fill(t, 'before', files)
    const [made] = await Promise.all([
      t.client.call('system.backup', { path: copy }),
      t.client.call('incidents.note', { incident: before.incident, markdown: 'meanwhile' }),
    ])
    expect(made).toMatchObject({ path: copy, files: 3 })
    await expect(t.client.call('system.backup', { path: copy })).rejects.toMatchObject({ code: 'conflict' })
    await fill(t, 'after', files)
    const refused = await runNode(CLI, ['restore', copy, '--data-dir', dataDir])
    expect(errorOf(refused.stderr)).toMatchObject({ code: 'conflict' })
  }
  const restored = await runNode(CLI, ['restore', copy, '--data-dir', dataDir])
  expect([restored.code, restored.stderr]).toEqual([0, ''])
  const { replaced } = JSON.parse(restored.stdout) as { replaced: string }
  expect(readdirSync(replaced)).toEqual(expect.arrayContaining(['catalog.sqlite', 'telemetry.duckdb', 'events.duckdb']))
  {
    await using t = await openFolder(dataDir)
    expect(t.stores.catalog.sources.list().map((s) => s.name)).toEqual(['before'])
    expect(t.stores.catalog.incidents.list().map((i) => i.title)).toEqual(['before'])
    expect(await problemsOf(t)).toEqual([])
  }
  writeFileSync(join(copy, 'telemetry.duckdb'), 'x', { flag: 'a' })
  const damaged = await runNode(CLI, ['restore', copy, '--data-dir', dataDir])
  expect(errorOf(damaged.stderr)).toMatchObject({
    code: 'corrupt',
    hint: expect.stringContaining('Nothing was replaced'),
  })
  const nothing = await runNode(CLI, ['restore', files, '--data-dir', dataDir])
  expect(errorOf(nothing.stderr)).toMatchObject({ code: 'not_found' })
})

test('a backup that was laid ready while the engine works is put in place by the next start, unless it was cancelled', async () => {
  const [dataDir, files, copies] = [tempFolder(), tempFolder(), tempFolder()]
  const copy = join(copies, 'copy')
  {
    await using t = await openFolder(dataDir)
    await fill(t, 'before', files)
    await t.client.call('system.backup', { path: copy })
    expect(await t.client.call('system.backups', {})).toMatchObject({ backups: [{ path: copy, isThere: true }] })
    await fill(t, 'after', files)
    await t.client.call('system.restore', { path: copy })
    expect((await t.client.call('space.status', {})).restoring?.createdAt).toMatch(/^20/)
    await t.client.call('system.cancelRestore', {})
    expect((await t.client.call('space.status', {})).restoring).toBeUndefined()
  }
  {
    await using t = await openFolder(dataDir)
    expect(t.stores.catalog.sources.list().map((s) => s.name)).toEqual(['after', 'before'])
    await t.client.call('system.restore', { path: copy })
    await expect(t.client.call('system.restore', { path: files })).rejects.toMatchObject({ code: 'not_found' })
    // work goes on until the engine ends, and is kept beside
    await fill(t, 'last', files)
  }
  await using t = await openFolder(dataDir)
  expect(t.stores.catalog.sources.list().map((s) => s.name)).toEqual(['before'])
  expect(await problemsOf(t)).toEqual([])
  const { notices } = await t.client.call('system.info', {})
  expect(notices).toMatchObject([{ kind: 'backup-restored' }])
  const replaced = new Database(join(notices[0]?.path ?? '', 'catalog.sqlite'), { readonly: true })
  expect(replaced.prepare('SELECT name FROM sources ORDER BY key').pluck().all()).toEqual(['before', 'after', 'last'])
  replaced.close()
})

test('a catalog of an older copy learns again of the rows that came later', async () => {
  const [dataDir, files, copies] = [tempFolder(), tempFolder(), tempFolder()]
  {
    await using t = await openFolder(dataDir)
    await fill(t, 'before', files)
    await t.stores.catalog.backup(join(copies, 'catalog.sqlite'))
    await fill(t, 'after', files)
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `catalog.sqlite${suffix}`), { force: true })
  writeFileSync(join(dataDir, 'catalog.sqlite'), readFileSync(join(copies, 'catalog.sqlite')))
  await using t = await openFolder(dataDir)
  expect(t.stores.catalog.sources.list().map(({ name, state, rows }) => [name, state, rows])).toEqual([
    ['after', 'ready', 3],
    ['before', 'ready', 3],
  ])
  expect(await problemsOf(t)).toEqual([])
})

/** Until a file of the process has these words, where there is such a folder. */
async function procSays(pid: number | undefined, file: 'comm' | 'stat', words: string): Promise<void> {
  while (process.platform === 'linux' && !readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(words))
    await new Promise((later) => setTimeout(later, 5))
}

test('the lock of a process that was killed, or whose number another process has now, is taken over', async () => {
  const dataDir = tempFolder()
  const who = { shell: 'cli', version: '1', since: 'now' }
  const child = spawn('sleep', ['60'])
  const pid = child.pid as number
  const path = join(dataDir, 'engine.lock')
  writeFileSync(path, JSON.stringify({ ...who, pid, processStart: '', nonce: 'a' }))
  expect(() => lockDataDir(dataDir, who)).toThrow(expect.objectContaining({ code: 'conflict' }))
  writeFileSync(path, JSON.stringify({ ...who, pid, processStart: 'another boot:1', nonce: 'a' }))
  lockDataDir(dataDir, who)[Symbol.dispose]()
  // killed, and nobody has asked for its end: it is in the list of processes and holds nothing. It ends only when its
  // parent is a program that never asks: a shell still might.
  const parent = spawn('sh', ['-c', 'sh -c "read line <&3" & echo $!; exec sleep 60 3<&-'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  const zombie = await new Promise<number>((done) =>
    parent.stdout?.once('data', (chunk: Buffer) => done(Number(chunk))),
  )
  await procSays(parent.pid, 'comm', 'sleep')
  const [, , , line] = parent.stdio
  if (line instanceof Socket) line.destroy()
  await procSays(zombie, 'stat', ') Z ')
  writeFileSync(path, JSON.stringify({ ...who, pid: zombie, processStart: '', nonce: 'a' }))
  expect(readHolder(dataDir)).toBeUndefined()
  lockDataDir(dataDir, who)[Symbol.dispose]()
  writeFileSync(path, '{ half a lo')
  lockDataDir(dataDir, who)[Symbol.dispose]()
  for (const process of [child, parent]) process.kill('SIGKILL')
  expect(readdirSync(dataDir)).toEqual([])
})

test('two windows and a command line on one engine see what each other changes', async () => {
  const [dataDir, files] = [tempFolder(), tempFolder()]
  await using t = await openFolder(dataDir)
  const { listenLocally } = await import('../../src/main/cli/local-socket.ts')
  const local = await listenLocally({ dataDir, connect: (transport) => t.engine.connect(transport, 'cli') })
  t.engine.publishAddress(local.address)
  const windows = [t.connect(), t.connect()]
  const stop = new AbortController()
  const heard = windows.map((window) => {
    const topics: string[] = []
    const reading = (async () => {
      for await (const { topic } of window.stream('system.changes', {}, { signal: stop.signal })) topics.push(topic)
    })().catch(() => undefined)
    return { topics, reading }
  })
  const { incident } = await fill(t, 'one', files)
  const told = await runNode(CLI, [
    'call',
    'incidents.note',
    '--input',
    JSON.stringify({ incident, markdown: 'from the command line' }),
    '--data-dir',
    dataDir,
  ])
  expect([told.code, told.stderr]).toEqual([0, ''])
  for (const window of windows) {
    const { entries } = await window.call('incidents.entries', { incident })
    expect(entries.map((entry) => entry.markdown)).toContain('from the command line')
  }
  await windows[0]?.call('settings.set', { theme: 'light' })
  expect(await windows[1]?.call('settings.get', {})).toMatchObject({ theme: 'light' })
  while (!heard.every(({ topics }) => topics.includes('settings'))) await new Promise((later) => setTimeout(later, 5))
  for (const { topics } of heard) expect(new Set(topics)).toEqual(new Set(['jobs', 'sources', 'incidents', 'settings']))
  stop.abort()
  await Promise.all(heard.map(({ reading }) => reading))
  await local.close()
})

test('a source that was off is off again when its removal is taken back after a restart', async () => {
  const [dataDir, files] = [tempFolder(), tempFolder()]
  let id: string
  {
    await using t = await openFolder(dataDir)
    id = (await fill(t, 'one', files)).source
    await t.client.call('sources.update', { id, on: false })
    await t.client.call('sources.remove', { id })
  }
  await using t = await openFolder(dataDir)
  await t.client.call('sources.restore', { id })
  expect(t.stores.catalog.sources.get(id)?.state).toBe('off')
})
