// Which attribute values are more frequent among one group of spans than among another; each can be filtered by.

import { type ReactNode, useState } from 'react'
import type { Frame } from '../../../../shared/frame/frame.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, textOf } from '../../../lib/engine/index.ts'
import { DataTable, EmptyState, Num } from '../../../ui/index.ts'
import { addFilter, useValueMenu } from '../../../workbench/index.ts'
import styles from './groups.module.css'
import { PAIR_ROW, PairBar } from './PairBar.tsx'

export interface AttributeTableProps {
  readonly id: string
  readonly title: string
  readonly question: NonNullable<Parameters<typeof useValueMenu>[0]>['question']
  readonly frame: Frame
  readonly stale: boolean
  /** columns with the shares of the two groups, and the one that they are sorted by */
  readonly shares: { readonly a: string; readonly b: string; readonly sorted: string }
  /** the column that the numbers of spans are sorted by, and both numbers in words */
  readonly spans: { readonly id: string; readonly render: (cell: { frame: Frame; row: number }) => ReactNode }
}

export function AttributeTable({
  id,
  title,
  question,
  frame,
  stale,
  shares: { a, b, sorted },
  spans,
}: AttributeTableProps) {
  const t = useT()
  const [selected, setSelected] = useState(-1)
  const filterOf = (f: Frame, row: number) => ({ field: textOf(f, 'key', row), value: textOf(f, 'value', row) })
  const values = useValueMenu({
    ...(question && { question }),
    title,
    more: (event) => {
      const filter = filterOf(event.frame, event.row)
      return [
        {
          id: 'only',
          icon: 'filter',
          label: t('workbench.value.filterIn', filter),
          run: () => addFilter({ ...filter, exclude: false }),
        },
        {
          id: 'without',
          icon: 'filterOut',
          label: t('workbench.value.filterOut', filter),
          run: () => addFilter({ ...filter, exclude: true }),
        },
      ]
    },
  })
  return (
    <>
      <DataTable
        label={title}
        id={id}
        frame={frame}
        rowHeight={PAIR_ROW}
        stale={stale}
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
            id: sorted,
            title: t('traces.shares'),
            width: 300,
            align: 'start',
            render: ({ frame: f, row }) => <PairBar a={numberOf(f, a, row)} b={numberOf(f, b, row)} max={1} unit="1" />,
          },
          { id: spans.id, title: t('traces.spans'), width: 150, align: 'end', render: spans.render },
          {
            id: 'score',
            title: t('traces.score'),
            width: 90,
            render: ({ frame: f, row }) => <Num value={numberOf(f, 'score', row)} decimals={2} />,
          },
        ]}
        selected={selected}
        onSelect={setSelected}
        onCellMenu={values.onCellMenu}
        onOpen={(row) => addFilter({ ...filterOf(frame, row), exclude: false })}
        empty={<EmptyState title={t('traces.noDifference')}>{t('traces.noDifferenceHint')}</EmptyState>}
      />
      {values.menu}
    </>
  )
}
