// Lanes from kept extremes against the same in plain code over every point.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asEpochNs } from '../../../shared/base/time.ts'
import type { SampleRow } from '../../../shared/domain/telemetry.ts'
import {
  addRows,
  filledSource,
  openTestStores,
  sample,
  seriesInfo,
  T0,
  type TestStores,
  tempFolder,
} from '../testing.ts'
import type { Lane } from './api.ts'
import { united } from './lane-reader.ts'
import { floored, gridOf, NO_VALUE } from './sample-cells.ts'
import { bucketWidth } from './sql.ts'

const MS = 1_000_000n
/** so few that the cells of a source are made, made anew and left pending within one test */
const PENDING = 40

let stores: TestStores
beforeAll(async () => {
  stores = await openTestStores(tempFolder(), { threads: 2, pendingSamples: PENDING })
})
afterAll(() => stores[Symbol.asyncDispose]())

const one = seriesInfo({ labels: { s: 'a' } })
const three = [one, seriesInfo({ labels: { s: 'b' } }), seriesInfo({ labels: { s: 'c' } })]
type Point = Pick<SampleRow, 'time' | 'value'>

async function idsOf(source: string, from = stores): Promise<bigint[]> {
  const scope = await from.telemetry.scope([source])
  const rows = await from.telemetry.rows<{ series: bigint; labels: string }>(
    `SELECT series, labels FROM ${scope.relation('series')} ORDER BY labels`,
    [],
  )
  return rows.map(({ series }) => series)
}

/** First, last, lowest and highest of every bucket as 'time value', in plain code. */
function plainM4(points: readonly Point[], lane: Lane, range: { from: bigint; to: bigint }): string[] {
  const buckets = new Map<bigint, Point[]>()
  for (const point of points) {
    if (Number.isNaN(point.value) || point.time < range.from || point.time >= range.to) continue
    const key = (point.time - lane.start) / lane.width
    buckets.set(key, [...(buckets.get(key) ?? []), point])
  }
  const kept = new Set<string>()
  for (const list of buckets.values()) {
    const best = (better: (a: Point, b: Point) => boolean) => list.reduce((b, p) => (better(p, b) ? p : b))
    for (const p of [
      best((a, b) => a.time < b.time),
      best((a, b) => a.time > b.time),
      best((a, b) => a.value < b.value),
      best((a, b) => a.value > b.value),
    ])
      kept.add(`${p.time} ${p.value}`)
  }
  return [...kept].sort()
}

const shown = (lane: Lane, key: number): string[] => {
  const found = lane.series.find((s) => s.key === key)
  return [...(found?.times ?? [])].map((time, i) => `${time} ${found?.values[i]}`).sort()
}

async function fill(source: string, rows: readonly SampleRow[], sizes: readonly number[]): Promise<void> {
  let at = 0
  for (const size of [...sizes, rows.length]) {
    const part = rows.slice(at, at + size)
    at += size
    if (part.length > 0) await addRows(stores, source, { kind: 'samples', rows: part })
  }
}

describe('a lane', () => {
  it('is plain M4 on its buckets, whatever order, size of commits, odd times, duplicates, clock and range', async () => {
    let widened = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 300, maxLength: 1500, size: 'max' }),
        fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.tuple(fc.integer({ min: -500, max: 21_000 }), fc.integer({ min: 1, max: 22_000 })),
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.constantFrom<readonly bigint[]>([], [0n, -5n], [T0 + 10n ** 17n]),
        async (ticks, sizes, buckets, [start, length], offset, odd) => {
          const rows = ticks.map((tick, i) =>
            sample({
              series: three[i % 3] as SampleRow['series'],
              // a time stands for one value, so that of two points at one time it does not matter which is kept
              time: T0 + BigInt(tick) * MS,
              value: tick % 13 === 5 ? Number.NaN : ((tick * 7919) % 30_011) - 15_000 + (i % 3) / 4,
            }),
          )
          for (const time of odd) rows.splice(rows.length >> 1, 0, sample({ series: one, time, value: 3 }))
          const gone = await filledSource(stores, { kind: 'samples', rows })
          const id = await filledSource(stores)
          await fill(id, rows, sizes)
          await stores.telemetry.deleteSource(gone)
          stores.catalog.sources.update(id, { clockOffsetNs: String(offset) })
          const clock = BigInt(offset)
          const range = {
            from: T0 + clock + BigInt(start) * MS + 7n,
            to: T0 + clock + BigInt(start + length) * MS + 7n,
          }
          const series = await idsOf(id)
          const lane = await stores.telemetry.lane(await stores.telemetry.scope([id]), { series, range, buckets })
          if (lane.width > bucketWidth(range, buckets)) widened++
          expect(lane.width).toBeLessThanOrEqual((bucketWidth(range, buckets) * 3n) / 2n + 1n)
          for (const [key, info] of three.entries()) {
            const points = rows
              .filter((row) => row.series.labels['s'] === info.labels['s'])
              .map(({ time, value }) => ({ time: time + clock, value }))
            expect(shown(lane, key)).toEqual(plainM4(points, lane, range))
            const inside = points.filter((p) => p.time >= range.from && p.time < range.to && !Number.isNaN(p.value))
            const found = lane.series.find((s) => s.key === key)
            expect(found?.points ?? 0).toBe(inside.length)
            expect(found?.times.length ?? 0).toBeLessThanOrEqual(4 * buckets)
            const times = [...(found?.times ?? [])]
            expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
            const single = series.slice(key, key + 1)
            const alone = await stores.telemetry.lane(await stores.telemetry.scope([id]), {
              series: single,
              range,
              buckets,
            })
            expect(shown(alone, 0)).toEqual(single.length === 0 ? [] : shown(lane, key))
          }
        },
      ),
      { numRuns: 20 },
    )
    // the property would hold as well if cells were never read
    expect(widened).toBeGreaterThan(0)
  })
})

