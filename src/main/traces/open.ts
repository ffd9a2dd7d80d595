// An opened trace: its spans as typed arrays with their tree and critical path, kept while it is looked at.
// About 160 bytes a span; the cache is bounded by bytes and forgets the trace that was not asked for longest.

import { col } from '../../shared/contract/define.ts'
import { type CriticalPath, criticalPath } from '../../shared/domain/critical-path.ts'
import { codesOf, U64Index } from '../../shared/domain/span-index.ts'
import { buildTraceTree, type TraceTree } from '../../shared/domain/trace-tree.ts'
import {
  cell,
  type Column,
  type ColumnSpec,
  dictionaryOf,
  type Frame,
  frameByteLength,
} from '../../shared/frame/frame.ts'
import type { Asking } from '../../shared/domain/live-source.ts'
import type { EngineContext } from '../engine/api.ts'
import { findTrace } from '../engine/find-trace.ts'
import { type Scope, type TelemetryStore, uuidOf } from '../storage/telemetry/api.ts'

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
  readonly attrs: { readonly codes: Int32Array; readonly distinct: BigUint64Array }
  readonly resource: { readonly codes: Int32Array; readonly distinct: BigUint64Array }
  /** ns added to each recorded start, by index as read; undefined = none */
  readonly shifts?: Float64Array
  readonly bytes: number
  /** answers about this trace worth keeping while it is scrolled, newest last */
  readonly kept: Map<string, unknown>
  /** row of a span id; -1 when it is not in the trace */
  rowOf(spanId: bigint): number
}

export interface Coded {
  readonly codes: Int32Array
  readonly words: readonly string[]
}

const MAX_KEPT = 6
const CACHE_BYTES = 600e6
const INT = (name: string) => col(name, 'int')
const COLUMNS = [
  INT('span'),
  INT('parent'),
  INT('start'),
  INT('duration'),
  INT('kind'),
  INT('status'),
  col('service', 'string'),
  col('operation', 'string'),
  col('message', 'string'),
  INT('events'),
  INT('links'),
  INT('attrs'),
  INT('resource'),
]
/** SQL text: the bits of a UBIGINT as BIGINT, without a 128-bit number in between. */
export const bits = (column: string) =>
  `(CASE WHEN ${column} >= 9223372036854775808::UBIGINT THEN (${column} - 9223372036854775808::UBIGINT)::BIGINT + (-9223372036854775807 - 1) ELSE ${column}::BIGINT END)`
/** The order in which an open trace was read, for whoever reads more columns of it. */
export const READ_ORDER = 'start_ns, span_id, duration_ns, kind, attrs, parent_id'

export class TraceCache {
  readonly #store: TelemetryStore
  readonly #open = new Map<string, OpenTrace>()
  readonly #opening = new Map<string, Promise<OpenTrace>>()

  readonly #live: EngineContext['liveTraces']

  constructor(store: TelemetryStore, live: EngineContext['liveTraces']) {
    this.#store = store
    this.#live = live
  }

  clear(): void {
    this.#open.clear()
  }

  /**
   * @throws WatchdeckError as `findTrace` does
   */
  async open(
    traceId: string,
    sources: readonly string[] | undefined,
    asking: Asking,
  ): Promise<{ trace: OpenTrace; scope: Scope }> {
    const engine = { telemetry: this.#store, liveTraces: this.#live }
    const { id, scope, source, spans, start } = await findTrace(engine, traceId, sources, asking)
    const key = `${source}/${id}/${spans}/${start}`
    const held = this.#open.get(key)
    if (held) {
      this.#open.delete(key)
      this.#open.set(key, held)
      return { trace: held, scope }
    }
    let opening = this.#opening.get(key)
    if (!opening) {
      opening = this.#read(id, source, scope.sourceId(source), asking).finally(() => this.#opening.delete(key))
      this.#opening.set(key, opening)
    }
    const trace = await opening
    this.#open.set(key, trace)
    this.#shrink()
    return { trace, scope }
  }

  #shrink(): void {
    let total = 0
    for (const trace of this.#open.values()) total += trace.bytes
    for (const [key, trace] of this.#open) {
      if (total <= CACHE_BYTES || this.#open.size === 1) return
      this.#open.delete(key)
      total -= trace.bytes
    }
  }

  async #read(traceId: string, source: number, sourceId: string, asking: Asking): Promise<OpenTrace> {
    const scope = await this.#live.trace(traceId, [sourceId], asking)
    const frame = await this.#store.frame(
      `SELECT ${bits('span_id')}, ${bits('parent_id')}, start_ns, duration_ns, kind, status, service, operation, status_message,
        coalesce(json_array_length(events), 0), coalesce(json_array_length(links), 0), ${bits('attrs')}, ${bits('resource')}
       FROM ${scope.relation('spans')} WHERE trace_id = $1 ORDER BY ${READ_ORDER}`,
      [uuidOf(traceId)],
      COLUMNS,
      { signal: asking.signal },
    )
    return opened(traceId, source, scope, frame)
  }
}

