// A span filter as a SQL condition over a relation of `spans`; values are parameters, attributes go through the dictionary.

import type { z } from 'zod'
import { WatchdeckError } from '../../shared/base/errors.ts'
import { tryParseDuration } from '../../shared/base/time.ts'
import type { zSpanFilter } from '../../shared/contract/traces.ts'
import { SPAN_KINDS, SPAN_STATUSES } from '../../shared/domain/telemetry.ts'
import type { Scope, SqlValue, TelemetryStore } from '../storage/telemetry/api.ts'
import { uuidOf } from '../storage/telemetry/ids.ts'

export type ParsedSpanFilter = z.output<typeof zSpanFilter>

/** Collects parameters; `add` gives the placeholder. */
export class Params {
  readonly values: SqlValue[] = []
  add(value: SqlValue): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

const MAX_HASHES = 2000

/** @throws WatchdeckError invalid_input when it is no duration */
export function durationOf(name: string, value: string | number): bigint {
  const out = typeof value === 'number' ? BigInt(value) : tryParseDuration(value)
  if (out === undefined)
    throw new WatchdeckError('invalid_input', `${name} is not a duration: ${JSON.stringify(value)}`, {
      hint: 'Use "250ms", "1h30m" or integer nanoseconds.',
    })
  return out
}

/** JSON pointer of a top-level key. */
export const pointerOf = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

interface Filtering {
  readonly store: TelemetryStore
  readonly scope: Scope
  readonly params: Params
  readonly signal: AbortSignal
}

const isEmptyFilter = (filter: ParsedSpanFilter): boolean =>
  Object.entries(filter).every(
    ([name, value]) =>
      !FILTERS.has(name) || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0),
  )
const FILTERS = new Set([
  'traceId',
  'service',
  'operation',
  'minDuration',
  'maxDuration',
  'status',
  'kind',
  'attributes',
  'text',
])

/** Whether it can be said of a trace without looking at its spans. */
export function ofTracesAlone(filter: ParsedSpanFilter): boolean {
  const params = new Params()
  return servicesCondition(filter.rootOnly ? rootCondition(filter, params).rest : filter, params) !== undefined
}

/**
 * The same over `traces`, by the list of services that each has: whose spans, and whether one of them failed. Undefined when
 * more is asked than that.
 */
export function servicesCondition({ service, status, ...rest }: ParsedSpanFilter, params: Params): string | undefined {
  if (!isEmptyFilter(rest) || (status !== undefined && status !== 'error')) return undefined
  if (service === undefined) return status === undefined ? 'true' : 'errors > 0'
  // [["web",3,1],..]: within a name a quote is escaped, so that this is where an entry begins
  const entry = `('[' || to_json(${params.add(service)}::VARCHAR) || ',')`
  const counts = `split_part(split_part(services, ${entry}, 2), ']', 1)`
  const isThere = `contains(services, ${entry})`
  // first what is cheap: lists of services may be long
  return status === undefined ? isThere : `errors > 0 AND ${isThere} AND split_part(${counts}, ',', 2) <> '0'`
}

/** 'true' when nothing is asked. */
export async function spanCondition(filter: ParsedSpanFilter, to: Filtering): Promise<string> {
  const { params } = to
  const parts: string[] = []
  if (filter.traceId !== undefined) parts.push(`trace_id = ${params.add(uuidOf(filter.traceId))}`)
  if (filter.service !== undefined) parts.push(`service = ${params.add(filter.service)}`)
  if (filter.operation !== undefined) parts.push(`operation = ${params.add(filter.operation)}`)
  if (filter.minDuration !== undefined) parts.push(`duration_ns >= ${durationOf('minDuration', filter.minDuration)}`)
  if (filter.maxDuration !== undefined) parts.push(`duration_ns <= ${durationOf('maxDuration', filter.maxDuration)}`)
  if (filter.status !== undefined) parts.push(`status = ${SPAN_STATUSES.indexOf(filter.status)}`)
  if (filter.kind !== undefined) parts.push(`kind = ${SPAN_KINDS.indexOf(filter.kind)}`)
  const length = traceLength(filter)
  if (length !== undefined)
    parts.push(`trace_id IN (SELECT trace_id FROM ${to.scope.relation('traces')} WHERE ${length})`)
  for (const [key, value] of Object.entries(filter.attributes ?? {}))
    parts.push(await attributeCondition(key, String(value), to))
  if (filter.text !== undefined && filter.text !== '') parts.push(await textCondition(filter.text, to))
  return parts.length === 0 ? 'true' : parts.join(' AND ')
}

