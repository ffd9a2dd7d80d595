// The series of a lane as numbers: last, lowest, highest, mean; only rows in sight exist. A click copies nothing and hides nothing: it opens what
// can be done with the series.

import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { Series } from '../../charts/index.ts'
import { useT } from '../../i18n/index.ts'
import { scaleFor, unitKind } from '../../lib/format.ts'
import { seriesColour } from '../../theme/palette.ts'
import { Num } from '../../ui/index.ts'
import styles from './metrics.module.css'

export interface Summary {
  readonly last: number
  readonly min: number
  readonly max: number
  readonly mean: number
}

/** NaN where there is no sample; gaps do not count. */
export function summaryOf(values: Float64Array): Summary {
  let [last, min, max, sum, n] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    last = value
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    n++
  }
  return n === 0
    ? { last: Number.NaN, min: Number.NaN, max: Number.NaN, mean: Number.NaN }
    : { last, min, max, mean: sum / n }
}

/** px: the height of a row (metrics.module.css) */
const ROW = 22

export interface SeriesTableProps {
  readonly series: readonly Series[]
  readonly unit: string
  readonly onMenu: (index: number, at: { x: number; y: number }) => void
}

export function SeriesTable({ series, unit, onMenu }: SeriesTableProps) {
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => series.map((s) => ({ series: s, ...summaryOf(s.points.values) })), [series])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const { kind } = unitKind(unit)
  // one scale for durations and bytes, so that rows compare at a glance; plain numbers each as they are
  const scale =
    kind === 'duration' || kind === 'bytes'
      ? scaleFor(
          unit,
          rows.map((r) => r.mean),
        )
      : undefined
  const number = (value: number) => (
    <td>
      <Num value={Number.isNaN(value) ? null : value} unit={unit} {...(scale ? { scale, decimals: 2 } : {})} />
    </td>
  )
  return (
    <div ref={scroller} className={styles['seriesScroll']} tabIndex={0} role="region" aria-label={t('metrics.series')}>
      <table className={styles['series']} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th>{t('metrics.series')}</th>
            <th>{t('metrics.last')}</th>
            <th>{t('metrics.min')}</th>
            <th>{t('metrics.max')}</th>
            <th>{t('metrics.mean')}</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} aria-hidden />}
          {items.map(({ index: i }) => {
            const row = rows[i]
            return (
              row && (
                <tr key={row.series.id} aria-rowindex={i + 2}>
                  <td>
                    <button
                      type="button"
                      className={styles['seriesName']}
                      title={row.series.label}
                      onClick={(event) => {
                        const box = event.currentTarget.getBoundingClientRect()
                        onMenu(i, { x: box.left, y: box.bottom })
                      }}
                      onContextMenu={(event) => {
                        event.preventDefault()
                        onMenu(i, { x: event.clientX, y: event.clientY })
                      }}
                    >
                      <i
                        style={{
                          background: row.series.colour ?? seriesColour(i),
                          opacity: row.series.faint ? 0.6 : 1,
                        }}
                      />
                      <span>{row.series.label}</span>
                    </button>
                  </td>
                  {number(row.last)}
                  {number(row.min)}
                  {number(row.max)}
                  {number(row.mean)}
                </tr>
              )
            )
          })}
          {after > 0 && <tr style={{ height: after }} aria-hidden />}
        </tbody>
      </table>
    </div>
  )
}
