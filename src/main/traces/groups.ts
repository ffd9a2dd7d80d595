// Spans counted: by any attribute, against a selection, and what there is to choose from.

import { traces as contract } from '../../shared/contract/traces.ts'
import { WatchdeckError } from '../../shared/base/errors.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import { col, type TableAnswer } from '../../shared/contract/define.ts'
import { gTest } from '../../shared/domain/g-test.ts'
import { SPAN_KINDS, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import { type ColumnSpec, frameFromRows } from '../../shared/frame/frame.ts'
import { headOf } from '../../shared/frame/gather.ts'
import type { Completeness } from '../../shared/domain/completeness.ts'
import type { TelemetryStore } from '../storage/telemetry/api.ts'
import type { Asked } from './ask.ts'
import { durationOf, Params, type ParsedSpanFilter, pointerOf, spanCondition } from './filter.ts'

const MEASURES: readonly ColumnSpec[] = [
  col('count', 'int'),
  col('errorRatio', 'float', '1'),
  col('p50Ns', 'int', 'ns'),
  col('p95Ns', 'int', 'ns'),
  col('p99Ns', 'int', 'ns'),
]
const named = (words: readonly string[], code: string) => `[${words.map((w) => `'${w}'`).join(', ')}][${code} + 1]`

async function ask(
  asked: Asked,
  sql: string,
  params: Params,
  columns: readonly ColumnSpec[],
  limit: number,
): Promise<TableAnswer> {
  const found = await asked.store.frame(`${sql} LIMIT ${limit + 1}`, params.values, columns, { signal: asked.signal })
  const more = found.rowCount > limit
  const { completeness } = asked.scope
  return {
    table: headOf(found, limit),
    completeness: more ? { ...completeness, truncated: { returned: limit } } : completeness,
  }
}

/** Exact quantiles; an attribute is looked up on the span first, then on its resource; absent = null. */
export async function stats(
  asked: Asked,
  request: { groupBy: readonly string[]; filter?: ParsedSpanFilter | undefined; limit: number },
): Promise<TableAnswer> {
  const { scope, range, store, signal } = asked
  const twice = request.groupBy.find((key, i) => request.groupBy.indexOf(key) !== i)
  if (twice !== undefined)
    throw new WatchdeckError('invalid_input', `"groupBy" names ${JSON.stringify(twice)} twice.`, {
      hint: 'Leave one of them out.',
    })
  const params = new Params()
  const condition = await spanCondition(request.filter ?? {}, { store, scope, params, signal })
  const keys = request.groupBy.filter((g) => g.startsWith('attr:')).map((g) => params.add(pointerOf(g.slice(5))))
  let next = 0
  const groups = request.groupBy.map((g) => {
    if (g === 'kind') return named(SPAN_KINDS, 'kind')
    if (g === 'status') return named(SPAN_STATUSES, 'status')
    if (g === 'all') return "''"
    if (!g.startsWith('attr:')) return g
    const i = next++
    return `coalesce(a.v${i}, r.v${i})`
  })
  const words =
    keys.length > 0
      ? `, words AS MATERIALIZED (SELECT hash, ${keys.map((k, i) => `any_value(json ->> ${k}) AS v${i}`).join(', ')} FROM ${scope.relation('attributes')} GROUP BY hash)`
      : ''
  const joins = keys.length > 0 ? 'LEFT JOIN words a ON a.hash = attrs LEFT JOIN words r ON r.hash = resource' : ''
  return ask(
    asked,
    `WITH chosen AS (SELECT * FROM ${scope.relation('spans', range)} WHERE ${condition})${words}
     SELECT ${groups.map((g, i) => `${g} AS g${i}`).join(', ')}, count(*) AS n, avg((status = 2)::DOUBLE),
       round(quantile_cont(duration_ns, 0.5))::BIGINT, round(quantile_cont(duration_ns, 0.95))::BIGINT, round(quantile_cont(duration_ns, 0.99))::BIGINT
     FROM chosen ${joins} GROUP BY ${groups.map((_, i) => `g${i}`).join(', ')} ORDER BY n DESC, ${groups.map((_, i) => `g${i}`).join(', ')}`,
    params,
    [...request.groupBy.map((g) => col(g, 'string')), ...MEASURES],
    request.limit,
  )
}

interface Selection {
  readonly minDuration?: string | number | undefined
  readonly maxDuration?: string | number | undefined
  readonly status?: (typeof SPAN_STATUSES)[number] | undefined
  readonly range?: TimeRange | undefined
}

/** More distinct values than this share of the spans that have the key: an identifier, which tells nothing. */
const IDENTIFIER = 0.9

/**
 * Every value of every attribute (of spans and resources), service and operation: its exact share among the selected
 * spans and among the rest. p is from a G-test, corrected (Bonferroni) for the number of values looked at; the score is
 * the difference of the shares times (1 - p). Identifiers and constants are left out. Largest |score| first.
 */
export async function differences(
  asked: Asked,
  request: { filter?: ParsedSpanFilter | undefined; selection: Selection; limit: number },
): Promise<TableAnswer> {
  const { scope, range, store, signal } = asked
  const params = new Params()
  const condition = await spanCondition(request.filter ?? {}, { store, scope, params, signal })
  const chosen = selectionSql(request.selection)
  return differencesBetween(
    store,
    {
      spans: `SELECT attrs, resource, service, operation, count(*) FILTER (${chosen}) AS selected, count(*) FILTER (NOT (${chosen})) AS rest
      FROM ${scope.relation('spans', range)} WHERE ${condition} GROUP BY ALL`,
      attributes: scope.relation('attributes'),
      params,
      columns: contract.differences.output.columns,
      completeness: scope.completeness,
    },
    request.limit,
    signal,
  )
}

/** What is counted: a SELECT of attrs, resource, service, operation, selected, rest; and the words of its hashes. */
interface Counted {
  readonly spans: string
  readonly attributes: string
  readonly params: Params
  /** key, value, both counts, both shares, score, p */
  readonly columns: readonly ColumnSpec[]
  /** whose values have a positive score; the selected unless said */
  readonly positive?: 'selected' | 'rest'
  readonly completeness: Completeness
}

export async function differencesBetween(
  store: TelemetryStore,
  { spans: counted, attributes, params, columns, positive = 'selected', completeness }: Counted,
  limit: number,
  signal: AbortSignal,
): Promise<TableAnswer> {
  const spans = `WITH spans AS MATERIALIZED (${counted})`
  const [totals] = await store.rows<{ selected: number | null; rest: number | null }>(
    `${spans} SELECT sum(selected)::DOUBLE AS selected, sum(rest)::DOUBLE AS rest FROM spans`,
    params.values,
    { signal },
  )
  const selectedAll = totals?.selected ?? 0
  const restAll = totals?.rest ?? 0
  const found = await store.rows<{ key: string; value: string | null; selected: number; rest: number }>(
    `${spans},
     sets AS (SELECT hash, sum(selected) AS selected, sum(rest) AS rest FROM (SELECT attrs AS hash, selected, rest FROM spans UNION ALL SELECT resource, selected, rest FROM spans) GROUP BY hash),
     words AS (SELECT hash, any_value(json) AS json FROM ${attributes} WHERE hash IN (SELECT hash FROM sets) GROUP BY hash),
     pairs AS (SELECT unnest(json_keys(json)) AS key, json, selected, rest FROM sets JOIN words ON words.hash = sets.hash),
     found AS (SELECT key, json ->> ('/' || replace(replace(key, '~', '~0'), '/', '~1')) AS value, selected, rest FROM pairs
       UNION ALL SELECT 'service', service, selected, rest FROM spans UNION ALL SELECT 'operation', operation, selected, rest FROM spans),
     counted AS (SELECT key, value, sum(selected)::DOUBLE AS selected, sum(rest)::DOUBLE AS rest FROM found GROUP BY key, value),
     keys AS (SELECT key, count(*) AS distinct_values, sum(selected + rest) AS present FROM counted GROUP BY key)
     SELECT c.key, c.value, c.selected, c.rest FROM counted c JOIN keys k ON k.key = c.key
     WHERE c.value IS NOT NULL AND (k.distinct_values <= 20 OR k.distinct_values <= ${IDENTIFIER} * k.present)
       AND c.selected + c.rest < ${selectedAll + restAll} AND (k.present < 3 OR k.distinct_values < k.present)`,
    params.values,
    { signal },
  )
  const rows = found
    .map((row) => {
      const p = Math.min(1, gTest(row.selected, selectedAll, row.rest, restAll).p * found.length)
      const selectedShare = selectedAll === 0 ? 0 : row.selected / selectedAll
      const restShare = restAll === 0 ? 0 : row.rest / restAll
      const more = positive === 'selected' ? selectedShare - restShare : restShare - selectedShare
      return { ...row, selectedShare, restShare, score: more * (1 - p), pValue: p }
    })
    .sort(
      (a, b) =>
        Math.abs(b.score) - Math.abs(a.score) ||
        b.score - a.score ||
        a.pValue - b.pValue ||
        (`${a.key}=${a.value}` < `${b.key}=${b.value}` ? -1 : 1),
    )
  const [key, value, ofSelected, ofRest, selectedShare, restShare, score, p] = columns.map(({ name }) => name) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return {
    table: frameFromRows(
      columns,
      rows.slice(0, limit).map((row) => ({
        [key]: row.key,
        [value]: row.value,
        [ofSelected]: row.selected,
        [ofRest]: row.rest,
        [selectedShare]: row.selectedShare,
        [restShare]: row.restShare,
        [score]: row.score,
        [p]: row.pValue,
      })),
    ),
    completeness:
      rows.length > limit ? { ...completeness, truncated: { returned: limit, total: rows.length } } : completeness,
  }
}

function selectionSql(selection: Selection): string {
  const parts: string[] = []
  if (selection.minDuration !== undefined)
    parts.push(`duration_ns >= ${durationOf('minDuration', selection.minDuration)}`)
  if (selection.maxDuration !== undefined)
    parts.push(`duration_ns <= ${durationOf('maxDuration', selection.maxDuration)}`)
  if (selection.status !== undefined) parts.push(`status = ${SPAN_STATUSES.indexOf(selection.status)}`)
  if (selection.range) parts.push(`start_ns >= ${selection.range.from} AND start_ns < ${selection.range.to}`)
  if (parts.length === 0)
    throw new WatchdeckError('invalid_input', 'The selection is empty.', {
      hint: 'Say what sets the group apart: minDuration, maxDuration, status or range.',
    })
  return parts.join(' AND ')
}

const sets = (asked: Asked, condition: string) =>
  `WITH spans AS MATERIALIZED (SELECT attrs, resource, count(*) AS n FROM ${asked.scope.relation('spans', asked.range)} WHERE ${condition} GROUP BY ALL),
   sets AS (SELECT hash, sum(n) AS n FROM (SELECT attrs AS hash, n FROM spans UNION ALL SELECT resource, n FROM spans) GROUP BY hash),
   words AS (SELECT hash, any_value(json) AS json FROM ${asked.scope.relation('attributes')} WHERE hash IN (SELECT hash FROM sets) GROUP BY hash)`

export function attributeKeys(
  asked: Asked,
  request: { text?: string | undefined; limit: number },
): Promise<TableAnswer> {
  const params = new Params()
  const wanted = request.text ? `WHERE contains(lower(key), ${params.add(request.text.toLowerCase())})` : ''
  return ask(
    asked,
    `${sets(asked, 'true')}, pairs AS (SELECT unnest(json_keys(json)) AS key, n FROM sets JOIN words ON words.hash = sets.hash)
     SELECT key, sum(n)::BIGINT AS n FROM pairs ${wanted} GROUP BY key ORDER BY n DESC, key`,
    params,
    [col('key', 'string'), col('spans', 'int')],
    request.limit,
  )
}

export function attributeValues(
  asked: Asked,
  request: { key: string; service?: string | undefined; text?: string | undefined; limit: number },
): Promise<TableAnswer> {
  const params = new Params()
  const inService = request.service === undefined ? 'true' : `service = ${params.add(request.service)}`
  const wanted = request.text ? `AND contains(lower(value), ${params.add(request.text.toLowerCase())})` : ''
  const from =
    request.key === 'service' || request.key === 'operation'
      ? `SELECT ${request.key} AS value, count(*) AS n FROM ${asked.scope.relation('spans', asked.range)} WHERE ${inService} GROUP BY ALL`
      : `${sets(asked, inService)} SELECT json ->> ${params.add(pointerOf(request.key))} AS value, n FROM sets JOIN words ON words.hash = sets.hash`
  return ask(
    asked,
    `SELECT value, sum(n)::BIGINT AS n FROM (${from}) WHERE value IS NOT NULL ${wanted} GROUP BY value ORDER BY n DESC, value`,
    params,
    [col('value', 'string'), col('spans', 'int')],
    request.limit,
  )
}
