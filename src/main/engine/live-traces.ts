// Live traces for questions in SQL: what a question needs is read from the backends within limits, held in memory beside
// the store (TelemetryStore.live), and asked there together with stored rows. So every view of traces is the same on both.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { Limiter } from '../../shared/base/limiter.ts'
import { asEpochNs, formatRfc3339, type TimeRange } from '../../shared/base/time.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import type { Asking, TraceFilter, TraceSource } from '../../shared/domain/live-source.ts'
import type { SpanRow } from '../../shared/domain/telemetry.ts'
import type { Pulse } from '../platform/connector.ts'
import type { Catalog } from '../storage/catalog/api.ts'
import type { LivePart, Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import type { LiveHolder } from './live.ts'
import { Coverage, type Covered, gapsOf, SETTLE_NS, type Stretch } from './trace-coverage.ts'
import { readWindow } from './trace-window.ts'
import { keyOf, type TraceWish, type WantedTrace } from './trace-wish.ts'

/** Spans of live sources held in all; past it what was not asked for longest is forgotten. */
const MAX_SPANS = 600_000
/** Spans that one question may bring. */
const QUESTION_SPANS = 250_000
/** One question reads so long, then answers with what it has; the next one goes on from there. */
const PATIENCE_MS = 20_000
/** A trace that was opened is asked for again after this while it may still grow. */
const REOPEN_NS = 10_000_000_000n
/** What was used within this time is not forgotten for want of room. */
const IDLE_MS = 60_000

export interface FilledScope {
  readonly scope: Scope
  /** everything of the first range from here on was seen (corrected times); the range's beginning when all was */
  readonly seenFrom: bigint
  /** asking for more would bring more */
  readonly more: boolean
}

interface Live {
  readonly id: string
  readonly key: number
  readonly revision: number
  readonly offset: bigint
  readonly traces: TraceSource
  pulse(): Pulse
}

interface Question {
  readonly coverage: Coverage
  readonly turn: Limiter
  usedAt: number
}

interface Opened {
  readonly part: number
  readonly completeness: Completeness
  readonly at: bigint
  /** from its first span to the end of its last, as the source tells the time; undefined: it has none */
  readonly times: TimeRange | undefined
  /** its last span was old when it was asked for: it will not grow */
  readonly settled: boolean
  usedAt: number
}

interface Filled {
  readonly part: LivePart
  readonly seenFrom: bigint
  readonly more: boolean
}

export class LiveTraces {
  readonly #catalog: Catalog
  readonly #store: TelemetryStore
  readonly #live: LiveHolder
  readonly #now: () => bigint
  readonly #questions = new Map<string, Question>()
  readonly #opened = new Map<string, Opened>()
  /** of a trace that is being asked for: whoever wants it too waits and finds it held */
  readonly #opening = new Map<string, Limiter>()
  readonly #failed: (error: unknown) => void

  /** @param failed told when forgetting failed: nobody waits for it */
  constructor(
    catalog: Catalog,
    store: TelemetryStore,
    live: LiveHolder,
    now: () => bigint,
    failed: (error: unknown) => void,
  ) {
    this.#catalog = catalog
    this.#store = store
    this.#live = live
    this.#now = now
    this.#failed = failed
  }

  /** The live sources of traces among the named ones. */
  among(sources: readonly string[] | undefined): Live[] {
    return this.#live.among(sources).flatMap((source) => {
      const record = this.#catalog.sources.get(source.id)
      if (!source.traces || !record) return []
      return {
        id: source.id,
        key: record.key,
        revision: record.revision,
        offset: BigInt(record.clockOffsetNs),
        traces: source.traces,
        pulse: () => source.pulse(),
      }
    })
  }

  /**
   * The scope of a question with what live sources have for it.
   * @throws WatchdeckError when the only source of the scope does not answer, `not_found` for an unknown source
   */
  async scope(wish: TraceWish, asking: Asking): Promise<FilledScope> {
    const [range] = wish.ranges
    const services = wish.filter?.service === undefined ? undefined : [wish.filter.service]
    const live = this.among(wish.sources)
    if (live.length === 0)
      return { scope: await this.#store.scope(wish.sources, range, { services }), seenFrom: range.from, more: false }
    const alone = (await this.#store.scope(wish.sources, range)).sources.length === 1
    const filled = await Promise.all(live.map((source) => this.#fill(source, wish, alone, asking)))
    this.#bound()
    return {
      scope: await this.#store.scope(wish.sources, range, { live: filled.map(({ part }) => part), services }),
      seenFrom: filled.reduce((from: bigint, each) => (each.seenFrom > from ? each.seenFrom : from), range.from),
      more: filled.some(({ more }) => more),
    }
  }

  /** The scope in which a trace can be opened; live sources are asked for it by id. A source that fails is a gap. */
  async trace(wanted: WantedTrace, asking: Asking): Promise<Scope> {
    const { sources } = wanted
    const live = this.among(sources)
    const alone = live.length === 1 && sources?.length === 1
    const parts = await Promise.all(
      live.map(async (source): Promise<LivePart> => {
        const key = `${source.id}/${source.revision}/${wanted.traceId}`
        const turn = this.#opening.get(key) ?? new Limiter(1)
        this.#opening.set(key, turn)
        try {
          return await turn.run(() => this.#openedPart(source, key, wanted, alone, asking), asking.signal)
        } finally {
          if (turn.active === 0) this.#opening.delete(key)
        }
      }),
    )
    this.#bound()
    return await this.#store.scope(sources, undefined, { live: parts })
  }

  async #openedPart(
    source: Live,
    key: string,
    { traceId, around }: WantedTrace,
    alone: boolean,
    asking: Asking,
  ): Promise<LivePart> {
    const now = this.#now()
    const held = this.#opened.get(key)
    if (held && (held.settled || now - held.at < REOPEN_NS)) {
      held.usedAt = performance.now()
      return { source: source.id, parts: held.times ? [held.part] : [], completeness: held.completeness }
    }
    const { offset } = source
    const hint = held?.times ?? (around && { from: asEpochNs(around.from - offset), to: asEpochNs(around.to - offset) })
    try {
      const { spans, warnings } = await source.traces.get(traceId, hint, asking)
      const part = this.#store.live.nextPart()
      await this.#store.live.add(source.key, part, spans)
      const times = timesOf(spans)
      const missing = warnings.map((reason) => ({ source: source.id, from: '', to: '', reason }))
      const completeness = { complete: missing.length === 0, missing }
      this.#opened.set(key, {
        part,
        completeness,
        at: now,
        times,
        settled: times !== undefined && times.to < now - SETTLE_NS,
        usedAt: performance.now(),
      })
      return { source: source.id, parts: [part], completeness }
    } catch (error) {
      if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
      if (!held?.times && alone) throw error
      return {
        source: source.id,
        parts: held?.times ? [held.part] : [],
        completeness: {
          complete: false,
          missing: [{ source: source.id, from: '', to: '', reason: error.message }],
        },
      }
    }
  }

  async #fill(source: Live, wish: TraceWish, alone: boolean, asking: Asking): Promise<Filled> {
    const filter = wish.filter ?? {}
    const listOnly = wish.listOnly === true && source.traces.listsTraces === true
    const own = this.#question(source, filter, listOnly)
    // what has all traces serves a narrower question, what has spans serves a list, not the other way round
    const exact = listOnly ? [own, this.#question(source, filter)] : [own]
    const all = [this.#question(source, {}), ...(listOnly ? [this.#question(source, {}, true)] : [])]
    const wider = all.filter((each) => !exact.includes(each))
    return await own.turn.run(async () => {
      const parts = new Set<number>()
      const gaps: Completeness['missing'] = []
      let seenFrom: bigint = wish.ranges[0].from
      let more = false
      for (const [i, asked] of wish.ranges.entries()) {
        // the backend's own times: ranges are meant in corrected ones
        const range = { from: asked.from - source.offset, to: asked.to - source.offset }
        const read = await this.#read(
          source,
          { own, exact, wider, range, filter: { ...filter, listOnly }, enough: wish.enough },
          alone,
          asking,
        )
        for (const part of read.parts) parts.add(part)
        for (const { from, to, reason } of read.gaps)
          gaps.push({
            source: source.id,
            from: formatRfc3339(asEpochNs(from + source.offset)),
            to: formatRfc3339(asEpochNs(to + source.offset)),
            reason,
          })
        if (i === 0) {
          seenFrom = read.seenFrom + source.offset
          more = read.more
        }
      }
      const completeness = { complete: gaps.length === 0, missing: gaps }
      const brought = listOnly ? { parts: [], lists: [...parts] } : { parts: [...parts] }
      return { part: { source: source.id, ...brought, completeness }, seenFrom, more }
    }, asking.signal)
  }

  async #read(
    source: Live,
    to: {
      own: Question
      /** which have this question's traces and no others: its own among them */
      exact: readonly Question[]
      /** which have its traces among others */
      wider: readonly Question[]
      range: Stretch
      filter: TraceFilter & { listOnly: boolean }
      enough: number | undefined
    },
    alone: boolean,
    asking: Asking,
  ) {
    const { own, exact, wider, range, filter } = to
    const limit = source.traces.limits.traces
    // what this question itself reads does not grow old while it reads on
    const now = this.#now()
    const usable = (of: readonly Question[]) => of.flatMap(({ coverage }) => coverage.usable(range, now))
    const held = usable(exact)
    let covered: readonly Covered[] = [...held, ...usable(wider)]
    const began = performance.now()
    const gaps: Array<Stretch & { reason: string }> = []
    const part = this.#store.live.nextPart()
    let found = 0
    let spans = 0
    let stopped: string | undefined
    let enough = false
    let failure: WatchdeckError | undefined
    try {
      for (const gap of gapsOf(range, covered)) {
        if (stopped !== undefined || enough) break
        // those that are newer than what is to be read: how many there are before it says nothing of what is still to come
        const newer = held.filter(({ from }) => from >= gap.to)
        let traces = found + (await this.#held(newer, asking.signal))
        enough = to.enough !== undefined && traces >= to.enough
        if (enough) break
        if (traces >= limit) stopped = limitReason(limit)
        if (stopped !== undefined) break
        for await (const slice of readWindow(source.traces, gap, filter, asking)) {
          await this.#store.live.add(source.key, part, slice.spans)
          await this.#store.live.addSummaries(source.key, part, slice.summaries)
          own.coverage.add({ ...slice, part }, this.#now())
          traces += slice.traces
          found += slice.traces
          spans += slice.spans.length
          enough = to.enough !== undefined && traces >= to.enough
          if (enough) break
          if (traces >= limit) stopped = limitReason(limit)
          else if (spans >= QUESTION_SPANS) stopped = `the newest ${traces} traces were read: they have ${spans} spans`
          else if (performance.now() - began > PATIENCE_MS)
            stopped = `not read within ${PATIENCE_MS / 1000} s; asked again, reading goes on`
          if (stopped !== undefined) break
        }
      }
    } catch (error) {
      if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
      failure = error
    }
    const served = [...exact, ...wider]
    covered = failure ? served.flatMap(({ coverage }) => coverage.known(range)) : usable(served)
    if (failure && alone && covered.length === 0) throw failure
    for (const { from, to, lacks } of covered) for (const reason of lacks) gaps.push({ from, to, reason })
    const left = gapsOf(range, covered)
    const reason = failure ? silentSince(source, failure) : stopped
    if (reason !== undefined) for (const gap of left) gaps.push({ ...gap, reason })
    return {
      parts: covered.map((stretch) => stretch.part),
      gaps,
      seenFrom: left[0]?.to ?? range.from,
      more: enough && left.length > 0,
    }
  }

  /** Traces that were already read for these stretches. */
  async #held(covered: readonly Covered[], signal: AbortSignal): Promise<number> {
    if (covered.length === 0) return 0
    const stretches = covered.map(
      ({ from, to, part }) => `(part = ${part} AND start_ns >= ${from} AND start_ns < ${to})`,
    )
    const [count] = await this.#store.rows<{ n: bigint }>(
      `SELECT count(DISTINCT trace_id) AS n FROM live.main.members JOIN (SELECT source, trace_id, start_ns FROM live.main.traces UNION ALL SELECT source, trace_id, start_ns FROM live.main.summaries) USING (source, trace_id) WHERE ${stretches.join(' OR ')}`,
      [],
      { signal },
    )
    return Number(count?.n ?? 0n)
  }

  #question(source: Live, filter: TraceFilter, listOnly = false): Question {
    const key = `${source.id}/${source.revision}/${listOnly ? 'list' : ''}${keyOf(filter)}`
    let question = this.#questions.get(key)
    if (!question) {
      question = { coverage: new Coverage(), turn: new Limiter(1), usedAt: 0 }
      this.#questions.set(key, question)
    }
    question.usedAt = performance.now()
    return question
  }

  /** Past the limit, what was asked for longest ago is forgotten; never what a question may still be about to read. */
  #bound(): void {
    if (this.#store.live.spans <= MAX_SPANS) return
    const now = performance.now()
    const idle = [...this.#questions.values(), ...this.#opened.values()]
      .map(({ usedAt }) => usedAt)
      .filter((usedAt) => now - usedAt > IDLE_MS)
      .sort((a, b) => a - b)
    const oldest = idle[Math.floor(idle.length / 2)]
    if (oldest !== undefined) this.#drop((_key, usedAt) => usedAt <= oldest)
  }

  /** Sources that were edited, switched off or removed: what they brought goes. */
  forget(): void {
    const now = this.among(undefined).map(({ id, revision }) => `${id}/${revision}/`)
    this.#drop((key) => !now.some((prefix) => key.startsWith(prefix)))
  }

  #drop(goes: (key: string, usedAt: number) => boolean): void {
    let dropped = false
    for (const [key, { usedAt, turn }] of this.#questions)
      if (goes(key, usedAt) && turn.active === 0) dropped = this.#questions.delete(key) || dropped
    for (const [key, { usedAt }] of this.#opened) if (goes(key, usedAt)) dropped = this.#opened.delete(key) || dropped
    if (!dropped) return
    const kept = [
      ...[...this.#questions.values()].flatMap(({ coverage }) => coverage.parts),
      ...[...this.#opened.values()].map(({ part }) => part),
    ]
    // whoever is reading keeps its snapshot; the next question waits for this
    this.#store.live.keep(kept).catch(this.#failed)
  }
}

function timesOf(spans: readonly SpanRow[]): TimeRange | undefined {
  const [first] = spans
  if (!first) return undefined
  let from = first.start
  let to = from
  for (const { start, durationNs } of spans) {
    if (start < from) from = start
    if (start + durationNs > to) to = start + durationNs
  }
  return { from: asEpochNs(from), to: asEpochNs(to) }
}

const limitReason = (limit: number): string =>
  `the newest ${limit} traces were read, the limit of the source for one query`

function silentSince(source: Live, error: WatchdeckError): string {
  const { lastOkAt } = source.pulse()
  return lastOkAt === undefined ? error.message : `${error.message} Last answer: ${formatRfc3339(asEpochNs(lastOkAt))}.`
}
