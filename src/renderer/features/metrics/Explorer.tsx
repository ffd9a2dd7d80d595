// Metrics by name, help, type and unit. A click adds a lane that suits the type: counters as rates, histograms as p95.

import { useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { EmptyState, ErrorState, PartialNote, Skeleton, TextField, VirtualList } from '../../ui/index.ts'
import { type Lane, newLane } from './lanes.ts'
import styles from './metrics.module.css'
import type { Catalogue, KnownMetric } from './use-catalogue.ts'

/** The first question to ask of a metric. */
export function laneFor(metric: Pick<KnownMetric, 'name' | 'type'>): Lane {
  const { name, type } = metric
  if (type === 'histogram') return newLane(`histogram_quantile(0.95, sum by (le) (rate(${name}_bucket[2m])))`)
  if (type === 'exponential-histogram') return newLane(`histogram_quantile(0.95, sum(rate(${name}[2m])))`)
  if (type === 'summary') return newLane(name)
  return type === 'sum' || type === 'counter' ? newLane(`rate(${name}[2m])`) : newLane(name)
}

/** All words, each anywhere in name, help, type or unit. */
export function matchingMetrics(metrics: readonly KnownMetric[], text: string): readonly KnownMetric[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return metrics
  return metrics.filter((m) => {
    const all = `${m.name} ${m.help} ${m.type} ${m.unit}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

export function Explorer({ catalogue, onAdd }: { catalogue: Catalogue; onAdd: (lane: Lane) => void }) {
  const t = useT()
  const [text, setText] = useState('')
  const [selected, setSelected] = useState(-1)
  const { state, metrics } = catalogue
  const found = useMemo(() => matchingMetrics(metrics, text), [metrics, text])
  const add = (index: number): void => {
    const metric = found[index]
    if (metric) onAdd(laneFor(metric))
  }
  return (
    <section className={styles['explorer']} aria-label={t('metrics.explorer')}>
      <div className={styles['explorerSearch']}>
        <TextField
          label={t('metrics.search')}
          placeholder={t('metrics.search')}
          icon="search"
          value={text}
          onChange={(next) => {
            setText(next)
            setSelected(-1)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) add(Math.max(0, selected))
          }}
        />
      </div>
      {state.error && !state.data ? (
        <ErrorState error={state.error} onRetry={state.refetch} />
      ) : !state.data ? (
        <Skeleton lines={16} />
      ) : found.length === 0 ? (
        <EmptyState title={text === '' ? t('metrics.none') : t('metrics.noneNamed', { text })}>
          {text === '' ? t('metrics.none.text') : undefined}
        </EmptyState>
      ) : (
        <VirtualList
          label={t('metrics.explorer')}
          count={found.length}
          estimate={40}
          selected={selected}
          onSelect={setSelected}
          onOpen={add}
          onPress={add}
          row={(index) => {
            const metric = found[index]
            if (!metric) return null
            return (
              <div className={styles['metric']} title={`${metric.name}\n${metric.help}`}>
                <span className={styles['metricName']}>{metric.name}</span>
                <span className={styles['metricType']}>
                  {t('metrics.seriesCount', { type: metric.type, count: metric.series, n: formatCount(metric.series) })}
                </span>
                <span className={styles['metricHelp']}>{metric.help || metric.unit}</span>
              </div>
            )
          }}
        />
      )}
      {state.data && <PartialNote completeness={state.data.completeness} />}
    </section>
  )
}
