// Loki to log rows: `query_range` answers of streams, push requests, `logcli --output=jsonl`, and what Grafana's Explore saves
// as JSON. Times are nanoseconds.
// (Answers of type matrix or vector have Prometheus' shape and are read as that.)
// https://grafana.com/docs/loki/latest/reference/loki-http-api/

import type { WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import type { OpenContainer } from '../json/shape.ts'
import { integerOf, isObject, type JsonObject, listOf, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { severityOfWord } from './level.ts'
import { contentOf, fill, filling, kubernetesKey, LogTaker } from './take-log.ts'
import { fieldTime } from './time.ts'

const STREAM = { take: 'stream', keys: { stream: { take: 'keep' }, values: { items: { take: 'value' } } } }
const DATA = { keys: { result: { items: STREAM } } }
const SHAPE = {
  take: 'document',
  keys: { data: DATA, ...DATA.keys, streams: { items: STREAM } },
  items: { take: 'document' },
}
const SERVICE = ['service_name', 'service', 'app_kubernetes_io_name', 'app', 'container', 'job']
const LEVEL = ['detected_level', 'level', 'severity', 'severity_text', 'lvl']
const TRACE = ['trace_id', 'traceID', 'traceId', 'traceid']
const SPAN = ['span_id', 'spanID', 'spanId', 'spanid']

interface Labels {
  readonly service: string
  readonly level: string
  readonly resource: Readonly<Record<string, string>>
  readonly others: ReadonlyArray<readonly [string, unknown]>
}

export function lokiReader(options: ReadOptions, layout: string): WireReader {
  const logs = new LogTaker(options)
  const known = new WeakMap<object, Labels>()

  const labelsOf = (stream: unknown): Labels => {
    if (!isObject(stream)) return { service: '', level: '', resource: {}, others: [] }
    let labels = known.get(stream)
    if (labels === undefined) {
      labels = readLabels(stream)
      known.set(stream, labels)
    }
    return labels
  }

  const entry = (pair: unknown, stream: unknown, line: number): void => {
    if (!Array.isArray(pair)) {
      logs.skip(line, 'an entry that is no pair of time and line', pair)
      return
    }
    const [time, text, more] = pair as readonly unknown[]
    row(integerOf(time), text, labelsOf(stream), isObject(more) ? metadataOf(more) : {}, pair, line)
  }

  const row = (
    time: bigint | undefined,
    text: unknown,
    labels: Labels,
    metadata: JsonObject,
    raw: unknown,
    line: number,
  ): void => {
    const attributes = filling()
    const named = (names: readonly string[]) =>
      names.map((name) => textOf(metadata[name])).find((value) => value !== '')
    const content = contentOf(typeof text === 'string' ? text.replace(/\n$/, '') : '', attributes, logs.near)
    const used = new Set([...TRACE, ...SPAN])
    for (const [key, value] of labels.others) fill(attributes, key, value)
    for (const [key, value] of Object.entries(metadata))
      if (!used.has(key) && !LEVEL.includes(key)) fill(attributes, key, value)
    const level = named(LEVEL) ?? labels.level
    const said = severityOfWord(level)
    logs.take(
      {
        ...content,
        severity: said === 0 ? content.severity : said,
        severityText: said === 0 ? content.severityText : level,
        service: labels.service || content.service,
        time,
        attributes,
        resource: Object.keys(labels.resource).length === 0 ? undefined : labels.resource,
        traceId: named(TRACE) ?? content.traceId,
        spanId: named(SPAN) ?? content.spanId,
      },
      raw,
      line,
    )
  }

  const stream = (raw: unknown, line: number): void => {
    if (!isObject(raw)) logs.skip(line, 'a stream that is no object', raw)
    else for (const pair of listOf(raw.values)) entry(pair, raw.stream, line)
  }

  const take = (value: unknown, line: number, name: string, around: readonly OpenContainer[]): void => {
    if (name === 'value') entry(value, around[around.length - 2]?.fields.stream, line)
    else if (name === 'stream') stream(value, line)
    else if (Array.isArray(value)) for (const item of value) take(item, line, name, around)
    else if (!isObject(value)) logs.skip(line, 'not a Loki answer', value)
    else if (typeof value.line === 'string')
      row(
        fieldTime(value.timestamp, undefined, 'UTC'),
        value.line,
        labelsOf(value.labels ?? value.fields),
        {},
        value,
        line,
      )
    else {
      const inner = isObject(value.data) ? value.data : value
      for (const item of listOf(inner.result ?? inner.streams)) stream(item, line)
    }
  }
  return jsonRecordReader(options, layout, SHAPE, take)
}

function readLabels(stream: JsonObject): Labels {
  const service = SERVICE.find((name) => textOf(stream[name]) !== '')
  const level = LEVEL.find((name) => textOf(stream[name]) !== '')
  const resource: Record<string, string> = {}
  const others: Array<readonly [string, unknown]> = []
  for (const [key, value] of Object.entries(stream)) {
    const name = key === 'hostname' || key === 'instance' ? 'host.name' : kubernetesKey(key)
    if (name !== undefined && key !== 'host') resource[name] = String(value)
    if (key === 'host') resource['host.name'] = String(value)
    else if (name === undefined && key !== service && key !== level) others.push([key, value])
  }
  const text = service === undefined ? '' : textOf(stream[service])
  // job is "namespace/workload" under Promtail
  return {
    service: service === 'job' ? text.slice(text.lastIndexOf('/') + 1) : text,
    level: level === undefined ? '' : textOf(stream[level]),
    resource,
    others,
  }
}

/** Structured metadata stands bare, or beside what was parsed where the query asked to tell them apart. */
function metadataOf(more: JsonObject): JsonObject {
  const { structuredMetadata, parsed } = more
  return isObject(structuredMetadata) || isObject(parsed)
    ? { ...(isObject(structuredMetadata) ? structuredMetadata : {}), ...(isObject(parsed) ? parsed : {}) }
    : more
}

export const lokiJson: WireFormat<'loki-json'> = {
  name: 'loki-json',
  sniff(head) {
    const found = head.json?.value
    const value: unknown = Array.isArray(found) ? found[0] : found
    const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
    if (isObject(value)) {
      const inner = isObject(value.data) ? value.data : value
      const isStream = isObject(listOf(inner.streams)[0]) && isObject((listOf(inner.streams)[0] as JsonObject).stream)
      const isLine = isObject(value.labels ?? value.fields) && typeof value.line === 'string' && 'timestamp' in value
      return inner.resultType === 'streams' || isStream || isLine
        ? { confidence: 0.995, layout, timeUnit: 'ns' }
        : undefined
    }
    return head.json === undefined &&
      /^\s*\{/.test(head.text) &&
      /"resultType"\s*:\s*"streams"/.test(head.text.slice(0, 20_000))
      ? { confidence: 0.95, layout: 'document', timeUnit: 'ns' }
      : undefined
  },
  open: (options) => lokiReader(options, options.layout),
}
