// What a chart says to those who do not see it, in whole sentences: how much, from when to when, the last, lowest and
// highest value and its time. The table of the chart has every value.

import type { TimeRange } from '../../shared/base/time.ts'
import { sentences, type Translate } from '../i18n/index.ts'
import { formatCount, formatQuantity } from '../lib/format.ts'
import { formatTime, type Zone } from '../lib/zone.ts'
import type { Series } from './series.ts'

/** Series that are told one by one; beyond them only how many there are. */
const TOLD = 8

export interface Words {
  readonly t: Translate
  readonly zone: Zone
  readonly range: TimeRange
}

const span = ({ zone, range }: Words): { from: string; to: string } => ({
  from: formatTime(range.from, zone, 's'),
  to: formatTime(range.to, zone, 's'),
})

export function linesInWords(series: readonly Series[], unit: string | undefined, words: Words): string {
  const { t, zone } = words
  const told = series.slice(0, TOLD).map((s) => {
    let [low, high, at, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, Number.NaN]
    for (const [i, value] of s.points.values.entries()) {
      if (!Number.isFinite(value)) continue
      last = value
      if (value < low) low = value
      if (value > high) [high, at] = [value, i]
    }
    const when = s.points.times[at]
    if (when === undefined) return t('ui.words.noValues', { label: s.label })
    const quantity = (value: number): string => formatQuantity(value, unit)
    return t('ui.words.series', {
      label: s.label,
      last: quantity(last),
      low: quantity(low),
      high: quantity(high),
      when: formatTime(when, zone, 's'),
    })
  })
  const more = series.length > TOLD ? [t('ui.words.more', { count: series.length - TOLD })] : []
  return sentences([t('ui.words.lines', { count: series.length, ...span(words) }), ...told, ...more])
}

export function barsInWords(
  times: ArrayLike<bigint>,
  series: ReadonlyArray<{ readonly label: string; readonly values: ArrayLike<number> }>,
  words: Words,
): string {
  const { t, zone } = words
  const sums = series.map((s) => Array.from(s.values).reduce((a, b) => a + b, 0))
  const total = sums.reduce((a, b) => a + b, 0)
  if (!(total > 0)) return t('ui.words.nothing', span(words))
  let [most, at] = [0, 0]
  for (let i = 0; i < times.length; i++) {
    const here = series.reduce((sum, s) => sum + (s.values[i] ?? 0), 0)
    if (here > most) [most, at] = [here, i]
  }
  const parts = series
    .map((s, i) => ({ label: s.label, sum: sums[i] ?? 0 }))
    .filter((part) => part.sum > 0)
    .map((part) => `${part.label} ${formatCount(part.sum)}`)
  return t('ui.words.bars', {
    ...span(words),
    total: formatCount(total),
    parts: parts.join(', '),
    most: formatCount(most),
    when: formatTime(times[at] ?? words.range.from, zone, 's'),
  })
}

export function pointsInWords(
  groups: ReadonlyArray<{ readonly label: string; readonly values: ArrayLike<number> }>,
  unit: string | undefined,
  words: Words,
): string {
  const { t } = words
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { values } of groups)
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      count++
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  if (count === 0) return t('ui.words.nothing', span(words))
  return t('ui.words.points', {
    ...span(words),
    count,
    text: formatCount(count),
    low: formatQuantity(low, unit),
    high: formatQuantity(high, unit),
    parts: groups.map((g) => `${g.label} ${formatCount(g.values.length)}`).join(', '),
  })
}

export function cellsInWords(
  times: BigInt64Array,
  bounds: Float64Array,
  counts: Float64Array,
  unit: string | undefined,
  words: Words,
): string {
  const { t, zone } = words
  let [total, most] = [0, -1]
  for (const [i, count] of counts.entries()) {
    if (!(count > 0)) continue
    total += count
    if (most < 0 || count > (counts[most] ?? 0)) most = i
  }
  const at = times[Math.floor(most / bounds.length)]
  if (most < 0 || at === undefined) return t('ui.words.nothing', span(words))
  const b = most % bounds.length
  return t('ui.words.cells', {
    ...span(words),
    total: formatCount(total),
    most: formatCount(counts[most] ?? 0),
    low: formatQuantity(b === 0 ? 0 : (bounds[b - 1] ?? 0), unit),
    high: formatQuantity(bounds[b] ?? 0, unit),
    when: formatTime(at, zone, 's'),
  })
}
