// The formats that are told by the first JSON value of a file: OTLP, Jaeger, Prometheus, Kubernetes, and JSON logs, which
// take what no other format knows.

import { isObject, type JsonObject, parseJson } from '../../shared/wire/json/value.ts'
import type { Head, OpenOptions, Sniffed, Split, WireFormat } from '../../shared/wire/format.ts'
import { jaegerReader } from '../../shared/wire/jaeger.ts'
import { kubernetesJsonReader, kubernetesYamlReader } from '../../shared/wire/kubernetes.ts'
import {
  fieldAt,
  findField,
  jsonArrayLogReader,
  jsonLogReader,
  type LogField,
} from '../../shared/wire/logs/json-log.ts'
import type { LogMapping } from '../../shared/wire/logs/options.ts'
import { type TimeUnit, unitOfValue } from '../../shared/wire/logs/time.ts'
import { otlpDocumentReader, otlpLinesReader } from '../../shared/wire/otlp/reader.ts'
import { prometheusReader } from '../../shared/wire/prometheus-json.ts'

/** A format with a fixed meaning, told by a value, or by the text of a document too large to parse for this. */
function fixed<Name extends string>(
  name: Name,
  timeUnit: TimeUnit,
  told: { byValue(value: JsonObject): boolean; byText(text: string): boolean },
  open: (options: OpenOptions) => ReturnType<WireFormat['open']>,
  split?: Split,
): WireFormat<Name> {
  return {
    name,
    sniff(head) {
      if (!beginsAsJson(head)) return undefined
      const probe = probeOf(head)
      const layout = head.json?.lines || head.linesFollow ? 'lines' : 'document'
      if (isObject(probe)) return told.byValue(probe) ? { confidence: 0.99, layout, timeUnit } : undefined
      return told.byText(head.text.trimStart().slice(0, 20_000)) ? { confidence: 0.9, layout, timeUnit } : undefined
    },
    open,
    split: ({ layout }) => (layout === 'lines' ? split : undefined),
  }
}

