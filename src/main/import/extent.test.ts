// What import.run says of when its rows were.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { logsModule } from '../logs/index.ts'
import { sourcesModule } from '../sources/index.ts'
import { tracesModule } from '../traces/index.ts'
import { importModule } from './index.ts'

test('from and to of an import are a range that holds every row; the same file again names them too', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-extent-'))
  try {
    const path = join(dir, 'lines.ndjson')
    const times = ['2026-11-02T14:00:00Z', '2026-11-02T14:00:05.000000007Z']
    await writeFile(path, times.map((time) => `${JSON.stringify({ time, level: 'info', message: 'x' })}\n`).join(''))
    await using t = await startTestEngine({ modules: [importModule, logsModule, sourcesModule] })
    const { source, from, to } = await t.client.call('import.run', { paths: [path] })
    expect([from, to]).toEqual(['2026-11-02T14:00:00.000000000Z', '2026-11-02T14:00:05.000000008Z'])
    const range = { from: from ?? '', to: to ?? '' }
    expect((await t.client.call('logs.count', { range })).count).toBe(2)
    expect(await t.client.call('import.run', { paths: [path] })).toMatchObject({ source, from, to })
    await t.client.call('sources.update', { id: source, clockOffsetNs: -5_000_000_000 })
    const { sources } = await t.client.call('sources.list', {})
    expect(sources[0]).toMatchObject({
      from: '2026-11-02T13:59:55.000000000Z',
      to: '2026-11-02T14:00:00.000000008Z',
    })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('a trace with relative times plays in 1970, and its range says so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-extent-'))
  try {
    const path = join(dir, 'trace.json')
    const span = (spanID: string, startTime: number, duration: number) => ({
      traceID: 'a1',
      spanID,
      operationName: spanID,
      references: [],
      startTime,
      duration,
      tags: [],
      logs: [],
      processID: 'p1',
    })
    const processes = { p1: { serviceName: 'web', tags: [] } }
    const data = [{ traceID: 'a1', spans: [span('b1', 0, 100), span('b2', 10, 20)], processes }]
    await writeFile(path, JSON.stringify({ data }))
    await using t = await startTestEngine({ modules: [importModule, tracesModule] })
    const { from, to } = await t.client.call('import.run', { paths: [path] })
    expect([from, to]).toEqual(['1970-01-01T00:00:00.000000000Z', '1970-01-01T00:00:00.000100000Z'])
    const found = await t.client.call('traces.search', { range: { from: from ?? '', to: to ?? '' } })
    expect(found.table.rowCount).toBe(1)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
