// Two groups of traces side by side: what is asked for now against a group that was kept, or against the time before. By
// operation or by attribute.

import { useState } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { type Frame, isValid } from '../../../../shared/frame/frame.ts'
import { useT } from '../../../i18n/index.ts'
import { columnOf, numberOf, numbersOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import { formatCount, formatDurationNs, formatQuantity } from '../../../lib/format.ts'
import {
  Button,
  DataTable,
  EmptyState,
  ErrorState,
  IconButton,
  NameTag,
  Num,
  PartialNote,
  Select,
  Skeleton,
  Time,
} from '../../../ui/index.ts'
import { pin, useValueMenu } from '../../../workbench/index.ts'
import { AttributeTable } from './AttributeTable.tsx'
import { fixed, type Group, timeBefore } from './group.ts'
import { shortOperation } from '../trace/operation.ts'
import styles from './groups.module.css'
import { PAIR_ROW, PairBar } from './PairBar.tsx'

export const GROUPS_AS = ['operations', 'attributes'] as const
export type GroupsAs = (typeof GROUPS_AS)[number]

export interface GroupsPanelProps {
  readonly range: { from: string; to: string }
  readonly sources: string[] | undefined
  readonly filter: SpanFilter
  /** what is asked for is compared with; undefined = the time before */
  readonly kept: Group | undefined
  readonly onKeep: (group: Group | undefined) => void
  readonly as: GroupsAs
  readonly onAs: (as: GroupsAs) => void
}

export function GroupsPanel({ range, sources, filter, kept, onKeep, as, onAs }: GroupsPanelProps) {
  const t = useT()
  const now: Group = { range, filter }
  const base = kept ?? timeBefore(now)
  const input = { a: base, b: now, ...(sources ? { sources } : {}) }
  const method = as === 'operations' ? 'traces.compareGroups' : 'traces.groupDifferences'
  const title = t('traces.show.groups')
  return (
    <div className={styles['panel']}>
      <div className={styles['bar']}>
        <span className={styles['key']}>
          <i data-side="a" /> A <GroupWords group={base} before={kept === undefined} />
        </span>
        {kept !== undefined && (
          <IconButton icon="close" label={t('traces.forgetGroup')} onClick={() => onKeep(undefined)} />
        )}
        <span className={styles['key']}>
          <i data-side="b" /> B <GroupWords group={now} before={false} />
        </span>
        <Button onClick={() => onKeep(now)}>{t('traces.keepGroup')}</Button>
        <span className={styles['grow']} />
        <Select<GroupsAs>
          label={t('traces.compareBy')}
          showLabel
          value={as}
          options={GROUPS_AS.map((value) => ({ value, label: t(`traces.compareBy.${value}`) }))}
          onChange={onAs}
        />
        <IconButton icon="pin" label={t('traces.pinGroups')} onClick={() => void pin({ method, input, title })} />
      </div>
      {as === 'operations' ? <Operations input={input} title={title} /> : <Attributes input={input} title={title} />}
    </div>
  )
}

function GroupWords({ group, before }: { group: Group; before: boolean }) {
  const t = useT()
  const { filter, range } = fixed(group)
  const words = [
    filter.service,
    filter.operation,
    filter.status,
    filter.text,
    ...Object.entries(filter.attributes ?? {}).map(([key, value]) => `${key}=${value}`),
    filter.minTraceDuration === undefined ? undefined : `≥ ${lengthOf(filter.minTraceDuration)}`,
    filter.maxTraceDuration === undefined ? undefined : `≤ ${lengthOf(filter.maxTraceDuration)}`,
    filter.minDuration === undefined ? undefined : `span ≥ ${lengthOf(filter.minDuration)}`,
    filter.maxDuration === undefined ? undefined : `span ≤ ${lengthOf(filter.maxDuration)}`,
  ].filter((word) => word !== undefined)
  return (
    <span className={styles['quiet']}>
      {before ? t('traces.timeBefore') : ''} <Time ns={BigInt(range.from)} day /> – <Time ns={BigInt(range.to)} />{' '}
      {words.join(' · ')}
    </span>
  )
}

const lengthOf = (value: string | number): string => (typeof value === 'number' ? formatDurationNs(value) : value)

interface Asked {
  input: { a: Group; b: Group; sources?: string[] }
  title: string
}

function Operations({ input, title }: Asked) {
  const t = useT()
  const [selected, setSelected] = useState(-1)
  const answer = useMethod('traces.compareGroups', input)
  const values = useValueMenu({
    question: { method: 'traces.compareGroups', input },
    title,
    fields: { service: 'service', operation: 'operation' },
  })
  if (answer.error) return <ErrorState error={answer.error} onRetry={answer.refetch} />
  const frame = answer.data?.table
  const totals = answer.data?.summary
  if (!frame || !totals) return <Skeleton lines={14} />
  const { a, b } = totals
  const longest = (name: string): number =>
    ['A', 'B'].reduce((most, which) => {
      const column = columnOf(frame, name + which)
      return column ? numbersOf(column).reduce((m, v) => (Number.isNaN(v) ? m : Math.max(m, v)), most) : most
    }, 0)
  const pair = (name: string, header: string, unit: string) => {
    const max = longest(name)
    return {
      id: `${name}B`,
      title: header,
      width: 150,
      align: 'start' as const,
      render: ({ frame: f, row }: { frame: Frame; row: number }) => (
        <PairBar a={amountOf(f, `${name}A`, row)} b={amountOf(f, `${name}B`, row)} max={max} unit={unit} />
      ),
    }
  }
  const most = Math.max(a.walked, b.walked) > 0 && (a.walked < a.traces || b.walked < b.traces)
  return (
    <>
      <p className={styles['answer']} role="status">
        {t('traces.groupsAnswer', {
          tracesA: formatCount(a.traces),
          tracesB: formatCount(b.traces),
          failedA: shareOf(a.failed, a.traces),
          failedB: shareOf(b.failed, b.traces),
          p95A: formatDurationNs(Number(a.p95Ns)),
          p95B: formatDurationNs(Number(b.p95Ns)),
        })}{' '}
        {most && (
          <span className={styles['quiet']}>
            {t('traces.groupsWalked', { a: formatCount(a.walked), b: formatCount(b.walked) })}
          </span>
        )}{' '}
        <PartialNote completeness={answer.data?.completeness} />
      </p>
      <DataTable
        label={title}
        id="traces.groups"
        frame={frame}
        rowHeight={PAIR_ROW}
        stale={answer.stale}
        rowTone={(f, row) => (textOf(f, 'state', row) === 'both' ? undefined : 'warning')}
        columns={[
          {
            id: 'service',
            title: t('traces.service'),
            width: 130,
            render: ({ frame: f, row }) => <NameTag name={textOf(f, 'service', row)} />,
          },
          {
            id: 'operation',
            title: t('traces.operation'),
            width: 180,
            grow: true,
            render: ({ frame: f, row }) => {
              const name = textOf(f, 'operation', row)
              return <span title={name}>{shortOperation(name)}</span>
            },
          },
          {
            id: 'state',
            title: t('traces.presence'),
            width: 80,
            render: ({ frame: f, row }) => {
              const state = textOf(f, 'state', row)
              return state === 'both' ? '' : t(state === 'only-a' ? 'traces.onlyA' : 'traces.onlyB')
            },
          },
          pair('criticalNs', t('traces.criticalPerTrace'), 'ns'),
          pair('p50Ns', 'p50', 'ns'),
          pair('p95Ns', 'p95', 'ns'),
          pair('p99Ns', 'p99', 'ns'),
          {
            id: 'countB',
            title: t('traces.spans'),
            width: 120,
            align: 'end',
            render: ({ frame: f, row }) => <Both frame={f} row={row} name="count" />,
          },
          {
            id: 'errorsB',
            title: t('traces.errors'),
            width: 100,
            align: 'end',
            render: ({ frame: f, row }) => <Both frame={f} row={row} name="errors" />,
          },
        ]}
        selected={selected}
        onSelect={setSelected}
        onCellMenu={values.onCellMenu}
        empty={<EmptyState title={t('traces.noGroups')}>{t('traces.noGroupsHint')}</EmptyState>}
      />
      {values.menu}
    </>
  )
}

const amountOf = (frame: Frame, name: string, row: number): number => {
  const column = columnOf(frame, name)
  return column && isValid(column, row) ? numberOf(frame, name, row) : 0
}
const shareOf = (part: number, all: number): string => formatQuantity(all === 0 ? 0 : part / all, '1', { decimals: 1 })

function Both({ frame, row, name }: { frame: Frame; row: number; name: string }) {
  const [a, b] = [amountOf(frame, `${name}A`, row), amountOf(frame, `${name}B`, row)]
  if (a === 0 && b === 0) return null
  return (
    <span className={name === 'errors' ? styles['bad'] : undefined}>
      <Num value={a} /> → <Num value={b} />
    </span>
  )
}

function Attributes({ input, title }: Asked) {
  const answer = useMethod('traces.groupDifferences', input)
  const frame = answer.data?.table
  if (answer.error) return <ErrorState error={answer.error} onRetry={answer.refetch} />
  if (!frame) return <Skeleton lines={14} />
  return (
    <>
      <AttributeTable
        id="traces.groupAttributes"
        title={title}
        question={{ method: 'traces.groupDifferences', input }}
        frame={frame}
        stale={answer.stale}
        shares={{ a: 'shareA', b: 'shareB', sorted: 'shareB' }}
        spans={{ id: 'countB', render: ({ frame: f, row }) => <Both frame={f} row={row} name="count" /> }}
      />
      <span className={styles['answer']}>
        <PartialNote completeness={answer.data?.completeness} />
      </span>
    </>
  )
}
