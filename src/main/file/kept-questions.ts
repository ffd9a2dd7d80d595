// Questions that an incident file keeps, of its pins and of what was recorded: what redaction takes out of the rows is
// taken out of them too, in the same way, so that they still choose the rows they chose.

import { zCompleteness } from '../../shared/contract/define.ts'
import { METRIC_NAME, tryParsePromQL, unquote } from '../../shared/promql/index.ts'
import type { Redactor } from '../storage/incident-file/redaction.ts'
import { BORDER, flagged, literally, piecesOf, type Spelling, spellingsOf } from './regex-spellings.ts'

interface Question {
  readonly method: string
  readonly input: Readonly<Record<string, unknown>>
}

/** Times and ids, by which rows are found that keep them. */
const STAYS = new Set(['range', 'compareTo', 'at', 'step', 'sources', 'source', 'id', 'traceId', 'spanId', 'uid'])
const PROMQL = new Set(['query', 'metric', 'match'])

export function redactedQuestion<Q extends Question>(question: Q, redactor: Redactor): Q {
  if (redactor.rules.length === 0) return question
  const input = Object.entries(question.input).map(([name, value]): [string, unknown] => {
    if (STAYS.has(name)) return [name, value]
    if (typeof value === 'string') {
      if (question.method.startsWith('metrics.') && PROMQL.has(name)) return [name, redactedPromQL(value, redactor)]
      if (question.method.startsWith('logs.') && name === 'query') return [name, redactedLogQuery(value, redactor)]
    }
    return [name, redactedField(name, value, redactor)]
  })
  return { ...question, input: Object.fromEntries(input) }
}

/** A whole query with its quoted texts and comments redacted. What is not understood is redacted as text, too. */
export function redactedPromQL(query: string, redactor: Redactor): string {
  if (redactor.rules.length === 0) return query
  const hidden = redactedTexts(query, redactor)
  return tryParsePromQL(query) ? hidden : redactor.text(hidden)
}

/** Between slashes stands an expression; a path there spells out itself. */
const redactedLogQuery = (query: string, redactor: Redactor): string =>
  redactor.text(
    query.replace(
      /\/((?:\\.|[^/\\\n])+)\//g,
      (_, regex: string) => `/${redactedRegex('', regex, redactor).replace(/(?<!\\)\//g, '\\/')}/`,
    ),
  )

/** What the file's schema takes of a reason. */
const MOST_REASON = 1000

/** Reasons may quote a question, or what a server said to it. */
export const redactedGaps = <G extends { readonly reason: string }>(gaps: readonly G[], redactor: Redactor): G[] =>
  gaps.map((gap) => ({ ...gap, reason: redactor.text(gap.reason).slice(0, MOST_REASON) }))

/** Of a pinned answer, as far as it is one. */
export function redactedCompleteness(completeness: unknown, redactor: Redactor): unknown {
  const known = zCompleteness.safeParse(completeness)
  return known.success
    ? { ...known.data, missing: redactedGaps(known.data.missing, redactor) }
    : redactor.json(completeness)
}

/** A comment, or a quoted text with the label and the operator before it, should it have them. */
const TEXTS =
  /#[^\n]*|(?:(?:\b([A-Za-z_]\w*)|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))\s*(=~|!~|!=|=)\s*)?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)/g

function redactedTexts(query: string, redactor: Redactor): string {
  return query.replace(
    TEXTS,
    (whole: string, label?: string, quotedLabel?: string, op?: string, text?: string): string => {
      if (text === undefined) return redactor.text(whole)
      const name = label ?? (quotedLabel === undefined ? '' : (unquote(quotedLabel) ?? ''))
      const value = unquote(text)
      // names of metrics stay, as they do among the rows
      if (name === METRIC_NAME || value === undefined) return whole
      const after =
        op === '=~' || op === '!~' ? redactedRegex(name, value, redactor) : redactedValue(name, value, redactor)
      return after === value ? whole : whole.slice(0, -text.length) + JSON.stringify(after)
    },
  )
}

