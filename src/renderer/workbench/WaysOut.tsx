// The ways out of an answer without rows, the same in every view: where in time there is data, the filters that hold, the help.

import type { ReactNode } from 'react'
import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime } from '../lib/zone.ts'
import { Button } from '../ui/Button.tsx'
import { tryParseRfc3339 } from '../../shared/base/time.ts'
import { allDataRange } from './data-range.ts'
import { HelpLink } from './HelpLink.tsx'
import { clearFilters, setRange, useFilters, useRange, useSources } from './place-store.ts'

/** `children`: ways of the view's own, first. */
export function WaysOut({ topic, children }: { topic: string; children?: ReactNode }) {
  const t = useT()
  const { data } = useMethod('sources.list', {})
  const chosen = useSources()
  const filters = useFilters()
  const range = useRange()
  const zone = usePreferences((p) => p.zone)
  const all = data && allDataRange(data.sources, chosen)
  const [from, to] = [tryParseRfc3339(all?.from ?? ''), tryParseRfc3339(all?.to ?? '')]
  const more = from !== undefined && to !== undefined && (from < range.from || to > range.to)
  return (
    <>
      {children}
      {all && more && (
        <Button icon="clock" onClick={() => setRange(all)}>
          {t('workbench.ways.range', {
            from: formatDateTime(from, zone, 'min'),
            to: formatDateTime(to, zone, 'min'),
          })}
        </Button>
      )}
      {filters.length > 0 && (
        <Button icon="filter" onClick={clearFilters}>
          {t('workbench.ways.filters', { count: filters.length })}
        </Button>
      )}
      <HelpLink topic={topic} />
    </>
  )
}
