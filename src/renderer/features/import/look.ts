// Where to look at data first: the view that shows what there is most to see of, over the whole stretch of the data.

import type { Param } from '../../workbench/index.ts'
import { dataRange } from '../../workbench/data-range.ts'

interface Rows {
  readonly spans: number
  readonly logs: number
  readonly samples: number
}

/** Traces lead to the overview of services, else logs, else metrics, else Kubernetes objects. */
export const viewFor = ({ spans, logs, samples }: Rows): string =>
  spans > 0 ? 'services' : logs > 0 ? 'logs' : samples > 0 ? 'metrics' : 'clusters'

export interface Look {
  readonly view: string
  readonly params: { [key: string]: Param }
}

/** Undefined where there is nothing to see. */
export function lookTarget(source: {
  readonly id: string
  readonly counts: Rows
  readonly from?: string | null | undefined
  readonly to?: string | null | undefined
}): Look | undefined {
  const range = dataRange(source)
  if (range === undefined) return undefined
  return { view: viewFor(source.counts), params: { sources: [source.id], range: { from: range.from, to: range.to } } }
}
