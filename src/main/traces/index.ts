// Traces: search, open, group and compare over the telemetry store.

import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { parseRange } from '../../shared/base/time.ts'
import type { MethodParsedInput } from '../../shared/contract/index.ts'
import type { CallContext, CapabilityModule } from '../engine/api.ts'
import { cursorAt, placeOf, rankedPage } from '../engine/ranked.ts'
import { spanOf } from '../storage/telemetry/ids.ts'
import { adjusted, inTimes, type Times } from './adjusted.ts'
import { scoped } from './ask.ts'
import { withLiveNames } from './live-names.ts'
import { compareTraces } from './compare.ts'
import { attributeKeys, attributeValues, differences, stats } from './groups.ts'
import { TraceCache } from './open.ts'
import { scatter, searchPage } from './search.ts'
import { spanPage, spansOf } from './spans.ts'
import { compareGroups, groupDifferences, type TraceGroup } from './two-groups.ts'
import { viewOf } from './view.ts'
import { flame, header, locate, waterfall } from './windows.ts'

/** Live traces that completion looks at: names and keys repeat. */
const FOR_COMPLETION = 200

interface AskedTrace {
  readonly traceId: string
  readonly sources?: string[] | undefined
  readonly times?: Times
  readonly around?: { from: string; to: string } | undefined
}

export const tracesModule: CapabilityModule<'traces'> = {
  name: 'traces',
  start(engine) {
    const store = engine.telemetry
    const cache = new TraceCache(store, engine.liveTraces)
    // a switched-off source, a corrected clock, a second import: what was read may no longer be so
    const listening = engine.changes((change) => {
      if (change.topic !== 'sources') return
      cache.clear()
      engine.liveTraces.forget()
    })
    engine.onShutdown(() => {
      listening[Symbol.dispose]()
      cache.clear()
    })
    const open = async (input: AskedTrace, context: CallContext) => {
      const { traceId, sources, around } = input
      const { signal } = context
      const { trace, scope } = await cache.open(
        { traceId, sources, around: around && parseRange(around, engine.platform.clock.now()) },
        { signal, view: 'traces.open' },
      )
      return { trace: await inTimes(trace, input.times ?? 'raw', store, signal), raw: trace, scope }
    }

    const groupsOf = (
      input: MethodParsedInput<'traces.compareGroups'>,
      context: CallContext,
    ): Promise<[TraceGroup, TraceGroup]> => {
      const group = async ({ range, filter = {} }: typeof input.a): Promise<TraceGroup> => {
        const ask = { range, sources: input.sources }
        return { filter, asked: await scoped(engine, ask, context, { view: 'traces.compareGroups', filter }) }
      }
      return Promise.all([group(input.a), group(input.b)])
    }

    return {
      search: (input, context) =>
        searchPage(input, (enough) =>
          scoped(engine, input, context, { view: 'traces.search', filter: input, enough, listOnly: true }),
        ),
      scatter: async (input, context) =>
        scatter(input, await scoped(engine, input, context, { view: 'traces.scatter', filter: input, listOnly: true })),

      async get(input, context) {
        const { trace, scope } = await open(input, context)
        const place = placeOf('traces.get', input)
        const rows = { from: place, to: place + input.limit }
        const page = await spanPage(store, trace, rows, scope.completeness, context.signal)
        return rows.to < trace.tree.count ? { ...page, nextCursor: cursorAt('traces.get', rows.to, input) } : page
      },
      async header(input, context) {
        const { trace, raw, scope } = await open(input, context)
        // as recorded nothing is out of place: no clock needs to be looked at
        const asks = input.times === 'adjusted' || raw.tree.skewed > 0
        const clocks = asks ? (await adjusted(raw, store, context.signal)).clocks : []
        return { ...header(trace, scope.sourceId(trace.source), scope.completeness, clocks), times: input.times }
      },
      async waterfall(input, context) {
        const { trace, scope } = await open(input, context)
        const { traceId, sources, times, offset, limit, ...request } = input
        const view = await viewOf(trace, request, store, context.signal)
        return waterfall(trace, view, { offset, limit }, store, scope.completeness, context.signal)
      },
      async locate(input, context) {
        const { trace, scope } = await open(input, context)
        const { traceId, sources, times, spanId, errors, after, direction, ...request } = input
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

      async stats(input, context) {
        const asked = await scoped(engine, input, context, { view: 'traces.stats', filter: input.filter })
        return rankedPage('traces.stats', input, (page) => stats(asked, page))
      },
      async differences(input, context) {
        const asked = await scoped(engine, input, context, { view: 'traces.differences', filter: input.filter })
        const range = input.selection.range && parseRange(input.selection.range, engine.platform.clock.now())
        const selection = { ...input.selection, range }
        return rankedPage('traces.differences', input, ({ filter, limit }) =>
          differences(asked, { filter, selection, limit }),
        )
      },
      async compare(input, context) {
        const one = (traceId: string, source: string | undefined) =>
          open({ traceId, sources: source === undefined ? input.sources : [source], times: input.times }, context)
        const a = await one(input.a, input.sourceA)
        const b = await one(input.b, input.sourceB)
        return compareTraces(a.trace, b.trace, uniteCompleteness([a.scope.completeness, b.scope.completeness]))
      },
      async compareGroups(input, context) {
        const groups = await groupsOf(input, context)
        return rankedPage('traces.compareGroups', input, ({ limit }) => compareGroups(...groups, limit))
      },
      async groupDifferences(input, context) {
        const groups = await groupsOf(input, context)
        return rankedPage('traces.groupDifferences', input, ({ limit }) => groupDifferences(...groups, limit))
      },
      async keys(input, context) {
        const asked = await scoped(engine, input, context, { view: 'traces.keys', enough: FOR_COMPLETION })
        return rankedPage('traces.keys', input, (page) => attributeKeys(asked, page))
      },
      async values(input, context) {
        const filter = input.service === undefined ? undefined : { service: input.service }
        const asked = await scoped(engine, input, context, { view: 'traces.values', filter, enough: FOR_COMPLETION })
        return rankedPage('traces.values', input, async (page) =>
          withLiveNames(engine.liveTraces, page, await attributeValues(asked, page), {
            signal: context.signal,
            view: 'traces.values',
          }),
        )
      },
    }
  },
}
