// Messages that have left the screen: failures with their reason, and what can still be undone.

import { fromMillis } from '../../shared/base/time.ts'
import { useT } from '../i18n/index.ts'
import { StatusShape } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Time } from '../ui/Num.tsx'
import { ACTION_MS, act, clearNotices, useToasts } from './toasts.ts'
import styles from './workbench.module.css'

export function Notices() {
  const t = useT()
  const past = useToasts((s) => s.past)
  const now = Date.now()
  return (
    <section aria-label={t('workbench.notices.title')} className={styles['notices']}>
      <h3>{t('workbench.notices.title')}</h3>
      {past.length === 0 && <p>{t('workbench.notices.none')}</p>}
      <ul>
        {past.map((notice) => {
          const { id, at, tone, text, detail, action } = notice
          return (
            <li key={id} className={styles['job']}>
              <StatusShape tone={tone} />
              <div className={styles['jobText']}>
                <b>{text}</b>
                {detail !== undefined && detail !== '' && <span>{detail}</span>}
                <span>
                  <Time ns={fromMillis(at)} precision="s" />
                </span>
              </div>
              {action && now - at < ACTION_MS && (
                <Button kind="quiet" onClick={() => act(notice)}>
                  {action.label}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {past.length > 0 && (
        <Button kind="quiet" onClick={clearNotices}>
          {t('workbench.notices.clear')}
        </Button>
      )}
    </section>
  )
}
