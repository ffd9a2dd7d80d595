// Numbers and times on screen: digits in the monospaced face, units dimmed, times in the chosen zone.

import { toMillis } from '../../shared/base/time.ts'
import { cx } from '../lib/cx.ts'
import { make, writeClass, writeText } from '../lib/dom.ts'
import { quantity, type Scale } from '../lib/format.ts'
import { usePreferences } from '../lib/preferences.ts'
import { formatDateTime, formatTime, type TimePrecision, zoneLabel } from '../lib/zone.ts'
import styles from './Num.module.css'

export interface NumProps {
  readonly value: number | bigint | null | undefined
  readonly unit?: string | undefined
  /** of `scaleFor(column)`: one unit for a column */
  readonly scale?: Scale | undefined
  readonly decimals?: number | undefined
  readonly className?: string
}

export function Num({ value, unit, scale, decimals, className }: NumProps) {
  if (value === null || value === undefined)
    return <span className={cx(styles['num'], styles['none'], className)}>–</span>
  const q = quantity(value, unit, { ...(scale ? { scale } : {}), ...(decimals === undefined ? {} : { decimals }) })
  return (
    <span className={cx(styles['num'], className)}>
      {q.value}
      {q.unit !== '' && <span className={styles['unit']}> {q.unit}</span>}
    </span>
  )
}

/** The same into an element that is kept, for what follows the pointer; answers with how many letters it takes. */
export function writeNum(host: HTMLElement, value: number | undefined, unit: string | undefined): number {
  const q = value === undefined ? { value: '–', unit: '' } : quantity(value, unit, {})
  writeClass(host, cx(styles['num'], value === undefined && styles['none']))
  const [number, dimmed] = host.childNodes
  if (number instanceof Text && (q.unit !== '') === (dimmed !== undefined)) {
    if (number.data !== q.value) number.data = q.value
    if (dimmed instanceof Element) writeText(dimmed, ` ${q.unit}`)
  } else host.replaceChildren(q.value, ...(q.unit === '' ? [] : [make('span', styles['unit'], ` ${q.unit}`)]))
  return q.value.length + (q.unit === '' ? 0 : q.unit.length + 1)
}

/** An instant; the whole of it with its zone in the title. */
export function Time({
  ns,
  precision = 's',
  day = false,
}: {
  ns: bigint | null | undefined
  precision?: TimePrecision
  day?: boolean
}) {
  const zone = usePreferences((p) => p.zone)
  if (ns === null || ns === undefined) return <span className={styles['none']}>–</span>
  return (
    <time
      className={styles['num']}
      dateTime={new Date(toMillis(ns)).toISOString()}
      title={`${formatDateTime(ns, zone, 'ns')} ${zoneLabel(ns, zone)}`}
    >
      {day ? formatDateTime(ns, zone, precision) : formatTime(ns, zone, precision)}
    </time>
  )
}
