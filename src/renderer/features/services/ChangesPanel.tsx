// 'services.changes': the ranked list for other views, with the windows they give.

import { useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import type { PanelProps } from '../../workbench/index.ts'
import { ChangesList } from './ChangesList.tsx'
import styles from './services.module.css'

export default function ChangesPanel({ range, compareTo, service, sources, limit }: PanelProps['services.changes']) {
  const t = useT()
  const [kinds, setKinds] = useState<readonly string[]>([])
  const { from, to } = range
  const beforeFrom = compareTo?.from
  const beforeTo = compareTo?.to
  const input = useMemo(
    () => ({
      range: { from, to },
      limit: limit ?? 200,
      ...(beforeFrom === undefined || beforeTo === undefined ? {} : { compareTo: { from: beforeFrom, to: beforeTo } }),
      ...(service === undefined ? {} : { service }),
      ...(sources === undefined ? {} : { sources }),
    }),
    [from, to, beforeFrom, beforeTo, service, sources, limit],
  )
  const { data, loading, stale, error, refetch } = useMethod('services.changes', input)
  if (error && !data) return <ErrorState error={error} onRetry={refetch} what={t('services.changesFailed')} />
  if (loading || !data) return <Skeleton lines={10} />
  return (
    <div className={styles['panel']}>
      <PartialNote completeness={data.completeness} />
      <ChangesList frame={data.table} input={input} stale={stale} kinds={kinds} onKinds={setKinds} compact />
    </div>
  )
}
