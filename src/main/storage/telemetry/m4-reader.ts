// M4 in one pass of plain code over the columns that DuckDB hands out. The four extremes with their times cost SQL as much as
// sorting and reading every point; here neighbours of a bucket cost a few comparisons each, whatever order rows come in.

import type { DuckDBResult } from '@duckdb/node-api'
import { chunksOf } from './chunks.ts'
import { readBytes } from './duck-memory.ts'
import type { M4Options, M4Series } from './m4.ts'
import { bucketWidth } from './sql.ts'

/** Above this many buckets of all series (72 bytes each) the store aggregates instead. */
const MAX_CELLS = 1_000_000
/** n, then time and value of the first, last, lowest and highest point; times count from the start of the range. */
const CELL = 9

/** Whether one pass in code may do it: offsets of times are exact as doubles, and the buckets fit into memory. */
export function inOnePass(o: M4Options): boolean {
  const series = o.key === undefined ? 1 : o.series
  if (series === undefined || o.range.to <= o.range.from) return false
  return o.range.to - o.range.from < BigInt(Number.MAX_SAFE_INTEGER) && series * Math.floor(o.buckets) <= MAX_CELLS
}

/** Every point in the range as (key INTEGER, time BIGINT, value DOUBLE), in no order. */
export function m4PointsSql(o: M4Options): string {
  const key = o.key === undefined ? '' : `(${o.key})::INTEGER, `
  return `SELECT ${key}(${o.time})::BIGINT, (${o.value})::DOUBLE FROM ${o.from}
    WHERE ${o.value} IS NOT NULL AND ${o.time} >= ${o.range.from} AND ${o.time} < ${o.range.to}`
}

/** Whether the columns of an answer are (key INTEGER, time BIGINT, value DOUBLE), or time and value alone. */
export type PointColumns = 'keyed' | 'plain'

/** The answer to `m4PointsSql`, thinned; of points at one time, or of one value, the first read is kept. */
export async function readM4(result: DuckDBResult, o: M4Options, signal: AbortSignal | undefined): Promise<M4Series[]> {
  const cells = new M4Buckets(o.range.from, Number(bucketWidth(o.range, o.buckets)), o.buckets)
  await cells.takePoints(result, o.key === undefined ? 'plain' : 'keyed', signal)
  return cells.series()
}

/** Rows of summaries, each of points of one series that lie in one bucket; times count from the start of the buckets. */
export interface Summaries {
  readonly rows: number
  readonly keys: Int32Array
  readonly n: Float64Array
  readonly times: Four
  readonly values: Four
}

/** Of the first, last, lowest and highest points. */
type Four = readonly [first: Float64Array, last: Float64Array, lowest: Float64Array, highest: Float64Array]

export class M4Buckets {
  readonly #origin: bigint
  readonly #width: number
  readonly #buckets: number
  readonly #of = new Map<number, Float64Array<ArrayBuffer>>()

  /** @param origin start of the first bucket; every time is less than 2^53 ns behind it */
  constructor(origin: bigint, width: number, buckets: number) {
    this.#origin = origin
    this.#width = width
    this.#buckets = Math.max(1, Math.floor(buckets))
  }

  #cells(key: number): Float64Array<ArrayBuffer> {
    const found = this.#of.get(key)
    if (found !== undefined) return found
    const made = new Float64Array(this.#buckets * CELL)
    this.#of.set(key, made)
    return made
  }

