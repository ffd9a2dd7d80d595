// A validation failure as something a person can act on: which field, what was wrong with it, what would be right.

import { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'

type Issue = z.core.$ZodIssue

/** How many fields are named; more would hide the first. */
const MAX_ISSUES = 10

export function invalidInput(method: string, error: z.ZodError, input: unknown, schema: z.ZodType): WatchdeckError {
  const issues = error.issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: pathText(issue.path),
    message: (issue.code === 'invalid_union' ? NO_BRANCH : issue.message).slice(0, 500),
  }))
  const first = error.issues[0]
  const path = issues[0]?.path ?? ''
  const message = path === '' ? `The input of ${method} is not valid` : `"${path}" is not valid`
  return new WatchdeckError('invalid_input', `${message}: ${lowerFirst(issues[0]?.message ?? 'unknown problem')}.`, {
    hint: first && hintOf(first, input, describedAt(schema, first.path)),
    details: { method, path, issues },
  })
}

/** `files[2].name`, and '' for the whole input. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`
  return text.slice(0, 200)
}

/** zod only says "Invalid input" where several shapes are allowed and none fits */
const NO_BRANCH = 'It has none of the allowed shapes'

function hintOf(issue: Issue, input: unknown, described: string | undefined): string | undefined {
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
      return missing
        ? `Add "${pathText(issue.path)}" (${described ?? issue.expected}).`
        : `Give ${described ?? article(issue.expected)}.`
    }
    case 'invalid_union':
      return described === undefined ? `Give one of: ${branches(issue).join(', ')}.` : `Give ${described}.`
    case 'invalid_format':
    case 'custom':
      return described === undefined ? undefined : `Give ${described}.`
    default:
      return undefined
  }
}

/** What each branch of a union expects, as far as it says. */
function branches(issue: Extract<Issue, { code: 'invalid_union' }>): string[] {
  const found = issue.errors.flatMap((errors) => {
    const [first] = errors
    if (!first) return []
    if (first.code === 'invalid_type') return [first.expected]
    if (first.code === 'invalid_value') return first.values.map(String)
    return [lowerFirst(first.message)]
  })
  return [...new Set(found)].slice(0, 20)
}

/** The contract's own words (`describe`) for the field at a path. */
function describedAt(schema: z.ZodType, path: readonly PropertyKey[]): string | undefined {
  let at: z.core.$ZodType | undefined = schema
  let words: string | undefined
  const unwrap = (): void => {
    words = undefined
    while (at) {
      words ??= z.globalRegistry.get(at)?.description
      const def: z.core.$ZodTypeDef & { innerType?: z.core.$ZodType } = at._zod.def
      if (!def.innerType) return
      at = def.innerType
    }
  }
  unwrap()
  for (const part of path) {
    const def:
      | (z.core.$ZodTypeDef & { shape?: Record<string, z.core.$ZodType>; element?: z.core.$ZodType })
      | undefined = at?._zod.def
    at = typeof part === 'number' ? def?.element : def?.shape?.[String(part)]
    unwrap()
  }
  return words
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
