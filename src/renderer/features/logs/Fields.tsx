// The fields of the lines in view: how many lines have each, its most frequent values, filter in or out by a click.
// Fields that say the same in every line come last: they tell nothing apart.

import { useMemo, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { jsonOf, type MethodState, numberOf, textOf } from '../../lib/engine/index.ts'
import { formatCount, formatQuantity } from '../../lib/format.ts'
import { EmptyState, ErrorState, Icon, IconButton, PartialNote, Skeleton, TextField } from '../../ui/index.ts'
import { addFilter } from '../../workbench/index.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { topOf } from './complete.ts'
import styles from './logs.module.css'

interface Field {
  readonly name: string
  readonly type: string
  readonly present: number
  readonly distinct: number
  readonly top: ReadonlyArray<{ value: string; count: number }>
}

export interface FieldsProps {
  readonly state: MethodState<MethodOutput<'logs.fields'>>
  /** all lines of the question, once known */
  readonly total: number | undefined
  readonly columns: readonly string[]
  readonly onColumn: (field: string) => void
}

/** Columns of their own already. */
const SHOWN_ANYWAY = new Set(['level', 'service', 'service.name'])

export function Fields({ state, total, columns, onColumn }: FieldsProps) {
  const t = useT()
  const [text, setText] = useState('')
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(['service', 'level']))
  const { data } = state
  const fields = useMemo((): Field[] => {
    if (!data) return []
    return Array.from({ length: data.table.rowCount }, (_, row) => ({
      name: textOf(data.table, 'field', row),
      type: textOf(data.table, 'type', row),
      present: numberOf(data.table, 'present', row),
      distinct: numberOf(data.table, 'distinct', row),
      top: topOf(jsonOf(data.table, 'top', row)),
    }))
  }, [data])
  const wanted = fields.filter(
    (f) => f.name !== 'service.name' && f.name.toLowerCase().includes(text.trim().toLowerCase()),
  )
  const all = total ?? Math.max(1, ...fields.map((f) => f.present))
  const telling = wanted.filter((f) => f.distinct > 1 || f.present < all)
  const same = wanted.filter((f) => !telling.includes(f))
  const order = (f: Field): number => (f.name === 'service' ? 0 : f.name === 'level' ? 1 : 2)
  telling.sort((a, b) => order(a) - order(b))
  const toggle = (name: string): void => {
    const next = new Set(open)
    if (!next.delete(name)) next.add(name)
    setOpen(next)
  }
  const row = (field: Field) => (
    <FieldRow
      key={field.name}
      field={field}
      all={all}
      open={open.has(field.name)}
      onToggle={() => toggle(field.name)}
      isColumn={columns.includes(field.name)}
      onColumn={SHOWN_ANYWAY.has(field.name) ? undefined : () => onColumn(field.name)}
    />
  )
  return (
    <section className={styles['fields']} aria-label={t('logs.fields')}>
      <div className={styles['fieldSearch']}>
        <TextField
          label={t('logs.fields.search')}
          placeholder={t('logs.fields.search')}
          icon="search"
          value={text}
          onChange={setText}
        />
      </div>
      <div className={styles['fieldList']} style={state.stale ? { opacity: 0.55 } : undefined}>
        {state.error && !data ? (
          <ErrorState error={state.error} onRetry={state.refetch} />
        ) : !data ? (
          <Skeleton lines={14} />
        ) : wanted.length === 0 ? (
          <EmptyState title={text === '' ? t('logs.fields.none') : t('logs.fields.noneNamed', { text })} />
        ) : (
          <>
            {telling.map(row)}
            {same.length > 0 && <div className={styles['group']}>{t('logs.fields.same')}</div>}
            {same.map(row)}
            <PartialNote completeness={data.completeness} />
          </>
        )}
      </div>
    </section>
  )
}

interface FieldRowProps {
  field: Field
  all: number
  open: boolean
  onToggle: () => void
  isColumn: boolean
  onColumn: (() => void) | undefined
}

function FieldRow({ field, all, open, onToggle, isColumn, onColumn }: FieldRowProps) {
  const t = useT()
  const share = field.present / all
  const counted = field.top.reduce((sum, v) => sum + v.count, 0)
  return (
    <div>
      <div className={styles['field']}>
        <button
          type="button"
          className={styles['fieldName']}
          aria-expanded={open}
          onClick={onToggle}
          title={field.name}
        >
          <Icon name={open ? 'chevronDown' : 'chevronRight'} size={12} />
          <span>{field.name}</span>
          <span
            className={styles['share']}
            title={t('logs.fields.present', {
              count: formatCount(field.present),
              distinct: formatCount(field.distinct),
            })}
          >
            {share >= 0.9995 ? '' : share < 0.001 ? '< 0.1 %' : formatQuantity(share, 'ratio')}
          </span>
        </button>
        {onColumn && (
          <IconButton
            icon={isColumn ? 'check' : 'columns'}
            label={t(isColumn ? 'logs.column.remove' : 'logs.column.add', { field: field.name })}
            pressed={isColumn}
            onClick={onColumn}
          />
        )}
      </div>
      {open && (
        <div className={styles['values']}>
          {field.top.map(({ value, count }) => (
            <div key={value} className={styles['value']}>
              <span
                className={styles['valueBar']}
                style={{ width: `${((count / field.present) * 100).toFixed(1)}%` }}
              />
              <button
                type="button"
                className={styles['valueButton']}
                title={t('logs.fields.only', { field: field.name, value })}
                onClick={() => addFilter({ field: field.name, value, exclude: false })}
              >
                <span className={styles['valueText']}>{value === '' ? t('logs.fields.empty') : value}</span>
                <span className={styles['valueCount']}>{formatCount(count)}</span>
              </button>
              <IconButton
                icon="filterOut"
                label={t('workbench.value.filterOut', { field: field.name, value })}
                onClick={() => addFilter({ field: field.name, value, exclude: true })}
              />
            </div>
          ))}
          {field.distinct > field.top.length && (
            <div className={styles['rest']}>
              {t('logs.fields.rest', {
                count: field.distinct - field.top.length,
                lines: formatCount(field.present - counted),
              })}
            </div>
          )}
        </div>
      )}
    </div>
  )
}
