// The evaluator against own cases; Prometheus's scripts are run by `npm run test:promql`.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluatePromQL } from './evaluate.ts'
import { average, combine, isReset, type NativeHistogram } from './histogram.ts'
import { Labels, METRIC_NAME } from './labels.ts'
import { anchoredRegex, matchesAll } from './matchers.ts'
import { parsePromQL } from './parse.ts'
import { floatSeries, type RawSeries, type SeriesSource } from './source.ts'

/** Values every `step` seconds from 0; null: no sample; 'stale': a marker. */
function series(
  name: string,
  labels: Record<string, string>,
  values: ReadonlyArray<number | null | 'stale'>,
  step = 10,
): RawSeries {
  const kept = values.flatMap((value, i) => (typeof value === 'number' ? [[i * step * 1000, value] as const] : []))
  const stale = values.flatMap((value, i) => (value === 'stale' ? [i * step * 1000] : []))
  return floatSeries(
    Labels.of([[METRIC_NAME, name], ...Object.entries(labels)]),
    Float64Array.from(kept, ([ms]) => ms),
    Float64Array.from(kept, ([, v]) => v),
    Float64Array.from(stale),
  )
}

const sourceOf = (all: readonly RawSeries[]): SeriesSource => ({
  select: async ({ matchers }) => all.filter((s) => matchesAll(matchers, s.labels)),
})

async function at(seconds: number, query: string, all: readonly RawSeries[]) {
  const result = await evaluatePromQL(query, { source: sourceOf(all), start: seconds * 1000, end: seconds * 1000 })
  return result.series.map((s) => [String(s.labels), ...s.values])
}

const shape = (query: string): unknown =>
  JSON.parse(
    JSON.stringify(parsePromQL(query), (key, value: unknown) =>
      ['from', 'to', 'matching', 'bool', 'offset', 'at'].includes(key) ? undefined : value,
    ),
  )

describe('parsing', () => {
  test('operators bind as in Prometheus', () => {
    expect(shape('1 + 2 * 3 ^ 2 ^ 0')).toEqual(shape('1 + (2 * (3 ^ (2 ^ 0)))'.replace(/[()]/g, '')))
    expect(shape('-2 ^ 2')).toEqual({
      kind: 'unary',
      op: '-',
      expr: { kind: 'binary', op: '^', left: { kind: 'number', value: 2 }, right: { kind: 'number', value: 2 } },
    })
  })

  test('an offset belongs to the selector before it, not to the whole expression', () => {
    const expr = parsePromQL('a + b offset 5m * c')
    expect(expr).toMatchObject({
      kind: 'binary',
      op: '+',
      left: { offset: 0 },
      right: { kind: 'binary', op: '*', left: { kind: 'selector', offset: 300_000 }, right: { offset: 0 } },
    })
  })

  test('errors say exactly where', () => {
    for (const [query, from] of [
      ['rate(foo[5m]', 12],
      ['sum(foo', 7],
      ['foo + "x"', 6],
      ['rate(foo)', 5],
      ['nofn(foo)', 0],
      ['{a=""}', 0],
    ] as const)
      expect
        .soft(() => parsePromQL(query), query)
        .toThrow(expect.objectContaining({ code: 'invalid_input', details: expect.objectContaining({ from }) }))
  })

  test('what is not there is refused by name', () => {
    for (const [query, name] of [
      ['info(foo)', 'info'],
      ['limit_ratio(0.1, foo)', 'limit_ratio'],
      ['rate(foo[5m] smoothed)', 'smoothed'],
      ['a </ 2', '</'],
    ] as const)
      expect
        .soft(() => parsePromQL(query), query)
        .toThrow(expect.objectContaining({ code: 'unsupported', details: expect.objectContaining({ name }) }))
  })

  test('any text either parses or is refused with a code, never otherwise', () => {
    const words = fc.constantFrom(
      'foo',
      '{a="b"}',
      '[5m]',
      '[5m:1m]',
      '(',
      ')',
      '+',
      '-',
      'sum',
      'by',
      'rate',
      'offset',
      '@',
      '1',
      '"x"',
      'bool',
      '==',
      'and',
      ',',
      '5m',
      'start()',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        try {
          parsePromQL(parts.join(' '))
        } catch (error) {
          expect(error).toMatchObject({
            name: 'WatchdeckError',
            code: expect.stringMatching(/^(invalid_input|unsupported)$/),
          })
        }
      }),
    )
  })

  test('flags inside a regex hold to the end of their group', () => {
    expect(['aB', 'ab', 'AB'].map((text) => anchoredRegex('a(?i)b').matches(text))).toEqual([true, true, false])
    expect(anchoredRegex('a.c').matches('a\nc')).toBe(true)
    expect(anchoredRegex('\\Qa.c\\E[[:alpha:]]\\pL').matches('a.cdé')).toBe(true)
    // it would never end, were it tried in every way
    expect(anchoredRegex('(?:a|aa)+b').matches('a'.repeat(10_000))).toBe(false)
  })
})

