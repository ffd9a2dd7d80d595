// 'clusters.happenings': alerts, changes and Kubernetes events of a scope for other views.

import { useMemo } from 'react'
import { useT } from '../../i18n/index.ts'
import { fromMillis, tryParseInstant } from '../../../shared/base/time.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { openTarget, type PanelProps, useRange } from '../../workbench/index.ts'
import styles from './clusters.module.css'
import { Happenings } from './Happenings.tsx'

export default function HappeningsPanel({ range, service, sources }: PanelProps['clusters.happenings']) {
  const t = useT()
  const whole = useRange()
  const { from, to } = range
  const input = useMemo(
    () => ({
      range: { from, to },
      limit: 5000,
      ...(service === undefined ? {} : { service }),
      ...(sources === undefined ? {} : { sources }),
    }),
    [from, to, service, sources],
  )
  const drawn = useMemo(() => {
    const now = fromMillis(Date.now())
    const [a, b] = [tryParseInstant(from, now), tryParseInstant(to, now)]
    return a !== undefined && b !== undefined && a < b ? { from: a, to: b } : whole
  }, [from, to, whole])
  const { data, loading, stale, error, refetch } = useMethod('clusters.happenings', input)
  if (error && !data) return <ErrorState error={error} onRetry={refetch} what={t('clusters.happeningsFailed')} />
  if (loading || !data) return <Skeleton lines={10} />
  return (
    <div className={styles['pane']}>
      <PartialNote completeness={data.completeness} />
      <Happenings
        frame={data.table}
        input={input}
        range={drawn}
        stale={stale}
        onUid={(uid) => openTarget({ view: 'clusters', params: { uid } })}
      />
    </div>
  )
}
