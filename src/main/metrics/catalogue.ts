// Which stored series a selector means: names of Prometheus to rows of `series`, histograms and summaries under the
// several names that they have there.

import { WatchdeckError } from '../../shared/base/errors.ts'
import { fixedName, type Matcher, matchesAll, Labels, METRIC_NAME } from '../../shared/promql/index.ts'
import type { Scope, TelemetryStore } from '../storage/telemetry/api.ts'

export type Part = 'value' | 'bucket' | 'count' | 'sum' | 'native' | 'quantile'

export interface StoredSeries {
  readonly id: bigint
  readonly promName: string
  readonly type: string
  readonly unit: string
  readonly delta: boolean
  /** labels without the name */
  readonly labels: Labels
}

/** A stored series under one of its names. */
export interface Match {
  readonly stored: StoredSeries
  readonly part: Part
  readonly labels: Labels
}

interface SeriesRecord extends Record<string, unknown> {
  series: bigint
  prom_name: string
  type: string
  unit: string
  temporality: string
  labels: string
}

export const MAX_SERIES = 20_000

const SUFFIX = /^(.+)_(bucket|count|sum)$/

function partsOf(type: string): ReadonlyArray<readonly [suffix: string, part: Part]> {
  switch (type) {
    case 'histogram':
      return [
        ['_bucket', 'bucket'],
        ['_count', 'count'],
        ['_sum', 'sum'],
      ]
    case 'exponential-histogram':
      return [['', 'native']]
    case 'summary':
      return [
        ['', 'quantile'],
        ['_count', 'count'],
        ['_sum', 'sum'],
      ]
    default:
      return [['', 'value']]
  }
}

function parseLabels(json: string): Labels {
  const parsed: unknown = JSON.parse(json)
  return Labels.of(
    typeof parsed === 'object' && parsed !== null
      ? Object.entries(parsed).map(([name, value]) => [name, String(value)] as const)
      : [],
  )
}

/** The rows of `series` in a scope, those of one metric name when `name` is given. Each id once. */
export async function storedSeries(
  store: TelemetryStore,
  scope: Scope,
  name: string | undefined,
  signal: AbortSignal | undefined,
): Promise<StoredSeries[]> {
  const base = name === undefined ? undefined : SUFFIX.exec(name)?.[1]
  const where = name === undefined ? '' : 'WHERE prom_name IN (?, ?)'
  const records = await store.rows<SeriesRecord>(
    `SELECT series, any_value(prom_name) AS prom_name, any_value(type) AS type, any_value(unit) AS unit, any_value(temporality) AS temporality, any_value(labels) AS labels
     FROM ${scope.relation('series')} ${where} GROUP BY series ORDER BY prom_name, labels, series`,
    name === undefined ? [] : [name, base ?? name],
    { signal },
  )
  return records.map((r) => ({
    id: r.series,
    promName: r.prom_name,
    type: r.type,
    unit: r.unit,
    delta: r.temporality === 'delta',
    labels: parseLabels(r.labels),
  }))
}

/** @throws WatchdeckError limit_exceeded past MAX_SERIES */
export async function matchSeries(
  store: TelemetryStore,
  scope: Scope,
  matchers: readonly Matcher[],
  signal: AbortSignal | undefined,
): Promise<Match[]> {
  const out: Match[] = []
  // labels that are only known with the samples are matched there
  const late = matchers.filter((m) => m.name !== 'le' && m.name !== 'quantile')
  for (const stored of await storedSeries(store, scope, fixedName(matchers), signal))
    for (const [suffix, part] of partsOf(stored.type)) {
      const labels = stored.labels.with([[METRIC_NAME, `${stored.promName}${suffix}`]])
      const synthetic = part === 'bucket' || part === 'quantile'
      if (matchesAll(synthetic ? late : matchers, labels)) out.push({ stored, part, labels })
    }
  if (out.length > MAX_SERIES)
    throw new WatchdeckError(
      'limit_exceeded',
      `The selector matches ${out.length} series; the limit is ${MAX_SERIES}.`,
      {
        hint: 'Name the metric, or narrow it by labels.',
      },
    )
  return out
}
