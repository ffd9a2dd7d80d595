// Usual mistakes, and what to write instead.
import { describe, expect, test } from 'vitest'
import { hintsOf } from './hints.ts'
import { hintOfError } from './parse-error.ts'
import { parsePromQL } from './parse.ts'

const NOTHING = { warnings: [], infos: [], empty: false }
const GRID = { step: 15_000, range: 3_600_000 }

describe('hints about a query that is legal and hardly meant', () => {
  test.each([
    ['histogram_quantile(0.95, http_seconds)', { ...NOTHING, empty: true }, /rate\(http_seconds_bucket\[5m\]\)/],
    [
      'histogram_quantile(0.95, rate(http_seconds_count[5m]))',
      { ...NOTHING, warnings: ['PromQL warning: bucket label "le" is missing or has a malformed value of "" (1:1)'] },
      /rate\(http_seconds_bucket\[5m\]\)/,
    ],
    ['histogram_quantile(0.9, sum(rate(x_bucket[5m])))', NOTHING, /drops the label le.*sum by \(le\)/],
    ['histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m])))', NOTHING, /drops the label le/],
    ['histogram_quantile(0.9, sum without (le) (rate(x_bucket[5m])))', NOTHING, /drops the label le/],
    ['histogram_quantile(0.9, x_bucket)', NOTHING, /take rate\(x_bucket\[5m\]\)/],
    ['histogram_quantile(0.9, sum by (le) (x_bucket))', NOTHING, /take rate\(x_bucket\[5m\]\)/],
    [
      'rate(memory[5m])',
      { ...NOTHING, infos: ['PromQL info: metric might not be a counter, name does not end in ..: "memory" (1:6)'] },
      /deriv\(memory\[5m\]\)/,
    ],
    [
      'histogram_quantile(95, sum by (le) (rate(x_bucket[5m])))',
      { ...NOTHING, warnings: ['PromQL warning: quantile value should be between 0 and 1, got 95 (1:20)'] },
      /write 0.95 for the 95th/,
    ],
  ])('%s', (query, told, hint) => {
    const hints = hintsOf(query, told, GRID)
    expect(hints).toHaveLength(1)
    expect(hints[0]).toMatch(hint)
  })

  test.each([
    'histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))',
    'histogram_quantile(0.95, sum without (pod) (rate(x_bucket[5m])))',
    'histogram_quantile(0.95, rate(native[5m]))',
    'sum(rate(x_bucket[5m]))',
    'this is no PromQL (',
  ])('nothing is said about %s', (query) => {
    expect(hintsOf(query, NOTHING, GRID)).toEqual([])
  })
})

test.each([
  ['rate(x)', /^Say how far back: rate\(x\[5m\]\)/],
  ['sum(x[5m])', /goes through a function first/],
  ['max_over_time(rate(x[5m])[1h])', /subquery/],
])('a refusal of %s says what to write instead', (query, hint) => {
  let found: unknown
  try {
    parsePromQL(query, GRID)
  } catch (error) {
    found = error
  }
  expect(found).toMatchObject({ code: 'invalid_input', hint: expect.stringMatching(hint) })
})

test('the same of a server that refuses it', () => {
  const told =
    'invalid parameter "query": 1:1: parse error: expected type range vector in call to function "rate", got instant vector'
  expect(hintOfError(told)).toMatch(/^Say how far back: rate\(x\[5m\]\)/)
  expect(hintOfError('something else')).toBeUndefined()
})
