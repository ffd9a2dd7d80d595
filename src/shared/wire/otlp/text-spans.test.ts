// What is read from the text itself is what JSON.parse and the reader of every case give, on good, odd and damaged texts.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Collector } from '../collector.ts'
import { parseJson } from '../json/value.ts'
import type { ReadOptions } from '../reader.ts'
import { OtlpRecords, otlpDocumentReader, otlpLinesReader } from './reader.ts'
import { TextSpans } from './text-spans.ts'

const optionsOf = (into: Collector): ReadOptions => ({
  into,
  fileTime: 0n,
  plausible: { from: 946_684_800_000_000_000n, to: 2_000_000_000_000_000_000n },
})

const found = (into: Collector) => ({ spans: into.spans, skipped: into.skipped, notes: into.notes })

/** What the two readers make of a text; `text` is undefined where it was left to the other one. */
function both(text: string) {
  const quickInto = new Collector()
  const quick = new OtlpRecords(optionsOf(quickInto))
  const reader = new TextSpans(quick.options, (groups) => quick.taken(groups, () => 1))
  const taken = reader.request(text)
  if (!taken) expect(found(quickInto)).toEqual(found(new Collector()))
  let whole: ReturnType<typeof found> | undefined
  try {
    const into = new Collector()
    new OtlpRecords(optionsOf(into)).request(parseJson(text), 1)
    whole = found(into)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { text: taken ? found(quickInto) : undefined, whole }
}

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', '0', 5, -1, 1.5, true, 'AQIDBAUGBwg=', 'ABCDEF0123456789', [], {}),
  fc.jsonValue({ maxDepth: 2 }),
)
/** Mostly what exporters write, now and then something else. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>, weight = 200) =>
  fc.oneof({ weight, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd })
const word = fc.oneof(
  fc.constantFrom('http.method', 'url.path', 'a"b', 'ü', 'line\nbreak', '__proto__', 'toString'),
  fc.string(),
)
const anyValue = fc.oneof(
  word.map((stringValue) => ({ stringValue })),
  fc
    .oneof(
      fc.integer().map(String),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String),
      fc.integer(),
      fc.constant('007'),
    )
    .map((intValue) => ({ intValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc
    .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('NaN', 3))
    .map((doubleValue) => ({ doubleValue })),
  fc.constant({ arrayValue: { values: [{ stringValue: 'x' }, { intValue: '1' }] } }),
  fc.constant({ kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } }),
  fc.constant({ bytesValue: 'AQI=' }),
)
const attributes = fc.array(mostly(fc.record({ key: mostly(word), value: mostly(anyValue) })), { maxLength: 5 })
const nanos = mostly(fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_000_000_000_000_050n }).map(String), 100)
const span = fc.record(
  {
    traceId: mostly(hex(32), 200),
    spanId: mostly(hex(16), 200),
    parentSpanId: mostly(fc.oneof(hex(16), fc.constant(''))),
    name: mostly(word),
    kind: mostly(fc.integer({ min: 0, max: 5 })),
    startTimeUnixNano: nanos,
    endTimeUnixNano: mostly(
      fc.bigInt({ min: 1_700_000_000_000_000_040n, max: 1_700_000_000_000_000_090n }).map(String),
    ),
    attributes: mostly(attributes),
    status: mostly(
      fc.record({ code: mostly(fc.integer({ min: 0, max: 2 })), message: mostly(word) }, { requiredKeys: [] }),
    ),
    events: fc.array(fc.record({ timeUnixNano: nanos, name: word, attributes }), { maxLength: 2 }),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }), { maxLength: 1 }),
    traceState: mostly(word),
    flags: mostly(fc.integer({ min: 0, max: 256 })),
    droppedAttributesCount: mostly(fc.integer({ min: 0, max: 3 })),
  },
  { requiredKeys: ['traceId', 'spanId', 'startTimeUnixNano', 'endTimeUnixNano', 'name', 'kind'] },
)
const request = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource: mostly(fc.record({ attributes: mostly(attributes) }, { requiredKeys: [] })),
        scopeSpans: fc.array(
          fc.record(
            {
              scope: mostly(fc.record({ name: word })),
              spans: fc.array(span, { maxLength: 4 }),
              schemaUrl: mostly(word),
            },
            { requiredKeys: ['spans'] },
          ),
          { maxLength: 2 },
        ),
        schemaUrl: mostly(word),
      },
      { requiredKeys: ['scopeSpans'] },
    ),
    { maxLength: 2 },
  ),
})

test('a request read from its text has the rows of the parsed one, or is left whole to the other reader', () => {
  let taken = 0
  fc.assert(
    fc.property(request, fc.constantFrom(0, 0, 1), (value, indent) => {
      const { text, whole } = both(JSON.stringify(value, null, indent))
      if (text === undefined) return
      taken += text.spans.length
      expect(text).toEqual(whole)
    }),
    { numRuns: 400 },
  )
  expect(taken).toBeGreaterThan(50)
})

test('a text with one character changed, left out or put in is never read as something else', () => {
  const good = JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [
          {
            scope: { name: 's' },
            spans: [
              {
                traceId: '0af7651916cd43dd8448eb211c80319c',
                spanId: 'b7ad6b7169203331',
                parentSpanId: '',
                name: 'GET "/"',
                kind: 2,
                startTimeUnixNano: '1700000000000000000',
                endTimeUnixNano: '1700000000000000042',
                attributes: [
                  { key: 'a', value: { stringValue: 'x' } },
                  { key: 'n', value: { intValue: '12' } },
                  { key: 'b', value: { boolValue: true } },
                ],
                status: { code: 2, message: 'boom' },
                flags: 1,
              },
            ],
          },
        ],
      },
    ],
  })
  expect(both(good)).toMatchObject({ text: { spans: [{ service: 'shop', operation: 'GET "/"', status: 2 }] } })
  const marks = [...'"\\{}[],:0a9 \n-', '\u0000', '']
  let tried = 0
  for (let at = 0; at <= good.length; at++)
    for (const cut of [0, 1]) {
      // one after the other: every mark meets every kind of place
      for (const mark of [marks[tried++ % marks.length], marks[tried++ % marks.length]]) {
        const { text, whole } = both(good.slice(0, at) + mark + good.slice(at + cut))
        if (text !== undefined) expect(text).toEqual(whole)
      }
    }
})

const spanText = (spanId: string, more: object = {}) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId,
  name: 'x',
  kind: 1,
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000000000001',
  ...more,
})
const requestOf = (...spans: object[]) => ({
  resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 's' }, spans }] }],
})

test('a span given twice is left out and told by its line, in lines, in a document and in one of many parts', () => {
  const twice = [spanText('b7ad6b7169203331'), spanText('b7ad6b7169203332'), spanText('b7ad6b7169203331')]
  const outcome = (text: string, layout: 'lines' | 'document', openAt?: number) => {
    const into = new Collector()
    const options = { ...optionsOf(into), openAt }
    const reader = layout === 'lines' ? otlpLinesReader(options) : otlpDocumentReader(options)
    const bytes = new TextEncoder().encode(text)
    for (let at = 0; at < bytes.length; at += 100) reader.push(bytes.slice(at, at + 100))
    reader.end()
    return [
      into.spans.map((s) => s.spanId),
      into.spans[0]?.scope?.name,
      into.skipped.map((s) => [s.line, s.reason, s.count]),
    ]
  }
  const told = (line: number) => [
    ['b7ad6b7169203331', 'b7ad6b7169203332'],
    's',
    [[line, 'duplicate span id within its trace', 1]],
  ]
  expect(outcome(twice.map((span) => JSON.stringify(requestOf(span))).join('\n'), 'lines')).toEqual(told(3))
  const document = JSON.stringify(requestOf(...twice), null, 1)
  expect(outcome(document, 'document')).toEqual(told(1))
  const third = document.split('\n').findLastIndex((line) => line.trim() === '{') + 1
  expect(outcome(document, 'document', 400)).toEqual(told(third))
})

test('a line of odd spans among good ones is read by the other reader, and the good ones with it', () => {
  const into = new Collector()
  const reader = otlpLinesReader(optionsOf(into))
  const lines = [
    requestOf(spanText('b7ad6b7169203331')),
    requestOf(
      spanText('b7ad6b7169203332', { endTimeUnixNano: '0' }),
      spanText('', { name: 'no id' }),
      spanText('b7ad6b7169203333'),
    ),
    requestOf(spanText('b7ad6b7169203334')),
  ]
  reader.push(new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join('\n')))
  reader.end()
  expect(into.spans.map((s) => [s.spanId, s.durationNs, s.noEnd])).toEqual([
    ['b7ad6b7169203331', 1n, undefined],
    ['b7ad6b7169203332', 0n, true],
    ['b7ad6b7169203333', 1n, undefined],
    ['b7ad6b7169203334', 1n, undefined],
  ])
  expect(into.skipped.map((s) => [s.line, s.reason])).toEqual([[2, 'span without a span id']])
})
