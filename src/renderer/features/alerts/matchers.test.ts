// Conditions of a silence: what each operator means, and which are refused.

import { expect, test } from 'vitest'
import { type Condition, conditionsOf, holds, matcherOf, type Operator, problemOf } from './matchers.ts'

const condition = (name: string, operator: Operator, value: string): Condition => ({ id: 0, name, operator, value })

test('a silence begins with every label but the severity', () => {
  expect(conditionsOf({ alertname: 'Down', severity: 'page', job: 'a' })).toEqual([
    { id: 0, name: 'alertname', operator: '=', value: 'Down' },
    { id: 1, name: 'job', operator: '=', value: 'a' },
  ])
})

test('each operator says what Alertmanager says: regexes are anchored, an absent label is empty', () => {
  const labels = { instance: 'db-1:9100' }
  expect(holds(condition('instance', '=', 'db-1:9100'), labels)).toBe(true)
  expect(holds(condition('instance', '!=', 'db-1:9100'), labels)).toBe(false)
  expect(holds(condition('instance', '=~', 'db-\\d+.*'), labels)).toBe(true)
  expect(holds(condition('instance', '=~', 'db'), labels)).toBe(false)
  expect(holds(condition('instance', '!~', 'web.*'), labels)).toBe(true)
  expect(holds(condition('team', '=', ''), labels)).toBe(true)
  expect(matcherOf(condition(' a ', '!~', 'x'))).toEqual({ name: 'a', value: 'x', isRegex: true, isEqual: false })
})

test('a label without a name and a regex that is none are named', () => {
  expect(problemOf(condition(' ', '=', 'x'))).toMatchObject({ field: 'name' })
  expect(problemOf(condition('a', '=~', '('))).toMatchObject({ field: 'value', kind: 'regex' })
  expect(problemOf(condition('a', '=', '('))).toBeUndefined()
  expect(holds(condition('a', '=~', '('), {})).toBeUndefined()
})
