// Reads every trace of a stretch of time from a backend that has no paging and a soft cap on each answer: newest first, in
// windows that are halved when the cap is met and widened while answers are small (protocols: Jaeger 8).

import { WatchdeckError } from '../../shared/base/errors.ts'
import { asEpochNs } from '../../shared/base/time.ts'
import type { Asking, TraceFilter, TraceQuestion, TraceSource, TraceSummary } from '../../shared/domain/live-source.ts'
import type { SpanRow } from '../../shared/domain/telemetry.ts'
import type { Stretch } from './trace-coverage.ts'

/** Below this a window is not halved any more: backends search by the microsecond at best. */
const NARROWEST_NS = 1_000_000n
/** An answer that is too large or too slow is asked for in halves this often, then given up. */
const MAX_HALVINGS = 12

export interface Slice extends Stretch {
  readonly spans: readonly SpanRow[]
  readonly summaries: readonly TraceSummary[]
  readonly traces: number
  /** why that is not all: spans that could not be read, so many traces within the narrowest window that they were not all told */
  readonly lacks: readonly string[]
}

/** The windows of the stretch with their traces, newest first; whoever has enough stops listening. @throws WatchdeckError */
export async function* readWindow(
  source: Pick<TraceSource, 'search' | 'limits'>,
  stretch: Stretch,
  filter: TraceFilter & Pick<TraceQuestion, 'listOnly'>,
  asking: Asking,
): AsyncGenerator<Slice> {
  const { page } = source.limits
  let { to } = stretch
  let width = stretch.to - stretch.from
  let halvings = 0
  while (to > stretch.from) {
    const from = larger(to - width, stretch.from)
    const question = { ...filter, range: { from: asEpochNs(from), to: asEpochNs(to) }, limit: page }
    let answer: Awaited<ReturnType<TraceSource['search']>>
    try {
      answer = await source.search(question, asking)
    } catch (error) {
      const tooMuch = error instanceof WatchdeckError && ['limit_exceeded', 'timeout'].includes(error.code)
      if (!tooMuch || halvings >= MAX_HALVINGS || to - from <= NARROWEST_NS) throw error
      halvings++
      width = (to - from) / 4n
      continue
    }
    const { summaries = [] } = answer
    const traces = countTraces(answer.spans) + summaries.length
    const cut = answer.full && to - from <= NARROWEST_NS
    if (answer.full && !cut) {
      width = larger(NARROWEST_NS, (to - from) / 2n)
      continue
    }
    const lacks = [...answer.warnings, ...(cut ? ['more traces in this moment than the source tells'] : [])]
    yield { from, to, spans: answer.spans, summaries, traces, lacks }
    width = to - from
    // aims at half a page; a quiet stretch is crossed in few steps
    if (traces * 4 < page) width *= traces * 16 < page ? 8n : 2n
    to = from
  }
}

function countTraces(spans: readonly SpanRow[]): number {
  const seen = new Set<string>()
  for (const { traceId } of spans) seen.add(traceId)
  return seen.size
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
