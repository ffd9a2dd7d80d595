// Which source holds a trace: stored, in an opened file, or asked of the live sources by its id.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import { type Scope, type TelemetryStore, uuidOf } from '../storage/telemetry/api.ts'
import type { LiveTraces } from './live-traces.ts'

export interface FoundTrace {
  /** 32 hex digits */
  readonly id: string
  readonly scope: Scope
  /** of several the one with most of its spans */
  readonly source: number
  readonly spans: number
  readonly start: bigint
}

/** @throws WatchdeckError not_found, or `unavailable` when a live source that may have it does not answer */
export async function findTrace(
  engine: { readonly telemetry: TelemetryStore; readonly liveTraces: Pick<LiveTraces, 'trace'> },
  traceId: string,
  sources: readonly string[] | undefined,
  asking: Asking,
): Promise<FoundTrace> {
  const id = traceId.toLowerCase().padStart(32, '0')
  const find = async (scope: Scope) => {
    const [found] = await engine.telemetry.rows<{ source: number; spans: number; start_ns: bigint }>(
      `SELECT source, spans, start_ns FROM ${scope.relation('traces')} WHERE trace_id = $1 ORDER BY spans DESC, source LIMIT 1`,
      [uuidOf(id)],
      { signal: asking.signal },
    )
    return found
  }
  let scope = await engine.telemetry.scope(sources)
  let found = await find(scope)
  if (!found) {
    scope = await engine.liveTraces.trace(id, sources, asking)
    found = await find(scope)
  }
  if (found) return { id, scope, source: found.source, spans: found.spans, start: found.start_ns }
  const [silent] = scope.completeness.missing
  if (silent)
    throw new WatchdeckError('unavailable', `There is no trace ${id} in the sources that answered. ${silent.reason}`)
  throw new WatchdeckError('not_found', `There is no trace ${id} in the sources that are switched on.`, {
    hint: 'A trace goes when its source is removed or switched off, and from a live source after its time of keeping.',
  })
}
