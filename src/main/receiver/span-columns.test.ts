// Spans that go from protobuf to columns are the spans that the reader of objects makes of the same bytes, and those of the
// same request in JSON: compared in the store, for requests that exporters write and for ones that nobody should.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startTestEngine, type TestEngine } from '../../../test/support/engine.ts'
import { encodeOtlpRequest } from '../../shared/wire/otlp/protobuf.ts'
import { BatchEncoder } from '../storage/telemetry/encoder.ts'
import { readRows } from './bodies.ts'
import { type Received, Reception } from './reception.ts'
import { SpanMemory } from './span-memory.ts'

const NOW = 1_764_000_000_000_000_000n

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((id) => !/^0+$/.test(id))
const text = fc.oneof(
  fc.constantFrom(
    'GET',
    'shop-1.internal',
    '',
    'quote " and \\ back',
    'line\nbreak',
    '支付 ünïcode',
    '\u0000',
    '\u{1f600}',
  ),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
)
const key = fc.oneof(
  fc.constantFrom('http.method', 'http.route', 'url.path', 'a/b~c', '7', '__proto__', '', 'ключ'),
  fc.string({ maxLength: 12 }),
)
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: text.map((stringValue) => ({ stringValue })) },
  {
    weight: 3,
    arbitrary: fc.oneof(fc.nat(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)).map((n) => ({ intValue: n.toString() })),
  },
  { weight: 2, arbitrary: fc.boolean().map((boolValue) => ({ boolValue })) },
  {
    weight: 2,
    arbitrary: fc
      .oneof(fc.double(), fc.constantFrom(0.5, 3, -0, 1e300))
      .map((n) => ({ doubleValue: Number.isFinite(n) ? n : String(n) })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      {},
      { bytesValue: 'AAEC' },
      { arrayValue: { values: [{ intValue: '1' }] } },
      { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] } },
    ),
  },
)
const attributes = fc.array(fc.record({ key, value: anyValue }), { maxLength: 8 })
const time = fc.bigInt(NOW - 3_600_000_000_000n, NOW)
const span = fc
  .record(
    {
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: fc.oneof(fc.constant(''), hex(16)),
      name: text,
      kind: fc.nat(7),
      start: fc.oneof({ weight: 8, arbitrary: time }, fc.constantFrom(0n, 5n, 2n ** 63n)),
      length: fc.oneof({ weight: 8, arbitrary: fc.bigInt(0n, 10_000_000_000n) }, fc.constantFrom(-5n, 0n)),
      attributes,
      status: fc.oneof(fc.constant({}), fc.record({ code: fc.nat(3), message: text }, { requiredKeys: ['code'] })),
      events: fc.array(fc.record({ timeUnixNano: time.map(String), name: text, attributes }), { maxLength: 2 }),
      links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }), { maxLength: 2 }),
      traceState: fc.constantFrom('', 'vendor=1'),
      flags: fc.constantFrom(0, 1, 257, 2 ** 31),
      droppedAttributesCount: fc.constantFrom(0, 3, 300, 2 ** 30),
      droppedEventsCount: fc.constantFrom(0, 1),
      droppedLinksCount: fc.constantFrom(0, 2),
    },
    { requiredKeys: ['traceId', 'spanId', 'start', 'length'] },
  )
  .map(({ start, length, ...rest }) => ({
    ...rest,
    startTimeUnixNano: start.toString(),
    endTimeUnixNano: (start + length < 0n ? 0n : start + length).toString(),
  }))
const request = fc
  .array(
    fc.record({
      resource: fc.record({
        attributes: attributes.map((list) => [{ key: 'service.name', value: { stringValue: 'shop' } }, ...list]),
      }),
      schemaUrl: fc.constantFrom('', 'https://opentelemetry.io/schemas/1.30.0'),
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: fc.constantFrom('', '1.2'), attributes }),
          spans: fc.array(span, { maxLength: 6 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((resourceSpans) => ({ resourceSpans }))

/** Everything that the store has of a source, names of attributes put for what they stand for. */
async function rowsOf(t: TestEngine, source: string): Promise<string[]> {
  const scope = await t.stores.telemetry.scope([source])
  const dictionary = scope.relation('attributes')
  const said = (name: string) =>
    `(SELECT concat_ws(' ', d.json, coalesce(d.types, '-'), coalesce(d.extra, '-')) FROM ${dictionary} d WHERE d.hash = s.${name})`
  const rows = await t.stores.telemetry.rows<Record<string, unknown>>(
    `SELECT s.* EXCLUDE (source, attrs, resource, scope), ${said('attrs')} AS attrs_said, ${said('resource')} AS resource_said, ${said('scope')} AS scope_said
     FROM ${scope.relation('spans')} s`,
    [],
  )
  const twice = await t.stores.telemetry.rows(`SELECT hash FROM ${dictionary} GROUP BY hash HAVING count(*) > 1`, [])
  expect(twice).toEqual([])
  return rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? value.toString() : value)))
    .sort()
}

