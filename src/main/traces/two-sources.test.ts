// Sources of traces: the same trace id in two of them (two exports of one backend, say), and a clock that was put right.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import { exportModule } from '../export/index.ts'
import { fileModule } from '../file/index.ts'
import { incidentsModule } from '../incidents/index.ts'
import { tracesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const TRACE = 'a'.repeat(32)
const span = (id: number): SpanRow => ({
  traceId: TRACE,
  spanId: id.toString(16).padStart(16, '0'),
  parentId: id === 1 ? '' : '1'.padStart(16, '0'),
  service: 'cart',
  operation: `op ${id}`,
  kind: 2,
  start: T0 + BigInt(id),
  durationNs: 100n,
  status: 0,
  attributes: NO_ATTRIBUTES,
  resource: { attributes: NO_ATTRIBUTES },
})

test('search names the source of each; the one with most spans is opened, and the answer names the other', async () => {
  await using t = await startTestEngine({ modules: [tracesModule] })
  const add = async (name: string, rows: SpanRow[]) => {
    const { id } = t.stores.catalog.sources.create({ name, kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(id)
    await writer.write({ kind: 'spans', rows })
    await writer.commit()
    t.stores.catalog.sources.update(id, { state: 'ready' })
    return id
  }
  const whole = await add('whole', [span(1), span(2), span(3)])
  const part = await add('part', [span(1)])
  const range = { from: String(T0), to: String(T0 + 1000n) }
  const found = frameToJsonTable((await t.client.call('traces.search', { range })).table).rows
  expect(found.map((row) => [row['traceId'], row['source'], row['spans']]).sort()).toEqual(
    [
      [TRACE, whole, 3],
      [TRACE, part, 1],
    ].sort(),
  )
  const points = frameToJsonTable((await t.client.call('traces.scatter', { range })).table).rows
  expect(points.map((row) => [row['source'], row['spans']]).sort()).toEqual(
    [
      [whole, 3],
      [part, 1],
    ].sort(),
  )
  const opened = await t.client.call('traces.get', { traceId: TRACE })
  expect(opened.table.rowCount).toBe(3)
  expect(opened.completeness).toMatchObject({ complete: false, missing: [{ source: part }] })
  expect((await t.client.call('traces.header', { traceId: TRACE })).completeness.missing).toHaveLength(1)
  const chosen = await t.client.call('traces.get', { traceId: TRACE, sources: [part] })
  expect([chosen.table.rowCount, chosen.completeness]).toEqual([1, { complete: true, missing: [] }])
})

test('events move with the clock of their source, as the spans do', async () => {
  await using t = await startTestEngine({ modules: [tracesModule, exportModule, incidentsModule, fileModule] })
  const { id } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  await writer.write({ kind: 'spans', rows: [{ ...span(1), events: [{ time: T0 + 7n, name: 'retry' }] }] })
  await writer.commit()
  const hour = 3_600_000_000_000n
  t.stores.catalog.sources.update(id, { state: 'ready', clockOffsetNs: String(hour) })
  const at = formatRfc3339(T0 + hour + 7n)
  const [row] = frameToJsonTable((await t.client.call('traces.get', { traceId: TRACE })).table).rows
  expect([row?.['start'], row?.['events']]).toEqual([formatRfc3339(T0 + hour + 1n), [{ time: at, name: 'retry' }]])
  for (const format of ['ndjson', 'csv'] as const) {
    const { text } = await t.client.call('export.run', { sources: [id], kinds: ['traces'], format })
    expect(text).toContain(at)
  }
  const folder = await mkdtemp(join(tmpdir(), 'watchdeck-moved-'))
  try {
    const path = join(folder, 'x.watchdeck')
    const range = { from: formatRfc3339(T0 + hour - 1n), to: formatRfc3339(T0 + hour + 1000n) }
    const made = { title: 'Moved', severity: 'minor' as const, range, sources: [id] }
    const incident = await t.client.call('incidents.create', made)
    await t.client.call('file.save', { incident: incident.id, path, redact: false })
    const { source } = await t.client.call('file.open', { path })
    const [kept] = frameToJsonTable(
      (await t.client.call('traces.get', { traceId: TRACE, sources: [source] })).table,
    ).rows
    expect([kept?.['start'], kept?.['events']]).toEqual([row?.['start'], row?.['events']])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
