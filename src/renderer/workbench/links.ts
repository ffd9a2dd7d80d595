// From one view to another: an address that reopens exactly what is meant, with range, sources and filters kept unless
// the target says otherwise. Parameters are inputs of the contract: `range` and `sources` go to their own places.

import type { Filter } from './filters.ts'
import { formatPlace, type Param, type Place, type RangeText } from './place.ts'
import { currentPlace, goTo } from './place-store.ts'

export interface Target {
  readonly view: string
  readonly path?: readonly string[]
  readonly params?: Readonly<Record<string, Param | undefined>>
  readonly filters?: readonly Filter[]
}

function isRangeText(value: Param | undefined): value is { from: string; to: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'from' in value &&
    'to' in value &&
    typeof value.from === 'string' &&
    typeof value.to === 'string'
  )
}

export function placeOf(target: Target, from: Place = currentPlace()): Place {
  const { range, sources, ...rest } = target.params ?? {}
  const params: Record<string, Param> = {}
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) params[key] = value
  const chosen: RangeText | undefined = isRangeText(range) ? range : from.range
  return {
    view: target.view,
    path: target.path ?? [],
    params,
    range: chosen,
    sources: Array.isArray(sources) ? sources.filter((s): s is string => typeof s === 'string') : from.sources,
    filters: target.filters ?? from.filters,
  }
}

/** For `href`: middle click and copying the link work like on any page. */
export const linkTo = (view: string, params?: Target['params'], more: Omit<Target, 'view' | 'params'> = {}): string =>
  formatPlace(placeOf({ view, ...(params ? { params } : {}), ...more }))

export const openTarget = (target: Target, options?: { replace?: boolean }): void => goTo(placeOf(target), options)

/** A `target` column of the contract (`{ view, params }` as JSON); undefined when it is not one. */
export function parseTarget(value: unknown): Target | undefined {
  let parsed = value
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value)
    } catch {
      return undefined
    }
  }
  if (typeof parsed !== 'object' || parsed === null || !('view' in parsed) || typeof parsed.view !== 'string')
    return undefined
  const params =
    'params' in parsed && typeof parsed.params === 'object' && parsed.params !== null
      ? (parsed.params as Record<string, Param>)
      : {}
  const path =
    'path' in parsed && Array.isArray(parsed.path) ? parsed.path.filter((p): p is string => typeof p === 'string') : []
  return { view: parsed.view, params, path }
}
