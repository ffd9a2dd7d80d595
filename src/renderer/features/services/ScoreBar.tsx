// How far out of its usual something went, as a bar: 10 is the end of the scale of shared/domain/change-score.ts.

import { useT } from '../../i18n/index.ts'
import styles from './services.module.css'

export function ScoreBar({ score }: { score: number }) {
  const t = useT()
  if (!Number.isFinite(score)) return null
  const text = t('services.score', { score: score.toFixed(1) })
  return (
    <span className={styles['score']} role="img" aria-label={text} title={text}>
      <span style={{ width: `${Math.min(100, Math.max(2, score * 10))}%` }} />
    </span>
  )
}
