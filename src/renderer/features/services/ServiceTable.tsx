// The services: rate, errors and latency against before, their shape over the range, worst change first.

import { useCallback, useMemo } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import type { TimeRange } from '../../../shared/base/time.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { numberOf, textOf } from '../../lib/engine/index.ts'
import { categoryVar, type Tone } from '../../theme/palette.ts'
import { DataTable, EmptyState, NameTag, type TableColumn } from '../../ui/index.ts'
import { addFilter, useParam, useValueMenu, WaysOut } from '../../workbench/index.ts'
import { MovedCell } from './MovedCell.tsx'
import { RangeSpark } from './RangeSpark.tsx'
import { ScoreBar } from './ScoreBar.tsx'
import { pivotItems } from './scope.ts'
import type { Sparks } from './sparks.ts'

export interface ServiceTableProps {
  readonly frame: Frame
  readonly input: MethodInput<'services.overview'>
  readonly sparks: Sparks | undefined
  /** `service measure` to the direction it moved in */
  readonly moved: ReadonlyMap<string, string>
  readonly range: TimeRange
  readonly window: TimeRange | undefined
  readonly stale: boolean
}

const FIELDS = { service: 'service' }
const MEASURES = [
  ['ratePerSecond', 'beforeRatePerSecond', '1/s', 'rate', 'services.rate', 136],
  ['errorRatio', 'beforeErrorRatio', '1', 'errors', 'services.errors', 136],
  ['p50Ns', 'beforeP50Ns', 'ns', 'p50', 'services.p50', 152],
  ['p95Ns', 'beforeP95Ns', 'ns', 'p95', 'services.p95', 154],
  ['p99Ns', 'beforeP99Ns', 'ns', 'p99', 'services.p99', 154],
] as const

function toneOf(measure: string, direction: string | undefined): Tone {
  if (measure === 'rate') return 'note'
  if (direction === 'down') return 'ok'
  return measure === 'errors' ? 'critical' : 'warning'
}

export function ServiceTable({ frame, input, sparks, moved, range, window, stale }: ServiceTableProps) {
  const t = useT()
  const [chosen, setChosen] = useParam<string>('row', '')
  const selected = useMemo(() => {
    for (let row = 0; row < frame.rowCount; row++) if (textOf(frame, 'service', row) === chosen) return row
    return -1
  }, [frame, chosen])
  const more = useCallback(
    (event: { frame: Frame; row: number }) => pivotItems(textOf(event.frame, 'service', event.row)),
    [],
  )
  const question = useMemo(() => ({ method: 'services.overview' as const, input }), [input])
  const values = useValueMenu({ question, title: t('services.pinOverview'), fields: FIELDS, more })

  const columns = useMemo((): TableColumn[] => {
    const spark = (id: string, title: string, of: 'requests' | 'p95'): TableColumn => ({
      id,
      title,
      width: 128,
      // a wide window makes the shapes longer, not the gap behind the names
      grow: true,
      sortable: false,
      render: ({ frame: f, row }) => {
        const service = textOf(f, 'service', row)
        const shape = sparks?.get(service)
        if (!shape) return null
        return (
          <RangeSpark
            label={t(of === 'requests' ? 'services.sparkRate' : 'services.sparkP95', { service })}
            values={of === 'requests' ? shape.requests : shape.p95}
            over={of === 'requests' ? shape.errors : undefined}
            colour={categoryVar(service)}
            range={range}
            window={window}
            area={of === 'requests'}
          />
        )
      },
      text: () => '',
    })
    const measure = ([id, was, unit, name, title, width]: (typeof MEASURES)[number]): TableColumn => ({
      id,
      title: t(title),
      width,
      align: 'end',
      render: ({ frame: f, row }) => {
        const direction = moved.get(`${textOf(f, 'service', row)} ${name}`)
        const tone = toneOf(name, direction)
        return (
          <MovedCell
            before={numberOf(f, was, row)}
            after={numberOf(f, id, row)}
            unit={unit}
            direction={direction}
            tone={tone}
          />
        )
      },
    })
    const [rate, errors, p50, p95, p99] = MEASURES
    return [
      {
        id: 'service',
        title: t('services.service'),
        width: 156,
        render: ({ frame: f, row }) => <NameTag name={textOf(f, 'service', row)} />,
      },
      {
        id: 'change',
        title: t('services.change'),
        width: 80,
        align: 'start',
        render: ({ frame: f, row }) => <ScoreBar score={numberOf(f, 'change', row)} />,
      },
      spark('sparkRate', t('services.requests'), 'requests'),
      measure(rate),
      measure(errors),
      spark('sparkP95', t('services.p95shape'), 'p95'),
      measure(p50),
      measure(p95),
      measure(p99),
    ]
  }, [t, sparks, moved, range, window])

  return (
    <>
      <DataTable
        id="services.overview"
        label={t('services.table')}
        frame={frame}
        columns={columns}
        rowHeight={26}
        selected={selected}
        onSelect={(row) => setChosen(textOf(frame, 'service', row), { replace: true })}
        onOpen={(row) => addFilter({ field: 'service', value: textOf(frame, 'service', row), exclude: false })}
        onCellMenu={values.onCellMenu}
        stale={stale}
        empty={
          <EmptyState title={t('services.none')} actions={<WaysOut topic="look" />}>
            {t('services.noneHint')}
          </EmptyState>
        }
      />
      {values.menu}
    </>
  )
}
