// A lane of stored series: at most four points a pixel, from the cells of sample-cells.ts where pixels are wide enough, from
// the points at the edges of the range and wherever there are no cells.

import type { DuckDBResult } from '@duckdb/node-api'
import { asEpochNs } from '../../../shared/base/time.ts'
import type { Lane, LaneOptions, ReadOptions, Scope, SqlValue } from './api.ts'
import type { M4Options, M4Series } from './m4.ts'
import { inOnePass, M4Buckets, type Summaries } from './m4-reader.ts'
import { floored, gridOf, NO_VALUE, type SampleGrid } from './sample-cells.ts'
import { bucketWidth } from './sql.ts'

/** What the reader needs of the store. */
export interface LaneStore {
  m4(o: M4Options, options?: ReadOptions): Promise<M4Series[]>
  read<T>(sql: string, read: (result: DuckDBResult) => Promise<T>, signal: AbortSignal | undefined): Promise<T>
  rows<T extends Record<string, unknown>>(sql: string, params: readonly SqlValue[], options?: ReadOptions): Promise<T[]>
}

/** A pixel of fewer cells would be widened by more than a quarter. */
const LEAST_CELLS = 4n

/** SQL text: the chosen series with their place in the list, to join with samples. */
export function chosenSql(ids: readonly bigint[]): string {
  return `(SELECT unnest([${ids.join(', ')}]::UBIGINT[]) AS series, unnest(range(${ids.length})) AS place)`
}

/** The rows of some series of a table, each with its place: a join costs more than one series is worth. */
function joined(series: readonly bigint[]): { place: string; join: string; and: string } {
  const [first, ...others] = series
  if (others.length === 0) return { place: '0', join: '', and: `AND x.series = ${first}` }
  return { place: 'k.place', join: `JOIN ${chosenSql(series)} k USING (series)`, and: '' }
}

interface Stretch {
  readonly from: bigint
  readonly to: bigint
}

export class LaneReader {
  readonly #store: LaneStore
  /** sources whose cells speak of every sample that is there; from then on the writers of this store see to it */
  readonly #trusted = new Set<number>()
  /** as last seen; an answer says whether they still are so */
  readonly #grids = new Map<number, SampleGrid>()

  constructor(store: LaneStore) {
    this.#store = store
  }

  /** The rows of a source went, or the store was opened anew. */
  forget(source?: number): void {
    if (source === undefined) {
      this.#trusted.clear()
      this.#grids.clear()
      return
    }
    this.#trusted.delete(source)
    this.#grids.delete(source)
  }

  async read(scope: Scope, o: LaneOptions, options: ReadOptions): Promise<Lane> {
    if (o.series.length === 0) return { series: [], start: o.range.from, width: bucketWidth(o.range, o.buckets) }
    const { stored } = scope
    if (stored === undefined) return await this.#fromPoints(scope, o, options)
    // a commit may come between the question for the grid and the one for its cells
    for (const isNew of [false, true]) {
      const known = isNew ? undefined : this.#grids.get(stored.key)
      const grid = known ?? (await this.#grid(stored.key, options))
      if (grid === undefined) break
      const lane = await this.#fromCells(scope, stored, grid, o, options)
      if (lane === 'too narrow') break
      if (lane !== 'another grid') return lane
      this.#grids.delete(stored.key)
    }
    return await this.#fromPoints(scope, o, options)
  }

  async #fromPoints(scope: Scope, o: LaneOptions, options: ReadOptions): Promise<Lane> {
    const from = pointsSql(scope, o.series, o.range)
    const { range, buckets } = o
    const m4: M4Options = {
      from,
      time: 'time_ns',
      value: 'value',
      key: 'place',
      series: o.series.length,
      range,
      buckets,
    }
    return { series: await this.#store.m4(m4, options), start: range.from, width: bucketWidth(range, buckets) }
  }

  async #fromCells(
    scope: Scope,
    stored: NonNullable<Scope['stored']>,
    grid: SampleGrid,
    o: LaneOptions,
    options: ReadOptions,
  ): Promise<Lane | 'too narrow' | 'another grid'> {
    const buckets = Math.max(1, Math.floor(o.buckets))
    const probe: M4Options = {
      from: '',
      time: '',
      value: '',
      key: '',
      series: o.series.length,
      range: o.range,
      buckets,
    }
    if (!inOnePass(probe)) return 'too narrow'
    const cell = 1n << BigInt(grid.shift)
    if (bucketWidth(o.range, buckets) < cell * LEAST_CELLS) return 'too narrow'
    const range = { from: o.range.from - stored.offset, to: o.range.to - stored.offset }
    const start = floored(range.from, cell)
    if (range.to - start >= BigInt(Number.MAX_SAFE_INTEGER)) return 'too narrow'
    const least = bucketWidth({ from: start, to: range.to }, buckets)
    const width = floored(least + cell - 1n, cell)
    const thin = new M4Buckets(start, Number(width), buckets)
    const sql = cellsSql(stored.key, o.series, grid, { from: start, to: range.to })
    const read = (result: DuckDBResult) => takeCells(thin, result, { range, start, cell }, options.signal)
    const cut = await this.#store.read(sql, read, options.signal)
    if (cut === undefined) return 'another grid'
    const open = cut.map((at) => ({ from: at, to: at + cell }))
    const stretches = united([...open, ...(grid.pending ? [grid.pending] : [])], range)
    if (stretches.length > 0)
      await this.#store.read(
        stretches
          .map(({ from, to }) => {
            const shown = { from: from + stored.offset, to: to + stored.offset }
            const time = `(time_ns - (${stored.offset}))::BIGINT`
            return `SELECT place::INTEGER, ${time}, value::DOUBLE FROM ${pointsSql(scope, o.series, shown)}`
          })
          .join(' UNION ALL '),
        (result) => thin.takePoints(result, 'keyed', options.signal),
        options.signal,
      )
    return { series: thin.series(stored.offset), start: start + stored.offset, width }
  }

  async #grid(source: number, options: ReadOptions): Promise<SampleGrid | undefined> {
    const [row] = await this.#store.rows<{
      shift: number | null
      counted: bigint
      from: bigint | null
      to: bigint | null
    }>(
      `SELECT shift, counted, from_ns AS "from", to_ns AS "to" FROM telemetry.main.sample_grids WHERE source = ${source}`,
      [],
      options,
    )
    const grid = row && gridOf(row.shift, row.from, row.to)
    if (row === undefined || grid === undefined) return undefined
    if (this.#trusted.has(source)) return this.#seen(source, grid)
    // an older version may have added samples and left the cells as they were
    const [held] = await this.#store.rows<{ n: bigint }>(
      `SELECT count(*) AS n FROM telemetry.main.samples WHERE source = ${source}`,
      [],
      options,
    )
    if (held?.n !== row.counted) return undefined
    this.#trusted.add(source)
    return this.#seen(source, grid)
  }

  #seen(source: number, grid: SampleGrid): SampleGrid {
    this.#grids.set(source, grid)
    return grid
  }
}

