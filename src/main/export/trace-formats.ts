// Stored spans as Zipkin v2 or Jaeger-UI JSON, trace by trace.

import { col } from '../../shared/contract/define.ts'
import type { Resource, Scope as OtlpScope, SpanRow } from '../../shared/domain/telemetry.ts'
import { rowAt } from '../../shared/frame/frame.ts'
import { writeJaegerTrace } from '../../shared/wire/jaeger-write.ts'
import { writeZipkinSpan } from '../../shared/wire/zipkin-write.ts'
import { decodeResource, decodeScope } from '../storage/telemetry/codec.ts'
import { SPAN_RECORD, type SpanRecord, spanRowOf } from './otlp.ts'
import type { OtlpQuestion } from './tables.ts'
import type { Sink } from './write-file.ts'

export type TraceFormat = 'zipkin-json' | 'jaeger-json'

interface Row extends SpanRecord {
  readonly source: bigint | number
  readonly service: string
  readonly r_json: string | null
  readonly r_types: string | null
  readonly r_extra: string | null
  readonly s_json: string | null
  readonly s_types: string | null
  readonly s_extra: string | null
}

const DICTIONARY = ['json', 'types', 'extra'] as const
const MAX_KEPT = 10_000

export async function writeTraces(question: OtlpQuestion, format: TraceFormat, sink: Sink): Promise<void> {
  const { store, scope, range, signal, onRows } = question
  const columns = [
    ['t.source', col('source', 'int')],
    ['t.service', col('service', 'string')],
    ...SPAN_RECORD,
    ['a.json', col('attrs_json', 'string')],
    ['a.types', col('attrs_types', 'string')],
    ...DICTIONARY.map((name) => [`r.${name}`, col(`r_${name}`, 'string')] as const),
    ...DICTIONARY.map((name) => [`s.${name}`, col(`s_${name}`, 'string')] as const),
  ] as const
  const dictionary = (alias: string, column: string): string =>
    `LEFT JOIN ${scope.relation('attributes')} ${alias} ON ${alias}.source = t.source AND ${alias}.hash = t.${column}`
  const sql = `SELECT ${columns.map(([expression, spec]) => `${expression} AS ${spec.name}`).join(', ')}
    FROM ${scope.relation('spans', range)} t ${dictionary('a', 'attrs')} ${dictionary('r', 'resource')} ${dictionary('s', 'scope')}
    ORDER BY t.source, t.trace_id, t.start_ns, t.span_id`
  const resources = new Map<string, Resource>()
  const scopes = new Map<string, OtlpScope>()
  let trace: SpanRow[] = []
  let traceKey = ''
  let comma = ''
  const flush = async (): Promise<void> => {
    if (trace.length === 0) return
    const items = format === 'jaeger-json' ? [writeJaegerTrace(trace)] : trace.map(writeZipkinSpan)
    trace = []
    await sink(comma + items.map((item) => JSON.stringify(item)).join(',\n'))
    comma = ',\n'
  }
  await sink(format === 'jaeger-json' ? '{"data":[' : '[')
  await store.frames(
    sql,
    [],
    columns.map(([, spec]) => spec),
    async (frame) => {
      for (let at = 0; at < frame.rowCount; at++) {
        const row = rowAt(frame, at) as Row
        const key = `${row.source}/${row.trace}`
        if (key !== traceKey) await flush()
        traceKey = key
        trace.push({
          ...spanRowOf(row, scope.clockOffset(Number(row.source))),
          service: row.service,
          resource: kept(resources, [row.r_json ?? '{}', row.r_types, row.r_extra], decodeResource),
          ...(row.s_json === null && row.s_extra === null
            ? {}
            : { scope: kept(scopes, [row.s_json ?? '{}', row.s_types, row.s_extra], decodeScope) }),
        })
      }
      onRows(frame.rowCount)
    },
    { signal },
  )
  await flush()
  await sink(format === 'jaeger-json' ? ']}\n' : ']\n')
}

type Stored = readonly [json: string, types: string | null, extra: string | null]

/** One object for equal resources: the writers look each up by identity. */
function kept<T>(known: Map<string, T>, stored: Stored, decode: (...stored: Stored) => T): T {
  const key = JSON.stringify(stored)
  let found = known.get(key)
  if (found === undefined) {
    found = decode(...stored)
    if (known.size >= MAX_KEPT) known.clear()
    known.set(key, found)
  }
  return found
}
