// What a Collector's span metrics connector would count of the played spans, under the names that Jaeger asks a Prometheus for
// by itself (docs: Service Performance Monitoring): served requests by service, operation and status, and their durations.

import type { SpanRow } from '../../src/shared/domain/telemetry.ts'

export interface PlayedCount {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** epoch nanoseconds */
  readonly time: bigint
  /** since the play began */
  readonly value: number
}

const STEP_NS = 15_000_000_000n
const SERVER = 2
const FAILED = 2
/** milliseconds */
const BOUNDS = [2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]

interface Counted {
  readonly labels: Readonly<Record<string, string>>
  calls: number
  readonly buckets: number[]
}

/** Cumulative, every 15 s of the wall clock from the first request of its kind on. */
export function spanMetrics(spans: readonly SpanRow[], fromNs: bigint, toNs: bigint): PlayedCount[] {
  const ended = spans
    .filter(({ kind }) => kind === SERVER)
    .map((span) => ({ span, end: span.start + span.durationNs }))
    .sort((a, b) => (a.end < b.end ? -1 : 1))
  const all = new Map<string, Counted>()
  const counts: PlayedCount[] = []
  let next = 0
  for (let time = fromNs + STEP_NS; time < toNs; time += STEP_NS) {
    for (let each = ended[next]; each !== undefined && each.end < time; each = ended[++next]) count(all, each.span)
    for (const { labels, calls, buckets } of all.values()) {
      counts.push({ name: 'traces_span_metrics_calls', labels, time, value: calls })
      buckets.forEach((value, i) =>
        counts.push({
          name: 'traces_span_metrics_duration_bucket',
          labels: { ...labels, le: String(BOUNDS[i] ?? '+Inf') },
          time,
          value,
        }),
      )
    }
  }
  return counts
}

function count(all: Map<string, Counted>, { service, operation, status, durationNs }: SpanRow): void {
  const labels = {
    service_name: service,
    span_name: operation,
    span_kind: 'SPAN_KIND_SERVER',
    status_code: status === FAILED ? 'STATUS_CODE_ERROR' : 'STATUS_CODE_UNSET',
  }
  const key = JSON.stringify(labels)
  const counted = all.get(key) ?? { labels, calls: 0, buckets: Array.from({ length: BOUNDS.length + 1 }, () => 0) }
  all.set(key, counted)
  counted.calls++
  const ms = Number(durationNs) / 1e6
  counted.buckets.forEach((_, i) => {
    if (ms <= (BOUNDS[i] ?? Number.POSITIVE_INFINITY)) counted.buckets[i] = (counted.buckets[i] ?? 0) + 1
  })
}
