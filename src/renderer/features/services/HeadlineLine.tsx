// The answer in words at the top of the overview, with the windows it speaks of; for a chosen service its ways onward.

import type { Translate } from '../../i18n/index.ts'
import { useT } from '../../i18n/index.ts'
import { formatQuantity } from '../../lib/format.ts'
import { usePreferences } from '../../lib/preferences.ts'
import { formatTime } from '../../lib/zone.ts'
import { Icon, NameTag } from '../../ui/index.ts'
import { type Question, WhyButton } from '../../workbench/index.ts'
import type { Headline, HeadlineMeasure, Moved } from './headline.ts'
import { pivotTargets } from './scope.ts'
import styles from './services.module.css'

const UNIT: Record<HeadlineMeasure, string> = { errors: '1', p95: 'ns', rate: '1/s' }

function valueText(value: number, measure: HeadlineMeasure): string {
  if (Number.isNaN(value)) return '–'
  if (measure !== 'errors') return formatQuantity(value, UNIT[measure])
  const percent = value * 100
  return formatQuantity(value, '1', { decimals: percent === 0 || percent >= 10 ? 0 : percent < 0.1 ? 2 : 1 })
}

const movedText = (t: Translate, m: Moved): string =>
  t('services.headlineMeasure', {
    measure: m.measure,
    before: valueText(m.before, m.measure),
    after: valueText(m.after, m.measure),
  })

export function HeadlineLine({
  headline,
  service,
  question,
}: {
  headline: Headline | undefined
  service: string | undefined
  question: Question
}) {
  const t = useT()
  const zone = usePreferences((p) => p.zone)
  const calm = service === undefined ? t('services.calm') : t('services.calmService', { service })
  return (
    <div className={styles['headline']}>
      {headline ? (
        <p className={styles['answer']} data-testid="headline">
          <NameTag name={headline.first.service} /> {movedText(t, headline.first)}
          {headline.also && t('services.and', { text: movedText(t, headline.also) })}
          {headline.since !== undefined && t('services.sinceAt', { at: formatTime(headline.since, zone, 'min') })}
          {headline.services > 1 && (
            <span className={styles['dim']}>{t('services.servicesChanged', { count: headline.services })}</span>
          )}
          <WhyButton question={question} value={movedText(t, headline.first)} />
        </p>
      ) : (
        <p className={styles['answer']} data-testid="headline">
          {calm}
          <WhyButton question={question} value={calm} />
        </p>
      )}
      {service !== undefined ? (
        <nav className={styles['pivots']} aria-label={t('services.pivots', { service })}>
          {pivotTargets(service).map((p) => (
            <a key={p.view} href={p.href}>
              <Icon name={p.icon} size={12} /> {p.label}
            </a>
          ))}
        </nav>
      ) : (
        headline !== undefined &&
        headline.rollouts.length > 0 && (
          <p className={styles['rollouts']}>
            {t('services.rolledOut')}
            {headline.rollouts.map((r) => (
              <span key={`${r.service} ${r.at}`}>
                <NameTag name={r.service} /> {r.before} → {r.after}{' '}
                <span className={styles['dim']}>{formatTime(r.at, zone, 's')}</span>
              </span>
            ))}
          </p>
        )
      )}
    </div>
  )
}
