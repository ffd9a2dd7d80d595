// Chrome traces, HAR and promtool's dump, from real producers: Chromium 156 (Playwright's tracing and HAR), Node 24's
// --trace-event-categories, promtool 2.42. The hand-made events are of the format's documentation.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FILE_TIME, readFormat } from '../../../test/fixtures/import/read-format.ts'
import type { SpanRow } from '../domain/telemetry.ts'
import { chromeTrace } from './chrome-trace.ts'
import { har } from './har.ts'
import { promtoolDump } from './promtool-dump.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../test/fixtures/import/${name}`, import.meta.url), 'utf8')

const brief = (spans: readonly SpanRow[]) =>
  spans.map((span) => [
    span.operation,
    spans.find((other) => other.spanId === span.parentId)?.operation ?? '',
    span.start - FILE_TIME,
    span.durationNs,
    span.service,
  ])

describe('Chrome trace JSON', () => {
  it('is read as Node writes it: async pairs, names of process and thread', () => {
    const { sniffed, into } = readFormat(chromeTrace, fixture('node-trace.json'), 100, 300)
    expect(sniffed).toEqual({ confidence: 0.98, layout: 'document', timeUnit: 'us' })
    expect(brief(into.spans)).toEqual([
      ['open', '', 0n, 2_817_000n, 'node'],
      ['fstat', '', 3_485_000n, 3_855_000n, 'node'],
      ['read', '', 7_447_000n, 79_000n, 'node'],
      ['close', '', 9_451_000n, 178_000n, 'node'],
    ])
    expect(into.spans[0]).toMatchObject({
      attributes: {
        values: {
          'chrome.category': 'node,node.fs,node.fs.async',
          'thread.id': 15094,
          'thread.name': 'JavaScriptMainThread',
          path: 'nt.mjs',
          result: 21,
        },
      },
      resource: { attributes: { values: { 'service.name': 'node', 'process.pid': '15094' } } },
    })
    expect(into.skipped).toEqual([])
  })

  it('is read as Chromium writes it: complete events nest, marks are events of the span around them', () => {
    const { into } = readFormat(chromeTrace, fixture('chrome-trace.json'), 777)
    const byName = (name: string) => into.spans.find((span) => span.operation === name)
    const html = byName('ParseHTML')
    const script = byName('EvaluateScript')
    expect(html).toMatchObject({ service: 'Renderer', durationNs: 19_061_000n })
    expect(script).toMatchObject({ parentId: html?.spanId, durationNs: 18_673_000n })
    expect(script?.events?.map((event) => event.name)).toEqual(['a'])
    expect(new Set(into.spans.map((span) => span.traceId)).size).toBe(1)
  })

  it('pairs begin and end by thread, async by id, counts what does not pair, and reads names that come last', () => {
    const events = [
      { ph: 'B', pid: 1, tid: 1, ts: 10, name: 'outer', args: { a: 1 } },
      { ph: 'B', pid: 1, tid: 1, ts: 20.5, name: 'inner' },
      { ph: 'B', pid: 1, tid: 2, ts: 21, name: 'other thread' },
      { ph: 'i', pid: 1, tid: 1, ts: 22, name: 'mark', args: { x: 1 } },
      { ph: 'E', pid: 1, tid: 1, ts: 30 },
      { ph: 'b', pid: 1, tid: 1, ts: 31, cat: 'net', id: '0x1', name: 'request' },
      { ph: 'C', pid: 1, ts: 32, name: 'heap.used', args: { bytes: 7 } },
      { ph: 'E', pid: 1, tid: 1, ts: 40, args: { b: 2 } },
      { ph: 'E', pid: 1, tid: 1, ts: 41 },
      { ph: 'e', pid: 1, tid: 9, ts: 50, cat: 'net', id: '0x1', name: 'request' },
      { ph: 's', pid: 1, tid: 1, ts: 51, id: 1 },
      { ph: 'M', pid: 1, name: 'process_name', args: { name: 'gpu' } },
    ]
    for (const content of [
      JSON.stringify(events),
      JSON.stringify({ traceEvents: events }),
      `${JSON.stringify(events[0])}\n`.concat(...events.slice(1).map((event) => `${JSON.stringify(event)}\n`)),
      `${JSON.stringify(events).slice(0, -1)},\n`,
    ]) {
      const { into } = readFormat(chromeTrace, content, 64)
      expect(brief(into.spans)).toEqual([
        ['inner', 'outer', 10_500n, 9_500n, 'gpu'],
        ['outer', '', 0n, 30_000n, 'gpu'],
        ['request', '', 21_000n, 19_000n, 'gpu'],
        ['other thread', '', 11_000n, 0n, 'gpu'],
      ])
      expect(into.spans[0]?.events).toEqual([
        { time: FILE_TIME + 12_000n, name: 'mark', attributes: { values: { x: 1 } } },
      ])
      expect(into.spans[1]?.attributes.values).toEqual({ 'thread.id': 1, a: 1, b: 2 })
      expect(into.spans[3]?.noEnd).toBe(true)
      expect(into.samples).toMatchObject([
        {
          series: { name: 'heap.used', promName: 'heap_used', labels: { series: 'bytes', service: 'gpu' } },
          time: FILE_TIME + 22_000n,
          value: 7,
        },
      ])
      expect(into.skipped.map(({ reason, count }) => [reason, count])).toEqual([['an end without its begin', 1]])
    }
  })

  it('takes times since 1970 as they are, and the start that DevTools names', () => {
    const absolute = readFormat(
      chromeTrace,
      JSON.stringify([{ ph: 'X', pid: 1, tid: 1, ts: 1762164930123456.5, dur: 5, name: 'x' }]),
    )
    expect(absolute.into.spans[0]?.start).toBe(1_762_164_930_123_456_500n)
    const named = readFormat(
      chromeTrace,
      JSON.stringify({
        metadata: { startTime: '2025-11-03T10:15:30.000Z' },
        traceEvents: [{ ph: 'X', pid: 1, tid: 1, ts: 77, dur: 5, name: 'x' }],
      }),
    )
    expect(named.into.spans[0]?.start).toBe(1_762_164_930_000_000_000n)
  })
})

