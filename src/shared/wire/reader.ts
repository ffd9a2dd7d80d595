// What all readers of formats have in common: bytes (UTF-8) are pushed in, rows come out in the collector.

import type { Collector } from './collector.ts'

export interface WireReader {
  /** @throws WatchdeckError `corrupt` when the rest cannot be read, `limit_exceeded` when a cap is met */
  push(bytes: Uint8Array): void
  /** @throws WatchdeckError `corrupt` when the input ends in the middle of something */
  end(): void
  /**
   * Facts that came after the rows that need them, in a part too large to hold (a `resource` behind its spans). When it
   * is not empty the rows so far are incomplete: read the same bytes again with `known` set to it. Keys are byte offsets.
   */
  readonly late: LateFields
}

export type LateFields = ReadonlyMap<number, Readonly<Record<string, unknown>>>

export const NOTHING_LATE: LateFields = new Map()

export interface SeenSpans {
  /** False when this span was there already. */
  add(traceId: string, spanId: string, kind: number): boolean
  /** nothing more is remembered */
  readonly full: boolean
}

export interface ReadOptions {
  readonly into: Collector
  /** the file's own time, for rows that carry none, and to find the year of dates written without one */
  readonly fileTime: bigint
  /** rows outside are skipped and counted; undefined: any time is taken */
  readonly plausible?: { readonly from: bigint; readonly to: bigint } | undefined
  /** service of rows that name none ('' when unknown) */
  readonly service?: string | undefined
  /** what the first pass found behind its rows */
  readonly known?: LateFields | undefined
  /** tells spans that are there twice; default: remembers those of this reader */
  readonly seen?: SeenSpans | undefined
  /** JSON values past this many bytes are opened and read part by part; default 8 MB. Previews want less. */
  readonly openAt?: number | undefined
}

/** Jan 2000 to a year after the given instant: what lies outside is a clock that was never set or a wrong unit. */
export function plausibleAround(now: bigint): { from: bigint; to: bigint } {
  return { from: 946_684_800_000_000_000n, to: now + 31_622_400_000_000_000n }
}

/** The reason to skip a row with this time, or undefined. */
export function timeProblem(time: bigint, options: ReadOptions): string | undefined {
  const plausible = options.plausible
  if (plausible === undefined) {
    return time > MAX_INT64 || time < -MAX_INT64 ? 'time is beyond what 64 bits of nanoseconds hold' : undefined
  }
  if (time >= plausible.from && time <= plausible.to) return undefined
  return time < plausible.from ? 'time is before the year 2000' : 'time is more than a year in the future'
}

export const MAX_INT64 = 9_223_372_036_854_775_807n
