// Everything that a clean-up could remove, with the incidents that speak of it.

import { dirname } from 'node:path'
import { asEpochNs, formatRfc3339, fromMillis, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { SpaceItem } from '../../shared/contract/space.ts'
import type { RemovableKind } from '../../shared/domain/retention.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import type { FoundFile } from './folder.ts'

/** What `run` needs to know beside what people see. */
export interface Thing extends Omit<SpaceItem, 'why' | 'undo'> {
  readonly sinceNs: bigint
  readonly removes: { readonly source: string } | { readonly files: readonly string[] } | { readonly unpacked: string }
}

export type KeptBy = SpaceItem['keptBy']

const KIND_OF_SOURCE: Partial<Record<SourceRecord['kind'], RemovableKind>> = {
  import: 'import',
  demo: 'demo',
  otlp: 'received',
}

/** Sources in use, stores that were set aside, crash reports, unpacked parts of opened files. */
export async function thingsOf(
  engine: EngineContext,
  files: readonly FoundFile[],
  context: CallContext,
): Promise<Thing[]> {
  const { sources } = await engine.call('sources.list', {}, context)
  const bytesOf = new Map(sources.map(({ id, bytes }) => [id, bytes ?? 0]))
  const keptBy = keepers(engine)
  const things: Thing[] = []
  const today = formatRfc3339(engine.platform.clock.now()).slice(0, 10)
  for (const source of engine.catalog.sources.list()) {
    const kind = KIND_OF_SOURCE[source.kind]
    if (kind === undefined || source.state === 'removed' || source.state === 'loading') continue
    // the receiver is still filling it
    if (source.kind === 'otlp' && source.origin[0] === today) continue
    const sinceNs = ageOf(engine, source)
    things.push({
      id: `source:${source.id}`,
      kind,
      name: source.name,
      bytes: bytesOf.get(source.id) ?? 0,
      sinceNs,
      since: formatRfc3339(asEpochNs(sinceNs)),
      ...(source.from === undefined ? {} : { from: source.from }),
      ...(source.to === undefined ? {} : { to: source.to }),
      ...(source.rows === undefined ? {} : { rows: source.rows }),
      keptBy: keptBy(source),
      removes: { source: source.id },
    })
  }
  for (const [name, group] of Map.groupBy(files, copyOf)) {
    if (name === undefined) continue
    const [kind, shown] = name.startsWith('crashes') ? (['crash', name] as const) : (['copy', name] as const)
    things.push(fileThing(kind, shown, group))
  }
  const { files: unpacked } = await engine.call('file.unpacked', {}, context)
  for (const { key, name, bytes, usedAt } of unpacked)
    things.push({
      id: `unpacked:${key}`,
      kind: 'unpacked',
      name,
      bytes,
      sinceNs: tryParseRfc3339(usedAt) ?? 0n,
      since: usedAt,
      keptBy: [],
      removes: { unpacked: key },
    })
  return things
}

/** The name of the set-aside thing that a file belongs to: each entry of `backups`, a damaged catalog, a crash report. */
function copyOf({ path, part }: FoundFile): string | undefined {
  if (part === 'crashes') return path.endsWith('.dmp') ? path : undefined
  if (part !== 'copies' || path.startsWith('restoring')) return undefined
  if (path.startsWith('catalog-damaged-')) return path.replace(/\.sqlite(-wal|-shm)?$/, '.sqlite')
  for (let at = path; ; at = dirname(at)) if (dirname(at) === 'backups') return at
}

function fileThing(kind: 'copy' | 'crash', name: string, files: readonly FoundFile[]): Thing {
  const sinceNs = fromMillis(Math.floor(Math.max(...files.map(({ changedMs }) => changedMs))))
  return {
    id: `${kind}:${name}`,
    kind,
    name,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    sinceNs,
    since: formatRfc3339(sinceNs),
    keptBy: [],
    // a folder of `backups` goes as one
    removes: { files: name.startsWith('backups') ? [name] : files.map(({ path }) => path) },
  }
}

/** When it was made or last added to; a received day counts from its beginning, as the receiver counts it. */
function ageOf({ catalog }: EngineContext, source: SourceRecord): bigint {
  const day = source.kind === 'otlp' ? tryParseRfc3339(`${source.origin[0]}T00:00:00Z`) : undefined
  if (day !== undefined) return day
  const times = [source.createdAt, ...catalog.imports.ofSource(source.id).map(({ importedAt }) => importedAt)]
  return times.reduce((newest, text) => {
    const at = tryParseRfc3339(text) ?? 0n
    return at > newest ? at : newest
  }, 0n)
}

/**
 * Incidents that a source is kept for: they name it, or a pin does, and its rows are of their time. An incident without
 * sources means all of them.
 */
export function keepers({ catalog }: EngineContext): (source: SourceRecord) => KeptBy {
  const incidents = catalog.incidents.list().filter((incident) => !incident.removed)
  const pins = new Map(
    incidents.map(({ id }) => [
      id,
      catalog.entries.list(id).flatMap((entry) => (entry.what ? [entry.what.input] : [])),
    ]),
  )
  return (source) => {
    const offset = BigInt(source.clockOffsetNs)
    const [from, to] = [source.from, source.to].map((text) => {
      const at = text === undefined ? undefined : tryParseRfc3339(text)
      return at === undefined ? undefined : at + offset
    })
    const isOfTime = (range: { from: string; to: string } | undefined): boolean => {
      const [low, high] = [range?.from, range?.to].map((text) =>
        text === undefined ? undefined : tryParseRfc3339(text),
      )
      return (
        (from === undefined || high === undefined || from < high) &&
        (to === undefined || low === undefined || to >= low)
      )
    }
    return incidents.flatMap(({ id, number, title, sources, range }) => {
      const named = sources.length === 0 || sources.includes(source.id)
      const pinned = (pins.get(id) ?? []).filter(
        (input) => speaksOf(input, source.id, named) && isOfTime(rangeOf(input)),
      ).length
      return (named && isOfTime(range)) || pinned > 0 ? [{ id, number, title, pins: pinned }] : []
    })
  }
}

/** A pinned question without sources is about those of its incident. */
function speaksOf(input: Readonly<Record<string, unknown>>, source: string, named: boolean): boolean {
  const { sources } = input
  return Array.isArray(sources) ? sources.includes(source) : named
}

function rangeOf({ range }: Readonly<Record<string, unknown>>): { from: string; to: string } | undefined {
  if (typeof range !== 'object' || range === null || !('from' in range) || !('to' in range)) return undefined
  const { from, to } = range
  return typeof from === 'string' && typeof to === 'string' ? { from, to } : undefined
}
