// A group of traces as the address keeps it: a time and what narrows it.

import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseRfc3339 } from '../../../../shared/base/time.ts'
import type { Param } from '../../../workbench/index.ts'

export interface Group {
  readonly range: { from: string; to: string }
  readonly filter: SpanFilter
}

/** Integer nanoseconds, whatever instant was written. */
const instant = (value: unknown): bigint | undefined =>
  typeof value === 'number'
    ? BigInt(Math.round(value))
    : typeof value !== 'string'
      ? undefined
      : /^\d{1,20}$/.test(value)
        ? BigInt(value)
        : tryParseRfc3339(value)

/** What was kept, or nothing where the address says something else. The filter is checked by the engine. */
export function groupOf(param: Param | undefined): Group | undefined {
  if (typeof param !== 'object' || param === null || Array.isArray(param)) return undefined
  const { range, filter } = param as { range?: unknown; filter?: unknown }
  const ends = (typeof range === 'object' && range !== null ? range : {}) as { from?: unknown; to?: unknown }
  const [from, to] = [instant(ends.from), instant(ends.to)]
  if (from === undefined || to === undefined || to <= from) return undefined
  const own = typeof filter === 'object' && filter !== null && !Array.isArray(filter) ? (filter as SpanFilter) : {}
  return { range: { from: String(from), to: String(to) }, filter: own }
}

/** The same question about as much time, right before. */
export function timeBefore({ range, filter }: Group): Group {
  const [from, to] = [instant(range.from) ?? 0n, instant(range.to) ?? 0n]
  return { range: { from: String(from - (to - from)), to: String(from) }, filter }
}

/** Times as integers, so that a comparison stays what it was when the range moves on. */
export const fixed = ({ range, filter }: Group): Group => ({
  range: { from: String(instant(range.from) ?? 0n), to: String(instant(range.to) ?? 0n) },
  filter,
})
