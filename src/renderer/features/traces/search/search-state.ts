// The question of the search view, as the address has it: the input of traces.search under its own names.

import { useMemo } from 'react'
import type { SpanFilter } from '../../../../shared/contract/traces.ts'
import { tryParseDuration } from '../../../../shared/base/time.ts'
import { type Filter, type Param, type Params, spanFilterOf, useFilters, usePlace } from '../../../workbench/index.ts'
import { type Group, groupOf } from '../groups/group.ts'
import type { GroupsAs } from '../groups/GroupsPanel.tsx'
import type { FoundTrace } from './rows.ts'

export const SHOWS = ['list', 'stats', 'differences', 'groups'] as const
export type Show = (typeof SHOWS)[number]

const text = (value: Param | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

/** A duration as the contract takes it; what is none is left out rather than refused by the engine. */
function duration(value: Param | undefined): string | number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  return typeof value === 'string' && tryParseDuration(value) !== undefined ? value : undefined
}

function attributesOf(value: Param | undefined): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const out: Record<string, string> = {}
  for (const [key, v] of Object.entries(value))
    if (typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean') out[key] = String(v)
  return out
}

/** The view's own part of the filter, without the filters in force everywhere. */
export function ownFilterOf(params: Params): SpanFilter {
  const out: SpanFilter = {}
  const service = text(params['service'])
  const operation = text(params['operation'])
  const words = text(params['text'])
  const attributes = attributesOf(params['attributes'])
  const { status } = params
  if (service !== undefined) out.service = service
  if (operation !== undefined) out.operation = operation
  if (words !== undefined) out.text = words
  if (attributes !== undefined && Object.keys(attributes).length > 0) out.attributes = attributes
  if (status === 'ok' || status === 'error' || status === 'unset') out.status = status
  if (params['rootOnly'] === true) out.rootOnly = true
  for (const key of ['minDuration', 'maxDuration', 'minTraceDuration', 'maxTraceDuration'] as const) {
    const value = duration(params[key])
    if (value !== undefined) out[key] = value
  }
  return out
}

export interface SearchState {
  readonly own: SpanFilter
  /** with the filters in force everywhere */
  readonly filter: SpanFilter
  readonly orderBy: 'start' | 'duration'
  readonly show: Show
  /** the trace whose detail is open */
  readonly trace: FoundTrace | undefined
  readonly groupBy: readonly string[]
  readonly against: string
  /** what the traces asked for are compared with */
  readonly base: Group | undefined
  readonly groupsAs: GroupsAs
}

export function searchStateOf(params: Params, filters: readonly Filter[]): SearchState {
  const own = ownFilterOf(params)
  const { groupBy } = params
  const traceId = text(params['trace'])
  const groups = Array.isArray(groupBy) ? groupBy.filter((g): g is string => typeof g === 'string') : []
  return {
    own,
    filter: spanFilterOf(filters, own),
    orderBy: params['orderBy'] === 'duration' ? 'duration' : 'start',
    show: SHOWS.find((s) => s === params['show']) ?? 'list',
    trace: traceId === undefined ? undefined : { traceId, source: text(params['source']) },
    groupBy: groups.length > 0 ? groups : ['service', 'operation'],
    against: text(params['against']) ?? 'p95',
    base: groupOf(params['base']),
    groupsAs: params['groupsAs'] === 'attributes' ? 'attributes' : 'operations',
  }
}

export function useSearchState(): SearchState {
  const { params } = usePlace()
  const filters = useFilters()
  return useMemo(() => searchStateOf(params, filters), [params, filters])
}
