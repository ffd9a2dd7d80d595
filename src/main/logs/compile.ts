// A log query as a SQL condition over a relation of `logs`. Callers' values travel as parameters only; attribute terms
// are answered by the dictionary first (few distinct sets) and become lists of content hashes.

import { WatchdeckError, isAbort } from '../../shared/base/errors.ts'
import { builtInField, type LogMatch, type LogQuery } from '../../shared/domain/log-query.ts'
import { idMatch, levelsCompared, levelsMatching, NUMBER_PATTERN } from '../../shared/domain/log-query-match.ts'
import { LEVELS, type Level, severityOfLevel } from '../../shared/domain/telemetry.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'
import { hexOfSpan, hexOfUuid, spanOf, uuidOf } from '../storage/telemetry/ids.ts'
import { matchSql, Params } from './match-sql.ts'

/** More matching sets than this stay in the store as a subquery. */
const MAX_HASHES = 2000

/** SQL text: index into LEVELS of the column `severity`. */
export const LEVEL_INDEX = '(CASE WHEN severity <= 0 THEN 0 ELSE least(6, (severity + 3) // 4) END)'

interface Compiling {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly signal: AbortSignal
  readonly params: Params
}

/** @throws WatchdeckError invalid_input for a regex that the store's engine (RE2) refuses */
export async function compileLogQuery(
  query: LogQuery,
  store: TelemetryStore,
  scope: Scope,
  params: Params,
  signal: AbortSignal,
): Promise<string> {
  return condition(query, { store, scope, params, signal })
}

async function condition(query: LogQuery, to: Compiling): Promise<string> {
  switch (query.kind) {
    case 'all':
      return 'true'
    case 'and':
    case 'or': {
      const parts: string[] = []
      for (const item of query.items) parts.push(await condition(item, to))
      return `(${parts.join(query.kind === 'and' ? ' AND ' : ' OR ')})`
    }
    case 'not':
      return `NOT (${await condition(query.item, to)})`
    case 'text':
      await checkRegex(query.match, to)
      return matchSql('body', query.match, 'inside', to.params)
    case 'level':
      return levelSql(levelsCompared(query.op, query.level))
    case 'exists':
      return existsSql(query.field, to)
    case 'field':
      await checkRegex(query.match, to)
      return fieldSql(query.field, query.match, to)
    case 'compare': {
      const wanted = (text: string, params: Params) =>
        `CASE WHEN regexp_full_match(${text}, '${NUMBER_PATTERN}') THEN TRY_CAST(${text} AS DOUBLE) ${query.op} ${params.add(query.value)}::DOUBLE ELSE false END`
      const builtIn = builtInField(query.field)
      if (builtIn === undefined)
        return attributeSql(query.field, (text, params) => `coalesce(${wanted(text, params)}, false)`, to)
      if (builtIn === 'severity') return `severity ${query.op} ${to.params.add(query.value)}::DOUBLE`
      return `coalesce(${wanted(columnText(builtIn), to.params)}, false)`
    }
  }
}

const columnText = (field: 'service' | 'level' | 'severity' | 'body' | 'trace' | 'span'): string => {
  if (field === 'trace') return hexOfUuid('trace_id')
  if (field === 'span') return `(${hexOfSpan('span_id')})`
  if (field === 'severity') return 'severity::VARCHAR'
  return field === 'level' ? "''" : field
}

function existsSql(field: string, to: Compiling): Promise<string> | string {
  switch (builtInField(field)) {
    case 'service':
      return `service <> ''`
    case 'level':
    case 'severity':
      return 'severity > 0'
    case 'body':
      return `body <> ''`
    case 'trace':
      return 'trace_id IS NOT NULL'
    case 'span':
      return '(span_id IS NOT NULL AND span_id <> 0)'
    case undefined: {
      const pointer = pointerOf(field)
      return hashesSql((params) => `json_exists(json, ${params.add(pointer)})`, to)
    }
  }
}

async function fieldSql(field: string, match: LogMatch, to: Compiling): Promise<string> {
  const builtIn = builtInField(field)
  switch (builtIn) {
    case undefined:
      return attributeSql(field, (text, params) => `coalesce(${matchSql(text, match, 'whole', params)}, false)`, to)
    case 'level':
      return levelSql(levelsMatching(match))
    case 'body':
      return matchSql('body', match, 'inside', to.params)
    case 'trace':
    case 'span': {
      if (match.kind !== 'plain')
        return `coalesce(nullif(${columnText(builtIn)}, '') IS NOT NULL AND ${matchSql(columnText(builtIn), match, 'whole', to.params)}, false)`
      const wanted = idMatch(match.text, builtIn)
      const hex = wanted.kind === 'plain' ? wanted.text : ''
      if (!new RegExp(`^[0-9a-f]{${builtIn === 'trace' ? 32 : 16}}$`).test(hex)) return 'false'
      if (builtIn === 'trace') return `coalesce(trace_id = ${to.params.add(uuidOf(hex))}, false)`
      return spanOf(hex) === 0n ? 'false' : `coalesce(span_id = ${spanOf(hex)}::UBIGINT, false)`
    }
    default:
      return matchSql(columnText(builtIn), match, 'whole', to.params)
  }
}

function levelSql(levels: readonly Level[]): string {
  if (levels.length === 0) return 'false'
  const parts = levels.map((level) => {
    const low = severityOfLevel(level)
    return level === 'unknown'
      ? 'severity <= 0'
      : level === LEVELS[6]
        ? `severity >= ${low}`
        : `severity BETWEEN ${low} AND ${low + 3}`
  })
  return `(${parts.join(' OR ')})`
}

const attributeSql = (field: string, test: (text: string, params: Params) => string, to: Compiling): Promise<string> =>
  hashesSql((params) => test(`(json ->> ${params.add(pointerOf(field))})`, params), to)

/** A condition over the dictionary's `json` as one over the lines whose attributes or resource satisfy it. */
async function hashesSql(test: (params: Params) => string, to: Compiling): Promise<string> {
  const own = new Params()
  const found = await to.store.rows<{ hash: bigint }>(
    `SELECT DISTINCT hash FROM ${to.scope.relation('attributes')} WHERE ${test(own)} LIMIT ${MAX_HASHES + 1}`,
    own.values,
    { signal: to.signal },
  )
  if (found.length === 0) return 'false'
  const set =
    found.length <= MAX_HASHES
      ? found.map((row) => `${row.hash}::UBIGINT`).join(', ')
      : `SELECT hash FROM ${to.scope.relation('attributes')} WHERE ${test(to.params)}`
  return `(attrs IN (${set}) OR resource IN (${set}))`
}

/** JSON pointer of a top-level key. */
export const pointerOf = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

async function checkRegex(match: LogMatch, to: Compiling): Promise<void> {
  if (match.kind !== 'regex') return
  try {
    await to.store.rows(`SELECT regexp_matches('', $1) AS ok`, [match.source], { signal: to.signal })
  } catch (error) {
    if (to.signal.aborted || isAbort(error)) throw error
    throw new WatchdeckError(
      'invalid_input',
      `The regular expression /${match.source}/ is not one that can be searched with`,
      {
        hint: 'Regular expressions are RE2: no look-around, no back-references, repeats up to 1000.',
        cause: error,
      },
    )
  }
}
