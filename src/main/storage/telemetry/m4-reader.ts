// M4 in one pass of plain code over the columns that DuckDB hands out. The four extremes with their times cost SQL as much as
// sorting and reading every point; here neighbours of a bucket cost a few comparisons each, whatever order rows come in.

import type { DuckDBResult } from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { throwIfAborted } from '../../../shared/base/errors.ts'
import { readBytes } from './duck-memory.ts'
import { type M4Options, type M4Series, M4Points } from './m4.ts'
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

/** The answer to `m4PointsSql`, thinned; of points at one time, or of one value, the first read is kept. */
export async function readM4(result: DuckDBResult, o: M4Options, signal: AbortSignal | undefined): Promise<M4Series[]> {
  const buckets = Math.max(1, Math.floor(o.buckets))
  const width = Number(bucketWidth(o.range, o.buckets))
  const high = Number(o.range.from >> 32n)
  const low = Number(o.range.from & 0xffff_ffffn)
  const keyed = o.key !== undefined
  const cells = new Map<number, Float64Array<ArrayBuffer>>()
  const cellsOf = (key: number) => {
    const found = cells.get(key)
    if (found !== undefined) return found
    const made = new Float64Array(buckets * CELL)
    cells.set(key, made)
    return made
  }
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    throwIfAborted(signal)
    const { rowCount: rows, chunk: columns } = chunk
    const column = (place: number, size: number) => readBytes(duckdb.data_chunk_get_vector(columns, place), rows, size)
    const [k, t, v] = [keyed ? column(0, 4) : undefined, column(keyed ? 1 : 0, 8), column(keyed ? 2 : 1, 8)]
    const keys = k && new Int32Array(k.buffer, k.byteOffset, rows)
    const times = offsets(new Int32Array(t.buffer, t.byteOffset, rows * 2), high, low)
    fold(keys, times, new Float64Array(v.buffer, v.byteOffset, rows), width, cellsOf)
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([of, found]) => {
      const points = new M4Points(buckets)
      const time = (place: number) => o.range.from + BigInt(found[place] as number)
      for (let i = 0; i < found.length; i += CELL) {
        const count = found[i] as number
        if (count === 0) continue
        const value = (place: number) => found[place] as number
        points.bucket(
          count,
          [time(i + 1), time(i + 3), time(i + 5), time(i + 7)],
          [value(i + 2), value(i + 4), value(i + 6), value(i + 8)],
        )
      }
      return points.series(of)
    })
}

/** Halves of 64-bit times, low half first, as nanoseconds after a time of these halves: no BigInt is made. */
function offsets(words: Int32Array, high: number, low: number): Float64Array {
  const out = new Float64Array(words.length >> 1)
  for (let i = 0; i < out.length; i++)
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
