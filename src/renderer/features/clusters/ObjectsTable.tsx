// Objects as they were at the end of the range: kind, name, state with its shape and detail, versions, last change.
// Troubled ones first, then what changed.

import { useCallback, useMemo } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { gather } from '../../../shared/frame/gather.ts'
import { useT } from '../../i18n/index.ts'
import { cellOf, numberOf, textOf } from '../../lib/engine/index.ts'
import { DataTable, EmptyState, NameTag, StatusShape, type TableColumn, Time } from '../../ui/index.ts'
import { useValueMenu } from '../../workbench/index.ts'
import styles from './clusters.module.css'
import { detailInWords } from './detail.ts'
import { compareObjects, toneOfState } from './states.ts'

export interface ObjectsTableProps {
  readonly frame: Frame
  readonly input: MethodInput<'clusters.objects'>
  /** '' = all */
  readonly kind: string
  readonly stale: boolean
  readonly uid: string | undefined
  readonly onUid: (uid: string) => void
  readonly onEnd?: (() => void) | undefined
}

const FIELDS = { service: 'service', kind: 'k8s.object.kind', namespace: 'k8s.namespace.name' }

export function ObjectsTable({ frame, input, kind, stale, uid, onUid, onEnd }: ObjectsTableProps) {
  const t = useT()
  const shown = useMemo(() => {
    const rank = Array.from({ length: frame.rowCount }, (_, row) => {
      const deleted = cellOf(frame, 'deleted', row) === true
      const changed = cellOf(frame, 'changed', row)
      return {
        tone: toneOfState(textOf(frame, 'state', row), deleted),
        deleted,
        versions: numberOf(frame, 'versions', row),
        changed: typeof changed === 'bigint' ? changed : 0n,
      }
    })
    const rows = rank.map((_, row) => row).filter((row) => kind === '' || textOf(frame, 'kind', row) === kind)
    rows.sort((a, b) => {
      const [x, y] = [rank[a], rank[b]]
      return (x && y ? compareObjects(x, y) : 0) || a - b
    })
    return gather(frame, Int32Array.from(rows))
  }, [frame, kind])
  const selected = useMemo(() => {
    for (let row = 0; row < shown.rowCount; row++) if (textOf(shown, 'uid', row) === uid) return row
    return -1
  }, [shown, uid])
  const question = useMemo(() => ({ method: 'clusters.objects' as const, input }), [input])
  const more = useCallback(
    (event: { frame: Frame; row: number }) => [
      {
        id: 'history',
        icon: 'panelRight' as const,
        label: t('clusters.openObject'),
        run: () => onUid(textOf(event.frame, 'uid', event.row)),
      },
    ],
    [t, onUid],
  )
  const values = useValueMenu({ question, title: t('clusters.objects'), fields: FIELDS, more })
  const columns = useMemo((): TableColumn[] => {
    const text = (id: string, title: string, width: number, grow = false): TableColumn => ({ id, title, width, grow })
    return [
      {
        id: 'state',
        title: t('clusters.state'),
        width: 150,
        render: ({ frame: f, row }) => {
          const state = textOf(f, 'state', row)
          return (
            <span className={styles['state']}>
              <StatusShape tone={toneOfState(state, cellOf(f, 'deleted', row) === true)} /> {state}
            </span>
          )
        },
      },
      ...(kind === '' ? [text('kind', t('clusters.kind'), 130)] : []),
      text('namespace', t('clusters.namespace'), 96),
      text('name', t('clusters.name'), 240, true),
      {
        id: 'service',
        title: t('clusters.service'),
        width: 130,
        render: ({ frame: f, row }) => {
          const service = textOf(f, 'service', row)
          return service === '' ? null : <NameTag name={service} />
        },
      },
      {
        ...text('detail', t('clusters.detail'), 260, true),
        render: ({ frame: f, row }) => detailInWords(textOf(f, 'detail', row), t),
        text: (f, row) => detailInWords(textOf(f, 'detail', row), t),
      },
      { id: 'versions', title: t('clusters.versions'), width: 80 },
      {
        id: 'changed',
        title: t('clusters.changed'),
        width: 90,
        align: 'end',
        render: ({ frame: f, row }) => {
          const at = cellOf(f, 'changed', row)
          return <Time ns={typeof at === 'bigint' ? at : null} />
        },
      },
    ]
  }, [t, kind])
  return (
    <>
      <DataTable
        id="clusters.objects"
        label={t('clusters.objects')}
        frame={shown}
        columns={columns}
        selected={selected}
        onSelect={(row) => onUid(textOf(shown, 'uid', row))}
        onCellMenu={values.onCellMenu}
        rowTone={(f, row) => {
          const tone = toneOfState(textOf(f, 'state', row), cellOf(f, 'deleted', row) === true)
          return tone === 'critical' || tone === 'warning' ? tone : undefined
        }}
        stale={stale}
        {...(onEnd ? { onEnd } : {})}
        empty={<EmptyState title={t('clusters.noObjects')}>{t('clusters.noObjectsHint')}</EmptyState>}
      />
      {values.menu}
    </>
  )
}
