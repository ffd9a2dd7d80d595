// What an incident file kept of a source. Of everything else it knows nothing, and says so instead of "there was none".

import { assertDefined } from '../base/assert.ts'
import { asEpochNs, type TimeRange, tryParseRfc3339 } from '../base/time.ts'

export const HELD_KINDS = ['traces', 'logs', 'metrics', 'objects', 'user-events'] as const
export type HeldKind = (typeof HELD_KINDS)[number]

export interface Held {
  /** times as RFC 3339, half-open */
  readonly from: string
  readonly to: string
  readonly kinds: readonly HeldKind[]
  /** rows of these services only; empty: of all */
  readonly services: readonly string[]
  /** of metrics only the series that these selectors choose; absent: all */
  readonly selectors?: readonly string[] | undefined
}

export const MOST_SELECTORS = 1000
export const MOST_SELECTOR_CHARACTERS = 2000

/** As many selectors as are looked at for every question; the rest counts as not recorded. */
export const boundedSelectors = (selectors: readonly string[]): readonly string[] =>
  selectors.filter(({ length }) => length <= MOST_SELECTOR_CHARACTERS).slice(0, MOST_SELECTORS)

interface Times {
  readonly from: string
  readonly to: string
}

/** What two ranges of RFC 3339 times have in common; undefined where that is nothing. */
export function commonPart(a: Times, b: Times): Times | undefined {
  const at = (text: string) => assertDefined(tryParseRfc3339(text), 'times are checked at the edge')
  const from = at(a.from) > at(b.from) ? a.from : b.from
  const to = at(a.to) < at(b.to) ? a.to : b.to
  return at(from) > at(to) ? undefined : { from, to }
}

/** A file saved from a file keeps no more than both. */
export function heldOfBoth(a: Held, b: Held | undefined): Held {
  if (b === undefined) return a
  const { from, to } = commonPart(a, b) ?? { from: a.from, to: a.from }
  const services =
    a.services.length === 0
      ? b.services
      : b.services.length === 0
        ? a.services
        : a.services.filter((service) => b.services.includes(service))
  // no service in common: nothing of what is kept by service
  const none = services.length === 0 && a.services.length > 0 && b.services.length > 0
  const kinds = a.kinds.filter((kind) => b.kinds.includes(kind) && (!none || kind === 'user-events'))
  const selectors =
    a.selectors && b.selectors
      ? a.selectors.filter((each) => b.selectors?.includes(each))
      : (a.selectors ?? b.selectors)
  return { from, to, kinds, services, ...(selectors && { selectors }) }
}

interface Bounds {
  /** undefined: since ever */
  readonly from: bigint | undefined
  readonly to: bigint
}

const later = <T extends bigint>(a: T, b: T): T => (a > b ? a : b)
const earlier = <T extends bigint>(a: T, b: T): T => (a < b ? a : b)

const between = (from: bigint, to: bigint): TimeRange[] =>
  from < to ? [{ from: asEpochNs(from), to: asEpochNs(to) }] : []

/** The part of `asked` within the bounds. */
export const overlap = (asked: TimeRange, { from, to }: Bounds): TimeRange | undefined =>
  between(from === undefined ? asked.from : later(asked.from, from), earlier(asked.to, to))[0]

/** The parts of `asked` outside of the bounds. */
export const outside = (asked: TimeRange, { from, to }: Bounds): TimeRange[] => [
  ...(from === undefined ? [] : between(asked.from, earlier(asked.to, from))),
  ...between(later(asked.from, to), asked.to),
]

/** Ranges that touch or overlap, as one. */
export function merged(ranges: readonly TimeRange[]): TimeRange[] {
  const out: TimeRange[] = []
  for (const range of ranges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = out.at(-1)
    if (last === undefined || range.from > last.to) out.push(range)
    else if (range.to > last.to) out[out.length - 1] = { from: last.from, to: range.to }
  }
  return out
}
