// kill -9 at moments that a seed chooses: nothing that was acknowledged is lost, nothing is left half done.

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CLI, LONG, openFolder, problemsOf, randomOf, runNode, SEED, tempFolder } from './support.ts'
import { writeFixture } from './fixtures.ts'
import type { TestEngine } from '../support/engine.ts'

const WORK = resolve(import.meta.dirname, 'work-child.ts')
const ROUNDS = LONG ? { import: 80, work: 80, migrate: 40 } : { import: 4, work: 4, migrate: 2 }
const LIMIT = LONG ? 3_600_000 : 120_000
const LINES = 4000
const FILES = 3

function lines(service: string): string {
  let text = ''
  for (let i = 0; i < LINES; i++)
    text += `{"timestamp":"2026-11-02T14:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.${String(i % 1000).padStart(3, '0')}Z","level":"info","service":"${service}","message":"line ${i} of a file","n":${i}}\n`
  return text
}

/** Log lines of each service in the store. */
async function byService({ stores }: TestEngine): Promise<Map<string, number>> {
  const scope = await stores.telemetry.scope(undefined)
  const rows = await stores.telemetry.rows<{ service: string; n: bigint }>(
    `SELECT service, count(*) AS n FROM ${scope.relation('logs')} GROUP BY service`,
    [],
  )
  return new Map(rows.map(({ service, n }) => [service, Number(n)]))
}

test(`an import killed at any moment is there whole, file by file, or not at all (seed ${SEED})`, {
  timeout: LIMIT,
}, async () => {
  const random = randomOf(SEED)
  const [dataDir, files] = [tempFolder(), tempFolder()]
  const write = (round: string) =>
    Array.from({ length: FILES }, (_, i) => {
      const path = join(files, `${round}-${i}.ndjson`)
      writeFileSync(path, lines(`${round}-${i}`))
      return path
    })
  const whole = await runNode(CLI, ['import', ...write('r-first'), '--data-dir', dataDir])
  expect([whole.code, whole.stderr.includes('"error"')]).toEqual([0, false])
  let kills = 0
  // a machine that was busy during the first run is faster later: what ended before its kill says how long a run takes now
  let takesMs = whole.tookMs
  const goesOn = (round: number): boolean => round < ROUNDS.import || (kills === 0 && round < ROUNDS.import + 20)
  for (let round = 0; goesOn(round); round++) {
    const paths = write(`r-${round}`)
    const killAfterMs = takesMs * (0.25 + 0.8 * random())
    const ended = await runNode(CLI, ['import', ...paths, '--source', `round ${round % 5}`, '--data-dir', dataDir], {
      killAfterMs,
    })
    if (ended.signal === 'SIGKILL') kills++
    else takesMs = Math.min(takesMs, ended.tookMs)
    await using t = await openFolder(dataDir)
    expect(await problemsOf(t)).toEqual([])
    const found = await byService(t)
    const taken = paths.map((_, i) => found.get(`r-${round}-${i}`) ?? 0)
    expect(taken.filter((n) => n !== 0 && n !== LINES)).toEqual([])
    if (ended.code === 0) expect(taken).toEqual(paths.map(() => LINES))
    // what the first killed run took is known, what it did not take can be taken now: each line once
    await t.client.call('import.run', { paths })
    const after = await byService(t)
    expect(paths.map((_, i) => after.get(`r-${round}-${i}`))).toEqual(paths.map(() => LINES))
    expect(found.get('r-first-0')).toBe(LINES)
  }
  expect(kills).toBeGreaterThan(0)
})

test(`pins, notes, small imports and saved files outlive a kill once they were acknowledged (seed ${SEED})`, {
  timeout: LIMIT,
}, async () => {
  const random = randomOf(SEED + 1)
  const [dataDir, folder] = [tempFolder(), tempFolder()]
  const saved = join(folder, 'saved.watchdeck')
  for (let round = 0; round < ROUNDS.work; round++) {
    const ended = await runNode(WORK, [dataDir, folder, `w${round}`], { killAfterMs: 1200 + 2500 * random() })
    expect([ended.signal, ended.stderr]).toEqual(['SIGKILL', ''])
    const told = ended.stdout.split('\n').slice(0, -1)
    const of = (what: string) =>
      told.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1))
    await using t = await openFolder(dataDir)
    expect(await problemsOf(t)).toEqual([])
    const { catalog } = t.stores
    expect(of('incident').filter((id) => catalog.incidents.get(id) === undefined)).toEqual([])
    expect(of('entry').filter((id) => catalog.entries.get(id) === undefined)).toEqual([])
    const found = await byService(t)
    for (const line of of('rows')) {
      const [service = '', rows] = line.split(' ')
      expect([service, found.get(service)]).toEqual([service, Number(rows)])
    }
    for (const [service, rows] of found) expect([service, rows]).toEqual([service, 500])
    if (of('saved').length > 0 || existsSync(saved))
      expect(await t.client.call('file.verify', { path: saved })).toMatchObject({ ok: true, problems: [] })
    expect(readdirSync(join(dataDir, 'cache')).filter((name) => name.startsWith('save-'))).toEqual([])
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.part')).length).toBeLessThanOrEqual(1)
})

test(`a migration killed at any moment is done by the next start (seed ${SEED})`, { timeout: LIMIT }, async () => {
  const random = randomOf(SEED + 2)
  let fullMs = 0
  for (let round = 0; round < ROUNDS.migrate; round++) {
    const dataDir = tempFolder()
    await writeFixture(dataDir, 1, 1)
    const whole = round === 0 ? await runNode(CLI, ['call', 'system.ping', '--data-dir', dataDir]) : undefined
    if (whole) {
      expect(whole.code).toBe(0)
      fullMs = whole.tookMs
    } else
      await runNode(CLI, ['call', 'system.ping', '--data-dir', dataDir], {
        killAfterMs: fullMs * (0.4 + 0.6 * random()),
      })
    await using t = await openFolder(dataDir)
    expect(await problemsOf(t)).toEqual([])
    expect(t.stores.catalog.incidents.get('INC-12')).toMatchObject({ title: 'Checkout slow', notes: 1 })
    expect((await byService(t)).get('checkout')).toBe(2)
  }
})
