// Extremes of stored samples, kept beside them: for each series and each cell of a grid of 2^shift nanoseconds the first, last,
// lowest and highest point and how many there are. A lane (lane-reader.ts) whose pixels are a few cells wide reads these
// instead of every point. Samples are only ever added, or deleted with their source, so cells never have to be taken back.
//
// Small commits (a receiver's) are only counted, with the hull of their times: within it every point is read. When enough
// has come together, the cells of the hull are made anew from all points in it, in the transaction of that commit.

import type { DuckDBConnection } from '@duckdb/node-api'

/** Beside the tables of schema.ts; not part of an incident file. Versions that do not know them leave them as they are. */
export const SAMPLE_CELL_TABLES = {
  // `counted`: rows of `samples` that this speaks of: another number of rows there, and the cells are not used.
  // `from_ns` and `to_ns`, both inclusive: where the `pending` samples lie that have no cells yet
  sample_grids: `source INTEGER NOT NULL, shift INTEGER, counted BIGINT NOT NULL, pending BIGINT NOT NULL, from_ns BIGINT, to_ns BIGINT`,
  // times as stored; t1/v1 first, t2/v2 last, t3/v3 lowest, t4/v4 highest; NaN and points without a value are not in it
  sample_cells: `source INTEGER NOT NULL, series UBIGINT NOT NULL, cell_ns BIGINT NOT NULL, n BIGINT NOT NULL, t1 BIGINT NOT NULL, t2 BIGINT NOT NULL,
    t3 BIGINT NOT NULL, t4 BIGINT NOT NULL, v1 DOUBLE NOT NULL, v2 DOUBLE NOT NULL, v3 DOUBLE NOT NULL, v4 DOUBLE NOT NULL`,
} as const

/** OTLP: this point says that there is no value */
export const NO_VALUE = 1

/** Samples that wait before their cells are made: a lane reads as many in a few milliseconds. */
export const PENDING_SAMPLES = 65_536
/** Points of a series in a cell, about: less saves nothing, more leaves narrow lanes to the points. */
const CELL_POINTS = 16
/** 1 ms to 13 days */
const [LEAST_SHIFT, MOST_SHIFT] = [20, 50]
/** Samples whose cells are made by one statement, about: bounds its memory. */
const SLICE_SAMPLES = 4_000_000

/** Samples of one commit; both times inclusive. */
export interface SampleExtent {
  readonly count: number
  readonly from: bigint
  readonly to: bigint
}

export interface SampleGrid {
  readonly shift: number
  /** times of the samples that have no cells yet, both inclusive; undefined: all have */
  readonly hull: { readonly from: bigint; readonly to: bigint } | undefined
  /** the same as whole cells, half-open: where every point has to be read */
  readonly pending: { readonly from: bigint; readonly to: bigint } | undefined
}

/** What a row of `sample_grids` says; undefined: there are no cells. */
export function gridOf(shift: number | null, from: bigint | null, to: bigint | null): SampleGrid | undefined {
  if (shift === null) return undefined
  if (from === null || to === null) return { shift, hull: undefined, pending: undefined }
  const size = 1n << BigInt(shift)
  return { shift, hull: { from, to }, pending: { from: floored(from, size), to: floored(to, size) + size } }
}

/** Start of the cell that holds a time. */
export const floored = (time: bigint, size: bigint): bigint =>
  (time < 0n && time % size !== 0n ? time / size - 1n : time / size) * size

const lower = (a: bigint | null, b: bigint): bigint => (a === null || b < a ? b : a)
const higher = (a: bigint | null, b: bigint): bigint => (a === null || b > a ? b : a)

/**
 * Takes note of samples that the open transaction has added to a source; makes cells when enough have come together.
 * @param least samples that may wait; PENDING_SAMPLES but in tests
 */
export async function countSamples(
  connection: DuckDBConnection,
  source: number,
  added: SampleExtent,
  least: number,
): Promise<void> {
  const found = await connection.runAndReadAll(
    `SELECT shift, counted, pending, from_ns, to_ns FROM telemetry.main.sample_grids WHERE source = ${source}`,
  )
  const [shift, counted, pending, from, to] = (found.getRows()[0] ?? [null, 0n, 0n, null, null]) as [
    number | null,
    bigint,
    bigint,
    bigint | null,
    bigint | null,
  ]
  const waiting = pending + BigInt(added.count)
  const hull = { from: lower(from, added.from), to: higher(to, added.to) }
  if (waiting < BigInt(least))
    return await writeGrid(connection, source, [shift, counted + BigInt(added.count), waiting, hull.from, hull.to])
  const known = shift === null ? undefined : { shift, counted: counted + BigInt(added.count) }
  await makeCells(connection, source, known, hull)
}

