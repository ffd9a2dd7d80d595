// Two amounts one above the other on one scale: the first in the accent, the second hatched, both with their number.

import { quantity, type Scale } from '../../../lib/format.ts'
import styles from './groups.module.css'

export function PairBar({
  a,
  b,
  max,
  unit,
  scale,
}: {
  a: number
  b: number
  max: number
  unit: string
  scale?: Scale
}) {
  const width = (v: number): string => `${max > 0 ? Math.min(100, (v / max) * 100).toFixed(2) : 0}%`
  const text = (v: number): string => {
    const q = quantity(v, unit, scale ? { scale, decimals: 2 } : { decimals: 1 })
    return q.unit === '' ? q.value : `${q.value} ${q.unit}`
  }
  return (
    <span className={styles['pair']}>
      <span className={styles['tracks']} aria-hidden="true">
        <i data-side="a" style={{ width: width(a) }} />
        <i data-side="b" style={{ width: width(b) }} />
      </span>
      <span className={styles['pairNumbers']}>
        <span>{text(a)}</span>
        <span>{text(b)}</span>
      </span>
    </span>
  )
}
