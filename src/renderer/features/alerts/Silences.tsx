// Silences of the live backends, and what was done to them from here, as the audit keeps it.

import { tryParseRfc3339 } from '../../../shared/base/time.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { say, useT } from '../../i18n/index.ts'
import { asWatchdeckError, useCommand, useMethod } from '../../lib/engine/index.ts'
import { Badge, Button, EmptyState, ErrorState, PartialNote, Skeleton, Time, Toggle } from '../../ui/index.ts'
import { setParam, toast, toastError, useParam } from '../../workbench/index.ts'
import styles from './alerts.module.css'

type Silence = MethodOutput<'alerts.silences'>['silences'][number]

const spelt = (matchers: Silence['matchers']): string =>
  matchers
    .map(
      ({ name, value, isRegex, isEqual }) =>
        `${name}${isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='}${JSON.stringify(value)}`,
    )
    .join(', ')

export function Silences({ sources }: { sources: string[] | undefined }) {
  const t = useT()
  const [expired] = useParam<boolean>('expired', false)
  const list = useMethod('alerts.silences', { ...(sources ? { sources } : {}), expired })
  const actions = useMethod('alerts.actions', { limit: 50 })
  const live = useMethod('sources.list', {})
  const isRouted =
    live.data?.sources.some(({ id, kind }) => kind === 'alertmanager' && (sources?.includes(id) ?? true)) ?? true
  const expire = useCommand('alerts.expire')
  const time = (text: string) => <Time ns={tryParseRfc3339(text) ?? null} day />
  const end = ({ source, id }: Silence): void =>
    void expire.run({ source, id }).then(
      () => toast(t('alerts.expired')),
      (error: unknown) => toastError(asWatchdeckError(error), t('alerts.expireFailed')),
    )
  if (list.error && !list.data)
    return <ErrorState error={list.error} onRetry={list.refetch} what={t('alerts.silencesFailed')} />
  if (!list.data) return <Skeleton lines={8} />
  return (
    <div className={styles['silences']}>
      <div className={styles['buttons']}>
        <Toggle
          label={t('alerts.withExpired')}
          checked={expired}
          onChange={(on) => setParam('expired', on ? true : undefined)}
        />
        <PartialNote completeness={list.data.completeness} />
      </div>
      {list.data.silences.length === 0 ? (
        <EmptyState title={t('alerts.noSilences')}>
          {t(isRouted ? 'alerts.noSilencesText' : 'alerts.noRouting')}
        </EmptyState>
      ) : (
        <table className={styles['plain']} aria-label={t('alerts.silences')}>
          <thead>
            <tr>
              <th>{t('alerts.state')}</th>
              <th>{t('alerts.matchers')}</th>
              <th>{t('alerts.until')}</th>
              <th>{t('alerts.creator')}</th>
              <th>{t('alerts.comment')}</th>
              <th>{t('alerts.action')}</th>
            </tr>
          </thead>
          <tbody>
            {list.data.silences.map((silence) => (
              <tr key={`${silence.source} ${silence.id}`}>
                <td>
                  <Badge tone={silence.state === 'active' ? 'note' : 'neutral'}>
                    {t('alerts.silenceState', { state: silence.state })}
                  </Badge>
                </td>
                <td className={styles['mono']}>{spelt(silence.matchers)}</td>
                <td>{time(silence.endsAt)}</td>
                <td>{silence.creator}</td>
                <td>{silence.comment}</td>
                <td>
                  {silence.state !== 'expired' && (
                    <Button disabled={expire.running} onClick={() => end(silence)}>
                      {t('alerts.expire')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3>{t('alerts.actions')}</h3>
      <ul className={styles['muted']} aria-label={t('alerts.actions')}>
        {actions.data?.actions
          .filter(({ outcome }) => outcome !== 'begun')
          .map((each) => (
            <li key={`${each.at} ${each.action}`}>
              {time(each.at)} <b>{t('alerts.actionName', { action: each.action, outcome: each.outcome })}</b>{' '}
              {each.creator}: {each.comment} <span className={styles['mono']}>{spelt(each.matchers)}</span>
              {each.error !== undefined && <span> {say(each.error)}</span>}
            </li>
          ))}
        {actions.data?.actions.length === 0 && <li className={styles['dim']}>{t('alerts.noActions')}</li>}
      </ul>
    </div>
  )
}
