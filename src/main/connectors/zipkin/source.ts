// Zipkin as a source of traces.

import type { TimeRange } from '../../../shared/base/time.ts'
import type { Asking, ServiceCalls, Told, TraceQuestion, TraceSource } from '../../../shared/domain/live-source.ts'
import type { SpanRow } from '../../../shared/domain/telemetry.ts'
import { toldOf, WHOLE } from '../common/spans.ts'
import type { ZipkinClient } from './client.ts'

const PAGE = 200

export class ZipkinSource implements TraceSource {
  readonly #client: ZipkinClient
  readonly limits: TraceSource['limits']

  constructor(client: ZipkinClient) {
    this.#client = client
    const { traces } = client.http.spec.limits
    this.limits = { traces, page: Math.min(PAGE, traces) }
  }

  async services(asking: Asking): Promise<Told & { services: readonly string[] }> {
    return { ...WHOLE, services: (await this.#client.services(asking)).sort() }
  }

  async operations(service: string, asking: Asking): Promise<Told & { operations: readonly string[] }> {
    return { ...WHOLE, operations: (await this.#client.spanNames(service, asking)).sort() }
  }

  async search(question: TraceQuestion, asking: Asking): Promise<Told & { spans: readonly SpanRow[]; full: boolean }> {
    const { spans: told, warnings } = await this.#client.search(question, asking)
    // the server counts ids as it stores them: a trace under two of them takes two places of the page
    const ids = new Set(told.map(({ traceId }) => traceId)).size
    return { ...toldOf(warnings), spans: underOneId(told), full: ids >= question.limit }
  }

  async get(
    traceId: string,
    _around: TimeRange | undefined,
    asking: Asking,
  ): Promise<Told & { spans: readonly SpanRow[] }> {
    // an id of 64 bits is known by its 16 digits
    const own = traceId.startsWith('0'.repeat(16)) ? traceId.slice(16) : traceId
    const { spans, warnings } = await this.#client.trace(own, asking)
    return { ...toldOf(warnings), spans: underOneId(spans, traceId) }
  }

  async dependencies(range: TimeRange, asking: Asking): Promise<Told & { calls: readonly ServiceCalls[] }> {
    const calls = (await this.#client.dependencies(range, asking)).flatMap((link): ServiceCalls[] => {
      if (typeof link !== 'object' || link === null) return []
      const { parent, child, callCount, errorCount } = link as Readonly<Record<string, unknown>>
      if (typeof parent !== 'string' || typeof child !== 'string') return []
      return [{ parent, child, calls: Number(callCount ?? 0), errors: Number(errorCount ?? 0) }]
    })
    return { ...WHOLE, calls }
  }

  async tagValues(key: string, asking: Asking): Promise<Told & { values: readonly string[] }> {
    const known = await this.#client.tagKeys(asking)
    return { ...WHOLE, values: known.includes(key) ? await this.#client.tagValues(key, asking) : [] }
  }
}

const lower = (traceId: string): string => traceId.slice(16)
const isShort = (traceId: string): boolean => traceId.startsWith('0'.repeat(16))

/**
 * Without strict ids (STRICT_TRACE_ID=false) a trace is told whole though some of its services kept the lower 64 bits of its id
 * alone: its spans go under the id that was asked for, else under the longer one.
 */
export function underOneId(spans: readonly SpanRow[], asked?: string): readonly SpanRow[] {
  const long = new Map<string, Set<string>>()
  for (const { traceId } of spans) {
    if (isShort(traceId)) continue
    const known = long.get(lower(traceId))
    if (known) known.add(traceId)
    else long.set(lower(traceId), new Set([traceId]))
  }
  if (long.size === 0) return spans
  const idOf = (traceId: string): string => {
    if (asked !== undefined)
      return lower(traceId) === lower(asked) && (isShort(traceId) || isShort(asked)) ? asked : traceId
    const [only, ...others] = isShort(traceId) ? (long.get(lower(traceId)) ?? []) : []
    return only !== undefined && others.length === 0 ? only : traceId
  }
  return spans.map((span) => {
    const traceId = idOf(span.traceId)
    return traceId === span.traceId ? span : { ...span, traceId }
  })
}
