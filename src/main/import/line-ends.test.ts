// Lines that end in a carriage return alone, and carriage returns that end no line.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { logsModule } from '../logs/index.ts'
import { importModule } from './index.ts'

const lines = (count: number, end: string) =>
  Array.from({ length: count }, (_, n) => `2025-11-02T10:00:00.${String(n % 1000).padStart(3, '0')}Z INFO line ${n}`)
    .map((line) => line + end)
    .join('')
const RANGE = { from: '2025-11-02T00:00:00Z', to: '2025-11-03T00:00:00Z' }

test.each([
  ['carriage returns alone', lines(3, '\r'), 3],
  ['packed, more than a megabyte', gzipSync(lines(40_000, '\r')), 40_000],
  ['more than a megabyte, read in blocks', lines(40_000, '\r'), 40_000],
  ['UTF-16', Buffer.from(`\ufeff${lines(3, '\r')}`, 'utf16le'), 3],
  ['both', lines(3, '\r\n'), 3],
  ['a bar of progress in a line', `2025-11-02T10:00:00Z INFO load 1%\r 50%\r 100%\n${lines(2, '\n')}`, 3],
  [
    'a bar of progress that fills the head',
    `2025-11-02T10:00:00Z INFO load ${'1%\r'.repeat(150_000)}\n${lines(2, '\n')}`,
    3,
  ],
])('%s', async (_name, content, rows) => {
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-line-ends-'))
  try {
    await using t = await startTestEngine({ modules: [importModule, logsModule] })
    const path = join(folder, 'device.log')
    await writeFile(path, content)
    const inspected = await t.client.call('import.preview', { paths: [path] })
    expect(inspected.files[0]?.problems).toEqual([])
    await t.client.call('import.run', { paths: [path] })
    const found = await t.client.call('logs.search', { range: RANGE, limit: 5 })
    expect(frameToJsonTable(found.table).rows).toHaveLength(Math.min(rows, 5))
    const sources = (await t.client.call('sources.list', {})).sources
    expect(sources[0]).toMatchObject({ counts: { logs: rows } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
