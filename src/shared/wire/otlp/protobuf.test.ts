// OTLP protobuf against OTLP-JSON: the OpenTelemetry JS SDK writes the same telemetry in both, and both give the same rows.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sdkLogsBoth, sdkMetricsBoth, sdkTracesBoth } from '../../../../test/fixtures/import/sdk-telemetry.ts'
import { WatchdeckError } from '../../base/errors.ts'
import { Collector } from '../collector.ts'
import { isObject, type JsonObject, parseJson } from '../json/value.ts'
import type { LateFields, WireReader } from '../reader.ts'
import { decodeOtlpRequest, encodeOtlpRequest } from './protobuf.ts'
import { otlpProtobufReader } from './protobuf-reader.ts'
import { type ProtobufFraming, sniffOtlpProtobuf } from './protobuf-sniff.ts'
import { otlpDocumentReader } from './reader.ts'
import { canonicalOtlp } from './write.ts'

const SAMPLES = { traces: await sdkTracesBoth(), logs: await sdkLogsBoth(), metrics: await sdkMetricsBoth() }
const SIGNALS = ['traces', 'logs', 'metrics'] as const
const options = (into: Collector) => ({ into, fileTime: 1_700_000_000_000_000_000n })

function rowsOf(into: Collector): unknown {
  return into.drain()
}

function feed(reader: WireReader, bytes: Uint8Array, chunk: number): void {
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk))
  reader.end()
}

function readProtobuf(bytes: Uint8Array, framing: ProtobufFraming, chunk = 1 << 20, openAt?: number): Collector {
  let known: LateFields | undefined
  for (;;) {
    const into = new Collector()
    const reader = otlpProtobufReader({ ...options(into), framing, openAt, known })
    feed(reader, bytes, chunk)
    if (reader.late.size === 0) return into
    known = reader.late
  }
}

function readJson(text: string): Collector {
  const into = new Collector()
  feed(otlpDocumentReader(options(into)), new TextEncoder().encode(text), 1 << 20)
  return into
}

function framed(messages: readonly Uint8Array[], framing: 'uint32' | 'varint'): Uint8Array {
  const parts: number[] = []
  for (const message of messages) {
    if (framing === 'uint32') parts.push(0, 0, message.length >> 8, message.length & 0xff)
    else parts.push((message.length & 0x7f) | 0x80, message.length >> 7)
    parts.push(...message)
  }
  return Uint8Array.from(parts)
}

