// Letters of lanes follow the lanes.
import { expect, test } from 'vitest'
import { followed } from './expressions.ts'

test('letters follow their lanes when these are moved, doubled or removed', () => {
  const queries = ['up', 'down', 'A / B', 'rate(A[5m]) + C']
  // B goes to the front
  expect(followed(queries, (i) => [1, 0, 2, 3][i])).toEqual(['up', 'down', 'B / A', 'rate(B[5m]) + C'])
  // a copy of A stands behind it
  expect(followed(queries, (i) => (i > 0 ? i + 1 : i))).toEqual(['up', 'down', 'A / C', 'rate(A[5m]) + D'])
  // A goes: what spoke of it has its query
  expect(followed(queries, (i) => (i === 0 ? undefined : i - 1)).slice(1, 3)).toEqual(['down', '(up) / A'])
})