/** The bounds on the trace's own length as a condition over `traces`; undefined when there are none. */
export function traceLength(filter: ParsedSpanFilter): string | undefined {
  const { minTraceDuration: least, maxTraceDuration: most } = filter
  const parts: string[] = []
  if (least !== undefined) parts.push(`duration_ns >= ${durationOf('minTraceDuration', least)}`)
  if (most !== undefined) parts.push(`duration_ns <= ${durationOf('maxTraceDuration', most)}`)
  return parts.length === 0 ? undefined : parts.join(' AND ')
}

/** The same over `traces`: the trace's own length, its root's names, whether anything in it failed. */
export function rootCondition(filter: ParsedSpanFilter, params: Params): { condition: string; rest: ParsedSpanFilter } {
  const { service, operation, minDuration, maxDuration, status, ...rest } = filter
  const parts: string[] = ['true']
  if (service !== undefined) parts.push(`root_service = ${params.add(service)}`)
  if (operation !== undefined) parts.push(`root_operation = ${params.add(operation)}`)
  if (minDuration !== undefined) parts.push(`duration_ns >= ${durationOf('minDuration', minDuration)}`)
  if (maxDuration !== undefined) parts.push(`duration_ns <= ${durationOf('maxDuration', maxDuration)}`)
  if (status !== undefined) parts.push(status === 'error' ? 'errors > 0' : 'errors = 0')
  return { condition: parts.join(' AND '), rest }
}

function attributeCondition(key: string, value: string, to: Filtering): Promise<string> | Promise<`NOT ${string}`> {
  const pointer = pointerOf(key)
  const excludes = value.startsWith('!')
  const wanted = excludes ? value.slice(1) : value
  const positive =
    wanted === '*' || wanted === ''
      ? hashesCondition((params) => `json_exists(json, ${params.add(pointer)})`, to)
      : hashesCondition((params) => `coalesce((json ->> ${params.add(pointer)}) = ${params.add(wanted)}, false)`, to)
  return excludes ? positive.then((sql) => `NOT ${sql}` as const) : positive
}

async function textCondition(text: string, to: Filtering): Promise<string> {
  const needle = to.params.add(text.toLowerCase())
  const attributes = await hashesCondition((params) => valueContains(params.add(text.toLowerCase())), to)
  return `(contains(lower(service), ${needle}) OR contains(lower(operation), ${needle}) OR coalesce(contains(lower(status_message), ${needle}), false) OR ${attributes})`
}

/** SQL text: one of the values of `json` contains the lower-case needle. */
export const valueContains = (needle: string): string =>
  `len(list_filter(json_keys(json), lambda k: coalesce(contains(lower(json ->> ('/' || replace(replace(k, '~', '~0'), '/', '~1'))), ${needle}), false))) > 0`

async function hashesCondition(test: (params: Params) => string, to: Filtering): Promise<string> {
  const own = new Params()
  const found = await to.store.rows<{ hash: bigint }>(
    `SELECT DISTINCT hash FROM ${to.scope.relation('attributes')} WHERE ${test(own)} LIMIT ${MAX_HASHES + 1}`,
    own.values,
    { signal: to.signal },
  )
  if (found.length === 0) return '(false)'
  const set =
    found.length <= MAX_HASHES
      ? found.map((row) => `${row.hash}::UBIGINT`).join(', ')
      : `SELECT hash FROM ${to.scope.relation('attributes')} WHERE ${test(to.params)}`
  return `(attrs IN (${set}) OR resource IN (${set}))`
}
