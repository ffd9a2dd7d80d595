// Stored rows as one OTLP-JSON document, written piece by piece: records stand under their resource and scope, in the order
// in which they were imported. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { col } from '../../shared/contract/define.ts'
import { type CellValue, type ColumnSpec, type Frame, rowAt } from '../../shared/frame/frame.ts'
import type { LogRow, SpanRow } from '../../shared/domain/telemetry.ts'
import { writeLog, writeMetric, writeResource, writeScope, writeSpan } from '../../shared/wire/otlp/write.ts'
import { linkAbort } from '../engine/abort.ts'
import type { Scope, SqlValue, TelemetryStore } from '../storage/telemetry/api.ts'
import { hexOfSpan, hexOfUuid } from '../storage/telemetry/ids.ts'
import {
  decodeAttributes,
  decodeLogExtra,
  decodeResource,
  decodeScope,
  decodeSpanEvents,
  decodeSpanExtra,
  decodeSpanLinks,
} from '../storage/telemetry/codec.ts'
import { metricGroups } from './otlp-metrics.ts'
import type { OtlpKind, OtlpQuestion } from './tables.ts'

interface Group extends Record<string, unknown> {
  source: number
  resource: bigint
  scope: bigint | null
}

export async function* otlpDocument(question: OtlpQuestion, kinds: readonly OtlpKind[]): AsyncGenerator<string> {
  yield '{'
  let isFirst = true
  for (const kind of kinds) {
    const key = kind === 'traces' ? 'resourceSpans' : kind === 'logs' ? 'resourceLogs' : 'resourceMetrics'
    yield `${isFirst ? '' : ','}"${key}":[`
    isFirst = false
    yield* kind === 'metrics' ? metrics(question) : records(question, kind)
    yield ']'
  }
  yield '}\n'
}

const list = async function* (items: AsyncIterable<string>): AsyncGenerator<string> {
  let comma = ''
  for await (const item of items) {
    yield comma + item
    comma = ','
  }
}

async function* records(question: OtlpQuestion, kind: 'traces' | 'logs'): AsyncGenerator<string> {
  const { store, scope, range, signal } = question
  const table = kind === 'traces' ? 'spans' : 'logs'
  const groups = await store.rows<Group>(
    `SELECT source, resource, scope, min(n) AS n FROM (SELECT source, resource, scope, row_number() OVER () AS n FROM ${scope.relation(table, range)})
     GROUP BY ALL ORDER BY n`,
    [],
    { signal },
  )
  const byResource = new Map<string, Group[]>()
  for (const group of groups) {
    const key = `${group.source}/${group.resource}`
    const known = byResource.get(key)
    if (known) known.push(group)
    else byResource.set(key, [group])
  }
  let comma = ''
  for (const scopes of byResource.values()) {
    const first = scopes[0] as Group
    const resource = await resourceOf(question, first)
    const head = JSON.stringify(writeResource(resource)).slice(1, -1)
    yield `${comma}{${head === '' ? '' : `${head},`}"${kind === 'traces' ? 'scopeSpans' : 'scopeLogs'}":[`
    comma = ','
    let scopeComma = ''
    for (const group of scopes) {
      const text = JSON.stringify(writeScope(await scopeOf(question, group))).slice(1, -1)
      yield `${scopeComma}{${text === '' ? '' : `${text},`}"${kind === 'traces' ? 'spans' : 'logRecords'}":[`
      scopeComma = ','
      yield* list(kind === 'traces' ? spansOf(question, group) : logsOf(question, group))
      yield ']}'
    }
    yield ']}'
  }
}

export async function resourceOf(
  { store, scope, signal }: OtlpQuestion,
  group: { source: number; resource: bigint | null },
) {
  if (group.resource === null) return { attributes: { values: {} } }
  const row = await dictionary(store, scope, group.source, group.resource, signal)
  return row === undefined ? { attributes: { values: {} } } : decodeResource(row.json, row.types, row.extra)
}

export async function scopeOf({ store, scope, signal }: OtlpQuestion, group: { source: number; scope: bigint | null }) {
  if (group.scope === null) return undefined
  const row = await dictionary(store, scope, group.source, group.scope, signal)
  return row === undefined ? undefined : decodeScope(row.json, row.types, row.extra)
}

type DictionaryRow = { json: string; types: string | null; extra: string | null }

async function dictionary(store: TelemetryStore, scope: Scope, source: number, hash: bigint, signal: AbortSignal) {
  const rows = await store.rows<DictionaryRow>(
    `SELECT json, types, extra FROM ${scope.relation('attributes')} WHERE source = ? AND hash = ?::UBIGINT LIMIT 1`,
    [source, hash.toString()],
    { signal },
  )
  return rows[0]
}

/** Rows of a group in the order of the table, from one query: pages by offset would read the table anew for each. */
async function* rowsOf<T>(
  question: OtlpQuestion,
  group: Group,
  table: 'spans' | 'logs',
  columns: ReadonlyArray<readonly [expression: string, spec: ColumnSpec]>,
): AsyncGenerator<T> {
  const { scope, range, onRows } = question
  const params =
    group.scope === null
      ? [group.source, group.resource.toString()]
      : [group.source, group.resource.toString(), group.scope.toString()]
  const all = [...columns, ['a.json', col('attrs_json', 'string')], ['a.types', col('attrs_types', 'string')]] as const
  const sql = `SELECT ${all.map(([expression, spec]) => `${expression} AS ${spec.name}`).join(', ')}
    FROM (SELECT * FROM ${scope.relation(table, range)}
      WHERE source = ? AND resource = ?::UBIGINT AND scope ${group.scope === null ? 'IS NULL' : '= ?::UBIGINT'}) t
    LEFT JOIN ${scope.relation('attributes')} a ON a.source = t.source AND a.hash = t.attrs`
  const specs = all.map(([, spec]) => spec)
  for await (const frame of framesOf(question, sql, params, specs)) {
    for (let row = 0; row < frame.rowCount; row++) yield rowAt(frame, row) as T
    onRows(frame.rowCount)
  }
}

