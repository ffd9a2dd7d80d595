// Electron's binary for `npm start`: a fetch that failed is never waited for again.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { electronBinary, fetchElectron } from '../../scripts/lib/electron-binary.ts'

/** A package of Electron whose installer does `script`. */
function places(script: string, version = '1.0.0') {
  const folder = mkdtempSync(join(tmpdir(), 'watchdeck-start-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const home = join(folder, 'electron')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ version }))
  writeFileSync(join(home, 'install.js'), script)
  return { home, failed: join(folder, '.cache', 'electron-fetch-failed') }
}

const FETCHES = `require('node:fs').mkdirSync('dist'); require('node:fs').writeFileSync('dist/electron', ''); require('node:fs').writeFileSync('path.txt', 'electron')`

test('a binary that was fetched is found; a note without a binary is none', async () => {
  const there = places(FETCHES)
  expect(electronBinary(there)).toBeUndefined()
  expect(await fetchElectron(there, {})).toBe(true)
  expect(electronBinary(there)).toBe(join(there.home, 'dist', 'electron'))
  rmSync(join(there.home, 'dist'), { recursive: true })
  expect(electronBinary(there)).toBeUndefined()
})

test('a fetch that failed is remembered for its version, and tried for the next one', async () => {
  const there = places('process.exit(1)')
  expect(await fetchElectron(there, {})).toBe(false)
  expect(readFileSync(there.failed, 'utf8')).toBe('1.0.0\n')
  expect(fetchElectron(there, {})).toBeUndefined()
  writeFileSync(join(there.home, 'package.json'), JSON.stringify({ version: '1.0.1' }))
  expect(await fetchElectron(there, {})).toBe(false)
})

test('nothing is fetched where it is not wished, or there is no installer', () => {
  const there = places(FETCHES)
  expect(fetchElectron(there, { CI: '1' })).toBeUndefined()
  expect(fetchElectron(there, { WATCHDECK_NO_FETCH: '1' })).toBeUndefined()
  rmSync(join(there.home, 'install.js'))
  expect(fetchElectron(there, {})).toBeUndefined()
})
