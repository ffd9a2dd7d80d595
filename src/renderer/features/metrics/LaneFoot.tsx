// What stands under a lane's picture: how many series, their values as a table, the threshold.

import { say, useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { CommitField, Icon, PartialNote, Select } from '../../ui/index.ts'
import { currentRange, useValueMenu } from '../../workbench/index.ts'
import { commonService, type Drawn } from './LaneChart.tsx'
import { type Lane, lengthWords, TOPS } from './lanes.ts'
import styles from './metrics.module.css'
import { labelText, selectorOf } from './selector.ts'
import { SeriesTable } from './SeriesTable.tsx'

export interface LaneFootProps {
  readonly lane: Lane
  readonly index: number
  /** the whole query: letters of other lanes written out */
  readonly query: string
  readonly sources: string[] | undefined
  readonly drawn: Drawn
  readonly onChange: (index: number, change: Partial<Lane>) => void
}

/** The question of a lane over the range in force. */
export const laneInput = (query: string, lane: Lane, sources: string[] | undefined) => ({
  query,
  range: currentRange().input,
  width: 1000,
  maxSeries: lane.top,
  ...(sources ? { sources } : {}),
})

export function LaneFoot({ lane, index, query, sources, drawn, onChange }: LaneFootProps) {
  const t = useT()
  const values = useValueMenu()
  return (
    <>
      <div className={styles['laneFoot']}>
        {lane.heatmap ? (
          <span>{t('metrics.heatmap')}</span>
        ) : (
          <button
            type="button"
            className={styles['footButton']}
            aria-expanded={lane.table}
            onClick={() => onChange(index, { table: !lane.table })}
          >
            <Icon name={lane.table ? 'chevronDown' : 'chevronRight'} size={12} />
            {t('metrics.shown', { shown: Math.min(drawn.labels.length, drawn.total), total: drawn.total })}
          </button>
        )}
        {!lane.heatmap && drawn.total > TOPS[0] && (
          <Select
            label={t('metrics.top')}
            value={String(lane.top)}
            options={[...new Set([...TOPS, lane.top])]
              .sort((a, b) => a - b)
              .map((n) => ({ value: String(n), label: t('metrics.topN', { n }) }))}
            onChange={(value) => onChange(index, { top: Number(value) })}
          />
        )}
        {lane.compare !== '' && <span>{t('metrics.compare.with', lengthWords(lane.compare))}</span>}
        {drawn.exemplars && drawn.exemplars.found > 0 && (
          <>
            <span>
              {t('metrics.exemplarsShown', {
                shown: drawn.exemplars.shown,
                count: drawn.exemplars.found,
                found: formatCount(drawn.exemplars.found),
              })}
            </span>
            <PartialNote completeness={drawn.exemplars.completeness} />
          </>
        )}
        {drawn.warnings.map((warning) => (
          <span key={warning}>{say(warning)}</span>
        ))}
        <span className={styles['spacer']} />
        {!lane.heatmap && <Threshold value={lane.threshold} onChange={(threshold) => onChange(index, { threshold })} />}
      </div>
      {lane.table && !lane.heatmap && (
        <SeriesTable
          series={drawn.series}
          unit={drawn.unit}
          onMenu={(i, at) => {
            const metric = drawn.labels[i] ?? {}
            const service = commonService([metric], '')
            values.open({
              at,
              value: drawn.series[i]?.label ?? '',
              field: service === undefined ? undefined : 'service',
              ...(service === undefined ? {} : { value: service }),
              row: JSON.stringify(metric, null, 2),
              title: query,
              question: { method: 'metrics.lane', input: laneInput(query, lane, sources) },
              more: [
                {
                  id: 'only',
                  icon: 'metrics',
                  label: t('metrics.onlyThis'),
                  disabled: Object.keys(metric).length === 0,
                  run: () => onChange(index, { query: onlySeries(query, metric) }),
                },
              ],
            })
          }}
        />
      )}
      {values.menu}
    </>
  )
}

/** The query narrowed to one series: its labels as a filter over the whole expression. */
export function onlySeries(query: string, metric: Readonly<Record<string, string>>): string {
  const { __name__: _, ...labels } = metric
  const names = Object.keys(labels)
  if (names.length === 0) return query
  const plain = /^([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?$/.exec(query.trim())
  if (plain) return selectorOf(plain[1] ?? '', labels)
  // any other expression keeps its meaning: the series whose labels are these, and no other
  const one = names.reduce(
    (inner, name) => `label_replace(${inner}, ${JSON.stringify(name)}, ${JSON.stringify(labels[name])}, "", "")`,
    'vector(1)',
  )
  return `(${query}) and on (${names.map(labelText).join(', ')}) ${one}`
}

function Threshold({ value, onChange }: { value: number | undefined; onChange: (value: number | undefined) => void }) {
  const t = useT()
  return (
    <CommitField
      label={t('metrics.threshold')}
      placeholder={t('metrics.threshold')}
      className={styles['threshold'] ?? ''}
      mono
      value={value === undefined ? '' : String(value)}
      wrong={(text) => (Number.isFinite(Number(text)) ? undefined : t('metrics.threshold.wrong'))}
      onCommit={(text) => onChange(text === '' ? undefined : Number(text))}
    />
  )
}
