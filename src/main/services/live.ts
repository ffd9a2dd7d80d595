// What live trace backends say about services themselves: calls that they counted, measures from every span.

import { WatchdeckError } from '../../shared/base/errors.ts'
import type { TimeRange } from '../../shared/base/time.ts'
import { services as contract } from '../../shared/contract/services.ts'
import type { TableAnswer } from '../../shared/contract/define.ts'
import { type Completeness, uniteCompleteness } from '../../shared/domain/completeness.ts'
import type { Asking, ServiceCalls, Told } from '../../shared/domain/live-source.ts'
import { type FrameRow, frameFromRows } from '../../shared/frame/frame.ts'
import type { EngineContext } from '../engine/api.ts'

export interface CountedCalls extends ServiceCalls {
  readonly source: string
}

const gapOf = (source: string, reason: string): Completeness => ({
  complete: false,
  missing: [{ source, from: '', to: '', reason }],
})

/** A source that does not answer is a gap. */
async function told<T extends Told>(
  source: string,
  ask: () => Promise<T>,
): Promise<{ answer?: T; completeness: Completeness }> {
  try {
    const answer = await ask()
    return { answer, completeness: answer.completeness }
  } catch (error) {
    if (!(error instanceof WatchdeckError) || error.code === 'cancelled') throw error
    return { completeness: gapOf(source, error.message) }
  }
}

/** Of the live sources whose spans were not all read. */
export async function countedCalls(
  engine: EngineContext,
  sources: readonly string[] | undefined,
  range: TimeRange,
  read: Completeness,
  asking: Asking,
): Promise<{ calls: CountedCalls[]; completeness: Completeness }> {
  const partly = engine.liveTraces.among(sources).filter(({ id }) => read.missing.some((gap) => gap.source === id))
  const asked = await Promise.all(
    partly.map(async ({ id, offset, traces }) => {
      // the backend's own times: ranges are meant in corrected ones
      const own = { from: range.from - offset, to: range.to - offset } as TimeRange
      const { answer, completeness } = await told(id, () => traces.dependencies(own, asking))
      // Jaeger counts what a service does within itself too: that is no call
      const calls = (answer?.calls ?? []).filter(({ parent, child }) => parent !== child)
      return { completeness, calls: calls.map((call) => ({ ...call, source: id })) }
    }),
  )
  return {
    calls: asked.flatMap(({ calls }) => calls),
    completeness: uniteCompleteness(asked.map(({ completeness }) => completeness)),
  }
}

/** Services of one source that are asked for at once when none is named. */
const MOST_SERVICES = 20

export async function measuredServices(
  engine: EngineContext,
  question: {
    sources: readonly string[] | undefined
    services: readonly string[] | undefined
    range: TimeRange
    steps: number
  },
  asking: Asking,
): Promise<TableAnswer<{ measuring: string[]; without: string[] }>> {
  const { range, steps } = question
  const least = 15_000_000_000n
  const even = (range.to - range.from) / BigInt(steps)
  const stepNs = even < least ? least : even
  const rows: FrameRow[] = []
  const measuring: string[] = []
  const without: string[] = []
  const gaps: Completeness[] = []
  for (const { id, offset, traces } of engine.liveTraces.among(question.sources)) {
    const { measures } = traces
    if (!measures) {
      without.push(id)
      continue
    }
    const { answer, completeness } = await told(id, async () => {
      const listed = question.services ?? (await traces.services(asking)).services
      const names = question.services ?? listed.slice(0, MOST_SERVICES)
      const own = { from: range.from - offset, to: range.to - offset } as TimeRange
      const found = await measures.call(traces, { services: names, range: own, stepNs }, asking)
      return names.length < listed.length
        ? {
            ...found,
            completeness: uniteCompleteness([
              found.completeness,
              gapOf(id, `the first ${names.length} of ${listed.length} services were asked for: name others`),
            ]),
          }
        : found
    })
    if (answer && answer.measures === undefined) {
      without.push(id)
      continue
    }
    gaps.push(completeness)
    if (!answer) continue
    measuring.push(id)
    for (const m of answer.measures ?? [])
      rows.push({
        service: m.service,
        source: id,
        time: m.time + offset,
        ratePerSecond: m.ratePerSecond,
        errorRatio: m.errorRatio ?? null,
        p50Ns: m.p50Ns ?? null,
        p95Ns: m.p95Ns ?? null,
        p99Ns: m.p99Ns ?? null,
      })
  }
  return {
    table: frameFromRows(contract.measured.output.columns, rows),
    completeness: uniteCompleteness(gaps),
    summary: { measuring, without },
  }
}
