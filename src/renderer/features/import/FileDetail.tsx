// One file of a preview: what was found out about it, what is odd, how its fields are read, and its first rows read so.

import { useMemo } from 'react'
import type { Mapping } from '../../../shared/contract/import.ts'
import type { Frame } from '../../../shared/frame/frame.ts'
import { type Translate, useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { formatBytes } from '../../lib/format.ts'
import { Button, DataTable, EmptyState, ErrorState, StatusShape, type TableColumn } from '../../ui/index.ts'
import { openIncidentFile, useValueMenu } from '../../workbench/index.ts'
import { formatName, shownPath } from './formats.ts'
import styles from './Import.module.css'
import { MappingEditor } from './MappingEditor.tsx'
import type { PreviewFile } from './preview-file.ts'
import { problemText } from './problems.ts'
import { RecipeBar } from './RecipeBar.tsx'

const WIDTHS: Readonly<Record<string, number>> = {
  time: 210,
  level: 72,
  status: 72,
  service: 140,
  operation: 220,
  metric: 260,
  labels: 320,
  durationNs: 96,
  traceId: 270,
  kind: 120,
  namespace: 120,
  value: 110,
  count: 90,
  reason: 140,
  object: 240,
}

function sampleColumns(t: Translate, frame: Frame): TableColumn[] {
  const last = frame.columns.at(-1)?.name
  return frame.columns.map(({ name }) => ({
    id: name,
    title: t(`imports.sample.${name as 'time'}`),
    width: WIDTHS[name] ?? 200,
    sortable: false,
    grow: name === last,
  }))
}

export interface FileDetailProps {
  readonly file: PreviewFile
  /** what the person changed; undefined: as detected */
  readonly mapping: Mapping | undefined
  readonly onChange: (mapping: Mapping | undefined) => void
}

export function FileDetail({ file, mapping, onChange }: FileDetailProps) {
  const t = useT()
  const input = { paths: [file.path], mapping: { [file.path]: mapping ?? {} } }
  const again = useMethod('import.preview', mapping === undefined ? null : input)
  const shown = (mapping === undefined ? undefined : again.data?.files[0]) ?? file
  const values = useValueMenu({ question: { method: 'import.preview', input }, title: file.path })
  const columns = useMemo(() => sampleColumns(t, shown.sample), [t, shown.sample])
  const isIncident = shown.format === 'watchdeck'
  const stale = mapping !== undefined && (again.stale || again.loading)
  return (
    <div className={styles['file']}>
      <div className={styles['fileHead']}>
        <p className={styles['path']}>{shownPath(file.path)}</p>
        <p>
          <b>{formatName(t, shown.format)}</b>
          {shown.format !== 'unknown' && (
            <span className={styles['dim']}>
              {' '}
              ·{' '}
              {t(mapping?.format === undefined ? 'imports.sure' : 'imports.chosen', {
                percent: Math.round(shown.confidence * 100),
              })}{' '}
              · {t('imports.encodingIs', { encoding: shown.encoding })} · {formatBytes(shown.bytes)}
              {shown.compression !== 'none' && ` · ${t('imports.packed', { how: shown.compression })}`}
            </span>
          )}
        </p>
        {shown.alreadyImported && (
          <p className={styles['note']}>
            <StatusShape tone="note" /> {t('imports.alreadyText')}
          </p>
        )}
        {shown.problems.length > 0 && (
          <ul className={styles['problems']} aria-label={t('imports.problems')}>
            {shown.problems.map((problem) => (
              <li key={problem}>
                <StatusShape tone="warning" /> {problemText(t, problem)}
              </li>
            ))}
          </ul>
        )}
        {again.error && <ErrorState error={again.error} />}
      </div>
      {isIncident ? (
        <EmptyState
          title={t('imports.isIncident')}
          actions={
            <Button kind="primary" onClick={() => void openIncidentFile(file.path)}>
              {t('imports.openIncident')}
            </Button>
          }
        >
          {t('imports.isIncidentText')}
        </EmptyState>
      ) : (
        <>
          <RecipeBar file={file} mapping={mapping} onChange={onChange} />
          <MappingEditor file={shown} detected={file} mapping={mapping} onChange={onChange} />
        </>
      )}
      {shown.format === 'unknown' && (
        <EmptyState title={t('imports.unknownTitle')}>{t('imports.unknownText')}</EmptyState>
      )}
      {!isIncident && shown.format !== 'unknown' && (
        <section className={styles['sample']}>
          <h3>{t('imports.sampleTitle', { count: shown.sample.rowCount })}</h3>
          <DataTable
            label={t('imports.sampleTitle', { count: shown.sample.rowCount })}
            frame={shown.sample}
            columns={columns}
            onCellMenu={values.onCellMenu}
            stale={stale}
            empty={<EmptyState title={t('imports.sampleNone')}>{t('imports.sampleNoneText')}</EmptyState>}
          />
        </section>
      )}
      {values.menu}
    </div>
  )
}
