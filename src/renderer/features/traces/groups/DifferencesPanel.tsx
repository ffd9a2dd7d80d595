// Slow or failing spans against the rest: which attribute values are more frequent among them than elsewhere.

import { useMemo } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs, formatQuantity } from '../../../lib/format.ts'
import { CommitField, EmptyState, ErrorState, Num, PartialNote, Select, Skeleton } from '../../../ui/index.ts'
import { AttributeTable } from './AttributeTable.tsx'
import styles from './groups.module.css'

export interface DifferencesPanelProps {
  readonly range: { from: string; to: string }
  readonly sources: string[] | undefined
  readonly filter: SpanFilter
  /** what sets the group apart: p50, p95, p99 of the spans in question, errors, or a duration as typed ('250ms') */
  readonly against: string
  readonly onAgainst: (against: string) => void
}

export function DifferencesPanel({ range, sources, filter, against, onAgainst }: DifferencesPanelProps) {
  const t = useT()
  const scoped = sources ? { sources } : {}
  // failing against the rest: a filter on failed spans would leave no rest
  const { status: _status, ...rest } = filter
  const population = against === 'errors' ? rest : filter
  const whole = useMethod('traces.stats', { range, ...scoped, filter: population, groupBy: ['all'] })
  const table = whole.data?.table
  const count = table && table.rowCount > 0 ? numberOf(table, 'count', 0) : 0
  const quantiles = useMemo(
    () =>
      table && table.rowCount > 0
        ? {
            p50: numberOf(table, 'p50Ns', 0),
            p95: numberOf(table, 'p95Ns', 0),
            p99: numberOf(table, 'p99Ns', 0),
          }
        : undefined,
    [table],
  )
  const typed = tryParseDuration(against)
  const threshold =
    against === 'p50' || against === 'p95' || against === 'p99'
      ? quantiles && Math.ceil(quantiles[against])
      : typed === undefined
        ? undefined
        : Number(typed)
  const selection =
    against === 'errors'
      ? { status: 'error' as const }
      : threshold === undefined || whole.stale
        ? undefined
        : { minDuration: threshold }
  const input = selection && { range, ...scoped, filter: population, selection, limit: 200 }
  const answer = useMethod('traces.differences', input && count > 0 ? input : null)
  const frame = answer.data?.table
  const option = (q: 'p50' | 'p95' | 'p99'): string =>
    quantiles
      ? t('traces.slowerThanQuantile', { quantile: q, duration: formatDurationNs(quantiles[q]) })
      : t('traces.slowerThanQuantile', { quantile: q, duration: '…' })
  const top = frame && frame.rowCount > 0 ? 0 : -1
  const error = whole.error ?? answer.error
  return (
    <div className={styles['panel']}>
      <div className={styles['bar']}>
        <Select
          label={t('traces.group')}
          showLabel
          value={typed === undefined ? against : 'typed'}
          options={[
            { value: 'p95', label: option('p95') },
            { value: 'p99', label: option('p99') },
            { value: 'p50', label: option('p50') },
            { value: 'errors', label: t('traces.failing') },
            ...(typed === undefined
              ? []
              : [{ value: 'typed', label: t('traces.slowerThan', { duration: formatDurationNs(typed) }) }]),
          ]}
          onChange={(value) => value !== 'typed' && onAgainst(value)}
        />
        <CommitField
          label={t('traces.ownThreshold')}
          placeholder={t('traces.ownThreshold')}
          className={styles['short'] ?? ''}
          mono
          inBar
          about={against}
          value={typed === undefined ? '' : against}
          wrong={(text) => (text === '' || tryParseDuration(text) !== undefined ? undefined : t('traces.notADuration'))}
          onCommit={(text) => text !== '' && onAgainst(text)}
        />
        <span className={styles['key']}>
          <i data-side="a" /> {t(against === 'errors' ? 'traces.theseFailing' : 'traces.theseSlow')}
        </span>
        <span className={styles['key']}>
          <i data-side="b" /> {t('traces.theRest')}
        </span>
        <span className={styles['quiet']}>{t('traces.amongSpans', { count: formatCount(count) })}</span>
        <span className={styles['grow']} />
        <PartialNote completeness={answer.data?.completeness} />
      </div>
      {error ? (
        <ErrorState error={error} onRetry={whole.error ? whole.refetch : answer.refetch} />
      ) : table && count === 0 ? (
        <EmptyState title={t('traces.noSpans')}>{t('traces.noSpansHint')}</EmptyState>
      ) : !frame ? (
        <Skeleton lines={14} />
      ) : (
        <>
          {top === 0 && (
            <p className={styles['answer']}>
              {t('traces.differenceAnswer', {
                key: textOf(frame, 'key', 0),
                value: textOf(frame, 'value', 0),
                selected: formatQuantity(numberOf(frame, 'selectedShare', 0), '1'),
                rest: formatQuantity(numberOf(frame, 'restShare', 0), '1'),
              })}
            </p>
          )}
          <AttributeTable
            id="traces.differences"
            title={t('traces.differences')}
            question={input && { method: 'traces.differences', input }}
            frame={frame}
            stale={answer.stale || whole.stale}
            shares={{ a: 'selectedShare', b: 'restShare', sorted: 'selectedShare' }}
            spans={{
              id: 'selected',
              render: ({ frame: f, row }) => (
                <span>
                  <Num value={numberOf(f, 'selected', row)} /> <span className={styles['quiet']}>/</span>{' '}
                  <Num value={numberOf(f, 'rest', row)} />
                </span>
              ),
            }}
          />
        </>
      )}
    </div>
  )
}
