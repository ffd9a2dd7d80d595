// The text of a line with its marks; hidden signs are written out and say what they are.

import { memo } from 'react'
import { useT } from '../../i18n/index.ts'
import { formatCount } from '../../lib/format.ts'
import { clipped, type Highlighter, segmentsOf } from './body-text.ts'
import styles from './logs.module.css'

export interface LineTextProps {
  readonly text: string
  readonly highlight: Highlighter
  readonly oneLine: boolean
  /** characters shown; the rest is counted */
  readonly limit: number
}

export const LineText = memo(function LineText({ text, highlight, oneLine, limit }: LineTextProps) {
  const t = useT()
  const cut = text.length > limit ? text.slice(0, limit) : text
  const segments = segmentsOf(cut, clipped(highlight(cut), cut.length), oneLine)
  return (
    <bdi className={styles['text']}>
      {segments.map((s, i) =>
        s.kind === 'plain' ? (
          s.text
        ) : s.kind === 'match' ? (
          <mark key={i} className={styles['mark']}>
            {s.text}
          </mark>
        ) : (
          <span key={i} className={styles['hidden']} title={s.code}>
            {s.text}
          </span>
        ),
      )}
      {cut.length < text.length && (
        <span className={styles['more']}> {t('logs.line.cut', { count: formatCount(text.length - cut.length) })}</span>
      )}
    </bdi>
  )
})
