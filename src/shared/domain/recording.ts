// Recording live sources into an incident: what is read of each, which stretches of time are held, and the gaps between
// them. Pure rules; the reading is main/recording. Instants are decimal strings of epoch nanoseconds where they are kept.

/** Half-open, epoch nanoseconds. */
export interface Stretch {
  readonly from: bigint
  readonly to: bigint
}

export const RECORDED_PARTS = ['metrics', 'traces', 'alerts'] as const
export type RecordedPart = (typeof RECORDED_PARTS)[number]

/** A stretch that was asked for and is not whole all the same. */
export interface LastingGap {
  readonly from: string
  readonly to: string
  readonly reason: string
}

/** One question that is asked again and again: the samples of a selector, the traces of a service. */
export interface Track {
  readonly source: string
  readonly part: RecordedPart
  /** a selector; a service, '' for all of them; '' of alerts */
  readonly query: string
  /** the first instant that is wanted */
  from: string
  /** what was asked for, ascending, no two touch */
  covered: Array<readonly [from: string, to: string]>
  lasting: LastingGap[]
  rows: number
  /** rows of a minute as last seen */
  perMinute: number
  /** why it is not asked for any more */
  problem?: string | undefined
}

/** A gap as people see it, of one source; refilled when the source had its data all the same. */
export interface RecordedGap {
  readonly source: string
  readonly from: string
  readonly to: string
  readonly reason: string
  readonly refilledAt?: string | undefined
}

/** For one source, a minute. */
export interface RecordingBudget {
  readonly requests: number
  readonly bytes: number
  /** samples and spans */
  readonly samples: number
}

export const DEFAULT_BUDGET: RecordingBudget = { requests: 60, bytes: 20_000_000, samples: 200_000 }

export interface RecordingRecord {
  readonly incident: string
  /** running: or cut off, when no engine works on it */
  state: 'running' | 'stopped' | 'interrupted'
  startedAt: string
  endedAt?: string | undefined
  budget: RecordingBudget
  tracks: Track[]
  gaps: RecordedGap[]
}

/** The source that holds what was recorded of a live one for an incident. */
export const recordedCopyId = (incident: string, source: string): string => `recording-${incident}-${source}`

export const stretchesOf = (kept: Track['covered']): Stretch[] =>
  kept.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) }))

/** Ascending, overlapping and touching ones joined. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const out: Array<{ from: bigint; to: bigint }> = []
  for (const { from, to } of stretches.toSorted((a, b) => compare(a.from, b.from))) {
    if (from >= to) continue
    const last = out.at(-1)
    if (last && from <= last.to) last.to = later(to, last.to)
    else out.push({ from, to })
  }
  return out
}

/** What of the range is in none of the stretches, ascending. */
export function holesIn(range: Stretch, covered: readonly Stretch[]): Stretch[] {
  const holes: Stretch[] = []
  let at = range.from
  for (const { from, to } of joined(covered)) {
    if (from >= range.to) break
    if (from > at) holes.push({ from: at, to: from })
    if (to > at) at = to
  }
  if (at < range.to) holes.push({ from: at, to: range.to })
  return holes
}

export function cover(track: Track, stretch: Stretch): void {
  track.covered = joined([...stretchesOf(track.covered), stretch]).map(({ from, to }) => [`${from}`, `${to}`] as const)
}

/** Neighbours with one reason become one. */
export function addLasting(track: Track, { from, to }: Stretch, reason: string): void {
  const same = track.lasting.filter((gap) => gap.reason === reason)
  const all = joined([...same.map((gap) => ({ from: BigInt(gap.from), to: BigInt(gap.to) })), { from, to }])
  track.lasting = [
    ...track.lasting.filter((gap) => gap.reason !== reason),
    ...all.map((gap) => ({ from: `${gap.from}`, to: `${gap.to}`, reason })),
  ]
}

/** Refilled gaps that are still told. */
const MOST_REFILLED = 100

/**
 * The gaps of a source after a pass: what is open now under the reason that it had, or the one of this pass; what was open
 * before and is not any more counts as refilled.
 */
export function gapsAfter(
  before: readonly RecordedGap[],
  source: string,
  open: readonly Stretch[],
  reason: string,
  now: string,
  /** gaps with this reason are forgotten when they are filled */
  silent: string,
): RecordedGap[] {
  const [own, others] = [before.filter((g) => g.source === source), before.filter((g) => g.source !== source)]
  const past = own.filter((g) => g.refilledAt === undefined)
  const touches = (gap: RecordedGap, { from, to }: Stretch) => BigInt(gap.from) < to && BigInt(gap.to) > from
  const current = open.map((stretch): RecordedGap => {
    const known = past.find((gap) => gap.reason !== silent && touches(gap, stretch))
    return { source, from: `${stretch.from}`, to: `${stretch.to}`, reason: known?.reason ?? reason }
  })
  const refilled = past
    .filter((gap) => gap.reason !== silent && !open.some((stretch) => touches(gap, stretch)))
    .map((gap) => ({ ...gap, refilledAt: now }))
  const told = [...own.filter((g) => g.refilledAt !== undefined), ...refilled].slice(-MOST_REFILLED)
  return [...others, ...told, ...current]
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
