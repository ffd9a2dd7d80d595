// Which source holds a trace: stored, in an opened file, or asked of the live sources by its id.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { uuidOf } from '../storage/telemetry/ids.ts'
import type { LiveTraces } from './live-traces.ts'
import type { WantedTrace } from './trace-wish.ts'

export type { WantedTrace } from './trace-wish.ts'

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
  wanted: WantedTrace,
  asking: Asking,
): Promise<FoundTrace> {
  const { sources } = wanted
  const id = wanted.traceId.toLowerCase().padStart(32, '0')
  const find = (scope: Scope) =>
    engine.telemetry.rows<{ source: number; spans: number; start_ns: bigint; duration_ns: bigint }>(
      `SELECT source, spans, start_ns, duration_ns FROM ${scope.relation('traces')} WHERE trace_id = $1 ORDER BY spans DESC, source`,
      [uuidOf(id)],
      { signal: asking.signal },
    )
  let scope = await engine.telemetry.scope(sources)
  let [found, ...others] = await find(scope)
  if (!found) {
    scope = await engine.liveTraces.trace({ ...wanted, traceId: id }, asking)
    ;[found, ...others] = await find(scope)
  }
  if (found) {
    const { source, spans, start_ns: start } = found
    return {
      id,
      scope: telling(
        scope,
        others.filter((other) => other.source !== source),
      ),
      source,
      spans,
      start,
    }
  }
  const [silent] = scope.completeness.missing
  if (silent)
    throw new WatchdeckError('unavailable', `There is no trace ${id} in the sources that answered. ${silent.reason}`)
  throw new WatchdeckError('not_found', `There is no trace ${id} in the sources that are switched on.`, {
    hint: 'A trace goes when its source is removed or switched off, and from a live source after its time of keeping.',
  })
}

/** The scope with what its answers leave out: the spans that other sources have under the same id. */
function telling(
  scope: Scope,
  others: ReadonlyArray<{ readonly source: number; readonly start_ns: bigint; readonly duration_ns: bigint }>,
): Scope {
  if (others.length === 0) return scope
  const unseen = others.map(({ source, start_ns: start, duration_ns: duration }) => ({
    source: scope.sourceId(source),
    from: formatRfc3339(start),
    to: formatRfc3339(start + duration),
    reason: 'It has a trace of this id as well; choose this source alone to see it.',
  }))
  const { completeness } = scope
  return {
    ...scope,
    completeness: {
      complete: false,
      get missing() {
        return [...completeness.missing, ...unseen]
      },
      truncated: completeness.truncated,
    },
  }
}
