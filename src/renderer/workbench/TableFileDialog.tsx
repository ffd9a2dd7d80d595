// Every row of a table as a file, however many, or one trace in a shape that other tools read: a job of the engine, with
// progress and cancel; in the browser shell the file is then downloaded.

import { useState } from 'react'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { say, useT } from '../i18n/index.ts'
import { isDesktop } from '../lib/engine/connect.ts'
import { type JobRun, useJob, useMethod } from '../lib/engine/index.ts'
import { formatCount } from '../lib/format.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TextField } from '../ui/Field.tsx'
import { Select } from '../ui/Select.tsx'
import { ErrorState, PartialNote } from '../ui/State.tsx'
import { copyText } from './copy.ts'
import { baseName } from './incident-file.ts'
import { saveNothing, tableFileName, type TableToSave, type TraceToSave, useToSave } from './table-file.ts'
import styles from './workbench.module.css'

const TABLE_FORMATS = ['csv', 'tsv', 'ndjson', 'parquet'] as const
const TRACE_FORMATS = ['otlp-json', 'jaeger-json', 'zipkin-json'] as const

export function TableFileDialog() {
  const { table, trace } = useToSave()
  return table ? <TableFileForm table={table} /> : trace ? <TraceFileForm trace={trace} /> : null
}

function TableFileForm({ table }: { table: TableToSave }) {
  const t = useT()
  const job = useJob('export.tableFile')
  return (
    <FileForm
      title={t('workbench.tableFile.title', { title: table.title })}
      text={t('workbench.tableFile.text')}
      formats={TABLE_FORMATS.map((value) => ({ value, label: t(`workbench.tableFile.format.${value}`) }))}
      job={job}
      fileName={(format) => tableFileName(table.title, format, new Date())}
      start={(format, path) => job.start({ method: table.method, input: table.input, format, path })}
      done={(rows) => t('workbench.tableFile.done', { count: rows, text: formatCount(rows) })}
    />
  )
}

function TraceFileForm({ trace }: { trace: TraceToSave }) {
  const t = useT()
  const job = useJob('export.run')
  const { traceId, sources } = trace
  return (
    <FileForm
      title={t('workbench.traceFile.title', { title: trace.title })}
      text={t('workbench.traceFile.text')}
      formats={TRACE_FORMATS.map((value) => ({ value, label: t(`workbench.traceFile.format.${value}`) }))}
      job={job}
      fileName={(format) => tableFileName(`trace ${traceId} ${format.split('-')[0]}`, 'json', new Date())}
      start={(format, path) => job.start({ traceId, ...(sources ? { sources: [...sources] } : {}), format, path })}
      done={(rows) => t('workbench.traceFile.done', { count: rows, text: formatCount(rows) })}
    />
  )
}

function FileForm<F extends string>({
  title,
  text,
  formats,
  job,
  fileName,
  start: startJob,
  done: doneWords,
}: {
  title: string
  text: string
  formats: ReadonlyArray<{ value: F; label: string }>
  job: Omit<JobRun<'export.run'>, 'start' | 'result'> & {
    result: Pick<MethodOutput<'export.run'>, 'path' | 'rows' | 'completeness'> | undefined
  }
  fileName: (format: F) => string
  start: (format: F, path: string) => Promise<unknown>
  done: (rows: number) => string
}) {
  const t = useT()
  const info = useMethod('system.info', {})
  const [format, setFormat] = useState<F>((formats[0] as { value: F }).value)
  const [folder, setFolder] = useState<string>()
  const close = saveNothing
  const slash = info.data?.dataDir.includes('\\') ? '\\' : '/'
  const base = folder ?? (info.data ? `${info.data.dataDir}${slash}${isDesktop() ? 'saved' : 'downloads'}` : '')
  const start = (): void => {
    // the failure is shown by the job's own error below
    startJob(format, `${base}${slash}${fileName(format)}`).catch(() => undefined)
  }
  const done = job.result
  const path = done?.path ?? ''
  const actions = done ? (
    <>
      <Button onClick={close}>{t('ui.close')}</Button>
      {isDesktop() ? (
        <Button kind="primary" icon="copy" onClick={() => void copyText(path)}>
          {t('workbench.tableFile.copyPath')}
        </Button>
      ) : (
        <a
          className={styles['primaryLink']}
          href={`/download/${encodeURIComponent(baseName(path))}`}
          download={baseName(path)}
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
    <Dialog open onClose={close} width="narrow" title={title} description={done ? undefined : text} actions={actions}>
      <div className={styles['stack']}>
        {done ? (
          <>
            <p role="status">
              {doneWords(done.rows)}
              <PartialNote completeness={done.completeness} />
            </p>
            <code className={styles['wrapped']}>{isDesktop() ? path : baseName(path)}</code>
          </>
        ) : (
          <>
            <Select
              label={t('workbench.tableFile.format')}
              value={format}
              disabled={job.running}
              options={formats}
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
