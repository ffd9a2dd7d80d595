// SQL text that several capabilities need in the same form. Arguments are SQL of this program, numbers or bigints; what a
// person typed goes in as a parameter of the query, never through here.

export interface M4Options {
  /** a relation or parenthesised SELECT to read from */
  readonly from: string
  readonly time: string
  readonly value: string
  /** columns that tell series apart; default: all rows are one series */
  readonly by?: readonly string[] | undefined
  /** half-open; rows outside are left out */
  readonly range: { readonly from: bigint; readonly to: bigint }
  readonly buckets: number
}

/**
 * The picture of a series in at most four points a bucket: first, last, lowest and highest. A line drawn through them
 * at one bucket a pixel is the line through all points. NaN is left out first: it would win every `max`.
 * @returns a SELECT with columns: the `by` columns, time, value; ordered by them; no duplicates
 */
export function m4Sql(o: M4Options): string {
  const width = bucketWidth(o.range, o.buckets)
  const by = o.by ?? []
  const keys = by.map((c) => `${c}, `).join('')
  const bucket = `(${o.time} - (${o.range.from})) // ${width}`
  // the aggregates are taken per bucket once; only what they leave (a few thousand rows) is unrolled, deduplicated and sorted
  return `SELECT DISTINCT ${keys}unnest([t1, t2, t3, t4]) AS time, unnest([v1, v2, v3, v4]) AS value
    FROM (
      SELECT ${keys}min(${o.time}) AS t1, max(${o.time}) AS t2, arg_min(${o.time}, ${o.value}) AS t3, arg_max(${o.time}, ${o.value}) AS t4,
        arg_min(${o.value}, ${o.time}) AS v1, arg_max(${o.value}, ${o.time}) AS v2, min(${o.value}) AS v3, max(${o.value}) AS v4
      FROM ${o.from}
      WHERE NOT isnan(${o.value}) AND ${o.time} >= ${o.range.from} AND ${o.time} < ${o.range.to}
      GROUP BY ${keys}${bucket}
    )
    ORDER BY ${keys}time`
}

/** Nanoseconds of each of `buckets` equal parts of a range, rounded up, at least 1. */
export function bucketWidth(range: { readonly from: bigint; readonly to: bigint }, buckets: number): bigint {
  const count = BigInt(Math.max(1, Math.floor(buckets)))
  const width = (range.to - range.from + count - 1n) / count
  return width > 0n ? width : 1n
}

/** Start of the bucket that `time` falls into: `from + k * width`. */
export function bucketSql(time: string, from: bigint, width: bigint): string {
  return `(((${time}) - (${from})) // ${width}) * ${width} + (${from})`
}

export interface WindowOptions {
  readonly from: string
  readonly columns: readonly string[]
  readonly where?: string | undefined
  /** must be a total order (end with a unique column), else pages may overlap */
  readonly orderBy: string
  readonly offset: number
  readonly limit: number
}

/**
 * A window of rows. Columns that the order does not need are fetched only for the rows of the window when `key` is given:
 * DuckDB's top-N would otherwise carry every body and attribute through the sort.
 * @param key column that is unique within `from`
 */
export function windowSql(o: WindowOptions, key?: string): string {
  const where = o.where === undefined ? '' : ` WHERE ${o.where}`
  const page = `ORDER BY ${o.orderBy} LIMIT ${o.limit} OFFSET ${o.offset}`
  if (key === undefined) return `SELECT ${o.columns.join(', ')} FROM ${o.from}${where} ${page}`
  return `SELECT ${o.columns.join(', ')} FROM ${o.from} WHERE ${key} IN (SELECT ${key} FROM ${o.from}${where} ${page}) ORDER BY ${o.orderBy}`
}

/** Above this many rows an approximate percentile is taken. */
export const EXACT_PERCENTILE_ROWS = 2_000_000

/**
 * Percentiles of a column as DOUBLE[]. Exact (`quantile_cont`) up to EXACT_PERCENTILE_ROWS: it holds every value in memory;
 * beyond that a t-digest (`approx_quantile`), whose memory does not grow with the rows.
 */
export function percentilesSql(value: string, quantiles: readonly number[], rows: number, filter?: string): string {
  const list = `[${quantiles.map((q) => q.toString()).join(', ')}]`
  const exact = rows <= EXACT_PERCENTILE_ROWS
  const call = exact ? `quantile_cont(${value}::DOUBLE, ${list})` : `approx_quantile(${value}::DOUBLE, ${list})`
  return filter === undefined ? call : `${call} FILTER (${filter})`
}
