// What is left of a clean-up whose list is gone or damaged: the first is deleted soon, the second kept for a week.

import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fromMillis } from '../../shared/base/time.ts'
import type { Logger } from '../engine/log.ts'
import { Trash } from './trash.ts'

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => silent }
const MINUTE = 60_000

test('a folder without its list goes after a minute, one whose list cannot be read after a week', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'watchdeck-trash-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const trash = new Trash(dataDir, silent)
  const made = Date.parse('2026-11-30T00:00:00Z')
  const folderOf = (run: string) => join(dataDir, 'trash', run)
  const [unlisted, damaged] = ['run-0123456789ab', 'run-ba9876543210']
  for (const run of [unlisted, damaged]) mkdirSync(folderOf(run), { recursive: true })
  writeFileSync(join(folderOf(unlisted), 'f0'), 'half deleted')
  writeFileSync(join(folderOf(damaged), 'run.json'), '{"run":')
  for (const run of [unlisted, damaged]) utimesSync(folderOf(run), made / 1000, made / 1000)
  const there = () => [unlisted, damaged].map((run) => existsSync(folderOf(run)))
  expect([await trash.sweep(fromMillis(made + 0.5 * MINUTE)), there()]).toEqual([0, [true, true]])
  expect([await trash.sweep(fromMillis(made + 2 * MINUTE)), there()]).toEqual([1, [false, true]])
  expect([await trash.sweep(fromMillis(made + 8 * 24 * 60 * MINUTE)), there()]).toEqual([1, [false, false]])
})