/** Each value that an expression spells out is hidden for itself, as it is among the rows, so that it still chooses them. */
function redactedRegex(name: string, value: string, redactor: Redactor): string {
  const { ways, all } = spellingsOf(value)
  const after = ways.map((way) => {
    const hidden = redactedValue(name, way.plain, redactor)
    return hidden === way.plain ? way.regex : redactedWay(way, hidden, redactor)
  })
  if (after.every((text, i) => text === ways[i]?.regex)) return value
  // so many that they cannot all be told apart: none of them is shown
  return all ? [...new Set(after)].join('|') : '<redacted>'
}

/** What of a way is not hidden stays the expression that it was, under the flags that held there. */
function redactedWay(way: Spelling, hidden: string, redactor: Redactor): string {
  const gaps = gapsOf(way.plain, hidden, redactor)
  const pieces = piecesOf(way)
  if (!pieces) return hidden.replaceAll(BORDER, '')
  let at = 0
  let next = 0
  let out = ''
  let run = ''
  let flags = ''
  const put = (regex: string, under: string): void => {
    if (under !== flags) {
      out += flagged(run, flags)
      run = ''
      flags = under
    }
    run += regex
  }
  for (const piece of pieces) {
    const from = at
    at += piece.plain.length
    while ((gaps[next]?.to ?? Infinity) <= from) next++
    const gap = gaps[next]
    if (gap === undefined || gap.from >= at) put(piece.regex, piece.flags)
    else if (gap.from <= from && gap.to >= at) put(gap.from === from ? literally(gap.token) : '', '')
    // a piece that hides something and goes on, such as what repeats: its own text is an expression; where its beginning is
    // hidden that is but the sign of repeating, which stands behind what took its place
    else put(partly(piece.plain, from, gaps.slice(next)), gap.from <= from ? '' : piece.flags)
  }
  return (out + flagged(run, flags)).replaceAll(BORDER, '')
}

/** Text that begins at `from`, with what is hidden of it. */
function partly(text: string, from: number, gaps: readonly Gap[]): string {
  let at = 0
  let out = ''
  for (const gap of gaps) {
    if (gap.from >= from + text.length) break
    out += text.slice(at, Math.max(0, gap.from - from)) + (gap.from < from ? '' : literally(gap.token))
    at = gap.to - from
  }
  return out + text.slice(at)
}

interface Gap {
  readonly from: number
  readonly to: number
  /** what stands there now */
  readonly token: string
}

/** Where the text lost something: by the matches of the rules, or all between its first and last change where those do not say it. */
function gapsOf(plain: string, hidden: string, redactor: Redactor): Gap[] {
  const gaps: Gap[] = []
  let at = 0
  let now = ''
  for (const { before, after } of redactor.matches(plain)) {
    const from = plain.indexOf(before, at)
    now += plain.slice(at, from) + after
    at = from + before.length
    // the name of a secret stays before it
    const kept = shared(before, after)
    gaps.push({ from: from + kept, to: at, token: after.slice(kept) })
  }
  if (now + plain.slice(at) === hidden) return gaps
  const start = shared(plain, hidden)
  const end = shared(reversed(plain.slice(start)), reversed(hidden.slice(start)))
  return [{ from: start, to: plain.length - end, token: hidden.slice(start, hidden.length - end) }]
}

/** How many characters at their beginning two texts have in common. */
function shared(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return at
}
const reversed = (text: string): string => text.split('').reverse().join('')

/** As among labels: the name of a secret is a part of what shows it. */
function redactedValue(name: string, value: string, redactor: Redactor): string {
  const after = redactedField(name, value, redactor)
  return typeof after === 'string' ? after : redactor.text(value)
}

const redactedField = (name: string, value: unknown, redactor: Redactor): unknown =>
  Object.values(redactor.json({ [name]: value }) as object)[0]
