// An engine with one live source of traces that answers as a version of Jaeger or Zipkin does, and what it was asked.

import { expect } from 'vitest'
import { jaegerConnector } from '../../src/main/connectors/jaeger/index.ts'
import { zipkinConnector } from '../../src/main/connectors/zipkin/index.ts'
import { servicesModule } from '../../src/main/services/index.ts'
import { sourcesModuleWith } from '../../src/main/sources/index.ts'
import { tracesModule } from '../../src/main/traces/index.ts'
import type { SourceSpecInput } from '../../src/shared/contract/source-spec.ts'
import type { SpanRow } from '../../src/shared/domain/telemetry.ts'
import { frameToJsonTable } from '../../src/shared/frame/table.ts'
import { startTestEngine, type TestEngine } from './engine.ts'
import { type FaultServer, startFaultServer } from './fault-server.ts'
import { type Respond, type Shape, traceBackend } from './trace-backends.ts'

export const T0 = 1_760_000_000_000_000_000n
export const SECOND = 1_000_000_000n
export const RANGE = { from: String(T0), to: String(T0 + 3600n * SECOND) }
export const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

/** Two spans a trace; ids of even ones have 64 bits. */
export function traces(count: number, gap = SECOND): SpanRow[] {
  return Array.from({ length: count }, (_, n): SpanRow[] => {
    const traceId = n % 2 === 0 ? hex(n + 1, 32) : `f${hex(n + 1, 31)}`
    const span = (id: number, over: Partial<SpanRow>): SpanRow => ({
      traceId,
      spanId: hex(n * 4 + id, 16),
      parentId: id === 1 ? '' : hex(n * 4 + 1, 16),
      service: 'web',
      operation: 'GET /',
      kind: 2,
      start: T0 + BigInt(n) * gap + 123n,
      durationNs: 5_000_000n,
      status: n % 5 === 0 ? 2 : 0,
      attributes: { values: { n, order: `o-${n}` } },
      resource: { attributes: { values: { 'service.name': 'web' } } },
      ...over,
    })
    const db = { attributes: { values: { 'service.name': 'db' } } }
    return [span(1, {}), span(2, { service: 'db', operation: 'SELECT', kind: 0, resource: db })]
  }).flat()
}

export interface Opened extends AsyncDisposable {
  readonly t: TestEngine
  readonly id: string
  readonly server: FaultServer
  /** how it answers: another version may take its place */
  readonly answers: { to: Respond }
  search(input?: Record<string, unknown>): Promise<{
    ids: unknown[]
    completeness: { complete: boolean; missing: ReadonlyArray<{ from: string; to: string; reason: string }> }
  }>
  /** addresses asked so far, without those of looking what it is */
  asked(): string[]
}

export async function opened(
  shape: Shape,
  spans: readonly SpanRow[],
  more: Partial<SourceSpecInput> = {},
): Promise<Opened> {
  const answers = { to: traceBackend(shape, spans) }
  const server = await startFaultServer({ answerTo: (path, params) => answers.to(path, params) })
  const t = await startTestEngine({
    modules: [tracesModule, servicesModule, sourcesModuleWith([jaegerConnector, zipkinConnector])],
  })
  const kind = shape === 'zipkin' ? ('zipkin' as const) : ('jaeger' as const)
  const limits = { perSecond: 1000, ...more.limits }
  const { id } = await t.client.call('sources.add', {
    kind,
    name: shape,
    url: server.url,
    ...more,
    limits,
    keep: 'session',
  })
  return {
    t,
    id,
    server,
    answers,
    async search(input = {}) {
      const { table, completeness } = await t.client.call('traces.search', { range: RANGE, limit: 1000, ...input })
      return { ids: frameToJsonTable(table).rows.map((row) => row['traceId']), completeness }
    },
    asked: () =>
      server.seen
        .map(({ path, search }) => decodeURIComponent(path + search))
        .filter((a) => /traces|trace\/|trace-summaries.*searchDepth/.test(a)),
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** What the server is was asked already, beside an hour without traces. */
export async function known(...[shape, spans, more]: Parameters<typeof opened>): Promise<Opened> {
  const o = await opened(shape, spans, more)
  const flags = async () =>
    (await o.t.client.call('sources.health', { id: o.id })).sources[0]?.capabilities?.flags ?? {}
  await o.search({ range: { from: String(T0 - 3600n * SECOND), to: String(T0) } })
  await expect.poll(async () => 'trace-summaries' in (await flags())).toBe(true)
  return o
}
