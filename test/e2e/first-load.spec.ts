// What the browser has to read before the first view stands: the files the page asked for, packed as a server would send them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, idle, test } from './support/watchdeck.ts'

const RENDERER = join(import.meta.dirname, '../../out/renderer')
const LIMIT_BYTES = 1_200_000

test('the first view, all its scripts and styles with it, is less than 1.2 MB packed', async ({ app }) => {
  await idle(app)
  const urls = await app.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name))
  const files = new Set(
    urls.map((url) => new URL(url).pathname).filter((path) => /^\/assets\/[\w.-]+\.(js|css)$/.test(path)),
  )
  expect(files.size).toBeGreaterThan(5)
  const packed = [...files].map((path) => gzipSync(readFileSync(join(RENDERER, path))).length)
  const bytes = packed.reduce((sum, length) => sum + length, 0)
  test.info().annotations.push({ type: 'packed bytes', description: String(bytes) })
  expect(bytes).toBeLessThan(LIMIT_BYTES)
})
