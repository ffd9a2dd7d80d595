// An opened trace: its spans as typed arrays with their tree and critical path, kept while it is looked at.
// About 150 bytes a span and its texts; the cache is bounded by bytes and forgets the trace that was not asked for longest.

import { type CriticalPath, criticalPath } from '../../shared/domain/critical-path.ts'
import { codesOf, U64Index } from '../../shared/domain/span-index.ts'
import { inTurn, spanOrder } from '../../shared/domain/span-order.ts'
import { buildTraceTree, type TraceTree } from '../../shared/domain/trace-tree.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { EngineContext } from '../engine/api.ts'
import { findTrace, type WantedTrace } from '../engine/find-trace.ts'
import type { Coded, PlainColumns, Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { uuidOf } from '../storage/telemetry/ids.ts'

export interface OpenTrace {
  /** 32 hex digits */
  readonly traceId: string
  readonly source: number
  /** relation scope of that one source */
  readonly scope: Scope
  readonly tree: TraceTree
  readonly path: CriticalPath
  /** row -> parts on the critical path, [[startNs, endNs], ..] from the trace's start */
  readonly parts: ReadonlyMap<number, ReadonlyArray<readonly [number, number]>>
  /** earliest start, epoch ns, and from there to the latest end */
  readonly start: bigint
  readonly duration: number
  /** by index as read (`tree.index[row]`) */
  readonly spanIds: BigUint64Array
  readonly parentIds: BigUint64Array
  readonly services: Coded
  readonly operations: Coded
  readonly messages: Coded
  readonly status: Uint8Array
  readonly events: Int32Array
  readonly links: Int32Array
  /** made when first asked for */
  readonly attrs: () => Hashes
  readonly resource: () => Hashes
  /** place of each in `READ_ORDER`, by index as read; undefined = they were read in that order */
  readonly places: Int32Array | undefined
  /** ns added to each recorded start, by index as read; undefined = none */
  readonly shifts?: Float64Array
  readonly bytes: number
  /** answers about this trace worth keeping while it is scrolled, newest last */
  readonly kept: Map<string, unknown>
  /** row of a span id; -1 when it is not in the trace */
  rowOf(spanId: bigint): number
}

/** Attribute sets by their hash: `distinct[codes[at]]`. */
export interface Hashes {
  readonly codes: Int32Array
  readonly distinct: BigUint64Array
}

const MAX_KEPT = 6
const CACHE_BYTES = 600e6
/** What a trace claims to be long is room made for it, up to this. */
const MOST_EXPECTED = 4_000_000
const AFTER_FIRST_ANSWERS_MS = 100

const COLUMNS = {
  span: 'u64',
  parent: 'u64',
  start: 'i64',
  duration: 'i64',
  kind: 'u8',
  status: 'u8',
  service: 'text',
  operation: 'text',
  message: 'text',
  events: 'i32',
  links: 'i32',
  attrs: 'u64',
  resource: 'u64',
} as const
/** SQL text: the order of a trace's spans, for whoever reads more columns of it; `OpenTrace.places` are places in it. */
export const READ_ORDER = 'start_ns, span_id, duration_ns, kind, attrs, parent_id'

export class TraceCache {
  readonly #store: TelemetryStore
  readonly #open = new Map<string, OpenTrace>()
  readonly #opening = new Map<string, Promise<OpenTrace>>()

  readonly #live: Pick<EngineContext['liveTraces'], 'trace'>
  readonly #room: number

  /** @param room bytes that are kept of all opened traces; the last one is kept in any case */
  constructor(store: TelemetryStore, live: Pick<EngineContext['liveTraces'], 'trace'>, room: number = CACHE_BYTES) {
    this.#store = store
    this.#live = live
    this.#room = room
  }

  clear(): void {
    this.#open.clear()
  }

  /**
   * @throws WatchdeckError as `findTrace` does
   */
  async open(wanted: WantedTrace, asking: Asking): Promise<{ trace: OpenTrace; scope: Scope }> {
    const engine = { telemetry: this.#store, liveTraces: this.#live }
    const { id, scope, source, spans, start } = await findTrace(engine, wanted, asking)
    const key = `${source}/${id}/${spans}/${start}`
    const held = this.#open.get(key)
    if (held) {
      this.#open.delete(key)
      this.#open.set(key, held)
      return { trace: held, scope }
    }
    let opening = this.#opening.get(key)
    if (!opening) {
      opening = this.#read(id, source, scope.sourceId(source), spans, asking).finally(() => this.#opening.delete(key))
      this.#opening.set(key, opening)
    }
    const trace = await opening
    if (!this.#open.has(key)) prepareSearch(trace)
    this.#open.set(key, trace)
    this.#shrink()
    return { trace, scope }
  }

  #shrink(): void {
    let total = 0
    for (const trace of this.#open.values()) total += trace.bytes
    for (const [key, trace] of this.#open) {
      if (total <= this.#room || this.#open.size === 1) return
      this.#open.delete(key)
      total -= trace.bytes
    }
  }

  async #read(traceId: string, source: number, sourceId: string, spans: number, asking: Asking): Promise<OpenTrace> {
    const scope = await this.#live.trace({ traceId, sources: [sourceId] }, asking)
    // in no order: most stores have them in theirs, and what has not is sorted faster here
    const columns = await this.#store.columns(
      `SELECT span_id, parent_id, start_ns, duration_ns, kind, status, service, operation, status_message,
        coalesce(json_array_length(events), 0)::INTEGER, coalesce(json_array_length(links), 0)::INTEGER, attrs, resource
       FROM ${scope.relation('spans')} WHERE trace_id = $1`,
      [uuidOf(traceId)],
      COLUMNS,
      { signal: asking.signal, rows: Math.max(0, Math.min(spans, MOST_EXPECTED)) },
    )
    return opened(traceId, source, scope, columns)
  }
}

function opened(traceId: string, source: number, scope: Scope, read: PlainColumns<typeof COLUMNS>): OpenTrace {
  const { span: spanIds, parent: parentIds, service: services, kind: kinds, attrs, resource } = read
  const n = spanIds.length
  const { start, offsets } = fromEarliest(read.start)
  const durations = doubles(read.duration, 0n)
  let duration = 0
  for (let i = 0; i < n; i++) duration = Math.max(duration, (offsets[i] as number) + (durations[i] as number))
  const order = spanOrder({ spanIds, starts: offsets }, tiesOf(read))
  const tree = buildTraceTree({
    count: n,
    spanIds,
    parentIds,
    starts: offsets,
    durations,
    kinds,
    services: services.codes,
    order: order ?? inTurn(n),
  })
  const path = criticalPath(tree)
  return {
    traceId,
    source,
    scope,
    tree,
    path,
    parts: partsOf(path),
    start,
    duration,
    spanIds,
    parentIds,
    services,
    operations: read.operation,
    messages: read.message,
    status: read.status,
    events: read.events,
    links: read.links,
    attrs: once(() => codesOf(attrs)),
    resource: once(() => codesOf(resource)),
    places: order && placesIn(order),
    // what was read, its codes and its tree, and the tree once more with clocks brought together
    bytes: n * 250 + [services, read.operation, read.message].reduce((sum, { words }) => sum + lengthOf(words), 0),
    kept: new Map(),
    rowOf: finder(spanIds, tree),
  }
}

const lengthOf = (words: readonly string[]): number => words.reduce((sum, { length }) => sum + length, 0)

/** Tells spans of the same start and id apart as `READ_ORDER` does. */
function tiesOf({ duration, kind, attrs, parent }: PlainColumns<typeof COLUMNS>) {
  const by = (values: BigInt64Array | BigUint64Array, a: number, b: number): number => {
    const [x, y] = [values[a] as bigint, values[b] as bigint]
    return x < y ? -1 : x > y ? 1 : 0
  }
  return (a: number, b: number): number =>
    by(duration, a, b) || (kind[a] as number) - (kind[b] as number) || by(attrs, a, b) || by(parent, a, b)
}

/** The first search finds what it needs; the first answers, which need none of it, are out by then. */
function prepareSearch(trace: OpenTrace): void {
  setTimeout(() => {
    trace.attrs()
    trace.resource()
  }, AFTER_FIRST_ANSWERS_MS).unref()
}

function placesIn(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length)
  for (let place = 0; place < order.length; place++) places[order[place] as number] = place
  return places
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** row -> its parts of the critical path */
export function partsOf(path: CriticalPath): OpenTrace['parts'] {
  const parts = new Map<number, Array<readonly [number, number]>>()
  for (const part of path.parts) {
    const list = parts.get(part.row)
    if (list) list.push([part.start, part.end])
    else parts.set(part.row, [[part.start, part.end]])
  }
  return parts
}

/** Rows by span id; the index is made when first asked. */
export function finder(spanIds: BigUint64Array, tree: TraceTree): OpenTrace['rowOf'] {
  let index: U64Index | undefined
  let rows: Int32Array | undefined
  return (spanId) => {
    if (!index || !rows) {
      index = new U64Index(spanIds)
      rows = new Int32Array(tree.count)
      for (let row = 0; row < tree.count; row++) rows[tree.index[row] as number] = row
      for (let row = 0; row < tree.count; row++) index.add(tree.index[row] as number)
    }
    const at = index.find(spanId)
    return at < 0 ? -1 : (rows[at] as number)
  }
}

/** Starts as distances from the earliest of them. */
function fromEarliest(starts: BigInt64Array): { start: bigint; offsets: Float64Array } {
  const first = starts[0] ?? 0n
  const offsets = doubles(starts, first)
  let least = 0
  for (const offset of offsets) if (offset < least) least = offset
  if (least < 0) for (let i = 0; i < offsets.length; i++) offsets[i] = (offsets[i] as number) - least
  return { start: first + BigInt(least), offsets }
}

/** How far each is from `origin`, exact to 2^53, without a bigint each. */
export function doubles(values: BigInt64Array, origin: bigint): Float64Array {
  const lanes = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  const tops = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const low = Number(BigInt.asUintN(32, origin))
  const high = Number(origin >> 32n)
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++)
    out[i] = ((tops[2 * i + 1] as number) - high) * 4_294_967_296 + ((lanes[2 * i] as number) - low)
  return out
}

/**
 * Keeps the last few answers about a trace: scrolling asks the same question with another window, and what shows its rows
 * asks together with what finds its matches.
 */
export async function keptFor<T>(
  trace: OpenTrace,
  key: string,
  make: () => Promise<T> | T,
  is: (value: unknown) => value is T,
): Promise<T> {
  // what failed, or was given up by the one who asked first, is made again
  const held = await Promise.resolve(trace.kept.get(key)).catch(() => undefined)
  if (is(held)) return held
  const making = Promise.resolve(make())
  trace.kept.set(key, making)
  making.catch(() => trace.kept.get(key) === making && trace.kept.delete(key))
  for (const old of trace.kept.keys()) {
    if (trace.kept.size <= MAX_KEPT) break
    trace.kept.delete(old)
  }
  return making
}
