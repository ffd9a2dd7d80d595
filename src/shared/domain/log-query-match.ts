// What a log query means, said once over a row: the reference that the SQL of main/logs is tested against.

import { RE2JS } from 're2js'
import { builtInField, levelOfWord, type CompareOp, type LogMatch, type LogQuery } from './log-query.ts'
import { LEVELS, type Level, levelOfSeverity } from './telemetry.ts'

export interface QueriedLog {
  readonly service: string
  readonly severity: number
  readonly body: string
  /** 32 and 16 lower-case hex digits; '' = none */
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export function matchesLogQuery(query: LogQuery, log: QueriedLog): boolean {
  switch (query.kind) {
    case 'all':
      return true
    case 'and':
      return query.items.every((item) => matchesLogQuery(item, log))
    case 'or':
      return query.items.some((item) => matchesLogQuery(item, log))
    case 'not':
      return !matchesLogQuery(query.item, log)
    case 'text':
      return matchesText(query.match, log.body, 'inside')
    case 'level':
      return levelsCompared(query.op, query.level).includes(levelOfSeverity(log.severity))
    case 'exists':
      return exists(query.field, log)
    case 'field':
      return fieldMatches(query.field, query.match, log)
    case 'compare':
      return textsOf(query.field, log).some((text) => {
        const number = numberOf(text)
        return number !== undefined && compared(query.op, number, query.value)
      })
  }
}

/** `inside`: anywhere in the text; `whole`: the text from end to end (a regex always matches anywhere). */
export function matchesText(match: LogMatch, text: string, where: 'inside' | 'whole'): boolean {
  if (match.kind === 'regex')
    return RE2JS.compile(match.source, match.exactCase ? 0 : RE2JS.CASE_INSENSITIVE).test(text)
  if (match.kind === 'wildcard') {
    const body = match.parts
      .map((p) => (p === 0 ? '.*' : p === 1 ? '.' : p.toLowerCase().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
      .join('')
    return new RegExp(where === 'whole' ? `^${body}$` : body, 'su').test(text.toLowerCase())
  }
  const [a, b] = match.exactCase ? [text, match.text] : [text.toLowerCase(), match.text.toLowerCase()]
  return where === 'whole' ? a === b : a.includes(b)
}

/** Levels that a pattern on `level` selects; words have been put into their canonical form by the parser. */
export function levelsMatching(match: LogMatch): Level[] {
  if (match.kind === 'plain') return LEVELS.filter((l) => l === levelOfWord(match.text))
  return LEVELS.filter((l) => matchesText(match, l, 'whole'))
}

/** `unknown` is no place on the scale: no comparison selects it. */
export function levelsCompared(op: CompareOp, level: Level): Level[] {
  const place = LEVELS.indexOf(level)
  return LEVELS.filter((_, i) => i > 0 && compared(op, i, place))
}

export function compared(op: CompareOp, a: number, b: number): boolean {
  return op === '>=' ? a >= b : op === '>' ? a > b : op === '<=' ? a <= b : a < b
}

/** Shared with the SQL: texts of this form, and no others, are compared as numbers. */
export const NUMBER_PATTERN = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'
const NUMBER = new RegExp(`^${NUMBER_PATTERN}$`)
const numberOf = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined)

function exists(field: string, log: QueriedLog): boolean {
  switch (builtInField(field)) {
    case 'service':
      return log.service !== ''
    case 'level':
    case 'severity':
      return log.severity > 0
    case 'body':
      return log.body !== ''
    case 'trace':
      return log.traceId !== ''
    case 'span':
      return log.spanId !== ''
    case undefined:
      return Object.hasOwn(log.attributes, field) || Object.hasOwn(log.resource, field)
  }
}

function fieldMatches(field: string, match: LogMatch, log: QueriedLog): boolean {
  const builtIn = builtInField(field)
  if (builtIn === 'body') return matchesText(match, log.body, 'inside')
  if (builtIn === 'level') return levelsMatching(match).includes(levelOfSeverity(log.severity))
  const wanted =
    match.kind === 'plain' && (builtIn === 'trace' || builtIn === 'span') ? idMatch(match.text, builtIn) : match
  return textsOf(field, log).some((text) => matchesText(wanted, text, 'whole'))
}

/** Ids are numbers in hex: case does not matter and older tracers' short ids are padded. */
export function idMatch(text: string, kind: 'trace' | 'span'): LogMatch {
  return { kind: 'plain', text: text.toLowerCase().padStart(kind === 'trace' ? 32 : 16, '0'), exactCase: false }
}

function textsOf(field: string, log: QueriedLog): string[] {
  switch (builtInField(field)) {
    case 'service':
      return [log.service]
    case 'level':
      return [levelOfSeverity(log.severity)]
    case 'severity':
      return [String(log.severity)]
    case 'body':
      return [log.body]
    case 'trace':
      return log.traceId === '' ? [] : [log.traceId]
    case 'span':
      return log.spanId === '' ? [] : [log.spanId]
    case undefined:
      return [log.attributes, log.resource].flatMap((set) => {
        const value = Object.hasOwn(set, field) ? set[field] : undefined
        if (value === undefined || value === null) return []
        return [typeof value === 'string' ? value : JSON.stringify(value)]
      })
  }
}
