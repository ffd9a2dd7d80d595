// What is put in place is what the manifest of a backup says, whatever happens to the backup meanwhile.

import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { asEpochNs } from '../../shared/base/time.ts'
import { backup, cancelRestore, finishRestore, stagedRestore, stageRestore } from './backup.ts'
import { openTestStores, T0, tempFolder } from './testing.ts'

const now = asEpochNs(T0)
const { signal } = new AbortController()

async function madeBackup(): Promise<string> {
  const path = join(tempFolder(), 'copy')
  await using stores = await openTestStores()
  await backup(path, stores, { createdBy: 'test', now, signal, progress: () => undefined })
  return path
}

it('a backup that changes after it was looked at is refused, and nothing lies ready', async () => {
  const from = await madeBackup()
  const dataDir = tempFolder()
  let isChanged = false
  const progress = (_: number, message: string) => {
    if (message !== 'Copying the backup' || isChanged) return
    isChanged = true
    appendFileSync(join(from, 'telemetry.duckdb'), 'x')
  }
  await expect(stageRestore(from, dataDir, { now, signal, progress })).rejects.toMatchObject({ code: 'corrupt' })
  expect([isChanged, await stagedRestore(dataDir), existsSync(join(dataDir, 'restoring.part'))]).toEqual([
    true,
    undefined,
    false,
  ])
})

it('a restore is cancelled although an earlier one that was cancelled is still there in part', async () => {
  const from = await madeBackup()
  const dataDir = tempFolder()
  mkdirSync(join(dataDir, 'restoring.cancelled'))
  writeFileSync(join(dataDir, 'restoring.cancelled', 'telemetry.duckdb'), 'left behind')
  await stageRestore(from, dataDir, { now, signal, progress: () => undefined })
  expect(await stagedRestore(dataDir)).toMatchObject({ createdAt: expect.any(String) })
  expect(await cancelRestore(dataDir)).toBe(true)
  expect(
    ['restoring', 'restoring.cancelled', 'restoring.part'].filter((name) => existsSync(join(dataDir, name))),
  ).toEqual([])
  expect(finishRestore(dataDir)).toBeUndefined()
  expect(await cancelRestore(dataDir)).toBe(false)
})

it('a restore that was done, and whose folder went in part before the power did, is done', async () => {
  const from = await madeBackup()
  const dataDir = tempFolder()
  await stageRestore(from, dataDir, { now, signal, progress: () => undefined })
  // as after the last step but one: the stores are in place, the folder is on its way out
  for (const name of ['replaced', 'catalog.sqlite', 'telemetry.duckdb', 'events.duckdb'])
    rmSync(join(dataDir, 'restoring', name))
  expect(finishRestore(dataDir)).toBeUndefined()
  expect(existsSync(join(dataDir, 'restoring'))).toBe(false)
})
