// Which of the things that changed may have brought about the others. A caller that waits for a failing callee moves as
// far as the callee does, often further: ranked by size alone, what people saw first stands above what was behind it.
//
// So a service's moves rank below those of a callee that moved too, no later and at least half as far (the scale is
// logarithmic: as many deviations to the power of one half); a consumer's below those of a producer that moved before
// it. A new version or a changed object of a service that then moved, and that nothing else explains, ranks above its
// moves. Producer and consumer do not wait for each other, hence the stricter order in time. A service that got worse on
// one machine and not on others ranks below what that machine's own measures did, by the rule for callees; not where it had
// a new version or a changed object by then: a bad version that one machine got first loads that machine.

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
  const changed = Map.groupBy(
    rows.filter((row) => isFact(row) && row.service !== ''),
    (row) => row.service,
  )
  const limits = new Map<string, Limits>()
  const limitsOf = (service: string, path: readonly string[]): Limits => {
    const known = limits.get(service)
    if (known !== undefined) return known
    const own = moved.get(service)
    let byCallees = NONE
    for (const callee of calls.callees.get(service) ?? []) {
      const other = moved.get(callee)
      if (!own || !other || path.includes(callee)) continue
      if (other.score < own.score * SHARE || other.at > own.at + slack) continue
      byCallees = weaker(byCallees, Math.min(other.score, limitsOf(callee, [...path, service]).all) - BELOW)
    }
    let all = byCallees
    for (const host of calls.hosts.get(service) ?? []) {
      // load and the like are averages over minutes: they show later than the requests that they delay
      if (!own || host.score < own.score * SHARE || host.at > own.at + 2n * slack) continue
      if (changed.get(service)?.some(({ at }) => leadsTo(at, own, slack) && at <= host.at + slack)) continue
      all = weaker(all, host.score - BELOW)
    }
    const found = { byCallees, all }
    // inside a cycle the answer depends on where one began: it is kept only for the first
    if (path.length === 0) limits.set(service, found)
    return found
  }
  const strengthOf = (service: string): number => Math.min(moved.get(service)?.score ?? 0, limitsOf(service, []).all)

  const behindQueue = (row: T): number => {
    let limit = NONE
    for (const producer of calls.producers.get(row.service) ?? []) {
      const other = moved.get(producer)
      if (!other || producer === row.service || row.at === null || other.at >= row.at) continue
      limit = weaker(limit, strengthOf(producer) - BELOW)
    }
    return limit
  }

  return rows.map((row) => {
    if (row.service === '') return row
    if (isFact(row)) {
      const own = shown.get(row.service)
      if (!own || !leadsTo(row.at, own, slack)) return row
      // no machine brings about a new version
      const limit = limitsOf(row.service, []).byCallees
      return { ...row, score: Math.max(row.score, limit < own.score ? limit : own.score + BEHIND) }
    }
    // what a service that did not move itself shows (the lag of its group) may still be the work of who feeds it
    const limit = Math.min(limitsOf(row.service, []).all, moved.has(row.service) ? NONE : behindQueue(row))
    return row.score > limit ? { ...row, score: limit } : row
  })
}

/** The most that a service can have been behind, by who it waits for and by everything. */
interface Limits {
  readonly byCallees: number
  readonly all: number
}
const NONE = Number.POSITIVE_INFINITY
/** Of several explanations the strongest counts. */
const weaker = (limit: number, other: number): number => (limit === NONE ? other : Math.max(limit, other))

const isFact = ({ kind }: Weighed): boolean => kind === 'version' || kind === 'object'
/** Whether a version or an object may be what made a service move. */
const leadsTo = (at: bigint | null, own: Moved, slack: bigint): at is bigint =>
  at !== null && at <= own.at + slack && own.at - at <= SHOWS_WITHIN
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
