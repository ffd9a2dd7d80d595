// The address as state: components read parts of the place, and move by writing the address.

import { useMemo } from 'react'
import { create } from 'zustand'
import { disposable } from '../../shared/base/disposable.ts'
import { asEpochNs, type EpochNs, formatRfc3339, fromMillis, type TimeRange } from '../../shared/base/time.ts'
import { t } from '../i18n/index.ts'
import { type Filter, withFilter, withoutFilter } from './filters.ts'
import {
  formatPlace,
  movedPlace,
  type Param,
  type Params,
  parsePlace,
  type Place,
  type RangeText,
  START,
} from './place.ts'
import { absolute, DEFAULT_RANGE, isRelative, tryResolve } from './time-range.ts'
import { toast } from './toasts.ts'

interface PlaceState {
  readonly place: Place
  /** the instant that `now` means; moves on refresh and while live */
  readonly now: EpochNs
  /** how often a person asked to refresh */
  readonly refreshes: number
  /** how often `now` moves, ms; 0 = paused */
  readonly liveEveryMs: number
  /** used where the address names no range: the extent of the newest data, once known */
  readonly fallbackRange: RangeText
  /** whether that extent is known, or known not to be there: what is asked before would be asked again */
  readonly fallbackKnown: boolean
  /** ranges that were left for others, newest first */
  readonly recent: readonly RangeText[]
}

const here = (): Place => (typeof location === 'undefined' ? START : parsePlace(location.hash))
const wallNow = (): EpochNs => fromMillis(Date.now())

export const usePlaceStore = create<PlaceState>()(() => ({
  place: here(),
  now: wallNow(),
  refreshes: 0,
  liveEveryMs: 0,
  fallbackRange: DEFAULT_RANGE,
  fallbackKnown: false,
  recent: [],
}))

/** Follows the address and the live clock until disposed. */
export function startPlace(): Disposable {
  const read = (): void => {
    const place = here()
    if (place.range === undefined || tryResolve(place.range, wallNow()) !== undefined) {
      usePlaceStore.setState((s) => ({ place: movedPlace(s.place, place) }))
      return
    }
    // typed by hand, or cut off by the chat that it was pasted into
    toast(t('workbench.range.unreadable', { from: place.range.from, to: place.range.to }), { tone: 'warning' })
    goTo({ ...place, range: undefined }, { replace: true })
  }
  read()
  window.addEventListener('hashchange', read)
  let timer: ReturnType<typeof setInterval> | undefined
  const rearm = (everyMs: number): void => {
    clearInterval(timer)
    timer =
      everyMs > 0
        ? setInterval(
            () => document.visibilityState === 'visible' && usePlaceStore.setState({ now: wallNow() }),
            everyMs,
          )
        : undefined
  }
  rearm(usePlaceStore.getState().liveEveryMs)
  const unsubscribe = usePlaceStore.subscribe((s, before) => {
    if (s.liveEveryMs !== before.liveEveryMs) rearm(s.liveEveryMs)
  })
  return disposable(() => {
    window.removeEventListener('hashchange', read)
    unsubscribe()
    clearInterval(timer)
  })
}

/** A person wants to see what there is now: `now` moves, and what it does not move for is asked again (main.tsx). */
export const refreshNow = (): void => usePlaceStore.setState((s) => ({ now: wallNow(), refreshes: s.refreshes + 1 }))
/** 0 pauses. */
export const setLive = (everyMs: number): void => usePlaceStore.setState({ liveEveryMs: everyMs })
export const setFallbackRange = (range: RangeText): void =>
  usePlaceStore.setState({ fallbackRange: range, fallbackKnown: true })
/** Whether the range in force is the one to ask with. */
export const useRangeKnown = (): boolean => usePlaceStore((s) => s.place.range !== undefined || s.fallbackKnown)

export const usePlace = (): Place => usePlaceStore((s) => s.place)
export const currentPlace = (): Place => usePlaceStore.getState().place

/** Goes to a place; `replace` leaves no step in the history (typing, cursor moves). */
export function goTo(place: Place, options: { replace?: boolean } = {}): void {
  const hash = formatPlace(place)
  if (hash === location.hash) return
  if (options.replace) history.replaceState(null, '', hash)
  else history.pushState(null, '', hash)
  usePlaceStore.setState((s) => ({ place: movedPlace(s.place, parsePlace(hash)) }))
}

/** Changes part of the place. */
export function movePlace(change: Partial<Place>, options?: { replace?: boolean }): void {
  goTo({ ...currentPlace(), ...change }, options)
}

