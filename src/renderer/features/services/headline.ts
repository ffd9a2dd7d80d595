// The answer in words, as parts: which measure of which service moved most, since when, how many services moved, and
// what was rolled out just before. Pure; the words themselves are in the catalogue.

import type { Frame } from '../../../shared/frame/frame.ts'
import { cellOf, numberOf, textOf } from '../../lib/engine/index.ts'

export type HeadlineMeasure = 'errors' | 'p95' | 'rate'

export interface Moved {
  readonly service: string
  readonly measure: HeadlineMeasure
  readonly before: number
  readonly after: number
}
export interface Rollout {
  readonly service: string
  readonly before: string
  readonly after: string
  readonly at: bigint
}
export interface Headline {
  readonly first: Moved
  /** a second measure of the same service, where it moved too */
  readonly also: Moved | undefined
  readonly since: bigint | undefined
  readonly services: number
  readonly rollouts: readonly Rollout[]
}

const COLUMN: Record<HeadlineMeasure, readonly [string, string]> = {
  errors: ['errorRatio', 'beforeErrorRatio'],
  p95: ['p95Ns', 'beforeP95Ns'],
  rate: ['ratePerSecond', 'beforeRatePerSecond'],
}
const isMeasure = (text: string): text is HeadlineMeasure => text === 'errors' || text === 'p95' || text === 'rate'
const LEAD = 10n * 60_000_000_000n

/** Undefined when no service moved. */
export function headlineOf(overview: Frame, changes: Frame): Headline | undefined {
  const rows = Array.from({ length: changes.rowCount }, (_, row) => row)
  const ofServices = rows.filter((row) => textOf(changes, 'kind', row) === 'service')
  const worse = ofServices.filter((row) => textOf(changes, 'direction', row) === 'up')
  const of = (measure: HeadlineMeasure): number[] => worse.filter((row) => textOf(changes, 'measure', row) === measure)
  const top = of('errors')[0] ?? of('p95')[0] ?? ofServices[0]
  if (top === undefined) return undefined
  const service = textOf(changes, 'service', top)
  const measured = (row: number): Moved | undefined => {
    const measure = textOf(changes, 'measure', row)
    if (!isMeasure(measure)) return undefined
    const at = rowOfService(overview, service)
    if (at < 0) return undefined
    const [now, was] = COLUMN[measure]
    return { service, measure, before: numberOf(overview, was, at), after: numberOf(overview, now, at) }
  }
  const first = measured(top)
  if (!first) return undefined
  const second = worse.find(
    (row) => row !== top && textOf(changes, 'service', row) === service && textOf(changes, 'measure', row) === 'p95',
  )
  const at = cellOf(changes, 'at', top)
  const since = typeof at === 'bigint' ? at : undefined
  const rollouts = rows.flatMap((row): Rollout[] => {
    const when = cellOf(changes, 'at', row)
    if (textOf(changes, 'kind', row) !== 'version' || typeof when !== 'bigint' || since === undefined) return []
    if (when > since || when < since - LEAD) return []
    const [before, after] = [textOf(changes, 'beforeText', row), textOf(changes, 'afterText', row)]
    return [{ service: textOf(changes, 'service', row), before, after, at: when }]
  })
  return {
    first,
    also: second === undefined ? undefined : measured(second),
    since,
    services: new Set(ofServices.map((row) => textOf(changes, 'service', row))).size,
    rollouts: rollouts.sort((a, b) => (a.at > b.at ? -1 : 1)).slice(0, 3),
  }
}

export function rowOfService(frame: Frame, service: string): number {
  for (let row = 0; row < frame.rowCount; row++) if (textOf(frame, 'service', row) === service) return row
  return -1
}
