// Jaeger and Zipkin as they answer, by version, over spans that a test gives: typed shapes recorded from the lab's servers
// (Jaeger 2.13, Zipkin 3.6) and, for the versions that the lab has not, from their sources and documentation.

import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import { writeJaegerTrace } from '../../src/shared/wire/jaeger-write.ts'
import { writeResource, writeScope, writeSpan } from '../../src/shared/wire/otlp/write.ts'
import { writeZipkinSpan } from '../../src/shared/wire/zipkin-write.ts'
import type { Answer } from './fault-server.ts'

/**
 * 1.6x: the older API alone (v3 is not let through; else it is as that of 2.13), 2.13: early v3 (snake_case, num_traces, no attributes),
 * 2.20: v3 with camelCase, attributes and summaries, 2.21: the same without the older search. Cassandra searches by service
 * only: it refuses otherwise, or (before #9259) finds nothing.
 */
export type Shape = '1.6x' | '2.13' | '2.20' | '2.21' | '2.20-cassandra' | '2.13-cassandra-silent' | 'zipkin'

type Params = URLSearchParams
export type Respond = (path: string, params: Params) => Answer

const json = (body: unknown, status = 200): Answer => ({
  status,
  // Jaeger calls its JSON text in v3 and in errors
  type: status === 200 ? 'application/json' : 'text/plain; charset=utf-8',
  body: JSON.stringify(body),
})
const PAGE: Answer = { status: 200, type: 'text/html; charset=utf-8', body: '<!DOCTYPE html><title>Jaeger UI</title>' }
const NO_PATH: Answer = { status: 404, type: 'text/plain; charset=utf-8', body: '404 page not found' }
const page = (version: string): Answer => ({
  ...PAGE,
  body: `<!DOCTYPE html><title>Jaeger UI</title><script>const JAEGER_VERSION = {"gitCommit":"x","gitVersion":"v${version}","buildDate":"x"};${version === '2.21.0' ? CAPABILITIES : ''}</script>`,
})
/** Told since the older search was removed. */
const CAPABILITIES =
  'const JAEGER_BACKEND_CAPABILITIES = {"archiveStorage":false,"metricsStorage":true,"searchWithoutServiceName":true,"aiAssistant":false};'

interface Query {
  readonly service: string | null
  readonly operation: string | null
  readonly from: bigint
  readonly to: bigint
  readonly least: bigint
  readonly most: bigint
  readonly tags: Readonly<Record<string, string>>
  readonly limit: number
}

const FOREVER = 2n ** 62n

/** Whole traces with a span that matches all of it, newest first, as many as asked. */
function search(traces: ReadonlyMap<string, readonly SpanRow[]>, q: Query): Array<readonly SpanRow[]> {
  const matches = (span: SpanRow): boolean =>
    (q.service === null || span.service === q.service) &&
    (q.operation === null || span.operation === q.operation) &&
    span.start >= q.from &&
    span.start <= q.to &&
    span.durationNs >= q.least &&
    span.durationNs <= q.most &&
    Object.entries(q.tags).every(
      ([key, value]) =>
        String(span.attributes.values[key] ?? span.resource.attributes.values[key] ?? '\0') === value ||
        (key === 'error' && value === '' && span.status === 2),
    )
  const first = (spans: readonly SpanRow[]) => spans.map(({ start }) => start).sort((a, b) => (a < b ? -1 : 1))[0] ?? 0n
  return [...traces.values()]
    .filter((spans) => spans.some(matches))
    .sort((a, b) => (first(a) < first(b) ? 1 : -1))
    .slice(0, q.limit)
}

export function traceBackend(shape: Shape, spans: readonly SpanRow[]): Respond {
  const traces: ReadonlyMap<string, readonly SpanRow[]> = Map.groupBy(spans, ({ traceId }) => traceId)
  return shape === 'zipkin' ? zipkin(traces) : jaeger(shape, traces)
}

