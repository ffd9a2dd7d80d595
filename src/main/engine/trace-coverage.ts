// Which stretches of time of one question about traces are held, and since when. Times are the backend's own.

/** Spans come late: what was younger than this when it was asked for is asked for again. */
export const SETTLE_NS = 120_000_000_000n
/** Several views ask at once: an answer this young is taken as it is. */
const FRESH_NS = 10_000_000_000n

/** Half-open, epoch nanoseconds. */
export interface Stretch {
  readonly from: bigint
  readonly to: bigint
}

export interface Covered extends Stretch {
  readonly part: number
  /** what the backend has of it besides, and did not tell or could not be read: reasons */
  readonly lacks: readonly string[]
}

interface Held extends Covered {
  /** when it was asked for */
  readonly at: bigint
}

export class Coverage {
  #held: Held[] = []

  /** A stretch that was read whole. What was known of it before is replaced. */
  add({ from, to, part, lacks }: Covered, at: bigint): void {
    if (from >= to) return
    this.#held = [...this.#held.flatMap((held) => cutOut(held, { from, to })), { from, to, part, lacks, at }]
  }

  /** What of the range is held and need not be asked for again. */
  usable(range: Stretch, now: bigint): Covered[] {
    const out: Covered[] = []
    for (const { from, to, at, part, lacks } of this.#held) {
      const settled = now - at <= FRESH_NS || to <= at - SETTLE_NS ? to : at - SETTLE_NS
      const clipped = { from: larger(from, range.from), to: smaller(settled, range.to), part, lacks }
      if (clipped.from < clipped.to) out.push(clipped)
    }
    return out
  }

  /** What is held of the range, however old: for when the backend does not answer. */
  known(range: Stretch): Covered[] {
    return this.#held
      .map(({ from, to, part, lacks }) => ({ from: larger(from, range.from), to: smaller(to, range.to), part, lacks }))
      .filter(({ from, to }) => from < to)
  }

  get parts(): number[] {
    return [...new Set(this.#held.map(({ part }) => part))]
  }
}

function cutOut(held: Held, stretch: Stretch): Held[] {
  if (held.to <= stretch.from || held.from >= stretch.to) return [held]
  const left = { ...held, to: stretch.from }
  const right = { ...held, from: stretch.to }
  return [left, right].filter(({ from, to }) => from < to)
}

/** What of the range none of the stretches covers, newest first. */
export function gapsOf(range: Stretch, covered: readonly Stretch[]): Stretch[] {
  const gaps: Stretch[] = []
  let from = range.from
  for (const stretch of covered.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    if (stretch.from > from) gaps.push({ from, to: smaller(stretch.from, range.to) })
    from = larger(from, stretch.to)
    if (from >= range.to) break
  }
  if (from < range.to) gaps.push({ from, to: range.to })
  return gaps.filter((gap) => gap.from < gap.to).reverse()
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
