// Conditions of a silence as a person edits them. The engine checks them once more; here a wrong one is named beside its field.

import { WatchdeckError } from '../../../shared/base/errors.ts'
import { anchoredRegex } from '../../../shared/promql/matchers.ts'

export const OPERATORS = ['=', '!=', '=~', '!~'] as const
export type Operator = (typeof OPERATORS)[number]

export interface Condition {
  readonly id: number
  readonly name: string
  readonly operator: Operator
  readonly value: string
}

/** Equality on every label but the severity: the same alert when it gets better or worse. */
export const conditionsOf = (labels: Readonly<Record<string, string>>): Condition[] =>
  Object.entries(labels)
    .filter(([name]) => name !== 'severity')
    .map(([name, value], id) => ({ id, name, operator: '=', value }))

export const matcherOf = ({ name, operator, value }: Condition) => ({
  name: name.trim(),
  value,
  isRegex: operator === '=~' || operator === '!~',
  isEqual: operator === '=' || operator === '=~',
})

export interface Problem {
  readonly field: 'name' | 'value'
  readonly kind: 'name' | 'regex'
  /** of a regex: what is wrong with it, in the engine's words */
  readonly reason?: string
}

/** What is wrong with a condition, if anything is. */
export function problemOf({ name, operator, value }: Condition): Problem | undefined {
  if (name.trim() === '') return { field: 'name', kind: 'name' }
  if (operator === '=' || operator === '!=') return undefined
  try {
    anchoredRegex(value)
    return undefined
  } catch (error) {
    if (error instanceof WatchdeckError) return { field: 'value', kind: 'regex', reason: error.message }
    throw error
  }
}

/** Whether an alert with these labels is muted by it; undefined while the condition is wrong. */
export function holds(condition: Condition, labels: Readonly<Record<string, string>>): boolean | undefined {
  if (problemOf(condition)) return undefined
  const { name, value, isRegex, isEqual } = matcherOf(condition)
  const own = labels[name] ?? ''
  return (isRegex ? anchoredRegex(value).matches(own) : own === value) === isEqual
}
