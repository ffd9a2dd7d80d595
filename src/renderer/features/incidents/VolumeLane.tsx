// The volume of a log query over the window, by level, as a lane among the others.

import { useMemo } from 'react'
import { formatRfc3339, type TimeRange } from '../../../shared/base/time.ts'
import { levelBars } from './level-bars.ts'
import { Bars } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { askAbout, setRange } from '../../workbench/index.ts'

export interface VolumeLaneProps {
  readonly label: string
  readonly query: string
  readonly range: TimeRange
  readonly sources?: string[]
  readonly group: string
  readonly height: number
}

export function VolumeLane({ label, query, range, sources, group, height }: VolumeLaneProps) {
  const t = useT()
  const input = {
    range: { from: formatRfc3339(range.from), to: formatRfc3339(range.to) },
    ...(query === '' ? {} : { query }),
    ...(sources ? { sources } : {}),
    buckets: 120,
  }
  const answer = useMethod('logs.histogram', input)
  const bars = useMemo(() => answer.data && levelBars(answer.data.table), [answer.data])
  if (answer.error) return <ErrorState error={answer.error} onRetry={answer.refetch} what={t('incidents.laneFailed')} />
  if (!bars) return <Skeleton height={height} />
  return (
    <>
      <Bars
        label={label}
        times={bars.times}
        series={bars.series}
        range={range}
        height={height}
        group={group}
        onBrush={setRange}
        stale={answer.stale}
        xLabels={false}
        onAsk={(at) => askAbout({ method: 'logs.histogram', input, value: label, at })}
      />
      <PartialNote completeness={answer.data?.completeness} />
    </>
  )
}
