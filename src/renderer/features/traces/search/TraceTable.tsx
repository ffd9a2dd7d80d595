// Found traces as a table; the search view and the panel show the same one.

import { type Ref, useMemo } from 'react'
import type { Frame } from '../../../../shared/frame/frame.ts'
import { useT } from '../../../i18n/index.ts'
import { cellOf, columnOf, jsonOf, numberOf, numbersOf, textOf } from '../../../lib/engine/index.ts'
import { columnScale } from '../../../lib/format.ts'
import { usePreferences } from '../../../lib/preferences.ts'
import { formatDay } from '../../../lib/zone.ts'
import { categoryVar } from '../../../theme/palette.ts'
import {
  DataTable,
  type DataTableHandle,
  DurationBar,
  Num,
  StatusShape,
  type TableColumn,
  Time,
} from '../../../ui/index.ts'
import { openTarget, useValueMenu } from '../../../workbench/index.ts'
import type { SearchInput } from './pages.ts'
import { type FoundTrace, foundAt } from './rows.ts'
import styles from './search.module.css'

const FIELDS = { rootService: 'service', rootOperation: 'operation' }

export interface TraceTableProps {
  readonly frame: Frame
  readonly input: SearchInput
  readonly selected: number
  readonly onSelect: (row: number) => void
  readonly onOpen: (row: number) => void
  readonly onOrder: (orderBy: 'start' | 'duration') => void
  readonly onEnd: () => void
  readonly stale: boolean
  readonly compact?: boolean
  /** an open trace, to compare others with */
  readonly openTrace?: FoundTrace | undefined
  readonly empty: React.ReactNode
  readonly ref?: Ref<DataTableHandle>
}

/** `[[service, spans, errors], ..]` as the store keeps it. */
function servicesOf(frame: Frame, row: number): ReadonlyArray<{ name: string; spans: number; errors: number }> {
  const value = jsonOf(frame, 'services', row)
  if (!Array.isArray(value)) return []
  return value.flatMap((entry: unknown) =>
    Array.isArray(entry) && typeof entry[0] === 'string'
      ? [{ name: entry[0], spans: Number(entry[1]), errors: Number(entry[2]) }]
      : [],
  )
}

export function TraceTable(props: TraceTableProps) {
  const { frame, input, onOrder, compact = false, openTrace } = props
  const t = useT()
  const durations = useMemo(() => {
    const column = columnOf(frame, 'durationNs')
    return column ? numbersOf(column) : new Float64Array()
  }, [frame])
  const longest = useMemo(() => durations.reduce((a, b) => Math.max(a, b), 0), [durations])
  const scale = useMemo(() => columnScale('ns', durations), [durations])
  const zone = usePreferences((p) => p.zone)
  const oneDay = useMemo(() => {
    const days = new Set<string>()
    for (let row = 0; row < frame.rowCount && days.size < 2; row++) {
      const at = cellOf(frame, 'start', row)
      if (typeof at === 'bigint') days.add(formatDay(at, zone))
    }
    return days.size < 2
  }, [frame, zone])
  const orderBy = input.orderBy ?? 'start'
  const values = useValueMenu({
    question: { method: 'traces.search', input },
    title: t('traces.title'),
    fields: FIELDS,
    more: (event) => {
      const found = foundAt(event.frame, event.row)
      const { traceId } = found
      return [
        {
          id: 'open',
          icon: 'expand',
          label: t('traces.openFull'),
          run: () => openTarget({ view: 'traces', path: [traceId], params: { source: found.source } }),
        },
        ...(openTrace === undefined || (openTrace.traceId === traceId && openTrace.source === found.source)
          ? []
          : [
              {
                id: 'compare',
                icon: 'columns' as const,
                label: t('traces.compareWithOpen'),
                run: () =>
                  openTarget({
                    view: 'traces',
                    path: [openTrace.traceId],
                    params: {
                      tab: 'compare',
                      source: openTrace.source,
                      other: traceId,
                      otherSource: found.source,
                    },
                  }),
              },
            ]),
        {
          id: 'logs',
          icon: 'logs',
          label: t('traces.pivot.traceLogs'),
          run: () => openTarget({ view: 'logs', params: { query: `trace:${traceId}` }, filters: [] }),
        },
      ]
    },
  })
  const columns = useMemo<readonly TableColumn[]>(() => {
    const all: TableColumn[] = [
      oneDay && compact
        ? {
            id: 'start',
            title: t('traces.start'),
            width: 108,
            render: ({ frame: f, row }) => {
              const at = cellOf(f, 'start', row)
              return <Time ns={typeof at === 'bigint' ? at : null} precision="ms" />
            },
          }
        : { id: 'start', title: t('traces.start'), width: 194 },
      {
        id: 'durationNs',
        title: t('traces.duration'),
        width: compact ? 140 : 180,
        align: 'end',
        render: ({ frame: f, row }) => (
          <DurationBar
            ns={numberOf(f, 'durationNs', row)}
            maxNs={longest}
            scale={scale}
            colour={categoryVar(textOf(f, 'rootService', row))}
          />
        ),
      },
      { id: 'rootService', title: t('traces.service'), width: compact ? 108 : 130, sortable: false },
      {
        id: 'rootOperation',
        title: t('traces.operation'),
        width: compact ? 120 : 180,
        grow: true,
        sortable: false,
        render: ({ frame: f, row }) => {
          const operation = textOf(f, 'rootOperation', row)
          if (operation !== '') return <span title={operation}>{operation}</span>
          return (
            <span className={styles['quiet']} title={t('traces.noRootHelp')}>
              {t('traces.noRoot')}
            </span>
          )
        },
      },
      {
        id: 'errors',
        title: t('traces.errors'),
        width: compact ? 60 : 70,
        align: 'end',
        sortable: false,
        render: ({ frame: f, row }) => {
          const errors = numberOf(f, 'errors', row)
          if (errors === 0) return null
          return (
            <span className={styles['errors']}>
              <StatusShape tone="critical" label={t('traces.error')} /> <Num value={errors} />
            </span>
          )
        },
      },
      { id: 'spans', title: t('traces.spans'), width: 70, sortable: false },
      {
        id: 'services',
        title: t('traces.services'),
        width: 120,
        sortable: false,
        render: ({ frame: f, row }) => {
          const services = servicesOf(f, row)
          return (
            <span className={styles['services']} title={services.map((s) => `${s.name} ${s.spans}`).join('\n')}>
              {services.slice(0, 10).map((s) => (
                <i key={s.name} style={{ background: categoryVar(s.name) }} />
              ))}
              <span className={styles['quiet']}>{services.length}</span>
            </span>
          )
        },
      },
    ]
    return compact ? all.filter((c) => c.id !== 'services' && c.id !== 'spans') : all
  }, [t, longest, scale, compact, oneDay])
  return (
    <>
      <DataTable
        {...(props.ref === undefined ? {} : { ref: props.ref })}
        label={t('traces.found')}
        id={compact ? 'traces.panel' : 'traces.search'}
        frame={frame}
        columns={columns}
        selected={props.selected}
        onSelect={props.onSelect}
        onOpen={props.onOpen}
        onCellMenu={values.onCellMenu}
        sort={{ column: orderBy === 'start' ? 'start' : 'durationNs', descending: true }}
        onSort={(sort) => onOrder(sort.column === 'durationNs' ? 'duration' : 'start')}
        onEnd={props.onEnd}
        stale={props.stale}
        empty={props.empty}
      />
      {values.menu}
    </>
  )
}
