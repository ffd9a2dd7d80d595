// Who calls whom, as a picture (a chunk of its own, loaded when first opened) or as a list of calls: the same answer.

import { Suspense, useMemo } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { useT } from '../../../i18n/index.ts'
import { useMethod } from '../../../lib/engine/index.ts'
import { part } from '../../../lib/part.ts'
import { EmptyState, ErrorState, PartialNote, PendingView, Skeleton } from '../../../ui/index.ts'
import type { Filter } from '../../../workbench/index.ts'
import { serviceFilter } from '../scope.ts'
import styles from '../services.module.css'
import { CallsTable } from './CallsTable.tsx'

const ServiceMap = part(() => import('./ServiceMap.tsx'))

export interface MapPaneProps {
  readonly as: 'map' | 'calls'
  readonly compared: MethodInput<'services.map'> | null
  readonly filters: readonly Filter[]
}

export function MapPane({ as, compared, filters }: MapPaneProps) {
  const t = useT()
  const { data, loading, stale, error, refetch } = useMethod('services.map', compared)
  const wanted = useMemo(() => serviceFilter(filters), [filters])
  if (error && !data) return <ErrorState error={error} onRetry={refetch} what={t('services.mapFailed')} />
  if (loading || !data || !compared) return <Skeleton />
  if (data.edges.length === 0) return <EmptyState title={t('services.noCalls')}>{t('services.noCallsHint')}</EmptyState>
  return (
    <div className={styles['pane']}>
      <PartialNote completeness={data.completeness} />
      {as === 'calls' ? (
        <CallsTable answer={data} input={compared} wanted={wanted} stale={stale} />
      ) : (
        <Suspense fallback={<PendingView />}>
          <ServiceMap answer={data} input={compared} wanted={wanted} stale={stale} />
        </Suspense>
      )}
    </div>
  )
}
