// The picture of a series in at most four points a bucket: first, last, lowest and highest. A line drawn through them at one
// bucket a pixel is the line through all points. The store aggregates; what it leaves, a few rows, is unrolled here.

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
    const times = new BigInt64Array((end - row) * 4)
    const values = new Float64Array((end - row) * 4)
    let [at, points] = [0, 0]
    for (; row < end; row++) {
      const start = at
      const put = (time: bigint, value: number) => {
        for (let i = start; i < at; i++) if (times[i] === time && values[i] === value) return
        times[at] = time
        values[at++] = value
      }
      points += Number(n[row])
      const lowFirst = (t3[row] as bigint) <= (t4[row] as bigint)
      put(t1[row] as bigint, v1[row] as number)
      if (lowFirst) put(t3[row] as bigint, v3[row] as number)
      put(t4[row] as bigint, v4[row] as number)
      if (!lowFirst) put(t3[row] as bigint, v3[row] as number)
      put(t2[row] as bigint, v2[row] as number)
    }
    out.push({ key: Number(of), points, times: times.slice(0, at), values: values.slice(0, at) })
  }
  return out
}
