// Found traces inside another view: the same table without picture and query; Enter or a click opens the trace.

import { useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { EmptyState, ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { openTarget, type Param, type PanelProps } from '../../workbench/index.ts'
import { type SearchInput, useTracePages } from './search/pages.ts'
import { type FoundTrace, foundAt, rowOf } from './search/rows.ts'
import { ownFilterOf } from './search/search-state.ts'
import styles from './search/search.module.css'
import { TraceTable } from './search/TraceTable.tsx'

export default function ListPanel({ range, filter, sources, compact = false }: PanelProps['traces.list']) {
  const t = useT()
  const [orderBy, setOrderBy] = useState<'start' | 'duration'>(
    filter?.['orderBy'] === 'duration' ? 'duration' : 'start',
  )
  const [cursor, setCursor] = useState<FoundTrace>()
  const key = JSON.stringify([range, filter, sources])
  // the host may hand over new objects of the same content at every paint
  const input = useMemo<SearchInput>(() => {
    const [inRange, own, from] = JSON.parse(key) as [
      { from: string; to: string },
      Record<string, Param> | null,
      string[] | null,
    ]
    return { range: inRange, ...(from ? { sources: from } : {}), ...ownFilterOf(own ?? {}), orderBy }
  }, [key, orderBy])
  const pages = useTracePages(input)
  const { frame } = pages
  if (pages.error) return <ErrorState error={pages.error} onRetry={pages.refetch} />
  if (!frame) return <Skeleton lines={8} />
  return (
    <div className={styles['list']}>
      <TraceTable
        frame={frame}
        input={input}
        selected={cursor ? rowOf(frame, cursor) : -1}
        onSelect={(row) => setCursor(foundAt(frame, row))}
        onOpen={(row) => {
          const { traceId, source } = foundAt(frame, row)
          openTarget({ view: 'traces', path: [traceId], params: { ...(sources ? { sources } : {}), source } })
        }}
        onOrder={setOrderBy}
        onEnd={pages.next}
        stale={pages.stale}
        compact={compact}
        empty={<EmptyState title={t('traces.nothingFound')}>{t('traces.noTracesHint')}</EmptyState>}
      />
      <PartialNote completeness={pages.completeness} />
    </div>
  )
}