const beginsAsJson = (head: Head): boolean => /^\s*[{[]/.test(head.text)

/** The first record: of an array its first item. */
export function probeOf(head: Head): unknown {
  const value = head.json?.value
  return Array.isArray(value) ? (value as unknown[])[0] : value
}

export const otlpJson = fixed(
  'otlp-json',
  'ns',
  {
    byValue(value) {
      const inner = isObject(value.result) ? value.result : value
      if (['resourceSpans', 'resourceLogs', 'resourceMetrics'].some((key) => Array.isArray(inner[key]))) return true
      return Array.isArray(value.batches) && isObject(value.batches[0]) && 'resource' in value.batches[0]
    },
    byText: (text) => /"resource(Spans|Logs|Metrics)"\s*:\s*\[/.test(text),
  },
  (options) => (options.layout === 'lines' ? otlpLinesReader(options) : otlpDocumentReader(options)),
  { beginsAt: () => true, oneRowALine: false },
)

export const prometheusJson = fixed(
  'prometheus-json',
  's',
  {
    byValue(value) {
      if (typeof value.resultType === 'string' && 'result' in value) return true
      if (isObject(value.data) && 'resultType' in value.data) return true
      return value.status === 'error' && typeof value.errorType === 'string'
    },
    byText: (text) => /"resultType"\s*:\s*"(matrix|vector|scalar)"/.test(text),
  },
  prometheusReader,
)

export const jaegerJson = fixed(
  'jaeger-json',
  'us',
  {
    byValue(value) {
      if (typeof value.traceID === 'string' && Array.isArray(value.spans)) return true
      const data = value.data
      // an answer that says what went wrong has no traces
      if (data === null) return Array.isArray(value.errors) && 'total' in value
      if (!Array.isArray(data)) return false
      const first: unknown = data[0]
      return data.length === 0 ? 'errors' in value : isObject(first) && 'traceID' in first && 'spans' in first
    },
    byText: (text) => /"traceID"\s*:/.test(text) && /"spans"\s*:\s*\[/.test(text),
  },
  jaegerReader,
)

const kubernetesJson = fixed(
  'kubernetes',
  'rfc3339',
  {
    byValue(value) {
      const api = value.apiVersion
      if (typeof api === 'string' && typeof value.kind === 'string' && !api.startsWith('audit.k8s.io')) return true
      return typeof value.type === 'string' && isObject(value.object) && 'apiVersion' in value.object
    },
    byText: (text) =>
      /"apiVersion"\s*:\s*"(?!audit)/.test(text) && (/"kind"\s*:/.test(text) || /"items"\s*:\s*\[/.test(text)),
  },
  kubernetesJsonReader,
)

export const kubernetes: WireFormat<'kubernetes'> = {
  name: 'kubernetes',
  sniff: (head) =>
    kubernetesJson.sniff(head) ??
    (beginsAsYaml(head.text) ? { confidence: 0.95, layout: 'yaml', timeUnit: 'rfc3339' } : undefined),
  open: (options) => (options.layout === 'yaml' ? kubernetesYamlReader(options) : kubernetesJsonReader(options)),
}

function beginsAsYaml(text: string): boolean {
  if (!/^(?:---[^\n]*\n|#[^\n]*\n|[^\S\n]*\n)*(?:apiVersion|kind|items|metadata):/.test(text)) return false
  return /^apiVersion:\s*\S/m.test(text) || /^\s+apiVersion:|^- apiVersion:/m.test(text)
}

export const jsonLogs: WireFormat<'ndjson'> = {
  name: 'ndjson',
  mapped: ['time', 'timeUnit', 'timeZone', 'level', 'service', 'message', 'traceId', 'spanId'],
  sniff(head) {
    const text = head.text.trimStart()
    if (text[0] !== '{' && text[0] !== '[') return afterNoise(head)
    const first = head.json
    if (first === undefined && /^\[[A-Z\d]/.test(text)) return undefined
    if (first === undefined && text[0] === '[' && !/^\[\s*[{\]]/.test(text)) return undefined
    const lines =
      first?.lines === true ||
      head.linesFollow ||
      (first === undefined && /^\{.*\n/.test(text) && /\n\{/.test(text) && !/^\{\s*\n/.test(text))
    return found(
      lines ? 'lines' : 'array',
      probeOf(head) ?? firstGoodLine(head.lines),
      head,
      first === undefined ? 0.5 : 0.9,
    )
  },
  open: (options) => (options.layout === 'array' ? jsonArrayLogReader(options) : jsonLogReader(options)),
  // other lines belong to the record before them
  split: ({ layout }) =>
    layout === 'lines' ? { beginsAt: (line) => line.startsWith('{'), oneRowALine: true } : undefined,
}

/** A file of JSON lines that begins with words of the runtime. */
function afterNoise(head: Head): Sniffed | undefined {
  const lines = head.lines.slice(0, 200)
  const json = lines.filter((line) => line.startsWith('{'))
  return json.length * 2 > lines.length ? found('lines', firstGoodLine(lines), head, 0.6) : undefined
}

function firstGoodLine(lines: readonly string[]): unknown {
  for (const line of lines.slice(0, 50)) {
    try {
      const value = parseJson(line)
      if (isObject(value)) return value
    } catch {
      // The next line may be whole.
    }
  }
  return undefined
}

const LOG_FIELDS = ['time', 'level', 'message', 'service', 'traceId', 'spanId'] as const satisfies readonly LogField[]

function found(layout: 'lines' | 'array', probe: unknown, { chosen }: Head, confidence: number): Sniffed {
  const record = isObject(probe) ? probe : {}
  const inner = isObject(record._source) ? record._source : record
  const mapping: { -readonly [K in keyof LogMapping]: LogMapping[K] } = { timeZone: chosen.timeZone ?? 'UTC' }
  for (const field of LOG_FIELDS) {
    const typed = chosen[field]
    const name = typed !== undefined && typed !== 'auto' ? typed : findField(inner, field)
    if (name !== undefined) mapping[field] = name
  }
  // the first record is longer than the head: its fields are looked for in each record
  if (!isObject(probe) && chosen.time === undefined)
    return {
      confidence,
      layout,
      timeUnit: chosen.timeUnit ?? 'pattern',
      mapping,
      problems: ['the first record is too long or broken; fields are looked for in each record'],
    }
  const timeUnit =
    chosen.timeUnit ?? (mapping.time === undefined ? 'none' : (unitOfValue(fieldAt(inner, mapping.time)) ?? 'pattern'))
  const problems =
    mapping.time === undefined && chosen.timeUnit !== 'none'
      ? ['no field looks like a time; every record gets the time of the file']
      : []
  if (mapping.message === undefined) problems.push('no field looks like a message; the whole record is shown')
  return {
    confidence: confidence * (mapping.time === undefined ? 0.6 : 1),
    layout,
    timeUnit,
    mapping,
    fields: fieldNames(inner),
    problems,
  }
}

function fieldNames(record: JsonObject, prefix = '', depth = 0): string[] {
  const out: string[] = []
  for (const [key, value] of Object.entries(record).slice(0, 500)) {
    out.push(prefix + key)
    if (isObject(value) && depth < 4) out.push(...fieldNames(value, `${prefix}${key}.`, depth + 1))
    if (out.length > 1000) break
  }
  return out
}
