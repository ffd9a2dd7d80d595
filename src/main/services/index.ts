// Services: overview, map and what changed, from the telemetry store.

import { parseRange } from '../../shared/base/time.ts'
import type { CallContext, CapabilityModule, EngineContext } from '../engine/api.ts'
import { changes } from './changes.ts'
import { serviceMap } from './map.ts'
import { overview, sparklines } from './overview.ts'

interface Question {
  readonly range: { readonly from: string; readonly to: string }
  readonly compareTo?: { readonly from: string; readonly to: string } | undefined
  readonly sources?: string[] | undefined
}

async function understood(engine: EngineContext, input: Question, context: CallContext) {
  const now = engine.platform.clock.now()
  const range = parseRange(input.range, now)
  const asked = {
    store: engine.telemetry,
    range,
    scope: await engine.telemetry.scope(input.sources, range),
    signal: context.signal,
  }
  return { asked, compareTo: input.compareTo && parseRange(input.compareTo, now) }
}

export const servicesModule: CapabilityModule<'services'> = {
  name: 'services',
  start: (engine) => ({
    async overview(input, context) {
      const { asked, compareTo } = await understood(engine, input, context)
      return overview(asked, compareTo)
    },
    async sparklines(input, context) {
      const { asked } = await understood(engine, input, context)
      return sparklines(asked, input.buckets)
    },
    async map(input, context) {
      const { asked, compareTo } = await understood(engine, input, context)
      return serviceMap(asked, compareTo)
    },
    async changes(input, context) {
      const { asked, compareTo } = await understood(engine, input, context)
      return changes(asked, { compareTo, kinds: input.kinds, service: input.service, limit: input.limit })
    },
  }),
}
