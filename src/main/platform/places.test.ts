// Files on their way: what is forgotten goes, what is in use or young stays, nothing outside is touched.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dropOf, FORGOTTEN_MS, sweep, uploadsFolder } from './places.ts'

test('only what is older than a day and not in use is swept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-sweep-'))
  try {
    const now = Date.now()
    const old = new Date(now - FORGOTTEN_MS - 1000)
    for (const name of ['drop-old', 'drop-used', 'drop-young']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'x.watchdeck'), '')
      if (name !== 'drop-young') utimesSync(join(folder, name), old, old)
    }
    const kept = [join(folder, 'drop-used', 'x.watchdeck')]
    expect(await sweep(folder, { now, olderThanMs: FORGOTTEN_MS, kept })).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['drop-used', 'drop-young'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a folder that is not there has nothing to sweep', async () => {
  expect(await sweep('/nowhere/at/all', { now: 0, olderThanMs: 0 })).toBe(0)
})

test('only a path inside a drop belongs to it', () => {
  const uploads = uploadsFolder('/data')
  expect(dropOf('/data', join(uploads, 'drop-1', 'a.json'))).toBe(join(uploads, 'drop-1'))
  for (const path of ['/data/uploads', '/data/uploads/../catalog.db', '/data/uploads/other/x', '/home/me/a.json', '/'])
    expect(dropOf('/data', path)).toBeUndefined()
})
