// A trace of 1,000,000 spans: opened to its first rows, then filtered, scrolled and folded. SPANS=n for another size.

import { tracesModule } from '../../src/main/traces/index.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../src/shared/domain/telemetry.ts'
import { startTestEngine } from '../support/engine.ts'
import type { Measure } from './run.ts'

const SPANS = Number(process.env['SPANS'] ?? 1_000_000)
const START = 1_790_000_000_000_000_000n
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const TRACE = hex(4711, 32)
const resources = Array.from({ length: 14 }, (_, i) => ({ attributes: { values: { 'service.name': `service-${i}` } } }))
const attributes = Array.from({ length: 200 }, (_, i) => ({
  values: { 'http.route': `/items/${i}`, 'thread.id': i % 16 },
}))

/** Eight children a span; each child inside its parent. */
function* batches(size: number): Generator<SpanRow[]> {
  let rows: SpanRow[] = []
  for (let i = 0; i < SPANS; i++) {
    const parent = i === 0 ? -1 : (i - 1) >> 3
    const depth = Math.floor(Math.log(7 * i + 1) / Math.log(8))
    rows.push({
      traceId: TRACE,
      spanId: hex(i + 1, 16),
      parentId: parent < 0 ? '' : hex(parent + 1, 16),
      service: `service-${i % 14}`,
      operation: `operation ${i % 60}`,
      kind: i % 2 === 0 ? 2 : 3,
      start: START + BigInt(i) * 1000n,
      durationNs: BigInt(SPANS) * 1000n * BigInt(12 - depth),
      status: i % 1000 === 0 ? 2 : 0,
      attributes: attributes[i % 200] ?? NO_ATTRIBUTES,
      resource: resources[i % 14] as SpanRow['resource'],
    })
    if (rows.length === size) {
      yield rows
      rows = []
    }
  }
  if (rows.length > 0) yield rows
}

export async function main(): Promise<Measure[]> {
  await using t = await startTestEngine({ modules: [tracesModule], checkAnswers: false })
  const source = t.stores.catalog.sources.create({ name: 'bench', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(source.id)
  for (const rows of batches(50_000)) await writer.write({ kind: 'spans', rows })
  await writer.commit()
  t.stores.catalog.sources.update(source.id, { state: 'ready' })
  const measures: Measure[] = []
  const timed = async (name: string, atMost: number, run: () => Promise<unknown>) => {
    const start = performance.now()
    await run()
    measures.push({ name, value: performance.now() - start, unit: 'ms', target: { atMost } })
  }
  const rows = (request: object) => t.client.call('traces.waterfall', { traceId: TRACE, ...request })
  await timed(`open ${SPANS} spans to the first rows`, 2000, () => rows({}))
  await timed('header', 150, () => t.client.call('traces.header', { traceId: TRACE }))
  await timed('next window', 50, () => rows({ offset: SPANS >> 1 }))
  await timed('filter: errors', 150, () => rows({ onlyErrors: true }))
  await timed('filter: text', 150, () => rows({ find: '/items/77', onlyMatches: true }))
  await timed('filter: service', 150, () => rows({ service: 'service-3', onlyMatches: true }))
  await timed('fold to depth 3', 150, () => rows({ collapseDepth: 3 }))
  await timed('flame', 150, () => t.client.call('traces.flame', { traceId: TRACE }))
  return measures
}
