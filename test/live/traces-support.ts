// Real traces for real backends: a small shop, sent as an SDK would.

import { setTimeout } from 'node:timers/promises'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import { writeResource, writeSpan } from '../../src/shared/wire/otlp/write.ts'
import { writeZipkinSpan } from '../../src/shared/wire/zipkin-write.ts'

const MS = 1_000_000n
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

export interface Shop {
  /** unlike those of any other run */
  readonly mark: string
  readonly from: bigint
  readonly to: bigint
  readonly spans: readonly SpanRow[]
  readonly id: (n: number) => string
}

/** @param traces one a second, the last a minute ago; every tenth fails and is slow */
export function shop(traces: number, seed = Date.now()): Shop {
  const mark = hex(seed % 0xffffffff, 8)
  const second = BigInt(Math.floor(Date.now() / 1000) - 60 - traces) * 1000n * MS
  const front = `front-${mark}`
  const pay = `pay-${mark}`
  const resources = new Map(
    [front, pay].map((name) => [
      name,
      { attributes: { values: { 'service.name': name, 'service.version': '1.2.3' } } },
    ]),
  )
  // the lower half is unlike those of other runs too: Zipkin keeps traces by it
  const id = (n: number) => `${mark}${hex(n + 1, 8)}`.repeat(2)
  const spans = Array.from({ length: traces }, (_, n) => {
    const bad = n % 10 === 0
    const start = second + BigInt(n) * 1000n * MS
    const span = (at: number, parent: number, service: string, over: Partial<SpanRow>): SpanRow => ({
      traceId: id(n),
      spanId: `${mark}${hex(n * 16 + at, 8)}`,
      parentId: parent === 0 ? '' : `${mark}${hex(n * 16 + parent, 8)}`,
      service,
      operation: 'get /order',
      kind: 2,
      start,
      durationNs: (bad ? 900n : 100n) * MS,
      status: bad ? 2 : 0,
      attributes: { values: { order: `o-${n}`, 'http.route': '/order' } },
      resource: resources.get(service) ?? { attributes: { values: {} } },
      ...over,
    })
    return [
      span(1, 0, front, {}),
      span(2, 1, front, {
        kind: 3,
        operation: 'post /pay',
        start: start + 10n * MS,
        durationNs: (bad ? 800n : 50n) * MS,
        attributes: { values: { 'peer.address': 'pay:80' } },
      }),
      span(3, 2, pay, { operation: 'post /pay', start: start + 12n * MS, durationNs: (bad ? 790n : 40n) * MS }),
    ]
  }).flat()
  return { mark, from: second, to: second + BigInt(traces) * 1000n * MS, spans, id }
}

/** What a list shows of a trace: root, its operation, length, spans, failed ones, services. */
type Listed = readonly [
  service: string,
  operation: string,
  durationNs: number,
  spans: number,
  errors: number,
  services: unknown,
]

/** Traces of which a list is not made easily, and how it shows them: from spans, and (where that differs) from summaries. */
export function odd(seed = Date.now()) {
  const mark = hex(seed % 0xffffffff, 8)
  const from = BigInt(Math.floor(Date.now() / 1000) - 7200) * 1000n * MS
  const [here, there] = [`odd-${mark}`, `many-${mark}`]
  const resources = new Map([here, there].map((name) => [name, { attributes: { values: { 'service.name': name } } }]))
  const id = (n: number) => `${mark}0dd${hex(n, 21)}`
  let spanIds = 0
  const span = (traceId: string, operation: string, over: Partial<SpanRow> = {}): SpanRow => {
    const { service = here } = over
    return {
      traceId,
      spanId: `${mark}${hex(++spanIds, 8)}`,
      parentId: '',
      service,
      operation,
      kind: 2,
      start: from,
      durationNs: 10n * MS,
      status: 0,
      attributes: { values: {} },
      resource: resources.get(service) ?? { attributes: { values: {} } },
      ...over,
    }
  }
  const below = ({ traceId, spanId }: SpanRow, operation: string, over: Parameters<typeof span>[2] = {}) =>
    span(traceId, operation, { parentId: spanId, start: from + MS, ...over })
  const lost = span(id(1), 'first of what is there', { parentId: 'feedfeedfeedfeed' })
  const twice = span(id(5), 'told twice')
  const shared = span(id(6), 'asks', { kind: 3 })
  const cases: ReadonlyArray<{ spans: readonly SpanRow[]; row: Listed; summary?: Listed }> = [
    {
      // a summary does not say which span was the first
      spans: [lost, below(lost, 'a', { service: there }), below(lost, 'b', { service: there, start: from + 2n * MS })],
      row: [
        here,
        'first of what is there',
        12e6,
        3,
        0,
        [
          [there, 2, 0],
          [here, 1, 0],
        ],
      ],
      summary: [
        there,
        '',
        12e6,
        3,
        0,
        [
          [there, 2, 0],
          [here, 1, 0],
        ],
      ],
    },
    {
      spans: [span(`${mark}${hex(2, 8)}`.padStart(32, '0'), '64 bits')],
      row: [here, '64 bits', 10e6, 1, 0, [[here, 1, 0]]],
    },
    {
      spans: [span(id(3), 'later', { start: from + 5n * MS, status: 2, service: there }), span(id(3), 'sooner')],
      row: [
        here,
        'sooner',
        15e6,
        2,
        1,
        [
          [there, 1, 1],
          [here, 1, 0],
        ],
      ],
    },
    { spans: [twice, { ...twice }], row: [here, 'told twice', 10e6, 1, 0, [[here, 1, 0]]] },
    {
      // the halves of one call under one id
      spans: [
        shared,
        { ...span(id(6), 'serves', { service: there, start: from + MS, durationNs: 5n * MS }), spanId: shared.spanId },
      ],
      row: [
        here,
        'asks',
        10e6,
        2,
        0,
        [
          [there, 1, 0],
          [here, 1, 0],
        ],
      ],
    },
    {
      spans: [span(id(7), '下单 "q"\t\u{1f6d2} \\', { start: from + 123n, durationNs: 7n })],
      row: [here, '下单 "q"\t\u{1f6d2} \\', 7, 1, 0, [[here, 1, 0]]],
    },
  ]
  return { mark, from, cases, below, span, id }
}

export async function sendOtlp(url: string, spans: readonly SpanRow[]): Promise<void> {
  for (let at = 0; at < spans.length; at += 3000) {
    const byResource = Map.groupBy(spans.slice(at, at + 3000), ({ resource }) => resource)
    const resourceSpans = [...byResource].map(([resource, rows]) => ({
      ...writeResource(resource),
      scopeSpans: [{ scope: { name: 'shop' }, spans: rows.map(writeSpan) }],
    }))
    await sent(`${url}/v1/traces`, { resourceSpans })
  }
}

export async function sendZipkin(url: string, spans: readonly SpanRow[]): Promise<void> {
  for (let at = 0; at < spans.length; at += 3000)
    await sent(`${url}/api/v2/spans`, spans.slice(at, at + 3000).map(writeZipkinSpan))
}

const sent = (url: string, body: unknown): Promise<void> => post(url, JSON.stringify(body))

export async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
}

/** Backends take spans in batches: waits until the last trace is there. */
export async function arrived(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url)
    if (answer.ok && (await answer.text()).length > 10) return
    await setTimeout(200)
  }
  throw new Error(`${url} does not know the traces that were sent.`)
}
