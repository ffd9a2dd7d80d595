// What of a source goes into an incident file, and what the file says that it has not.

import { formatRfc3339, NS_PER_MS, type TimeRange } from '../../shared/base/time.ts'
import type { MethodParsedInput } from '../../shared/contract/index.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import { type Held, HELD_KINDS, type HeldKind, heldOfBoth } from '../../shared/domain/held.ts'
import { type RecordedPart, recordedCopyId, stretchesOf, type Track } from '../../shared/domain/recording.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { SaveScope } from './selection.ts'

const KIND_OF: Readonly<Record<RecordedPart, HeldKind>> = { metrics: 'metrics', traces: 'traces', alerts: 'objects' }

/** The source whose rows stand for this one in the file: what was recorded of a live source for the incident. */
export function heldIn({ catalog }: EngineContext, incident: string, source: string): string {
  const copy = recordedCopyId(incident, source)
  const state = catalog.sources.get(copy)?.state
  return state === undefined || state === 'removed' ? source : copy
}

/** The sources whose rows go into the file for this one: alerts of a live source are written down under itself. */
export function rowsOf(engine: EngineContext, incident: string, source: string): string[] {
  const held = heldIn(engine, incident, source)
  return held !== source && hasAlerts(engine.catalog.sources.get(source)) ? [held, source] : [held]
}

/** Whether alerts of a live source were ever looked at: only that tells when it was seen. */
const hasAlerts = (source: SourceRecord | undefined): boolean => source?.spec !== undefined && source.from !== undefined

export const named = ({ missing, ...rest }: Completeness, source: string): Completeness => ({
  ...rest,
  missing: missing.map((gap) => ({ ...gap, source })),
})

/** Of a live source the file holds what was recorded and the answers that were pinned, and says that the rest is not in it. */
export function unrecorded(engine: EngineContext, incident: string, id: string, range: TimeRange): Completeness {
  const source = engine.catalog.sources.get(id)
  if (source?.spec === undefined) return { complete: true, missing: [] }
  const [from, to] = [formatRfc3339(range.from), formatRfc3339(range.to)]
  return {
    complete: false,
    missing: [
      {
        source: id,
        from,
        to,
        reason:
          heldIn(engine, incident, id) !== id
            ? 'live: what was recorded is in the file, and the answers that were pinned'
            : hasAlerts(source)
              ? 'live: the alerts that were recorded are in the file, and the answers that were pinned'
              : 'live: only the answers that were pinned are in the file',
      },
    ],
  }
}

/** What the file will know of a source. Of a live one that is what was recorded of it, and its alerts. */
export function heldOf(
  engine: EngineContext,
  incident: string,
  source: SourceRecord,
  { range, scope }: { range: TimeRange; scope: SaveScope },
): Held {
  const asked = { from: formatRfc3339(range.from), to: formatRfc3339(range.to), ...scope }
  if (source.spec === undefined) return heldOfBoth(asked, source.held)
  if (heldIn(engine, incident, source.id) !== source.id)
    return heldOfBoth(asked, recordedOf(engine.catalog.recordings.get(incident)?.tracks ?? [], source, range))
  const kinds = asked.kinds.filter((kind) => hasAlerts(source) && kind === 'objects')
  return { ...asked, kinds }
}

/**
 * Between the latest begin and the earliest end of its tracks everything was read, but for the gaps that are told as such.
 * Sources are read by the millisecond: the one at the end counts as read.
 */
function recordedOf(tracks: readonly Track[], source: SourceRecord, range: TimeRange): Held {
  const read = tracks.filter(
    ({ source: of, part, covered }) => of === source.id && part !== 'alerts' && covered.length > 0,
  )
  // what the source refuses is not read any further
  const going = read.filter(({ problem }) => problem === undefined)
  const stretches = (going.length > 0 ? going : read).map(({ covered }) => stretchesOf(covered))
  const from = stretches.flatMap((of) => of[0]?.from ?? []).reduce(later, range.from)
  const to = stretches.flatMap((of) => (of.at(-1)?.to ?? range.from) + NS_PER_MS).reduce(earlier, range.to)
  const metrics = read.filter(({ part }) => part === 'metrics')
  const isOfServices = read.every(({ part, query }) => part === 'traces' && query !== '')
  return {
    from: formatRfc3339(from),
    to: formatRfc3339(to),
    kinds: [...new Set([...read.map(({ part }) => KIND_OF[part]), ...(hasAlerts(source) ? ['objects' as const] : [])])],
    services: isOfServices ? read.map(({ query }) => query) : [],
    ...(metrics.length > 0 && { selectors: metrics.map(({ query }) => query) }),
  }
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b)

export const saveScope = (scope: MethodParsedInput<'file.save'>['scope']): SaveScope => ({
  kinds: scope?.kinds ?? HELD_KINDS,
  services: scope?.services ?? [],
})
