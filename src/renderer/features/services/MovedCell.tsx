// A measure before and after in one cell: the earlier value quiet, the present one plain, marked where it moved.

import { useT } from '../../i18n/index.ts'
import { cx } from '../../lib/cx.ts'
import { type Quantity, quantity, scaleFor, significantDecimals } from '../../lib/format.ts'
import type { Tone } from '../../theme/palette.ts'
import styles from './services.module.css'

export interface MovedCellProps {
  readonly before: number
  readonly after: number
  readonly unit: string
  /** what the ranking says of this measure; absent = it did not move */
  readonly direction?: string | undefined
  readonly tone: Tone
}

/** Digits that fit a column of one measure: shares to a tenth of a per cent, rates to two digits, times to three in all. */
function decimals(value: number, unit: string): number | undefined {
  if (unit === '1') return value === 0 ? 0 : value < 0.01 ? 2 : 1
  if (unit === '1/s') return value >= 10 ? 1 : 2
  return value === 0 ? undefined : significantDecimals(value / scaleFor(unit, [value]).size)
}

function parts(value: number, unit: string): Quantity | undefined {
  if (Number.isNaN(value)) return undefined
  const digits = decimals(value, unit)
  return quantity(value, unit, digits === undefined ? {} : { decimals: digits })
}

export function MovedCell({ before, after, unit, direction, tone }: MovedCellProps) {
  const t = useT()
  const was = parts(before, unit)
  const is = parts(after, unit)
  return (
    <span className={styles['moved']}>
      <span className={styles['was']}>
        {was ? (was.unit === is?.unit ? was.value : `${was.value} ${was.unit}`) : '–'}
      </span>
      <span className={styles['arrow']} aria-hidden="true">
        →
      </span>
      <span className={cx(styles['is'], direction !== undefined && styles[tone])}>
        {direction !== undefined && (
          <span className={styles['sign']}>
            <span aria-hidden="true">{direction === 'up' ? '▲' : '▼'}</span>
            <span className={styles['spoken']}>{t(direction === 'up' ? 'services.rose' : 'services.fell')}</span>
          </span>
        )}
        {is ? is.value : '–'}
        {is && is.unit !== '' && <span className={styles['unit']}> {is.unit}</span>}
      </span>
    </span>
  )
}
