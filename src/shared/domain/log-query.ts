// The log query language (docs/log-query.md): what a query is, how it is read and how it is written back.
// One file because grammar and printer must change together; evaluation is in log-query-match.ts, SQL in main/logs.
//
//   or    := and (OR and)*            and := not (AND? not)*          not := (NOT | -) not | '(' or ')' | term
//   term  := value | field ':' value | field ':(' or ')' | field (>= | > | <= | <) (number | level)
//   value := word with * and ? | "any case" | 'this case' | /regex/ | /regex/c (this case)

import { RE2JS, RE2JSException } from 're2js'
import { WatchdeckError } from '../base/errors.ts'
import { LEVELS, type Level } from './telemetry.ts'

/** In `parts` 0 stands for any run of characters, 1 for one character. */
export type LogMatch =
  | { readonly kind: 'plain'; readonly text: string; readonly exactCase: boolean }
  | { readonly kind: 'wildcard'; readonly parts: ReadonlyArray<string | 0 | 1> }
  | { readonly kind: 'regex'; readonly source: string; readonly exactCase: boolean }

export type CompareOp = '>=' | '>' | '<=' | '<'

export type LogQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly items: readonly LogQuery[] }
  | { readonly kind: 'not'; readonly item: LogQuery }
  /** anywhere in the body */
  | { readonly kind: 'text'; readonly match: LogMatch }
  /** the whole value of a field; `body` and `message` are searched inside */
  | { readonly kind: 'field'; readonly field: string; readonly match: LogMatch }
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'compare'; readonly field: string; readonly op: CompareOp; readonly value: number }
  | { readonly kind: 'level'; readonly op: CompareOp; readonly level: Level }

/** The names that are columns of their own, with their spellings; everything else is an attribute. */
const BUILT_IN: Readonly<Record<string, BuiltInField>> = Object.assign(
  Object.create(null) as Record<string, BuiltInField>,
  {
    service: 'service',
    'service.name': 'service',
    level: 'level',
    severity: 'severity',
    body: 'body',
    message: 'body',
    trace: 'trace',
    traceid: 'trace',
    trace_id: 'trace',
    'trace.id': 'trace',
    span: 'span',
    spanid: 'span',
    span_id: 'span',
    'span.id': 'span',
  } satisfies Record<string, BuiltInField>,
)
export type BuiltInField = 'service' | 'level' | 'severity' | 'body' | 'trace' | 'span'
export const builtInField = (field: string): BuiltInField | undefined => BUILT_IN[field.toLowerCase()]

const LEVEL_WORDS: Readonly<Record<string, Level>> = Object.assign(Object.create(null) as Record<string, Level>, {
  ...Object.fromEntries(LEVELS.map((l) => [l, l])),
  warning: 'warn',
  err: 'error',
  information: 'info',
  critical: 'fatal',
  crit: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
  verbose: 'trace',
})
export const levelOfWord = (word: string): Level | undefined => LEVEL_WORDS[word.toLowerCase()]

const MAX_DEPTH = 200
const SPACE = /\s/
const FIELD = /([\p{L}_@][\p{L}\p{N}_.@/-]*)(:(?!\/\/)|>=|<=|>|<)/uy
const LITERAL_AFTER_BACKSLASH = /[\p{L}\p{N}_]/u

function fail(message: string, position: number, length: number, hint?: string): never {
  throw new WatchdeckError('invalid_input', `${message} (at character ${position + 1})`, {
    hint,
    details: { position, length },
  })
}

/**
 * @throws WatchdeckError invalid_input with `details: { position, length }` (UTF-16 offsets into the text) and a hint
 */
