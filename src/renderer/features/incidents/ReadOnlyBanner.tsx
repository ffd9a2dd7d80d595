// An opened file is somebody's record: everything can be looked at, nothing changed, until one continues it as one's own.

import type { Incident } from '../../../shared/contract/incidents.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, useJob, useMethod } from '../../lib/engine/index.ts'
import { Button, StatusShape } from '../../ui/index.ts'
import { openTarget, toast, toastError } from '../../workbench/index.ts'
import { closeFile } from './incident-actions.ts'
import styles from './WarRoom.module.css'

export function ReadOnlyBanner({ incident }: { incident: Incident }) {
  const t = useT()
  const adopt = useJob('file.adopt')
  const sources = useMethod('sources.list', {})
  const file = sources.data?.sources.find((s) => incident.sources.includes(s.id))
  const broken = file?.state === 'broken'
  const start = async (): Promise<void> => {
    try {
      const own = await adopt.start({ incident: incident.id })
      openTarget({
        view: 'incidents',
        path: [own.incident],
        params: { range: incident.range },
      })
      toast(t('files.adopted'))
    } catch (error) {
      toastError(asWatchdeckError(error), t('files.adoptFailed'))
    }
  }
  return (
    <div className={styles['banner']} role="status" data-tone={broken ? 'warning' : 'note'}>
      <StatusShape tone={broken ? 'warning' : 'note'} />
      <span className={styles['bannerText']}>
        <b>{t(broken ? 'files.broken' : 'files.readOnly')}</b>{' '}
        {t(broken ? 'files.brokenText' : 'files.readOnlyText', { path: file?.origin[0] ?? '' })}
      </span>
      {adopt.running ? (
        <>
          <span className={styles['dim']}>{adopt.progress ? say(adopt.progress.message) : t('files.adopting')}</span>
          <Button onClick={adopt.cancel}>{t('ui.cancel')}</Button>
        </>
      ) : (
        !broken && (
          <Button kind="primary" onClick={() => void start()}>
            {t('files.adopt')}
          </Button>
        )
      )}
      <Button kind="quiet" onClick={() => void closeFile(incident)}>
        {t('files.close')}
      </Button>
    </div>
  )
}
