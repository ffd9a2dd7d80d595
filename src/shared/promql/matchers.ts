// Label matchers of a selector, and what they accept.

import { RE2JS, RE2JSException } from 're2js'
import { WatchdeckError } from '../base/errors.ts'
import { METRIC_NAME, type Labels } from './labels.ts'

export type MatchOp = '=' | '!=' | '=~' | '!~'

export interface Matcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
}

const compiled = new Map<string, RE2JS>()

/**
 * A PromQL regex as Prometheus reads it: RE2, anchored at both ends, its dot matches a newline. It takes time in proportion to
 * the text, whoever wrote it. Use `matches`, which is anchored.
 * @throws WatchdeckError `invalid_input` when it is no regex
 */
export function anchoredRegex(source: string): RE2JS {
  const known = compiled.get(source)
  if (known) return known
  try {
    const regex = RE2JS.compile(source, RE2JS.DOTALL)
    if (compiled.size > 500) compiled.clear()
    compiled.set(source, regex)
    return regex
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new WatchdeckError(
      'invalid_input',
      `Not a usable regular expression: ${JSON.stringify(source)} (${error.message}).`,
    )
  }
}

function accepts(matcher: Matcher, value: string): boolean {
  switch (matcher.op) {
    case '=':
      return value === matcher.value
    case '!=':
      return value !== matcher.value
    case '=~':
      return anchoredRegex(matcher.value).matches(value)
    case '!~':
      return !anchoredRegex(matcher.value).matches(value)
  }
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => accepts(matcher, labels.get(matcher.name)))
}

/** The metric name that the matchers fix, undefined when they do not. */
export function fixedName(matchers: readonly Matcher[]): string | undefined {
  return matchers.find((m) => m.name === METRIC_NAME && m.op === '=' && m.value !== '')?.value
}

/** The text of a selector, with any name. */
export function printSelector(metric: string, matchers: readonly Matcher[]): string {
  const rest = matchers.map((m) => `${JSON.stringify(m.name)}${m.op}${JSON.stringify(m.value)}`)
  return `{${[JSON.stringify(metric), ...rest].join(', ')}}`
}

/** The text of a selector as every version understands it: quoted names are new in version 3, and only used where they are needed. */
export const printMatchers = (matchers: readonly Matcher[]): string =>
  `{${matchers.map(({ name, op, value }) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`).join(',')}}`

/** A regex of plain words, which chooses these values and no others. */
const WORDS = /^[\w:./-]+(\|[\w:./-]+)*$/

/**
 * Whether `wide` surely chooses every series that `narrow` does. No regex is run: they may come from a file.
 */
export function isWithin(narrow: readonly Matcher[], wide: readonly Matcher[]): boolean {
  return wide.every((bound) =>
    narrow.some(({ name, op, value }) => {
      if (name !== bound.name) return false
      if (op === bound.op && value === bound.value) return true
      if (op !== '=') return false
      if (bound.op === '!=') return value !== bound.value
      return bound.op === '=~' && WORDS.test(bound.value) && bound.value.split('|').includes(value)
    }),
  )
}
