// Two amounts one above the other on one scale: the first in the accent, the second hatched, both with their number.

import { formatQuantity } from '../../../lib/format.ts'
import styles from './groups.module.css'

/** px of a row in which the two numbers have room, and rows are told apart */
export const PAIR_ROW = 32

export function PairBar({ a, b, max, unit }: { a: number; b: number; max: number; unit: string }) {
  const width = (v: number): string => `${max > 0 ? Math.min(100, (v / max) * 100).toFixed(2) : 0}%`
  const text = (v: number): string => formatQuantity(v, unit, unit === '1' ? { decimals: 1 } : {})
  return (
    <span className={styles['pair']}>
      <span className={styles['tracks']} aria-hidden="true">
        <i data-side="a" data-none={a === 0} style={{ width: width(a) }} />
        <i data-side="b" data-none={b === 0} style={{ width: width(b) }} />
      </span>
      <span className={styles['pairNumbers']}>
        <span>{text(a)}</span>
        <span>{text(b)}</span>
      </span>
    </span>
  )
}
