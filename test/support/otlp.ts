// What programs send, for tests: spans in OTLP-JSON, posts, and gRPC calls as they are on the wire.

import { request as httpRequest } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'

export const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n

export const otlpSpan = (id: number, at: bigint, more: object = {}) => ({
  traceId: id.toString(16).padStart(32, '0'),
  spanId: id.toString(16).padStart(16, '0'),
  name: `op ${id}`,
  startTimeUnixNano: at.toString(),
  endTimeUnixNano: (at + 5_000_000n).toString(),
  ...more,
})

const resource = (service: string) => ({ attributes: [{ key: 'service.name', value: { stringValue: service } }] })

export const otlpSpans = (spans: readonly unknown[], service = 'shop') => ({
  resourceSpans: [{ resource: resource(service), scopeSpans: [{ spans }] }],
})

export const otlpLogs = (bodies: readonly string[], at: bigint, service = 'shop') => ({
  resourceLogs: [
    {
      resource: resource(service),
      scopeLogs: [{ logRecords: bodies.map((body) => ({ timeUnixNano: at.toString(), body: { stringValue: body } })) }],
    },
  ],
})

export const otlpGauge = (name: string, value: number, at: bigint, service = 'shop') => ({
  resourceMetrics: [
    {
      resource: resource(service),
      scopeMetrics: [
        { metrics: [{ name, gauge: { dataPoints: [{ timeUnixNano: at.toString(), asDouble: value }] } }] },
      ],
    },
  ],
})

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export function postOtlp(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString(),
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

export const SERVICE = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const

export interface GrpcAnswer {
  /** of HTTP */
  readonly status: number
  /** of gRPC; undefined: there was none, the stream was reset */
  readonly code: number | undefined
  readonly message: string
  /** grpc-status-details-bin */
  readonly details: Buffer
  readonly body: Buffer
}

/** A message with its prefix. */
export function grpcFrame(message: Uint8Array, isPacked = false, length = message.length): Buffer {
  const head = Buffer.alloc(5)
  head[0] = isPacked ? 1 : 0
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

export function grpcCall(
  session: ClientHttp2Session,
  path: string,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    const all: Record<string, unknown> = {}
    const parts: Buffer[] = []
    stream.on('response', (head) => Object.assign(all, head))
    stream.on('trailers', (head) => Object.assign(all, head))
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('error', () => {
      // a reset: `close` follows
    })
    stream.on('close', () => {
      const code = all['grpc-status']
      resolve({
        status: Number(all[':status'] ?? 0),
        code: code === undefined ? undefined : Number(code),
        message: decodeURIComponent(String(all['grpc-message'] ?? '')),
        details: Buffer.from(String(all['grpc-status-details-bin'] ?? ''), 'base64'),
        body: Buffer.concat(parts),
      })
    })
    stream.end(bytes)
  })
}

/** One session for `work`, closed after it. */
export async function overGrpc<T>(url: string, work: (session: ClientHttp2Session) => Promise<T>): Promise<T> {
  const session = connect(url)
  session.on('error', () => {
    // what a test is about comes as the answers of its calls
  })
  try {
    return await work(session)
  } finally {
    session.destroy()
  }
}
