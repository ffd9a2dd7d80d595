// Slow or failing spans against the rest: which attribute values are more frequent among them than elsewhere.

import { useMemo, useState } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs, formatQuantity } from '../../../lib/format.ts'
import { DataTable, EmptyState, ErrorState, Num, PartialNote, Select, Skeleton, TextField } from '../../../ui/index.ts'
import { addFilter, useValueMenu } from '../../../workbench/index.ts'
import styles from './groups.module.css'
import { PairBar } from './PairBar.tsx'

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
  const [selected, setSelected] = useState(-1)
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
  const values = useValueMenu({
    ...(input ? { question: { method: 'traces.differences', input } } : {}),
    title: t('traces.differences'),
    more: (event) => {
      const [field, value] = [textOf(event.frame, 'key', event.row), textOf(event.frame, 'value', event.row)]
      return [
        {
          id: 'only',
          icon: 'filter',
          label: t('workbench.value.filterIn', { field, value }),
          run: () => addFilter({ field, value, exclude: false }),
        },
        {
          id: 'without',
          icon: 'filterOut',
          label: t('workbench.value.filterOut', { field, value }),
          run: () => addFilter({ field, value, exclude: true }),
        },
      ]
    },
  })
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
        <TypedThreshold key={against} value={typed === undefined ? '' : against} onChange={onAgainst} />
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
          <DataTable
            label={t('traces.differences')}
            id="traces.differences"
            frame={frame}
            stale={answer.stale || whole.stale}
            columns={[
              {
                id: 'key',
                title: t('traces.attribute'),
                width: 200,
                render: ({ frame: f, row }) => <span className={styles['mono']}>{textOf(f, 'key', row)}</span>,
              },
              {
                id: 'value',
                title: t('traces.value'),
                width: 220,
                grow: true,
                render: ({ frame: f, row }) => (
                  <span className={styles['mono']} title={textOf(f, 'value', row)}>
                    {textOf(f, 'value', row)}
                  </span>
                ),
              },
              {
                id: 'selectedShare',
                title: t('traces.shares'),
                width: 300,
                align: 'start',
                render: ({ frame: f, row }) => (
                  <PairBar a={numberOf(f, 'selectedShare', row)} b={numberOf(f, 'restShare', row)} max={1} unit="1" />
                ),
              },
              {
                id: 'selected',
                title: t('traces.spans'),
                width: 150,
                align: 'end',
                render: ({ frame: f, row }) => (
                  <span>
                    <Num value={numberOf(f, 'selected', row)} /> <span className={styles['quiet']}>/</span>{' '}
                    <Num value={numberOf(f, 'rest', row)} />
                  </span>
                ),
              },
              { id: 'score', title: t('traces.score'), width: 90 },
            ]}
            selected={selected}
            onSelect={setSelected}
            onCellMenu={values.onCellMenu}
            onOpen={(row) =>
              addFilter({ field: textOf(frame, 'key', row), value: textOf(frame, 'value', row), exclude: false })
            }
            empty={<EmptyState title={t('traces.noDifference')}>{t('traces.noDifferenceHint')}</EmptyState>}
          />
        </>
      )}
      {values.menu}
    </div>
  )
}

function TypedThreshold({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useT()
  const [typed, setTyped] = useState(value)
  const ok = typed.trim() === '' || tryParseDuration(typed.trim()) !== undefined
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (typed.trim() !== '' && ok) onChange(typed.trim())
      }}
    >
      <TextField
        label={t('traces.ownThreshold')}
        placeholder={t('traces.ownThreshold')}
        className={styles['short'] ?? ''}
        mono
        value={typed}
        onChange={setTyped}
        aria-invalid={!ok}
      />
    </form>
  )
}
