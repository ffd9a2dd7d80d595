// Alerts, changes and Kubernetes events: how many when, and the list, newest last. Enter opens the object's history.

import { useCallback, useMemo, useState } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import type { TimeRange } from '../../../shared/base/time.ts'
import { isOpenEnd } from '../../../shared/domain/alerts.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { Bars } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { formatDurationNs } from '../../lib/format.ts'
import { cellOf, numberOf, textOf } from '../../lib/engine/index.ts'
import { useTheme, token } from '../../theme/theme.ts'
import { DataTable, EmptyState, NameTag, StatusShape, type TableColumn, Time } from '../../ui/index.ts'
import { askAbout, setRange, TableInAddress, useValueMenu } from '../../workbench/index.ts'
import styles from './clusters.module.css'
import { toneOfHappening } from './states.ts'
import { KINDS, volumeOf } from './volume.ts'

export interface HappeningsProps {
  readonly frame: Frame
  readonly input: MethodInput<'clusters.happenings'>
  readonly range: TimeRange
  readonly stale: boolean
  readonly onUid?: ((uid: string) => void) | undefined
  /** without the picture: in a drawer or a panel */
  readonly bare?: boolean
}

const FIELDS = { service: 'service', reason: 'k8s.event.reason', namespace: 'k8s.namespace.name' }
const COLOUR = { 'k8s-event': '--n8', change: '--note', alert: '--critical' } as const

export function Happenings({ frame, input, range, stale, onUid, bare = false }: HappeningsProps) {
  const t = useT()
  const theme = useTheme()
  const [selected, setSelected] = useState(-1)
  const volume = useMemo(() => volumeOf(frame, range), [frame, range])
  // colours are read again when the theme changes
  const series = useMemo(
    () =>
      KINDS.map((id) => ({
        id: `${id} ${theme}`,
        label: t('clusters.kindName', { kind: id }),
        colour: token(COLOUR[id]),
        values: volume.counts[id],
      })),
    [volume, t, theme],
  )
  const question = useMemo(() => ({ method: 'clusters.happenings' as const, input }), [input])
  const open = useCallback(
    (of: Frame, row: number) => {
      const uid = textOf(of, 'uid', row)
      if (uid !== '') onUid?.(uid)
    },
    [onUid],
  )
  const more = useCallback(
    (event: { frame: Frame; row: number }) =>
      onUid && textOf(event.frame, 'uid', event.row) !== ''
        ? [
            {
              id: 'history',
              icon: 'panelRight' as const,
              label: t('clusters.openObject'),
              run: () => open(event.frame, event.row),
            },
          ]
        : [],
    [t, onUid, open],
  )
  const values = useValueMenu({ question, title: t('clusters.happenings'), fields: FIELDS, more })
  const columns = useMemo((): TableColumn[] => {
    const all: TableColumn[] = [
      {
        id: 'time',
        title: t('clusters.time'),
        width: 84,
        render: ({ frame: f, row }) => {
          const at = cellOf(f, 'time', row)
          return <Time ns={typeof at === 'bigint' ? at : null} />
        },
      },
      {
        id: 'kind',
        title: t('clusters.kind'),
        width: 104,
        render: ({ frame: f, row }) => {
          const kind = textOf(f, 'kind', row)
          return (
            <span className={styles['state']}>
              <StatusShape tone={toneOfHappening(kind, textOf(f, 'severity', row))} />
              {t('clusters.kindName', { kind })}
            </span>
          )
        },
      },
      { id: 'reason', title: t('clusters.reason'), width: 170 },
      {
        id: 'name',
        title: t('clusters.object'),
        width: 210,
        grow: true,
        render: ({ frame: f, row }) => {
          const [kind, name] = [textOf(f, 'objectKind', row), textOf(f, 'name', row)]
          return (
            <span title={`${kind} ${textOf(f, 'namespace', row)}/${name}`}>
              <span className={styles['dim']}>{kind}</span> {name}
            </span>
          )
        },
      },
      {
        id: 'service',
        title: t('clusters.service'),
        width: 120,
        render: ({ frame: f, row }) => {
          const service = textOf(f, 'service', row)
          return service === '' ? null : <NameTag name={service} />
        },
      },
      { id: 'message', title: t('clusters.message'), width: 320, grow: true },
      { id: 'count', title: t('clusters.count'), width: 64 },
      {
        id: 'endTime',
        title: t('clusters.lasted'),
        width: 80,
        align: 'end',
        render: ({ frame: f, row }) => {
          const [from, to] = [cellOf(f, 'time', row), cellOf(f, 'endTime', row)]
          if (typeof from !== 'bigint') return null
          if (typeof to !== 'bigint' || isOpenEnd(to))
            return textOf(f, 'kind', row) === 'alert' ? t('clusters.firing') : null
          return to > from ? formatDurationNs(to - from) : null
        },
      },
    ]
    return bare ? all.filter((c) => c.id !== 'count' && c.id !== 'endTime' && c.id !== 'service') : all
  }, [t, bare])
  return (
    <div className={styles['pane']}>
      {!bare && (
        <TableInAddress name="events">
          <Bars
            label={t('clusters.volume')}
            times={volume.times}
            series={series}
            range={range}
            height={84}
            onBrush={setRange}
            stale={stale}
            onAsk={(at) => askAbout({ ...question, value: t('clusters.volume'), at })}
          />
        </TableInAddress>
      )}
      <DataTable
        id={bare ? 'clusters.happenings.bare' : 'clusters.happenings'}
        label={t('clusters.happenings')}
        frame={frame}
        columns={columns}
        selected={selected < frame.rowCount ? selected : -1}
        onSelect={setSelected}
        onOpen={(row) => open(frame, row)}
        onCellMenu={values.onCellMenu}
        rowTone={(f, row) => {
          const tone = toneOfHappening(textOf(f, 'kind', row), textOf(f, 'severity', row))
          return tone === 'critical' || (tone === 'warning' && numberOf(f, 'count', row) > 0) ? tone : undefined
        }}
        stale={stale}
        empty={<EmptyState title={t('clusters.noHappenings')}>{t('clusters.noHappeningsHint')}</EmptyState>}
      />
      {values.menu}
    </div>
  )
}
