// file.adopt: an opened, read-only incident becomes one's own: its rows are copied into the store, its record can change.

import { randomUUID } from 'node:crypto'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339 } from '../../shared/base/time.ts'
import type { MethodOutput } from '../../shared/contract/index.ts'
import type { Entry } from '../../shared/contract/incidents.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { requireIncident } from './save.ts'

export async function adopt(
  engine: EngineContext,
  id: string,
  context: CallContext,
): Promise<MethodOutput<'file.adopt'>> {
  const { catalog, telemetry, platform } = engine
  const theirs = requireIncident(engine, id)
  if (!theirs.readOnly) throw new WatchdeckError('conflict', 'This incident is your own already.')
  const copies = new Map<string, string>()
  try {
    for (const [index, source] of theirs.sources.entries()) {
      const from = catalog.sources.get(source)
      if (!from) throw new WatchdeckError('not_found', `There is no source ${JSON.stringify(source)}.`)
      context.progress(index / theirs.sources.length, `Copying ${from.name}`)
      const name = freeName(
        from.name,
        catalog.sources.list().map((s) => s.name),
      )
      const copy = catalog.sources.create({ name, kind: 'import', origin: from.origin, readOnly: false })
      copies.set(source, copy.id)
      await telemetry.copySource(source, copy.id, { signal: context.signal })
      catalog.sources.update(copy.id, {
        state: 'ready',
        counts: from.counts,
        ...(from.held !== undefined && { held: from.held }),
        ...(from.rows !== undefined && { rows: from.rows }),
        ...(from.from !== undefined && { from: from.from }),
        ...(from.to !== undefined && { to: from.to }),
        ...(from.missing !== undefined && { missing: from.missing }),
      })
    }
  } catch (error) {
    for (const copy of copies.values()) {
      await telemetry.deleteSource(copy)
      catalog.sources.delete(copy)
    }
    throw error
  }

  const now = formatRfc3339(platform.clock.now())
  const own = catalog.transaction(() => {
    const created = catalog.incidents.create({
      ...theirs,
      id: `inc-${randomUUID().slice(0, 13).replace('-', '')}`,
      sources: theirs.sources.map((s) => copies.get(s) ?? s),
      stamps: [],
      readOnly: false,
      updatedAt: now,
    })
    for (const stamp of theirs.stamps) catalog.incidents.stamp(created.id, stamp)
    for (const entry of catalog.entries.list(theirs.id))
      catalog.entries.add(ownEntry(entry, created.id, copies), catalog.entries.answer(entry.id))
    catalog.audit.append({
      at: now,
      actor: 'local',
      action: 'file.adopt',
      subject: created.id,
      detail: { from: theirs.id },
    })
    return created
  })
  engine.changed('sources', ...copies.values())
  engine.changed('incidents', own.id)
  return { incident: own.id, source: own.sources[0] ?? '' }
}

function ownEntry(entry: Entry, incident: string, copies: ReadonlyMap<string, string>): Entry {
  const sources = entry.what?.input['sources']
  const what =
    entry.what === null || !Array.isArray(sources)
      ? entry.what
      : {
          ...entry.what,
          input: {
            ...entry.what.input,
            sources: sources.map((id) => (typeof id === 'string' ? (copies.get(id) ?? id) : id)),
          },
        }
  return { ...entry, id: `ent-${randomUUID()}`, incident, what }
}

/** `name`, or `name (2)`: the file that it came from stands beside it under the same name. */
export function freeName(name: string, taken: readonly string[]): string {
  let n = 1
  let free = name
  while (taken.includes(free)) free = `${name} (${++n})`
  return free
}
