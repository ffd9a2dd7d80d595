// Room on the disk: told as it is, made by plan and run, taken back, and made by the rules when they are on.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { RETENTION_DEFAULTS } from '../../shared/contract/space.ts'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { fileModule } from '../file/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { log, T0 } from '../storage/testing.ts'
import type { Keeper } from './keeper.ts'
import { spaceModuleWith } from './index.ts'

const DAY = 86_400_000_000_000n

/** An engine whose clock the test turns, and its keeper. */
async function start(dataDir?: string) {
  let now = T0
  let keeper: Keeper | undefined
  const t = await startTestEngine({
    modules: [incidentsModule, fileModule, spaceModuleWith((given) => (keeper = given))],
    clock: { now: () => asEpochNs(now) },
    ...(dataDir === undefined ? {} : { dataDir }),
  })
  onTestFinished(() => t[Symbol.asyncDispose]())
  if (!keeper) throw new Error('no keeper')
  return { ...t, keeper, client: t.client, pass: (ns: bigint) => (now += ns) }
}

type Engine = Awaited<ReturnType<typeof start>>

async function source(t: Pick<TestEngine, 'stores'>, name: string, rows = 1000, kind: 'import' | 'demo' = 'import') {
  const { catalog, telemetry } = t.stores
  const { id } = catalog.sources.create({ name, kind, origin: [], readOnly: false })
  const writer = await telemetry.writer(id)
  const noise = (i: number) =>
    Math.imul(i + 1, 2654435761)
      .toString(36)
      .repeat(3)
  const body = (i: number) => `${name} ${Array.from({ length: 8 }, (_, j) => noise(i * 8 + j)).join('')}`
  await writer.write({ kind: 'logs', rows: Array.from({ length: rows }, (_, i) => log({ body: body(i) })) })
  const { logs } = await writer.commit()
  const counts = { spans: 0, logs, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
  const at = '2026-09-21T14:13:20.000000000Z'
  catalog.sources.update(id, { state: 'ready', counts, rows: logs, from: at, to: at })
  return id
}

const incidentOf = (
  t: Engine,
  sources: string[],
  range = { from: '2026-09-21T14:00:00Z', to: '2026-09-21T15:00:00Z' },
) => t.client.call('incidents.create', { title: 'Checkout slow', severity: 'major', range, sources })

test('usage names every part, kind, source and file, and the parts add up to the folder', async () => {
  const t = await start()
  const id = await source(t, 'shop')
  await source(t, 'demo', 3000, 'demo')
  await incidentOf(t, [id])
  const usage = await t.client.call('space.usage', {})
  expect(usage.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(usage.totalBytes)
  expect(usage.sources.map(({ name, rows, keptBy }) => [name, rows, keptBy.map((k) => k.title)])).toEqual([
    ['demo', 3000, []],
    ['shop', 1000, ['Checkout slow']],
  ])
  expect(usage.kinds).toMatchObject([
    { kind: 'demo', sources: 1, rows: 3000 },
    { kind: 'import', sources: 1, rows: 1000 },
  ])
  const file = usage.files.find(({ path }) => path === 'telemetry.duckdb')
  expect(file?.bytes).toBe(statSync(join(t.dataDir, 'telemetry.duckdb')).size)
  expect(usage.disk.totalBytes).toBeGreaterThan(usage.disk.freeBytes)
})

test('a plan removes nothing; a run removes what it names and no more, keeps what incidents speak of, and is taken back', async () => {
  const t = await start()
  const [kept, gone, other] = [await source(t, 'kept'), await source(t, 'gone'), await source(t, 'other')]
  await incidentOf(t, [kept, gone])
  // named by the incident, but of another time
  for (const [id, at] of [[gone, '2026-09-20T00:00:00.000000000Z']] as const)
    t.stores.catalog.sources.update(id, { from: at, to: at })
  const plan = await t.client.call('space.plan', {})
  expect(plan.items.map(({ name, keptBy }) => [name, keptBy.length]).sort()).toEqual([
    ['gone', 0],
    ['kept', 1],
    ['other', 0],
  ])
  const states = async () =>
    Object.fromEntries(
      (await t.client.call('sources.list', { includeRemoved: true })).sources.map(({ name, state }) => [name, state]),
    )
  expect(await states()).toEqual({ kept: 'ready', gone: 'ready', other: 'ready' })
  const items = [`source:${kept}`, `source:${gone}`, 'source:never']
  const done = await t.client.call('space.run', { items })
  expect(done).toMatchObject({
    removed: [`source:${gone}`],
    skipped: [
      { id: `source:${kept}`, reason: expect.stringMatching(/^kept for INC-\d+$/) },
      { id: 'source:never', reason: 'it is not there any more' },
    ],
  })
  expect(await states()).toEqual({ kept: 'ready', gone: 'removed', other: 'ready' })
  expect((await t.client.call('space.runs', {})).runs).toMatchObject([
    { run: done.run, by: 'person', items: 1, undoUntil: done.undoUntil },
  ])
  expect(await t.client.call('space.undo', { run: done.run })).toEqual({ restored: [`source:${gone}`], lost: [] })
  expect(await states()).toEqual({ kept: 'ready', gone: 'ready', other: 'ready' })
  expect((await t.client.call('space.runs', {})).runs[0]).not.toHaveProperty('undoUntil')
  await expect(t.client.call('space.undo', { run: done.run })).rejects.toMatchObject({ code: 'not_found' })
  expect(await t.client.call('space.run', { items: [`source:${kept}`], evenKept: true })).toMatchObject({
    removed: [`source:${kept}`],
  })
  expect(t.stores.catalog.audit.list('space.', 10).map(({ action }) => action)).toEqual([
    'space.run',
    'space.undo',
    'space.run',
  ])
  expect(other).not.toBe(gone)
})

test('set-aside stores go to the trash and come back as they were; in time they are deleted', async () => {
  const t = await start()
  const copy = join(t.dataDir, 'backups', 'replaced-2026')
  mkdirSync(copy, { recursive: true })
  writeFileSync(join(copy, 'catalog.sqlite'), 'x'.repeat(1000))
  for (const suffix of ['', '-wal']) writeFileSync(join(t.dataDir, `catalog-damaged-2026.sqlite${suffix}`), 'damaged')
  const plan = await t.client.call('space.plan', {})
  const items = plan.items.filter(({ kind }) => kind === 'copy').map(({ id }) => id)
  expect(items.sort()).toEqual(['copy:backups/replaced-2026', 'copy:catalog-damaged-2026.sqlite'])
  const done = await t.client.call('space.run', { items, undoMinutes: 30 })
  expect([existsSync(copy), done.bytes]).toEqual([false, 1014])
  await t.client.call('space.undo', { run: done.run })
  expect(readFileSync(join(copy, 'catalog.sqlite'), 'utf8')).toBe('x'.repeat(1000))
  expect(existsSync(join(t.dataDir, 'catalog-damaged-2026.sqlite-wal'))).toBe(true)

  const again = await t.client.call('space.run', { items, undoMinutes: 30 })
  t.pass(31n * 60_000_000_000n)
  await expect(t.client.call('space.undo', { run: again.run })).rejects.toMatchObject({ code: 'not_found' })
  await t.keeper.look()
  expect([existsSync(copy), readdirSync(join(t.dataDir, 'trash'))]).toEqual([false, []])
})

test('a clean-up that a crash cut short is taken back like any other, also after a restart', async () => {
  const t = await start()
  const id = await source(t, 'shop')
  const { run } = await t.client.call('space.run', { items: [`source:${id}`], undoMinutes: 60 })
  const list = join(t.dataDir, 'trash', run, 'run.json')
  const told = JSON.parse(readFileSync(list, 'utf8')) as { items: unknown[] }
  // the list was written, then the engine was gone before these two were removed
  writeFileSync(join(t.dataDir, 'catalog-damaged-1.sqlite'), 'still here')
  told.items.push({ id: 'copy:x', bytes: 1, files: [{ from: 'catalog-damaged-1.sqlite', to: 'f0' }] })
  told.items.push({ id: 'copy:y', bytes: 1, files: [{ from: 'catalog-damaged-2.sqlite', to: 'f1' }] })
  writeFileSync(list, JSON.stringify(told))
  expect(await t.client.call('space.undo', { run })).toEqual({
    restored: [`source:${id}`, 'copy:x'],
    lost: [{ id: 'copy:y', reason: expect.any(String) }],
  })
})

test('a clean-up that ended with its engine is listed and taken back after the next start; one that came to nothing is forgotten', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchdeck-space-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const [cut, empty] = ['run-0123456789ab', 'run-ba9876543210']
  {
    const t = await start(dataDir)
    await t.client.call('space.status', {})
    const item = { id: 'copy:backups/old.sqlite', bytes: 3, files: [{ from: 'backups/old.sqlite', to: 'f0' }] }
    for (const run of [cut, empty]) {
      mkdirSync(join(dataDir, 'trash', run), { recursive: true })
      const list = { run, at: '2026-09-21T14:00:00Z', by: 'person', undoUntil: '2026-09-22T14:00:00Z', items: [item] }
      writeFileSync(join(dataDir, 'trash', run, 'run.json'), JSON.stringify(list))
    }
    writeFileSync(join(dataDir, 'trash', cut, 'f0'), 'old')
    await t[Symbol.asyncDispose]()
  }
  const t = await start(dataDir)
  expect((await t.client.call('space.runs', {})).runs).toMatchObject([
    { run: cut, items: 1, bytes: 3, undoUntil: '2026-09-22T14:00:00Z' },
  ])
  expect(readdirSync(join(dataDir, 'trash'))).toEqual([cut])
  expect(t.stores.catalog.audit.list('space.run', 5)).toMatchObject([{ subject: cut, detail: { cutShort: true } }])
  expect(await t.client.call('space.undo', { run: cut })).toEqual({ restored: ['copy:backups/old.sqlite'], lost: [] })
  expect(readFileSync(join(dataDir, 'backups', 'old.sqlite'), 'utf8')).toBe('old')
})

test('off by default; switched on, the rules are followed once an hour, in the audit, with a day to take it back', async () => {
  const t = await start()
  const old = await source(t, 'old')
  const needed = await source(t, 'needed')
  await incidentOf(t, [needed])
  t.pass(91n * DAY)
  const fresh = await source(t, 'fresh')
  await t.keeper.look()
  expect((await t.client.call('sources.list', {})).sources).toHaveLength(3)
  const heard: string[] = []
  t.engine.changes(({ topic }) => heard.push(topic))
  await t.client.call('settings.set', { retention: { ...RETENTION_DEFAULTS, on: true } })
  await t.keeper.look()
  expect((await t.client.call('sources.list', {})).sources.map(({ id }) => id).sort()).toEqual([fresh, needed].sort())
  expect(heard).toContain('space')
  const status = await t.client.call('space.status', {})
  expect(status).toMatchObject({ limitBytes: 20e9, overBytes: 0, lastRun: { by: 'retention', items: 1 } })
  expect(t.stores.catalog.audit.list('space.run', 1)).toMatchObject([{ actor: 'retention' }])
  // a day later, not before, its rows are gone
  t.pass(DAY - 1n)
  expect(await t.client.call('space.undo', { run: status.lastRun?.run ?? '' })).toEqual({
    restored: [`source:${old}`],
    lost: [],
  })
  await t.keeper.look()
  expect((await t.client.call('space.status', {})).lastRun?.items).toBe(1)
  expect(t.stores.catalog.sources.get(old)?.state).toBe('removed')
})

test('a size limit removes the oldest first and says when what stays is too much', async () => {
  const t = await start()
  const first = await source(t, 'first', 30_000)
  t.pass(DAY)
  const second = await source(t, 'second', 30_000)
  const rules = { ...RETENTION_DEFAULTS, maxGb: 0.1 }
  expect((await t.client.call('space.plan', { rules })).items.every(({ why }) => why === null)).toBe(true)
  writeFileSync(join(t.dataDir, 'ballast'), '')
  const { truncateSync } = await import('node:fs')
  const used = (await t.client.call('space.status', {})).usedBytes
  // one source too many
  const ofFirst = (await t.client.call('sources.list', {})).sources.find(({ id }) => id === first)?.bytes ?? 0
  truncateSync(join(t.dataDir, 'ballast'), 0.1e9 - used + Math.floor(ofFirst / 2))
  const plan = await t.client.call('space.plan', { rules })
  expect(plan.items.map(({ id, why }) => [id, why]).sort()).toEqual(
    [
      [`source:${first}`, 'size'],
      [`source:${second}`, null],
    ].sort(),
  )
  truncateSync(join(t.dataDir, 'ballast'), 0.3e9)
  const over = await t.client.call('space.plan', { rules })
  expect(over.items.map(({ why }) => why)).toEqual(['size', 'size'])
  expect(over.overBytes).toBeGreaterThan(0.15e9)
})

test('reclaiming ends every undo when asked and makes the files small', async () => {
  const t = await start()
  const id = await source(t, 'large', 60_000)
  await source(t, 'small', 10)
  const { run } = await t.client.call('space.run', { items: [`source:${id}`] })
  const { beforeBytes, afterBytes } = await t.client.call('space.reclaim', { purge: true })
  expect(afterBytes).toBeLessThan(beforeBytes)
  await expect(t.client.call('space.undo', { run })).rejects.toMatchObject({ code: 'not_found' })
  expect((await t.client.call('sources.list', { includeRemoved: true })).sources.map(({ name }) => name)).toEqual([
    'small',
  ])
})

test('crash reports are old when their file is; of the rest of their folder nothing goes', async () => {
  const t = await start()
  mkdirSync(join(t.dataDir, 'crashes', 'completed'), { recursive: true })
  for (const name of ['a.dmp', 'settings.dat']) {
    const path = join(t.dataDir, 'crashes', 'completed', name)
    writeFileSync(path, 'x')
    utimesSync(path, 1_000, 1_000)
  }
  expect((await t.client.call('space.plan', {})).items).toMatchObject([
    { id: 'crash:crashes/completed/a.dmp', why: 'age', undo: true },
  ])
})
