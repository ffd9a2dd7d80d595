// What made the trace as long as it was, by operation: the time on the critical path that is no one else's.

import { useMemo, useState } from 'react'
import { frameFromRows } from '../../../../shared/frame/frame.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, textOf } from '../../../lib/engine/index.ts'
import { formatDurationNs, formatQuantity } from '../../../lib/format.ts'
import { categoryVar } from '../../../theme/palette.ts'
import { DataTable, DurationBar, EmptyState } from '../../../ui/index.ts'
import { useValueMenu } from '../../../workbench/index.ts'
import { type Header, questionOf } from './header.ts'
import type { TraceChange } from './state.ts'
import styles from './trace.module.css'

const COLUMNS = [
  { name: 'service', type: 'string' },
  { name: 'operation', type: 'string' },
  { name: 'selfNs', type: 'int', unit: 'ns' },
  { name: 'share', type: 'float', unit: '1' },
] as const
const FIELDS = { service: 'service', operation: 'operation' }

export function CriticalPath({
  header,
  sources,
  change,
}: {
  header: Header
  sources: string[] | undefined
  change: TraceChange
}) {
  const t = useT()
  const frame = useMemo(
    () =>
      frameFromRows(
        COLUMNS,
        header.criticalPath.map((c) => ({ ...c, selfNs: BigInt(c.selfNs) })),
      ),
    [header],
  )
  const values = useValueMenu({
    question: { method: 'traces.header', input: questionOf(header, sources) },
    title: t('traces.criticalPath'),
    fields: FIELDS,
  })
  const [selected, setSelected] = useState(-1)
  const top = header.criticalPath[0]
  if (!top) return <EmptyState title={t('traces.noCritical')}>{t('traces.noCriticalHint')}</EmptyState>
  const longest = Number(top.selfNs)
  return (
    <div className={styles['column']}>
      <p className={styles['answer']}>
        {t('traces.criticalAnswer', {
          service: top.service,
          operation: top.operation,
          share: formatQuantity(top.share, '1', { decimals: 0 }),
          self: formatDurationNs(Number(top.selfNs)),
        })}
      </p>
      <DataTable
        label={t('traces.criticalPath')}
        id="traces.critical"
        frame={frame}
        columns={[
          { id: 'service', title: t('traces.service'), width: 180 },
          { id: 'operation', title: t('traces.operation'), width: 240, grow: true },
          {
            id: 'selfNs',
            title: t('traces.onPath'),
            width: 260,
            align: 'end',
            render: ({ frame: f, row }) => (
              <DurationBar
                ns={numberOf(f, 'selfNs', row)}
                maxNs={longest}
                colour={categoryVar(textOf(f, 'service', row))}
              />
            ),
          },
          { id: 'share', title: t('traces.share'), width: 100 },
        ]}
        selected={selected}
        onSelect={setSelected}
        onCellMenu={values.onCellMenu}
        onOpen={(row) => change({ tab: 'waterfall', find: textOf(frame, 'operation', row), only: 'critical' })}
      />
      {values.menu}
    </div>
  )
}
