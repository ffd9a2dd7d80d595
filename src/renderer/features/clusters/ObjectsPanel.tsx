// 'clusters.objects': objects of a scope for other views; choosing one opens its history in the clusters view.

import { useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { openTarget, type PanelProps } from '../../workbench/index.ts'
import styles from './clusters.module.css'
import { ObjectsTable } from './ObjectsTable.tsx'

export default function ObjectsPanel({ range, service, namespace, text, sources }: PanelProps['clusters.objects']) {
  const t = useT()
  const { from, to } = range
  const input = useMemo(
    () => ({
      range: { from, to },
      limit: 2000,
      ...(service === undefined ? {} : { service }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(text === undefined ? {} : { text }),
      ...(sources === undefined ? {} : { sources }),
    }),
    [from, to, service, namespace, text, sources],
  )
  const { data, loading, stale, error, refetch } = useMethod('clusters.objects', input)
  if (error && !data) return <ErrorState error={error} onRetry={refetch} what={t('clusters.objectsFailed')} />
  if (loading || !data) return <Skeleton lines={10} />
  return (
    <div className={styles['pane']}>
      <PartialNote completeness={data.completeness} />
      <ObjectsTable
        frame={data.table}
        input={input}
        kind=""
        stale={stale}
        uid={undefined}
        onUid={(uid) => openTarget({ view: 'clusters', params: { uid } })}
      />
    </div>
  )
}