describe('kept extremes', () => {
  const range = { from: T0, to: T0 + 1000n * MS }
  const ramp = (count: number, first = 0) =>
    Array.from({ length: count }, (_, i) =>
      sample({ series: one, time: T0 + BigInt(first + i) * MS, value: first + i }),
    )
  const laneOf = async (id: string, from = stores) =>
    from.telemetry.lane(await from.telemetry.scope([id]), { series: await idsOf(id, from), range, buckets: 2 })
  const highest = (lane: Lane) => Math.max(...(lane.series[0]?.values ?? []))
  /** Extremes that no point has: seen where cells are read. */
  const forge = (source: string, from = stores) =>
    from.telemetry.rows(
      `UPDATE telemetry.main.sample_cells SET v4 = 1e9 WHERE source = ${from.catalog.sources.get(source)?.key}`,
      [],
    )

  it('are read instead of the points, and points that came since are seen', async () => {
    const id = await filledSource(stores, { kind: 'samples', rows: ramp(800) })
    await forge(id)
    expect(highest(await laneOf(id))).toBe(1e9)
    await addRows(stores, id, {
      kind: 'samples',
      rows: [sample({ series: one, time: T0 + 990n * MS, value: 2e9 })],
    })
    const after = await laneOf(id)
    expect(highest(after)).toBe(2e9)
    expect(after.series[0]?.points).toBe(801)
  })

  it('are left out of a question about several sources, and of one that is removed and restored nothing is lost', async () => {
    const [first, other] = [
      await filledSource(stores, { kind: 'samples', rows: ramp(500) }),
      await filledSource(stores, { kind: 'samples', rows: ramp(500, 500) }),
    ]
    const both = await stores.telemetry.scope([first, other])
    expect(both.stored).toBeUndefined()
    const series = await idsOf(first)
    const lane = await stores.telemetry.lane(both, { series, range, buckets: 4 })
    expect([lane.series[0]?.points, highest(lane)]).toEqual([1000, 999])
    stores.catalog.sources.update(first, { state: 'removed' })
    await expect(laneOf(first)).rejects.toMatchObject({ code: 'not_found' })
    stores.catalog.sources.update(first, { state: 'ready' })
    expect((await laneOf(first)).series[0]?.points).toBe(500)
  })

  it('go with their source, and come with a copy', async () => {
    const id = await filledSource(stores, { kind: 'samples', rows: ramp(300) })
    const copy = await filledSource(stores)
    await stores.telemetry.copySource(id, copy)
    const key = stores.catalog.sources.get(id)?.key
    await stores.telemetry.deleteSource(id)
    expect(
      await stores.telemetry.rows(
        `SELECT (SELECT count(*) FROM telemetry.main.sample_cells WHERE source = ${key})
          + (SELECT count(*) FROM telemetry.main.sample_grids WHERE source = ${key}) AS n`,
        [],
      ),
    ).toEqual([{ n: 0n }])
    await forge(copy)
    expect(highest(await laneOf(copy))).toBe(1e9)
  })

  it('are not trusted where another version added samples without them, until they are made anew', async () => {
    const folder = tempFolder()
    let id = ''
    {
      await using first = await openTestStores(folder, { threads: 2, pendingSamples: PENDING })
      id = await filledSource(first, { kind: 'samples', rows: ramp(300) })
      await forge(id, first)
      await first.telemetry.rows(
        `INSERT INTO telemetry.main.samples SELECT * REPLACE (time_ns + ${500n * MS} AS time_ns, 777 AS value) FROM telemetry.main.samples LIMIT 1`,
        [],
      )
    }
    await using again = await openTestStores(folder, { threads: 2, pendingSamples: PENDING })
    const seen = await laneOf(id, again)
    expect([seen.series[0]?.points, highest(seen)]).toEqual([301, 777])
    await addRows(again, id, { kind: 'samples', rows: ramp(PENDING, 900) })
    await forge(id, again)
    expect(highest(await laneOf(id, again))).toBe(1e9)
  })

  it('are not written by a transaction that is rolled back', async () => {
    const id = await filledSource(stores, { kind: 'samples', rows: ramp(300) })
    const writer = await stores.telemetry.writer(id)
    await writer.write({ kind: 'samples', rows: ramp(300, 400) })
    await writer.rollback()
    expect((await laneOf(id)).series[0]?.points).toBe(300)
  })

  it('leave out points that say there is no value', async () => {
    const rows = ramp(200).map((row, i) => (i % 2 === 1 ? { ...row, value: 0, flags: NO_VALUE } : row))
    const id = await filledSource(stores, { kind: 'samples', rows })
    expect((await laneOf(id)).series[0]?.points).toBe(100)
  })
})

describe('the grid', () => {
  it('rounds down on both sides of 1970', () => {
    expect([floored(9n, 8n), floored(8n, 8n), floored(-1n, 8n), floored(-8n, 8n)]).toEqual([8n, 8n, -8n, -8n])
    expect(gridOf(3, 9n, 16n)?.pending).toEqual({ from: 8n, to: 24n })
    expect(gridOf(null, 9n, 16n)).toBeUndefined()
  })

  it('reads overlapping stretches once, within the range', () => {
    const within = { from: asEpochNs(10n), to: asEpochNs(50n) }
    expect(
      united(
        [
          { from: 40n, to: 90n },
          { from: 0n, to: 12n },
          { from: 11n, to: 20n },
          { from: 60n, to: 70n },
        ],
        within,
      ),
    ).toEqual([
      { from: 10n, to: 20n },
      { from: 40n, to: 50n },
    ])
  })
})
