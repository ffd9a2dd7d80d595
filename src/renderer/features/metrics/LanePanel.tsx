// One swim-lane inside another view; lanes of one group share the crosshair.

import { useMemo } from 'react'
import { asEpochNs, fromMillis, tryParseInstant, type TimeRange } from '../../../shared/base/time.ts'
import { openTarget, type PanelProps, setRange } from '../../workbench/index.ts'
import { LaneChart } from './LaneChart.tsx'
import { newLane } from './lanes.ts'
import styles from './metrics.module.css'
import { unitOfQuery } from '../../../shared/promql/index.ts'
import { useCatalogue } from './use-catalogue.ts'

export default function LanePanel({
  query,
  range,
  sources,
  title,
  group,
  height = 96,
  onOpen,
}: PanelProps['metrics.lane']) {
  const catalogue = useCatalogue(sources)
  const lane = useMemo(() => newLane(query, { top: 8 }), [query])
  const extent = useMemo((): TimeRange => {
    const now = fromMillis(Date.now())
    return { from: tryParseInstant(range.from, now) ?? asEpochNs(0n), to: tryParseInstant(range.to, now) ?? now }
  }, [range.from, range.to])
  return (
    <div className={styles['panel']}>
      <LaneChart
        lane={lane}
        range={extent}
        input={{ from: range.from, to: range.to }}
        sources={sources}
        unit={unitOfQuery(query, catalogue.unitOf)}
        group={group ?? 'metrics.panel'}
        height={height}
        title={title}
        onBrush={setRange}
        onOpen={onOpen ?? (() => openTarget({ view: 'metrics', params: { query, range } }))}
      />
    </div>
  )
}
