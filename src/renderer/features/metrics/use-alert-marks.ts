// Alerts by the ALERTS series as spans on lanes; one question for all lanes of a view, as their inputs are the same.

import { useMemo } from 'react'
import type { Mark } from '../../charts/index.ts'
import { cellOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { useParam } from '../../workbench/index.ts'

/** More spans than that on one lane would be a colour, not marks. */
const MOST = 60
const NONE: readonly Mark[] = []

/** Whether they are shown: kept in the address, so that a link shows the same. */
export const useMarksShown = () => useParam<boolean>('marks', true)

export function useAlertMarks(
  range: { from: string; to: string },
  sources: string[] | undefined,
  end: bigint,
): readonly Mark[] {
  const [shown] = useMarksShown()
  const answer = useMethod('alerts.marks', shown ? { range, limit: MOST, ...(sources ? { sources } : {}) } : null, {
    keepPrevious: false,
  })
  const table = answer.data?.table
  return useMemo(() => {
    if (!shown || !table || table.rowCount === 0) return NONE
    return united(
      Array.from({ length: table.rowCount }, (_, row): Stretch => {
        const to = cellOf(table, 'to', row)
        return {
          at: cellOf(table, 'from', row) as bigint,
          until: typeof to === 'bigint' ? to : end,
          label: textOf(table, 'name', row),
          tone: textOf(table, 'severity', row) === 'critical' ? 'critical' : 'warning',
        }
      }),
    )
  }, [shown, table, end])
}

type Stretch = Mark & { readonly until: bigint }

/** Alerts of one name that overlap are one stretch: twenty targets that are down would hide the line under their colour. */
export function united(marks: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = []
  const last = new Map<string, number>()
  for (const mark of [...marks].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const key = `${mark.tone} ${mark.label}`
    const at = last.get(key)
    const before = at === undefined ? undefined : out[at]
    if (at === undefined || !before || mark.at > before.until) {
      last.set(key, out.length)
      out.push(mark)
    } else if (mark.until > before.until) out[at] = { ...before, until: mark.until }
  }
  return out
}
