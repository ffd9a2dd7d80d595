// Label matchers of a selector, and what they accept.

import { WatchdeckError } from '../base/errors.ts'
import { METRIC_NAME, type Labels } from './labels.ts'

export type MatchOp = '=' | '!=' | '=~' | '!~'

export interface Matcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
}

const compiled = new Map<string, RegExp>()

/**
 * A PromQL regex is anchored at both ends and its dot matches a newline. JS knows nearly all of RE2's syntax; what it
 * does not know is refused rather than read differently.
 * @throws WatchdeckError `invalid_input` when it is no regex
 */
export function anchoredRegex(source: string): RegExp {
  const known = compiled.get(source)
  if (known) return known
  const flags = 'su'
  const body = scopedFlags(source)
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[\[:(\w+):\]\]/g, (_, name) => posixClass(source, String(name)))
  for (const candidate of [flags, flags.replace('u', '')]) {
    try {
      const regex = new RegExp(`^(?:${body})$`, candidate)
      if (compiled.size > 500) compiled.clear()
      compiled.set(source, regex)
      return regex
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  throw badRegex(source, 'it does not parse')
}

/** RE2's `(?i)` holds for the rest of its group; JS has only `(?i:...)`: the group is made explicit. */
function scopedFlags(source: string): string {
  let out = ''
  const open: string[][] = [[]]
  const close = () => ')'.repeat(open.at(-1)?.length ?? 0)
  for (let i = 0; i < source.length; i++) {
    const rest = source.slice(i)
    const skip = /^(?:\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\])/s.exec(rest)
    const flag = /^\(\?([imsU]*)(?:-([imsU]+))?\)/.exec(rest)
    if (skip) {
      if (rest.startsWith('\\Q')) throw badRegex(source, 'quoting with \\Q is not known here')
      out += skip[0]
      i += skip[0].length - 1
    } else if (flag) {
      if (flag[0].includes('U')) throw badRegex(source, 'the flag U is not known here')
      const group = `${flag[0].slice(0, -1)}:`
      open.at(-1)?.push(group)
      out += group
      i += flag[0].length - 1
    } else if (source[i] === '(') {
      open.push([])
      out += '('
    } else if (source[i] === ')') {
      out += `${close()})`
      if (open.length > 1) open.pop()
    } else if (source[i] === '|') out += `${close()}|${(open.at(-1) ?? []).join('')}`
    else out += source[i]
  }
  return out + close()
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: '[A-Za-z]',
  digit: '[0-9]',
  alnum: '[A-Za-z0-9]',
  upper: '[A-Z]',
  lower: '[a-z]',
  space: '\\s',
  word: '\\w',
  punct: '[!-\\/:-@\\[-`{-~]',
}

function posixClass(source: string, name: string): string {
  const known = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  if (known === undefined) throw badRegex(source, `no class [:${name}:]`)
  return known
}

function badRegex(source: string, why: string): WatchdeckError {
  return new WatchdeckError('invalid_input', `Not a usable regular expression: ${JSON.stringify(source)} (${why}).`)
}

function accepts(matcher: Matcher, value: string): boolean {
  switch (matcher.op) {
    case '=':
      return value === matcher.value
    case '!=':
      return value !== matcher.value
    case '=~':
      return anchoredRegex(matcher.value).test(value)
    case '!~':
      return !anchoredRegex(matcher.value).test(value)
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
