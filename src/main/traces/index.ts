// Traces: search, open, group and compare over the telemetry store.

import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { parseRange } from '../../shared/base/time.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import { spanOf } from '../storage/telemetry/api.ts'
import { compareTraces } from './compare.ts'
import { attributeKeys, attributeValues, differences, stats } from './groups.ts'
import { TraceCache } from './open.ts'
import { scatter, searchTraces } from './search.ts'
import { allSpans, spansOf } from './spans.ts'
import { viewOf } from './view.ts'
import { flame, header, locate, waterfall } from './windows.ts'

async function scoped(
  engine: EngineContext,
  input: { range: { from: string; to: string }; sources?: string[] | undefined },
  context: CallContext,
) {
  const range = parseRange(input.range, engine.platform.clock.now())
  return {
    store: engine.telemetry,
    range,
    scope: await engine.telemetry.scope(input.sources, range),
    signal: context.signal,
  }
}

export const tracesModule: CapabilityModule<'traces'> = {
  name: 'traces',
  start(engine) {
    const store = engine.telemetry
    const cache = new TraceCache(store)
    // a switched-off source, a corrected clock, a second import: what was read may no longer be so
    const listening = engine.changes((change) => {
      if (change.topic === 'sources') cache.clear()
    })
    engine.onShutdown(() => {
      listening[Symbol.dispose]()
      cache.clear()
    })
    const open = (input: { traceId: string; sources?: string[] | undefined }, context: CallContext) =>
      cache.open(input.traceId, input.sources, context.signal)

    return {
      search: async (input, context) => searchTraces(input, await scoped(engine, input, context)),
      scatter: async (input, context) => scatter(input, await scoped(engine, input, context)),

      async get(input, context) {
        const { trace, scope } = await open(input, context)
        return allSpans(store, trace, input.limit, scope.completeness, context.signal)
      },
      async header(input, context) {
        const { trace, scope } = await open(input, context)
        return header(trace, scope.sourceId(trace.source), scope.completeness)
      },
      async waterfall(input, context) {
        const { trace, scope } = await open(input, context)
        const { traceId, sources, offset, limit, ...request } = input
        const view = await viewOf(trace, request, store, context.signal)
        return waterfall(trace, view, { offset, limit }, store, scope.completeness, context.signal)
      },
      async locate(input, context) {
        const { trace, scope } = await open(input, context)
        const { traceId, sources, spanId, errors, after, direction, ...request } = input
        const view = await viewOf(trace, request, store, context.signal)
        const found = locate(trace, view, {
          spanId: spanId === undefined ? undefined : spanOf(spanId),
          errors,
          after,
          direction,
        })
        return { ...found, completeness: scope.completeness }
      },
      async flame(input, context) {
        const { trace, scope } = await open(input, context)
        return flame(trace, input, scope.completeness)
      },
      async span(input, context) {
        const { trace, scope } = await open(input, context)
        const row = trace.rowOf(spanOf(input.spanId))
        if (row < 0)
          throw new WatchdeckError('not_found', `There is no span ${input.spanId} in trace ${trace.traceId}.`)
        return {
          table: await spansOf(store, trace, Int32Array.of(row), context.signal),
          completeness: scope.completeness,
        }
      },

      stats: async (input, context) => stats(await scoped(engine, input, context), input),
      async differences(input, context) {
        const asked = await scoped(engine, input, context)
        const range = input.selection.range && parseRange(input.selection.range, engine.platform.clock.now())
        return differences(asked, {
          filter: input.filter,
          selection: { ...input.selection, range },
          limit: input.limit,
        })
      },
      async compare(input, context) {
        const a = await open({ traceId: input.a, sources: input.sources }, context)
        const b = await open({ traceId: input.b, sources: input.sources }, context)
        return compareTraces(a.trace, b.trace, uniteCompleteness([a.scope.completeness, b.scope.completeness]))
      },
      keys: async (input, context) => attributeKeys(await scoped(engine, input, context), input),
      values: async (input, context) => attributeValues(await scoped(engine, input, context), input),
    }
  },
}