/** Makes the cells of a source whose samples came by another way than a writer. */
export async function recountSamples(connection: DuckDBConnection, source: number, least: number): Promise<void> {
  const found = await connection.runAndReadAll(
    `SELECT count(*) FROM telemetry.main.samples WHERE source = ${source} HAVING count(*) >= ${Math.max(1, least)}`,
  )
  if (found.currentRowCount > 0) await makeCells(connection, source, undefined, { from: 0n, to: 0n })
}

async function makeCells(
  connection: DuckDBConnection,
  source: number,
  known: { readonly shift: number; readonly counted: bigint } | undefined,
  hull: { readonly from: bigint; readonly to: bigint },
): Promise<void> {
  const mine = `telemetry.main.samples WHERE source = ${source}`
  // few points at odd times (1970) would make a grid of years: the middle nine tenths tell how dense the points are
  const found = await connection.runAndReadAll(
    `SELECT count(*), min(time_ns), max(time_ns), (SELECT count(*) FROM telemetry.main.series WHERE source = ${source}),
      (SELECT (quantile_disc(time_ns, 0.95) - quantile_disc(time_ns, 0.05))::BIGINT
        FROM (SELECT time_ns FROM ${mine}) USING SAMPLE reservoir(10000 ROWS))
     FROM ${mine}`,
  )
  const [total, first, last, series, spread] = found.getRows()[0] as [bigint, bigint, bigint, bigint, bigint | null]
  const wanted = shiftFor(Number(total), Number(series), Number(spread ?? 0n) / 0.9)
  const isSame = known !== undefined && known.counted === total && Math.abs(known.shift - wanted) < 2
  const shift = isSame ? known.shift : wanted
  const size = 1n << BigInt(shift)
  const [from, to] = isSame ? [hull.from, hull.to] : [first, last]
  const [begin, end] = [floored(from, size), floored(to, size) + size]
  await connection.run(
    `DELETE FROM telemetry.main.sample_cells WHERE source = ${source}${isSame ? ` AND cell_ns >= ${begin} AND cell_ns < ${end}` : ''}`,
  )
  const slices = BigInt(Math.max(1, Math.ceil(Number(total) / SLICE_SAMPLES)))
  const step = ((end - begin) / size / slices + 1n) * size
  for (let at = begin; at < end; at += step)
    await connection.run(
      `INSERT INTO telemetry.main.sample_cells SELECT ${source}, series, ${cellSql(size)} AS cell_ns, count(*),
        min(time_ns), max(time_ns), arg_min(time_ns, value), arg_max(time_ns, value),
        arg_min(value, time_ns), arg_max(value, time_ns), min(value), max(value)
       FROM ${mine} AND time_ns >= ${at} AND time_ns < ${at + step < end ? at + step : end}
        AND flags & ${NO_VALUE} = 0 AND NOT isnan(value)
       GROUP BY series, cell_ns ORDER BY cell_ns, series`,
    )
  await writeGrid(connection, source, [shift, total, 0n, null, null])
}

/** Rounds down for times before 1970 too. */
const cellSql = (size: bigint): string => `time_ns - ((time_ns % ${size}) + ${size}) % ${size}`

/** @param span nanoseconds over which the points of all series lie */
function shiftFor(points: number, series: number, span: number): number {
  const apart = (span * Math.max(1, series)) / Math.max(1, points)
  const shift = Math.ceil(Math.log2(Math.max(1, apart * CELL_POINTS)))
  return Math.min(MOST_SHIFT, Math.max(LEAST_SHIFT, shift))
}

async function writeGrid(
  connection: DuckDBConnection,
  source: number,
  row: readonly (bigint | number | null)[],
): Promise<void> {
  await connection.run(`DELETE FROM telemetry.main.sample_grids WHERE source = ${source}`)
  await connection.run(
    `INSERT INTO telemetry.main.sample_grids VALUES (${[source, ...row].map((v) => v ?? 'NULL').join(', ')})`,
  )
}
