// What a person has done to a trace on screen: tab, chosen span, folds, zoom, what is searched. On the trace's own page
// the address holds it, so that a link reopens the exact view; in a panel of another view it lives as long as the panel.

import { useCallback, useMemo, useState } from 'react'
import { type Param, type Params, setParams, usePlace } from '../../../workbench/index.ts'

export const TABS = ['waterfall', 'flame', 'critical', 'stats', 'compare'] as const
export type TraceTab = (typeof TABS)[number]
export const ONLY = ['all', 'errors', 'critical', 'matches'] as const
export type Only = (typeof ONLY)[number]

export const TIMES = ['raw', 'adjusted'] as const
export type Times = (typeof TIMES)[number]

export interface TraceState {
  readonly tab: TraceTab
  /** as recorded, or with the hosts' clocks brought together */
  readonly times: Times
  /** which source's, where several have a trace of this id */
  readonly source: string | undefined
  /** the chosen span */
  readonly span: string | undefined
  /** its details are closed although it is chosen */
  readonly quiet: boolean
  readonly find: string
  readonly only: Only
  /** ns from the trace's start; undefined = all of it */
  readonly zoom: readonly [number, number] | undefined
  readonly folded: readonly string[]
  readonly opened: readonly string[]
  /** spans whose children are folded unless opened */
  readonly siblings: readonly string[]
  /** rows at this depth and deeper are folded unless opened */
  readonly depth: number | undefined
  /** the trace that this one is compared with */
  readonly other: string
  /** which source's that one is, where several have a trace of its id */
  readonly otherSource: string | undefined
  /** grouping of the statistics tab */
  readonly by: readonly string[]
}

export type TraceChange = (change: Partial<TraceState>, options?: { replace?: boolean }) => void

const START: TraceState = {
  tab: 'waterfall',
  times: 'raw',
  source: undefined,
  span: undefined,
  quiet: false,
  find: '',
  only: 'all',
  zoom: undefined,
  folded: [],
  opened: [],
  siblings: [],
  depth: undefined,
  other: '',
  otherSource: undefined,
  by: ['service', 'operation'],
}
const KEYS = Object.keys(START) as Array<keyof TraceState>

/** Removes everything of a trace from the parameters of a view; for when another trace is chosen. */
export const NO_TRACE_STATE: Readonly<Record<string, undefined>> = Object.fromEntries(KEYS.map((k) => [k, undefined]))

const texts = (value: Param | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []
const oneOf = <T extends string>(all: readonly T[], value: Param | undefined): T | undefined =>
  all.find((v) => v === value)

/** Parameters as typed by anyone: what makes no sense is left out. */
export function traceStateOf(params: Params): TraceState {
  const { zoom, depth, by } = params
  const [from, to] = Array.isArray(zoom) ? zoom : []
  return {
    tab: oneOf(TABS, params['tab']) ?? START.tab,
    times: oneOf(TIMES, params['times']) ?? START.times,
    source: typeof params['source'] === 'string' ? params['source'] : undefined,
    span: typeof params['span'] === 'string' ? params['span'] : undefined,
    quiet: params['quiet'] === true,
    // a search for 500 comes back from the address as a number
    find: params['find'] === undefined || params['find'] === null ? '' : String(params['find']),
    only: oneOf(ONLY, params['only']) ?? START.only,
    zoom: typeof from === 'number' && typeof to === 'number' && from >= 0 && to > from ? [from, to] : undefined,
    folded: texts(params['folded']),
    opened: texts(params['opened']),
    siblings: texts(params['siblings']),
    depth: typeof depth === 'number' && depth >= 0 ? depth : undefined,
    other: typeof params['other'] === 'string' ? params['other'] : '',
    otherSource: typeof params['otherSource'] === 'string' ? params['otherSource'] : undefined,
    by: texts(by).length > 0 ? texts(by) : START.by,
  }
}

/** Only what differs from the start goes into the address. */
export function paramsOf(change: Partial<TraceState>): Record<string, Param | undefined> {
  const out: Record<string, Param | undefined> = {}
  for (const key of KEYS) {
    if (!(key in change)) continue
    const value = change[key]
    const plain = JSON.stringify(value) === JSON.stringify(START[key]) || (Array.isArray(value) && value.length === 0)
    out[key] = plain || value === undefined ? undefined : (value as Param)
  }
  return out
}

export function useTraceState(keeps: 'address' | 'panel', spanId?: string): [TraceState, TraceChange] {
  const { params } = usePlace()
  const [own, setOwn] = useState<TraceState>({ ...START, span: spanId })
  const fromAddress = useMemo(() => traceStateOf(params), [params])
  const changeAddress = useCallback<TraceChange>((change, options) => setParams(paramsOf(change), options), [])
  const changeOwn = useCallback<TraceChange>((change) => setOwn((s) => ({ ...s, ...change })), [])
  return keeps === 'address' ? [fromAddress, changeAddress] : [own, changeOwn]
}
