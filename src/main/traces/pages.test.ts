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

test('a trace is shown and paged in the same order, however its spans were stored', async () => {
  await using t = await startTestEngine({ modules: [tracesModule] })
  // starts that repeat, and every tenth id twice: the two sides of a call under one id
  const rows = Array.from({ length: 800 }, (_, i) => {
    const isServer = i % 10 === 9
    return {
      ...ROOT,
      spanId: idOf(isServer ? i - 1 : i),
      parentId: i === 0 ? '' : idOf(0),
      kind: isServer ? 2 : 3,
      start: ROOT.start + BigInt(Math.floor(i / 4)),
      durationNs: BigInt(i + 1),
      operation: `operation ${i}`,
      attributes: { values: { n: i } },
    } satisfies SpanRow
  })
  const shuffled = rows.toSorted(
    (a, b) => Number((a.durationNs * 7919n) % 801n) - Number((b.durationNs * 7919n) % 801n),
  )
  const shown = []
  for (const [i, stored] of [rows, shuffled].entries()) {
    const { id } = t.stores.catalog.sources.create({ name: `s${i}`, kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(id)
    await writer.write({ kind: 'spans', rows: stored })
    await writer.commit()
    t.stores.catalog.sources.update(id, { state: 'ready' })
    const asked = { traceId: ROOT.traceId, sources: [id] }
    const seen = frameToJsonTable((await t.client.call('traces.waterfall', { ...asked, limit: 1000 })).table).rows
    const whole = frameToJsonTable((await t.client.call('traces.get', { ...asked, limit: 1000 })).table).rows
    const part = frameToJsonTable((await t.client.call('traces.get', { ...asked, limit: 40 })).table).rows
    const operations = seen.map((row) => row['operation'])
    expect(whole.map((row) => row['operation'])).toEqual(operations)
    expect(whole.map((row) => row['attributes'])).toEqual(
      operations.map((operation) => ({ n: Number(String(operation).slice('operation '.length)) })),
    )
    expect(part.map((row) => row['operation'])).toEqual(operations.slice(0, 40))
    shown.push(operations)
  }
  expect(new Set(shown[0]).size).toBe(800)
  expect(shown[1]).toEqual(shown[0])
})