/** What `frames` of the store hands over, one at a time and only as fast as they are taken. */
async function* framesOf(
  { store, signal }: OtlpQuestion,
  sql: string,
  params: readonly SqlValue[],
  columns: readonly ColumnSpec[],
): AsyncGenerator<Frame> {
  using link = linkAbort([signal])
  let next = Promise.withResolvers<Frame | undefined>()
  let taken = Promise.withResolvers<void>()
  const ended = store
    .frames(
      sql,
      params,
      columns,
      async (frame) => {
        next.resolve(frame)
        await taken.promise
        taken = Promise.withResolvers<void>()
      },
      { signal: link.signal },
    )
    .then(
      () => next.resolve(undefined),
      (error: unknown) => next.reject(error),
    )
  try {
    for (;;) {
      const frame = await next.promise
      if (frame === undefined) return
      next = Promise.withResolvers<Frame | undefined>()
      yield frame
      taken.resolve()
    }
  } finally {
    // whoever stops in the middle ends the query; what it then fails with is nobody's news
    link.abort()
    next.promise.catch(() => {})
    taken.resolve()
    await ended
  }
}

export interface SpanRecord extends Record<string, CellValue> {
  trace: string
  span: string
  parent: string
  operation: string
  kind: number
  start_ns: bigint
  duration_ns: bigint
  status: number
  status_message: string | null
  events: string | null
  links: string | null
  extra: string | null
  attrs_json: string
  attrs_types: string | null
}

export const SPAN_RECORD = [
  [hexOfUuid('t.trace_id'), col('trace', 'string')],
  [hexOfSpan('t.span_id'), col('span', 'string')],
  [hexOfSpan('t.parent_id'), col('parent', 'string')],
  ['t.operation', col('operation', 'string')],
  ['t.kind::INTEGER', col('kind', 'int')],
  ['t.start_ns', col('start_ns', 'int')],
  ['t.duration_ns', col('duration_ns', 'int')],
  ['t.status::INTEGER', col('status', 'int')],
  ['t.status_message', col('status_message', 'string')],
  ['t.events', col('events', 'string')],
  ['t.links', col('links', 'string')],
  ['t.extra', col('extra', 'string')],
] as const

/** Without its service, resource and scope. */
export function spanRowOf(r: SpanRecord, offset: bigint): SpanRow {
  return {
    traceId: r.trace,
    spanId: r.span,
    parentId: r.parent,
    service: '',
    operation: r.operation,
    kind: Number(r.kind) as SpanRow['kind'],
    start: BigInt(r.start_ns),
    durationNs: BigInt(r.duration_ns),
    status: Number(r.status) as SpanRow['status'],
    statusMessage: r.status_message ?? undefined,
    attributes: decodeAttributes(r.attrs_json, r.attrs_types),
    resource: { attributes: { values: {} } },
    events: decodeSpanEvents(r.events, offset),
    links: decodeSpanLinks(r.links),
    ...decodeSpanExtra(r.extra),
  }
}

async function* spansOf(question: OtlpQuestion, group: Group): AsyncGenerator<string> {
  const offset = question.scope.clockOffset(group.source)
  for await (const r of rowsOf<SpanRecord>(question, group, 'spans', SPAN_RECORD)) {
    yield JSON.stringify(writeSpan(spanRowOf(r, offset)))
  }
}

interface LogRecord extends Record<string, CellValue> {
  time_ns: bigint
  observed_ns: bigint
  severity: number
  severity_text: string | null
  body: string
  trace: string | null
  span: string | null
  extra: string | null
  attrs_json: string
  attrs_types: string | null
}

const LOG_RECORD = [
  ['t.time_ns', col('time_ns', 'int')],
  ['t.observed_ns', col('observed_ns', 'int')],
  ['t.severity::INTEGER', col('severity', 'int')],
  ['t.severity_text', col('severity_text', 'string')],
  ['t.body', col('body', 'string')],
  [hexOfUuid('t.trace_id'), col('trace', 'string')],
  [hexOfSpan('t.span_id'), col('span', 'string')],
  ['t.extra', col('extra', 'string')],
] as const

async function* logsOf(question: OtlpQuestion, group: Group): AsyncGenerator<string> {
  for await (const r of rowsOf<LogRecord>(question, group, 'logs', LOG_RECORD)) {
    const row: LogRow = {
      time: BigInt(r.time_ns),
      observedTime: BigInt(r.observed_ns),
      severity: Number(r.severity),
      severityText: r.severity_text ?? undefined,
      service: '',
      body: r.body,
      attributes: decodeAttributes(r.attrs_json, r.attrs_types),
      resource: { attributes: { values: {} } },
      traceId: r.trace ?? '',
      spanId: r.span ?? '',
      ...decodeLogExtra(r.extra),
    }
    yield JSON.stringify(writeLog(row))
  }
}

async function* metrics(question: OtlpQuestion): AsyncGenerator<string> {
  let comma = ''
  for await (const group of metricGroups(question)) {
    const head = JSON.stringify(writeResource(await resourceOf(question, group))).slice(1, -1)
    const scope = JSON.stringify(writeScope(await scopeOf(question, group))).slice(1, -1)
    yield `${comma}{${head === '' ? '' : `${head},`}"scopeMetrics":[{${scope === '' ? '' : `${scope},`}"metrics":[`
    comma = ','
    yield* list(group.metrics(writeMetric))
    yield ']}]}'
  }
}
