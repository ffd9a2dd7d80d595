// Which part of what is missing is asked for next, and how much of it at once: the newest first, as much as brings a page of rows.

import { holesIn, joined, type LastingGap, type Stretch, type Track } from '../../shared/domain/recording.ts'
import { SETTLE_NS } from '../engine/trace-coverage.ts'

export const MS_NS = 1_000_000n
const MINUTE_NS = 60_000_000_000n
/** Samples reach a server a little after their time. */
const SETTLE_SAMPLES_NS = 10_000_000_000n
const FIRST_PIECE_NS = 5n * MINUTE_NS
const LONGEST_PIECE_NS = 60n * MINUTE_NS
/** Rows that one question brings, about. */
const PIECE_ROWS = 20_000
export const settleOf = ({ part }: Track): bigint =>
  part === 'traces' ? SETTLE_NS : part === 'metrics' ? SETTLE_SAMPLES_NS : 0n

/** What is younger may still come; at the end it is taken as it is. */
export const readableTo = (track: Track, end: bigint, final: boolean): bigint => {
  const to = final ? end : end - settleOf(track)
  return to - (to % MS_NS)
}

export function newestHole(
  tracks: readonly Track[],
  covered: (track: Track) => readonly Stretch[],
  to: (track: Track) => bigint,
): { track: Track; hole: Stretch } | undefined {
  let newest: { track: Track; hole: Stretch } | undefined
  for (const track of tracks) {
    const from = BigInt(track.from) - (BigInt(track.from) % MS_NS)
    const hole = holesIn({ from, to: to(track) }, covered(track)).at(-1)
    if (hole && hole.to - hole.from >= MS_NS && (!newest || hole.to > newest.hole.to)) newest = { track, hole }
  }
  return newest
}

/** The newest part of a hole that one question may ask for. */
export function pieceOf(track: Track, { from, to }: Stretch, room: number): Stretch {
  const rows = Math.max(1, Math.min(PIECE_ROWS, room))
  const wide = track.perMinute === 0 ? FIRST_PIECE_NS : (MINUTE_NS * BigInt(rows)) / BigInt(track.perMinute)
  const length = larger(MINUTE_NS, smaller(wide, LONGEST_PIECE_NS))
  const start = to - (length - (length % MS_NS))
  return { from: larger(start, from), to }
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** One line for each reason and stretch, whichever of the tracks it is. */
export function lastingOf(tracks: readonly Track[]): LastingGap[] {
  const all = tracks.filter(({ part }) => part !== 'alerts').flatMap(({ lasting }) => lasting)
  return [...Map.groupBy(all, ({ reason }) => reason)].flatMap(([reason, gaps]) =>
    joined(gaps.map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) }))).map(({ from, to }) => ({
      from: `${from}`,
      to: `${to}`,
      reason,
    })),
  )
}
