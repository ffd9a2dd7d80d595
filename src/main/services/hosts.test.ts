// Machines that moved, and the services that got worse on one of them alone.
import { expect, it, onTestFinished } from 'vitest'
import { startTestEngine } from '../../../test/support/engine.ts'
import { asEpochNs, type TimeRange } from '../../shared/base/time.ts'
import { NO_ATTRIBUTES, type SampleRow, type SeriesInfo, type SpanRow } from '../../shared/domain/telemetry.ts'
import type { Scope } from '../storage/telemetry/api.ts'
import { CHANGE_KINDS } from '../../shared/contract/services.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import { movedHosts, servicesOfHosts } from './hosts.ts'
import { servicesModule } from './index.ts'

const T0 = 1_700_000_000_000_000_000n
const S = 1_000_000_000n
const window = (from: number, to: number): TimeRange => ({
  from: asEpochNs(T0 + BigInt(from) * S),
  to: asEpochNs(T0 + BigInt(to) * S),
})

it('takes the onset of the rise that gave a machine its score, and no fall', () => {
  const move = (host: string, score: number, at: bigint | null, direction = 'up') => ({ host, score, at, direction })
  expect(
    movedHosts([
      move('a', 4, 10n),
      move('a', 7, 30n),
      move('a', 9, 5n, 'down'),
      move('b', 8, 20n),
      move('c', 6, null),
      { score: 9, at: 1n, direction: 'up' },
    ]),
  ).toEqual([
    { host: 'b', score: 8, at: 20n },
    { host: 'a', score: 7, at: 30n },
  ])
})

it('tells which services got worse on a machine alone, from the attribute sets of those who served', async () => {
  const t = await startTestEngine()
  onTestFinished(() => t[Symbol.asyncDispose]())
  const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
  const resource = (service: string, node: string) => ({
    attributes: { values: { 'service.name': service, 'k8s.node.name': node } },
  })
  const rows: SpanRow[] = []
  const add = (service: string, node: string, slow: boolean) => {
    const of = resource(service, node)
    for (let n = 0; n < 120; n++)
      rows.push({
        traceId: String(rows.length + 1).padStart(32, '0'),
        spanId: String(rows.length + 1).padStart(16, '0'),
        parentId: '',
        service,
        operation: 'GET /',
        kind: 2,
        start: T0 + BigInt(n) * S,
        durationNs: slow && n >= 60 ? 90_000_000n : 10_000_000n,
        status: 0,
        statusMessage: undefined,
        attributes: NO_ATTRIBUTES,
        resource: of,
      })
  }
  add('cart', 'n1', true)
  add('cart', 'n2', false)
  // worse everywhere, on one machine only, and not on the machine that moved
  add('web', 'n1', true)
  add('web', 'n2', true)
  add('lone', 'n1', true)
  add('mail', 'n2', true)
  add('mail', 'n3', false)
  const writer = await t.stores.telemetry.writer(source.id)
  await writer.write({ kind: 'spans', rows })
  await writer.commit()
  t.stores.catalog.sources.update(source.id, { state: 'ready' })

  const scope = await t.stores.telemetry.scope([source.id])
  // a set that nobody who served has: reading it would fail
  const sets = `(SELECT hash, json FROM ${scope.relation('attributes')} UNION ALL SELECT 1, '{"k8s.node.name')`
  const watched = Object.assign(Object.create(scope) as Scope, {
    relation: (...[table, ...rest]: Parameters<Scope['relation']>) =>
      table === 'attributes' ? sets : scope.relation(table, ...rest),
  })
  const asked = {
    store: t.stores.telemetry,
    range: window(60, 120),
    scope: watched,
    signal: new AbortController().signal,
  }
  const hosts = [{ host: 'n1', score: 7, at: T0 + 60n * S }]
  const found = await servicesOfHosts(asked, { range: window(60, 120), before: window(0, 60) }, hosts)
  expect([...found]).toEqual([['cart', hosts]])
})

