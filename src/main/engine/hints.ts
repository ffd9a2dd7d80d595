// A validation failure as something a person can act on: which field, what was wrong with it, what would be right.

import type { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'

type Issue = z.core.$ZodIssue

/** How many fields are named; more would hide the first. */
const MAX_ISSUES = 10

export function invalidInput(method: string, error: z.ZodError, input: unknown): WatchdeckError {
  const issues = error.issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: pathText(issue.path),
    message: issue.message.slice(0, 500),
  }))
  const first = error.issues[0]
  const path = issues[0]?.path ?? ''
  const message = path === '' ? `The input of ${method} is not valid` : `"${path}" is not valid`
  return new WatchdeckError('invalid_input', `${message}: ${lowerFirst(issues[0]?.message ?? 'unknown problem')}.`, {
    hint: first && hintOf(first, input),
    details: { method, path, issues },
  })
}

/** `files[2].name`, and '' for the whole input. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`
  return text.slice(0, 200)
}

function hintOf(issue: Issue, input: unknown): string | undefined {
  const last = String(issue.path.at(-1) ?? '')
  switch (issue.code) {
    case 'invalid_value':
      return `Use one of: ${issue.values.slice(0, 20).map(String).join(', ')}.`
    case 'unrecognized_keys':
      return `Leave out ${issue.keys.slice(0, 5).join(', ')}.`
    case 'too_big':
      return `At most ${String(issue.maximum)} ${issue.origin === 'string' ? 'characters' : ''}`.trim().concat('.')
    case 'too_small':
      return `At least ${String(issue.minimum)} ${issue.origin === 'string' ? 'characters' : ''}`.trim().concat('.')
    case 'invalid_type': {
      const missing = valueAt(input, issue.path) === undefined
      if (missing && last === 'range') return 'Give a range such as { "from": "now-1h", "to": "now" }.'
      return missing ? `Add "${pathText(issue.path)}" (${issue.expected}).` : `Give ${article(issue.expected)}.`
    }
    default:
      return undefined
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
