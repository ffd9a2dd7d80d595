// Names of services and operations, and values of tags, that live sources list beside those seen in their newest traces.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { traces as contract } from '../../shared/contract/traces.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking, TraceSource } from '../../shared/domain/live-source.ts'
import { frameFromRows } from '../../shared/frame/frame.ts'
import { frameToJsonTable } from '../../shared/frame/table.ts'
import type { EngineContext } from '../engine/api.ts'

const { output } = contract.values

/** Names that are listed only have no count of spans. */
export async function withLiveNames(
  live: EngineContext['liveTraces'],
  input: {
    key: string
    service?: string | undefined
    text?: string | undefined
    sources?: string[] | undefined
    limit: number
  },
  answer: TableAnswer,
  asking: Asking,
): Promise<TableAnswer> {
  const gaps: Completeness[] = []
  const names = new Set<string>()
  for (const { id, traces } of live.among(input.sources)) {
    try {
      for (const name of await listed(traces, input, asking)) names.add(name)
    } catch (error) {
      if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
      gaps.push({ complete: false, missing: [{ source: id, from: '', to: '', reason: error.message }] })
    }
  }
  if (names.size === 0 && gaps.length === 0) return answer
  const rows = frameToJsonTable(answer.table).rows
  for (const { value } of rows) names.delete(String(value))
  const text = (input.text ?? '').toLowerCase()
  const more = [...names].filter((name) => name.toLowerCase().includes(text)).sort()
  const all = [...rows, ...more.map((value) => ({ value, spans: null }))]
  const completeness = uniteCompleteness([answer.completeness, ...gaps])
  return {
    table: frameFromRows(
      output.columns,
      all
        .slice(0, input.limit)
        .map(({ value, spans }) => ({ value: String(value), spans: spans === null ? null : Number(spans) })),
    ),
    completeness:
      all.length > input.limit
        ? { ...completeness, truncated: { returned: input.limit, total: all.length } }
        : completeness,
  }
}

async function listed(
  traces: TraceSource,
  { key, service }: { key: string; service?: string | undefined },
  asking: Asking,
): Promise<readonly string[]> {
  if (key === 'service') return (await traces.services(asking)).services
  if (key === 'operation') return service === undefined ? [] : (await traces.operations(service, asking)).operations
  return traces.tagValues ? (await traces.tagValues(key, asking)).values : []
}
