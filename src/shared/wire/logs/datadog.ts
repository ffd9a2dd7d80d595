// Datadog log JSON to rows: answers of the search API (v2, v1) and the records of log archives, one a line.
// https://docs.datadoghq.com/api/latest/logs/, https://docs.datadoghq.com/logs/log_configuration/archives/

import type { WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import { isObject, type JsonObject, listOf, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { fieldAt } from './json-log.ts'
import { severityOf } from './level.ts'
import { fill, filling, flatten, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'

const RECORD = { items: { take: 'record' } }
const SHAPE = {
  take: 'document',
  keys: { data: RECORD, logs: RECORD, meta: { take: 'keep' } },
  items: { take: 'document' },
}
const USED = new Set([
  'timestamp',
  'date',
  '_id',
  'id',
  'status',
  'service',
  'host',
  'message',
  'tags',
  'attributes',
  'content',
  'type',
])
const TRACE = ['otel.trace_id', 'dd.trace_id', 'trace_id', 'traceId']
const SPAN = ['otel.span_id', 'dd.span_id', 'span_id', 'spanId']

export function datadogReader(options: ReadOptions, layout: string): WireReader {
  const logs = new LogTaker(options)

  const record = (raw: unknown, line: number): void => {
    if (!isObject(raw)) {
      logs.skip(line, 'a log that is no object', raw)
      return
    }
    // the API wraps the log in `attributes` (v2) or `content` (v1); its own attributes lie within
    const log =
      raw.type === 'log' && isObject(raw.attributes) ? raw.attributes : isObject(raw.content) ? raw.content : raw
    const own = isObject(log.attributes) ? log.attributes : {}
    const attributes = filling()
    const at = (names: readonly string[]): unknown =>
      names.map((name) => fieldAt(own, name)).find((value) => value !== undefined)
    for (const [key, value] of Object.entries(flatten(own)))
      if (!TRACE.includes(key) && !SPAN.includes(key)) fill(attributes, key, value)
    for (const [key, value] of Object.entries(log)) if (!USED.has(key)) fill(attributes, key, value)
    const resource: Record<string, string> = {}
    const host = textOf(log.host)
    if (host !== '') resource['host.name'] = host
    const rest: string[] = []
    for (const tag of listOf(log.tags)) {
      const text = textOf(tag)
      const colon = text.indexOf(':')
      const name = TAGS[text.slice(0, Math.max(0, colon))]
      if (name === undefined) rest.push(text)
      else resource[name] ??= text.slice(colon + 1)
    }
    if (rest.length > 0) fill(attributes, 'datadog.tags', rest)
    logs.take(
      {
        time: fieldTime(log.timestamp ?? log.date ?? own.timestamp, undefined, 'UTC'),
        severity: severityOf(log.status, 'status'),
        severityText: textOf(log.status) || undefined,
        service: textOf(log.service) || undefined,
        body: log.message ?? own.message ?? '',
        attributes,
        resource: Object.keys(resource).length === 0 ? undefined : resource,
        traceId: at(TRACE),
        spanId: at(SPAN),
      },
      raw,
      line,
    )
  }

  return jsonRecordReader(options, layout, SHAPE, (value, line, name) => {
    if (name === 'record') {
      record(value, line)
      return
    }
    for (const document of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      const list = isObject(document) ? (document.data ?? document.logs) : undefined
      if (!Array.isArray(list)) record(document, line)
      else for (const item of list as readonly unknown[]) record(item, line)
      if (isObject(document) && hasMore(document)) options.into.note('Datadog has more logs than this answer holds')
    }
  })
}

const hasMore = (document: JsonObject): boolean =>
  (isObject(document.meta) && isObject(document.meta.page) && textOf(document.meta.page.after) !== '') ||
  textOf(document.nextLogId) !== ''

const TAGS: Readonly<Record<string, string>> = {
  env: 'deployment.environment.name',
  version: 'service.version',
  kube_namespace: 'k8s.namespace.name',
  pod_name: 'k8s.pod.name',
  kube_deployment: 'k8s.deployment.name',
  kube_container_name: 'k8s.container.name',
  container_name: 'container.name',
  container_id: 'container.id',
}

export const datadogJson: WireFormat<'datadog-json'> = {
  name: 'datadog-json',
  sniff(head) {
    const value = head.json?.value
    const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
    const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
    if (isObject(first)) {
      const record: unknown = listOf(first.data ?? first.logs)[0] ?? first
      if (!isObject(record)) return undefined
      const isApi =
        (record.type === 'log' || record.type === 'logs') &&
        isObject(record.attributes) &&
        'message' in record.attributes
      const isOld = isObject(record.content) && typeof record.id === 'string' && 'message' in record.content
      const isArchive =
        typeof record._id === 'string' && 'date' in record && 'attributes' in record && 'status' in record
      return isApi || isOld || isArchive ? { confidence: 0.97, layout, timeUnit: 'rfc3339' } : undefined
    }
    const text = head.text.slice(0, 20_000)
    return /^\s*\{\s*"data"\s*:\s*\[/.test(text) && /"type"\s*:\s*"log"/.test(text)
      ? { confidence: 0.93, layout: 'document', timeUnit: 'rfc3339' }
      : undefined
  },
  open: (options) => datadogReader(options, options.layout),
}
