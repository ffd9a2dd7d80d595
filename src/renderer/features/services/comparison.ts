// Which two windows are compared: pure rules. Where data reaches back before the range, the time before it is the
// baseline; where the range is all there is, the range is cut at the onset of what changed.

import { asEpochNs, type TimeRange } from '../../../shared/base/time.ts'
import type { Param } from '../../workbench/index.ts'

const MINUTE = 60_000_000_000n
const HOUR = 60n * MINUTE
/** a rollout this long before the onset still belongs to what is compared, not to the baseline */
const LEAD = 10n * MINUTE

export type CompareMode = 'auto' | 'onset' | 'hour' | 'same'

export interface Comparison {
  /** which rule gave the windows */
  readonly rule: 'onset' | 'half' | 'hour' | 'same' | 'custom'
  /** what is measured */
  readonly after: TimeRange
  /** what it is measured against */
  readonly before: TimeRange
  /** the range goes on behind `after`, because the alerts had ended */
  readonly calmed: boolean
}

/** The mode in the address; a custom window is kept as `{ from, to }` and read elsewhere. */
export const modeOf = (param: Param | undefined): CompareMode =>
  param === 'onset' || param === 'hour' || param === 'same' ? param : 'auto'

export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const span = (from: bigint, to: bigint): TimeRange => ({ from: asEpochNs(from), to: asEpochNs(to) })

/** Whether enough was recorded before the range to compare with: a quarter of the usual baseline. */
export function hasEarlier(range: TimeRange, earliest: bigint | undefined): boolean {
  if (earliest === undefined) return false
  return range.from - earliest >= smaller(range.to - range.from, HOUR) / 4n
}

export function earlierWindow(range: TimeRange, mode: 'hour' | 'same'): Comparison {
  const length = mode === 'hour' ? HOUR : range.to - range.from
  return { rule: mode, after: range, before: span(range.from - length, range.from), calmed: false }
}

/** What can cut the range; measured in a fraction of the time that everything takes. */
export const CUTS = ['service', 'version', 'object'] as const
/** What is looked at beside them where no service moved. */
export const OTHERS = ['operation', 'log-level', 'metric', 'event'] as const

export interface Change {
  readonly kind: string
  readonly score: number
  readonly at: bigint | null
}
export interface Alert {
  readonly from: bigint
  /** null = still firing */
  readonly to: bigint | null
}

const isFact = (kind: string): boolean => kind === 'version' || kind === 'object'

const inMiddle = (range: TimeRange, changes: readonly Change[]): Change[] => {
  const length = range.to - range.from
  const [earliest, latest] = [range.from + length / 8n, range.to - length / 8n]
  return changes.filter((c) => c.at !== null && c.at >= earliest && c.at <= latest)
}

/** Whether a service's own change says where the range is cut: then nothing else need be looked at. */
export const servicesMoved = (range: TimeRange, changes: readonly Change[]): boolean =>
  inMiddle(range, changes).some((c) => c.kind === 'service')

/**
 * Cuts the range at the onset of its greatest change of a service (of anything, where no service changed), or at the
 * rollout up to ten minutes before it; ends it where the last alert ended. In the middle where no onset stands out.
 */
export function onsetWindows(range: TimeRange, changes: readonly Change[], alerts: readonly Alert[]): Comparison {
  const length = range.to - range.from
  const inside = inMiddle(range, changes)
  const moves = inside.filter((c) => !isFact(c.kind))
  const services = moves.filter((c) => c.kind === 'service')
  const top = [...(services.length > 0 ? services : moves)].sort((a, b) => b.score - a.score)[0]
  if (!top || top.at === null) {
    const middle = range.from + length / 2n
    return { rule: 'half', after: span(middle, range.to), before: span(range.from, middle), calmed: false }
  }
  const onset = top.at
  let cut = onset
  for (const c of inside)
    if (isFact(c.kind) && c.at !== null && c.at <= onset && c.at >= onset - LEAD) cut = smaller(cut, c.at)
  if (length >= 20n * MINUTE) cut -= cut % MINUTE
  let calm = cut
  for (const alert of alerts.filter((a) => a.from >= cut)) {
    const to = alert.to ?? range.to
    if (to > calm) calm = to
  }
  if (length >= 20n * MINUTE) calm += (MINUTE - (calm % MINUTE)) % MINUTE
  const calmed = calm - cut >= length / 8n && calm < range.to
  return { rule: 'onset', after: span(cut, calmed ? calm : range.to), before: span(range.from, cut), calmed }
}
