// An alert's expression as a lane: the value on one side, the threshold as a mark.
import { expect, test } from 'vitest'
import { splitThreshold } from './threshold.ts'

test('a comparison with a number is the value and its threshold, whichever side the number is on', () => {
  expect(splitThreshold('sum(rate(errors_total[5m])) / sum(rate(all_total[5m])) > 0.05')).toEqual({
    query: 'sum(rate(errors_total[5m])) / sum(rate(all_total[5m]))',
    threshold: 0.05,
  })
  expect(splitThreshold('up == 0')).toEqual({ query: 'up', threshold: 0 })
  expect(splitThreshold('-5 > (temperature)')).toEqual({ query: 'temperature', threshold: -5 })
})

test('anything else is drawn as it is', () => {
  for (const query of ['a > b', 'a > 1 and b > 2', 'sum(up)', 'vector(1)', 'not promql ((', 'a > bool 1'])
    expect(splitThreshold(query)).toEqual({ query, threshold: undefined })
})
