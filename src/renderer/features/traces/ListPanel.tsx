// Found traces inside another view: the same table without picture and query; Enter or a click opens the trace.

import { useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { textOf } from '../../lib/engine/index.ts'
import { EmptyState, ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { openTarget, type Param, type PanelProps } from '../../workbench/index.ts'
import { type SearchInput, useTracePages } from './search/pages.ts'
import { ownFilterOf } from './search/search-state.ts'
import styles from './search/search.module.css'
import { TraceTable } from './search/TraceTable.tsx'

export default function ListPanel({ range, filter, sources, compact = false }: PanelProps['traces.list']) {
  const t = useT()
  const [orderBy, setOrderBy] = useState<'start' | 'duration'>(
    filter?.['orderBy'] === 'duration' ? 'duration' : 'start',
  )
  const [cursor, setCursor] = useState<string>()
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
  let selected = -1
  if (cursor !== undefined)
    for (let row = 0; row < frame.rowCount && selected < 0; row++)
      if (textOf(frame, 'traceId', row) === cursor) selected = row
  return (
    <div className={styles['list']}>
      <TraceTable
        frame={frame}
        input={input}
        selected={selected}
        onSelect={(row) => setCursor(textOf(frame, 'traceId', row))}
        onOpen={(row) =>
          openTarget({ view: 'traces', path: [textOf(frame, 'traceId', row)], params: sources ? { sources } : {} })
        }
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
