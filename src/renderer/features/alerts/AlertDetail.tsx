// One alert: since when, who is told, what mutes it, its labels and annotations; an incident, a silence and links from it.

import { formatRfc3339 } from '../../../shared/base/time.ts'
import { useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { formatQuantity } from '../../lib/format.ts'
import { Badge, Button, Drawer, NameTag, Time } from '../../ui/index.ts'
import { linkTo, openTarget, setCurrentIncident, toastError } from '../../workbench/index.ts'
import styles from './alerts.module.css'
import { type AlertRow, toneOf } from './rows.ts'

export function AlertDetail(props: { alert: AlertRow; onSilence: () => void; onClose: () => void }) {
  const { alert, onSilence, onClose } = props
  const t = useT()
  const raise = useCommand('alerts.raise')
  const sources = useMethod('sources.list', {})
  const sourceOf = (id: string) => sources.data?.sources.find((each) => each.id === id)
  const source = sourceOf(alert.source)
  const open = async (): Promise<void> => {
    try {
      const incident = await raise.run({
        source: alert.source,
        fingerprint: alert.fingerprint,
        startsAt: formatRfc3339(alert.startsAt),
      })
      setCurrentIncident(incident.id)
      openTarget({
        view: 'incidents',
        path: [incident.id],
        params: { range: incident.range, sources: incident.sources },
        filters: [],
      })
    } catch (error) {
      toastError(asWatchdeckError(error), t('alerts.raiseFailed'))
    }
  }
  const about = (label: string, values: readonly string[]) =>
    values.length > 0 && (
      <>
        <dt>{label}</dt>
        <dd className={styles['mono']}>{values.join(', ')}</dd>
      </>
    )
  return (
    <Drawer
      title={alert.name}
      label={t('alerts.detail')}
      onClose={onClose}
      actions={<Badge tone={toneOf(alert)}>{t('alerts.stateName', { state: alert.state })}</Badge>}
    >
      <div className={styles['body']}>
        <p className={styles['summary']}>{alert.summary}</p>
        <div className={styles['buttons']}>
          <Button kind="primary" icon="incidents" disabled={raise.running} onClick={() => void open()}>
            {t('alerts.raise')}
          </Button>
          {source?.kind === 'alertmanager' && <Button onClick={onSilence}>{t('alerts.silence')}</Button>}
        </div>
        <dl className={styles['facts']}>
          <dt>{t(alert.state === 'pending' ? 'alerts.pendingSince' : 'alerts.startsAt')}</dt>
          <dd>
            <Time ns={alert.startsAt} day />
          </dd>
          {alert.endsAt !== undefined && (
            <>
              <dt>{t('alerts.endsAt')}</dt>
              <dd>
                <Time ns={alert.endsAt} day />
              </dd>
            </>
          )}
          {alert.service !== '' && (
            <>
              <dt>{t('alerts.service')}</dt>
              <dd>
                <NameTag name={alert.service} />{' '}
                <a href={linkTo('traces', { service: alert.service })}>{t('traces.title')}</a>{' '}
                <a href={linkTo('logs', { query: `service:${JSON.stringify(alert.service)}` })}>{t('logs.title')}</a>{' '}
                <a href={linkTo('metrics', { service: alert.service })}>{t('metrics.title')}</a>
              </dd>
            </>
          )}
          {about(t('alerts.receivers'), alert.receivers)}
          {about(t('alerts.silencedBy'), alert.silencedBy)}
          {about(t('alerts.inhibitedBy'), alert.inhibitedBy)}
          <dt>{t('alerts.source')}</dt>
          <dd>{[alert.source, ...alert.also].map((id) => sourceOf(id)?.name ?? id).join(', ')}</dd>
          {alert.value !== undefined && (
            <>
              <dt>{t('alerts.value')}</dt>
              <dd>{formatQuantity(alert.value)}</dd>
            </>
          )}
          {alert.expression !== '' && (
            <>
              <dt>{t('alerts.expression')}</dt>
              <dd className={styles['mono']}>
                <a href={linkTo('metrics', { query: alert.expression })}>{alert.expression}</a>
              </dd>
            </>
          )}
        </dl>
        <Pairs title={t('alerts.labels')} pairs={alert.labels} />
        <Pairs title={t('alerts.annotations')} pairs={alert.annotations} />
      </div>
    </Drawer>
  )
}

function Pairs({ title, pairs }: { title: string; pairs: Readonly<Record<string, string>> }) {
  const entries = Object.entries(pairs)
  if (entries.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <dl className={styles['facts']}>
        {entries.map(([name, value]) => (
          <div key={name} className={styles['pair']}>
            <dt>{name}</dt>
            <dd className={styles['mono']}>
              {/^https?:\/\/\S+$/.test(value) ? (
                <a href={value} target="_blank" rel="noreferrer noopener">
                  {value}
                </a>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
