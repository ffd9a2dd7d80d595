// Zipkin v2 in and out, Jaeger JSON out. The file is what the OpenTelemetry SDK for Python exports; shared spans are those of
// Zipkin's documentation (https://zipkin.io/pages/instrumenting.html), as no tracer with shared spans runs here.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readFormat } from '../../../test/fixtures/import/read-format.ts'
import { Collector } from './collector.ts'
import { jaegerReader } from './jaeger.ts'
import { writeJaegerTrace } from './jaeger-write.ts'
import { zipkinJson } from './zipkin.ts'
import { writeZipkinSpan } from './zipkin-write.ts'

const PYTHON = readFileSync(new URL('../../../test/fixtures/import/zipkin-python-sdk.json', import.meta.url), 'utf8')

const SHARED = [
  {
    traceId: '5af7183fb1d4cf5f',
    id: '352bff9a74ca9ad2',
    parentId: '6b221d5bc9e6496c',
    kind: 'CLIENT',
    name: 'get',
    timestamp: 1556604172355737,
    duration: 1431,
    localEndpoint: { serviceName: 'frontend' },
    remoteEndpoint: { serviceName: 'backend', ipv4: '10.0.0.2', port: 9000 },
  },
  {
    traceId: '5af7183fb1d4cf5f',
    id: 'aaaa00000000000a',
    parentId: '352bff9a74ca9ad2',
    name: 'select',
    timestamp: 1556604172356000,
    duration: 10,
    localEndpoint: { serviceName: 'backend' },
  },
  {
    traceId: '5af7183fb1d4cf5f',
    id: '352bff9a74ca9ad2',
    parentId: '6b221d5bc9e6496c',
    kind: 'SERVER',
    name: 'get /api',
    timestamp: 1556604172355900,
    duration: 1200,
    localEndpoint: { serviceName: 'backend' },
    shared: true,
  },
  {
    traceId: '5af7183fb1d4cf5f',
    id: '6b221d5bc9e6496c',
    kind: 'SERVER',
    name: 'get /',
    timestamp: 1556604172355000,
    duration: 3000,
    localEndpoint: { serviceName: 'frontend' },
    shared: true,
    annotations: [{ timestamp: 1556604172355100, value: 'ws' }],
  },
]

