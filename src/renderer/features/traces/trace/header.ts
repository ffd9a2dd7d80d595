// What traces.header answers, and the trace's start as an exact instant.

import { tryParseRfc3339 } from '../../../../shared/base/time.ts'
import type { MethodOutput } from '../../../../shared/contract/index.ts'

export type Header = MethodOutput<'traces.header'>

/** epoch ns; 0n when the engine gave no time */
export const startOf = (header: Header): bigint => tryParseRfc3339(header.start) ?? 0n

/** The trace in the times that the header tells, for further questions about it. */
export const questionOf = (header: Header, sources: string[] | undefined) => ({
  traceId: header.traceId,
  ...(sources ? { sources } : {}),
  ...timesOf(header),
})
export const timesOf = ({ times }: Pick<Header, 'times'>) => (times === 'adjusted' ? { times } : {})

/** The trace's own range, for questions about its spans; half-open, hence a nanosecond longer. */
export const rangeOf = (header: Header, around = 0n): { from: string; to: string } => {
  const start = startOf(header)
  return {
    from: String(start - around),
    to: String(start + BigInt(header.durationNs) + around + 1n),
  }
}
