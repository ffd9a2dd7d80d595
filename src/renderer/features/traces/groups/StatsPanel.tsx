// Spans counted and timed by whatever a person chooses: service, operation, any attribute, up to four at once.

import { useId, useMemo, useState } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, rowsOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import { Button, Chip, DataTable, EmptyState, ErrorState, PartialNote, Skeleton, TextField } from '../../../ui/index.ts'
import { addFilter, useValueMenu } from '../../../workbench/index.ts'
import styles from './groups.module.css'

const MOST = 4
const OWN = ['service', 'operation', 'kind', 'status'] as const

/** 'attr:http.method' for the contract, 'http.method' for people. */
const labelOf = (group: string): string => (group.startsWith('attr:') ? group.slice(5) : group)
const groupOf = (typed: string): string => ((OWN as readonly string[]).includes(typed) ? typed : `attr:${typed}`)

export interface StatsPanelProps {
  readonly range: { from: string; to: string }
  readonly sources: string[] | undefined
  readonly filter: SpanFilter
  readonly by: readonly string[]
  readonly onBy: (by: readonly string[]) => void
}

export function StatsPanel({ range, sources, filter, by, onBy }: StatsPanelProps) {
  const t = useT()
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [selected, setSelected] = useState(-1)
  const scoped = sources ? { sources } : {}
  const groups = by.slice(0, MOST)
  const input = { range, ...scoped, filter, groupBy: [...groups], limit: 1000 }
  const stats = useMethod('traces.stats', groups.length === 0 ? null : input)
  const keys = useMethod('traces.keys', { range, ...scoped, limit: 500 })
  const fields = useMemo(() => Object.fromEntries(groups.map((g) => [g, labelOf(g)])), [groups])
  const values = useValueMenu({
    question: { method: 'traces.stats', input },
    title: t('traces.statsBy', { by: groups.map(labelOf).join(', ') }),
    fields,
  })
  const add = (name: string): void => {
    const group = groupOf(name.trim())
    if (name.trim() === '' || groups.includes(group)) return
    onBy([...groups, group].slice(-MOST))
    setTyped('')
  }
  const frame = stats.data?.table
  const ownLabel = (group: string): string =>
    group === 'service' || group === 'operation' || group === 'kind' || group === 'status'
      ? t(`traces.${group}`)
      : labelOf(group)
  return (
    <div className={styles['panel']}>
      <div className={styles['bar']} role="group" aria-label={t('traces.groupBy')}>
        <span className={styles['quiet']}>{t('traces.groupBy')}</span>
        {groups.map((group) => (
          <Chip
            key={group}
            removeLabel={t('traces.removeGroup', { name: ownLabel(group) })}
            {...(groups.length > 1 ? { onRemove: () => onBy(groups.filter((g) => g !== group)) } : {})}
          >
            {ownLabel(group)}
          </Chip>
        ))}
        <form
          className={styles['key']}
          onSubmit={(event) => {
            event.preventDefault()
            add(typed)
          }}
        >
          <TextField
            label={t('traces.addGroup')}
            placeholder={t('traces.addGroup')}
            className={styles['add'] ?? ''}
            mono
            list={listId}
            value={typed}
            onChange={(value) => {
              setTyped(value)
              // chosen from the list, not typed letter by letter
              if (keys.data && value.length > 1 && rowsOf(keys.data.table).some((r) => r['key'] === value)) add(value)
            }}
          />
          <Button type="submit" icon="plus" disabled={typed.trim() === ''}>
            {t('traces.add')}
          </Button>
        </form>
        <datalist id={listId}>
          {OWN.map((name) => (
            <option key={name} value={name} />
          ))}
          {keys.data && rowsOf(keys.data.table).map((r) => <option key={String(r['key'])} value={String(r['key'])} />)}
        </datalist>
        <span className={styles['grow']} />
        <PartialNote completeness={stats.data?.completeness} />
      </div>
      {stats.error ? (
        <ErrorState error={stats.error} onRetry={stats.refetch} />
      ) : !frame ? (
        <Skeleton lines={14} />
      ) : (
        <DataTable
          key={groups.join('|')}
          label={t('traces.statsBy', { by: groups.map(ownLabel).join(', ') })}
          frame={frame}
          stale={stats.stale}
          columns={[
            ...groups.map((group, i) => ({
              id: group,
              title: ownLabel(group),
              width: 180,
              grow: i === groups.length - 1,
              ...(group.startsWith('attr:')
                ? {
                    render: ({ frame: f, row }: { frame: typeof frame; row: number }) => {
                      const value = textOf(f, group, row)
                      return value === '' ? (
                        <span className={styles['quiet']}>{t('traces.absent')}</span>
                      ) : (
                        <span className={styles['mono']} title={value}>
                          {value}
                        </span>
                      )
                    },
                  }
                : {}),
            })),
            { id: 'count', title: t('traces.spans'), width: 100 },
            { id: 'errorRatio', title: t('traces.errorRatio'), width: 100 },
            { id: 'p50Ns', title: 'p50', width: 110 },
            { id: 'p95Ns', title: 'p95', width: 110 },
            { id: 'p99Ns', title: 'p99', width: 110 },
          ]}
          rowTone={(f, row) => (numberOf(f, 'errorRatio', row) >= 0.05 ? 'critical' : undefined)}
          selected={selected}
          onSelect={setSelected}
          onCellMenu={values.onCellMenu}
          onOpen={(row) => {
            const group = groups[0]
            const value = group === undefined ? '' : textOf(frame, group, row)
            if (group !== undefined && value !== '') addFilter({ field: labelOf(group), value, exclude: false })
          }}
          empty={<EmptyState title={t('traces.noSpans')}>{t('traces.noSpansHint')}</EmptyState>}
        />
      )}
      {values.menu}
    </div>
  )
}
