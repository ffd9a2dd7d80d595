// One recording as it goes: every minute what is new, then what is missing, newest first, as far as the budget allows.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { formatRfc3339, parseRange, tryParseRfc3339 } from '../../shared/base/time.ts'
import type { Incident } from '../../shared/contract/incidents.ts'
import {
  addLasting,
  cover,
  gapsAfter,
  holesIn,
  joined,
  recordedCopyId,
  type RecordingRecord,
  type Stretch,
  stretchesOf,
  type Track,
} from '../../shared/domain/recording.ts'
import type { TelemetryBatch } from '../../shared/domain/telemetry.ts'
import type { CallContext, EngineContext } from '../engine/api.ts'
import { SETTLE_NS } from '../engine/trace-coverage.ts'
import type { LiveSource } from '../platform/connector.ts'
import type { SourceRecord } from '../storage/catalog/api.ts'
import { type Committed, commitTo, committedOf, copyOf, freshSpans, tellMissing } from './copy.ts'
import { Meter, VIEW } from './meter.ts'
import { lastingOf, MS_NS, newestHole, pieceOf, readableTo, settleOf } from './pieces.ts'
import { type Read, readSamples, readTraces, SeriesBook } from './read.ts'
import { liveOf, tracksOf, type Unrecorded, wantedOf } from './tracks.ts'

export interface Pace {
  readonly everyMs: number
  /** resolves after so long, or when the signal aborts */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

/** Rows that wait for one commit. */
const COMMIT_ROWS = 50_000
/** A closed incident is left when nothing new came for so many passes. */
const PATIENCE = 3

/** Reasons of gaps; those of sources stand beside them as the sources gave them. */
const NOT_YET = 'Not read yet'
const BUDGET = 'The budget of the recording was used up'
const ASLEEP = 'This machine slept, or Watchdeck was not running'
const NOTHING = 'The source has nothing of this time'

interface Pass {
  readonly live: LiveSource
  readonly meter: Meter
  readonly tracks: readonly Track[]
  readonly copy: SourceRecord
  readonly final: boolean
  readonly end: bigint
}

export class Run {
  readonly #engine: EngineContext
  readonly #pace: Pace
  readonly #meters = new Map<string, Meter>()
  readonly #recalled = new WeakSet<Track>()
  readonly #books = new Map<string, SeriesBook>()
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #end: () => void = () => undefined
  #lastPass: bigint | undefined
  unrecorded: readonly Unrecorded[] = []
  readonly record: RecordingRecord

