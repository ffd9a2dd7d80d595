// The long table of logs.histogram (time, level, count) as one row of bars for each level, worst on top.

import type { Frame } from '../../../shared/frame/frame.ts'
import type { BarSeries } from '../../charts/index.ts'
import { cellOf, numberOf, textOf } from '../../lib/engine/index.ts'
import { toneColour, toneOfLevel } from '../../theme/palette.ts'

const ORDER = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

export function levelBars(table: Frame): { times: BigInt64Array; series: BarSeries[] } {
  const times: bigint[] = []
  const at = new Map<bigint, number>()
  const levels = new Map<string, number[]>()
  for (let row = 0; row < table.rowCount; row++) {
    const time = cellOf(table, 'time', row)
    if (typeof time !== 'bigint') continue
    let index = at.get(time)
    if (index === undefined) {
      index = times.length
      at.set(time, index)
      times.push(time)
    }
    const level = textOf(table, 'level', row)
    const counts = levels.get(level) ?? []
    counts[index] = (counts[index] ?? 0) + numberOf(table, 'count', row)
    levels.set(level, counts)
  }
  const rank = (level: string): number => ORDER.indexOf(level.toLowerCase())
  const series = [...levels]
    .filter(([, counts]) => counts.some((n) => n > 0))
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([level, counts]) => ({
      id: level,
      label: level === '' ? '–' : level,
      colour: toneColour(toneOfLevel(level)),
      values: Float64Array.from(times, (_, i) => counts[i] ?? 0),
    }))
  return { times: BigInt64Array.from(times), series }
}