const GO = { ns: 1n, us: 1000n, ms: 1_000_000n, s: 1_000_000_000n } as const
function goDuration(text: string | null, otherwise: bigint): bigint {
  const m = /^(\d+)(ns|us|ms|s)$/.exec(text ?? '')
  return m ? BigInt(m[1] as string) * GO[m[2] as keyof typeof GO] : otherwise
}

function rfc3339(text: string): bigint {
  const fraction = /\.(\d{1,9})Z$/.exec(text)?.[1] ?? ''
  return BigInt(Date.parse(text.replace(/\.\d+Z$/, 'Z'))) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** As `TraceSummary` of api_v3 is written (jsonpb): fixed64 as text, what is zero or empty left out, services by name. */
function summaryOf(spans: readonly SpanRow[]): Record<string, unknown> {
  const least = (times: readonly bigint[]) => times.reduce(smaller)
  const failed = (of: readonly SpanRow[]) => of.filter(({ status }) => status === 2).length
  const counts = (of: readonly SpanRow[]) => ({
    spanCount: of.length,
    ...(failed(of) > 0 ? { errorSpanCount: failed(of) } : {}),
  })
  const root = spans
    .filter(({ parentId }) => parentId === '')
    .reduce<SpanRow | undefined>((a, b) => (a === undefined || b.start < a.start ? b : a), undefined)
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const orphans = spans.filter(({ parentId }) => parentId !== '' && !ids.has(parentId)).length
  return {
    traceId: spans[0]?.traceId,
    ...(root ? { rootServiceName: root.service, rootOperationName: root.operation } : {}),
    minStartTimeUnixNano: String(least(spans.map(({ start }) => start))),
    maxEndTimeUnixNano: String(-least(spans.map(({ start, durationNs }) => -start - durationNs))),
    ...counts(spans),
    ...(orphans > 0 ? { orphanSpanCount: orphans } : {}),
    services: [...Map.groupBy(spans, ({ service }) => service)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, own]) => ({ name, ...counts(own) })),
  }
}

