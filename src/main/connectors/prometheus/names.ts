// Metric names with their type, unit and help, and how many series each has. Metadata may disagree between targets and is
// absent for what came by remote write or OTLP (protocols: Prometheus 16).

import { WatchdeckError } from '../../../shared/base/errors.ts'
import type { Asking, Capabilities, LiveMetricName } from '../../../shared/domain/live-source.ts'
import type { PromClient } from './client.ts'

interface Meta {
  readonly type: string
  readonly unit: string
  readonly help: string
}

export async function namesOf(
  names: readonly string[],
  client: PromClient,
  capabilities: Capabilities | undefined,
  asking: Asking,
): Promise<LiveMetricName[]> {
  const optional = async (
    work: Promise<Readonly<Record<string, unknown>>>,
  ): Promise<Readonly<Record<string, unknown>>> => {
    try {
      return await work
    } catch (error) {
      // compatibles lack these, and readers may not be allowed to see them: names alone are an answer
      if (error instanceof WatchdeckError && error.code !== 'cancelled') return {}
      throw error
    }
  }
  const [metadata, tsdb] = await Promise.all([
    optional(client.metadata(asking)),
    capabilities?.flags['tsdb-status'] === false
      ? {}
      : optional(client.status('status/tsdb', asking, { limit: '10000' })),
  ])
  const counts = new Map<string, number>()
  const list: unknown = Reflect.get(tsdb, 'seriesCountByMetricName')
  for (const item of Array.isArray(list) ? (list as readonly unknown[]) : [])
    if (typeof item === 'object' && item !== null && 'name' in item && 'value' in item)
      counts.set(String(item.name), Number(item.value))
  return names.map((name) => {
    const meta = metaOf(metadata, name)
    return { name, ...meta, series: counts.get(name) }
  })
}

/** Of `x_bucket`, `x_sum`, `x_count` the metadata stands under `x`. Several helps: the most told, told once. */
function metaOf(metadata: Readonly<Record<string, unknown>>, name: string): Meta {
  for (const key of [name, name.replace(/_(bucket|sum|count)$/, '')]) {
    const list: unknown = Object.hasOwn(metadata, key) ? metadata[key] : undefined
    if (!Array.isArray(list) || list.length === 0) continue
    const first: unknown = list[0]
    const helps = new Set(list.map((item: unknown) => fieldOf(item, 'help')).filter((help) => help !== ''))
    return { type: typeName(fieldOf(first, 'type')), unit: fieldOf(first, 'unit'), help: [...helps].join(' / ') }
  }
  return { type: '', unit: '', help: '' }
}

/** The words of the telemetry model. */
function typeName(type: string): string {
  switch (type) {
    case 'counter':
      return 'sum'
    case 'unknown':
      return 'untyped'
    default:
      return type
  }
}

function fieldOf(item: unknown, key: string): string {
  const value: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined
  return typeof value === 'string' ? value : ''
}
