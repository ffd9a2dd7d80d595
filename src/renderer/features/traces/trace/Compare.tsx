// Two traces side by side, by call path: what is only in one, what took longer. The second is chosen from traces with
// the same root, or by its id.

import { useState } from 'react'
import { type Frame, isValid } from '../../../../shared/frame/frame.ts'
import { useT } from '../../../i18n/index.ts'
import { columnOf, numberOf, numbersOf, textOf, useMethod } from '../../../lib/engine/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { categoryVar } from '../../../theme/palette.ts'
import { Button, DataTable, EmptyState, ErrorState, Num, PartialNote, Skeleton, TextField } from '../../../ui/index.ts'
import { linkTo, useScope, useValueMenu } from '../../../workbench/index.ts'
import { PAIR_ROW, PairBar } from '../groups/PairBar.tsx'
import { foundAt } from '../search/rows.ts'
import { type Header, timesOf } from './header.ts'
import type { TraceChange, TraceState } from './state.ts'
import styles from './trace.module.css'

export function Compare({
  header,
  inForce,
  state,
  change,
}: {
  header: Header
  /** where the other trace is looked for, unless it says its source */
  inForce: string[] | undefined
  state: TraceState
  change: TraceChange
}) {
  if (state.other === '') return <ChooseOther header={header} sources={inForce} change={change} />
  return <Compared header={header} sources={inForce} state={state} change={change} />
}

function ChooseOther({
  header,
  sources,
  change,
}: {
  header: Header
  sources: string[] | undefined
  change: TraceChange
}) {
  const t = useT()
  const scope = useScope()
  const [typed, setTyped] = useState('')
  const [selected, setSelected] = useState(-1)
  const id = typed.trim().toLowerCase()
  const wrong = id !== '' && !/^[0-9a-f]{1,32}$/.test(id)
  const similar = useMethod('traces.search', {
    range: scope.range,
    ...(sources ? { sources } : {}),
    service: header.rootService,
    operation: header.rootOperation,
    rootOnly: true,
    limit: 200,
  })
  const choose = (frame: Frame, row: number): void => {
    const { traceId, source } = foundAt(frame, row)
    change({ other: traceId, otherSource: source })
  }
  return (
    <div className={styles['column']}>
      <form
        className={styles['bar']}
        onSubmit={(event) => {
          event.preventDefault()
          if (id !== '' && !wrong) change({ other: id.padStart(32, '0'), otherSource: undefined })
        }}
      >
        <span>{t('traces.compareWith')}</span>
        <TextField
          label={t('traces.otherId')}
          placeholder={t('traces.otherId')}
          mono
          className={styles['idField'] ?? ''}
          value={typed}
          onChange={setTyped}
          error={wrong ? t('traces.notAnId') : undefined}
        />
        <Button type="submit" disabled={id === '' || wrong}>
          {t('traces.compare')}
        </Button>
        <span className={styles['quiet']}>{t('traces.orChoose')}</span>
      </form>
      {similar.error ? (
        <ErrorState error={similar.error} onRetry={similar.refetch} />
      ) : !similar.data ? (
        <Skeleton lines={10} />
      ) : (
        <DataTable
          label={t('traces.sameRoot')}
          id="traces.other"
          frame={similar.data.table}
          stale={similar.stale}
          columns={[
            { id: 'start', title: t('traces.start'), width: 190 },
            { id: 'durationNs', title: t('traces.duration'), width: 120 },
            { id: 'spans', title: t('traces.spans'), width: 80 },
            { id: 'errors', title: t('traces.errors'), width: 80 },
            {
              id: 'traceId',
              title: t('traces.traceId'),
              width: 260,
              grow: true,
              // it is what one pastes above
              render: ({ frame: f, row }) => <code>{textOf(f, 'traceId', row)}</code>,
            },
          ]}
          onOpen={(row) => similar.data && choose(similar.data.table, row)}
          selected={selected}
          onSelect={setSelected}
          empty={<EmptyState title={t('traces.noSimilar')}>{t('traces.noSimilarHint')}</EmptyState>}
        />
      )}
    </div>
  )
}

const FIELDS = { service: 'service', operation: 'operation' }

