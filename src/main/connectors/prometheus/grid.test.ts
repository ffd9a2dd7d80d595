// Parts of a range query: the fewest requests, the same samples as one request, on any grid.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveSeries } from '../../../shared/domain/live-source.ts'
import { escapedName, seconds } from './client.ts'
import {
  CHUNK,
  type Grid,
  indexesOf,
  MAX_INTERVALS,
  planOf,
  settledChunks,
  SETTLING_MS,
  sliced,
  stitched,
  timeOf,
} from './grid.ts'

const grids = fc.record({
  start: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
  step: fc.integer({ min: 1, max: 3_600_000 }),
  steps: fc.integer({ min: 0, max: 30_000 }),
})
const gridOf = ({ start, step, steps }: { start: number; step: number; steps: number }): Grid => ({
  start,
  step,
  end: start + step * steps,
})
const line = (grid: Grid, from: number, to: number): LiveSeries => ({
  labels: { a: 'b' },
  times: Float64Array.from({ length: to - from + 1 }, (_, i) => timeOf(grid, from + i)),
  values: Float64Array.from({ length: to - from + 1 }, (_, i) => from + i),
  histogramTimes: new Float64Array(0),
  histograms: [],
})

test('kept chunks and runs cover every step once, and no run passes the limit of the server (7, 8)', () => {
  fc.assert(
    fc.property(grids, fc.integer({ min: 1, max: 7 }), (made, every) => {
      const grid = gridOf(made)
      const { from, to } = indexesOf(grid)
      expect([timeOf(grid, from), timeOf(grid, to)]).toEqual([grid.start, grid.end])
      const plan = planOf(grid, (chunk) =>
        chunk % every === 0 ? [line(grid, chunk * CHUNK, chunk * CHUNK + CHUNK - 1)] : undefined,
      )
      for (const run of plan.runs) expect(run.to - run.from).toBeLessThanOrEqual(MAX_INTERVALS)
      const parts = [
        ...plan.kept.map(({ series }) => series.map((s) => sliced(s, grid.start, grid.end))),
        ...plan.runs.map((run) => [line(grid, run.from, run.to)]),
      ].sort((a, b) => (a[0]?.times[0] ?? 0) - (b[0]?.times[0] ?? 0))
      const [whole] = stitched(parts)
      expect(whole?.times.length).toBe(made.steps + 1)
      expect(whole?.values.every((value, i) => value === from + i)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('only chunks that a run covers whole and that have settled are kept', () => {
  const grid: Grid = { start: 0, end: 600_000, step: 1000 }
  const run = { from: 30, to: 600 }
  expect(settledChunks(grid, run, 300_000 + SETTLING_MS)).toEqual([1, 2, 3, 4])
  expect(settledChunks(grid, run, 299_000 + SETTLING_MS - 1)).toEqual([1, 2, 3])
  expect(settledChunks(grid, run, Infinity)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('times go out as seconds (4), odd label names escaped (11)', () => {
  expect([0, 1_435_781_430_781, -1].map(seconds)).toEqual(['0.000', '1435781430.781', '-0.001'])
  expect(['job', 'http.status_code', 'U__x', '名', '0a'].map(escapedName)).toEqual([
    'job',
    'U__http_2e_status__code',
    'U__U____x',
    'U___540d_',
    'U___30_a',
  ])
})
