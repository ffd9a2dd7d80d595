// Lanes as the address keeps them: short keys, defaults left out, anything unreadable ignored.

import type { Param } from '../../workbench/index.ts'
import { selectorOf } from './selector.ts'
import type { KnownMetric } from './use-catalogue.ts'

export interface Lane {
  readonly query: string
  readonly stacked: boolean
  readonly log: boolean
  readonly heatmap: boolean
  /** an earlier period for comparison, as a duration: '1h' */
  readonly compare: string
  readonly threshold: number | undefined
  /** most series drawn */
  readonly top: number
  readonly exemplars: boolean
  /** the table of series under the picture */
  readonly table: boolean
  /** the picture itself as a table */
  readonly asTable: boolean
}

export const TOPS = [5, 10, 20, 50, 200] as const
export const COMPARES = ['15m', '1h', '1d', '7d'] as const
/** What the catalogue writes of such a length: `15m` is 15 min. */
export const lengthWords = (length: string): { n: number; unit: string } => ({
  n: Number.parseInt(length, 10),
  unit: length.at(-1) ?? '',
})

export const newLane = (query: string, more: Partial<Lane> = {}): Lane => ({
  query,
  stacked: false,
  log: false,
  heatmap: false,
  compare: '',
  threshold: undefined,
  top: 10,
  exemplars: true,
  table: false,
  asTable: false,
  ...more,
})

/** The first question to ask of a metric, or of those of its series that have these labels. */
export function laneFor(
  metric: Pick<KnownMetric, 'name' | 'type'>,
  labels: Readonly<Record<string, string>> = {},
): Lane {
  const { name, type } = metric
  const all = selectorOf(name, labels)
  if (type === 'histogram')
    return newLane(`histogram_quantile(0.95, sum by (le) (rate(${selectorOf(`${name}_bucket`, labels)}[2m])))`)
  if (type === 'exponential-histogram') return newLane(`histogram_quantile(0.95, sum(rate(${all}[2m])))`)
  return type === 'sum' || type === 'counter' ? newLane(`rate(${all}[2m])`) : newLane(all)
}

export function encodeLanes(lanes: readonly Lane[]): Param {
  return lanes.map((lane) => {
    const out: Record<string, Param> = { q: lane.query }
    if (lane.stacked) out['s'] = 1
    if (lane.log) out['l'] = 1
    if (lane.heatmap) out['h'] = 1
    if (lane.compare !== '') out['c'] = lane.compare
    if (lane.threshold !== undefined) out['t'] = lane.threshold
    if (lane.top !== 10) out['n'] = lane.top
    if (!lane.exemplars) out['x'] = 0
    if (lane.table) out['k'] = 1
    if (lane.asTable) out['a'] = 1
    return out
  })
}

/** Undefined when the address names no lanes at all. */
export function decodeLanes(param: Param): Lane[] | undefined {
  if (!Array.isArray(param)) return undefined
  return param.flatMap((each: Param) => {
    if (typeof each === 'string') return [newLane(each)]
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return []
    const at = (key: string): Param | undefined => (each as Readonly<Record<string, Param>>)[key]
    const query = at('q')
    if (typeof query !== 'string') return []
    const compare = at('c')
    const threshold = at('t')
    const top = at('n')
    return [
      newLane(query, {
        stacked: at('s') === 1,
        log: at('l') === 1,
        heatmap: at('h') === 1,
        compare: typeof compare === 'string' && /^\d+(?:m|h|d|w)$/.test(compare) ? compare : '',
        threshold: typeof threshold === 'number' ? threshold : undefined,
        top: typeof top === 'number' && top >= 1 && top <= 1000 ? Math.round(top) : 10,
        exemplars: at('x') !== 0,
        table: at('k') === 1,
        asTable: at('a') === 1,
      }),
    ]
  })
}
