// Services over a real store: figures per service, the map, and what is said to have changed.
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import type { LogRow, ObjectRow, SampleRow, SeriesInfo, SpanRow } from '../../shared/domain/telemetry.ts'
import { NO_ATTRIBUTES } from '../../shared/domain/telemetry.ts'
import { formatRfc3339, asEpochNs } from '../../shared/base/time.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { Frame } from '../../shared/frame/frame.ts'
import { servicesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const S = 1_000_000_000n
const MINUTES = 40
const FAULT = 30
const at = (minutes: number) => String(T0 + BigInt(minutes * 60) * S)
const RANGE = { from: at(20), to: at(MINUTES) }
const BEFORE = { from: at(0), to: at(20) }
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')
const version = (service: string, v: string) => ({
  attributes: { values: { 'service.name': service, 'service.version': v } },
})
const RESOURCES = {
  shop: version('shop', '1.0.0'),
  old: version('payment', '2.0.0'),
  fresh: version('payment', '2.1.0'),
  job: version('job', '1'),
}

/** Every second the shop calls payment, which asks its database and announces the payment; from minute 30 on it fails. */
function spans(): SpanRow[] {
  const out: SpanRow[] = []
  for (let n = 0; n < MINUTES * 60; n++) {
    const bad = n >= FAULT * 60
    const base = { traceId: hex(n + 1, 32), attributes: NO_ATTRIBUTES, status: 0 as const, statusMessage: undefined }
    const start = T0 + BigInt(n) * S
    const id = (k: number) => hex(n * 16 + k, 16)
    const failed = bad ? (2 as const) : (0 as const)
    const ms = (value: number) => BigInt(value + (n % 7)) * 1_000_000n
    const payment = bad ? RESOURCES.fresh : RESOURCES.old
    out.push(
      {
        ...base,
        spanId: id(1),
        parentId: '',
        service: 'shop',
        operation: 'POST /checkout',
        kind: 2,
        start,
        durationNs: ms(bad ? 900 : 100),
        status: failed,
        resource: RESOURCES.shop,
      },
      {
        ...base,
        spanId: id(2),
        parentId: id(1),
        service: 'shop',
        operation: 'Charge',
        kind: 3,
        start,
        durationNs: ms(bad ? 800 : 80),
        status: failed,
        resource: RESOURCES.shop,
      },
      {
        ...base,
        spanId: id(3),
        parentId: id(2),
        service: 'payment',
        operation: 'Charge',
        kind: 2,
        start,
        durationNs: ms(70),
        resource: payment,
      },
      {
        ...base,
        spanId: id(4),
        parentId: id(3),
        service: 'payment',
        operation: 'SELECT',
        kind: 3,
        start,
        durationNs: ms(10),
        attributes: { values: { 'db.system': 'postgresql', 'db.name': 'ledger' } },
        resource: payment,
      },
      {
        ...base,
        spanId: id(5),
        parentId: id(3),
        service: 'payment',
        operation: 'paid publish',
        kind: 4,
        start,
        durationNs: ms(2),
        attributes: { values: { 'messaging.destination.name': 'paid' } },
        resource: payment,
      },
      {
        ...base,
        spanId: id(6),
        parentId: id(5),
        service: 'mailer',
        operation: 'paid process',
        kind: 5,
        start,
        durationNs: ms(5),
        attributes: { values: { 'messaging.destination.name': 'paid' } },
        resource: RESOURCES.shop,
      },
      {
        ...base,
        traceId: hex(n + 1_000_000, 32),
        spanId: id(7),
        parentId: '',
        service: 'job',
        operation: 'run',
        kind: 1,
        start,
        durationNs: ms(50),
        resource: RESOURCES.job,
      },
      {
        ...base,
        traceId: hex(n + 1_000_000, 32),
        spanId: id(8),
        parentId: id(7),
        service: 'job',
        operation: 'step',
        kind: 1,
        start,
        durationNs: ms(20),
        resource: RESOURCES.job,
      },
    )
  }
  return out
}

const logs: LogRow[] = Array.from({ length: MINUTES * 60 }, (_, n) => ({
  time: T0 + BigInt(n) * S,
  observedTime: 0n,
  severity: n >= FAULT * 60 && n % 2 === 0 ? 17 : 9,
  service: 'payment',
  body: 'x',
  attributes: NO_ATTRIBUTES,
  resource: RESOURCES.old,
  traceId: '',
  spanId: '',
}))

const series = (name: string, unit: string, type: 'gauge' | 'sum' = 'gauge'): SeriesInfo => ({
  name,
  promName: name,
  labels: { pod: 'p1' },
  type,
  unit,
  help: '',
  service: 'payment',
  temporality: type === 'sum' ? 'cumulative' : 'unspecified',
  monotonic: type === 'sum',
  attributes: NO_ATTRIBUTES,
})
const samples: SampleRow[] = []
for (const [info, value] of [
  [series('memory_bytes', 'By'), (n: number) => 5e8 + (n % 5) * 1e6],
  [series('limit_bytes', 'By'), () => 1e9],
  [series('queue', '1'), (n: number) => (n >= FAULT * 4 ? 50 + (n % 3) : n % 3)],
  [series('retries_total', '1', 'sum'), (n: number) => (n >= FAULT * 4 ? n * 30 - FAULT * 4 * 29 : n + (n % 2))],
] as const)
  for (let n = 0; n < MINUTES * 4; n++)
    samples.push({ series: info, time: T0 + BigInt(n * 15) * S, startTime: 0n, value: value(n) })

const deployment = (minute: number, image: string): ObjectRow => ({
  time: T0 + BigInt(minute * 60) * S,
  kind: 'Deployment',
  namespace: 'shop',
  name: 'payment',
  uid: 'u1',
  resourceVersion: String(minute),
  service: 'payment',
  deleted: false,
  body: { spec: { template: { spec: { containers: [{ name: 'payment', image }] } } }, status: { replicas: minute } },
})

const rowsOf = (frame: Frame) => frameToJsonTable(frame).rows

describe('services', () => {
  let t: TestEngine
  beforeAll(async () => {
    t = await startTestEngine({ modules: [servicesModule] })
    const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
    const writer = await t.stores.telemetry.writer(source.id)
    await writer.write({ kind: 'spans', rows: spans() })
    await writer.write({ kind: 'logs', rows: logs })
    await writer.write({ kind: 'samples', rows: samples })
    await writer.write({
      kind: 'objects',
      rows: [deployment(1, 'payment:2.0.0'), deployment(25, 'payment:2.0.0'), deployment(29, 'payment:2.1.0')],
    })
    await writer.commit()
    t.stores.catalog.sources.update(source.id, { state: 'ready' })
  })
  afterAll(async () => {
    await t[Symbol.asyncDispose]()
  })

  it('measures server and consumer spans, and entry spans where a service has neither', async () => {
    const { table } = await t.client.call('services.overview', { range: RANGE, compareTo: BEFORE })
    const rows = rowsOf(table)
    expect(
      rows.map((r) => [r.service, r.requests, r.ratePerSecond, r.errorRatio, r.beforeRequests, r.beforeErrorRatio]),
    ).toEqual([
      ['shop', 1200, 1, 0.5, 1200, 0],
      ['job', 1200, 1, 0, 1200, 0],
      ['mailer', 1200, 1, 0, 1200, 0],
      ['payment', 1200, 1, 0, 1200, 0],
    ])
    expect(rows[0]?.change).toBeGreaterThan(5)
    const alone = await t.client.call('services.overview', { range: RANGE })
    expect(rowsOf(alone.table)[0]).toMatchObject({ beforeRequests: null, change: null })
  })

  it('gives every bucket of a sparkline', async () => {
    const { table } = await t.client.call('services.sparklines', { range: RANGE, buckets: 4 })
    expect(
      rowsOf(table)
        .filter((r) => r.service === 'shop')
        .map((r) => [r.requests, r.errors]),
    ).toEqual([
      [300, 0],
      [300, 0],
      [300, 300],
      [300, 300],
    ])
  })

  it('draws callers, databases and topics', async () => {
    const map = await t.client.call('services.map', { range: RANGE, compareTo: BEFORE })
    expect(map.nodes.map((n) => [n.id, n.kind]).sort()).toEqual([
      ['job', 'service'],
      ['ledger', 'database'],
      ['mailer', 'service'],
      ['paid', 'messaging'],
      ['payment', 'service'],
      ['shop', 'service'],
    ])
    expect(map.edges.map((e) => [e.from, e.to, e.requests, e.errorRatio, e.beforeErrorRatio])).toEqual([
      ['paid', 'mailer', 1200, 0, 0],
      ['payment', 'ledger', 1200, 0, 0],
      ['payment', 'paid', 1200, 0, 0],
      ['shop', 'payment', 1200, 0.5, 0],
    ])
  })

  it('ranks what changed, with its onset, and leaves out what did not', async () => {
    const { table } = await t.client.call('services.changes', { range: RANGE, compareTo: BEFORE })
    const rows = rowsOf(table)
    const found = (kind: string, subject: string, measure: string) =>
      rows.find((r) => r.kind === kind && r.subject === subject && r.measure === measure)
    expect(found('service', 'shop', 'errors')).toMatchObject({
      beforeText: '0 %',
      afterText: '100 %',
      direction: 'up',
      at: '2023-11-14T22:43:20.000000000Z',
    })
    expect(found('operation', 'POST /checkout', 'p95')).toMatchObject({ service: 'shop', direction: 'up' })
    expect(found('log-level', 'error', 'lines')).toMatchObject({
      service: 'payment',
      target: { view: 'logs', params: { query: "level:error service:'payment'" } },
    })
    expect(found('metric', 'queue', 'value')).toMatchObject({
      direction: 'up',
      instance: 'p1',
      target: { view: 'metrics', params: { query: 'queue{pod="p1"}' } },
    })
    expect(found('metric', 'retries_total', 'rate')).toMatchObject({ direction: 'up' })
    expect(found('version', 'payment', 'version')).toMatchObject({
      beforeText: '2.0.0',
      afterText: '2.1.0',
      at: '2023-11-14T22:43:20.000000000Z',
    })
    expect(found('object', 'Deployment shop/payment', 'object')).toMatchObject({
      beforeText: 'payment:2.0.0',
      afterText: 'payment:2.1.0',
      at: '2023-11-14T22:42:20.000000000Z',
    })
    expect(rows.filter((r) => r.service === 'job' || String(r.subject).endsWith('_bytes'))).toEqual([])
    expect(rows.map((r) => r.score)).toEqual(rows.map((r) => r.score).sort((a, b) => Number(b) - Number(a)))
  })

  it('tells what was rolled out shortly before the window, first where the service then moved', async () => {
    // an alert comes minutes after its cause
    const range = { from: at(FAULT + 2), to: at(MINUTES) }
    const { table } = await t.client.call('services.changes', { range, compareTo: { from: at(0), to: at(FAULT + 2) } })
    const rows = rowsOf(table)
    expect(rows.filter((r) => r.kind === 'version' || r.kind === 'object').map((r) => [r.subject, r.at])).toEqual([
      ['payment', '2023-11-14T22:43:20.000000000Z'],
      ['Deployment shop/payment', '2023-11-14T22:42:20.000000000Z'],
    ])
    const far = { from: at(0), to: at(10) }
    const apart = await t.client.call('services.changes', { range, compareTo: far, kinds: ['version', 'object'] })
    expect(rowsOf(apart.table).map((r) => r.subject)).toEqual(['payment'])
  })

  it('reads nothing but the kinds that are asked alone', async () => {
    const rows = vi.spyOn(t.stores.telemetry, 'rows')
    onTestFinished(() => rows.mockRestore())
    const ask = async (alone: boolean) => {
      rows.mockClear()
      const kinds = ['service', 'version', 'object'] as const
      const question = { range: RANGE, compareTo: BEFORE, kinds: [...kinds], alone }
      const { table } = await t.client.call('services.changes', question)
      const asked = rows.mock.calls.map(([sql]) => sql).join()
      return { found: rowsOf(table).map((row) => `${row.kind} ${row.subject} ${row.measure}`), asked }
    }
    const [alone, among] = [await ask(true), await ask(false)]
    expect(alone.found).toContain('service shop errors')
    expect(alone.found.toSorted()).toEqual(among.found.toSorted())
    // metrics, events and levels of lines
    for (const trace of ['prom_name', 'reason, service', 'AS level']) {
      expect(among.asked).toContain(trace)
      expect(alone.asked).not.toContain(trace)
    }
  })

  it('finds nothing in a quiet window', async () => {
    const { table } = await t.client.call('services.changes', {
      range: { from: at(10), to: at(20) },
      compareTo: { from: at(0), to: at(10) },
    })
    expect(rowsOf(table)).toEqual([])
  })

  it('answers for all of time as well, in wider steps', async () => {
    const { table } = await t.client.call('services.changes', {
      range: { from: '1970-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' },
      kinds: ['service', 'operation', 'log-level'],
    })
    expect(table.columns.map((c) => c.name)).toContain('score')
  })

  it('compares with what was recorded of the window before, not with hours that hold nothing', async () => {
    // twenty minutes of data in the hour before: its empty forty are no calm ones
    const windows = { range: { from: at(20), to: at(28) }, compareTo: { from: at(-40), to: at(20) } }
    const changes = await t.client.call('services.changes', { ...windows, kinds: ['service', 'operation'] })
    expect(rowsOf(changes.table)).toEqual([])
    expect(changes.completeness.missing).toMatchObject([
      { from: formatRfc3339(asEpochNs(T0 - 2400n * S)), to: formatRfc3339(asEpochNs(T0)) },
    ])
    const overview = await t.client.call('services.overview', windows)
    const shop = rowsOf(overview.table).find((row) => row.service === 'shop')
    expect([shop?.ratePerSecond, shop?.beforeRatePerSecond]).toEqual([1, 1])
    expect(overview.completeness.missing).toHaveLength(1)
    // two minutes are no baseline for half an hour
    const late = await t.client.call('services.changes', {
      range: { from: at(2), to: at(MINUTES) },
      kinds: ['service'],
    })
    expect(late.completeness.missing).toMatchObject([{ reason: expect.stringContaining('first quarter') }])
  })

  it('takes the first quarter as the baseline where nothing was recorded before, and says so', async () => {
    const { table, completeness } = await t.client.call('services.changes', {
      range: { from: at(0), to: at(MINUTES) },
      kinds: ['service'],
    })
    expect(completeness).toMatchObject({
      complete: false,
      missing: [{ reason: expect.stringContaining('first quarter') }],
    })
    expect(rowsOf(table)[0]).toMatchObject({ subject: 'shop' })
  })

  it('cuts a baseline that is too long for its range, says so, and answers the same whatever stands before it', async () => {
    const ask = (from: string, only = {}) =>
      t.client.call('services.changes', { range: RANGE, compareTo: { from, to: at(20) }, kinds: ['service'], ...only })
    const whole = await ask(at(0))
    const long = await ask('0001-01-01T00:00:00Z')
    expect(rowsOf(long.table)).toEqual(rowsOf(whole.table))
    // nothing tells where the data begin: the bound alone keeps the question small
    const none = await ask('0001-01-01T00:00:00Z', { sources: [] })
    expect(none.table.rowCount).toBe(0)
  })
})