async function keep(
  t: TestEngine,
  name: string,
  make: (seed: Parameters<typeof newReception>[0]) => Received | Omit<Received, 'outcomes' | 'again' | 'requests'>,
) {
  const { id } = t.stores.catalog.sources.create({ name, kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  const made = make(await writer.takeSeed())
  await writer.append(made.chunks)
  writer.settle(made.encoded)
  const written = await writer.commit()
  t.stores.catalog.sources.update(id, { state: 'ready' })
  return { id, written }
}

const newReception = (seed: ConstructorParameters<typeof Reception>[0]) => new Reception(seed, new SpanMemory(), [])

test('columns made of bytes are the rows made of objects', async () => {
  await using t = await startTestEngine()
  const requests = fc.sample(request, { numRuns: 150, seed: 5 })
  const bodies = requests.map((each) => encodeOtlpRequest('traces', each))
  const skipped: number[] = []
  const slow = await keep(t, 'objects', (seed) => {
    const chunks: Received['chunks'][number][] = []
    const encoder = new BatchEncoder(seed, (chunk) => void chunks.push(chunk))
    for (const body of bodies) {
      const collector = readRows(body, { signal: 'traces', isJson: false }, NOW)
      skipped.push(collector.rowsSkipped)
      for (const batch of collector.drain()) encoder.write(batch, 0, batch.rows.length)
    }
    return { chunks, encoded: encoder.cut() }
  })
  const rejected: number[] = []
  const quick = await keep(t, 'columns', (seed) => {
    const received = newReception(seed).receive(
      bodies.map((bytes) => ({ signal: 'traces', packing: 'identity', isJson: false, bytes })),
      NOW,
    )
    for (const outcome of received.outcomes) rejected.push(outcome.ok ? outcome.rejected : -1)
    return received
  })
  expect(rejected).toEqual(skipped)
  expect(quick.written).toEqual(slow.written)
  expect(slow.written.spans).toBeGreaterThan(300)
  expect(await rowsOf(t, quick.id)).toEqual(await rowsOf(t, slow.id))
})

test('whatever the bytes, both readers take the same spans', async () => {
  await using t = await startTestEngine()
  const { id } = t.stores.catalog.sources.create({ name: 'seed', kind: 'import', origin: [], readOnly: false })
  const writer = await t.stores.telemetry.writer(id)
  const seed = await writer.takeSeed()
  await writer.rollback()
  fc.assert(
    fc.property(request, fc.nat(), fc.nat(255), fc.nat(4), (given, place, byte, cut) => {
      const bytes = encodeOtlpRequest('traces', given)
      if (bytes.length > 0) bytes[place % bytes.length] = byte
      const damaged = bytes.subarray(0, bytes.length - (cut === 0 ? place % (bytes.length + 1) : 0))
      const [outcome] = newReception(seed).receive(
        [{ signal: 'traces', packing: 'identity', isJson: false, bytes: damaged }],
        NOW,
      ).outcomes
      let expected: number
      try {
        expected = readRows(damaged, { signal: 'traces', isJson: false }, NOW).rowsSkipped
      } catch {
        expected = -1
      }
      expect(outcome?.ok ? outcome.rejected : -1).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

test('spans are remembered by the hundred thousand, and forgotten only by older halves', () => {
  const memory = new SpanMemory()
  const seen = (id: number, end = 5) => memory.add(1, 2, 3, id, 4, id, 1, 0, 0, 0, end)
  const wrong: number[] = []
  for (let request = 0; request < 140; request++) {
    memory.begin()
    for (let i = 0; i < 10_000; i++) if (seen(request * 10_000 + i) !== 'new') wrong.push(i)
  }
  memory.begin()
  // the newest 600,000 at least
  for (let id = 800_000; id < 1_400_000; id++) if (seen(id) !== 'again') wrong.push(id)
  expect(wrong).toEqual([])
  expect(seen(800_000)).toBe('twice')
  expect(seen(0)).toBe('new')
  memory.begin()
  expect(seen(1_399_999, 6)).toBe('new')
  memory.begin()
  expect(seen(1_399_999, 6)).toBe('again')
})
