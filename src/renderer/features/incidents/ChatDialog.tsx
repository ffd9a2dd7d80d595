// The state of the incident in a few lines: copied at once, shown so that one knows what was copied.

import { useEffect, useRef, useState } from 'react'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { type Language, useLanguage, usePreferences } from '../../lib/preferences.ts'
import { resolveZone } from '../../lib/zone.ts'
import { Button, Dialog, ErrorState, Select, Skeleton } from '../../ui/index.ts'
import { toast } from '../../workbench/index.ts'
import styles from './Forms.module.css'
import { LANGUAGES } from './languages.ts'

export function ChatDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const t = useT()
  const own = useLanguage()
  // whoever reads it is elsewhere: the zone has its name
  const zone = resolveZone(usePreferences((p) => p.zone))
  const [language, setLanguage] = useState<Language>(own)
  const answer = useMethod(
    'incidents.chatSummary',
    { incident: incident.id, language, zone },
    { staleMs: 0, keepPrevious: false },
  )
  const text = answer.fetching ? undefined : answer.data?.text
  const copied = useRef('')
  const copy = (words: string): void => {
    navigator.clipboard.writeText(words).then(
      () => toast(t('incidents.summaryCopied')),
      // a page in the background may not write: the text stays here to be copied by hand
      () => toast(t('incidents.summaryNotCopied'), { tone: 'warning' }),
    )
  }
  useEffect(() => {
    if (text === undefined || copied.current === text) return
    copied.current = text
    copy(text)
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('incidents.summary')}
      description={t('incidents.summaryText')}
      actions={
        <>
          <Select label={t('reports.language')} showLabel value={language} options={LANGUAGES} onChange={setLanguage} />
          <span className={styles['grow']} />
          <Button disabled={text === undefined} icon="copy" onClick={() => text !== undefined && copy(text)}>
            {t('incidents.copyAgain')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {t('ui.close')}
          </Button>
        </>
      }
    >
      {answer.error ? (
        <ErrorState error={answer.error} onRetry={answer.refetch} what={t('incidents.summaryFailed')} />
      ) : text === undefined ? (
        <Skeleton height={160} />
      ) : (
        <pre className={styles['preview']} role="region" tabIndex={0} aria-label={t('incidents.summary')}>
          {text}
        </pre>
      )}
    </Dialog>
  )
}
