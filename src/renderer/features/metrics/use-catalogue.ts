// Every metric name of the sources in view, once: for the explorer, for units, for suggestions.

import { useMemo } from 'react'
import { useMethod, rowsOf, type MethodState } from '../../lib/engine/index.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { MetricUnit } from '../../../shared/promql/index.ts'

export interface KnownMetric {
  readonly name: string
  readonly type: string
  readonly unit: string
  readonly help: string
  /** undefined where a server does not say */
  readonly series: number | undefined
}

export interface Catalogue {
  readonly state: MethodState<MethodOutput<'metrics.search'>>
  readonly metrics: readonly KnownMetric[]
  readonly unitOf: MetricUnit
}

export function useCatalogue(sources: string[] | undefined): Catalogue {
  const state = useMethod('metrics.search', { limit: 10_000, ...(sources ? { sources } : {}) })
  const { data } = state
  const known = useMemo(() => {
    const metrics = data
      ? rowsOf(data.table).map((row) => ({
          name: String(row['name']),
          type: String(row['type'] ?? ''),
          unit: String(row['unit'] ?? ''),
          help: String(row['help'] ?? ''),
          series: row['series'] === null || row['series'] === undefined ? undefined : Number(row['series']),
        }))
      : []
    const units = new Map(metrics.map((m) => [m.name, m.unit]))
    return { metrics, unitOf: (name: string) => units.get(name) }
  }, [data])
  return { state, ...known }
}
