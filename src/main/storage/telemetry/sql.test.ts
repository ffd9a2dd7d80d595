// The shared SQL, run on real data and compared with plain code.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asEpochNs } from '../../../shared/base/time.ts'
import { addRows, filledSource, openTestStores, sample, seriesInfo, T0, type TestStores } from '../testing.ts'
import { M4_COLUMNS, type M4Options, m4Series, m4Sql } from './m4.ts'
import { inOnePass } from './m4-reader.ts'
import { bucketSql, bucketWidth, EXACT_PERCENTILE_ROWS, percentilesSql, windowSql } from './sql.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await openTestStores()
})
afterAll(() => stores[Symbol.asyncDispose]())

/** First, last, lowest and highest of each bucket, in plain code. */
function m4(points: ReadonlyArray<{ time: bigint; value: number }>, from: bigint, width: bigint): string[] {
  const buckets = new Map<bigint, Array<{ time: bigint; value: number }>>()
  for (const point of points) {
    if (Number.isNaN(point.value)) continue
    const key = (point.time - from) / width
    buckets.set(key, [...(buckets.get(key) ?? []), point])
  }
  const kept = new Set<string>()
  for (const list of buckets.values()) {
    const by = (less: (a: (typeof list)[number], b: (typeof list)[number]) => boolean) =>
      list.reduce((best, p) => (less(p, best) ? p : best))
    for (const p of [
      by((a, b) => a.time < b.time),
      by((a, b) => a.time > b.time),
      by((a, b) => a.value < b.value),
      by((a, b) => a.value > b.value),
    ])
      kept.add(`${p.time} ${p.value}`)
  }
  return [...kept].sort()
}

const m4Of = async (options: M4Options) => m4Series(await stores.telemetry.frame(m4Sql(options), [], M4_COLUMNS))

describe('m4Sql', () => {
  it('keeps first, last, lowest and highest of every bucket, and never NaN', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 40 }),
        async (ticks, buckets) => {
          // values differ, so that lowest and highest are one point each
          const points = ticks.map((tick, i) => ({
            time: T0 + BigInt(tick),
            value: i % 7 === 3 ? Number.NaN : ((tick * 31) % 1009) - 500,
          }))
          const id = await filledSource(stores, { kind: 'samples', rows: points.map((p) => sample(p)) })
          const range = { from: T0, to: T0 + 1000n }
          const from = (await stores.telemetry.scope([id])).relation('samples')
          const [found] = await m4Of({ from, time: 'time_ns', value: 'value', range, buckets })
          const times = [...(found?.times ?? [])]
          expect(times.map((time, i) => `${time} ${found?.values[i]}`).sort()).toEqual(
            m4(points, T0, bucketWidth(range, buckets)),
          )
          expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)))
          expect(found?.points ?? 0).toBe(points.filter((p) => !Number.isNaN(p.value)).length)
          const one = { from, time: 'time_ns', value: 'value', range, buckets }
          expect(await stores.telemetry.m4(one)).toEqual(await m4Of(one))
        },
      ),
      { numRuns: 15 },
    )
  })

  it('is the same in one pass as in SQL: several series, late points, NaN, a deleted source and a corrected clock', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 2999 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: -500, max: 500 }),
        async (ticks, buckets, offset) => {
          const three = ['a', 'b', 'c'].map((s) => seriesInfo({ labels: { s } }))
          // as they come: in no order of time; values of a series differ, so that lowest and highest are one point each
          const rows = ticks.map((tick, i) =>
            sample({
              series: three[tick % 3] as ReturnType<typeof seriesInfo>,
              time: T0 + BigInt(tick),
              value: i % 11 === 5 ? Number.NaN : ((tick * 7919) % 30_011) - 15_000,
            }),
          )
          const gone = await filledSource(stores, { kind: 'samples', rows })
          const id = await filledSource(stores, { kind: 'samples', rows })
          await stores.telemetry.deleteSource(gone)
          stores.catalog.sources.update(id, { clockOffsetNs: String(offset) })
          const range = { from: asEpochNs(T0 + 100n), to: asEpochNs(T0 + 2900n) }
          const samples = (await stores.telemetry.scope([id])).relation('samples', range)
          const options = {
            from: `(SELECT *, dense_rank() OVER (ORDER BY series) AS place FROM ${samples})`,
            time: 'time_ns',
            value: 'value',
            key: 'place',
            range,
            buckets,
          }
          expect(await stores.telemetry.m4({ ...options, series: 3 })).toEqual(await m4Of(options))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('leaves ranges too long for exact offsets, and too many series, to SQL', async () => {
    const point = { time: T0, value: 1 }
    const id = await filledSource(stores, { kind: 'samples', rows: [sample(point)] })
    const from = (await stores.telemetry.scope([id])).relation('samples')
    const wide = { from, time: 'time_ns', value: 'value', buckets: 7, range: { from: 0n, to: T0 * 2n } }
    expect(inOnePass(wide)).toBe(false)
    expect(inOnePass({ ...wide, range: { from: T0, to: T0 + 9n }, key: 'series', series: 500_000 })).toBe(false)
    expect((await stores.telemetry.m4(wide)).map((s) => [...s.times])).toEqual([[T0]])
  })

  it('keeps series apart and leaves out what is outside of the range', async () => {
    const a = seriesInfo({ labels: { s: 'a' } })
    const b = seriesInfo({ labels: { s: 'b' } })
    const id = await filledSource(stores)
    await addRows(stores, id, {
      kind: 'samples',
      rows: [
        sample({ series: a, value: 1 }),
        sample({ series: b, value: 2 }),
        sample({ series: a, value: 9, time: T0 + 10n }),
        sample({ series: a, value: 9, time: T0 - 1n }),
      ],
    })
    const samples = (await stores.telemetry.scope([id])).relation('samples')
    const from = `(SELECT *, dense_rank() OVER (ORDER BY series) AS place FROM ${samples})`
    const found = await m4Of({
      from,
      time: 'time_ns',
      value: 'value',
      key: 'place',
      range: { from: T0, to: T0 + 10n },
      buckets: 1,
    })
    expect(found.map((s) => s.key)).toEqual([1, 2])
    expect(found.map((s) => [s.points, [...s.times], [...s.values]]).toSorted()).toEqual([
      [1, [T0], [1]],
      [1, [T0], [2]],
    ])
  })
})

