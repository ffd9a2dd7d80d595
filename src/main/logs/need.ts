// What every line that a query finds must hold in its body: lets the store leave out what cannot match.

import { builtInField, type LogMatch, type LogQuery } from '../../shared/domain/log-query.ts'
import type { LogNeed } from '../storage/telemetry/api.ts'
import { requiredTexts } from './match-sql.ts'

const ANY: LogNeed = { kind: 'any' }

export function needOf(query: LogQuery): LogNeed {
  switch (query.kind) {
    case 'text':
      return needOfMatch(query.match)
    case 'field':
      return builtInField(query.field) === 'body' ? needOfMatch(query.match) : ANY
    case 'and':
      return { kind: 'all', of: query.items.map(needOf) }
    case 'or':
      return { kind: 'some', of: query.items.map(needOf) }
    // what is absent says nothing about blocks that have both kinds of lines
    case 'not':
    case 'all':
    case 'exists':
    case 'compare':
    case 'level':
      return ANY
  }
}

function needOfMatch(match: LogMatch): LogNeed {
  if (match.kind === 'plain') return { kind: 'text', text: match.text }
  if (match.kind === 'wildcard')
    return {
      kind: 'all',
      of: match.parts.flatMap((p): LogNeed[] => (typeof p === 'string' ? [{ kind: 'text', text: p }] : [])),
    }
  const texts = requiredTexts(match.source)
  return texts === undefined ? ANY : { kind: 'some', of: texts.map((text) => ({ kind: 'text', text })) }
}
