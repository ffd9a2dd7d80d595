// The comparison in force: from the address where it names one, else chosen from what was recorded.

import { useMemo } from 'react'
import { type EpochNs, formatRfc3339, fromMillis, type TimeRange, tryParseInstant } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import type { WatchdeckError } from '../../../shared/base/errors.ts'
import { cellOf, numberOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { type Param, usePlace, useRange, useScope, useSources } from '../../workbench/index.ts'
import {
  type Comparison,
  CUTS,
  earlierWindow,
  hasEarlier,
  modeOf,
  onsetWindows,
  OTHERS,
  servicesMoved,
  smaller,
} from './comparison.ts'

export interface ComparisonState {
  readonly comparison: Comparison | undefined
  readonly error: WatchdeckError | undefined
  readonly retry: () => void
}

export const inputOf = (range: TimeRange): { from: string; to: string } => ({
  from: formatRfc3339(range.from),
  to: formatRfc3339(range.to),
})

const now = (): EpochNs => fromMillis(Date.now())

/** A window of one's own, as the address keeps it; undefined when it is none. */
export function customWindow(param: Param | undefined): TimeRange | undefined {
  if (typeof param !== 'object' || param === null || !('from' in param) || !('to' in param)) return undefined
  if (typeof param.from !== 'string' || typeof param.to !== 'string') return undefined
  const from = tryParseInstant(param.from, now())
  const to = tryParseInstant(param.to, now())
  return from === undefined || to === undefined || from >= to ? undefined : { from, to }
}

export function useComparison(): ComparisonState {
  const param = usePlace().params['compare']
  const range = useRange()
  const scope = useScope()
  const chosen = useSources()
  const mode = modeOf(param)
  const custom = useMemo(() => customWindow(param), [param])
  const sources = useMethod('sources.list', {})
  const earliest = useMemo(() => {
    const starts = (sources.data?.sources ?? [])
      .filter((s) => (chosen ? chosen.includes(s.id) : s.state === 'ready'))
      .flatMap((s) => (s.from === undefined ? [] : [tryParseInstant(s.from, now())]))
      .filter((at) => at !== undefined)
    return starts.length === 0 ? undefined : starts.reduce((a, b) => (smaller(a, b) === a ? a : b))
  }, [sources.data, chosen])

  const known = sources.data !== undefined || sources.error !== undefined
  const earlier = hasEarlier(range, earliest)
  const onset = custom === undefined && (mode === 'onset' || (mode === 'auto' && known && !earlier))
  const moved = useMethod('services.changes', onset ? { ...scope, kinds: [...CUTS], alone: true, limit: 200 } : null, {
    keepPrevious: false,
  })
  const cuts = useMemo(() => moved.data && changesOf(moved.data.table), [moved.data])
  const others = onset && cuts !== undefined && !servicesMoved(range, cuts)
  const anything = useMethod(
    'services.changes',
    others ? { ...scope, kinds: [...OTHERS], alone: true, limit: 200 } : null,
    {
      keepPrevious: false,
    },
  )
  const changes = useMemo(
    () => (others ? anything.data && cuts && [...cuts, ...changesOf(anything.data.table)] : cuts),
    [others, anything.data, cuts],
  )
  const alerts = useMethod('clusters.happenings', onset ? { ...scope, kinds: ['alert'], limit: 2000 } : null, {
    keepPrevious: false,
  })

  const comparison = useMemo((): Comparison | undefined => {
    if (custom) return { rule: 'custom', after: range, before: custom, calmed: false }
    if (mode === 'hour' || mode === 'same') return earlierWindow(range, mode)
    if (!known) return undefined
    if (!onset) return earlierWindow(range, range.to - range.from > 3_600_000_000_000n ? 'hour' : 'same')
    if (!changes || (!alerts.data && !alerts.error)) return undefined
    const fired = alerts.data?.table
    return onsetWindows(
      range,
      changes,
      Array.from({ length: fired?.rowCount ?? 0 }, (_, row) => ({
        from: (fired && asInstant(cellOf(fired, 'time', row))) ?? range.from,
        to: fired ? asInstant(cellOf(fired, 'endTime', row)) : null,
      })),
    )
  }, [custom, mode, known, onset, range, changes, alerts.data, alerts.error])
  const failed = moved.error ? moved : anything
  return { comparison, error: failed.error, retry: failed.refetch }
}

const changesOf = (table: Frame): Array<{ kind: string; score: number; at: bigint | null }> =>
  Array.from({ length: table.rowCount }, (_, row) => ({
    kind: textOf(table, 'kind', row),
    score: numberOf(table, 'score', row),
    at: asInstant(cellOf(table, 'at', row)),
  }))

const asInstant = (value: unknown): bigint | null => (typeof value === 'bigint' ? value : null)
