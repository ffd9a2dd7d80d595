// Splunk JSON to log rows: exported results (`output_mode=json`, one a line or in `results`), and HTTP Event Collector events.
// https://help.splunk.com/en/splunk-enterprise/rest-api-reference (search endpoints), HEC event format

import type { WireFormat } from '../format.ts'
import { jsonRecordReader } from '../json/records.ts'
import { isObject, type JsonObject, listOf, textOf } from '../json/value.ts'
import type { ReadOptions, WireReader } from '../reader.ts'
import { contentOf, contentOfRecord, type Filling, fill, filling, LogTaker } from './take-log.ts'
import { severityOf } from './level.ts'
import { fieldTime, numberToNs } from './time.ts'

const SHAPE = { take: 'document', keys: { results: { items: { take: 'result' } } }, items: { take: 'document' } }
const USED = new Set(['_raw', '_time', 'time', 'host', 'event', 'fields'])
const INTERNAL = /^_(?:bkt|cd|si|serial|indextime|subsecond|sourcetype|eventtype_color|kv)$/

export function splunkReader(options: ReadOptions, layout: string, zone = 'UTC'): WireReader {
  const logs = new LogTaker(options)

  const result = (raw: unknown, line: number): void => {
    if (!isObject(raw)) {
      logs.skip(line, 'a result that is no object', raw)
      return
    }
    const attributes = filling()
    const isHec = raw.event !== undefined && raw._raw === undefined
    const content = isHec ? contentOfEvent(raw.event, attributes) : contentOf(textOf(raw._raw), attributes, logs.near)
    for (const [key, value] of Object.entries(raw))
      if (!USED.has(key) && !INTERNAL.test(key) && attributes.values[key] === undefined) fill(attributes, key, value)
    for (const [key, value] of Object.entries(isObject(raw.fields) ? raw.fields : {})) fill(attributes, key, value)
    const host = textOf(raw.host)
    const level = raw.log_level ?? raw.level ?? raw.severity
    const said = severityOf(level, 'level')
    logs.take(
      {
        ...content,
        severity: content.severity === 0 ? said : content.severity,
        severityText: content.severityText ?? (said > 0 && typeof level === 'string' ? level : undefined),
        service: textOf(raw.service) || textOf(raw['service.name']) || content.service,
        time: isHec ? hecTime(raw.time, options.fileTime) : fieldTime(raw._time, undefined, zone),
        attributes,
        resource: host === '' ? undefined : { 'host.name': host },
        traceId: raw.trace_id ?? raw.traceId ?? content.traceId,
        spanId: raw.span_id ?? raw.spanId ?? content.spanId,
      },
      raw,
      line,
    )
  }

  const contentOfEvent = (event: unknown, into: Filling) =>
    isObject(event) ? contentOfRecord(event, into) : contentOf(textOf(event), into, logs.near)

  const take = (value: unknown, line: number, name: string): void => {
    if (name === 'result') result(value, line)
    else if (Array.isArray(value)) for (const item of value as readonly unknown[]) take(item, line, name)
    else if (isObject(value) && Array.isArray(value.results))
      for (const item of listOf(value.results)) result(item, line)
    else if (isObject(value) && isObject(value.result)) {
      if (value.preview === true) options.into.note('a preview result of a search that was still running is left out')
      else result(value.result, line)
    } else if (isObject(value) && isEvent(value)) result(value, line)
    else if (isObject(value) && 'lastrow' in value) options.into.note('a line without a result ends the export')
    else logs.skip(line, 'not a result of Splunk', value)
  }
  return jsonRecordReader(options, layout, SHAPE, (value, line, name) => take(value, line, name))
}

/** Seconds with decimals, as number or text; left out: when it arrived. */
const hecTime = (value: unknown, fallback: bigint): bigint | undefined =>
  value === undefined ? fallback : numberToNs(value, 's')

const isEvent = (value: JsonObject): boolean =>
  ('_raw' in value && '_time' in value) ||
  (value.event !== undefined && ('sourcetype' in value || 'source' in value || 'index' in value || 'host' in value))

export const splunkJson: WireFormat<'splunk-json'> = {
  name: 'splunk-json',
  mapped: ['timeZone'],
  sniff(head) {
    const value = head.json?.value
    const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
    const first: unknown = Array.isArray(value) ? (value as readonly unknown[])[0] : value
    if (isObject(first)) {
      const record: unknown = listOf(first.results)[0] ?? first.result ?? first
      if (!isObject(record)) return undefined
      const wraps = 'preview' in first || 'init_offset' in first
      const isHec =
        record.event !== undefined &&
        'time' in record &&
        ('sourcetype' in record || 'index' in record || 'source' in record)
      return ('_raw' in record && '_time' in record) || (wraps && '_time' in record) || isHec
        ? { confidence: 0.97, layout, timeUnit: isHec ? 's' : 'rfc3339' }
        : undefined
    }
    const text = head.text.slice(0, 20_000)
    return /^\s*\{"preview"\s*:/.test(text) && /"results"\s*:\s*\[/.test(text)
      ? { confidence: 0.93, layout: 'document', timeUnit: 'rfc3339' }
      : undefined
  },
  open: (options) => splunkReader(options, options.layout, options.mapping.timeZone),
}