describe('evaluation', () => {
  test('windows are open on the left', async () => {
    expect(await at(20, 'count_over_time(x[20s])', [series('x', {}, [1, 2, 3])])).toEqual([['{}', 2]])
  })

  test('a value lasts five minutes, not a moment longer, and ends at a staleness marker', async () => {
    const x = [series('x', {}, [1])]
    expect(await at(299, 'x', x)).toHaveLength(1)
    expect(await at(300, 'x', x)).toEqual([])
    expect(await at(25, 'x', [series('x', {}, [1, 2, 'stale'])])).toEqual([])
  })

  test('a counter that starts again goes on counting', async () => {
    expect(await at(50, 'increase(x_total[50s])', [series('x_total', {}, [0, 10, 20, 0, 10, 20])])).toEqual([
      ['{}', 37.5],
    ])
  })

  test('matching many to one copies the labels asked for', async () => {
    const all = [
      series('a', { pod: '1', node: 'n' }, [1]),
      series('a', { pod: '2', node: 'n' }, [2]),
      series('b', { node: 'n', zone: 'z' }, [10]),
    ]
    expect(await at(0, 'a * on(node) group_left(zone) b', all)).toEqual([
      ['{node="n", pod="1", zone="z"}', 10],
      ['{node="n", pod="2", zone="z"}', 20],
    ])
    await expect(at(0, 'a * on(node) b', all)).rejects.toThrow('many-to-one matching must be explicit')
  })

  test('a fill stands in for the side that Prometheus fills, also when the many are on the right', async () => {
    const all = [
      series('one', { node: 'a' }, [100]),
      series('one', { node: 'c' }, [300]),
      series('many', { node: 'a', cpu: '0' }, [1]),
      series('many', { node: 'b', cpu: '0' }, [1]),
    ]
    expect(await at(0, 'one * on(node) group_right fill_left(1) many', all)).toEqual([
      ['{cpu="0", node="a"}', 100],
      ['{node="c"}', 300],
    ])
    expect(await at(0, 'one * on(node) group_right fill_right(0) many', all)).toEqual([
      ['{cpu="0", node="a"}', 100],
      ['{cpu="0", node="b"}', 0],
    ])
  })

  test('one NaN makes the deviation from the median unknown', async () => {
    expect(await at(20, 'mad_over_time(x[30s])', [series('x', {}, [1, NaN, 3])])).toEqual([['{}', NaN]])
  })

  test('keywords of durations may be capitals; a text in quotes keeps its own', async () => {
    const x = [series('x', { call: 'STEP()' }, [1, 2, 3, 4])]
    const { series: out } = await evaluatePromQL('count_over_time(x{call="STEP()"}[MIN_OF(STEP(), 1h)])', {
      source: sourceOf(x),
      start: 20_000,
      end: 30_000,
      step: 10_000,
    })
    expect(out.map((s) => [...s.values])).toEqual([[1, 1]])
  })

  test('subqueries, @ and offset reach back', async () => {
    const x = [series('x', {}, [1, 2, 3, 4, 5, 6, 7])]
    expect(await at(60, 'max_over_time((x * 2)[30s:10s] offset 20s)', x)).toEqual([['{}', 10]])
    expect(await at(60, 'x @ 10 + x offset 10s', x)).toEqual([['{}', 8]])
  })

  test('a range query gives each step what an instant query gives', async () => {
    const queries = [
      'rate(x_total[30s])',
      'sum by (a) (x_total)',
      'topk(1, x_total)',
      'avg_over_time(x_total[45s]) > 2',
      'quantile_over_time(0.3, x_total[1m])',
      'x_total - on(a) group_left sum by (a) (x_total)',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }), { minLength: 8, maxLength: 12 }),
        fc.constantFrom(...queries),
        async (values, query) => {
          const all = [
            series('x_total', { a: '1', b: '1' }, values),
            series('x_total', { a: '1', b: '2' }, [...values].reverse()),
            series(
              'x_total',
              { a: '2', b: '1' },
              values.map((v) => v && v * 2),
            ),
          ]
          const source = sourceOf(all)
          const whole = await evaluatePromQL(query, { source, start: 0, end: 110_000, step: 7000 })
          for (let ms = 0; ms <= 110_000; ms += 7000) {
            const single = await evaluatePromQL(query, { source, start: ms, end: ms })
            const there = whole.series.flatMap((s) =>
              [...s.times].flatMap((time, i) => (time === ms ? [[s.labels.key, s.values[i]] as const] : [])),
            )
            expect(new Map(there)).toEqual(new Map(single.series.map((s) => [s.labels.key, s.values[0]] as const)))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('warnings and infos are worded and placed as Prometheus does', async () => {
    const x = [series('x', {}, [1, 2, 3])]
    const result = await evaluatePromQL('histogram_quantile(2, rate(x[1m]))', {
      source: sourceOf(x),
      start: 20_000,
      end: 20_000,
    })
    expect(result.warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)',
      'PromQL warning: bucket label "le" is missing or has a malformed value of "" for metric name "x" (1:23)',
    ])
    expect(result.infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "x" (1:28)',
    ])
  })

  test('limits and cancelling are errors with their codes', async () => {
    const x = [series('x', {}, [1, 2, 3])]
    await expect(
      evaluatePromQL('x', { source: sourceOf(x), start: 0, end: 20_000, step: 1, maxSamples: 1000 }),
    ).rejects.toMatchObject({ code: 'limit_exceeded' })
    await expect(
      evaluatePromQL('x', { source: sourceOf(x), start: 0, end: 0, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('native histograms', () => {
  const h = (fields: Partial<NativeHistogram>): NativeHistogram => ({
    schema: 0,
    count: 0,
    sum: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: new Map(),
    negative: new Map(),
    bounds: [],
    hint: 'unknown',
    ...fields,
  })

  test('adding brings both to the coarser schema', () => {
    const sum = combine(
      h({
        schema: 1,
        count: 2,
        positive: new Map([
          [1, 1],
          [2, 1],
        ]),
      }),
      h({ count: 1, positive: new Map([[1, 1]]) }),
      1,
    )
    expect(sum?.histogram).toMatchObject({ schema: 0, count: 3, positive: new Map([[1, 3]]) })
  })

  test('the mean of counts whose sum no float holds is still a number', () => {
    const large = h({ count: 1.5e308 })
    expect(average([large, large])?.histogram.count).toBe(1.5e308)
    expect(average([h({ count: 3 }), h({ count: 5 })])?.histogram.count).toBe(4)
  })

  test('a subquery that meets a reset several times counts it once', async () => {
    const sample = (count: number, hint: NativeHistogram['hint'] = 'unknown') => h({ count, sum: count, hint })
    const x: RawSeries = {
      ...series('x', {}, []),
      histogramTimes: Float64Array.of(0, 60_000, 120_000),
      histograms: [sample(100), sample(3, 'reset'), sample(6)],
    }
    const { series: out } = await evaluatePromQL('increase(x[2m:15s])', {
      source: sourceOf([x]),
      start: 120_000,
      end: 120_000,
    })
    // from 100 down to 3 and up to 6 within 105 of 120 seconds
    expect(out[0]?.histograms[0]?.count).toBeCloseTo((6 * 120) / 105, 6)
  })

  test.each([
    // one began anew while the other went on
    ['histogram_count(sum(x))', /^PromQL warning: conflicting counter resets during histogram aggregation \(1:21\)/],
    ['histogram_sum(sum_over_time(x{a="2"}[5m]))', /conflicting counter resets/],
    // Prometheus looks for resets on the way only where no bucket is wanted and every sample is met in order
    ['histogram_quantile(0.5, sum(x))', undefined],
    ['sum(x)', undefined],
    ['histogram_count(sum_over_time(x{a="2"}[5m:1m]))', undefined],
    ['histogram_count(sum(x{a="1"}))', undefined],
  ] as const)('%s warns of counters that began anew beside others as Prometheus does', async (query, warning) => {
    const counts = { '1': [1, 2, 3, 4], '2': [5, 6, 7, 1] }
    const x = Object.entries(counts).map(
      ([a, values]): RawSeries => ({
        ...series('x', { a }, []),
        histogramTimes: Float64Array.from(values, (_, i) => i * 60_000),
        histograms: values.map((count) => h({ count, sum: count, positive: new Map([[1, count]]) })),
      }),
    )
    const { warnings } = await evaluatePromQL(query, { source: sourceOf(x), start: 180_000, end: 180_000 })
    expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : [])
  })

  test('a bucket that fell is a reset', () => {
    expect(isReset(h({ count: 3, positive: new Map([[2, 3]]) }), h({ count: 2, positive: new Map([[1, 2]]) }))).toBe(
      true,
    )
  })
})