  async takePoints(result: DuckDBResult, columns: PointColumns, signal: AbortSignal | undefined): Promise<void> {
    const keyed = columns === 'keyed'
    const cellsOf = (key: number) => this.#cells(key)
    await eachChunk(result, signal, (rows, column) => {
      const k = keyed ? column(0, 4) : undefined
      const v = column(keyed ? 2 : 1, 8)
      const keys = k && new Int32Array(k.buffer, k.byteOffset, rows)
      const times = offsets(column(keyed ? 1 : 0, 8), rows, this.#origin)
      fold(keys, times, new Float64Array(v.buffer, v.byteOffset, rows), this.#width, cellsOf)
    })
  }

  /** Rows of (key INTEGER, n DOUBLE, four times BIGINT, four values DOUBLE), handed to `take` as they come. */
  async readSummaries(
    result: DuckDBResult,
    take: (summaries: Summaries) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await eachChunk(result, signal, (rows, column) => {
      const doubles = (place: number) => {
        const bytes = column(place, 8)
        return new Float64Array(bytes.buffer, bytes.byteOffset, rows)
      }
      const times = (place: number) => offsets(column(place, 8), rows, this.#origin)
      const key = column(0, 4)
      take({
        rows,
        keys: new Int32Array(key.buffer, key.byteOffset, rows),
        n: doubles(1),
        times: [times(2), times(3), times(4), times(5)],
        values: [doubles(6), doubles(7), doubles(8), doubles(9)],
      })
    })
  }

  /** Points that are known only by their extremes; all of them lie in one bucket. */
  add({ keys, n, times, values }: Summaries, row: number): void {
    const own = this.#cells(keys[row] as number)
    const [t1, t2, t3, t4] = times
    const [v1, v2, v3, v4] = values
    const first = t1[row] as number
    const last = t2[row] as number
    const lowest = v3[row] as number
    const highest = v4[row] as number
    const at = Math.floor(first / this.#width) * CELL
    const isNew = own[at] === 0
    own[at] = (own[at] as number) + (n[row] as number)
    if (isNew || first < (own[at + 1] as number)) {
      own[at + 1] = first
      own[at + 2] = v1[row] as number
    }
    if (isNew || last > (own[at + 3] as number)) {
      own[at + 3] = last
      own[at + 4] = v2[row] as number
    }
    if (isNew || lowest < (own[at + 6] as number)) {
      own[at + 5] = t3[row] as number
      own[at + 6] = lowest
    }
    if (isNew || highest > (own[at + 8] as number)) {
      own[at + 7] = t4[row] as number
      own[at + 8] = highest
    }
  }

  /** @param shift added to every time */
  series(shift = 0n): M4Series[] {
    const origin = this.#origin + shift
    return [...this.#of]
      .sort(([a], [b]) => a - b)
      .map(([key, cells]) => seriesOf(key, cells, origin))
      .filter(({ points }) => points > 0)
  }
}

/** What the cells of a series hold, as points in order. Times stay numbers until the end: a bigint each costs as much as the rest. */
function seriesOf(key: number, cells: Float64Array, origin: bigint): M4Series {
  const times = new Float64Array((cells.length / CELL) * 4)
  const values = new Float64Array(times.length)
  let [at, points] = [0, 0]
  for (let i = 0; i < cells.length; i += CELL) {
    const count = cells[i] as number
    if (count === 0) continue
    points += count
    const start = at
    const lowFirst = (cells[i + 5] as number) <= (cells[i + 7] as number)
    for (const place of lowFirst ? LOW_FIRST : HIGH_FIRST) {
      const time = cells[i + place] as number
      const value = cells[i + place + 1] as number
      let known = start
      while (known < at && (times[known] !== time || values[known] !== value)) known++
      if (known < at) continue
      times[at] = time
      values[at++] = value
    }
  }
  return { key, points, times: instants(times, at, origin), values: values.slice(0, at) }
}

/** Places of the four points in a cell, in the order of their times. */
const LOW_FIRST = [1, 5, 7, 3] as const
const HIGH_FIRST = [1, 7, 5, 3] as const

/** The first `count` offsets as 64-bit times, added up in halves. */
function instants(from: Float64Array, count: number, origin: bigint): BigInt64Array<ArrayBuffer> {
  const out = new BigInt64Array(count)
  const words = new Int32Array(out.buffer)
  const high = Number(origin >> 32n)
  const low = Number(origin & 0xffff_ffffn)
  for (let i = 0; i < count; i++) {
    const time = from[i] as number
    const upper = Math.floor(time / 0x1_0000_0000)
    const lower = time - upper * 0x1_0000_0000 + low
    const carry = lower >= 0x1_0000_0000 ? 1 : 0
    words[2 * i] = lower - carry * 0x1_0000_0000
    words[2 * i + 1] = upper + high + carry
  }
  return out
}

async function eachChunk(
  result: DuckDBResult,
  signal: AbortSignal | undefined,
  take: (rows: number, column: (place: number, size: number) => Uint8Array) => void,
): Promise<void> {
  for await (const { rows, vector } of chunksOf(result, signal))
    take(rows, (place, size) => readBytes(vector(place), rows, size))
}

/** 64-bit times, read as halves, low half first, as nanoseconds after an origin: no BigInt is made. */
function offsets(times: Uint8Array, rows: number, origin: bigint): Float64Array {
  const words = new Int32Array(times.buffer, times.byteOffset, rows * 2)
  const high = Number(origin >> 32n)
  const low = Number(origin & 0xffff_ffffn)
  const out = new Float64Array(rows)
  for (let i = 0; i < rows; i++)
    out[i] = ((words[2 * i + 1] as number) - high) * 0x1_0000_0000 + (((words[2 * i] as number) >>> 0) - low)
  return out
}

/** Adds points to the cells of their series. Neighbours mostly share a bucket: its cell is held in variables meanwhile. */
function fold(
  keys: Int32Array | undefined,
  times: Float64Array,
  values: Float64Array,
  width: number,
  cellsOf: (key: number) => Float64Array,
): void {
  for (let i = 0; i < values.length; ) {
    if (Number.isNaN(values[i])) {
      i++
      continue
    }
    const key = keys === undefined ? 0 : (keys[i] as number)
    // exact: both are whole and below 2^53
    const bucket = Math.floor((times[i] as number) / width)
    const [begin, end, at, own] = [bucket * width, (bucket + 1) * width, bucket * CELL, cellsOf(key)]
    let n = own[at] as number
    const none = n === 0
    const [firstTime, firstValue] = [times[i] as number, values[i] as number]
    let t1 = none ? firstTime : (own[at + 1] as number)
    let v1 = none ? firstValue : (own[at + 2] as number)
    let t2 = none ? firstTime : (own[at + 3] as number)
    let v2 = none ? firstValue : (own[at + 4] as number)
    let t3 = none ? firstTime : (own[at + 5] as number)
    let v3 = none ? firstValue : (own[at + 6] as number)
    let t4 = none ? firstTime : (own[at + 7] as number)
    let v4 = none ? firstValue : (own[at + 8] as number)
    for (; i < values.length; i++) {
      const value = values[i] as number
      if (Number.isNaN(value)) continue
      const time = times[i] as number
      if (time < begin || time >= end || (keys !== undefined && keys[i] !== key)) break
      n++
      if (time > t2) {
        t2 = time
        v2 = value
      } else if (time < t1) {
        t1 = time
        v1 = value
      }
      if (value < v3) {
        v3 = value
        t3 = time
      } else if (value > v4) {
        v4 = value
        t4 = time
      }
    }
    own[at] = n
    own[at + 1] = t1
    own[at + 2] = v1
    own[at + 3] = t2
    own[at + 4] = v2
    own[at + 5] = t3
    own[at + 6] = v3
    own[at + 7] = t4
    own[at + 8] = v4
  }
}
