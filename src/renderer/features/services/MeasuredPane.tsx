// Rate, errors and latency as the trace backends measured them from every span, also from those that they did not keep.

import { useMemo } from 'react'
import { formatRfc3339 } from '../../../shared/base/time.ts'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { cell, columnNamed, type Frame } from '../../../shared/frame/frame.ts'
import { LineLane, type Series } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { numberOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { categoryColour } from '../../theme/palette.ts'
import { useTheme } from '../../theme/theme.ts'
import { EmptyState, ErrorState, PartialNote, Skeleton } from '../../ui/index.ts'
import { setRange, TableInAddress, useRange, useSourceName } from '../../workbench/index.ts'
import styles from './services.module.css'

const LANES = [
  { column: 'ratePerSecond', title: 'services.rate', unit: '1/s' },
  { column: 'errorRatio', title: 'services.errors', unit: '1' },
  { column: 'p95Ns', title: 'services.p95', unit: 'ns' },
] as const
const HEIGHT = 150

/** One line per service and source; where there was nothing to measure there is no point. */
function seriesOf(frame: Frame, column: string, nameOf: ((source: string) => string) | undefined): Series[] {
  const time = columnNamed(frame, 'time')
  const value = columnNamed(frame, column)
  const lines = new Map<string, { service: string; times: bigint[]; values: number[] }>()
  for (let row = 0; row < frame.rowCount; row++) {
    if (cell(value, row) === null) continue
    const service = textOf(frame, 'service', row)
    const label = nameOf ? `${service} (${nameOf(textOf(frame, 'source', row))})` : service
    const line = lines.get(label) ?? { service, times: [], values: [] }
    lines.set(label, line)
    line.times.push(cell(time, row) as bigint)
    line.values.push(numberOf(frame, column, row))
  }
  return [...lines].map(([label, line]) => ({
    id: label,
    label,
    points: { times: BigInt64Array.from(line.times), values: Float64Array.from(line.values) },
    colour: categoryColour(line.service),
  }))
}

export default function MeasuredPane({ input }: { input: MethodInput<'services.measured'> }) {
  const t = useT()
  const theme = useTheme()
  const range = useRange()
  const nameOf = useSourceName()
  const { data, error, stale, refetch } = useMethod('services.measured', input)
  const lanes = useMemo(
    () => ({
      theme,
      drawn: data
        ? LANES.map((lane) => ({
            ...lane,
            series: seriesOf(data.table, lane.column, (data.summary?.measuring.length ?? 0) > 1 ? nameOf : undefined),
          }))
        : [],
    }),
    [data, theme, nameOf],
  )
  if (error && !data) return <ErrorState error={error} onRetry={refetch} what={t('services.measuredFailed')} />
  if (!data) return <Skeleton lines={12} />
  if (data.table.rowCount === 0)
    return <EmptyState title={t('services.noMeasured')}>{t('services.noMeasuredHint')}</EmptyState>
  return (
    <div className={cx(styles['pane'], styles['measured'])}>
      <p className={styles['dim']}>
        {t('services.measuredBy', { sources: (data.summary?.measuring ?? []).map(nameOf).join(', ') })}{' '}
        <PartialNote completeness={data.completeness} />
      </p>
      {lanes.drawn.map((lane) => (
        <section key={lane.column} aria-label={t(lane.title)}>
          <h3>{t(lane.title)}</h3>
          <TableInAddress name={lane.column}>
            <LineLane
              label={t(lane.title)}
              series={lane.series}
              range={range}
              unit={lane.unit}
              height={HEIGHT}
              group="services.measured"
              stale={stale}
              onBrush={(part) => setRange({ from: formatRfc3339(part.from), to: formatRfc3339(part.to) })}
            />
          </TableInAddress>
        </section>
      ))}
    </div>
  )
}
