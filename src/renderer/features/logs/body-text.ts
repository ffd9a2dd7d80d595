// A line's text as it must be seen: matches of the query marked, and everything that would hide or mislead (control and
// terminal sequences, bidirectional overrides, zero-width signs) written out instead of obeyed. Pure.

import { RE2JS, RE2JSException } from 're2js'
import { belongs, HIDDEN_SIGNS } from '../../../shared/base/visible.ts'
import type { LogMatch, LogQuery } from '../../../shared/domain/log-query.ts'
import { builtInField } from '../../../shared/domain/log-query.ts'

export interface Segment {
  readonly text: string
  readonly kind: 'plain' | 'match' | 'hidden'
  /** of a hidden sign: what it is, `U+202E` */
  readonly code?: string
}

export type Ranges = ReadonlyArray<readonly [from: number, to: number]>
export type Highlighter = (text: string) => Ranges

/** More marks than this in one line help nobody. */
const MAX_MARKS = 200

/** Where a text matches, from its start on. */
type Finder = (text: string) => Iterable<readonly [from: number, to: number]>

/** What the query says a body must contain: its words, phrases and patterns that are not under a NOT. */
export function highlighterOf(query: LogQuery): Highlighter {
  const finders: Finder[] = []
  collect(query, finders)
  if (finders.length === 0) return () => []
  return (text) => {
    const found: Array<[number, number]> = []
    for (const finder of finders)
      for (const [from, to] of finder(text)) {
        if (found.length >= MAX_MARKS) break
        if (to > from) found.push([from, to])
      }
    return merged(found)
  }
}

function collect(query: LogQuery, into: Finder[]): void {
  if (query.kind === 'and' || query.kind === 'or') for (const item of query.items) collect(item, into)
  else if (query.kind === 'text' || (query.kind === 'field' && builtInField(query.field) === 'body')) {
    const finder = finderOf(query.match)
    if (finder) into.push(finder)
  }
}

function finderOf(match: LogMatch): Finder | undefined {
  if (match.kind === 'plain') {
    if (match.text === '') return undefined
    const words = new RegExp(match.text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), match.exactCase ? 'gu' : 'giu')
    return (text) => Array.from(text.matchAll(words), (m) => [m.index, m.index + m[0].length] as const)
  }
  const source =
    match.kind === 'regex'
      ? match.source
      : match.parts
          .map((p) => (p === 0 ? '.*?' : p === 1 ? '.' : RE2JS.quote(p)))
          .join('')
          .replace(/^(?:\.\*\?)+|(?:\.\*\?)+$/g, '')
  if (source === '') return undefined
  try {
    // as the store reads it, and in linear time whoever wrote it
    const regex = RE2JS.compile(source, match.kind === 'regex' && match.exactCase ? 0 : RE2JS.CASE_INSENSITIVE)
    return function* (text) {
      for (const matcher = regex.matcher(text); matcher.find(); ) yield [matcher.start(), matcher.end()]
    }
  } catch (error) {
    // the store knows spellings that are not known here: the lines are right, they are only not marked
    if (error instanceof RE2JSException) return undefined
    throw error
  }
}

function merged(ranges: Array<[number, number]>): Ranges {
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const out: Array<[number, number]> = []
  for (const [from, to] of ranges) {
    const last = out.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else out.push([from, to])
  }
  return out
}

/** Terminal sequences as a whole, then single signs; a carriage return hides what stood before it. */
const TERMINAL = '\\u001b\\[[0-9;?]*[ -/]*[@-~]'
const SIGNS = `[${HIDDEN_SIGNS}\\r]`
const HIDDEN = new RegExp(`${TERMINAL}|${SIGNS}`, 'gu')
const HIDDEN_OR_BREAK = new RegExp(`${TERMINAL}|${SIGNS}|[\\n\\t]`, 'gu')

const codeOf = (sign: string): string =>
  [...sign].map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ')

/** What stands in its place: the control picture where there is one, else the code in angle brackets. */
function shown(sign: string): string {
  const first = sign.codePointAt(0) ?? 0
  if (first === 0x1b) return `␛${sign.slice(1)}`
  if (first < 0x20) return String.fromCodePoint(0x2400 + first)
  if (first === 0x7f) return '␡'
  return `⟨${codeOf(sign)}⟩`
}

/** `oneLine`: line breaks and tabs become `↵` and `⇥` instead of being kept. */
export function segmentsOf(text: string, marks: Ranges, oneLine: boolean): Segment[] {
  const out: Segment[] = []
  let mark = 0
  const plain = (from: number, to: number): void => {
    let at = from
    while (at < to) {
      while ((marks[mark]?.[1] ?? Number.POSITIVE_INFINITY) <= at) mark++
      const [start, end] = marks[mark] ?? [to, to]
      if (start > at) {
        const stop = Math.min(start, to)
        out.push({ kind: 'plain', text: text.slice(at, stop) })
        at = stop
      } else {
        const stop = Math.min(end, to)
        out.push({ kind: 'match', text: text.slice(at, stop) })
        at = stop
      }
    }
  }
  const pattern = oneLine ? HIDDEN_OR_BREAK : HIDDEN
  pattern.lastIndex = 0
  let at = 0
  for (let m = pattern.exec(text); m !== null; m = pattern.exec(text)) {
    const sign = m[0]
    // a carriage return before a line break is how the line was written, not something hidden
    if (sign === '\r' && text[m.index + 1] === '\n') {
      plain(at, m.index)
      at = m.index + 1
      continue
    }
    if (belongs(text, m.index, sign)) continue
    plain(at, m.index)
    if (sign === '\n') out.push({ kind: 'hidden', text: ' ↵ ', code: 'U+000A' })
    else if (sign === '\t') out.push({ kind: 'hidden', text: '⇥', code: 'U+0009' })
    else out.push({ kind: 'hidden', text: shown(sign), code: codeOf(sign) })
    at = m.index + sign.length
  }
  plain(at, text.length)
  return out
}

/** Ranges cut to a text of `length` characters. */
export const clipped = (ranges: Ranges, length: number): Ranges =>
  ranges.filter(([from]) => from < length).map(([from, to]) => [from, Math.min(to, length)] as const)
