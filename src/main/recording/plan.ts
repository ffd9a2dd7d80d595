// What recording would cost, asked of each source by one small question per track.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs, formatRfc3339 } from '../../shared/base/time.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import { uniteCompleteness } from '../../shared/domain/completeness.ts'
import { DEFAULT_BUDGET } from '../../shared/domain/recording.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { SETTLE_NS } from '../engine/trace-coverage.ts'
import type { LiveSource } from '../platform/connector.ts'
import { liveOf, type Wanted, wantedOf } from './tracks.ts'

type Plan = MethodOutput<'recording.plan'>
type PlannedTrack = Plan['sources'][number]['tracks'][number]

const PROBED_MINUTES = 2
const MINUTE_NS = 60_000_000_000n
/** Packed bytes on the way, about: of a sample, of a span, of everything around an answer. */
const SAMPLE_BYTES = 20
const SPAN_BYTES = 150
const ANSWER_BYTES = 400

export async function plan(engine: EngineContext, incident: Incident, context: CallContext): Promise<Plan> {
  const now = engine.platform.clock.now()
  const parts = await Promise.all(
    liveOf(engine, incident).map(async (live) => {
      const { wanted, unrecorded } = wantedOf(engine, incident, live)
      try {
        const tracks: PlannedTrack[] = []
        for (const each of wanted) tracks.push(await probe(live, each, now, context))
        return { live, tracks, unrecorded, missing: [] }
      } catch (error) {
        if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
        const at = formatRfc3339(now)
        const tracks = wanted.map(({ part, query }): PlannedTrack => ({ part, query, atLeast: false }))
        return { live, tracks, unrecorded, missing: [{ source: live.id, from: at, to: at, reason: error.message }] }
      }
    }),
  )
  return {
    budget: DEFAULT_BUDGET,
    sources: parts.map(({ live, tracks }) => ({ source: live.id, tracks, perMinute: costOf(live, tracks) })),
    unrecorded: parts.flatMap(({ unrecorded }) => unrecorded),
    completeness: uniteCompleteness(parts.map(({ missing }) => ({ complete: missing.length === 0, missing }))),
  }
}

async function probe(
  { metrics, traces }: LiveSource,
  { part, query }: Wanted,
  now: bigint,
  { signal }: CallContext,
): Promise<PlannedTrack> {
  const asking = { signal, view: 'recording.plan' }
  const track = { part, query, atLeast: false }
  if (part === 'metrics' && metrics) {
    const count = `sum(count_over_time(${query}[${PROBED_MINUTES}m]))`
    try {
      const { series } = await metrics.instant(count, Number(now / 1_000_000n), asking)
      return { ...track, samplesPerMinute: Math.round((series[0]?.values[0] ?? 0) / PROBED_MINUTES) }
    } catch (error) {
      // what this one question is, the recording will tell as well
      if (error instanceof WatchdeckError && error.code === 'invalid_input') return track
      throw error
    }
  }
  if (part === 'traces' && traces) {
    const to = now - SETTLE_NS
    const range = { from: asEpochNs(to - MINUTE_NS), to: asEpochNs(to) }
    const filter = query === '' ? {} : { service: query }
    const { spans, full } = await traces.search({ ...filter, range, limit: traces.limits.page }, asking)
    return { ...track, samplesPerMinute: spans.length, atLeast: full }
  }
  return track
}

function costOf({ capabilities }: LiveSource, tracks: readonly PlannedTrack[]) {
  const cost = { requests: 0, bytes: 0, samples: 0 }
  for (const { part, samplesPerMinute = 0 } of tracks) {
    // exemplars are asked for where there were samples
    const exemplars = part === 'metrics' && samplesPerMinute > 0 && capabilities?.flags['exemplars'] !== false
    const requests = exemplars ? 2 : 1
    cost.requests += requests
    cost.samples += samplesPerMinute
    cost.bytes += requests * ANSWER_BYTES + samplesPerMinute * (part === 'traces' ? SPAN_BYTES : SAMPLE_BYTES)
  }
  return cost
}
