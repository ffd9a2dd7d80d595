// The series of the chosen metric by their labels: one of them is a lane of its own.

import { useT } from '../../i18n/index.ts'
import { jsonOf, textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { ErrorState, PartialNote } from '../../ui/index.ts'
import { useRange } from '../../workbench/index.ts'
import { type Lane, laneFor } from './lanes.ts'
import styles from './metrics.module.css'
import { selectorOf } from './selector.ts'
import type { KnownMetric } from './use-catalogue.ts'

const MOST = 100

/** A histogram has one series of counts for all that its buckets are parts of. */
const nameOfSeries = ({ name, type }: KnownMetric): string =>
  type === 'histogram' || type === 'summary' ? `${name}_count` : name

export function SeriesOf({
  metric,
  sources,
  onAdd,
}: {
  metric: KnownMetric
  sources: string[] | undefined
  onAdd: (lane: Lane) => void
}) {
  const t = useT()
  const range = useRange()
  const { data, error, refetch } = useMethod('metrics.series', {
    selector: selectorOf(nameOfSeries(metric)),
    range: range.text,
    limit: MOST,
    ...(sources ? { sources } : {}),
  })
  if (error) return <ErrorState error={error} onRetry={refetch} />
  if (!data || data.table.rowCount === 0) return null
  const { table } = data
  const total = data.completeness.truncated?.total ?? table.rowCount
  const series = Array.from({ length: table.rowCount }, (_, row) => labelsOf(jsonOf(table, 'labels', row)))
  const own = apart(series)
  return (
    <div className={styles['seriesOf']} role="group" aria-label={t('metrics.seriesOf', { name: metric.name })}>
      <p>
        {t('metrics.seriesFound', { count: total, n: formatCount(total) })}
        {total > table.rowCount && ` · ${t('metrics.firstSeries', { n: formatCount(table.rowCount) })}`}
      </p>
      <div tabIndex={0} role="region" aria-label={t('metrics.seriesOf', { name: metric.name })}>
        {series.map((labels, row) => {
          const whole = selectorOf(textOf(table, 'name', row), labels)
          return (
            <button
              key={`${textOf(table, 'source', row)} ${whole}`}
              type="button"
              title={whole}
              onClick={() => onAdd(laneFor(metric, labels))}
            >
              {own[row] || whole}
            </button>
          )
        })}
      </div>
      <PartialNote completeness={data.completeness} />
    </div>
  )
}

/** What tells each from the others: labels that all have alike are left out. */
function apart(series: ReadonlyArray<Readonly<Record<string, string>>>): string[] {
  const names = [...new Set(series.flatMap((labels) => Object.keys(labels)))]
  const differing = names.filter((name) => series.some((labels) => labels[name] !== series[0]?.[name]))
  return series.map((labels) =>
    differing.flatMap((name) => (labels[name] === undefined ? [] : [`${name}=${labels[name]}`])).join(' '),
  )
}

const labelsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).map(([name, text]) => [
      name,
      String(text),
    ]),
  )