it('ranks some kinds as among all: a bad version that one machine got first is read with them, and a callee on that machine', async () => {
  await using t = await startTestEngine({ modules: [servicesModule] })
  const source = t.stores.catalog.sources.create({ name: 'test', kind: 'import', origin: [], readOnly: false })
  const on = (node: string, version: string, service = 'cart') => ({
    attributes: { values: { 'service.name': service, 'k8s.node.name': node, 'service.version': version } },
  })
  const resources = { n1: on('n1', '1'), n2: on('n2', '1'), bad: on('n1', '2') }
  // the caller has a new version, the callee has nothing but its machine
  const callers = { before: on('n3', '1', 'web'), after: on('n3', '2', 'web') }
  const callees = { n1: on('n1', '1', 'db'), n2: on('n2', '1', 'db') }
  const [minute, from, to] = [60, 20 * 60, 40 * 60]
  const rows: SpanRow[] = []
  for (let n = 0; n < to; n++)
    for (const node of ['n1', 'n2'] as const) {
      const isBad = node === 'n1' && n >= 30 * minute
      rows.push({
        traceId: String(rows.length + 1).padStart(32, '0'),
        spanId: String(rows.length + 1).padStart(16, '0'),
        parentId: '',
        service: 'cart',
        operation: 'GET /',
        kind: 2,
        start: T0 + BigInt(n) * S,
        durationNs: (isBad ? 900_000_000n : 10_000_000n) + BigInt(n % 7) * 1_000_000n,
        status: isBad ? 2 : 0,
        statusMessage: undefined,
        attributes: NO_ATTRIBUTES,
        resource: isBad ? resources.bad : resources[node],
      })
      const call: SpanRow = {
        ...(rows.at(-1) as SpanRow),
        traceId: String(rows.length + 1).padStart(32, '0'),
        spanId: String(rows.length + 1).padStart(16, '0'),
        service: 'web',
        durationNs: (isBad ? 990_000_000n : 20_000_000n) + BigInt(n % 7) * 1_000_000n,
        status: 0,
        resource: n >= 30 * minute ? callers.after : callers.before,
      }
      const answer: SpanRow = {
        ...call,
        spanId: String(rows.length + 2).padStart(16, '0'),
        parentId: call.spanId,
        service: 'db',
        durationNs: call.durationNs - 10_000_000n,
        resource: callees[node],
      }
      rows.push(call, answer)
    }
  const load: SeriesInfo = {
    name: 'node_load',
    promName: 'node_load',
    labels: { node: 'n1' },
    type: 'gauge',
    unit: '1',
    help: '',
    service: '',
    temporality: 'unspecified',
    monotonic: false,
    attributes: NO_ATTRIBUTES,
  }
  const samples: SampleRow[] = Array.from({ length: to / 15 }, (_, n) => ({
    series: load,
    time: T0 + BigInt(n * 15) * S,
    startTime: 0n,
    value: (n >= 30 * 4 ? 9 : 1) + (n % 5) * 0.3,
  }))
  const writer = await t.stores.telemetry.writer(source.id)
  await writer.write({ kind: 'spans', rows })
  await writer.write({ kind: 'samples', rows: samples })
  await writer.commit()
  t.stores.catalog.sources.update(source.id, { state: 'ready' })

  const at = (seconds: number) => String(T0 + BigInt(seconds) * S)
  const question = { range: { from: at(from), to: at(to) }, compareTo: { from: at(0), to: at(from) } }
  const found = async (more: object) =>
    frameToJsonTable((await t.client.call('services.changes', { ...question, ...more })).table).rows
  const all = await found({})
  expect(all.map((row) => row['kind'])).toEqual(expect.arrayContaining(['service', 'operation', 'metric', 'version']))
  for (const kind of CHANGE_KINDS)
    expect(await found({ kinds: [kind] })).toEqual(all.filter((row) => row['kind'] === kind))
  // so it is not without: read alone, the machine's load is not known either, and with it the version is
  const felt = (list: typeof all) =>
    list.find((row) => row['kind'] === 'service' && row['measure'] === 'p95')?.['score']
  expect(felt(await found({ kinds: ['service', 'metric'], alone: true }))).not.toBe(felt(all))
  const released = (list: typeof all) =>
    list.find((row) => row['kind'] === 'version' && row['service'] === 'web')?.['score']
  const withoutMachines = await found({ kinds: ['service', 'operation', 'version'], alone: true })
  expect(released(withoutMachines)).not.toBe(released(all))
})
