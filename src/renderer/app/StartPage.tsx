// The first thing a newcomer sees: three ways in, then what is already here.

import { useRef } from 'react'
import { useT } from '../i18n/index.ts'
import { useJob, useMethod } from '../lib/engine/index.ts'
import { formatCount } from '../lib/format.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { linkTo, openTarget } from '../workbench/links.ts'
import { toastError } from '../workbench/toasts.ts'
import { asWatchdeckError } from '../lib/engine/hooks.ts'
import styles from './App.module.css'
import { takeFiles } from '../workbench/bring-files.ts'

const TONES = { critical: 'critical', major: 'warning', minor: 'note', notice: 'neutral' } as const

export default function StartPage() {
  const t = useT()
  const demo = useJob('demo.create')
  const incidents = useMethod('incidents.list', { limit: 8 })
  const sources = useMethod('sources.list', {})
  const chooser = useRef<HTMLInputElement>(null)
  const fileChooser = useRef<HTMLInputElement>(null)
  const openDemo = async (): Promise<void> => {
    try {
      const made = await demo.start({ seed: 1 })
      openTarget({
        view: 'services',
        params: { range: { from: made.from, to: made.to }, sources: [made.source] },
        filters: [],
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('app.start.demoFailed'))
    }
  }
  const known = (incidents.data?.incidents ?? []).filter((i) => !i.removed)
  return (
    <div className={styles['page']}>
      <h2 className={styles['pageTitle']}>{t('app.start.title')}</h2>
      <p className={styles['lead']}>{t('app.start.lead')}</p>
      <div className={styles['actions']}>
        <button type="button" className={styles['action']} disabled={demo.running} onClick={() => void openDemo()}>
          <b>
            <Icon name="play" /> {t(demo.running ? 'app.start.demoRunning' : 'app.start.demo')}
          </b>
          <span>{demo.running ? (demo.progress?.message ?? '') : t('app.start.demoText')}</span>
          {demo.running && (
            <div
              className={styles['bar']}
              role="progressbar"
              aria-label={t('app.start.demoRunning')}
              aria-valuenow={Math.round((demo.progress?.fraction ?? 0) * 100)}
            >
              <i style={{ width: `${(demo.progress?.fraction ?? 0) * 100}%` }} />
            </div>
          )}
        </button>
        <button type="button" className={styles['action']} onClick={() => chooser.current?.click()}>
          <b>
            <Icon name="import" /> {t('app.start.drop')}
          </b>
          <span>{t('app.start.dropText')}</span>
        </button>
        <button type="button" className={styles['action']} onClick={() => fileChooser.current?.click()}>
          <b>
            <Icon name="file" /> {t('app.start.openFile')}
          </b>
          <span>{t('app.start.openFileText')}</span>
        </button>
      </div>
      {demo.running && (
        <Button kind="quiet" onClick={demo.cancel}>
          {t('ui.cancel')}
        </Button>
      )}
      <input
        ref={chooser}
        type="file"
        multiple
        className={styles['hidden']}
        aria-label={t('app.start.drop')}
        data-testid="choose-files"
        onChange={(event) => void takeFiles([...(event.target.files ?? [])])}
      />
      <input
        ref={fileChooser}
        type="file"
        accept=".watchdeck"
        className={styles['hidden']}
        aria-label={t('app.start.openFile')}
        data-testid="choose-incident-file"
        onChange={(event) => void takeFiles([...(event.target.files ?? [])])}
      />
      <section className={styles['section']}>
        <h2>{t('app.start.incidents')}</h2>
        {known.length === 0 ? (
          <p className={styles['dim']}>{incidents.loading ? t('ui.loading') : t('app.start.noIncidents')}</p>
        ) : (
          <ul className={styles['lines']}>
            {known.map((i) => (
              <li key={i.id}>
                <a href={linkTo('incidents', { range: i.range }, { path: [i.id], filters: [] })}>
                  <span className={styles['mono']}>INC-{i.number}</span>
                  <span className={styles['grow']}>{i.title}</span>
                  <Badge tone={TONES[i.severity]}>{i.severity}</Badge>
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
      {(sources.data?.sources.length ?? 0) > 0 && (
        <section className={styles['section']}>
          <h2>{t('app.start.sources')}</h2>
          <ul className={styles['lines']}>
            {sources.data?.sources.map((s) => (
              <li key={s.id}>
                <a
                  href={linkTo(
                    'services',
                    {
                      sources: [s.id],
                      ...(s.from !== undefined && s.to !== undefined ? { range: { from: s.from, to: s.to } } : {}),
                    },
                    { filters: [] },
                  )}
                >
                  <span className={styles['grow']}>{s.name}</span>
                  <span className={styles['dim']}>{t('app.start.rows', { count: formatCount(s.rows ?? 0) })}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