describe('OTLP protobuf as the OpenTelemetry JS SDK writes it', () => {
  for (const signal of SIGNALS) {
    const { json, protobuf } = SAMPLES[signal]

    it(`gives the rows of the OTLP-JSON: ${signal}`, () => {
      const expected = rowsOf(readJson(json))
      expect(expected).not.toEqual([])
      expect(rowsOf(readProtobuf(protobuf, 'bare'))).toEqual(expected)
      expect(rowsOf(readProtobuf(protobuf, 'bare', 1))).toEqual(expected)
    })

    it(`decodes to what the OTLP-JSON parses to, and comes back from bytes of our own: ${signal}`, () => {
      const decoded = decodeOtlpRequest(signal, protobuf)
      expect(canonicalOtlp(decoded)).toEqual(canonicalOtlp(parseJson(json)))
      expect(canonicalOtlp(decodeOtlpRequest(signal, encodeOtlpRequest(signal, decoded)))).toEqual(
        canonicalOtlp(decoded),
      )
    })

    it(`is recognised, bare and with lengths in front: ${signal}`, () => {
      expect(sniffOtlpProtobuf(protobuf, true)).toEqual({ framing: 'bare', signal })
      expect(sniffOtlpProtobuf(protobuf.subarray(0, 800), false)).toEqual({ framing: 'bare', signal })
      for (const framing of ['uint32', 'varint'] as const) {
        const bytes = framed([protobuf, protobuf], framing)
        expect(sniffOtlpProtobuf(bytes, true)).toEqual({ framing, signal })
        expect(sniffOtlpProtobuf(bytes.subarray(0, 800), false)).toEqual({ framing, signal })
      }
    })
  }

  // what an OpenTelemetry Collector 0.165 (otlp_http) makes of one record each: the last field first, empty ids with them
  it.each([
    ['logs', '0a1d1219121552004a002a060a046c696e650915e1a8e7aa7774180a000a00'],
    ['samples', '0a22121e121a2a140a1221000000000000f03f1915e1a8e7aa7774180a0275700a000a00'],
    [
      'spans',
      '0a3f123b12377a004116e1a8e7aa7774183915e1a8e7aa7774182a0347455422001208b7ad6b71692033310a100af7651916cd43dd8448eb211c80319c0a000a00',
    ],
  ])('knows %s whose fields come last one first', (kind, hex) => {
    const bytes = Buffer.from(hex, 'hex')
    const batches = readProtobuf(bytes, 'bare').drain()
    expect(batches.map((batch) => [batch.kind, batch.rows.length])).toEqual([[kind, 1]])
    expect(sniffOtlpProtobuf(bytes, true)).toMatchObject({ framing: 'bare' })
  })

  it('takes no metric for a span whose name and description are as long as the ids of one', () => {
    const metric = (value: object) => ({
      resourceMetrics: [
        { scopeMetrics: [{ metrics: [{ name: 'queue_depth_jobs', description: 'Jobs now', unit: '1', ...value }] }] },
      ],
    })
    const point = { timeUnixNano: '1', asDouble: 1 }
    for (const value of [{ gauge: { dataPoints: [point] } }, { sum: { dataPoints: [point], isMonotonic: true } }])
      expect(sniffOtlpProtobuf(encodeOtlpRequest('metrics', metric(value)), true)).toMatchObject({ signal: 'metrics' })
    // ids may be text by chance: the time that a span began says what it is
    const ids = { traceId: '61'.repeat(16), spanId: '62'.repeat(8), name: 'GET /', startTimeUnixNano: '1' }
    const traces = { resourceSpans: [{ scopeSpans: [{ spans: [ids] }] }] }
    expect(sniffOtlpProtobuf(encodeOtlpRequest('traces', traces), true)).toMatchObject({ signal: 'traces' })
  })

  it('reads the file exporter’s messages in a row, signals mixed, in any chunks and opened part by part', () => {
    const messages = SIGNALS.map((signal) => SAMPLES[signal].protobuf)
    const expected = SIGNALS.flatMap((signal) => readJson(SAMPLES[signal].json).drain())
    for (const framing of ['uint32', 'varint'] as const)
      for (const [chunk, openAt] of [
        [1 << 20, undefined],
        [7, undefined],
        [7, 64],
        [1, 300],
      ] as const) {
        const into = readProtobuf(framed(messages, framing), framing, chunk, openAt)
        expect(into.skipped).toEqual([])
        expect(byKind(into)).toEqual(byKind(collectorOf(expected)))
      }
  })

  it('skips and counts a record that is damaged and keeps the others', () => {
    const bytes = SAMPLES.traces.protobuf.slice()
    const name = new TextEncoder().encode('charge')
    const at = bytes.findIndex((_, i) => name.every((byte, j) => bytes[i + j] === byte))
    bytes[at - 1] = 0x7f // the length of the name now reaches past its span
    const into = readProtobuf(bytes, 'bare')
    expect(into.spans.map((span) => span.operation)).toEqual(['POST /checkout', 'tick'])
    expect(into.skipped).toEqual([
      { line: 1, reason: 'a record that cannot be read', example: 'a field of an unknown kind', count: 1 },
    ])
  })

  it('says that a file is cut off', () => {
    const bytes = framed([SAMPLES.logs.protobuf], 'uint32')
    for (const end of [1, 3, 4, 5, 30, bytes.length - 1])
      expect(() => readProtobuf(bytes.subarray(0, end), 'uint32')).toThrow(
        'The file ends in the middle of an OTLP protobuf message.',
      )
  })

  it('tells a receiver that the body is of no such message', () => {
    expect(() => decodeOtlpRequest('traces', new TextEncoder().encode('hello world'))).toThrow(WatchdeckError)
  })

  it('is never found in text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300 }), (text) => {
        expect(sniffOtlpProtobuf(new TextEncoder().encode(`\n${text}`), true)).toBeUndefined()
      }),
    )
  })

  it('throws nothing but errors for people, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIGNALS),
        fc.constantFrom('bare', 'uint32', 'varint' as const),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.option(fc.nat(2000)),
        fc.constantFrom(3, 50, 100_000),
        (signal, framing, changes, cut, chunk) => {
          const source = SAMPLES[signal].protobuf
          const bytes = (framing === 'bare' ? source : framed([source, source], framing)).slice(0, cut ?? undefined)
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          sniffOtlpProtobuf(bytes, true)
          onlyErrorsForPeople(() => readProtobuf(bytes, framing, chunk, 200))
          onlyErrorsForPeople(() => decodeOtlpRequest(signal, bytes))
        },
      ),
    )
  })
})