describe('HAR', () => {
  it('is read as Chromium writes it: page, requests below it, phases, statuses', () => {
    const { sniffed, into } = readFormat(har, fixture('chromium.har'), 99)
    expect(sniffed?.confidence).toBe(0.99)
    const page = BigInt(Date.parse('2026-11-24T00:05:31.236Z')) * 1_000_000n
    expect(
      into.spans.map((s) => [
        s.operation,
        s.kind,
        s.status,
        s.start - page,
        s.durationNs,
        s.parentId === '' ? '' : into.spans.find((p) => p.spanId === s.parentId)?.operation,
      ]),
    ).toEqual([
      ['page', 1, 0, 0n, 246_000_000n, ''],
      ['GET /', 3, 0, 16_000_000n, 114_991_000n, 'page'],
      ['GET /api', 3, 2, 233_000_000n, 6_963_000n, 'page'],
    ])
    expect(into.spans[2]?.attributes.values).toEqual({
      'http.request.method': 'GET',
      'url.full': 'http://127.0.0.1:35531/api',
      'server.address': '127.0.0.1',
      'server.port': 35531,
      'http.response.status_code': 502,
      'http.request.body.size': 0,
      'http.response.body.size': 3,
      'http.response.size': 134,
      'network.protocol.version': '1.1',
      'network.peer.address': '127.0.0.1',
      'har.resource_type': 'fetch',
      'har.send_ms': 0,
      'har.wait_ms': 1.153,
      'har.receive_ms': 5.81,
    })
    expect(into.spans[2]?.events).toEqual([
      { time: page + 233_000_000n, name: 'wait' },
      { time: page + 234_153_000n, name: 'receive' },
    ])
  })

  it('joins the backend’s trace where the request carried a traceparent', () => {
    const document = JSON.parse(fixture('chromium.har'))
    document.log.entries[1].request.headers.push({
      name: 'Traceparent',
      value: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    })
    const { into } = readFormat(har, JSON.stringify(document))
    const [page, , api] = into.spans
    expect(api).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentId: '',
      links: [{ traceId: page?.traceId, spanId: page?.spanId }],
    })
  })
})

it('promtool tsdb dump: labels unescaped, milliseconds, values', () => {
  const { sniffed, into } = readFormat(promtoolDump, fixture('promtool-dump.txt'), 10)
  expect(sniffed).toEqual({ confidence: 0.98, layout: 'text', timeUnit: 'ms' })
  expect(into.samples.map((s) => [s.series.promName, s.series.labels, s.time, s.value])).toEqual([
    ['http_requests_total', { code: '200', path: '/a "b" \\c é' }, 1_762_164_930_000_000_000n, 10],
    ['http_requests_total', { code: '200', path: '/a "b" \\c é' }, 1_762_164_945_500_000_000n, 12],
    ['temp', {}, 1_762_164_930_000_000_000n, 0.25],
    ['temp', {}, 1_762_164_945_000_000_000n, Number.NaN],
    ['temp', {}, 1_762_164_960_000_000_000n, Number.POSITIVE_INFINITY],
  ])
  expect(into.samples[0]?.series).toMatchObject({ type: 'sum', monotonic: true })
  expect(into.notes).toEqual(['NaN may be the mark of a series that ended: the dump prints both alike'])
})
