// Documents of Elasticsearch and OpenSearch to log rows: answers of `_search`, `_msearch` and scroll, of ES|QL and SQL, `_bulk`
// requests, elasticdump and other hits one a line. ECS, OTel-native and shippers' fields become OTel's names.
// https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html, docs-bulk.html, esql-rest.html, ecs-field-reference.html

import type { Head, WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import { integerOf, isObject, type JsonObject, listOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { fieldAt, findField } from './json-log.ts'
import { severityOf } from './level.ts'
import { fill, filling, flatten, kubernetesKey, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'

const KEEP = { take: 'keep' }
const HITS = { keys: { total: KEEP, hits: { items: { take: 'hit' } } } }
const TABLE = { items: { take: 'row' } }
const ANSWER = {
  take: 'answer',
  keys: { hits: HITS, timed_out: KEEP, _shards: KEEP, is_partial: KEEP, columns: KEEP, values: TABLE, rows: TABLE },
}
const SHAPE = { ...ANSWER, keys: { ...ANSWER.keys, responses: { items: ANSWER } }, items: { take: 'answer' } }
const ACTIONS = ['index', 'create', 'update', 'delete']
/** ECS groups that say what a record came from rather than what happened. */
const RESOURCE =
  /^(?:service|host|container|cloud|orchestrator|agent|observer|data_stream|process\.pid$|process\.name$)\.?/

export function elasticsearchReader(options: ReadOptions, layout: string): WireReader {
  const logs = new LogTaker(options)
  let seen = 0
  let pending: JsonObject | undefined
  let total: bigint | undefined

  const hit = (raw: unknown, line: number): void => {
    seen++
    if (!isObject(raw)) {
      logs.skip(line, 'a hit that is no object', raw)
      return
    }
    const source = isObject(raw._source) ? raw._source : isObject(raw.fields) ? single(raw.fields) : undefined
    if (source === undefined) {
      logs.skip(line, 'a hit without its document (_source)', raw)
      return
    }
    document(source, raw._index, raw._id, line)
  }

  const document = (source: JsonObject, index: unknown, id: unknown, line: number): void => {
    const names = {
      time: findField(source, 'time'),
      level: findField(source, 'level'),
      message: findField(source, 'message'),
      service: findField(source, 'service'),
      traceId: findField(source, 'traceId'),
      spanId: findField(source, 'spanId'),
    }
    const at = (name: string | undefined): unknown => (name === undefined ? undefined : fieldAt(source, name))
    const body = fieldAt(source, 'body.text') ?? at(names.message)
    const level = at(names.level)
    const service = at(names.service)
    const used = new Set<string | undefined>([...Object.values(names), 'body.text'])
    const attributes = filling()
    const resource: Record<string, string> = {}
    for (const [key, value] of Object.entries(flatten(source))) {
      if (used.has(key)) continue
      const name = resourceName(key)
      if (name === undefined) fill(attributes, key.startsWith('attributes.') ? key.slice(11) : key, value)
      else if (name !== 'service.name' && value !== null && value !== undefined) resource[name] = textOfValue(value)
    }
    fill(attributes, 'elasticsearch.index', index)
    fill(attributes, 'elasticsearch.id', id)
    logs.take(
      {
        time: names.time === undefined ? undefined : fieldTime(at(names.time), undefined, 'UTC'),
        severity: severityOf(level, names.level ?? ''),
        severityText: typeof level === 'string' ? level : undefined,
        service: typeof service === 'string' ? service : undefined,
        body: names.message === undefined && body === undefined ? source : body,
        attributes,
        resource: Object.keys(resource).length === 0 ? undefined : resource,
        traceId: at(names.traceId),
        spanId: at(names.spanId),
      },
      source,
      line,
    )
  }

  const answer = (value: JsonObject, line: number): void => {
    facts(value)
    for (const response of listOf(value.responses)) if (isObject(response)) answer(response, line)
    const hits = isObject(value.hits) ? value.hits : {}
    for (const item of listOf(hits.hits)) hit(item, line)
    const columns = listOf(value.columns)
    for (const item of rowsOf(columns, listOf(value.values ?? value.rows))) row(columns, item, line)
  }

  /** A row of ES|QL (`values`) or SQL (`rows`). */
  const row = (columns: unknown, cells: unknown, line: number): void => {
    if (!fits(listOf(columns), cells)) {
      logs.skip(line, 'a row that does not fit the columns before it', cells)
      return
    }
    const fields: JsonObject = Object.fromEntries(
      listOf(columns).flatMap((column, i) => {
        const value = cells[i]
        return isObject(column) && value !== null ? [[String(column.name), value]] : []
      }),
    )
    const { _index, _id, _source, ...rest } = fields
    document(isObject(_source) ? { ..._source, ...rest } : rest, _index, _id, line)
  }

  /** What an answer says about its completeness. */
  const facts = (value: JsonObject): void => {
    const { into } = options
    if (isObject(value.hits)) see(value.hits.total)
    if (value.is_partial === true) into.note('the query was answered in part: the answer is not complete')
    if (value.timed_out === true) into.note('the search timed out: the answer is not complete')
    const failed = isObject(value._shards) ? integerOf(value._shards.failed) : undefined
    if (failed !== undefined && failed > 0n) into.note('some shards failed: the answer is not complete')
  }
  const see = (value: unknown): void => {
    const found = integerOf(isObject(value) ? value.value : value)
    if (found !== undefined && (total === undefined || found > total)) total = found
  }

  const take = (value: unknown, line: number, name = '', columns?: unknown): void => {
    if (name === 'hit') hit(value, line)
    else if (name === 'row') row(columns, value, line)
    else if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) take(item, line)
    } else if (!isObject(value)) logs.skip(line, 'a line that is no JSON object', value)
    else if (pending !== undefined) {
      const { index, id, update } = { index: pending._index, id: pending._id, update: pending.update === true }
      pending = undefined
      const source = update ? (value.doc ?? value.upsert) : value
      if (isObject(source)) document(source, index, id, line)
      else logs.skip(line, 'an update without a document', value)
    } else if (isObject(value.hits) || Array.isArray(value.responses) || isTable(value)) answer(value, line)
    else if (isObject(value._source) || isObject(value.fields)) hit(value, line)
    else {
      const action = actionOf(value)
      if (action === undefined) document(value, undefined, undefined, line)
      else if (action !== 'delete')
        pending = { ...(isObject(value[action]) ? value[action] : {}), update: action === 'update' }
    }
  }

  const reader = jsonRecordReader(options, layout, SHAPE, (value, line, name, around) => {
    if (name === 'hit' || name === 'row')
      for (const open of around) facts({ ...open.fields, hits: { total: open.fields.total } })
    const table = around.findLast((open) => open.fields.columns !== undefined)
    take(value, line, name, table?.fields.columns)
  })
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      reader.end()
      if (pending !== undefined) options.into.note('the last action of the bulk request has no document')
      if (total !== undefined && total > BigInt(seen))
        options.into.note('the search matched more documents than this file holds')
    },
    late: reader.late,
  }
}

