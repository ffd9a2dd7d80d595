// What deleted rows left free goes back to the disk while questions are asked; every row that is there stays there.

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { filledSource, log, openTestStores, span } from '../testing.ts'

const many = (count: number, tag: string) => ({
  kind: 'logs' as const,
  rows: Array.from({ length: count }, (_, i) => log({ body: `${tag} ${i} ${'x'.repeat(i % 200)}` })),
})

test('compacting gives the disk back what a deleted source had, and loses nothing', async () => {
  const stores = await openTestStores()
  onTestFinished(() => rmSync(stores.folder, { recursive: true }))
  const { telemetry } = stores
  const gone = await filledSource(stores, many(200_000, 'gone'))
  const stays = await filledSource(stores, many(2000, 'stays'), { kind: 'spans', rows: [span()] })
  await telemetry.deleteSource(gone)
  const before = (await telemetry.space()).find(({ name }) => name === 'telemetry')
  const used = await telemetry.bytes()
  expect(before?.freeBytes).toBeGreaterThan(used)
  const scope = await telemetry.scope([stays])
  const count = () => telemetry.rows(`SELECT count(*)::INTEGER AS n FROM ${scope.relation('logs')}`, [])
  const asked: Array<Promise<unknown>> = []
  let going = true
  const asking = (async () => {
    while (going) {
      const answer = count()
      asked.push(answer)
      await answer
    }
  })()
  await telemetry.compact()
  going = false
  await asking
  expect(asked.length).toBeGreaterThan(0)
  for (const answer of asked) expect(await answer).toEqual([{ n: 2000 }])
  const after = (await telemetry.space()).find(({ name }) => name === 'telemetry')
  expect(after?.bytes).toBeLessThan((before?.bytes ?? 0) / 2)
  expect(statSync(join(stores.folder, 'telemetry.duckdb')).size).toBe(after?.bytes)
  // written to as before, and found again by the next start
  await filledSource(stores, many(10, 'more'))
  expect(await telemetry.journal()).toHaveLength(2)
  await stores[Symbol.asyncDispose]()
  await using again = await openTestStores(stores.folder)
  expect((await again.telemetry.sourceKeys()).size).toBe(2)
  const found = await again.telemetry.scope([stays])
  expect(await again.telemetry.rows(`SELECT count(*)::INTEGER AS n FROM ${found.relation('spans')}`, [])).toEqual([
    { n: 1 },
  ])
})

test('spans of live sources, which are in memory only, outlive a compaction', async () => {
  await using stores = await openTestStores()
  const source = stores.catalog.sources.create({ name: 'live', kind: 'import', origin: [], readOnly: false })
  const part = stores.telemetry.live.nextPart()
  await stores.telemetry.live.add(source.key, part, [span()])
  await stores.telemetry.compact()
  expect(await stores.telemetry.rows('SELECT count(*)::INTEGER AS n FROM live.main.spans', [])).toEqual([{ n: 1 }])
})