function jaeger(shape: Exclude<Shape, 'zipkin'>, traces: ReadonlyMap<string, readonly SpanRow[]>): Respond {
  const [version] = shape.split('-')
  const cassandra = shape.includes('cassandra')
  const early = version === '2.13'
  const v3 = version !== '1.6x'
  const legacySearch = version !== '2.21'
  const name = (camel: string, snake: string) => (early ? snake : camel)
  const services = [...new Set([...traces.values()].flat().map(({ service }) => service))]
  const refused = (status: number, message: string) => json({ error: { httpCode: status, message } }, status)
  const refusedBefore = (code: number, msg: string) =>
    json({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] }, code)
  const before = (data: unknown) => json({ data, total: 0, limit: 0, offset: 0, errors: null })
  const otlp = (found: ReadonlyArray<readonly SpanRow[]>): Answer => {
    if (found.length === 0) return refused(404, 'No traces found')
    // all traces in one list, a resource of each apart: nothing says where one ends
    const resourceSpans = found.flatMap((trace) =>
      [...Map.groupBy(trace, ({ resource }) => resource)].map(([resource, rows]) => ({
        ...writeResource(resource),
        scopeSpans: [...Map.groupBy(rows, ({ scope }) => scope)].map(([scope, own]) => ({
          ...writeScope(scope),
          spans: own.map(writeSpan),
        })),
      })),
    )
    return json({ result: { resourceSpans } })
  }
  // with times, as storages that keep an index a time: of what lies outside they know nothing
  const byId = (id: string, from = 0n, to: bigint = FOREVER): ReadonlyArray<readonly SpanRow[]> => {
    const found = traces.get(id.toLowerCase().padStart(32, '0'))?.filter(({ start }) => start >= from && start < to)
    return found && found.length > 0 ? [found] : []
  }

  return (path, params) => {
    const id = /\/traces\/([0-9a-zA-Z+/=]+)$/.exec(path)?.[1]
    if (path === '/') return page(version === '1.6x' ? '1.62.0' : `${version}.0`)
    if (v3 && path === '/api/v3/services') return json({ services })
    if (v3 && path === '/api/v3/operations') {
      const own = [...traces.values()].flat().filter(({ service }) => service === params.get('service'))
      const operations = new Map(own.map(({ operation, kind }) => [`${operation}/${kind}`, { operation, kind }]))
      const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer']
      return json({ operations: [...operations.values()].map((o) => ({ name: o.operation, spanKind: kinds[o.kind] })) })
    }
    if (v3 && path.startsWith('/api/v3/traces/') && id !== undefined) {
      const [from, to] = [params.get(name('startTime', 'start_time')), params.get(name('endTime', 'end_time'))]
      return otlp(from === null || to === null ? byId(id) : byId(id, rfc3339(from), rfc3339(to)))
    }
    const isList = path === '/api/v3/trace-summaries' && (version === '2.20' || version === '2.21')
    if (v3 && (path === '/api/v3/traces' || isList)) {
      const [least, most] = [
        params.get(name('query.startTimeMin', 'query.start_time_min')),
        params.get(name('query.startTimeMax', 'query.start_time_max')),
      ]
      if (least === null || most === null)
        return refused(
          400,
          `${name('query.startTimeMin', 'query.start_time_min')} and ${name('query.startTimeMax', 'query.start_time_max')} are required`,
        )
      const depth = Number(params.get(name('query.searchDepth', 'query.num_traces')) ?? (early ? 0 : 100))
      if (depth <= 0) return refused(500, 'search depth must be greater than 0 and less than max traces')
      const service = params.get(name('query.serviceName', 'query.service_name'))
      if (service === null && cassandra)
        return shape === '2.13-cassandra-silent'
          ? refused(404, 'No traces found')
          : refused(
              400,
              'this storage backend requires a service name to search; searching all services is not supported',
            )
      const tags = early ? '{}' : (params.get('query.attributes') ?? '{}')
      const found = search(traces, {
        service,
        operation: params.get(name('query.operationName', 'query.operation_name')),
        from: rfc3339(least),
        to: rfc3339(most),
        least: goDuration(params.get(name('query.durationMin', 'query.duration_min')), 0n),
        most: goDuration(params.get(name('query.durationMax', 'query.duration_max')), FOREVER),
        tags: JSON.parse(tags) as Record<string, string>,
        limit: depth,
      })
      return isList ? json({ summaries: found.map(summaryOf) }) : otlp(found)
    }
    if (path === '/api/services' && legacySearch) return before(services)
    const ofService = /^\/api\/services\/([^/]+)\/operations$/.exec(path)?.[1]
    if (ofService !== undefined && legacySearch) {
      const own = [...traces.values()].flat().filter(({ service }) => service === decodeURIComponent(ofService))
      return before([...new Set(own.map(({ operation }) => operation))])
    }
    if (path === '/api/traces' && legacySearch) {
      const service = params.get('service')
      if (service === null || service === '') return refusedBefore(400, "parameter 'service' is required")
      const found = search(traces, {
        service,
        operation: params.get('operation'),
        from: BigInt(params.get('start') ?? 0) * 1000n,
        to: BigInt(params.get('end') ?? 0) * 1000n,
        least: goDuration(params.get('minDuration'), 0n),
        most: goDuration(params.get('maxDuration'), FOREVER),
        tags: JSON.parse(params.get('tags') ?? '{}') as Record<string, string>,
        limit: Number(params.get('limit') ?? 20),
      })
      return before(found.map(writeJaegerTrace))
    }
    if (path.startsWith('/api/traces/') && id !== undefined) {
      const [from, to] = [params.get('start'), params.get('end')]
      const found = from === null || to === null ? byId(id) : byId(id, BigInt(from) * 1000n, BigInt(to) * 1000n)
      return found.length === 0 ? refusedBefore(404, 'trace not found') : before(found.map(writeJaegerTrace))
    }
    if (path === '/api/dependencies')
      // what a service does within itself is among them, as 2.13 has it
      return before([
        { parent: 'a', child: 'b', callCount: Number(params.get('lookback')) / 1000 },
        { parent: 'a', child: 'a', callCount: 7 },
      ])
    if (path.startsWith('/api/metrics/')) return spanMetrics(shape, path, params)
    // the user interface answers its page for whatever is no path of the API; the newest no more below /api
    return version === '2.21' && path.startsWith('/api/') ? NO_PATH : PAGE
  }
}

