// What an opened incident file becomes in the catalog. The same content opened again finds its records as they are, and
// they are brought back: to where the file is now, out of a removal, out of a failure.

import { createHash } from 'node:crypto'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { Entry, Incident } from '../../shared/contract/incidents.ts'
import type { Source } from '../../shared/contract/sources.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { HeldIncident, HeldSource } from '../storage/incident-file/read.ts'

export interface Recorded {
  readonly incident: string
  readonly sources: readonly string[]
}

export interface Content {
  /** names the file by its content */
  readonly key: string
  readonly path: string
  readonly bytes: number
  readonly saved: HeldIncident
  /** pin id -> JSON text of its answer */
  readonly queries: Readonly<Record<string, string>>
}

const PREFIX = 'file-'
export const keyOfSource = (source: string): string => source.split('-')[1] ?? ''

/** All or nothing, under ids of this machine. */
export function recordFile(engine: EngineContext, content: Content): Recorded {
  const { catalog, platform } = engine
  const { key, saved } = content
  const idOf = new Map(saved.sources.map((source, ordinal) => [source.id, `${PREFIX}${key}-${ordinal}`]))
  const sources = saved.sources.map((_, ordinal) => `${PREFIX}${key}-${ordinal}`)
  const incident = `inc-file-${key}`
  catalog.transaction(() => {
    saved.sources.forEach((source, ordinal) => recordSource(engine, sources[ordinal] as string, source, content.path))
    if (catalog.incidents.get(incident) === undefined) createIncident(engine, incident, sources, content, idOf)
    else catalog.incidents.update(incident, { removed: false, sources })
    catalog.audit.append({
      at: formatRfc3339(platform.clock.now()),
      actor: 'local',
      action: 'file.open',
      subject: incident,
      detail: { bytes: content.bytes },
    })
  })
  engine.changed('sources', ...sources)
  engine.changed('incidents', incident)
  return { incident, sources }
}

function recordSource({ catalog }: EngineContext, id: string, source: HeldSource, path: string): void {
  const there = catalog.sources.get(id)
  if (there === undefined)
    catalog.sources.create({ id, name: source.name, kind: 'file', origin: [path], readOnly: true })
  // where the original is still here, the copy stays off: a question without sources would count its rows twice
  const first = catalog.sources.get(source.id)?.state === 'ready' ? 'off' : 'ready'
  const { spans, logs, samples, objects, happenings, userEvents } = source.counts
  catalog.sources.update(id, {
    state: there === undefined ? first : stateAgain(there, first),
    undoUntil: undefined,
    stateBefore: undefined,
    origin: [path],
    counts: source.counts,
    rows: spans + logs + samples + objects + happenings + userEvents,
    held: source.held,
    missing: source.missing,
    from: source.from,
    to: source.to,
  })
}

/** As a person left it; a removal and a failure are over. */
function stateAgain({ state, stateBefore }: SourceRecord, first: Source['state']): Source['state'] {
  const last = state === 'removed' ? stateBefore : state
  return last === 'ready' || last === 'off' ? last : first
}

function createIncident(
  { catalog }: EngineContext,
  id: string,
  sources: readonly string[],
  { key, saved, queries }: Content,
  idOf: ReadonlyMap<string, string>,
): void {
  const incident: Incident = {
    ...saved.incident,
    id,
    sources: [...sources],
    readOnly: true,
    removed: false,
    stamps: [],
  }
  catalog.incidents.create(incident)
  for (const stamp of saved.incident.stamps) catalog.incidents.stamp(id, stamp)
  for (const entry of saved.entries) catalog.entries.add(copyOfEntry(entry, id, key, idOf), queries[entry.id] ?? null)
}

function copyOfEntry(entry: Entry, incident: string, key: string, idOf: ReadonlyMap<string, string>): Entry {
  const sources = entry.what?.input['sources']
  const what =
    entry.what === null || !Array.isArray(sources)
      ? entry.what
      : {
          ...entry.what,
          input: {
            ...entry.what.input,
            sources: sources.map((id) => (typeof id === 'string' ? (idOf.get(id) ?? id) : id)),
          },
        }
  return {
    ...entry,
    id: `ent-${key}-${createHash('sha256').update(entry.id).digest('hex').slice(0, 12)}`,
    incident,
    what,
  }
}