// ---- range

export interface CurrentRange extends TimeRange {
  /** as the address has it */
  readonly text: RangeText
  /** for inputs of the contract: absolute, the same instant for every panel */
  readonly input: { from: string; to: string }
  readonly relative: boolean
}

/** The range in force. Relative ends are resolved once per refresh, so that all panels ask for the same instants. */
export function useRange(): CurrentRange {
  const range = usePlaceStore((s) => s.place.range)
  const fallback = usePlaceStore((s) => s.fallbackRange)
  const now = usePlaceStore((s) => s.now)
  return useMemo(() => resolveCurrent(range ?? fallback, now), [range, fallback, now])
}

export function currentRange(): CurrentRange {
  const s = usePlaceStore.getState()
  return resolveCurrent(s.place.range ?? s.fallbackRange, s.now)
}

/** For those who take up a new range when it is their turn, not at once. */
export const onRangeChange = (listener: () => void): (() => void) =>
  usePlaceStore.subscribe((s, before) => {
    if (s.place.range !== before.place.range || s.fallbackRange !== before.fallbackRange || s.now !== before.now)
      listener()
  })

function resolveCurrent(text: RangeText, now: EpochNs): CurrentRange {
  // an address typed by hand may hold nonsense: the default answers then
  const resolved = tryResolve(text, now) ?? (tryResolve(DEFAULT_RANGE, now) as TimeRange)
  return {
    ...resolved,
    text,
    input: { from: formatRfc3339(resolved.from), to: formatRfc3339(resolved.to) },
    relative: isRelative(text),
  }
}

/** The ranges looked at last, newest first; for as long as the page is open. */
const RECENT = 6

export function setRange(range: TimeRange | RangeText): void {
  const text = typeof range.from === 'string' ? (range as RangeText) : absolute(range as TimeRange)
  const { recent, place } = usePlaceStore.getState()
  const before = place.range
  if (before !== undefined) {
    const others = recent.filter((r) => r.from !== before.from || r.to !== before.to)
    usePlaceStore.setState({ recent: [before, ...others].slice(0, RECENT) })
  }
  movePlace({ range: text })
}

/** What a chart's brush does: both ends in any order, epoch ns. */
export const brushRange = (a: bigint, b: bigint): void => {
  const [from, to] = a < b ? [a, b] : [b, a]
  if (to - from > 0n) setRange({ from: asEpochNs(from), to: asEpochNs(to) })
}

// ---- scope: sources and filters

/** `sources` for inputs of the contract: absent = all that are switched on. */
export const useSources = (): string[] | undefined => {
  const sources = usePlaceStore((s) => s.place.sources)
  return useMemo(() => (sources ? [...sources] : undefined), [sources])
}
export const setSources = (sources: readonly string[] | undefined): void => movePlace({ sources })

/** `{ range, sources }` ready to spread into an input. */
export function useScope(): { range: { from: string; to: string }; sources?: string[] } {
  const { input } = useRange()
  const sources = useSources()
  return useMemo(() => (sources ? { range: input, sources } : { range: input }), [input, sources])
}

export const useFilters = (): readonly Filter[] => usePlaceStore((s) => s.place.filters)
export const addFilter = (filter: Filter): void => movePlace({ filters: withFilter(currentPlace().filters, filter) })
export const removeFilter = (filter: Filter): void =>
  movePlace({ filters: withoutFilter(currentPlace().filters, filter) })
export const clearFilters = (): void => movePlace({ filters: [] })

// ---- the view's own parameters

/** One parameter of the view, in the address: `const [query, setQuery] = useParam('q', '')`. */
export function useParam<T extends Param>(
  key: string,
  fallback: T,
): [T, (value: T | undefined, options?: { replace?: boolean }) => void] {
  const value = usePlaceStore((s) => s.place.params[key])
  const sameKind =
    value !== undefined &&
    (fallback === null || (typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback)))
  return [sameKind ? (value as T) : fallback, useMemo(() => (next, options) => setParam(key, next, options), [key])]
}

export function setParam(key: string, value: Param | undefined, options?: { replace?: boolean }): void {
  setParams({ [key]: value }, options)
}

/** Several at once, as one step of the history; undefined removes. */
export function setParams(changes: Readonly<Record<string, Param | undefined>>, options?: { replace?: boolean }): void {
  const next: Record<string, Param> = { ...currentPlace().params }
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete next[key]
    else next[key] = value
  }
  movePlace({ params: next satisfies Params }, options)
}