function Compared({
  header,
  sources,
  state: { source, other, otherSource },
  change,
}: {
  header: Header
  sources: string[] | undefined
  state: TraceState
  change: TraceChange
}) {
  const t = useT()
  const input = {
    a: header.traceId,
    b: other,
    ...(sources ? { sources } : {}),
    ...(source === undefined ? {} : { sourceA: source }),
    ...(otherSource === undefined ? {} : { sourceB: otherSource }),
    ...timesOf(header),
  }
  const otherSources = otherSource === undefined ? sources : [otherSource]
  const answer = useMethod('traces.compare', input)
  const [selected, setSelected] = useState(-1)
  const second = useMethod('traces.header', {
    traceId: other,
    ...(otherSources ? { sources: otherSources } : {}),
    ...timesOf(header),
  })
  const values = useValueMenu({
    question: { method: 'traces.compare', input },
    title: t('traces.compare'),
    fields: FIELDS,
  })
  const back = (
    <Button icon="close" kind="quiet" onClick={() => change({ other: '', otherSource: undefined })}>
      {t('traces.otherTrace')}
    </Button>
  )
  if (answer.error)
    return (
      <div className={styles['column']}>
        <div className={styles['bar']}>{back}</div>
        <ErrorState error={answer.error} onRetry={answer.refetch} />
      </div>
    )
  const frame = answer.data?.table
  if (!frame) return <Skeleton lines={12} />
  const longest = (name: string): number => {
    const column = columnOf(frame, name)
    return column ? numbersOf(column).reduce((a, b) => Math.max(a, Number.isNaN(b) ? 0 : b), 0) : 0
  }
  const maxDuration = Math.max(longest('durationNsA'), longest('durationNsB'))
  const maxSelf = Math.max(longest('selfNsA'), longest('selfNsB'))
  const cellNumber = (f: Frame, name: string, row: number): number | undefined => {
    const column = columnOf(f, name)
    return column && isValid(column, row) ? numberOf(f, name, row) : undefined
  }
  const pair = (f: Frame, row: number, name: string, max: number) => (
    <PairBar a={cellNumber(f, `${name}A`, row) ?? 0} b={cellNumber(f, `${name}B`, row) ?? 0} max={max} unit="ns" />
  )
  return (
    <div className={styles['column']}>
      <div className={styles['bar']}>
        <span className={styles['pairKey']}>
          <i data-side="a" /> A {formatDurationNs(Number(header.durationNs))}
        </span>
        <span className={styles['pairKey']}>
          <i data-side="b" /> B{' '}
          <a href={linkTo('traces', { source: otherSource }, { path: [other] })}>
            <code>{other.slice(0, 12)}…</code>
          </a>{' '}
          {second.data && formatDurationNs(Number(second.data.durationNs))}
        </span>
        {second.data && (
          <b>
            {t('traces.compareAnswer', {
              which: Number(second.data.durationNs) > Number(header.durationNs) ? 'longer' : 'shorter',
              by: formatDurationNs(Math.abs(Number(second.data.durationNs) - Number(header.durationNs))),
            })}
          </b>
        )}
        <span className={styles['grow']} />
        <PartialNote completeness={answer.data?.completeness} />
        {back}
      </div>
      <DataTable
        label={t('traces.compare')}
        id="traces.compare"
        frame={frame}
        rowHeight={PAIR_ROW}
        stale={answer.stale}
        rowTone={(f, row) => (textOf(f, 'state', row) === 'both' ? undefined : 'warning')}
        columns={[
          {
            id: 'operation',
            title: t('traces.callPath'),
            width: 300,
            grow: true,
            sortable: false,
            render: ({ frame: f, row }) => (
              <span
                className={styles['pathCell']}
                style={{ paddingLeft: Math.min(24, numberOf(f, 'depth', row)) * 12 }}
              >
                <i className={styles['swatch']} style={{ background: categoryVar(textOf(f, 'service', row)) }} />
                <span className={styles['service']}>{textOf(f, 'service', row)}</span>
                <span className={styles['operation']}>{textOf(f, 'operation', row)}</span>
              </span>
            ),
          },
          {
            id: 'state',
            title: t('traces.presence'),
            width: 90,
            render: ({ frame: f, row }) => {
              const state = textOf(f, 'state', row)
              return state === 'both' ? '' : t(state === 'only-a' ? 'traces.onlyA' : 'traces.onlyB')
            },
          },
          {
            id: 'countA',
            title: t('traces.calls'),
            width: 100,
            align: 'end',
            render: ({ frame: f, row }) => (
              <span>
                <Num value={cellNumber(f, 'countA', row)} /> <span className={styles['quiet']}>→</span>{' '}
                <Num value={cellNumber(f, 'countB', row)} />
              </span>
            ),
          },
          {
            id: 'durationNsA',
            title: t('traces.duration'),
            width: 240,
            align: 'start',
            render: ({ frame: f, row }) => pair(f, row, 'durationNs', maxDuration),
          },
          {
            id: 'selfNsA',
            title: t('traces.self'),
            width: 240,
            align: 'start',
            render: ({ frame: f, row }) => pair(f, row, 'selfNs', maxSelf),
          },
          {
            id: 'errorsB',
            title: t('traces.errors'),
            width: 90,
            align: 'end',
            render: ({ frame: f, row }) => {
              const [a, b] = [cellNumber(f, 'errorsA', row) ?? 0, cellNumber(f, 'errorsB', row) ?? 0]
              if (a === 0 && b === 0) return null
              return (
                <span className={styles['bad']}>
                  <Num value={a} /> → <Num value={b} />
                </span>
              )
            },
          },
        ]}
        selected={selected}
        onSelect={setSelected}
        onCellMenu={values.onCellMenu}
      />
      {values.menu}
    </div>
  )
}