describe('Zipkin v2 JSON', () => {
  it('is read as the OpenTelemetry SDK for Python writes it', () => {
    const { sniffed, into } = readFormat(zipkinJson, PYTHON, 11)
    expect(sniffed).toEqual({ confidence: 0.97, layout: 'document', timeUnit: 'us' })
    const [charge, post] = into.spans
    expect(charge).toMatchObject({
      traceId: 'c7cb121e05db67265850c03c7b9caaa0',
      spanId: '99b21d107a96da0f',
      parentId: '5d8963030e17d52d',
      service: 'checkout',
      operation: 'charge',
      kind: 3,
      start: 1_795_477_233_871_083_000n,
      durationNs: 80_000n,
      status: 2,
      statusMessage: 'connection refused',
      scope: { name: 'shop', version: '1.0' },
      events: [{ time: 1_795_477_233_871_123_000n, name: 'attempt', attributes: { values: { n: 1 } } }],
    })
    expect(charge?.attributes.values).toMatchObject({
      'network.local.address': '10.1.2.3',
      'network.local.port': 8080,
      'server.address': 'payment',
    })
    expect(post).toMatchObject({ kind: 2, status: 0, parentId: '', operation: 'POST /checkout' })
    expect(into.skipped).toEqual([])
  })

  it('gives the server’s half of a shared span an id of its own below the client’s, and its children with it', () => {
    for (const content of [
      JSON.stringify(SHARED),
      JSON.stringify([SHARED]),
      `${SHARED.map((span) => JSON.stringify(span)).join('\n')}\n`,
    ]) {
      const { into } = readFormat(zipkinJson, content, 50)
      const tree = into.spans.map((span) => [
        span.operation,
        span.parentId === '' ? '' : into.spans.find((s) => s.spanId === span.parentId)?.operation,
      ])
      expect(tree).toEqual([
        ['get', 'get /'],
        ['select', 'get /api'],
        ['get /api', 'get'],
        ['get /', ''],
      ])
      expect(new Set(into.spans.map((span) => span.spanId)).size).toBe(4)
      expect(into.spans[0]).toMatchObject({
        traceId: '00000000000000005af7183fb1d4cf5f',
        attributes: {
          values: { 'peer.service': 'backend', 'network.peer.address': '10.0.0.2', 'network.peer.port': 9000 },
        },
      })
      expect(into.spans[3]?.events).toEqual([{ time: 1_556_604_172_355_100_000n, name: 'ws' }])
    }
  })

  it('skips and counts what is no span, and keeps a span without a time by its annotations (Zipkin 5)', () => {
    const spans = [
      { id: 'a' },
      { traceId: 'zz', id: 'a' },
      { traceId: 'a', id: 'b' },
      { traceId: 'a', id: 'c', annotations: [{ timestamp: 1556604172355100, value: 'cs' }] },
      7,
    ]
    const { into } = readFormat(zipkinJson, JSON.stringify(spans))
    expect(into.spans.map((span) => [span.spanId, span.start, span.noEnd])).toEqual([
      ['000000000000000c', 1_556_604_172_355_100_000n, true],
    ])
    expect(into.skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ['span without a trace id of hex digits', 2],
      ['span without a start time', 1],
      ['a span that is no object', 1],
    ])
  })

  it('is written so that it is read as the same rows', () => {
    for (const content of [PYTHON, JSON.stringify(SHARED)]) {
      const { into } = readFormat(zipkinJson, content)
      const again = readFormat(zipkinJson, JSON.stringify(into.spans.map(writeZipkinSpan)))
      expect(again.into.spans).toEqual(into.spans)
    }
  })
})

describe('Jaeger JSON out', () => {
  it('is read as the same rows: tags with their types, processes, links, events, warnings', () => {
    const document = {
      data: [
        {
          traceID: '0af7651916cd43dd8448eb211c80319c',
          spans: [
            {
              traceID: '0af7651916cd43dd8448eb211c80319c',
              spanID: 'b7ad6b7169203331',
              operationName: 'charge',
              references: [
                { refType: 'CHILD_OF', traceID: '0af7651916cd43dd8448eb211c80319c', spanID: '00f067aa0ba902b7' },
                { refType: 'FOLLOWS_FROM', traceID: '1af7651916cd43dd8448eb211c80319c', spanID: '10f067aa0ba902b7' },
              ],
              startTime: 1556604172355737,
              duration: 1431,
              tags: [
                { key: 'span.kind', type: 'string', value: 'client' },
                { key: 'error', type: 'bool', value: true },
                { key: 'retries', type: 'int64', value: 3 },
                { key: 'ratio', type: 'float64', value: 2 },
                { key: 'raw', type: 'binary', value: 'AAEC' },
                { key: 'otel.status_code', type: 'string', value: 'ERROR' },
                { key: 'otel.status_description', type: 'string', value: 'refused' },
              ],
              logs: [
                {
                  timestamp: 1556604172355800,
                  fields: [
                    { key: 'event', type: 'string', value: 'retry' },
                    { key: 'n', type: 'int64', value: 1 },
                  ],
                },
              ],
              processID: 'p1',
              warnings: ['clock skew'],
            },
          ],
          processes: { p1: { serviceName: 'checkout', tags: [{ key: 'host.name', type: 'string', value: 'n1' }] } },
        },
      ],
    }
    const spans = readJaeger(document)
    expect(spans).toHaveLength(1)
    expect(readJaeger({ data: [writeJaegerTrace(spans)] })).toEqual(spans)
  })
})

function readJaeger(document: unknown) {
  const into = new Collector()
  const reader = jaegerReader({ into, fileTime: 0n })
  reader.push(new TextEncoder().encode(JSON.stringify(document)))
  reader.end()
  return into.spans
}
