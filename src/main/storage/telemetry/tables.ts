// The chunk columns of every table, in the order of schema.ts; ChunkWriter checks that they fit.

import { bigColumn, boolColumn, DoublesColumn, doubleColumn, NameColumn, intColumn, SpanIdColumn, TextColumn, TraceIdColumn, tinyColumn, WordColumn } from './columns.ts'

const word = () => new WordColumn()
const text = () => new TextColumn()
const span = () => new SpanIdColumn()
const name = () => new NameColumn()

export const TABLE_COLUMNS = {
  spans: () => ({
    source: intColumn(), traceId: new TraceIdColumn(), spanId: span(), parentId: span(), service: word(), operation: word(), kind: tinyColumn(),
    start: bigColumn(), duration: bigColumn(), status: tinyColumn(), statusMessage: text(), attrs: name(), resource: name(), scope: name(),
    events: text(), links: text(), extra: text(),
  }),
  logs: () => ({
    source: intColumn(), id: bigColumn(), time: bigColumn(), observed: bigColumn(), severity: tinyColumn(), severityText: text(), service: word(),
    body: text(), attrs: name(), resource: name(), scope: name(), traceId: new TraceIdColumn(), spanId: span(), extra: text(),
  }),
  series: () => ({
    source: intColumn(), series: name(), name: word(), promName: word(), labels: text(), type: word(), unit: word(), help: word(), service: word(),
    temporality: word(), monotonic: boolColumn(), attrs: name(), resource: name(), scope: name(), otlp: text(),
  }),
  samples: () => ({
    source: intColumn(), series: name(), time: bigColumn(), start: bigColumn(), value: doubleColumn(), isInt: boolColumn(), flags: intColumn(),
  }),
  histograms: () => ({
    source: intColumn(), series: name(), time: bigColumn(), start: bigColumn(), count: doubleColumn(), sum: doubleColumn(), min: doubleColumn(), max: doubleColumn(),
    bounds: new DoublesColumn(), counts: new DoublesColumn(), scale: intColumn(), zeroCount: doubleColumn(), zeroThreshold: doubleColumn(),
    positiveOffset: intColumn(), positive: new DoublesColumn(), negativeOffset: intColumn(), negative: new DoublesColumn(), quantiles: text(), flags: intColumn(),
  }),
  exemplars: () => ({
    source: intColumn(), series: name(), point: bigColumn(), time: bigColumn(), value: doubleColumn(), isInt: boolColumn(), traceId: new TraceIdColumn(),
    spanId: span(), attrs: name(),
  }),
  objects: () => ({
    source: intColumn(), time: bigColumn(), kind: word(), namespace: word(), name: word(), uid: word(), resourceVersion: text(), service: word(),
    deleted: boolColumn(), body: text(),
  }),
  happenings: () => ({
    source: intColumn(), time: bigColumn(), end: bigColumn(), kind: word(), severity: word(), reason: word(), message: text(), objectKind: word(),
    namespace: word(), name: word(), service: word(), count: intColumn(), uid: text(), attrs: name(),
  }),
  offsets: () => ({
    source: intColumn(), time: bigColumn(), topic: word(), partition: intColumn(), group: word(), committed: bigColumn(), logEnd: bigColumn(),
  }),
  attributes: () => ({ source: intColumn(), hash: name(), json: text(), types: text(), extra: text() }),
  staged: () => ({ batch: word(), source: intColumn(), time: bigColumn(), id: text(), event: word(), distinctId: word(), properties: text() }),
} as const

export type WrittenTable = keyof typeof TABLE_COLUMNS
export type ColumnsOf<T extends WrittenTable> = ReturnType<(typeof TABLE_COLUMNS)[T]>
