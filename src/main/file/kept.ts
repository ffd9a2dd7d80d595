// What of a source goes into an incident file, and what the file says that it has not.

import { formatRfc3339, type TimeRange } from '../../shared/base/time.ts'
import type { MethodParsedInput } from '../../shared/contract/index.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import { type Held, HELD_KINDS, type HeldKind, heldOfBoth } from '../../shared/domain/held.ts'
import { recordedCopyId } from '../../shared/domain/recording.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { SaveScope } from './selection.ts'

/** The source whose rows stand for this one in the file: what was recorded of a live source for the incident. */
export function heldIn({ catalog }: EngineContext, incident: string, source: string): string {
  const copy = recordedCopyId(incident, source)
  const state = catalog.sources.get(copy)?.state
  return state === undefined || state === 'removed' ? source : copy
}

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
          source.kind === 'alertmanager'
            ? 'live: the alerts that were recorded are in the file, and the answers that were pinned'
            : heldIn(engine, incident, id) === id
              ? 'live: only the answers that were pinned are in the file'
              : 'live: what was recorded is in the file, and the answers that were pinned',
      },
    ],
  }
}

/** What is recorded of a live source, by its kind; alerts always are. */
const RECORDED: Partial<Record<SourceRecord['kind'], HeldKind>> = {
  alertmanager: 'objects',
  prometheus: 'metrics',
  jaeger: 'traces',
  zipkin: 'traces',
}

/** What the file will know of a source whose rows are those of `rows`. */
export function heldOf(
  source: SourceRecord,
  rows: SourceRecord,
  { range, scope }: { range: TimeRange; scope: SaveScope },
): Held {
  const hasRows = source.spec === undefined || source.kind === 'alertmanager' || rows.id !== source.id
  const kinds =
    source.spec === undefined ? scope.kinds : scope.kinds.filter((kind) => hasRows && kind === RECORDED[source.kind])
  const asked = { from: formatRfc3339(range.from), to: formatRfc3339(range.to), kinds, services: scope.services }
  return heldOfBoth(asked, rows.held)
}

export const saveScope = (scope: MethodParsedInput<'file.save'>['scope']): SaveScope => ({
  kinds: scope?.kinds ?? HELD_KINDS,
  services: scope?.services ?? [],
})
