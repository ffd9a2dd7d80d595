// Rows of the waterfall as they are drawn. Only the pages around the rows on screen are asked for; a page that was
// decoded once is kept with its answer.

import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Completeness } from '../../../../shared/contract/define.ts'
import type { WatchdeckError } from '../../../../shared/base/errors.ts'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import type { Frame } from '../../../../shared/frame/frame.ts'
import { asWatchdeckError, methodQuery, rowsOf } from '../../../lib/engine/index.ts'

export type WaterfallInput = Omit<MethodInput<'traces.waterfall'>, 'offset' | 'limit'>

export interface Line {
  /** place among the visible rows */
  readonly row: number
  readonly spanId: string
  readonly parentId: string
  readonly depth: number
  readonly children: number
  readonly descendants: number
  readonly collapsed: boolean
  readonly service: string
  readonly operation: string
  readonly kind: string
  /** ns from the trace's start */
  readonly offset: number
  readonly duration: number
  readonly self: number
  readonly status: string
  readonly critical: boolean
  readonly orphan: boolean
  readonly skewed: boolean
  readonly events: number
  readonly eventsAt: readonly number[]
  readonly links: number
  readonly matches: boolean
  /** parts on the critical path, ns from the trace's start */
  readonly parts: ReadonlyArray<readonly [number, number]>
}

const PAGE = 200
const decoded = new WeakMap<Frame, readonly Line[]>()

function parsed<T>(text: unknown): readonly T[] {
  return typeof text === 'string' && text !== '[]' ? (JSON.parse(text) as T[]) : []
}

export function linesOf(frame: Frame, traceStart: bigint): readonly Line[] {
  let lines = decoded.get(frame)
  if (!lines) {
    lines = rowsOf(frame).map(
      (r): Line => ({
        row: Number(r['row']),
        spanId: String(r['spanId']),
        parentId: String(r['parentId']),
        depth: Number(r['depth']),
        children: Number(r['children']),
        descendants: Number(r['descendants']),
        collapsed: r['collapsed'] === true,
        service: String(r['service']),
        operation: String(r['operation']),
        kind: String(r['kind']),
        offset: Number((r['start'] as bigint) - traceStart),
        duration: Number(r['durationNs']),
        self: Number(r['selfNs']),
        status: String(r['status']),
        critical: r['critical'] === true,
        orphan: r['orphan'] === true,
        skewed: r['skewed'] === true,
        events: Number(r['events']),
        eventsAt: parsed<number>(r['eventsNs']),
        links: Number(r['links']),
        matches: r['matches'] === true,
        parts: parsed<readonly [number, number]>(r['criticalParts']),
      }),
    )
    decoded.set(frame, lines)
  }
  return lines
}

export interface Lines {
  /** visible rows in all */
  readonly total: number
  readonly matches: number
  readonly at: (row: number) => Line | undefined
  readonly loading: boolean
  /** shown rows belong to an earlier fold or filter */
  readonly stale: boolean
  readonly error: WatchdeckError | undefined
  readonly completeness: Completeness | undefined
  readonly refetch: () => void
}

/** rows asked for beyond those on screen: a fast hand is there before the answer */
const AHEAD = 80

const pageOf = (base: WaterfallInput, page: number): MethodInput<'traces.waterfall'> => ({
  ...base,
  offset: page * PAGE,
  limit: PAGE,
})
export const firstPage = (base: WaterfallInput): MethodInput<'traces.waterfall'> => pageOf(base, 0)

/** The pages, as first and last, that hold the rows `first` to `last` and those near them. */
export function pagesOf(first: number, last: number): readonly [number, number] {
  const from = Math.max(0, Math.floor((first - AHEAD) / PAGE))
  return [from, Math.max(from, Math.floor((last + AHEAD) / PAGE))]
}

export function useLines(base: WaterfallInput, [from, to]: readonly [number, number], traceStart: bigint): Lines {
  const results = useQueries({
    queries: Array.from({ length: to - from + 1 }, (_, i) => ({
      ...methodQuery('traces.waterfall', pageOf(base, from + i)),
      placeholderData: keepPreviousData,
    })),
  })
  const fresh = results.find((r) => r.data !== undefined && !r.isPlaceholderData)?.data
  const known = useRef({ total: 0, matches: 0 })
  const any = fresh ?? results.find((r) => r.data !== undefined)?.data
  if (any?.summary) known.current = any.summary
  const stale = results.some((r) => r.isPlaceholderData)
  const failed = results.find((r) => r.error !== null)
  // pages of an earlier fold or filter come last: they stand in where nothing newer is here
  const byAge = [...results].sort((a, b) => Number(a.isPlaceholderData) - Number(b.isPlaceholderData))
  const found = byAge.flatMap(({ data }) => (data ? [linesOf(data.table, traceStart)] : []))
  return {
    ...known.current,
    at(row) {
      for (const lines of found) {
        const line = lines[row - (lines[0]?.row ?? 0)]
        if (line) return line
      }
      return undefined
    },
    loading: any === undefined && failed === undefined,
    stale,
    error: failed?.error ? asWatchdeckError(failed.error) : undefined,
    completeness: any?.completeness,
    refetch: () => {
      for (const r of results) void r.refetch()
    },
  }
}
