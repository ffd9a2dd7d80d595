// The incident as a document: chosen, looked at, then saved or copied.

import { useState } from 'react'
import type { Incident } from '../../../shared/contract/incidents.ts'
import { useT } from '../../i18n/index.ts'
import { useMethod } from '../../lib/engine/index.ts'
import { type Language, useLanguage, usePreferences } from '../../lib/preferences.ts'
import { saveText } from '../../lib/save-text.ts'
import { isZone, resolveZone } from '../../lib/zone.ts'
import { Button, Dialog, ErrorState, Select, Skeleton, TextField } from '../../ui/index.ts'
import { copyText, toast } from '../../workbench/index.ts'
import { fileNameFor } from './file-names.ts'
import styles from './Forms.module.css'
import { LANGUAGES } from './languages.ts'

type Format = 'html' | 'md'

export function ReportDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const t = useT()
  const own = useLanguage()
  const preferred = usePreferences((p) => p.zone)
  const [format, setFormat] = useState<Format>('html')
  const [language, setLanguage] = useState<Language>(own)
  const [zone, setZone] = useState(() => resolveZone(preferred))
  const known = zone.trim() !== '' && isZone(zone)
  const answer = useMethod('report.render', known ? { incident: incident.id, format, language, zone } : null, {
    staleMs: 0,
  })
  const text = answer.stale ? undefined : answer.data?.text
  const save = (): void => {
    if (text === undefined) return
    const name = fileNameFor(incident, format)
    saveText([text], name, format === 'html' ? 'text/html' : 'text/markdown')
    toast(t('reports.saved', { name }))
  }
  return (
    <Dialog
      open
      onClose={onClose}
      width="wide"
      title={t('reports.title')}
      description={t('reports.text')}
      actions={
        <>
          <Button disabled={text === undefined} icon="copy" onClick={() => text !== undefined && void copyText(text)}>
            {t('reports.copy')}
          </Button>
          <Button kind="primary" disabled={text === undefined} icon="export" onClick={save}>
            {t('reports.save')}
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        <div className={styles['row']}>
          <Select
            label={t('reports.format')}
            showLabel
            value={format}
            options={[
              { value: 'html' as const, label: t('reports.html') },
              { value: 'md' as const, label: t('reports.md') },
            ]}
            onChange={setFormat}
          />
          <Select label={t('reports.language')} showLabel value={language} options={LANGUAGES} onChange={setLanguage} />
          <TextField
            label={t('reports.zone')}
            icon="clock"
            mono
            value={zone}
            onChange={setZone}
            error={known ? undefined : t('app.settings.zoneWrong')}
          />
        </div>
        {answer.error ? (
          <ErrorState error={answer.error} onRetry={answer.refetch} what={t('reports.failed')} />
        ) : text === undefined ? (
          <Skeleton height="48vh" />
        ) : format === 'html' ? (
          <iframe
            className={styles['frame']}
            title={t('reports.preview')}
            sandbox=""
            srcDoc={text}
            data-testid="report"
          />
        ) : (
          <pre
            className={styles['preview']}
            role="region"
            tabIndex={0}
            aria-label={t('reports.preview')}
            data-testid="report"
          >
            {text}
          </pre>
        )}
      </div>
    </Dialog>
  )
}
