// OTLP-JSON of a real SDK goes in and comes out the same.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sdkLogs, sdkMetrics, sdkTraces } from '../../../test/fixtures/import/sdk-telemetry.ts'
import { startTestEngine } from '../../../test/support/engine.ts'
import { canonicalOtlp } from '../../shared/wire/otlp/write.ts'
import { importModule } from '../import/index.ts'
import { exportModule } from './index.ts'

const modules = [importModule, exportModule]

test.each([
  ['traces', sdkTraces],
  ['logs', sdkLogs],
  ['metrics', sdkMetrics],
] as const)('OTLP-JSON out equals OTLP-JSON in: %s of the JavaScript SDK', async (_, make) => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const text = await make()
    const path = join(dir, 'in.json')
    await writeFile(path, text)
    await using t = await startTestEngine({ modules })
    const { source, files } = await t.client.call('import.run', { paths: [path] })
    expect(files[0]).toMatchObject({ format: 'otlp-json', rowsSkipped: 0, skipped: [] })
    const out = await t.client.call('export.run', { sources: [source], format: 'otlp-json' })
    expect(canonicalOtlp(JSON.parse(out.text ?? ''))).toEqual(canonicalOtlp(JSON.parse(text)))

    const file = join(dir, 'out.json')
    await t.client.call('export.run', { sources: [source], format: 'otlp-json', path: file })
    expect(await readFile(file, 'utf8')).toBe(out.text)
    await expect(
      t.client.call('export.run', { sources: [source], format: 'otlp-json', path: file }),
    ).rejects.toMatchObject({ code: 'conflict' })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('spans export as CSV, NDJSON and Parquet with one row each', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'watchdeck-round-'))
  try {
    const path = join(dir, 'in.json')
    await writeFile(path, await sdkTraces())
    await using t = await startTestEngine({ modules })
    const { source } = await t.client.call('import.run', { paths: [path] })
    const csv = await t.client.call('export.run', { sources: [source], format: 'csv' })
    expect(csv.rows).toBe(3)
    expect(csv.text?.split('\r\n')[0]).toBe(
      'traceId,spanId,parentId,service,operation,kind,start,durationNs,status,statusMessage,attributes,resource,events,links',
    )
    const ndjson = await t.client.call('export.run', { sources: [source], format: 'ndjson' })
    expect(
      ndjson.text
        ?.trim()
        .split('\n')
        .map((line) => JSON.parse(line).operation),
    ).toEqual(['charge', 'POST /checkout', 'tick'])
    const parquet = await t.client.call('export.run', {
      sources: [source],
      format: 'parquet',
      path: join(dir, 'out.parquet'),
    })
    expect(parquet.rows).toBe(3)
    await expect(t.client.call('export.run', { sources: [source], format: 'parquet' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
