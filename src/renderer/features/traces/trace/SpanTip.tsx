// What is under the pointer in a picture of spans: exact values, nothing that could not be reached by keys in the details.

import { createPortal } from 'react-dom'
import { useT } from '../../../i18n/index.ts'
import { formatDurationNs } from '../../../lib/format.ts'
import { NameTag, StatusShape } from '../../../ui/index.ts'
import styles from './trace.module.css'

export interface Tip {
  readonly x: number
  readonly y: number
  readonly line: {
    readonly service: string
    readonly operation: string
    readonly offset: number
    readonly duration: number
    readonly self?: number
    readonly status: string
    readonly critical: boolean
    readonly events?: number
  }
}

const WIDTH = 320

export function SpanTip({ tip }: { tip: Tip }) {
  const t = useT()
  const { line } = tip
  return createPortal(
    <div
      className={styles['tip']}
      role="presentation"
      style={{
        left: Math.max(8, Math.min(tip.x + 12, window.innerWidth - WIDTH - 8)),
        top: tip.y + 130 > window.innerHeight ? tip.y - 130 : tip.y + 4,
        maxWidth: WIDTH,
      }}
    >
      <div className={styles['tipHead']}>
        {line.status === 'error' && <StatusShape tone="critical" label={t('traces.error')} />}
        <NameTag name={line.service} /> <b>{line.operation}</b>
      </div>
      <dl className={styles['tipList']}>
        <dt>{t('traces.duration')}</dt>
        <dd>{formatDurationNs(line.duration)}</dd>
        {line.self !== undefined && (
          <>
            <dt>{t('traces.self')}</dt>
            <dd>{formatDurationNs(line.self)}</dd>
          </>
        )}
        <dt>{t('traces.startsAfter')}</dt>
        <dd>{formatDurationNs(line.offset)}</dd>
        {line.critical && (
          <>
            <dt>{t('traces.criticalPath')}</dt>
            <dd>{t('traces.yes')}</dd>
          </>
        )}
      </dl>
    </div>,
    document.body,
  )
}
