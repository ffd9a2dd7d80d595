// The series of a lane as numbers: last, lowest, highest, mean. A click copies nothing and hides nothing: it opens what
// can be done with the series.

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

export interface SeriesTableProps {
  readonly series: readonly Series[]
  readonly unit: string
  readonly onMenu: (index: number, at: { x: number; y: number }) => void
}

export function SeriesTable({ series, unit, onMenu }: SeriesTableProps) {
  const t = useT()
  const rows = series.map((s) => ({ series: s, ...summaryOf(s.points.values) }))
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
    <div className={styles['seriesScroll']} tabIndex={0} role="region" aria-label={t('metrics.series')}>
      <table className={styles['series']}>
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
          {rows.map((row, i) => (
            <tr key={row.series.id}>
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
                    style={{ background: row.series.colour ?? seriesColour(i), opacity: row.series.faint ? 0.6 : 1 }}
                  />
                  <span>{row.series.label}</span>
                </button>
              </td>
              {number(row.last)}
              {number(row.min)}
              {number(row.max)}
              {number(row.mean)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
