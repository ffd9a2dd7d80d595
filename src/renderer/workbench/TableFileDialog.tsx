// Every row of a table as a file, however many: a job of the engine, with progress and cancel; in the browser shell the
// file is then downloaded.

import { useState } from 'react'
import type { MethodInput } from '../../shared/contract/index.ts'
import { say, useT } from '../i18n/index.ts'
import { isDesktop } from '../lib/engine/connect.ts'
import { useJob, useMethod } from '../lib/engine/index.ts'
import { formatCount } from '../lib/format.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Select } from '../ui/Select.tsx'
import { ErrorState, PartialNote } from '../ui/State.tsx'
import { copyText } from './copy.ts'
import { baseName } from './incident-file.ts'
import { saveTable, tableFileName, type TableToSave, useTableToSave } from './table-file.ts'
import styles from './workbench.module.css'

type Format = MethodInput<'export.tableFile'>['format']
const FORMATS = ['csv', 'tsv', 'ndjson', 'parquet'] as const satisfies readonly Format[]

export function TableFileDialog() {
  const table = useTableToSave((s) => s.table)
  return table ? <TableFileForm table={table} /> : null
}

function TableFileForm({ table }: { table: TableToSave }) {
  const t = useT()
  const info = useMethod('system.info', {})
  const job = useJob('export.tableFile')
  const [format, setFormat] = useState<Format>('csv')
  const [folder, setFolder] = useState<string>()
  const close = (): void => saveTable(undefined)
  const slash = info.data?.dataDir.includes('\\') ? '\\' : '/'
  const base = folder ?? (info.data ? `${info.data.dataDir}${slash}${isDesktop() ? 'saved' : 'downloads'}` : '')
  const start = (): void => {
    const path = `${base}${slash}${tableFileName(table.title, format, new Date())}`
    // the failure is shown by the job's own error below
    job.start({ method: table.method, input: table.input, format, path }).catch(() => undefined)
  }
  const done = job.result
  const actions = done ? (
    <>
      <Button onClick={close}>{t('ui.close')}</Button>
      {isDesktop() ? (
        <Button kind="primary" icon="copy" onClick={() => void copyText(done.path)}>
          {t('workbench.tableFile.copyPath')}
        </Button>
      ) : (
        <a
          className={styles['primaryLink']}
          href={`/download/${encodeURIComponent(baseName(done.path))}`}
          download={baseName(done.path)}
        >
          {t('workbench.tableFile.download')}
        </a>
      )}
    </>
  ) : (
    <>
      <Button onClick={job.running ? job.cancel : close}>{t('ui.cancel')}</Button>
      <Button kind="primary" disabled={job.running || base === ''} onClick={start}>
        {t('workbench.tableFile.run')}
      </Button>
    </>
  )
  return (
    <Dialog
      open
      onClose={close}
      width="narrow"
      title={t('workbench.tableFile.title', { title: table.title })}
      description={done ? undefined : t('workbench.tableFile.text')}
      actions={actions}
    >
      <div className={styles['stack']}>
        {done ? (
          <>
            <p role="status">
              {t('workbench.tableFile.done', { count: done.rows, text: formatCount(done.rows) })}{' '}
              <PartialNote completeness={done.completeness} />
            </p>
            <code className={styles['wrapped']}>{isDesktop() ? done.path : baseName(done.path)}</code>
          </>
        ) : (
          <>
            <Select
              label={t('workbench.tableFile.format')}
              value={format}
              disabled={job.running}
              options={FORMATS.map((value) => ({ value, label: t(`workbench.tableFile.format.${value}`) }))}
              onChange={setFormat}
            />
            {isDesktop() && (
              <TextField
                label={t('workbench.tableFile.folder')}
                showLabel
                mono
                value={base}
                disabled={job.running}
                onChange={setFolder}
              />
            )}
          </>
        )}
        {job.running && (
          <div role="status">
            <progress
              value={job.progress?.fraction ?? undefined}
              max={1}
              aria-label={t('workbench.tableFile.running')}
            />{' '}
            <span className={styles['dim']}>
              {job.progress ? say(job.progress.message) : t('workbench.tableFile.running')}
            </span>
          </div>
        )}
        {job.error && job.error.code !== 'cancelled' && (
          <ErrorState error={job.error} what={t('workbench.tableFile.failed')} />
        )}
      </div>
    </Dialog>
  )
}
