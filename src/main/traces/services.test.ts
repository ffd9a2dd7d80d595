// Which traces have spans of a service, and failed ones: said by the trace itself, without its spans.

import { expect, test } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow, type SpanStatus } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { tracesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const NAMES = [
  'web',
  'we',
  'web,1',
  '["web",9,9]',
  '"web"',
  '[\\"web\\",',
  '',
  'a]b',
  '下单 \u{1f6d2}',
  '\u001f\n/',
  "'web'",
]

/** Trace n has a span of one service that failed, and two of the next one, of which the last trace's failed. */
const spans = NAMES.flatMap((name, n) => {
  const next = NAMES[(n + 1) % NAMES.length] ?? ''
  return [
    [name, 2],
    [next, 1],
    [next, n === NAMES.length - 1 ? 2 : 0],
  ].map(
    ([service, status], i): SpanRow => ({
      traceId: (n + 1).toString(16).padStart(32, '0'),
      spanId: (n * 4 + i + 1).toString(16).padStart(16, '0'),
      parentId: '',
      service: String(service),
      operation: 'op',
      kind: 2,
      start: T0 + BigInt(n * 4 + i),
      durationNs: 1n,
      status: status as SpanStatus,
      attributes: NO_ATTRIBUTES,
      resource: { attributes: NO_ATTRIBUTES },
    }),
  )
})

test('a service is found under its whole name, whatever is in it, and its failures are its own', async () => {
  await using t = await startTestEngine({ modules: [tracesModule] })
  const { id } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  await writer.write({ kind: 'spans', rows: spans })
  await writer.commit()
  t.stores.catalog.sources.update(id, { state: 'ready' })
  const range = { from: String(T0), to: String(T0 + 1000n) }
  const found = async (filter: { service?: string; status?: 'error'; text?: string }) => {
    const { table } = await t.client.call('traces.search', { range, ...filter, limit: 100 })
    return frameToJsonTable(table)
      .rows.map((row) => Number(`0x${String(row['traceId'])}`) - 1)
      .sort((a, b) => a - b)
  }
  for (const [n, service] of NAMES.entries()) {
    const before = (n + NAMES.length - 1) % NAMES.length
    expect([service, await found({ service })]).toEqual([service, [n, before].sort((a, b) => a - b)])
    const failed = n === 0 ? [n, before].sort((a, b) => a - b) : [n]
    expect([service, await found({ service, status: 'error' })]).toEqual([service, failed])
    // by its spans it is the same
    expect([service, await found({ service, status: 'error', text: 'op' })]).toEqual([service, failed])
  }
  expect(await found({ status: 'error' })).toEqual(NAMES.map((_, n) => n))
  expect(await found({ service: 'eb' })).toEqual([])
})
