// A trace whose hosts' clocks disagree: as recorded, and with the clocks brought together, in every view of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { NO_ATTRIBUTES, type SpanRow } from '../../shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import { tracesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const MS = 1_000_000n
const rowsOf = (frame: Frame) => frameToJsonTable(frame).rows
const at = (ms: number) => new Date(Number((T0 + BigInt(ms) * MS) / MS)).toISOString().replace('Z', '000000Z')

/** The payment host is 450 ms early: 300 - 450 = -150. Named by node, by address on the span, or by nothing. */
function trace(id: string, host: (service: string) => Partial<SpanRow>): SpanRow[] {
  const span = (n: number, parent: number, start: number, length: number, over: Partial<SpanRow>): SpanRow => ({
    traceId: id.padStart(32, '0'),
    spanId: String(n).padStart(16, '0'),
    parentId: parent === 0 ? '' : String(parent).padStart(16, '0'),
    service: 'checkout',
    operation: `op${n}`,
    kind: 2,
    start: T0 + BigInt(start) * MS,
    durationNs: BigInt(length) * MS,
    status: 0,
    attributes: NO_ATTRIBUTES,
    resource: { attributes: NO_ATTRIBUTES },
    ...host(over.service ?? 'checkout'),
    ...over,
  })
  return [
    span(1, 0, 0, 1000, {}),
    span(2, 1, 290, 400, { kind: 3 }),
    span(3, 2, 300 - 450, 380, { service: 'payment', events: [{ time: T0 + 20n * MS, name: 'charged' }] }),
    span(4, 3, 350 - 450, 100, { service: 'payment', kind: 1 }),
    span(5, 1, 700, 100, { kind: 3 }),
    span(6, 5, 710 - 450, 80, { service: 'payment' }),
  ]
}
const node = (service: string) => ({ resource: { attributes: { values: { 'k8s.node.name': `node-of-${service}` } } } })
const address = (service: string) => ({
  attributes: { values: { 'network.local.address': service === 'payment' ? '10.0.0.2' : '10.0.0.1' } },
})

describe('raw and adjusted times', () => {
  let t: TestEngine
  const call: TestEngine['client']['call'] = (method, input, options) => t.client.call(method, input, options)
  beforeAll(async () => {
    t = await startTestEngine({ modules: [tracesModule] })
    const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(source.id)
    await writer.write({
      kind: 'spans',
      rows: [...trace('a', node), ...trace('b', address), ...trace('c', () => ({}))],
    })
    await writer.commit()
    t.stores.catalog.sources.update(source.id, { state: 'ready' })
  })
  afterAll(async () => {
    await t[Symbol.asyncDispose]()
  })

  it.each([
    ['a', 'node-of-payment'],
    ['b', '10.0.0.2'],
    ['c', ''],
  ])('tells how far a clock is off and how sure that is (trace %s)', async (traceId, host) => {
    const raw = await call('traces.header', { traceId })
    expect(raw).toMatchObject({ times: 'raw', skewed: 2, durationNs: 1_150_000_000, start: at(-150) })
    const adjusted = await call('traces.header', { traceId, times: 'adjusted' })
    expect(adjusted).toMatchObject({ times: 'adjusted', skewed: 0, durationNs: 1_000_000_000, start: at(0) })
    const clock = { shiftNs: 450e6, leastNs: 450e6, mostNs: 450e6, errorNs: 10e6, calls: 2, spans: 3 }
    expect(adjusted.clocks).toEqual([{ host, services: ['payment'], ...clock }])
    expect(raw.clocks).toEqual(adjusted.clocks)
  })

  it('says of each span whether it stands outside of its parent', async () => {
    const odd = async (times: 'raw' | 'adjusted') => {
      const { table } = await call('traces.get', { traceId: 'a', times })
      return frameToJsonTable(table).rows.filter((row) => row['skewed'] === true).length
    }
    expect([await odd('raw'), await odd('adjusted')]).toEqual([2, 0])
  })

  it('the critical path and self times follow the chosen times', async () => {
    const raw = await call('traces.header', { traceId: 'a' })
    const adjusted = await call('traces.header', { traceId: 'a', times: 'adjusted' })
    const share = (header: typeof raw) =>
      Object.fromEntries(header.criticalPath.map((c) => [c.operation, Number(c.selfNs) / 1e6]))
    // as recorded nothing of payment lies within the calls but its first 90 ms at their edge
    expect(share(raw)).toEqual({ op1: 500, op2: 400, op5: 100 })
    expect(share(adjusted)).toEqual({ op1: 500, op2: 20, op3: 280, op4: 100, op5: 20, op6: 80 })
  })

  it('rows, spans, events and the flame chart are moved; as recorded they are not', async () => {
    const starts = async (times: 'raw' | 'adjusted') => {
      const rows = rowsOf((await call('traces.waterfall', { traceId: 'a', times })).table)
      return Object.fromEntries(rows.map((r) => [r['operation'], r['start']]))
    }
    expect(await starts('raw')).toMatchObject({ op1: at(0), op3: at(-150), op6: at(260) })
    expect(await starts('adjusted')).toMatchObject({ op1: at(0), op3: at(300), op6: at(710) })
    for (const limit of [10, 1000]) {
      const all = rowsOf((await call('traces.get', { traceId: 'a', times: 'adjusted', limit })).table)
      expect(Object.fromEntries(all.map((r) => [r['operation'], r['start']]))).toEqual(await starts('adjusted'))
    }
    const one = { traceId: 'a', spanId: '3' }
    const [raw] = rowsOf((await call('traces.span', one)).table)
    const [moved] = rowsOf((await call('traces.span', { ...one, times: 'adjusted' })).table)
    expect(raw).toMatchObject({ start: at(-150), selfNs: 280_000_000 })
    expect(moved).toMatchObject({ start: at(300), events: [{ time: at(470), name: 'charged' }] })
    const ticks = rowsOf((await call('traces.waterfall', { traceId: 'a', times: 'adjusted' })).table)
    expect(ticks.find((r) => r['operation'] === 'op3')?.['eventsNs']).toEqual([470e6])
    const boxes = rowsOf((await call('traces.flame', { traceId: 'a', times: 'adjusted' })).table)
    expect(boxes.find((r) => r['operation'] === 'op6')?.['offsetNs']).toBe(710e6)
    const found = { traceId: 'a', spanId: '6' } as const
    expect(await call('traces.locate', { ...found, times: 'adjusted' })).toMatchObject({ row: 5 })
  })

  it('two traces are compared in the times asked for', async () => {
    const self = async (times: 'raw' | 'adjusted') =>
      rowsOf((await call('traces.compare', { a: 'a', b: 'b', times })).table).find((r) => r['operation'] === 'op2')
    expect((await self('raw'))?.['selfNsA']).toBe(400_000_000)
    expect((await self('adjusted'))?.['selfNsA']).toBe(20_000_000)
  })
})
