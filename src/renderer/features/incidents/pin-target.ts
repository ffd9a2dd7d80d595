// Where a pinned question is looked at again, and how its query reads in a line.

import type { Entry, Incident } from '../../../shared/contract/incidents.ts'
import { linkTo, type Param, type Target } from '../../workbench/index.ts'

type What = NonNullable<Entry['what']>

/** What is of the transport, not of the question. */
const NOT_SHOWN = new Set(['limit', 'cursor', 'buckets', 'width', 'maxSeries', 'step', 'top', 'order'])

/** JSON without what the address cannot hold; input that came over the wire holds nothing else. */
const asParam = (value: unknown): Param | undefined =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Param)

function paramsOf(input: Readonly<Record<string, unknown>>, without: readonly string[] = []): Record<string, Param> {
  const out: Record<string, Param> = {}
  for (const [key, value] of Object.entries(input)) {
    if (NOT_SHOWN.has(key) || without.includes(key)) continue
    const param = asParam(value)
    if (param !== undefined) out[key] = param
  }
  return out
}

/** The view that shows the question as it was asked, with its own range and sources and no further filter. */
export function targetOfPin(what: What): Target | undefined {
  const [capability, method] = what.method.split('.')
  const input = what.input
  const traceId = input['traceId']
  switch (capability) {
    case 'traces':
      if (typeof traceId === 'string')
        return { view: 'traces', path: [traceId], params: paramsOf(input, ['traceId', 'around']), filters: [] }
      if (method === 'compareGroups' || method === 'groupDifferences') return targetOfGroups(method, input)
      return {
        view: 'traces',
        params: {
          ...paramsOf(input),
          ...(method === 'stats' ? { show: 'stats' } : method === 'differences' ? { show: 'differences' } : {}),
        },
        filters: [],
      }
    case 'clusters':
      return { view: 'clusters', params: paramsOf(input), filters: [] }
    case 'logs':
    case 'metrics':
      return { view: capability, params: paramsOf(input, ['compareTo']), filters: [] }
    case 'services': {
      // the same two windows as when it was pinned, and the service as the filter it was
      const { compareTo, service } = input
      return {
        view: 'services',
        params: {
          ...paramsOf(input, ['compareTo', 'service']),
          ...(method === 'map' ? { as: 'map' } : {}),
          ...(compareTo === undefined ? {} : { compare: asParam(compareTo) }),
        },
        filters: typeof service === 'string' ? [{ field: 'service', value: service, exclude: false }] : [],
      }
    }
    default:
      return undefined
  }
}

/** The second group is what the view shows, the first what it is compared with. */
function targetOfGroups(method: string, input: Readonly<Record<string, unknown>>): Target {
  const { a, b, sources } = input
  const { range, filter } = (typeof b === 'object' && b !== null ? b : {}) as { range?: unknown; filter?: object }
  return {
    view: 'traces',
    params: {
      ...paramsOf({ ...filter, range, sources, base: a }),
      show: 'groups',
      ...(method === 'groupDifferences' ? { groupsAs: 'attributes' } : {}),
    },
    filters: [],
  }
}

export const hrefOf = ({ view, params, ...rest }: Target): string => linkTo(view, params, rest)

/** The query in a line: PromQL or log query as written, else the conditions that narrow it. */
export function queryLine(what: What): string {
  const query = what.input['query']
  if (typeof query === 'string') return query
  const parts: string[] = []
  for (const [key, value] of Object.entries(what.input)) {
    if (NOT_SHOWN.has(key) || key === 'range' || key === 'sources' || key === 'compareTo') continue
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      parts.push(`${key}=${String(value)}`)
    else if (key === 'attributes' && typeof value === 'object' && value !== null)
      for (const [name, wanted] of Object.entries(value)) parts.push(`${name}=${String(wanted)}`)
  }
  return parts.join(' ')
}

/** When a lane over the whole window speaks of: the detection, where it lies inside. */
export function laneTime({ range, stamps }: Pick<Incident, 'range' | 'stamps'>): string {
  const detected = stamps.find((s) => s.stage === 'detected')?.at
  return detected !== undefined && detected >= range.from && detected < range.to ? detected : range.from
}

/** What can be drawn over time as a lane: PromQL, or the volume of a log query. */
export function laneOf(
  what: What,
): { readonly kind: 'metric' | 'volume'; readonly query: string; readonly sources: string[] | undefined } | undefined {
  const { query, sources } = what.input
  const ids = Array.isArray(sources) ? sources.filter((s): s is string => typeof s === 'string') : undefined
  const text = typeof query === 'string' ? query : ''
  if (what.method === 'metrics.lane' || what.method === 'metrics.query')
    return text === '' ? undefined : { kind: 'metric', query: text, sources: ids }
  if (what.method === 'logs.histogram' || what.method === 'logs.search')
    return { kind: 'volume', query: text, sources: ids }
  return undefined
}
