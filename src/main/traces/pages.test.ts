// Pages of one trace.

import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { tracesModule } from './index.ts'

const ROOT: SpanRow = {
  traceId: 'a'.repeat(32),
  spanId: '',
  parentId: '',
  service: 'cart',
  operation: 'GET /cart',
  kind: 2,
  start: 1_700_000_000_000_000_000n,
  durationNs: 1000n,
  status: 0,
  attributes: NO_ATTRIBUTES,
  resource: { attributes: NO_ATTRIBUTES },
}
const idOf = (row: number) => (row + 1).toString(16).padStart(16, '0')

/** Spans that the store was asked for, by question. */
function countingSpans({ stores: { telemetry } }: TestEngine): number[] {
  const asked: number[] = []
  const frame = telemetry.frame.bind(telemetry)
  telemetry.frame = async (...args) => {
    const answer = await frame(...args)
    if (args[0].startsWith('WITH spans')) asked.push(answer.rowCount)
    return answer
  }
  return asked
}

test('a page of a trace reads the spans of that page, not those before it', async () => {
  await using t = await startTestEngine({ modules: [tracesModule] })
  const { id } = t.stores.catalog.sources.create({ name: 's', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  const rows = Array.from({ length: 2500 }, (_, i) => ({
    ...ROOT,
    spanId: idOf(i),
    parentId: i === 0 ? '' : idOf(0),
    start: ROOT.start + BigInt(i),
  }))
  await writer.write({ kind: 'spans', rows })
  await writer.commit()
  t.stores.catalog.sources.update(id, { state: 'ready' })
  const asked = countingSpans(t)
  const seen: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await t.client.call('traces.get', { traceId: ROOT.traceId, limit: 600, ...(cursor ? { cursor } : {}) })
    seen.push(...frameToJsonTable(page.table).rows.map((row) => row['spanId']))
    cursor = page.nextCursor
    expect(page.completeness.truncated).toEqual(cursor === undefined ? undefined : { returned: 600, total: 2500 })
  } while (cursor !== undefined)
  expect(asked).toEqual([600, 600, 600, 600, 100])
  expect(seen).toEqual(rows.map(({ spanId }) => spanId))
})
