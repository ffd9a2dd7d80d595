// What is kept of opened traces: as much as there is room for, and nothing of what a file claims.
import { expect, test, vi } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../shared/domain/telemetry.ts'
import { TraceCache } from './open.ts'

const T0 = 1_700_000_000_000_000_000n
const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as const
const span = (traceId: string, statusMessage: string): SpanRow => ({
  traceId,
  spanId: '1'.padStart(16, '0'),
  parentId: '',
  service: 'cart',
  operation: 'GET /',
  kind: 2,
  start: T0,
  durationNs: 100n,
  status: 2,
  statusMessage,
  attributes: NO_ATTRIBUTES,
  resource: { attributes: NO_ATTRIBUTES },
})

async function store(rows: readonly SpanRow[]) {
  const t = await startTestEngine({ modules: [] })
  const { id } = t.stores.catalog.sources.create({ name: 'x', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  await writer.write({ kind: 'spans', rows })
  await writer.commit()
  t.stores.catalog.sources.update(id, { state: 'ready' })
  const { telemetry } = t.stores
  const live = { trace: () => telemetry.scope(undefined) }
  return { telemetry, live, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() }
}
const asking = { view: '', signal: new AbortController().signal }

test('texts count: of two traces with long messages the one asked for longest ago is forgotten', async () => {
  await using s = await store([span(A, 'x'.repeat(20_000)), span(B, 'y'.repeat(20_000))])
  const openedTwice = async (room: number) => {
    const cache = new TraceCache(s.telemetry, s.live, room)
    const { trace: first } = await cache.open({ traceId: A, sources: undefined }, asking)
    await cache.open({ traceId: B, sources: undefined }, asking)
    return (await cache.open({ traceId: A, sources: undefined }, asking)).trace === first
  }
  expect([await openedTwice(50_000), await openedTwice(30_000)]).toEqual([true, false])
})

test('a trace that claims fewer spans than none is shown with those it has', async () => {
  await using s = await store([span(A, '')])
  const scope = await s.telemetry.scope(undefined)
  const traces = scope.relation('traces')
  const [known] = await s.telemetry.rows<{ source: number }>(`SELECT source FROM ${traces}`, [])
  const claims = { source: known?.source, spans: -40, start_ns: T0, duration_ns: 100n }
  vi.spyOn(s.telemetry, 'rows').mockResolvedValueOnce([claims])
  const { trace } = await new TraceCache(s.telemetry, s.live).open({ traceId: A, sources: undefined }, asking)
  expect(trace.tree.count).toBe(1)
})
