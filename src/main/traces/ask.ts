// A question about traces: its range, and the scope with what live sources have for it.

import { parseRange, type TimeRange } from '../../shared/base/time.ts'
import type { TraceFilter } from '../../shared/domain/live-source.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { durationOf, ofTracesAlone, type ParsedSpanFilter } from './filter.ts'

export interface Asked {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly range: TimeRange
  readonly signal: AbortSignal
}

export interface AskedLive extends Asked {
  /** of live sources everything from here on was seen */
  readonly seenFrom: bigint
  /** asking for more traces would bring more */
  readonly more: boolean
}

export interface Wish {
  readonly view: string
  readonly filter?: ParsedSpanFilter | undefined
  /** the newest so many traces of live sources will do */
  readonly enough?: number | undefined
  /** the question is about traces alone: of live sources their spans are not needed, unless its filter is about them */
  readonly listOnly?: boolean | undefined
  /** besides the question's own */
  readonly ranges?: readonly TimeRange[] | undefined
}

/** @throws WatchdeckError as `LiveTraces.scope` does */
export async function scoped(
  engine: EngineContext,
  input: { range: { from: string; to: string }; sources?: string[] | undefined },
  context: CallContext,
  wish: Wish,
): Promise<AskedLive> {
  const range = parseRange(input.range, engine.platform.clock.now())
  const { signal } = context
  const asking = { signal, view: wish.view }
  const common = { store: engine.telemetry, range, signal }
  const traceId = wish.filter?.traceId
  if (traceId !== undefined) {
    const id = traceId.toLowerCase().padStart(32, '0')
    const scope = await engine.liveTraces.trace({ traceId: id, sources: input.sources, around: range }, asking)
    return { ...common, scope, seenFrom: range.from, more: false }
  }
  const filled = await engine.liveTraces.scope(
    {
      sources: input.sources,
      ranges: [range, ...(wish.ranges ?? [])],
      filter: wish.filter && pushed(wish.filter),
      enough: wish.enough,
      listOnly: wish.listOnly && (wish.filter === undefined || ofTracesAlone(wish.filter)),
    },
    asking,
  )
  return { ...common, ...filled }
}

/**
 * The part of a filter that backends understand. They look at single spans and so do we, unless only the root is meant:
 * then a trace's own length says nothing about one of its spans.
 */
export function pushed(filter: ParsedSpanFilter): TraceFilter {
  const exact = Object.entries(filter.attributes ?? {}).filter(
    ([, value]) => value !== '*' && value !== '' && !(typeof value === 'string' && value.startsWith('!')),
  )
  const { service, operation, minDuration, maxDuration, status, rootOnly } = filter
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(minDuration === undefined || rootOnly ? {} : { minDurationNs: durationOf('minDuration', minDuration) }),
    ...(maxDuration === undefined || rootOnly ? {} : { maxDurationNs: durationOf('maxDuration', maxDuration) }),
    ...(exact.length === 0 || rootOnly
      ? {}
      : { attributes: Object.fromEntries(exact.map(([key, value]) => [key, String(value)])) }),
    ...(status === 'error' ? { failed: true } : {}),
  }
}