/** As many cells as columns, with dates and numbers where the columns say so; a cell may be empty, or a list of several values. */
function fits(columns: readonly unknown[], cells: unknown): cells is readonly unknown[] {
  if (!Array.isArray(cells) || cells.length !== columns.length) return false
  return columns.every((column, i) => {
    const value: unknown = cells[i]
    const type = isObject(column) ? String(column.type) : ''
    if (typeof value !== 'string') return true
    if (/^date/.test(type)) return fieldTime(value, undefined, 'UTC') !== undefined
    return !/^(?:unsigned_long|long|integer|short|byte|double|float|half_float|scaled_float|boolean)$/.test(type)
  })
}

/** The rows of an answer; one that was asked for by columns (`columnar`) does not say so, but its lists fit as nothing else. */
function rowsOf(columns: readonly unknown[], values: readonly unknown[]): readonly unknown[] {
  const [first] = values
  if (values.length !== columns.length || values.every((cells) => fits(columns, cells))) return values
  if (!Array.isArray(first)) return values
  const turned = first.map((_, i) => values.map((list): unknown => (Array.isArray(list) ? list[i] : undefined)))
  const isWhole = values.every((list) => Array.isArray(list) && list.length === first.length)
  return isWhole && turned.every((cells) => fits(columns, cells)) ? turned : values
}

/** An answer of ES|QL or SQL: columns by name and type, rows as lists. */
function isTable({ columns, values, rows }: JsonObject): boolean {
  const [column] = listOf(columns)
  return (
    (Array.isArray(values) || Array.isArray(rows)) &&
    isObject(column) &&
    typeof column.name === 'string' &&
    typeof column.type === 'string'
  )
}

/** `{"index":{..}}` of a bulk request */
function actionOf(value: JsonObject): string | undefined {
  const keys = Object.keys(value)
  const action = keys[0] as string
  return keys.length === 1 && ACTIONS.includes(action) && isObject(value[action]) ? action : undefined
}

/** The fields API gives lists of one. */
function single(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Array.isArray(value) && value.length === 1 ? value[0] : value]),
  )
}

function resourceName(key: string): string | undefined {
  if (key.startsWith('resource.attributes.')) return key.slice(20)
  if (key.startsWith('kubernetes.')) return kubernetesKey(key.slice(11))
  return key.includes('.') && RESOURCE.test(key) ? key : undefined
}

const textOfValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function sniff(head: Head) {
  const value = head.json?.value
  const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
  const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
  const found = { layout, timeUnit: 'rfc3339' } as const
  if (isObject(first)) {
    const isAnswer = isObject(first.hits) && Array.isArray(first.hits.hits)
    const isMany = Array.isArray(first.responses) && isObject(first.responses[0]) && isObject(first.responses[0].hits)
    if (isAnswer || isMany || isTable(first)) return { ...found, confidence: 0.99 }
    if (typeof first._index === 'string' && (isObject(first._source) || isObject(first.fields)))
      return { ...found, confidence: 0.99 }
    return actionOf(first) !== undefined && layout === 'lines' ? { ...found, confidence: 0.97 } : undefined
  }
  const text = head.text.slice(0, 20_000)
  const isHits = /"hits"\s*:\s*\{/.test(text) && /"_(?:index|source)"\s*:/.test(text)
  const isRows =
    /"columns"\s*:\s*\[\s*\{\s*"name"\s*:\s*"[^"]+"\s*,\s*"type"\s*:/.test(text) &&
    /"(?:values|rows)"\s*:\s*\[/.test(text)
  return /^\s*\{/.test(text) && (isHits || isRows) ? { ...found, layout: 'document', confidence: 0.95 } : undefined
}

export const elasticsearch: WireFormat<'elasticsearch'> = {
  name: 'elasticsearch',
  sniff,
  open: (options) => elasticsearchReader(options, options.layout),
}
