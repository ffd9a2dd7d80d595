// Metrics by name, help, type and unit. A click adds a lane that suits the type: counters as rates, histograms as p95.

import { useEffect, useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { textOf, useMethod } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { beginBusy } from '../../lib/idle.ts'
import { Button, EmptyState, ErrorState, PartialNote, Skeleton, TextField, VirtualList } from '../../ui/index.ts'
import { type Lane, laneFor } from './lanes.ts'
import styles from './metrics.module.css'
import { SeriesOf } from './SeriesOf.tsx'
import type { Catalogue, KnownMetric } from './use-catalogue.ts'

/** All words, each anywhere in name, help, type or unit. */
export function matchingMetrics(metrics: readonly KnownMetric[], text: string): readonly KnownMetric[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return metrics
  return metrics.filter((m) => {
    const all = `${m.name} ${m.help} ${m.type} ${m.unit}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

const LABEL_WORD = /^([a-zA-Z_][\w.]*)(=~|!~|!=|=)(.+)$/

/** Words that speak of labels, as a selector, and the rest. */
export function labelsIn(text: string): { selector: string | undefined; rest: string } {
  const words = text.split(/\s+/).filter(Boolean)
  const matchers = words.flatMap((word) => {
    const [, name, op, value] = LABEL_WORD.exec(word) ?? []
    return name === undefined || value === undefined
      ? []
      : [`${/^\w+$/.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value.replace(/^"|"$/g, ''))}`]
  })
  return {
    selector: matchers.length === 0 ? undefined : `{${matchers.join(',')}}`,
    rest: words.filter((word) => !LABEL_WORD.test(word)).join(' '),
  }
}

const MOST_RELATED = 8

/** Metrics that share the beginning of the name, those that share more of it first. */
export function relatedMetrics(metrics: readonly KnownMetric[], name: string): KnownMetric[] {
  const words = name.split(/[_:.]/)
  const shared = (other: string): number => {
    const theirs = other.split(/[_:.]/)
    let n = 0
    while (n < words.length && words[n] === theirs[n]) n++
    return n
  }
  return metrics
    .map((metric) => ({ metric, n: metric.name === name ? 0 : shared(metric.name) }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n || (a.metric.name < b.metric.name ? -1 : 1))
    .slice(0, MOST_RELATED)
    .map(({ metric }) => metric)
}

/** ms without a key after which what was typed is asked */
const SETTLE_MS = 250

/** The value once it has not changed for a while; none at all is at once none. */
function useSettled(value: string | undefined): string | undefined {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (value === settled) return
    if (value === undefined) {
      setSettled(undefined)
      return
    }
    const done = beginBusy()
    const timer = setTimeout(() => setSettled(value), SETTLE_MS)
    return () => {
      clearTimeout(timer)
      done()
    }
  }, [value, settled])
  return settled
}

export function Explorer({
  catalogue,
  sources,
  onAdd,
}: {
  catalogue: Catalogue
  sources: string[] | undefined
  onAdd: (lane: Lane) => void
}) {
  const t = useT()
  const [text, setText] = useState('')
  const [selected, setSelected] = useState(-1)
  const { state, metrics } = catalogue
  const { selector: typed, rest } = useMemo(() => labelsIn(text), [text])
  const selector = useSettled(typed)
  const withLabels = useMethod(
    'metrics.labels',
    selector === undefined
      ? null
      : { metric: selector, label: '__name__', limit: 5000, ...(sources ? { sources } : {}) },
  )
  const found = useMemo(() => {
    const named = matchingMetrics(metrics, rest)
    if (selector === undefined) return named
    const table = withLabels.data?.table
    // nothing is known yet, or the question failed: not all of them
    if (!table) return []
    const names = new Set(Array.from({ length: table.rowCount }, (_, i) => textOf(table, 'value', i)))
    // a histogram is known by its own name and has its labels on its series
    return named.filter(({ name }) => ['', '_bucket', '_count', '_sum'].some((end) => names.has(name + end)))
  }, [metrics, rest, selector, withLabels.data])
  const chosen = found[selected]
  const related = useMemo(() => (chosen ? relatedMetrics(metrics, chosen.name) : []), [metrics, chosen])
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
      ) : !state.data ||
        (typed !== undefined && selector === undefined) ||
        (selector !== undefined && !withLabels.data && !withLabels.error) ? (
        <Skeleton lines={16} />
      ) : found.length === 0 ? (
        <EmptyState
          title={text === '' ? t('metrics.none') : t('metrics.noneNamed', { text })}
          actions={
            text !== '' && (
              <Button icon="close" onClick={() => setText('')}>
                {t('metrics.clearSearch')}
              </Button>
            )
          }
        >
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
                  {metric.series === undefined
                    ? metric.type
                    : t('metrics.seriesCount', { type: metric.type, n: formatCount(metric.series) })}
                </span>
                <span className={styles['metricHelp']}>{metric.help || metric.unit}</span>
              </div>
            )
          }}
        />
      )}
      {chosen && <SeriesOf metric={chosen} sources={sources} onAdd={onAdd} />}
      {chosen && related.length > 0 && (
        <div className={styles['related']} role="group" aria-label={t('metrics.relatedAll', { name: chosen.name })}>
          {related.map((metric) => (
            <button key={metric.name} type="button" title={metric.help} onClick={() => onAdd(laneFor(metric))}>
              {metric.name}
            </button>
          ))}
        </div>
      )}
      {withLabels.error && <ErrorState error={withLabels.error} onRetry={withLabels.refetch} />}
      {state.data && <PartialNote completeness={state.data.completeness} />}
    </section>
  )
}
