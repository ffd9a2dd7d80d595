// Puts the catalog and the telemetry store in step when a data folder is opened. Rows are committed first, the catalog is
// told after: a crash between the two, a catalog put back from a copy, or a new one in place of a damaged one leaves rows
// that the catalog does not know. What was committed is kept, what was not is gone.

import { type EpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Catalog, SourceRecord } from './catalog/api.ts'
import type { JournalEntry, TelemetryStore } from './telemetry/api.ts'

export interface Reconciled {
  /** sources whose committed files the catalog had not heard of */
  readonly completed: readonly string[]
  /** half imports and half copies: their rows and records are gone */
  readonly dropped: readonly string[]
  /** removed sources whose deletion had begun: it is done */
  readonly purged: readonly string[]
  /** sources that were in the telemetry store only */
  readonly rebuilt: readonly string[]
}

/** Idempotent: a crash in the middle is mended by the next start. */
export async function reconcile(
  catalog: Catalog,
  telemetry: TelemetryStore,
  options: { countRows: boolean; now: EpochNs },
): Promise<Reconciled> {
  const { now } = options
  const byKey = Map.groupBy(await telemetry.journal(), (entry) => entry.key)
  const completed: string[] = []
  const dropped: string[] = []
  const purged: string[] = []
  const rebuilt: string[] = []
  for (const source of catalog.sources.list()) {
    if (source.kind !== 'import' && source.kind !== 'demo' && !isGathered(source)) continue
    const entries = byKey.get(source.key) ?? []
    if (source.state === 'loading' && entries.length === 0) {
      await telemetry.deleteSource(source.id)
      catalog.sources.delete(source.id)
      dropped.push(source.id)
    } else if (entries.length === 0 && isPastUndo(source, now)) {
      await telemetry.deleteSource(source.id)
      catalog.transaction(() => {
        catalog.imports.deleteOfSource(source.id)
        catalog.sources.delete(source.id)
        const [at, detail] = [formatRfc3339(now), { name: source.name }]
        catalog.audit.append({ at, actor: 'local', action: 'sources.purge', subject: source.id, detail })
      })
      purged.push(source.id)
    } else if (isGathered(source) ? sum(catalog, source, entries) : complete(catalog, source, entries))
      completed.push(source.id)
  }
  const known = new Set(catalog.sources.list().map((source) => source.key))
  for (const [key, entries] of byKey) {
    const [first] = entries
    if (known.has(key) || first === undefined || catalog.sources.get(first.source.id)) continue
    known.add(key)
    const source = catalog.sources.recreate({ ...first.source, key, readOnly: false })
    if (isGathered(source)) sum(catalog, source, entries)
    else complete(catalog, source, entries)
    rebuilt.push(first.source.id)
  }
  if (options.countRows) rebuilt.push(...(await rebuildByRows(catalog, telemetry, known)))
  return { completed, dropped, purged, rebuilt }
}

/** Deleting it had begun: its rows and their journal may be gone, and nothing may bring the rest back. */
function isPastUndo({ state, undoUntil }: SourceRecord, now: EpochNs): boolean {
  const until = timeOf(undoUntil)
  return state === 'removed' && until !== undefined && until <= now
}

/** Whether there was something to tell the catalog. */
function complete(catalog: Catalog, source: SourceRecord, entries: readonly JournalEntry[]): boolean {
  const files = new Set(catalog.imports.ofSource(source.id).map((file) => file.sha256))
  const isNew = source.state === 'loading'
  const missing = entries.filter(({ file }) => (file === null ? isNew : !files.has(file.sha256)))
  if (missing.length === 0 && !isNew) return false
  catalog.transaction(() => {
    const counts = { ...source.counts }
    let from = timeOf(source.from)
    let to = timeOf(source.to)
    for (const { rows, file } of missing) {
      for (const key of Object.keys(counts) as Array<keyof typeof counts>) counts[key] += rows[key]
      const [low, high] = [timeOfNs(rows.from), timeOfNs(rows.to)]
      if (low !== undefined && (from === undefined || low < from)) from = low
      if (high !== undefined && (to === undefined || high > to)) to = high
      if (file !== null) catalog.imports.add({ ...file, source: source.id })
    }
    const origin = [...new Set([...source.origin, ...missing.flatMap(({ file }) => file?.path ?? [])])].slice(0, 1000)
    catalog.sources.update(source.id, {
      ...(isNew ? { state: 'ready' } : {}),
      counts,
      rows: rowsOf(counts),
      origin,
      ...(from === undefined ? {} : { from: formatRfc3339(from) }),
      ...(to === undefined ? {} : { to: formatRfc3339(to) }),
    })
  })
  return true
}

/** Received and recorded rows have no files: all commits together say what a source has. */
const isGathered = ({ kind }: SourceRecord): boolean => kind === 'otlp' || kind === 'recording'

/** Tells the catalog what all commits of a source have together. Whether that is news. */
export function sum(catalog: Catalog, source: SourceRecord, entries: readonly JournalEntry[]): boolean {
  const counts = { spans: 0, logs: 0, samples: 0, series: 0, objects: 0, happenings: 0, userEvents: 0 }
  let from: bigint | undefined
  let to: bigint | undefined
  for (const { rows } of entries) {
    for (const key of Object.keys(counts) as Array<keyof typeof counts>) counts[key] += rows[key]
    const [low, high] = [timeOfNs(rows.from), timeOfNs(rows.to)]
    if (low !== undefined && (from === undefined || low < from)) from = low
    if (high !== undefined && (to === undefined || high > to)) to = high
  }
  if (source.state !== 'loading' && rowsOf(source.counts) === rowsOf(counts)) return false
  catalog.sources.update(source.id, {
    ...(source.state === 'loading' ? { state: 'ready' } : {}),
    counts,
    rows: rowsOf(counts),
    ...(from === undefined ? {} : { from: formatRfc3339(from) }),
    ...(to === undefined ? {} : { to: formatRfc3339(to) }),
  })
  return true
}

/** Rows of versions that kept no journal: they come back under a name that says so. */
async function rebuildByRows(
  catalog: Catalog,
  telemetry: TelemetryStore,
  known: ReadonlySet<number>,
): Promise<string[]> {
  const rebuilt: string[] = []
  for (const [key, { counts, from, to }] of await telemetry.sourceKeys()) {
    if (known.has(key)) continue
    const id = `import-recovered-${key}`
    const name = `Recovered source ${key}`
    const createdAt = formatRfc3339(from ?? 0n)
    catalog.transaction(() => {
      catalog.sources.recreate({ id, key, name, kind: 'import', origin: [], createdAt, readOnly: false })
      catalog.sources.update(id, {
        state: 'ready',
        counts,
        rows: rowsOf(counts),
        ...(from === null ? {} : { from: formatRfc3339(from) }),
        ...(to === null ? {} : { to: formatRfc3339(to) }),
      })
    })
    rebuilt.push(id)
  }
  return rebuilt
}

function rowsOf(counts: SourceRecord['counts']): number {
  const { spans, logs, samples, objects, happenings, userEvents } = counts
  return spans + logs + samples + objects + happenings + userEvents
}

const timeOf = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : tryParseRfc3339(text)
const timeOfNs = (text: string | null): bigint | undefined => (text === null ? undefined : BigInt(text))
