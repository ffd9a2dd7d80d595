// The map's edges over spans made by chance, against a plain reading of every span: ids that occur twice, children whose
// parent is outside of the range or nowhere, two sources with the same ids, and every kind of peer.
import { expect, it } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { asEpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import type { SpanKind, SpanRow, SpanStatus } from '../../shared/domain/telemetry.ts'
import { Random } from '../demo/random.ts'
import { servicesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const S = 1_000_000_000n
const SECONDS = 400
const SERVICES = ['web', 'cart', 'a-service-with-a-long-name', 'paid']
const WORDS: ReadonlyArray<Record<string, string>> = [
  {},
  { 'db.system': 'postgresql' },
  { 'db.system.name': 'redis', 'db.namespace': 'sessions' },
  { 'db.system': 'mysql', 'server.address': 'db-1' },
  { 'messaging.destination.name': 'paid' },
  { 'messaging.destination': 'orders', 'peer.service': 'broker' },
  { 'net.peer.name': 'bank.example' },
]
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

function spansOf(seed: number): SpanRow[] {
  const random = new Random(seed, 'spans')
  return Array.from({ length: 1500 }, () => {
    const service = random.pick(SERVICES)
    return {
      // few ids, so that they meet often and some are there twice
      traceId: hex(random.integer(1, 60), 32),
      spanId: hex(random.integer(1, 40), 16),
      parentId: random.chance(0.1) ? '' : hex(random.integer(1, 50), 16),
      service,
      operation: 'work',
      kind: random.integer(0, 5) as SpanKind,
      start: T0 + BigInt(random.integer(0, SECONDS - 1)) * S,
      // the 95th percentile of steps of 20 is a whole number
      durationNs: BigInt(20 * random.integer(1, 50_000)),
      status: random.integer(0, 2) as SpanStatus,
      attributes: { values: random.pick(WORDS) },
      resource: { attributes: { values: { 'service.name': service } } },
    }
  })
}

interface Call {
  readonly a: string
  readonly b: string
  readonly kinds: string
  readonly of: SpanRow
}

/** Every call between the spans of one source, pair by pair. */
function callsAmong(spans: readonly SpanRow[]): Call[] {
  const calls: Call[] = []
  const worded = (span: SpanRow) => {
    const words = span.attributes.values as Record<string, string>
    const db = words['db.system.name'] ?? words['db.system']
    const topic = words['messaging.destination.name'] ?? words['messaging.destination']
    const peer = words['peer.service'] ?? words['server.address'] ?? words['net.peer.name']
    return { db, topic, peer, ofDb: db && (peer ?? words['db.namespace'] ?? db) }
  }
  for (const span of spans) {
    const { db, topic, peer, ofDb } = worded(span)
    const children = spans.filter(
      (c) => c.traceId === span.traceId && c.parentId === span.spanId && c.service !== span.service,
    )
    for (const child of children)
      if (child.kind !== 5 || worded(child).topic === undefined)
        calls.push({
          a: span.service,
          b: child.service,
          kinds: 'service service',
          of: span.kind === 3 || span.kind === 4 ? span : child,
        })
    if (span.kind === 4 && topic !== undefined)
      calls.push({ a: span.service, b: topic, kinds: 'service messaging', of: span })
    else if (span.kind === 4 || (span.kind === 3 && children.length === 0)) {
      const b = ofDb ?? topic ?? peer
      const kind = db ? 'database' : topic ? 'messaging' : 'external'
      if (b !== undefined) calls.push({ a: span.service, b, kinds: `service ${kind}`, of: span })
    }
    if (span.kind === 5 && topic !== undefined)
      calls.push({ a: topic, b: span.service, kinds: 'messaging service', of: span })
  }
  return calls
}

const nameOf = (name: string, kind: string | undefined) =>
  kind !== 'service' && SERVICES.includes(name) ? `${name} (${kind})` : name

function edgesOf(calls: readonly Call[]) {
  return [...Map.groupBy(calls, ({ a, b, kinds }) => `${a} ${b} ${kinds}`).values()].map((group) => {
    const [{ a, b, kinds }] = group as [Call]
    const [akind, bkind] = kinds.split(' ')
    const durations = group.map(({ of }) => Number(of.durationNs)).sort((x, y) => x - y)
    const place = 0.95 * (durations.length - 1)
    const [low, high] = [durations[Math.floor(place)] as number, durations[Math.ceil(place)] as number]
    return {
      from: nameOf(a, akind),
      to: nameOf(b, bkind),
      requests: group.length,
      errors: group.filter(({ of }) => of.status === 2).length,
      p95Ns: Math.round(low + (high - low) * (place - Math.floor(place))),
    }
  })
}

it('has the calls that a plain reading of spans made by chance finds', async () => {
  await using t = await startTestEngine({ modules: [servicesModule] })
  // every source has the trace and span ids of the others
  const all: Array<{ id: string; rows: SpanRow[] }> = []
  for (const seed of [1, 2, 3]) {
    const { id } = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
    const rows = spansOf(seed)
    const writer = await t.stores.telemetry.writer(id)
    await writer.write({ kind: 'spans', rows })
    await writer.commit()
    t.stores.catalog.sources.update(id, { state: 'ready' })
    all.push({ id, rows })
  }
  const byName = (x: { from: string; to: string }, y: { from: string; to: string }) =>
    `${x.from} ${x.to}` < `${y.from} ${y.to}` ? -1 : 1
  for (const [sources, from, to] of [
    [all, 0, SECONDS],
    [all, 120, 180],
    [all.slice(1), 0, SECONDS / 2],
    [all.slice(0, 1), SECONDS / 2, SECONDS],
  ] as const) {
    const range = { from: asEpochNs(T0 + BigInt(from) * S), to: asEpochNs(T0 + BigInt(to) * S) }
    const map = await t.client.call('services.map', {
      range: { from: formatRfc3339(range.from), to: formatRfc3339(range.to) },
      sources: sources.map(({ id }) => id),
    })
    const found = map.edges.map((e) => ({
      from: e.from,
      to: e.to,
      requests: e.requests,
      errors: Math.round(e.errorRatio * e.requests),
      p95Ns: e.p95Ns,
    }))
    const expected = edgesOf(
      sources.flatMap(({ rows }) => callsAmong(rows.filter(({ start }) => start >= range.from && start < range.to))),
    )
    expect(found.sort(byName)).toEqual(expected.sort(byName))
    expect(found.length).toBeGreaterThan(15)
  }
})
