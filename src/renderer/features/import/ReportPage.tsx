// An import while it runs and after: progress with cancel, then what was taken and what was skipped, file by file.

import { useState } from 'react'
import { say, useT } from '../../i18n/index.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useFollowedJob } from '../../lib/engine/index.ts'
import { formatCount } from '../../lib/format.ts'
import { Button, EmptyState, ErrorState, Skeleton } from '../../ui/index.ts'
import { copyText, linkTo, setParams, useParam } from '../../workbench/index.ts'
import { FileReport } from './FileReport.tsx'
import styles from './Import.module.css'
import { lookTarget } from './look.ts'
import { reportTsv } from './report-text.ts'

type Report = MethodOutput<'import.run'>
const NO_PATHS: readonly string[] = []

export function ReportPage({ id }: { id: string }) {
  const t = useT()
  const { job, result, error, cancel } = useFollowedJob('import.run', id)
  const [paths] = useParam('paths', NO_PATHS)
  const back = (): void => setParams({ job: undefined })
  const again = paths.length > 0 && <Button onClick={back}>{t('imports.backToPreview')}</Button>
  if (result) return <Ended report={result} />
  if (error?.code === 'cancelled')
    return (
      <EmptyState title={t('imports.cancelled')} actions={again}>
        {t('imports.cancelledText')}
      </EmptyState>
    )
  if (error)
    return (
      <div className={styles['page']}>
        <ErrorState error={error} what={t('imports.failed')} />
        <div className={styles['foot']}>
          {again}
          <a className={styles['link']} href={linkTo('import')}>
            {t('imports.toData')}
          </a>
        </div>
      </div>
    )
  if (!job) return <Skeleton lines={8} />
  return (
    <div className={styles['page']}>
      <div className={styles['running']} role="status">
        <h2 className={styles['headline']}>{t('imports.running')}</h2>
        <progress value={job.fraction ?? undefined} max={1} aria-label={t('imports.running')} />
        <p>
          {job.fraction !== null && `${Math.floor(job.fraction * 100)} % · `}
          {say(job.message)}
        </p>
        <p className={styles['dim']}>{t('imports.runningText')}</p>
        <Button onClick={cancel}>{t('ui.cancel')}</Button>
      </div>
    </div>
  )
}

function Ended({ report }: { report: Report }) {
  const t = useT()
  const [onlyOdd, setOnlyOdd] = useState(false)
  const { spans, logs, samples, objects, events } = report
  const rows = spans + logs + samples + objects + events
  const failed = report.files.filter((f) => f.error !== undefined)
  const skipped = report.files.reduce((sum, f) => sum + f.rowsSkipped, 0)
  const known = report.files.filter((f) => f.alreadyImported).length
  const odd = report.files.filter((f) => f.error !== undefined || f.rowsSkipped > 0)
  const shown = onlyOdd ? odd : report.files
  const look = lookTarget({ id: report.source, counts: { spans, logs, samples }, from: report.from, to: report.to })
  const parts = [
    spans > 0 ? t('imports.n.spans', { count: spans }) : '',
    logs > 0 ? t('imports.n.logs', { count: logs }) : '',
    samples > 0 ? t('imports.n.samples', { count: samples }) : '',
    objects > 0 ? t('imports.n.objects', { count: objects }) : '',
    events > 0 ? t('imports.n.events', { count: events }) : '',
  ].filter(Boolean)
  return (
    <div className={styles['page']}>
      <div className={styles['top']}>
        <h2 className={styles['headline']}>
          {rows > 0
            ? t('imports.done', { what: parts.join(t('imports.comma')) })
            : known > 0
              ? t('imports.doneKnown')
              : t('imports.doneNothing')}
        </h2>
        <div className={styles['space']} />
        {look ? (
          <a className={styles['primaryLink']} href={linkTo(look.view, look.params, { filters: [] })}>
            {t('imports.lookAt')}
          </a>
        ) : null}
      </div>
      <p className={styles['lead']}>
        {t('imports.doneFiles', { count: report.files.length })}
        {known > 0 && ` ${t('imports.previewKnown', { count: known })}.`}
        {skipped > 0 && ` ${t('imports.doneSkipped', { count: skipped, text: formatCount(skipped) })}`}
        {failed.length > 0 && ` ${t('imports.doneFailed', { count: failed.length })}`}
      </p>
      <ul className={styles['reports']} aria-label={t('imports.files')}>
        {shown.slice(0, 500).map((file) => (
          <FileReport key={file.path} file={file} />
        ))}
      </ul>
      <div className={styles['foot']}>
        <Button icon="copy" onClick={() => void copyText(reportTsv(report.files))}>
          {t('imports.copyReport')}
        </Button>
        {odd.length > 0 && odd.length < report.files.length && (
          <Button pressed={onlyOdd} onClick={() => setOnlyOdd(!onlyOdd)}>
            {t('imports.onlyOdd', { count: odd.length })}
          </Button>
        )}
        {failed.length > 0 && (
          <Button
            onClick={() =>
              setParams({ job: undefined, paths: failed.map((f) => f.path), file: undefined, leave: undefined })
            }
          >
            {t('imports.tryFailed')}
          </Button>
        )}
        <div className={styles['space']} />
        <a className={styles['link']} href={linkTo('import', {}, { path: [report.source] })}>
          {t('imports.toSource')}
        </a>
      </div>
    </div>
  )
}