describe('buckets', () => {
  it('cover the whole range and begin where it begins', async () => {
    expect(bucketWidth({ from: 0n, to: 10n }, 3)).toBe(4n)
    expect(bucketWidth({ from: 0n, to: 2n }, 100)).toBe(1n)
    expect(
      await stores.telemetry.rows(`SELECT ${bucketSql('t', 5n, 4n)} AS b FROM (VALUES (5::BIGINT), (8), (9)) v(t)`, []),
    ).toEqual([{ b: 5n }, { b: 5n }, { b: 9n }])
  })
})

describe('windowSql', () => {
  it('gives the same rows with and without fetching late', async () => {
    const options = {
      from: '(SELECT i AS id, (i * 37) % 101 AS k, repeat(i::VARCHAR, 3) AS body FROM range(200) r(i))',
      columns: ['id', 'body'],
      where: 'k > 20',
      orderBy: 'k DESC, id',
      offset: 30,
      limit: 7,
    }
    const rows = await stores.telemetry.rows(windowSql(options), [])
    expect(rows).toHaveLength(7)
    expect(await stores.telemetry.rows(windowSql(options, 'id'), [])).toEqual(rows)
  })
})

describe('percentilesSql', () => {
  it('is exact up to the limit and close beyond it', async () => {
    const run = (rows: number) =>
      stores.telemetry.rows(`SELECT ${percentilesSql('i', [0.5, 0.95], rows, 'i > 0')} AS p FROM range(1001) r(i)`, [])
    expect(await run(EXACT_PERCENTILE_ROWS)).toEqual([{ p: [500.5, 950.05] }])
    const [approximate] = await run(EXACT_PERCENTILE_ROWS + 1)
    const [p50, p95] = (approximate?.['p'] ?? []) as number[]
    expect(Math.abs((p50 ?? 0) - 500.5)).toBeLessThan(5)
    expect(Math.abs((p95 ?? 0) - 950.05)).toBeLessThan(5)
  })
})
