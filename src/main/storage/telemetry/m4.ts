// The picture of a series in at most four points a bucket: first, last, lowest and highest. A line drawn through them at one
// bucket a pixel is the line through all points. m4-reader.ts thins in one pass; where it cannot, the store aggregates as here.

import { assert } from '../../../shared/base/assert.ts'
import { type ColumnSpec, columnNamed, type Frame } from '../../../shared/frame/frame.ts'
import { bucketWidth } from './sql.ts'

export interface M4Options {
  /** a relation or parenthesised SELECT to read from */
  readonly from: string
  readonly time: string
  readonly value: string
  /** an integer that tells series apart; default: all rows are one series */
  readonly key?: string | undefined
  /** at most so many series: with it, or without a key, one pass in code does what SQL would take longer for */
  readonly series?: number | undefined
  /** half-open; rows outside are left out */
  readonly range: { readonly from: bigint; readonly to: bigint }
  readonly buckets: number
}

/** Of what `m4Sql` selects. */
export const M4_COLUMNS: readonly ColumnSpec[] = [
  { name: 'key', type: 'int' },
  { name: 'n', type: 'int' },
  ...[1, 2, 3, 4].map((i): ColumnSpec => ({ name: `t${i}`, type: 'time' })),
  ...[1, 2, 3, 4].map((i): ColumnSpec => ({ name: `v${i}`, type: 'float' })),
]

/** A SELECT of M4_COLUMNS, one row a bucket, in order. NaN is left out first: it would win every `max`. */
export function m4Sql(o: M4Options): string {
  const bucket = `(${o.time} - (${o.range.from})) // ${bucketWidth(o.range, o.buckets)}`
  return `SELECT ${o.key ?? '0'} AS key, count(*) AS n,
      min(${o.time}) AS t1, max(${o.time}) AS t2, arg_min(${o.time}, ${o.value}) AS t3, arg_max(${o.time}, ${o.value}) AS t4,
      arg_min(${o.value}, ${o.time}) AS v1, arg_max(${o.value}, ${o.time}) AS v2, min(${o.value}) AS v3, max(${o.value}) AS v4
    FROM ${o.from}
    WHERE NOT isnan(${o.value}) AND ${o.time} >= ${o.range.from} AND ${o.time} < ${o.range.to}
    GROUP BY ${o.key === undefined ? '' : `${o.key}, `}${bucket} ORDER BY key, t1`
}

export interface M4Series {
  readonly key: number
  /** points of the series in the range, NaN left out */
  readonly points: number
  /** ascending, without the same point twice */
  readonly times: BigInt64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
}

type Four<T> = readonly [first: T, last: T, lowest: T, highest: T]

/** The points of one series, bucket after bucket. */
class M4Points {
  readonly #times: BigInt64Array<ArrayBuffer>
  readonly #values: Float64Array<ArrayBuffer>
  #at = 0
  #points = 0

  constructor(buckets: number) {
    this.#times = new BigInt64Array(buckets * 4)
    this.#values = new Float64Array(buckets * 4)
  }

  /** @param count points that the bucket stands for */
  bucket(count: number, times: Four<bigint>, values: Four<number>): void {
    const start = this.#at
    const put = (time: bigint, value: number) => {
      for (let i = start; i < this.#at; i++) if (this.#times[i] === time && this.#values[i] === value) return
      this.#times[this.#at] = time
      this.#values[this.#at++] = value
    }
    this.#points += count
    const lowFirst = times[2] <= times[3]
    put(times[0], values[0])
    if (lowFirst) put(times[2], values[2])
    put(times[3], values[3])
    if (!lowFirst) put(times[2], values[2])
    put(times[1], values[1])
  }

  series(key: number): M4Series {
    return {
      key,
      points: this.#points,
      times: this.#times.slice(0, this.#at),
      values: this.#values.slice(0, this.#at),
    }
  }
}

/** Every series of the answer to `m4Sql`, by key. */
export function m4Series(frame: Frame): M4Series[] {
  const column = (name: string) => columnNamed(frame, name)
  const ints = (name: string) => {
    const c = column(name)
    assert(c.storage === 'int64', `${name} is int64`)
    return c.values
  }
  const floats = (name: string) => {
    const c = column(name)
    assert(c.storage === 'float64', `${name} is float64`)
    return c.values
  }
  const [key, n] = [ints('key'), ints('n')]
  const [t1, t2, t3, t4] = [ints('t1'), ints('t2'), ints('t3'), ints('t4')]
  const [v1, v2, v3, v4] = [floats('v1'), floats('v2'), floats('v3'), floats('v4')]
  const out: M4Series[] = []
  for (let row = 0; row < frame.rowCount; ) {
    const of = key[row]
    let end = row
    while (end < frame.rowCount && key[end] === of) end++
    const points = new M4Points(end - row)
    for (; row < end; row++) {
      const times = [t1[row] as bigint, t2[row] as bigint, t3[row] as bigint, t4[row] as bigint] as const
      const values = [v1[row] as number, v2[row] as number, v3[row] as number, v4[row] as number] as const
      points.bucket(Number(n[row]), times, values)
    }
    out.push(points.series(Number(of)))
  }
  return out
}
