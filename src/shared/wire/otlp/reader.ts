// OTLP-JSON in: one document (of any size) or one request a line as the collector's file exporter writes it.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, /docs/specs/otel/protocol/file-exporter/

import { Lines } from '../json/lines.ts'
import { KEEP, type OpenContainer, type Shape, type StreamHandler } from '../json/shape.ts'
import { JsonStream } from '../json/stream.ts'
import { depthOf, isObject, type JsonObject, listOf, parseJson } from '../json/value.ts'
import { NOTHING_LATE, type ReadOptions, type SeenSpans, type WireReader } from '../reader.ts'
import { SpanIds } from '../span-ids.ts'
import { Shared, serviceOf } from './common.ts'
import { readLogs } from './logs.ts'
import { OtlpMetrics } from './metrics.ts'
import { type TextGroup, TextSpans, spanOf } from './text-spans.ts'
import { readSpans } from './traces.ts'

export interface Signal {
  readonly resources: string
  readonly scopes: string
  readonly records: string
  /** names before OTLP 0.15 */
  readonly oldScopes: string
}
export const SIGNALS: readonly Signal[] = [
  { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans', oldScopes: 'instrumentationLibrarySpans' },
  { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords', oldScopes: 'instrumentationLibraryLogs' },
  {
    resources: 'resourceMetrics',
    scopes: 'scopeMetrics',
    records: 'metrics',
    oldScopes: 'instrumentationLibraryMetrics',
  },
]

const kept: Shape = { take: KEEP }

function shapeOf(signal: Signal): Shape {
  const records = { items: { take: signal.records } }
  const scopes = {
    items: {
      take: signal.scopes,
      keys: { scope: kept, instrumentationLibrary: kept, schemaUrl: kept, [signal.records]: records },
    },
  }
  return {
    items: {
      take: signal.resources,
      keys: { resource: kept, schemaUrl: kept, [signal.scopes]: scopes, [signal.oldScopes]: scopes },
    },
  }
}

const INSIDE: Readonly<Record<string, Shape>> = Object.fromEntries(SIGNALS.map((s) => [s.resources, shapeOf(s)]))
/** Jaeger's and Tempo's APIs wrap the same data in `result` or `batches`; an array of requests is taken too. */
const DOCUMENT: Shape = {
  take: 'document',
  keys: { ...INSIDE, result: { keys: INSIDE }, batches: shapeOf(SIGNALS[0] as Signal) },
  items: { take: 'document', keys: INSIDE },
}

/** Requests, resource and scope groups, lists of records (as OTLP-JSON parses) to rows; the protobuf reader uses it too. */
export class OtlpRecords {
  readonly options: ReadOptions
  readonly #shared: Shared
  readonly #seen: SeenSpans
  readonly #metrics: OtlpMetrics

  constructor(options: ReadOptions) {
    this.options = options
    this.#seen = options.seen ?? new SpanIds()
    this.#shared = new Shared(options.into)
    this.#metrics = new OtlpMetrics(options)
  }

  request(value: unknown, line: number): void {
    if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) this.request(item, line)
      return
    }
    if (!isObject(value)) {
      this.options.into.skip(line, 'not an OTLP request', value)
      return
    }
    const inner = isObject(value.result) ? value.result : value
    let known = false
    for (const signal of SIGNALS) {
      const list = inner[signal.resources] ?? (signal.records === 'spans' ? inner.batches : undefined)
      if (list === undefined) continue
      known = true
      for (const item of listOf(list)) this.resource(signal, item, line)
    }
    if (!known && Object.keys(value).length > 0) this.options.into.skip(line, 'not an OTLP request', value)
  }

  resource(signal: Signal, value: unknown, line: number): void {
    if (!isObject(value)) {
      this.options.into.skip(line, `an entry of ${signal.resources} that is no object`, value)
      return
    }
    for (const item of listOf(value[signal.scopes] ?? value[signal.oldScopes])) this.scope(signal, item, value, line)
  }

  scope(signal: Signal, value: unknown, resource: JsonObject, line: number): void {
    if (!isObject(value)) {
      this.options.into.skip(line, `an entry of ${signal.scopes} that is no object`, value)
      return
    }
    this.records(signal, listOf(value[signal.records]), resource, value, () => line)
  }

  records(
    signal: Signal,
    list: readonly unknown[],
    resource: JsonObject,
    scope: JsonObject,
    lineOf: (i: number) => number,
  ): void {
    const r = this.#shared.resource(resource.resource, resource.schemaUrl)
    const s = this.#shared.scope(scope.scope ?? scope.instrumentationLibrary, scope.schemaUrl)
    if (signal.records === 'spans') readSpans(list, r, s, lineOf, this.#seen, this.options)
    else if (signal.records === 'logRecords') readLogs(list, r, s, lineOf, this.options)
    else this.#metrics.read(list, r, s, lineOf)
  }

  /** Spans that were read from their text. @param lineOf of an item of the text */
  taken(groups: readonly TextGroup[], lineOf: (item: number) => number): void {
    const { into } = this.options
    for (const group of groups) {
      const resource = this.#shared.resource(group.resource.resource, group.resource.schemaUrl)
      const scope = this.#shared.scope(group.scope.scope, group.scope.schemaUrl)
      const service = serviceOf(resource, this.options.service ?? '')
      group.rows.forEach((row, i) => {
        if (!this.#seen.add(row.traceId, row.spanId, row.kind)) {
          into.skip(lineOf(group.items[i] as number), 'duplicate span id within its trace', spanOf(group, i))
          return
        }
        row.service = service
        row.resource = resource
        if (scope !== undefined) row.scope = scope
        into.spans.push(row)
      })
    }
  }

  end(): void {
    if (this.#seen.full) this.options.into.note('duplicate spans were looked for among the first ten million only')
  }
}

/** One JSON document, or several in a row. */
export function otlpDocumentReader(options: ReadOptions): WireReader {
  const records = new OtlpRecords(options)
  let linesOf: readonly number[] = []
  const quick = new TextSpans(options, (groups) => records.taken(groups, (item) => linesOf[item] as number))
  const handler: StreamHandler = {
    text(name, text, around, lines) {
      linesOf = lines
      if (name === 'document') return quick.request(text)
      if (name === 'resourceSpans') return quick.resources(text)
      return name === 'spans' && quick.spans(text, fieldsAt(around, 4), fieldsAt(around, 2))
    },
    values(name, values, around, lines) {
      if (name === 'document') {
        values.forEach((value, i) => {
          records.request(value, lines[i] as number)
        })
        return
      }
      for (const signal of SIGNALS) {
        if (name === signal.resources)
          values.forEach((value, i) => {
            records.resource(signal, value, lines[i] as number)
          })
        else if (name === signal.scopes)
          values.forEach((value, i) => {
            records.scope(signal, value, fieldsAt(around, 2), lines[i] as number)
          })
        else if (name === signal.records)
          records.records(signal, values, fieldsAt(around, 4), fieldsAt(around, 2), (i) => lines[i] as number)
      }
    },
    bad: (line, reason, example) => options.into.skip(line, reason, example),
  }
  const stream = new JsonStream(DOCUMENT, handler, { known: options.known, maxValueBytes: options.openAt })
  return {
    push: (bytes) => stream.push(bytes),
    end: () => {
      stream.end()
      records.end()
    },
    late: stream.late,
  }
}

/** Fields of the container so many levels from the innermost: [.. resource object, array, scope object, array] */
function fieldsAt(around: readonly OpenContainer[], fromEnd: number): JsonObject {
  return around[around.length - fromEnd]?.fields ?? {}
}

const MAX_DEPTH = 256

/** One request a line; a line that is no JSON is skipped and counted. */
export function otlpLinesReader(options: ReadOptions): WireReader {
  const records = new OtlpRecords(options)
  let lineNumber = 0
  const quick = new TextSpans(options, (groups) => records.taken(groups, () => lineNumber))
  const lines = new Lines({
    line(text, number) {
      lineNumber = number
      if (text.trim() === '' || quick.request(text)) return
      let value: unknown
      try {
        if (text.length > 65_536 && depthOf(text, MAX_DEPTH) > MAX_DEPTH) {
          options.into.skip(number, `nested deeper than ${MAX_DEPTH} levels`, text)
          return
        }
        value = parseJson(text)
      } catch {
        options.into.skip(number, 'not valid JSON', text)
        return
      }
      records.request(value, number)
    },
    tooLong: (start, number) => options.into.skip(number, 'line longer than 64 MB', start),
  })
  return {
    push: (bytes) => lines.push(bytes),
    end: () => {
      lines.end()
      records.end()
    },
    late: NOTHING_LATE,
  }
}
