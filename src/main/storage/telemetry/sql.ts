// SQL text that several capabilities need in the same form. Arguments are SQL of this program, numbers or bigints; what a
// person typed goes in as a parameter of the query, never through here.

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
