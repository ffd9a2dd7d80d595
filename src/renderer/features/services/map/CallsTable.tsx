// The calls between services as a list: what the map draws, for the keyboard and for exact numbers.

import { useMemo, useState } from 'react'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { useT } from '../../../i18n/index.ts'
import { numberOf, textOf } from '../../../lib/engine/index.ts'
import { DataTable, NameTag, Num, type TableColumn } from '../../../ui/index.ts'
import { useSourceName, useValueMenu } from '../../../workbench/index.ts'
import { MovedCell } from '../MovedCell.tsx'
import { callsFrame, callsOf, isFailing, type MapAnswer, openCall, secondsOf } from './calls.ts'

export interface CallsProps {
  readonly answer: MapAnswer
  readonly input: MethodInput<'services.map'>
  readonly wanted: (service: string) => boolean
  readonly stale: boolean
}

const FIELDS = { from: 'service', to: 'service' }

export function CallsTable({ answer, input, wanted, stale }: CallsProps) {
  const t = useT()
  const [selected, setSelected] = useState(-1)
  const nameOf = useSourceName()
  const frame = useMemo(
    () => callsFrame(callsOf(answer, wanted), secondsOf(input), nameOf),
    [answer, wanted, input, nameOf],
  )
  const question = useMemo(() => ({ method: 'services.map' as const, input }), [input])
  const values = useValueMenu({ question, title: t('services.map'), fields: FIELDS })
  const columns = useMemo((): TableColumn[] => {
    const name = (id: string, title: string): TableColumn => ({
      id,
      title,
      width: 200,
      grow: true,
      render: ({ frame: f, row }) => <NameTag name={textOf(f, id, row)} />,
    })
    const measure = (id: string, was: string, title: string, unit: string): TableColumn => ({
      id,
      title,
      width: 170,
      align: 'end',
      render: ({ frame: f, row }) => {
        const [before, after] = [numberOf(f, was, row), numberOf(f, id, row)]
        const failing =
          unit === '1' && isFailing({ requests: numberOf(f, 'requests', row), errorRatio: after }) && !(after <= before)
        return (
          <MovedCell
            before={before}
            after={after}
            unit={unit}
            direction={failing ? 'up' : undefined}
            tone={failing ? 'critical' : 'neutral'}
          />
        )
      },
    })
    return [
      name('from', t('services.from')),
      name('to', t('services.to')),
      { id: 'requests', title: t('services.calls'), width: 90 },
      {
        id: 'rate',
        title: t('services.callRate'),
        width: 100,
        render: ({ frame: f, row }) => <Num value={numberOf(f, 'rate', row)} unit="1/s" decimals={2} />,
      },
      // only where a source counted what was read in part
      ...(answer.edges.some((e) => e.counted !== null)
        ? [{ id: 'counted', title: t('services.countedBySource'), width: 170 }]
        : []),
      measure('errorRatio', 'beforeErrorRatio', t('services.errors'), '1'),
      measure('p95Ns', 'beforeP95Ns', t('services.p95'), 'ns'),
    ]
  }, [t, answer])
  return (
    <>
      <DataTable
        id="services.calls"
        label={t('services.asCalls')}
        frame={frame}
        columns={columns}
        selected={selected < frame.rowCount ? selected : -1}
        onSelect={setSelected}
        onOpen={(row) =>
          openCall(answer, {
            from: textOf(frame, 'from', row),
            to: textOf(frame, 'to', row),
            requests: numberOf(frame, 'requests', row),
            errorRatio: numberOf(frame, 'errorRatio', row),
          })
        }
        onCellMenu={values.onCellMenu}
        stale={stale}
      />
      {values.menu}
    </>
  )
}
