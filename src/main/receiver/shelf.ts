// Where received rows go: a source for each day, another when one has grown large, the oldest removed when it is time.

import { asEpochNs, type EpochNs, formatRfc3339, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { ReceiverSettings } from '../../shared/contract/receiver.ts'
import type { EngineContext } from '../engine/api.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { sum } from '../storage/reconcile.ts'
import type { WrittenRows } from '../storage/telemetry/api.ts'

/** A commit looks at the traces that its source has, and a start at its names: this many rows keep that short. */
const LARGE_ROWS = 2_000_000
const DAY_NS = 86_400_000_000_000n
const GB = 1e9

export class Shelf {
  readonly #engine: EngineContext
  /** the source that was made last, while nothing of it is committed */
  #fresh: string | undefined
  constructor(engine: EngineContext) {
    this.#engine = engine
  }

  #own(): SourceRecord[] {
    return this.#engine.catalog.sources.list().filter((s) => s.kind === 'otlp' && s.state !== 'removed')
  }

  /** The source that takes what comes now; none when nothing came today. */
  current(now: EpochNs): SourceRecord | undefined {
    const day = dayOf(now)
    return this.#own()
      .filter((s) => s.origin[0] === day && (s.rows ?? 0) < LARGE_ROWS && (s.state === 'ready' || s.state === 'off'))
      .at(-1)
  }

  /** The current source; a new one is made ready with its first rows (`record`). */
  take(now: EpochNs): SourceRecord {
    const there = this.current(now)
    if (there) return there
    const day = dayOf(now)
    const fresh = this.#fresh === undefined ? undefined : this.#engine.catalog.sources.get(this.#fresh)
    if (fresh?.state === 'loading' && fresh.origin[0] === day) return fresh
    const before = this.#engine.catalog.sources.list().filter((s) => s.kind === 'otlp' && s.origin[0] === day).length
    const made = this.#engine.catalog.sources.create({
      name: `OTLP in ${day}${before === 0 ? '' : ` (${before + 1})`}`,
      kind: 'otlp',
      origin: [day],
      readOnly: false,
    })
    this.#fresh = made.id
    return made
  }

  /** After the commit. */
  record(id: string, written: WrittenRows): void {
    const { catalog } = this.#engine
    const source = catalog.sources.get(id)
    if (source === undefined) return
    const counts = { ...source.counts }
    for (const key of Object.keys(counts) as Array<keyof typeof counts>) counts[key] += written[key]
    const from = pick(source.from, written.from, (a, b) => a < b)
    const to = pick(source.to, written.to, (a, b) => a > b)
    catalog.sources.update(id, {
      ...(source.state === 'loading' ? { state: 'ready' } : {}),
      counts,
      rows: rowsOf(counts),
      ...(from === undefined ? {} : { from: formatRfc3339(from) }),
      ...(to === undefined ? {} : { to: formatRfc3339(to) }),
    })
  }

  /** A source of which nothing was committed leaves no trace: true when this was one. */
  forget(id: string): boolean {
    const { catalog } = this.#engine
    if (catalog.sources.get(id)?.state !== 'loading') return false
    catalog.sources.delete(id)
    return true
  }

  /**
   * After a commit that failed: its last step may have failed when the rows were there already. The journal knows; a source
   * that has nothing leaves no trace.
   */
  async settle(id: string): Promise<void> {
    const { catalog, telemetry } = this.#engine
    const source = catalog.sources.get(id)
    if (source === undefined) return
    const entries = (await telemetry.journal()).filter(({ key }) => key === source.key)
    if (entries.length === 0) this.forget(id)
    else sum(catalog, source, entries)
  }

  /** Whether rows may still be written to it: nobody has removed it. */
  takes(id: string): boolean {
    const state = this.#engine.catalog.sources.get(id)?.state
    return state === 'loading' || state === 'ready' || state === 'off'
  }

  /** Bytes on disk, by the share of rows. */
  async bytes(): Promise<number> {
    const { catalog, telemetry } = this.#engine
    let all = 0
    let own = 0
    for (const source of catalog.sources.list()) {
      if (source.kind === 'file') continue
      const rows = rowsOf(source.counts)
      all += rows
      // rows that were removed are still on disk, but on their way out
      if (source.kind === 'otlp' && source.state !== 'removed') own += rows
    }
    return own === 0 ? 0 : Math.round(((await telemetry.bytes()) * own) / all)
  }

  /**
   * What must go by age, then by size, oldest day first; today stays.
   * @returns ids to remove, and whether what stays is still past the size
   */
  async due(settings: ReceiverSettings, now: EpochNs): Promise<{ remove: string[]; isFull: boolean }> {
    const today = dayOf(now)
    const oldest = dayOf(asEpochNs(now - BigInt(settings.keepDays - 1) * DAY_NS))
    const days = this.#own()
      .filter((s) => s.state !== 'loading')
      .sort((a, b) => (a.origin[0] ?? '').localeCompare(b.origin[0] ?? ''))
    const remove = days.filter((s) => (s.origin[0] ?? '') < oldest)
    const stays = days.filter((s) => !remove.includes(s))
    const total = stays.reduce((sum, s) => sum + rowsOf(s.counts), 0)
    let bytes = await this.bytes()
    const perRow = total === 0 ? 0 : bytes / (total + remove.reduce((sum, s) => sum + rowsOf(s.counts), 0))
    bytes = perRow * total
    for (const source of stays) {
      if (bytes <= settings.maxGb * GB || source.origin[0] === today) break
      remove.push(source)
      bytes -= perRow * rowsOf(source.counts)
    }
    return { remove: remove.map(({ id }) => id), isFull: bytes > settings.maxGb * GB }
  }
}

const dayOf = (now: EpochNs): string => formatRfc3339(now).slice(0, 10)

function rowsOf({ spans, logs, samples, objects, happenings, userEvents }: SourceRecord['counts']): number {
  return spans + logs + samples + objects + happenings + userEvents
}

function pick(known: string | undefined, found: bigint | null, isBetter: (a: bigint, b: bigint) => boolean) {
  const before = known === undefined ? undefined : tryParseRfc3339(known)
  if (before === undefined) return found ?? undefined
  return found === null || isBetter(before, found) ? before : found
}
