// What a question wants of live traces.

import type { TimeRange } from '../../shared/base/time.ts'
import type { TraceFilter } from '../../shared/domain/live-source.ts'

export interface TraceWish {
  readonly sources: readonly string[] | undefined
  /** the range of the question, and others that it compares with */
  readonly ranges: readonly [TimeRange, ...TimeRange[]]
  readonly filter?: TraceFilter | undefined
  /** the newest so many traces will do; default: all, up to the limit of the source */
  readonly enough?: number | undefined
  /** only traces are asked for, none of their spans */
  readonly listOnly?: boolean | undefined
}

export interface WantedTrace {
  readonly traceId: string
  readonly sources: readonly string[] | undefined
  /** when it may have been, in corrected times: a hint, asked for elsewhere too when it is not there */
  readonly around?: TimeRange | undefined
}

export const keyOf = (filter: TraceFilter): string =>
  JSON.stringify([
    filter.service,
    filter.operation,
    filter.minDurationNs?.toString(),
    filter.maxDurationNs?.toString(),
    Object.entries(filter.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    filter.failed === true,
  ])
