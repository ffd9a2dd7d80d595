// Services: overview, map and what changed, from the telemetry store.

import { parseRange } from '../../shared/base/time.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import { rankedPage } from '../engine/ranked.ts'
import { changes } from './changes.ts'
import { countedCalls, measuredServices } from './live.ts'
import { serviceMap } from './map.ts'
import { overview, sparklines } from './overview.ts'
import { windowBefore } from './windows.ts'

interface Question {
  readonly range: { readonly from: string; readonly to: string }
  readonly compareTo?: { readonly from: string; readonly to: string } | undefined
  readonly sources?: string[] | undefined
}

async function understood(engine: EngineContext, input: Question, context: CallContext, view: string) {
  const now = engine.platform.clock.now()
  const range = parseRange(input.range, now)
  const compareTo = input.compareTo && parseRange(input.compareTo, now)
  const before = compareTo ?? (view === 'services.changes' ? windowBefore(range) : undefined)
  const { signal } = context
  const { scope } = await engine.liveTraces.scope(
    { sources: input.sources, ranges: before ? [range, before] : [range] },
    { signal, view },
  )
  return { asked: { store: engine.telemetry, range, scope, signal }, compareTo }
}

export const servicesModule: CapabilityModule<'services'> = {
  name: 'services',
  start: (engine) => ({
    async overview(input, context) {
      const { asked, compareTo } = await understood(engine, input, context, 'services.overview')
      return overview(asked, compareTo)
    },
    async sparklines(input, context) {
      const { asked } = await understood(engine, input, context, 'services.sparklines')
      return sparklines(asked, input.buckets)
    },
    async map(input, context) {
      const { asked, compareTo } = await understood(engine, input, context, 'services.map')
      const { signal } = context
      const counted = await countedCalls(engine, input.sources, asked.range, asked.scope.completeness, {
        signal,
        view: 'services.map',
      })
      return serviceMap(asked, compareTo, counted)
    },
    async measured(input, context) {
      const range = parseRange(input.range, engine.platform.clock.now())
      const { sources, services, steps } = input
      const asking = { signal: context.signal, view: 'services.measured' }
      return measuredServices(engine, { sources, services, range, steps }, asking)
    },
    async changes(input, context) {
      const { asked, compareTo } = await understood(engine, input, context, 'services.changes')
      return rankedPage('services.changes', input, ({ kinds, alone, service, limit }) =>
        changes(asked, { compareTo, kinds, alone, service, limit }),
      )
    },
  }),
}
