// A cell by its column's type: times in the chosen zone, numbers right-aligned with dimmed units, ids monospaced.

import type { CellValue, Column } from '../../shared/frame/frame.ts'
import type { Scale } from '../lib/format.ts'
import { significantDecimals, unitKind } from '../lib/format.ts'
import { NameTag, StatusShape } from './Badge.tsx'
import { Num, Time } from './Num.tsx'
import styles from './DataTable.module.css'

export const isNumeric = (column: Column): boolean => column.type === 'int' || column.type === 'float'

/** Decimals that a whole column shares under one scale: those of its scale's three digits. */
function decimalsFor(value: number, unit: string | undefined, scale: Scale | undefined): number | undefined {
  if (!scale || unit === undefined) return undefined
  const { kind, factor } = unitKind(unit)
  if (kind === 'ratio') return 2
  if (kind === 'percent') return 1
  if (kind !== 'duration' && kind !== 'bytes') return undefined
  const scaled = Math.abs((value * factor) / scale.size)
  return scale.size === 1 ? 0 : scaled > 0 && scaled < 0.1 ? Math.min(4, significantDecimals(scaled)) : 2
}

export function DefaultCell({ column, value, scale }: { column: Column; value: CellValue; scale: Scale | undefined }) {
  if (value === null) return <span className={styles['none']}>–</span>
  if (column.type === 'time') return <Time ns={value as bigint} precision="ms" day />
  if (isNumeric(column)) {
    const decimals = decimalsFor(Number(value), column.unit, scale)
    return (
      <Num
        value={value as number | bigint}
        unit={column.unit}
        {...(scale ? { scale } : {})}
        {...(decimals === undefined ? {} : { decimals })}
      />
    )
  }
  if (column.type === 'bool') return value === true ? '✓' : ''
  const text = String(value)
  if (column.name === 'service' || column.name === 'rootService') return <NameTag name={text} />
  if (column.name === 'status' && text === 'error')
    return (
      <span className={styles['status']}>
        <StatusShape tone="critical" /> {text}
      </span>
    )
  if (/Id$|^id$|^uid$/.test(column.name))
    return (
      <span className={styles['mono']} title={text}>
        {text.length > 16 ? `${text.slice(0, 16)}…` : text}
      </span>
    )
  return <span title={text}>{text}</span>
}