/** As 2.13 answers with span metrics configured; 1.6x has none (501). */
function spanMetrics(shape: Shape, path: string, params: Params): Answer {
  if (shape === '1.6x')
    return json({ data: null, errors: [{ code: 501, msg: 'metrics querying is currently disabled' }] }, 501)
  const value = path.endsWith('calls') ? 12.5 : path.endsWith('errors') ? 0.25 : Number(params.get('quantile')) * 100
  const at = new Date(Number(params.get('endTs'))).toISOString()
  return json({
    name: 'service_call_rate',
    type: 'GAUGE',
    help: 'calls/sec, grouped by service',
    metrics: params.getAll('service').map((service) => ({
      labels: [{ name: 'service_name', value: service }],
      metricPoints: [
        { gaugeValue: { doubleValue: value }, timestamp: at },
        { gaugeValue: { doubleValue: 'NaN' }, timestamp: new Date(Number(params.get('endTs')) - 60_000).toISOString() },
      ],
    })),
  })
}

function zipkin(traces: ReadonlyMap<string, readonly SpanRow[]>): Respond {
  const all = [...traces.values()].flat()
  const services = () => [...new Set(all.map(({ service }) => service))].sort()
  const text = (status: number, body: string): Answer => ({ status, type: 'text/plain', body })
  return (path, params) => {
    const id = /^\/api\/v2\/trace\/([0-9a-f]+)$/.exec(path)?.[1]
    if (path === '/info') return json({ zipkin: { version: '3.6.1', commit: 'b2b0c98' } })
    if (path === '/api/v2/services') return json(services())
    if (path === '/api/v2/spans') {
      const own = all.filter(({ service }) => service === params.get('serviceName'))
      return json([...new Set(own.map(({ operation }) => operation))])
    }
    if (path === '/api/v2/autocompleteKeys') return json(['environment'])
    if (path === '/api/v2/autocompleteValues')
      return json(params.get('key') === 'environment' ? ['prod', 'staging'] : [])
    if (path === '/api/v2/dependencies') {
      if (params.get('endTs') === null) return text(400, 'endTs parameter is required')
      return json([{ parent: 'a', child: 'b', callCount: Number(params.get('lookback')) / 1000, errorCount: 2 }])
    }
    if (id !== undefined) {
      const found = traces.get(id.padStart(32, '0'))
      return found ? json(found.map(writeZipkinSpan)) : text(404, `${id} not found`)
    }
    if (path === '/api/v2/traces') {
      const to = BigInt(params.get('endTs') ?? 0) * 1_000_000n
      if (params.get('maxDuration') !== null && params.get('minDuration') === null)
        return text(400, 'maxDuration is only valid with minDuration')
      const tags = (params.get('annotationQuery') ?? '').split(' and ').filter((tag) => tag !== '')
      const found = search(traces, {
        service: params.get('serviceName'),
        operation: params.get('spanName'),
        from: to - BigInt(params.get('lookback') ?? 0) * 1_000_000n,
        to,
        least: BigInt(params.get('minDuration') ?? 0) * 1000n,
        most: params.get('maxDuration') === null ? FOREVER : BigInt(params.get('maxDuration') ?? 0) * 1000n,
        tags: Object.fromEntries(tags.map((tag) => tag.split('=', 2)).map(([key, value]) => [key ?? '', value ?? ''])),
        limit: Number(params.get('limit') ?? 10),
      })
      return json(found.map((trace) => trace.map(writeZipkinSpan)))
    }
    return text(404, '404 Not Found')
  }
}