  constructor(engine: EngineContext, record: RecordingRecord, pace: Pace) {
    this.#engine = engine
    this.record = record
    this.#pace = pace
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  meter(source: string): Meter | undefined {
    return this.#meters.get(source)
  }

  /** Reads what is left, then ends; resolves when it has. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async live(context: CallContext): Promise<void> {
    try {
      await this.#loop(context)
      this.record.state = 'stopped'
    } catch (error) {
      // cancelled, or the engine ends: it can be gone on with
      this.record.state = 'interrupted'
      throw error
    } finally {
      this.record.endedAt = formatRfc3339(this.#engine.platform.clock.now())
      this.#keep()
      this.#end()
    }
  }

  async #loop(context: CallContext): Promise<void> {
    let idle = 0
    for (;;) {
      context.signal.throwIfAborted()
      const incident = this.#engine.catalog.incidents.get(this.record.incident)
      if (!incident || incident.readOnly) return
      const final = this.#stop.signal.aborted || incident.removed || isClosed(incident)
      const before = this.#rows()
      await this.#pass(incident, final, context)
      this.#keep()
      context.progress(null, `${this.#rows()} rows recorded`)
      if (this.#stop.signal.aborted || incident.removed) return
      idle = final && this.#rows() === before ? idle + 1 : 0
      if (final && (this.#isWhole() || idle >= PATIENCE)) return
      await this.#pace.wait(this.#pace.everyMs, AbortSignal.any([context.signal, this.#stop.signal]))
    }
  }

  async #pass(incident: Incident, final: boolean, context: CallContext): Promise<void> {
    const now = this.#engine.platform.clock.now()
    const slept = this.#lastPass !== undefined && now - this.#lastPass > 3n * BigInt(this.#pace.everyMs) * MS_NS
    this.#lastPass = now
    const end = isClosed(incident) ? smaller(parseRange(incident.range, now).to, now) : now
    const live = liveOf(this.#engine, incident)
    const wanted = live.map((source) => ({ source, ...wantedOf(this.#engine, incident, source) }))
    this.unrecorded = wanted.flatMap(({ unrecorded }) => unrecorded)
    const kept = this.record.tracks.filter((track) => live.every(({ id }) => id !== track.source))
    const tracks = wanted.flatMap(({ source, wanted: all }) =>
      tracksOf(this.record.tracks, source.id, all, incident, now),
    )
    this.record.tracks = [...kept, ...tracks]
    await Promise.all(
      live.map(async (source) => {
        const own = tracks.filter((track) => track.source === source.id)
        const cause = await this.#source(source, own, incident, { final, end }, context)
        this.#note(source.id, own, end, cause ?? (slept ? ASLEEP : NOT_YET))
      }),
    )
    this.#widen(incident, end)
  }

  /** @returns why not everything was read, if so */
  async #source(
    live: LiveSource,
    tracks: readonly Track[],
    incident: Incident,
    { final, end }: { final: boolean; end: bigint },
    context: CallContext,
  ): Promise<string | undefined> {
    const record = this.#engine.catalog.sources.get(live.id)
    if (!record || tracks.length === 0) return undefined
    let meter = this.#meters.get(live.id)
    // an edited source is another one, with a ledger of its own
    if (meter?.live !== live) this.#meters.set(live.id, (meter = new Meter(live, this.#engine.platform.clock.now())))
    try {
      const alerts = tracks.find(({ part }) => part === 'alerts')
      if (alerts) await this.#alerts(alerts, end, context)
      const stored = tracks.filter(({ part }) => part !== 'alerts')
      if (stored.length === 0) return undefined
      // removed for good in the meantime: what it had is read again
      if (this.#engine.catalog.sources.get(this.#copyId(live.id)) === undefined)
        for (const track of stored) Object.assign(track, { covered: [], lasting: [], rows: 0 })
      const copy = copyOf(this.#engine, incident, record)
      await this.#recall(copy, stored)
      return await this.#read({ live, meter, tracks: stored, copy, final, end }, context)
    } catch (error) {
      if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
      // how long it is left alone is old news by the time that somebody reads it
      const { state, lastError } = live.pulse()
      return state === 'resting' && lastError ? lastError.error.message : error.message
    }
  }

  async #read(pass: Pass, { signal }: CallContext): Promise<string | undefined> {
    const { live, meter, tracks, copy, final, end } = pass
    const { budget } = this.record
    const asking = { signal, view: VIEW }
    const now = () => this.#engine.platform.clock.now()
    const batches: TelemetryBatch[] = []
    const done: Array<{ track: Track; read: Read; at: bigint }> = []
    const seen = new Set<string>()
    let waiting = 0
    const flush = async () => {
      const committed = done.map(
        ({ track: { part, query }, read }): Committed => ({
          part,
          query,
          from: `${read.from}`,
          to: `${read.to}`,
          ...(read.partial === undefined ? {} : { partial: read.partial }),
        }),
      )
      if (waiting > 0) await commitTo(this.#engine, copy, batches, committed, signal)
      for (const { track, read } of done) {
        cover(track, read)
        if (read.partial !== undefined) addLasting(track, read, read.partial)
        track.rows += read.rows
      }
      batches.length = 0
      done.length = 0
      waiting = 0
    }
    const took = async (track: Track, read: Read) => {
      batches.push(...read.batches)
      done.push({ track, read, at: now() })
      waiting += read.rows
      if (waiting >= COMMIT_ROWS) await flush()
    }
    const pending = (track: Track): Stretch[] => [
      ...stretchesOf(track.covered),
      ...done.filter((each) => each.track === track).map(({ read }) => read),
    ]
    const failed = new Set<Track>()
    try {
      for (;;) {
        const next = newestHole(
          tracks.filter((track) => !failed.has(track)),
          pending,
          (track) => readableTo(track, end, final),
        )
        if (!next) return undefined
        const { track, hole } = next
        // samples and their exemplars
        if (!meter.allows(budget, now(), track.part === 'metrics' ? 2 : 1)) return BUDGET
        const piece = pieceOf(track, hole, meter.room(budget))
        try {
          if (track.part === 'metrics' && live.metrics) {
            const read = await readSamples(
              live.metrics,
              track.query,
              piece,
              this.#book(live.id),
              live.capabilities?.flags['exemplars'] !== false,
              asking,
            )
            this.#learn(track, read, end)
            await took(track, read)
          } else if (live.traces) {
            const offset = BigInt(copy.clockOffsetNs)
            const own = { from: piece.from - offset, to: piece.to - offset }
            for await (const slice of readTraces(live.traces, track.query, own, asking)) {
              const fresh = await freshSpans(this.#engine, copy, slice.spans, seen, signal)
              const read: Read = {
                ...slice,
                from: slice.from + offset,
                to: slice.to + offset,
                batches: fresh.length > 0 ? [{ kind: 'spans', rows: fresh }] : [],
                rows: fresh.length,
              }
              this.#learn(track, { ...read, rows: slice.rows }, end)
              await took(track, read)
              if (!meter.allows(budget, now())) return BUDGET
            }
          }
          track.problem = undefined
        } catch (error) {
          if (!(error instanceof WatchdeckError) || error.code !== 'invalid_input') throw error
          // the source refuses this one question: the others go on
          track.problem = error.message
          failed.add(track)
        }
      }
    } finally {
      if (!signal.aborted) await flush()
    }
  }

  /** How much a minute has; an old stretch without anything, where there is data now, is one that the source has lost. */
  #learn(track: Track, read: Read, end: bigint): void {
    const length = read.to - read.from
    if (read.rows > 0) track.perMinute = Math.ceil((read.rows * 60_000) / Math.max(1, Number(length / MS_NS)))
    const isOld = read.to < end - 3n * BigInt(this.#pace.everyMs) * MS_NS - SETTLE_NS
    if (track.part === 'metrics' && read.rows === 0 && isOld && track.perMinute > 0) addLasting(track, read, NOTHING)
  }

  /** Alerts are written down by their own capability, with its own gaps; here it is made to look. */
  async #alerts(track: Track, end: bigint, context: CallContext): Promise<void> {
    const from = BigInt(track.covered.at(-1)?.[1] ?? track.from)
    if (from >= end) return
    const range = { from: `${from}`, to: `${end}` }
    const { table, completeness } = await this.#engine.call(
      'alerts.list',
      { range, sources: [track.source], limit: 1000 },
      context,
    )
    for (const gap of completeness.missing) {
      const stretch = { from: tryParseRfc3339(gap.from) ?? from, to: tryParseRfc3339(gap.to) ?? end }
      if (stretch.to > from) addLasting(track, stretch, gap.reason)
    }
    cover(track, { from, to: end })
    track.rows = Math.max(track.rows, table.rowCount)
  }

  /** Tells the gaps of a source after a pass, to people and to whoever asks the copy. */
  #note(source: string, tracks: readonly Track[], end: bigint, cause: string): void {
    const grace = 2n * BigInt(this.#pace.everyMs) * MS_NS
    const open = joined(
      tracks
        .filter(({ problem }) => problem === undefined)
        .flatMap((track) => {
          const to = end - settleOf(track) - grace
          return holesIn({ from: BigInt(track.from), to }, stretchesOf(track.covered))
        }),
    )
    const now = formatRfc3339(this.#engine.platform.clock.now())
    this.record.gaps = gapsAfter(this.record.gaps, source, open, cause, now, NOT_YET)
    const id = this.#copyId(source)
    // samples are read and kept as the server dates them; traces are asked for by the corrected clock
    const isCorrected = tracks.some(({ part }) => part === 'traces')
    const offset = isCorrected ? BigInt(this.#engine.catalog.sources.get(id)?.clockOffsetNs ?? 0) : 0n
    const still = this.record.gaps.filter((gap) => gap.source === source && gap.refilledAt === undefined)
    tellMissing(this.#engine, id, [...still, ...lastingOf(tracks)], offset)
  }

  /** The window of the incident goes along with what is recorded. */
  #widen({ id, range, stage }: Incident, end: bigint): void {
    const { catalog, platform, changed } = this.#engine
    const to = tryParseRfc3339(range.to)
    if (to !== undefined && end > to && !['resolved', 'reviewed'].includes(stage)) {
      const at = formatRfc3339(platform.clock.now())
      catalog.incidents.update(id, { range: { from: range.from, to: formatRfc3339(end) }, updatedAt: at })
    }
    changed('incidents', id)
    changed('recordings', id)
  }

  /**
   * What the store has of tracks that are new here: committed right before a crash, or while their query was pinned
   * earlier. It is not read twice.
   */
  async #recall(copy: SourceRecord, tracks: readonly Track[]): Promise<void> {
    const fresh = tracks.filter((track) => !this.#recalled.has(track))
    if (fresh.length === 0) return
    for (const { part, query, from, to, partial } of await committedOf(this.#engine, copy)) {
      const track = fresh.find((each) => each.part === part && each.query === query)
      if (!track) continue
      const stretch = { from: BigInt(from), to: BigInt(to) }
      cover(track, stretch)
      if (partial !== undefined) addLasting(track, stretch, partial)
    }
    for (const track of fresh) this.#recalled.add(track)
  }

  #isWhole(): boolean {
    return !this.record.gaps.some((gap) => gap.refilledAt === undefined)
  }

  #rows(): number {
    return this.record.tracks.reduce((sum, { rows }) => sum + rows, 0)
  }

  #book(source: string): SeriesBook {
    const book = this.#books.get(source) ?? new SeriesBook()
    this.#books.set(source, book)
    return book
  }

  #copyId(source: string): string {
    return recordedCopyId(this.record.incident, source)
  }

  #keep(): void {
    this.#engine.catalog.recordings.save(this.record)
    this.#engine.changed('recordings', this.record.incident)
  }
}

export const isClosed = ({ stage }: Incident): boolean => stage === 'resolved' || stage === 'reviewed'

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