export function parseLogQuery(text: string): LogQuery {
  return new Parser(text).query()
}

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  /** inside `field:( .. )` */
  #field: string | undefined

  constructor(text: string) {
    this.#text = text
  }

  query(): LogQuery {
    this.#space()
    if (this.#at >= this.#text.length) return { kind: 'all' }
    const out = this.#or()
    if (this.#at < this.#text.length) fail('This closing parenthesis has no opening one', this.#at, 1)
    return out
  }

  #or(): LogQuery {
    const items = [this.#and()]
    while (this.#keyword('OR')) items.push(this.#and())
    return joined('or', items)
  }

  #and(): LogQuery {
    const items = [this.#not()]
    for (;;) {
      this.#space()
      if (this.#keyword('AND')) items.push(this.#not())
      else if (this.#at >= this.#text.length || this.#text[this.#at] === ')' || this.#peekKeyword('OR'))
        return joined('and', items)
      else items.push(this.#not())
    }
  }

  #not(): LogQuery {
    this.#space()
    const start = this.#at
    if (++this.#depth > MAX_DEPTH) fail(`The query is nested deeper than ${MAX_DEPTH}`, start, 1)
    try {
      if (this.#keyword('NOT')) return { kind: 'not', item: this.#not() }
      if (this.#text[start] === '-' && start + 1 < this.#text.length && !SPACE.test(this.#text[start + 1] as string)) {
        this.#at++
        return { kind: 'not', item: this.#not() }
      }
      return this.#primary()
    } finally {
      this.#depth--
    }
  }

  #primary(): LogQuery {
    const start = this.#at
    const c = this.#text[start]
    if (c === undefined)
      fail('Something is missing at the end of the query', start, 0, 'AND, OR, NOT and - want a term after them.')
    if (c === ')') fail('A term is missing before this closing parenthesis', start, 1)
    for (const word of ['AND', 'OR'])
      if (this.#peekKeyword(word))
        fail(`A term is missing before ${word}`, start, word.length, `To search for the word, write "${word}".`)
    if (c === '(') return this.#group()
    if (this.#field !== undefined) return fieldTerm(this.#field, this.#value(), start, this.#at)
    FIELD.lastIndex = start
    const named = FIELD.exec(this.#text)
    if (!named || /[-/]$/.test(named[1] as string)) return textTerm(this.#value())
    const field = named[1] as string
    let op = named[2] as string
    this.#at = FIELD.lastIndex
    if (op === ':') {
      const later = /(>=|<=|>|<)/y
      later.lastIndex = this.#at
      const compared = later.exec(this.#text)
      if (!compared) return this.#fieldValue(field, start)
      op = compared[1] as string
      this.#at = later.lastIndex
    }
    return this.#compare(field, op as CompareOp, start)
  }

  #group(): LogQuery {
    const start = this.#at++
    this.#space()
    if (this.#text[this.#at] === ')') fail('There is nothing between these parentheses', start, this.#at + 1 - start)
    const out = this.#or()
    if (this.#text[this.#at] !== ')') fail('This parenthesis is never closed', start, 1)
    this.#at++
    return out
  }

  #fieldValue(field: string, start: number): LogQuery {
    const c = this.#text[this.#at]
    if (c === undefined || SPACE.test(c) || c === ')')
      fail(
        `The field ${field} has no value`,
        start,
        this.#at - start,
        `Write ${field}:* for lines that have it, or "${field}:" to search for the text.`,
      )
    if (c !== '(') return fieldTerm(field, this.#value(), start, this.#at)
    this.#field = field
    try {
      return this.#group()
    } finally {
      this.#field = undefined
    }
  }

  #compare(field: string, op: CompareOp, start: number): LogQuery {
    const value =
      this.#at < this.#text.length && !SPACE.test(this.#text[this.#at] as string) ? this.#value() : undefined
    const text = value?.kind === 'plain' ? value.text : undefined
    if (text === undefined)
      fail(`${field}${op} needs a number or a level after it, without a space`, start, this.#at - start)
    if (builtInField(field) === 'level') {
      const level = levelOfWord(text)
      if (!level)
        fail(`${JSON.stringify(text)} is not a level`, start, this.#at - start, `Levels are ${LEVELS.join(', ')}.`)
      return { kind: 'level', op, level }
    }
    const number = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(number))
      fail(
        `${field}${op} compares numbers, and ${JSON.stringify(text)} is none`,
        start,
        this.#at - start,
        `Put quotes around it to search for the text: "${field}${op}${text}".`,
      )
    return { kind: 'compare', field, op, value: number === 0 ? 0 : number }
  }

  #value(): LogMatch {
    const c = this.#text[this.#at]
    if (c === '"' || c === "'") return this.#quoted(c)
    if (c === '/') {
      const regex = this.#regex()
      if (regex) return regex
    }
    return this.#word()
  }

  #quoted(quote: string): LogMatch {
    const start = this.#at++
    let text = ''
    for (;;) {
      const c = this.#text[this.#at++]
      if (c === undefined)
        fail(`This ${quote} is never closed`, start, 1, `A ${quote} inside the text is written \\${quote}.`)
      if (c === quote) return { kind: 'plain', text, exactCase: quote === "'" }
      const next = this.#text[this.#at]
      if (c === '\\' && (next === quote || next === '\\')) {
        text += next
        this.#at++
      } else text += c
    }
  }

  /** Only what ends at the first slash is a regex, so that a path (/api/cart) is a word. */
  #regex(): LogMatch | undefined {
    const found = /\/((?:[^/\\\n]|\\[^\n])+)\/(c?)(?=[\s)]|$)/y
    found.lastIndex = this.#at
    const m = found.exec(this.#text)
    if (!m) return undefined
    const source = (m[1] as string).replaceAll('\\/', '/')
    checkRegex(source, this.#at, m[0].length)
    this.#at = found.lastIndex
    return { kind: 'regex', source, exactCase: m[2] === 'c' }
  }

  #word(): LogMatch {
    const start = this.#at
    const parts: Array<string | 0 | 1> = []
    let text = ''
    const wild = (code: 0 | 1) => {
      if (text !== '') parts.push(text)
      text = ''
      if (code === 1 || parts.at(-1) !== 0) parts.push(code)
    }
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined || SPACE.test(c) || c === '(' || c === ')') break
      this.#at++
      const next = this.#text[this.#at]
      if (c === '\\' && next !== undefined && !LITERAL_AFTER_BACKSLASH.test(next)) {
        text += next
        this.#at++
      } else if (c === '*') wild(0)
      else if (c === '?') wild(1)
      else text += c
    }
    if (this.#at === start) fail('A term is missing here', start, 1)
    if (parts.length === 0) return { kind: 'plain', text, exactCase: false }
    if (text !== '') parts.push(text)
    return { kind: 'wildcard', parts }
  }

  #space(): void {
    while (this.#at < this.#text.length && SPACE.test(this.#text[this.#at] as string)) this.#at++
  }

  #peekKeyword(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    const after = this.#text[this.#at + word.length]
    return after === undefined || SPACE.test(after) || after === '(' || after === ')'
  }

  #keyword(word: string): boolean {
    this.#space()
    if (!this.#peekKeyword(word)) return false
    this.#at += word.length
    return true
  }
}

function joined(kind: 'and' | 'or', items: readonly LogQuery[]): LogQuery {
  const flat = items.flatMap((item) => (item.kind === kind ? item.items : [item]))
  return flat.length === 1 ? (flat[0] as LogQuery) : { kind, items: flat }
}

const isAny = (match: LogMatch) => match.kind === 'wildcard' && match.parts.length === 1 && match.parts[0] === 0

const textTerm = (match: LogMatch): LogQuery => (isAny(match) ? { kind: 'all' } : { kind: 'text', match })

function fieldTerm(field: string, match: LogMatch, start: number, end: number): LogQuery {
  if (isAny(match)) return { kind: 'exists', field }
  if (builtInField(field) === 'level' && match.kind === 'plain') {
    const level = levelOfWord(match.text)
    if (!level)
      fail(`${JSON.stringify(match.text)} is not a level`, start, end - start, `Levels are ${LEVELS.join(', ')}.`)
    return { kind: 'field', field, match: { kind: 'plain', text: level, exactCase: false } }
  }
  return { kind: 'field', field, match }
}

/** The store's engine is RE2: linear time, so no look-around and no back-references. */
function checkRegex(source: string, position: number, length: number): void {
  if (/\(\?<?[=!]/.test(source.replace(/\\./g, '')))
    fail('A regex cannot look ahead or behind here', position, length, 'Combine two terms with AND or NOT instead.')
  if (/\\[1-9k]/.test(source.replaceAll('\\\\', '')))
    fail('A regex cannot refer back to a group here', position, length)
  try {
    RE2JS.compile(source)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    fail('This is not a regular expression', position, length, 'To search for the text, put it in quotes.')
  }
}

const BARE = /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]*$/u

/** The canonical text of a query: parsing it gives the same query. */
export function printLogQuery(query: LogQuery): string {
  switch (query.kind) {
    case 'all':
      return '*'
    case 'and':
      return query.items
        .map((i) => (i.kind === 'or' || i.kind === 'and' ? `(${printLogQuery(i)})` : printLogQuery(i)))
        .join(' ')
    case 'or':
      return query.items.map((i) => (i.kind === 'or' ? `(${printLogQuery(i)})` : printLogQuery(i))).join(' OR ')
    case 'not':
      return `NOT ${query.item.kind === 'and' || query.item.kind === 'or' ? `(${printLogQuery(query.item)})` : printLogQuery(query.item)}`
    case 'text':
      return printMatch(query.match)
    case 'field':
      return `${query.field}:${printMatch(query.match)}`
    case 'exists':
      return `${query.field}:*`
    case 'compare':
      return `${query.field}${query.op}${query.value}`
    case 'level':
      return `level${query.op}${query.level}`
  }
}

function printMatch(match: LogMatch): string {
  if (match.kind === 'regex') return `/${match.source.replaceAll('/', '\\/')}/${match.exactCase ? 'c' : ''}`
  if (match.kind === 'wildcard')
    return match.parts.map((p) => (p === 0 ? '*' : p === 1 ? '?' : p.replace(/[^\p{L}\p{N}_.@]/gu, '\\$&'))).join('')
  if (!match.exactCase && BARE.test(match.text) && !['AND', 'OR', 'NOT'].includes(match.text)) return match.text
  const quote = match.exactCase ? "'" : '"'
  return quote + match.text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote
}
