// What a view shows when it has nothing, not yet, not all, or a failure: always what happened, what it means, what to do.

import { type ReactNode, useEffect, useState } from 'react'
import type { WatchdeckError } from '../../shared/base/errors.ts'
import type { Completeness } from '../../shared/contract/define.ts'
import { say, isMessageKey, useT } from '../i18n/index.ts'
import { cx } from '../lib/cx.ts'
import { errorDetails } from '../lib/error-details.ts'
import { formatCount } from '../lib/format.ts'
import { beginBusy } from '../lib/idle.ts'
import { ownProgram } from '../lib/program.ts'
import { StatusShape } from './Badge.tsx'
import { Button } from './Button.tsx'
import { Popover } from './Popover.tsx'
import styles from './State.module.css'

export function EmptyState({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles['state']}>
      <p className={styles['title']}>{title}</p>
      {children !== undefined && <div className={styles['text']}>{children}</div>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  )
}

/** What a bug report needs: kinds and places of the failure, no address, no query, no data. */
export function CopyDetails({ error, componentStack }: { error: Error; componentStack?: string }) {
  const t = useT()
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    const where = { hash: location.hash, agent: navigator.userAgent, program: ownProgram() }
    await navigator.clipboard.writeText(errorDetails(error, where, componentStack))
    setCopied(true)
  }
  return (
    <Button icon="copy" onClick={() => void copy()}>
      {t(copied ? 'ui.copiedDetails' : 'ui.copyDetails')}
    </Button>
  )
}

/** Failures that are a mistake of ours: a report helps. */
const OURS: ReadonlySet<string> = new Set(['internal', 'corrupt'])

export function ErrorState({
  error,
  onRetry,
  what,
}: {
  error: WatchdeckError
  onRetry?: (() => void) | undefined
  what?: string
}) {
  const t = useT()
  const message =
    error.messageKey !== undefined && isMessageKey(error.messageKey) ? t(error.messageKey) : say(error.message)
  return (
    <div className={styles['state']} role="alert">
      <p className={styles['title']}>
        <StatusShape tone="critical" /> {what ?? t(`ui.error.${error.code}`)}
      </p>
      <div className={styles['text']}>
        <p>{message}</p>
        {error.hint !== undefined && <p>{say(error.hint)}</p>}
      </div>
      {(onRetry || OURS.has(error.code)) && (
        <div className={styles['actions']}>
          {onRetry && (
            <Button icon="refresh" onClick={onRetry}>
              {t('ui.retry')}
            </Button>
          )}
          {OURS.has(error.code) && <CopyDetails error={error} />}
        </div>
      )}
    </div>
  )
}

/** A quiet block of the final size. `lines` draws that many table rows. */
export function Skeleton({
  height,
  lines,
  className,
}: {
  height?: number | string
  lines?: number
  className?: string
}) {
  const t = useT()
  if (lines === undefined)
    return (
      <div
        className={cx(styles['skeleton'], className)}
        style={{ height: height ?? '100%' }}
        role="status"
        aria-label={t('ui.loading')}
      />
    )
  return (
    <div className={className} role="status" aria-label={t('ui.loading')}>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className={styles['line']} style={{ width: `${92 - ((i * 37) % 55)}%` }} />
      ))}
    </div>
  )
}

/**
 * Shown while a view's code is loaded. React holds the view back a moment after that: work until it is on screen. Every
 * `Suspense` has it (or something around `children`) as its fallback.
 */
export function PendingView({ children }: { children?: ReactNode }) {
  useEffect(() => beginBusy(), [])
  return children ?? <Skeleton />
}

/** What an answer could not see. Draws nothing when it saw everything. */
export function PartialNote({ completeness }: { completeness: Completeness | undefined }) {
  const t = useT()
  if (!completeness || (completeness.complete && !completeness.truncated)) return null
  const { truncated, missing } = completeness
  const headline = truncated
    ? truncated.total === undefined
      ? t('ui.partial.first', { returned: formatCount(truncated.returned) })
      : t('ui.partial.of', { returned: formatCount(truncated.returned), total: formatCount(truncated.total) })
    : t('ui.partial.missing', { count: missing.length })
  return (
    <Popover
      label={t('ui.partial.title')}
      trigger={
        <button type="button" className={styles['partial']}>
          <StatusShape tone="warning" /> {headline}
        </button>
      }
    >
      <div className={styles['partialBody']}>
        <p>{t('ui.partial.explain')}</p>
        {missing.length > 0 && (
          <ul>
            {missing.map((m, i) => (
              <li key={i}>
                <b>{m.source}</b> {say(m.reason)}{' '}
                <span className={styles['dim']}>
                  {m.from} – {m.to}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Popover>
  )
}
