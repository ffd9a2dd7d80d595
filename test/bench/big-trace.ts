// One trace of any number of spans, in a store of its own: eight children a span, each inside its parent. SPANS=n for
// another size.

import { NO_ATTRIBUTES, type SpanRow } from '../../src/shared/domain/telemetry.ts'
import { formatRfc3339 } from '../../src/shared/base/time.ts'
import type { Stores } from '../../src/main/engine/stores.ts'

export const SPANS = Number(process.env['SPANS'] ?? 1_000_000)
const START = 1_790_000_000_000_000_000n
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
export const TRACE = hex(4711, 32)
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

/** A ready source that holds the trace. */
export async function addBigTrace(stores: Stores): Promise<void> {
  const source = stores.catalog.sources.create({ name: 'bench', kind: 'import', origin: [], readOnly: false })
  const writer = await stores.telemetry.writer(source.id)
  for (const rows of batches(50_000)) await writer.write({ kind: 'spans', rows })
  const { from, to, ...counts } = await writer.commit()
  stores.catalog.sources.update(source.id, {
    state: 'ready',
    counts: { ...source.counts, spans: counts.spans },
    rows: counts.spans,
    ...(from !== null && { from: formatRfc3339(from) }),
    ...(to !== null && { to: formatRfc3339(to) }),
  })
}
