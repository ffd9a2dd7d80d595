// Terms that people write out of the habit of another language, where this one searches for their text: `level=warn`,
// `!timeout`. They stay what they are, for lines do contain them; whoever typed one is told what else could be meant.

import { WatchdeckError } from '../base/errors.ts'
import { parseLogQuery } from './log-query.ts'

export interface LogQueryAdvice {
  /** UTF-16 offsets into the text */
  readonly from: number
  readonly to: number
  readonly typed: string
  readonly instead: string
}

/** Quoted texts and regular expressions are meant as they stand; what is left are words, with what is quoted inside of them. */
const TOKEN =
  /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|\/(?:[^/\\\n]|\\[^\n])+\/c?(?=[\s)]|$)|(?:"(?:\\.|[^"\\])*"|[^\s()])+/gu
const EQUALS = /^(-?)([\p{L}_@][\p{L}\p{N}_.@-]*)(!=|!~|=~|==|=)(.+)$/u
const EXCLUDED = /^!+([^!].*)$/u

/** A slash would end the pattern. */
const patternOf = (value: string): string =>
  `/${value.replace(/^"(.*)"$/u, '$1').replace(/\\.|\//gu, (each) => (each === '/' ? '\\/' : each))}/`

function canBeRead(query: string): boolean {
  try {
    parseLogQuery(query)
    return true
  } catch (error) {
    if (error instanceof WatchdeckError) return false
    throw error
  }
}

/** The first such term of a query that can be read. */
export function logQueryAdvice(text: string): LogQueryAdvice | undefined {
  for (const match of text.matchAll(TOKEN)) {
    const typed = match[0]
    if (/^["'/]/.test(typed)) continue
    const instead = insteadOf(typed)
    if (instead !== undefined && canBeRead(instead))
      return { from: match.index, to: match.index + typed.length, typed, instead }
  }
  return undefined
}

function insteadOf(typed: string): string | undefined {
  const excluded = EXCLUDED.exec(typed)
  if (excluded) {
    const without = insteadOf(excluded[1] as string) ?? (excluded[1] as string)
    return without.startsWith('-') ? without.slice(1) : `-${without}`
  }
  const equals = EQUALS.exec(typed)
  if (!equals) return undefined
  const [, minus, field, sign = '', value = ''] = equals
  const isNot = (minus === '-') !== sign.startsWith('!')
  return `${isNot ? '-' : ''}${field}:${sign.endsWith('~') ? patternOf(value) : value}`
}
