// Traces as `api/v3/trace-summaries` tells them (since 2.19): without their spans. Fixed 64-bit numbers are texts, and what is
// zero or empty is left out. Memory, Badger and Cassandra bring clocks together first; Elasticsearch does not, and tells
// microseconds.
// https://github.com/jaegertracing/jaeger, cmd/jaeger/internal/extension/jaegerquery/querysvc/summary.go

import type { TraceSummary } from '../../../shared/domain/live-source.ts'
import { integerOf, isObject } from '../../../shared/wire/json/value.ts'
import { field } from './envelope.ts'

const LAST = (1n << 63n) - 1n

/**
 * Undefined where no list can be made of the answer: it has another shape, or a trace in it has a span without a time, of which
 * the start of all of it is made.
 */
export function readSummaries(answer: unknown): TraceSummary[] | undefined {
  const told = field(answer, 'summaries') ?? []
  if (!isObject(answer) || !Array.isArray(told)) return undefined
  // one that is told twice stays so: as many as were asked for are a page that may not be all
  const summaries: TraceSummary[] = []
  for (const each of told as readonly unknown[]) {
    const summary = summaryOf(each)
    if (summary === undefined) return undefined
    summaries.push(summary)
  }
  return summaries
}

function summaryOf(value: unknown): TraceSummary | undefined {
  const traceId = textOf(value, 'traceId')?.toLowerCase().padStart(32, '0') ?? ''
  const from = integerOf(field(value, 'minStartTimeUnixNano')) ?? 0n
  const to = integerOf(field(value, 'maxEndTimeUnixNano')) ?? 0n
  const rootService = textOf(value, 'rootServiceName')
  const rootOperation = textOf(value, 'rootOperationName')
  const spans = countOf(value, 'spanCount')
  const errors = countOf(value, 'errorSpanCount')
  const services = servicesOf(field(value, 'services') ?? [])
  const isTold = /^(?!0+$)[0-9a-f]{32}$/.test(traceId) && from > 0n && to >= from && to <= LAST
  if (!isTold || rootService === undefined || rootOperation === undefined) return undefined
  if (spans === undefined || errors === undefined || services === undefined) return undefined
  return { traceId, start: from, durationNs: to - from, rootService, rootOperation, spans, errors, services }
}

function servicesOf(told: unknown): TraceSummary['services'] | undefined {
  if (!Array.isArray(told)) return undefined
  const services: Array<readonly [string, number, number]> = []
  for (const each of told as readonly unknown[]) {
    const name = textOf(each, 'name')
    const [spans, errors] = [countOf(each, 'spanCount'), countOf(each, 'errorSpanCount')]
    if (name === undefined || spans === undefined || errors === undefined) return undefined
    services.push([name, spans, errors])
  }
  return services.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

function textOf(value: unknown, name: string): string | undefined {
  const text = field(value, name) ?? ''
  return typeof text === 'string' ? text : undefined
}

function countOf(value: unknown, name: string): number | undefined {
  const count = field(value, name) ?? 0
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 && count < 2 ** 31 ? count : undefined
}
