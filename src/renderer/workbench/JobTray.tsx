// Long work: a count in the header while something runs, the list with progress and cancel behind it; and past messages.

import { useQueryClient } from '@tanstack/react-query'
import { say, isMessageKey, type Translate, useT } from '../i18n/index.ts'
import type { Job } from '../../shared/contract/jobs.ts'
import { methodKey, useCommand, useMethod, useStream } from '../lib/engine/index.ts'
import { Button, IconButton } from '../ui/Button.tsx'
import { Popover } from '../ui/Popover.tsx'
import { linkTo } from './links.ts'
import { Notices } from './Notices.tsx'
import { noticesSeen, useToasts } from './toasts.ts'
import { WhyButton } from './WhyButton.tsx'
import styles from './workbench.module.css'

/** In the words of the page; the engine's own title says what the method does, and after a colon with what. */
export function nameOf(t: Translate, job: Pick<Job, 'method' | 'title'>): string {
  const key = `workbench.jobs.name.${job.method}`
  if (!isMessageKey(key)) return job.title
  const colon = job.title.indexOf(': ')
  return colon < 0 ? t(key) : t('workbench.jobs.of', { name: t(key), what: job.title.slice(colon + 2) })
}

export function JobTray() {
  const t = useT()
  const queries = useQueryClient()
  const { data } = useMethod('jobs.list', {})
  const cancel = useCommand('jobs.cancel')
  const clear = useCommand('jobs.clear')
  useStream('jobs.watch', {}, (job) => {
    queries.setQueryData<{ jobs: Job[] }>(methodKey('jobs.list', {}), (before) => {
      const jobs = before?.jobs ?? []
      return { jobs: jobs.some((j) => j.id === job.id) ? jobs.map((j) => (j.id === job.id ? job : j)) : [job, ...jobs] }
    })
  })
  const unseen = useToasts((s) => s.unseen)
  const jobs = data?.jobs ?? []
  const running = jobs.filter((j) => j.state === 'running')
  return (
    <Popover
      align="end"
      label={t('workbench.jobs.title')}
      onOpenChange={(open) => open && noticesSeen()}
      trigger={
        <Button
          kind="quiet"
          icon="jobs"
          aria-label={
            unseen > 0
              ? t('workbench.notices.unseen', { count: unseen })
              : running.length > 0
                ? t('workbench.jobs.running', { count: running.length })
                : t('workbench.jobs.title')
          }
        >
          {unseen > 0 && <span className={styles['unseen']}>{unseen}</span>}
          {running.length > 0 && (
            <span className={styles['jobCount']}>{t('workbench.jobs.running', { count: running.length })}</span>
          )}
        </Button>
      }
    >
      <div className={styles['jobs']}>
        <h3>{t('workbench.jobs.list')}</h3>
        {jobs.length === 0 && <p>{t('workbench.jobs.none')}</p>}
        {jobs.length > 0 && (
          <div className={styles['jobList']} tabIndex={0} role="region" aria-label={t('workbench.jobs.list')}>
            {jobs.map((job) => (
              <div key={job.id} className={styles['job']}>
                <div className={styles['jobText']}>
                  <b>{nameOf(t, job)}</b>
                  <span>{job.state === 'running' ? say(job.message) : t(`workbench.jobs.${job.state}`)}</span>
                  {job.error && <span>{say(job.error.message)}</span>}
                  {job.method === 'import.run' && (
                    <a href={linkTo('import', { job: job.id })}>{t('workbench.jobs.openReport')}</a>
                  )}
                  {job.state === 'running' && (
                    <progress value={job.fraction ?? undefined} max={1} aria-label={nameOf(t, job)} />
                  )}
                </div>
                {job.state === 'running' && (
                  <IconButton
                    icon="close"
                    label={t('workbench.jobs.cancel', { title: nameOf(t, job) })}
                    onClick={() => void cancel.run({ id: job.id })}
                  />
                )}
              </div>
            ))}
          </div>
        )}
        {jobs.length > 0 && (
          <div className={styles['jobFoot']}>
            {jobs.some((j) => j.state !== 'running') && (
              <Button kind="quiet" onClick={() => void clear.run({})}>
                {t('workbench.jobs.clear')}
              </Button>
            )}
            <WhyButton
              question={{ method: 'jobs.list', input: {}, rows: jobs.length }}
              value={t('workbench.jobs.running', { count: running.length })}
            />
          </div>
        )}
        <Notices />
      </div>
    </Popover>
  )
}
