// Which of the things that changed may have brought about the others. A caller that waits for a failing callee moves as
// far as the callee does, often further: ranked by size alone, what people saw first stands above what was behind it.
//
// So a service's moves rank below those of a callee that moved too, no later and at least half as far (the scale is
// logarithmic: as many deviations to the power of one half); a consumer's below those of a producer that moved before
// it. A new version or a changed object of a service that then moved, and that nothing else explains, ranks above its
// moves. Producer and consumer do not wait for each other, hence the stricter order in time. A service that got worse on
// one machine and not on others ranks below what that machine's own measures did, by the rule for callees.

export interface Weighed {
  readonly kind: string
  readonly subject: string
  readonly service: string
  readonly measure: string
  /** see change-score.ts */
  readonly score: number
  /** epoch ns; null = not known */
  readonly at: bigint | null
}

export interface Calls {
  /** caller -> services it waits for */
  readonly callees: ReadonlyMap<string, ReadonlySet<string>>
  /** consumer -> services that publish what it reads */
  readonly producers: ReadonlyMap<string, ReadonlySet<string>>
  /** service -> machines on which alone it got worse, with their own moves */
  readonly hosts: ReadonlyMap<string, readonly Moved[]>
}

export interface Moved {
  readonly score: number
  readonly at: bigint
}

/** a change of a service counts as twice the move that followed it */
const BEHIND = 1
/** what is explained stands this much below what explains it */
const BELOW = 0.01
const SHARE = 0.5
/** how long a new version may take to show; a memory leak takes longer and is not claimed */
const SHOWS_WITHIN = 20n * 60_000_000_000n

/**
 * The rows with the score that ranks them.
 * @param slack how exactly onsets are known, ns: the width of a bucket
 */
export function weighCauses<T extends Weighed>(rows: readonly T[], calls: Calls, slack: bigint): T[] {
  const moved = symptoms(rows, isFelt)
  const shown = symptoms(rows, (row) => isFelt(row) || isComplaint(row))
  const limits = new Map<string, number>()
  const limitOf = (service: string, path: readonly string[]): number => {
    const known = limits.get(service)
    if (known !== undefined) return known
    const own = moved.get(service)
    let limit = Number.POSITIVE_INFINITY
    for (const callee of calls.callees.get(service) ?? []) {
      const other = moved.get(callee)
      if (!own || !other || path.includes(callee)) continue
      if (other.score < own.score * SHARE || other.at > own.at + slack) continue
      const strength = Math.min(other.score, limitOf(callee, [...path, service]))
      limit = limit === Number.POSITIVE_INFINITY ? strength - BELOW : Math.max(limit, strength - BELOW)
    }
    for (const host of calls.hosts.get(service) ?? []) {
      // load and the like are averages over minutes: they show later than the requests that they delay
      if (!own || host.score < own.score * SHARE || host.at > own.at + 2n * slack) continue
      limit = limit === Number.POSITIVE_INFINITY ? host.score - BELOW : Math.max(limit, host.score - BELOW)
    }
    // inside a cycle the answer depends on where one began: it is kept only for the first
    if (path.length === 0) limits.set(service, limit)
    return limit
  }
  const strengthOf = (service: string): number => Math.min(moved.get(service)?.score ?? 0, limitOf(service, []))

  const behindQueue = (row: T): number => {
    let limit = Number.POSITIVE_INFINITY
    for (const producer of calls.producers.get(row.service) ?? []) {
      const other = moved.get(producer)
      if (!other || producer === row.service || row.at === null || other.at >= row.at) continue
      const strength = strengthOf(producer) - BELOW
      limit = limit === Number.POSITIVE_INFINITY ? strength : Math.max(limit, strength)
    }
    return limit
  }

  return rows.map((row) => {
    if (row.service === '') return row
    if (row.kind === 'version' || row.kind === 'object') {
      const own = shown.get(row.service)
      const followed =
        own !== undefined && row.at !== null && row.at <= own.at + slack && own.at - row.at <= SHOWS_WITHIN
      if (!own || !followed) return row
      const explained = limitOf(row.service, []) < own.score
      return {
        ...row,
        score: Math.max(row.score, explained ? Math.min(own.score, limitOf(row.service, [])) : own.score + BEHIND),
      }
    }
    // what a service that did not move itself shows (the lag of its group) may still be the work of who feeds it
    const limit = Math.min(
      limitOf(row.service, []),
      moved.has(row.service) ? Number.POSITIVE_INFINITY : behindQueue(row),
    )
    return row.score > limit ? { ...row, score: limit } : row
  })
}

/** What the callers of a service can feel. */
const isFelt = ({ kind, measure }: Weighed): boolean =>
  (kind === 'service' || kind === 'operation') && (measure === 'errors' || measure === 'p95')
/** What it says itself: lines of warning and worse, warning events and alerts about it. */
const isComplaint = ({ kind, subject }: Weighed): boolean =>
  kind === 'event' || (kind === 'log-level' && (subject === 'warn' || subject === 'error' || subject === 'fatal'))

/** The largest of these rows of each service, and when the first of them began. */
function symptoms(rows: readonly Weighed[], which: (row: Weighed) => boolean): Map<string, Moved> {
  const moved = new Map<string, Moved>()
  for (const row of rows) {
    const { service, score, at } = row
    if (service === '' || at === null || !which(row)) continue
    const held = moved.get(service)
    moved.set(service, {
      score: Math.max(score, held?.score ?? 0),
      at: held && held.at < at ? held.at : at,
    })
  }
  return moved
}
