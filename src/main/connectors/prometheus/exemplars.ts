// Exemplars as Prometheus answers them. The label of the trace id is a convention: the usual names, or the one that the
// source was told (protocols: Prometheus 14).

import type { LiveExemplar } from '../../../shared/domain/live-source.ts'
import { secondsToNs } from '../../../shared/wire/prometheus-json.ts'
import { floatOf } from './answers.ts'

const TRACE = ['trace_id', 'traceID', 'traceId', 'TraceID']
const SPAN = ['span_id', 'spanID', 'spanId', 'SpanID']

export function exemplarsOf(items: readonly unknown[], traceIdLabel: string | undefined): LiveExemplar[] {
  const out: LiveExemplar[] = []
  for (const item of items) {
    if (typeof item !== 'object' || item === null || !('exemplars' in item) || !Array.isArray(item.exemplars)) continue
    const labels = textsOf('seriesLabels' in item ? item.seriesLabels : undefined)
    for (const raw of item.exemplars as readonly unknown[]) {
      if (typeof raw !== 'object' || raw === null) continue
      const attributes = textsOf('labels' in raw ? raw.labels : undefined)
      const time = secondsToNs('timestamp' in raw ? raw.timestamp : undefined)
      if (time === undefined) continue
      out.push({
        labels,
        attributes,
        time,
        value: floatOf('value' in raw ? raw.value : undefined),
        traceId: idOf(attributes, traceIdLabel === undefined || traceIdLabel === '' ? TRACE : [traceIdLabel], 32),
        spanId: idOf(attributes, SPAN, 16),
      })
    }
  }
  return out.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

/** Ids of 64 bits are padded, as everyone else does; what is no hex is none. */
function idOf(labels: Readonly<Record<string, string>>, names: readonly string[], digits: number): string {
  for (const name of names) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined
    if (value !== undefined && /^[0-9a-fA-F]+$/.test(value) && value.length <= digits)
      return value.toLowerCase().padStart(digits, '0')
  }
  return ''
}

const textsOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
    : {}