describe('any OTLP request', () => {
  const text = fc.string({ maxLength: 12, unit: 'binary' })
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
  const nanos = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)
  const double = fc
    .double({ noNaN: true })
    .map((value) => (Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity'))
  const { any } = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.record({ stringValue: text }),
      fc.record({ intValue: int64 }),
      fc.record({ doubleValue: double }),
      fc.record({ boolValue: fc.boolean() }),
      fc.record({ bytesValue: fc.uint8Array({ maxLength: 9 }).map((bytes) => btoa(String.fromCharCode(...bytes))) }),
      fc.record({ arrayValue: fc.record({ values: fc.array(tie('any'), { maxLength: 3 }) }) }),
      fc.constant({}),
    ),
  }))
  const attributes = fc.array(fc.record({ key: text, value: any }), { maxLength: 3 })
  const hex = (digits: number) =>
    fc.bigInt({ min: 1n, max: 16n ** BigInt(digits) - 1n }).map((n) => n.toString(16).padStart(digits, '0'))
  const span = fc.record({
    traceId: hex(32),
    spanId: hex(16),
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    flags: fc.nat(1000),
    status: fc.record({ code: fc.nat(2), message: text }),
    events: fc.array(fc.record({ timeUnixNano: nanos, name: text, attributes }), { maxLength: 2 }),
  })
  const point = fc.record({
    timeUnixNano: nanos,
    count: nanos,
    sum: double,
    scale: fc.integer({ min: -10, max: 20 }),
    positive: fc.record({
      offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      bucketCounts: fc.array(nanos, { maxLength: 4 }),
    }),
    attributes,
  })
  const scoped = (name: string, records: fc.Arbitrary<unknown>) =>
    fc.array(
      fc.record({
        scope: fc.record({ name: text, attributes }),
        [name]: fc.array(records, { minLength: 1, maxLength: 3 }),
        schemaUrl: text,
      }),
      { maxLength: 2 },
    )

  it('is the same after its way through protobuf', () => {
    fc.assert(
      fc.property(scoped('spans', span), attributes, (scopeSpans, list) => {
        const request = { resourceSpans: [{ resource: { attributes: list }, scopeSpans, schemaUrl: 's' }] }
        const back = decodeOtlpRequest('traces', encodeOtlpRequest('traces', request))
        expect(canonicalOtlp(back)).toEqual(canonicalOtlp(wellFormed(request)))
      }),
      { numRuns: 60, endOnFailure: true },
    )
    fc.assert(
      fc.property(
        scoped(
          'metrics',
          fc.record({ name: text, exponentialHistogram: fc.record({ dataPoints: fc.array(point, { maxLength: 2 }) }) }),
        ),
        (scopeMetrics) => {
          const request = { resourceMetrics: [{ scopeMetrics }] }
          const back = decodeOtlpRequest('metrics', encodeOtlpRequest('metrics', request))
          expect(canonicalOtlp(back)).toEqual(canonicalOtlp(wellFormed(request)))
        },
      ),
    )
  })
})

/** Strings as UTF-8 can hold them. */
function wellFormed(value: unknown): JsonObject {
  const out: unknown = JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? inner.toWellFormed() : inner,
  )
  return isObject(out) ? out : {}
}

function onlyErrorsForPeople(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof WatchdeckError)) throw error
  }
}

function collectorOf(batches: ReturnType<Collector['drain']>): Collector {
  const into = new Collector()
  for (const batch of batches) {
    if (batch.kind === 'spans') into.spans.push(...batch.rows)
    if (batch.kind === 'logs') into.logs.push(...batch.rows)
    if (batch.kind === 'samples') into.samples.push(...batch.rows)
    if (batch.kind === 'histograms') into.histograms.push(...batch.rows)
    if (batch.kind === 'exemplars') into.exemplars.push(...batch.rows)
  }
  return into
}

const byKind = (into: Collector): unknown => ({
  spans: into.spans,
  logs: into.logs,
  samples: into.samples,
  histograms: into.histograms,
  exemplars: into.exemplars,
})
