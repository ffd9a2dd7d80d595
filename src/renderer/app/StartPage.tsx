// The first thing a newcomer sees: four ways in, then what is already here.

import { useRef } from 'react'
import { useT } from '../i18n/index.ts'
import { useMethod } from '../lib/engine/index.ts'
import { environmentTone } from '../lib/environment.ts'
import { formatCount } from '../lib/format.ts'
import { viewOfKind } from '../lib/view-of-kind.ts'
import { Badge } from '../ui/Badge.tsx'
import { Icon } from '../ui/Icon.tsx'
import { ErrorState, Skeleton } from '../ui/State.tsx'
import { Time } from '../ui/Num.tsx'
import { tryParseRfc3339 } from '../../shared/base/time.ts'
import { takeFiles } from '../workbench/bring-files.ts'
import { dataRange } from '../workbench/data-range.ts'
import { linkTo } from '../workbench/links.ts'
import styles from './App.module.css'
import { DemoAction } from './DemoAction.tsx'
import { TourInvite } from './tour/TourInvite.tsx'

const TONES = { critical: 'critical', major: 'warning', minor: 'note', notice: 'neutral' } as const

export default function StartPage() {
  const t = useT()
  return (
    <div className={styles['page']}>
      <h2 className={styles['pageTitle']}>{t('app.start.title')}</h2>
      <p className={styles['lead']}>{t('app.start.lead')}</p>
      <div className={styles['actions']}>
        <DemoAction />
        <Chooser
          icon="import"
          title={t('app.start.drop')}
          text={t('app.start.dropText')}
          testId="choose-files"
          multiple
        />
        <Chooser
          icon="file"
          title={t('app.start.openFile')}
          text={t('app.start.openFileText')}
          testId="choose-incident-file"
          accept=".watchdeck"
        />
        <div className={styles['way']}>
          <a className={styles['action']} href={linkTo('sources', {}, { path: ['new'], filters: [] })}>
            <b>
              <Icon name="sources" /> {t('app.start.connect')}
            </b>
            <span>{t('app.start.connectText')}</span>
          </a>
        </div>
      </div>
      <TourInvite />
      <Incidents />
      <LiveSources />
      <Sources />
    </div>
  )
}

function Chooser({
  icon,
  title,
  text,
  testId,
  multiple = false,
  accept,
}: {
  icon: 'import' | 'file'
  title: string
  text: string
  testId: string
  multiple?: boolean
  accept?: string
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <div className={styles['way']}>
      <button type="button" className={styles['action']} onClick={() => input.current?.click()}>
        <b>
          <Icon name={icon} /> {title}
        </b>
        <span>{text}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple={multiple}
        accept={accept}
        className={styles['hidden']}
        aria-label={title}
        data-testid={testId}
        onChange={(event) => {
          void takeFiles([...(event.target.files ?? [])])
          // the same file may be chosen again
          event.target.value = ''
        }}
      />
    </div>
  )
}

function Incidents() {
  const t = useT()
  const { data, error, refetch } = useMethod('incidents.list', { limit: 8 })
  const known = (data?.incidents ?? []).filter((i) => !i.removed)
  return (
    <section className={styles['section']}>
      <h2>{t('app.start.incidents')}</h2>
      {error && !data ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : !data ? (
        <Skeleton lines={2} />
      ) : known.length === 0 ? (
        <p className={styles['dim']}>{t('app.start.noIncidents')}</p>
      ) : (
        <ul className={styles['lines']}>
          {known.map((i) => (
            <li key={i.id}>
              <a
                href={linkTo(
                  'incidents',
                  { range: i.range, ...(i.sources.length > 0 ? { sources: i.sources } : {}) },
                  { path: [i.id], filters: [] },
                )}
              >
                <span className={styles['mono']}>INC-{i.number}</span>
                <span className={styles['grow']}>{i.title}</span>
                <span className={styles['dim']}>
                  <Time ns={tryParseRfc3339(i.range.from)} day precision="min" />
                </span>
                <Badge tone={TONES[i.severity]}>{t(`app.severity.${i.severity}`)}</Badge>
              </a>
            </li>
          ))}
          <li>
            <a href={linkTo('incidents', {}, { filters: [] })} className={styles['dim']}>
              {t('app.start.allIncidents')}
            </a>
          </li>
        </ul>
      )}
    </section>
  )
}

function LiveSources() {
  const t = useT()
  const { data } = useMethod('sources.list', {})
  const live = (data?.sources ?? []).filter((s) => s.state !== 'removed' && s.live !== undefined)
  if (live.length === 0) return null
  return (
    <section className={styles['section']}>
      <h2>{t('sources.title')}</h2>
      <ul className={styles['lines']}>
        {live.slice(0, 8).map((s) => (
          <li key={s.id}>
            <a
              href={
                s.state === 'ready' && s.live?.lacksSecrets !== true
                  ? linkTo(
                      viewOfKind(s.kind),
                      { sources: [s.id], range: { from: 'now-1h', to: 'now' } },
                      { filters: [] },
                    )
                  : linkTo('sources', {}, { path: [s.id], filters: [] })
              }
            >
              <span className={styles['grow']}>
                {s.name}{' '}
                {s.live?.environment !== undefined && (
                  <Badge filled tone={environmentTone(s.live.environment)}>
                    {s.live.environment}
                  </Badge>
                )}
              </span>
              {s.state === 'ready' && s.live?.lacksSecrets === true ? (
                <Badge tone="warning">{t('sources.health.secrets')}</Badge>
              ) : s.state === 'ready' && (s.live?.health === 'failing' || s.live?.health === 'resting') ? (
                <Badge tone="critical">{t('sources.health.failing')}</Badge>
              ) : null}
              <span className={styles['dim']}>
                {s.state === 'off'
                  ? t('app.start.sourceState', { state: s.state })
                  : s.live?.product === undefined
                    ? t(`imports.kind.${s.kind}`)
                    : `${s.live.product} ${s.live.version ?? ''}`}
              </span>
            </a>
          </li>
        ))}
        <li>
          <a href={linkTo('sources', {}, { filters: [] })} className={styles['dim']}>
            {t('app.start.manageLive')}
          </a>
        </li>
      </ul>
    </section>
  )
}

function Sources() {
  const t = useT()
  const { data } = useMethod('sources.list', {})
  const sources = (data?.sources ?? []).filter((s) => s.state !== 'removed' && s.live === undefined)
  if (sources.length === 0) return null
  return (
    <section className={styles['section']}>
      <h2>{t('app.start.sources')}</h2>
      <ul className={styles['lines']}>
        {sources.slice(0, 8).map((s) => {
          const range = dataRange(s)
          return (
            <li key={s.id}>
              <a
                href={
                  s.state === 'ready' && range
                    ? linkTo(
                        s.counts.spans > 0 ? 'services' : s.counts.logs > 0 ? 'logs' : 'metrics',
                        { sources: [s.id], range: { from: range.from, to: range.to } },
                        { filters: [] },
                      )
                    : linkTo('import', {}, { path: [s.id], filters: [] })
                }
              >
                <span className={styles['grow']}>{s.name}</span>
                <span className={styles['dim']}>
                  {s.state === 'ready'
                    ? t('app.start.rows', { count: formatCount(s.rows ?? 0) })
                    : t('app.start.sourceState', { state: s.state })}
                </span>
              </a>
            </li>
          )
        })}
        <li>
          <a href={linkTo('import', {}, { filters: [] })} className={styles['dim']}>
            {t('workbench.sources.manage')}
          </a>
        </li>
      </ul>
    </section>
  )
}
