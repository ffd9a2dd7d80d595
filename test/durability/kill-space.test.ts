// kill -9 while clean-ups run, are taken back and the stores are made small: no row that nobody removed is lost, and what
// was removed can be taken back, whatever the engine was at.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { LONG, openFolder, problemsOf, randomOf, runNode, SEED, tempFolder } from './support.ts'

const CHILD = resolve(import.meta.dirname, 'space-child.ts')
const ROUNDS = LONG ? 20 : 2
const KEPT = 30_000

function kept(): string {
  let text = ''
  for (let i = 0; i < KEPT; i++)
    text += `{"timestamp":"2026-11-02T15:00:00Z","level":"info","service":"kept","message":"line ${i} ${(Math.imul(i + 1, 2654435761) >>> 0).toString(36).repeat(4)}"}\n`
  return text
}

test(`a clean-up killed at any moment is taken back whole, and loses nothing of what stays (seed ${SEED})`, {
  timeout: LONG ? 1_800_000 : 120_000,
}, async () => {
  const random = randomOf(SEED + 3)
  const [dataDir, folder] = [tempFolder(), tempFolder()]
  {
    await using t = await openFolder(dataDir)
    const path = join(folder, 'kept.ndjson')
    writeFileSync(path, kept())
    await t.client.call('import.run', { paths: [path], source: 'kept' })
  }
  let cleaned = 0
  for (let round = 0; round < ROUNDS; round++) {
    const ended = await runNode(CHILD, [dataDir, folder, `s${round}`], { killAfterReadyMs: 2500 * random() })
    expect([ended.signal, ended.stderr]).toEqual(['SIGKILL', ''])
    const told = ended.stdout.split('\n').slice(0, -1)
    const purged = told.findLastIndex((line) => line.startsWith('purging '))
    await using t = await openFolder(dataDir)
    const sources = async () => (await t.client.call('sources.list', { includeRemoved: true })).sources
    // a deletion that had begun is ended by the start
    const ending = async () =>
      (await sources()).filter(({ undoUntil }) => undoUntil !== undefined && Date.parse(undoUntil) <= Date.now())
    await expect.poll(ending, { timeout: 30_000 }).toEqual([])
    expect(await problemsOf(t)).toEqual([])
    // everything in the trash is listed with the time until which it comes back
    const inTrash = existsSync(join(dataDir, 'trash')) ? readdirSync(join(dataDir, 'trash')) : []
    const { runs } = await t.client.call('space.runs', { limit: 100 })
    const open = runs.filter(({ undoUntil }) => undoUntil !== undefined).map(({ run }) => run)
    const lists = inTrash.filter((run) => existsSync(join(dataDir, 'trash', run, 'run.json')))
    expect(open.toSorted()).toEqual(lists.toSorted())
    for (const run of open) expect(await t.client.call('space.undo', { run })).toMatchObject({ lost: [] })
    cleaned += open.length
    // what is still offered to be taken back alone, after its clean-up was forgotten, is whole
    for (const { id, state } of await sources()) if (state === 'removed') await t.client.call('sources.restore', { id })
    expect(await problemsOf(t)).toEqual([])
    const states = new Map((await sources()).map(({ id, state, rows }) => [id, [state, rows]]))
    for (const [at, line] of told.entries()) {
      const [what, id = '', name = ''] = line.split(' ')
      if (what !== 'made') continue
      const copy = join(dataDir, 'backups', `${name}.sqlite`)
      // removed before everything removed was deleted: it may be gone, but never in part (problemsOf counts the rows)
      const mayBeGone = at < purged && !told.includes(`undone ${name}`)
      if (!mayBeGone || states.has(id)) expect([name, states.get(id)]).toEqual([name, ['ready', 500]])
      if (!mayBeGone || existsSync(copy)) expect(readFileSync(copy, 'utf8')).toBe(name)
    }
    const scope = await t.stores.telemetry.scope(undefined)
    expect(
      await t.stores.telemetry.rows(
        `SELECT count(DISTINCT body)::INTEGER AS n FROM ${scope.relation('logs')} WHERE service = 'kept'`,
        [],
      ),
    ).toEqual([{ n: KEPT }])
    expect(readdirSync(join(dataDir, 'exports'))).toEqual([])
  }
  if (LONG) expect(cleaned).toBeGreaterThan(0)
})