function opened(traceId: string, source: number, scope: Scope, frame: Frame): OpenTrace {
  const n = frame.rowCount
  const ints = (name: string): BigInt64Array => int64Of(frame, COLUMNS, name)
  const unsigned = (name: string) => {
    const values = ints(name)
    return new BigUint64Array(values.buffer, values.byteOffset, values.length)
  }
  const small = (name: string) => Uint8Array.from(lowHalves(ints(name)))
  const starts = ints('start')
  const start = n === 0 ? 0n : (starts[0] as bigint)
  const offsets = doubles(starts, start)
  const durations = doubles(ints('duration'), 0n)
  let duration = 0
  for (let i = 0; i < n; i++) duration = Math.max(duration, (offsets[i] as number) + (durations[i] as number))
  const services = coded(frame, COLUMNS, 'service')
  const spanIds = unsigned('span')
  const tree = buildTraceTree({
    count: n,
    spanIds,
    parentIds: unsigned('parent'),
    starts: offsets,
    durations,
    kinds: small('kind'),
    services: services.codes,
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
    parentIds: unsigned('parent'),
    services,
    operations: coded(frame, COLUMNS, 'operation'),
    messages: coded(frame, COLUMNS, 'message'),
    status: small('status'),
    events: lowHalves(ints('events')),
    links: lowHalves(ints('links')),
    attrs: codesOf(unsigned('attrs')),
    resource: codesOf(unsigned('resource')),
    // twice: as recorded, and with clocks brought together
    bytes: frameByteLength(frame) + n * 180,
    kept: new Map(),
    rowOf: finder(spanIds, tree),
  }
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

const columnAt = (frame: Frame, columns: readonly ColumnSpec[], name: string) =>
  frame.columns[columns.findIndex((c) => c.name === name)] as Column

export function int64Of(frame: Frame, columns: readonly ColumnSpec[], name: string): BigInt64Array {
  const c = columnAt(frame, columns, name)
  if (c.storage !== 'int64') throw new Error(`assertion failed: ${name} is ${c.storage}`)
  return c.values
}

/** How far each is from `origin`, exact to 2^53, without a bigint each. */
function doubles(values: BigInt64Array, origin: bigint): Float64Array {
  const lanes = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  const tops = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const low = Number(BigInt.asUintN(32, origin))
  const high = Number(origin >> 32n)
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++)
    out[i] = ((tops[2 * i + 1] as number) - high) * 4_294_967_296 + ((lanes[2 * i] as number) - low)
  return out
}

/** Small integers out of 64-bit ones, without a bigint each. */
export function lowHalves(values: BigInt64Array): Int32Array {
  const lanes = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const out = new Int32Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = lanes[i * 2] as number
  return out
}

/** Codes and words of a text column; '' where it has no value. */
export function coded(frame: Frame, columns: readonly ColumnSpec[], name: string): Coded {
  const column = columnAt(frame, columns, name)
  if (column.storage === 'dictionary' && column.validity === undefined)
    return { codes: column.codes, words: dictionaryOf(column) }
  const words = ['']
  const seen = new Map([['', 0]])
  const codes = new Int32Array(column.length)
  for (let i = 0; i < column.length; i++) {
    const word = String(cell(column, i) ?? '')
    let code = seen.get(word)
    if (code === undefined) {
      code = words.length
      words.push(word)
      seen.set(word, code)
    }
    codes[i] = code
  }
  return { codes, words }
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