function pointsSql(scope: Scope, series: readonly bigint[], range: Stretch): string {
  const within = { from: asEpochNs(range.from), to: asEpochNs(range.to) }
  const { place, join, and } = joined(series)
  return `(SELECT ${place} AS place, x.time_ns, x.value FROM ${scope.relation('samples', within)} x ${join}
    WHERE x.flags & ${NO_VALUE} = 0 ${and})`
}

/**
 * (place, n, t1..t4, v1..v4) of the cells in a range but the pending ones, and one row of place -1 when the grid is at that
 * moment what it is thought to be.
 */
function cellsSql(source: number, series: readonly bigint[], grid: SampleGrid, range: Stretch): string {
  const { pending, hull } = grid
  const settled = pending ? ` AND (x.cell_ns < ${pending.from} OR x.cell_ns >= ${pending.to})` : ''
  const { place, join, and } = joined(series)
  const is = (column: string, value: bigint | undefined) => `${column} IS NOT DISTINCT FROM ${value ?? 'NULL'}`
  return `SELECT -1 AS place, 0::DOUBLE, 0::BIGINT, 0::BIGINT, 0::BIGINT, 0::BIGINT, 0::DOUBLE, 0::DOUBLE, 0::DOUBLE, 0::DOUBLE
      FROM telemetry.main.sample_grids
      WHERE source = ${source} AND shift = ${grid.shift} AND ${is('from_ns', hull?.from)} AND ${is('to_ns', hull?.to)}
    UNION ALL
    SELECT ${place}::INTEGER, x.n::DOUBLE, x.t1, x.t2, x.t3, x.t4, x.v1, x.v2, x.v3, x.v4
      FROM telemetry.main.sample_cells x ${join}
      WHERE x.source = ${source} AND x.cell_ns >= ${range.from} AND x.cell_ns < ${range.to}${settled} ${and}`
}

interface CellRange {
  readonly range: Stretch
  /** of the first cell, which holds the start of the range */
  readonly start: bigint
  readonly cell: bigint
}

/**
 * Adds the cells of an answer to `cellsSql`.
 * @returns starts of the cells at the edges that hold points outside of the range, which are not added; undefined when the
 *   grid is not what it was thought to be
 */
async function takeCells(
  thin: M4Buckets,
  result: DuckDBResult,
  { range, start, cell }: CellRange,
  signal: AbortSignal | undefined,
): Promise<bigint[] | undefined> {
  let isSame = false
  const edges: Array<Array<[Summaries, number]>> = [[], []]
  const [head, tail] = [Number(cell), Number(floored(range.to - 1n, cell) - start)]
  await thin.readSummaries(
    result,
    (summaries) => {
      const [first] = summaries.times
      for (let row = 0; row < summaries.rows; row++) {
        const time = first[row] as number
        if ((summaries.keys[row] as number) < 0) isSame = true
        else if (time >= tail) edges[1]?.push([summaries, row])
        else if (time < head) edges[0]?.push([summaries, row])
        else thin.add(summaries, row)
      }
    },
    signal,
  )
  if (!isSame) return undefined
  const [low, high] = [Number(range.from - start), Number(range.to - start)]
  const cut: bigint[] = []
  edges.forEach((found, side) => {
    const isCut = found.some(([{ times }, row]) => (times[0][row] as number) < low || (times[1][row] as number) >= high)
    if (isCut) cut.push(start + BigInt(side === 0 ? 0 : tail))
    else for (const [summaries, row] of found) thin.add(summaries, row)
  })
  return cut
}

/** The parts of stretches that lie in a range, without overlaps, in order. */
export function united(stretches: readonly Stretch[], range: Stretch): Stretch[] {
  const out: Array<{ from: bigint; to: bigint }> = []
  for (const stretch of stretches.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    let { from, to } = stretch
    if (from < range.from) from = range.from
    if (to > range.to) to = range.to
    const last = out.at(-1)
    if (from >= to) continue
    if (!last || from > last.to) out.push({ from, to })
    else if (to > last.to) last.to = to
  }
  return out
}
