// What may go, and what goes first, when a data folder is to be kept small. Rules only: nothing here reads a clock or a disk.

/** Where a removable thing comes from. `copy`: a store that was set aside. `unpacked`: parts of opened incident files. */
export const REMOVABLE_KINDS = ['import', 'demo', 'received', 'copy', 'unpacked', 'crash'] as const
export type RemovableKind = (typeof REMOVABLE_KINDS)[number]

export interface Removable {
  readonly id: string
  readonly kind: RemovableKind
  readonly bytes: number
  /** epoch nanoseconds that its age counts from */
  readonly since: bigint
  /** incidents that speak of it; such a thing stays unless a person says otherwise */
  readonly keptBy: readonly string[]
}

export interface RetentionRules {
  /** of the whole data folder; null: no limit */
  readonly maxGb: number | null
  /** by kind; null: never by age */
  readonly days: Readonly<Record<RemovableKind, number | null>>
}

export type WhyChosen = 'age' | 'size'

export interface Choice {
  readonly chosen: ReadonlyMap<string, WhyChosen>
  /** bytes that stay past the limit although everything that may go would go */
  readonly over: number
}

export const GB = 1e9
const DAY_NS = 86_400_000_000_000n

/** In this order when room is needed: what can be had again first, what was brought in by hand last; within one, the oldest. */
const FIRST_TO_GO: readonly RemovableKind[] = ['unpacked', 'crash', 'copy', 'demo', 'received', 'import']

/** @param used bytes of the data folder without what is on its way out */
export function chooseWhatGoes(things: readonly Removable[], rules: RetentionRules, used: number, now: bigint): Choice {
  const chosen = new Map<string, WhyChosen>()
  let stays = used
  const free = things.filter((thing) => thing.keptBy.length === 0)
  for (const thing of free) {
    const days = rules.days[thing.kind]
    if (days === null || now - thing.since < BigInt(days) * DAY_NS) continue
    chosen.set(thing.id, 'age')
    stays -= thing.bytes
  }
  const most = rules.maxGb === null ? undefined : rules.maxGb * GB
  if (most === undefined) return { chosen, over: 0 }
  const order = (thing: Removable) => FIRST_TO_GO.indexOf(thing.kind)
  const rest = free
    .filter((thing) => !chosen.has(thing.id) && thing.bytes > 0)
    .sort((a, b) => order(a) - order(b) || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
  for (const thing of rest) {
    if (stays <= most) break
    chosen.set(thing.id, 'size')
    stays -= thing.bytes
  }
  return { chosen, over: Math.max(0, Math.round(stays - most)) }
}

export type DiskState = 'ok' | 'low' | 'critical'

/** `low` while there is still time to act; `critical` when the next import may fail. A small disk is judged by its share. */
export function diskState(freeBytes: number, totalBytes: number): DiskState {
  if (totalBytes <= 0) return 'ok'
  if (freeBytes < Math.min(0.5 * GB, totalBytes * 0.03)) return 'critical'
  return freeBytes < Math.min(5 * GB, totalBytes * 0.1) ? 'low' : 'ok'
}
