// A duration as a bar beside its number: the share of the longest in the column, so that rows compare at a glance.

import type { Scale } from '../lib/format.ts'
import styles from './DurationBar.module.css'
import { Num } from './Num.tsx'

export interface DurationBarProps {
  readonly ns: number | bigint
  readonly maxNs: number
  readonly colour?: string
  readonly scale?: Scale | undefined
}

export function DurationBar({ ns, maxNs, colour = 'var(--n8)', scale }: DurationBarProps) {
  const share = maxNs > 0 ? Math.min(1, Number(ns) / maxNs) : 0
  return (
    <span className={styles['root']}>
      <span className={styles['track']} aria-hidden="true">
        <span
          className={styles['bar']}
          data-colour
          style={{ width: `${(share * 100).toFixed(1)}%`, background: colour }}
        />
      </span>
      <Num value={ns} unit="ns" {...(scale ? { scale, decimals: 2 } : {})} />
    </span>
  )
}
