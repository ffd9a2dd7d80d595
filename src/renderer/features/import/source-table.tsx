// The list of sources as a table: how a source becomes a row, and how each column is drawn.

import { type ReactNode, useMemo } from 'react'
import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { Source } from '../../../shared/contract/sources.ts'
import { type ColumnSpec, type Frame, frameFromRows } from '../../../shared/frame/frame.ts'
import { useT } from '../../i18n/index.ts'
import { Badge, Icon, Num, type TableColumn, Time } from '../../ui/index.ts'
import { SourceSwitch } from './SourceSwitch.tsx'
import styles from './Import.module.css'

const SPECS: readonly ColumnSpec[] = [
  ...['id', 'name', 'kind', 'state'].map((name) => ({ name, type: 'string' as const })),
  ...['from', 'to'].map((name) => ({ name, type: 'time' as const })),
  ...['spans', 'logs', 'samples', 'objects'].map((name) => ({ name, type: 'int' as const })),
  { name: 'bytes', type: 'int', unit: 'By' },
]

export const STATE_TONES = {
  ready: 'ok',
  loading: 'note',
  off: 'neutral',
  removed: 'neutral',
  broken: 'critical',
} as const satisfies Record<Source['state'], string>

export const KIND_ICONS = {
  import: 'import',
  demo: 'play',
  file: 'file',
  prometheus: 'metrics',
  jaeger: 'traces',
  zipkin: 'traces',
  alertmanager: 'alerts',
  otlp: 'sources',
  recording: 'record',
} as const satisfies Record<Source['kind'], string>

/** An end of the stretch of the rows. */
export const instantOf = (text: string | undefined): bigint | null => tryParseRfc3339(text ?? '') ?? null

export const sourceFrame = (sources: readonly Source[]): Frame =>
  frameFromRows(
    SPECS,
    sources.map((s) => ({
      id: s.id,
      name: s.name,
      kind: s.kind,
      state: s.state,
      from: instantOf(s.from),
      to: instantOf(s.to),
      spans: BigInt(s.counts.spans),
      logs: BigInt(s.counts.logs),
      samples: BigInt(s.counts.samples),
      objects: BigInt(s.counts.objects + s.counts.happenings),
      bytes: s.bytes === undefined ? null : BigInt(s.bytes),
    })),
  )

export function useSourceColumns(sources: readonly Source[]): TableColumn[] {
  const t = useT()
  return useMemo(() => {
    const drawn = (draw: (source: Source) => ReactNode): NonNullable<TableColumn['render']> => {
      return ({ row }) => {
        const source = sources[row]
        return source ? draw(source) : null
      }
    }
    return [
      {
        id: 'on',
        title: t('imports.column.on'),
        width: 52,
        sortable: false,
        render: drawn((s) => <SourceSwitch source={s} />),
      },
      {
        id: 'name',
        title: t('imports.column.name'),
        width: 200,
        grow: true,
        render: drawn((s) => (
          <span className={styles['nameCell']}>
            <Icon name={KIND_ICONS[s.kind]} size={14} /> {s.name}
          </span>
        )),
      },
      { id: 'kind', title: t('imports.column.kind'), width: 84, render: drawn((s) => t(`imports.kind.${s.kind}`)) },
      {
        id: 'state',
        title: t('imports.column.state'),
        width: 96,
        render: drawn((s) => <Badge tone={STATE_TONES[s.state]}>{t(`imports.state.${s.state}`)}</Badge>),
      },
      {
        id: 'from',
        title: t('imports.column.from'),
        width: 160,
        render: drawn((s) => <Time ns={instantOf(s.from)} day />),
      },
      {
        id: 'to',
        title: t('imports.column.to'),
        width: 160,
        render: drawn((s) => <Time ns={instantOf(s.to)} day />),
      },
      { id: 'spans', title: t('imports.column.spans'), width: 84 },
      { id: 'logs', title: t('imports.column.logs'), width: 84 },
      { id: 'samples', title: t('imports.column.samples'), width: 84 },
      { id: 'objects', title: t('imports.column.objects'), width: 84 },
      // each in its own unit, as file managers do: 58 B and 52 MiB have no unit in common that fits
      {
        id: 'bytes',
        title: t('imports.column.bytes'),
        width: 96,
        render: drawn((s) => <Num value={s.bytes} unit="By" />),
      },
    ]
  }, [sources, t])
}
