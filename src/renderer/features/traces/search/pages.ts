// Found traces, page after page, as one frame that the table can scroll through.

import { type InfiniteQueryObserverResult, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { WatchdeckError } from '../../../../shared/base/errors.ts'
import type { Completeness } from '../../../../shared/contract/define.ts'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { cell, columnFromValues, type Frame } from '../../../../shared/frame/frame.ts'
import { asWatchdeckError, isOutage, useConnection, useEngine } from '../../../lib/engine/index.ts'

export type SearchInput = Omit<MethodInput<'traces.search'>, 'cursor' | 'limit'>

/** Rows of one page: about three screens. */
const PAGE = 200

/** Frames of the same columns, one below the other. */
export function stacked(frames: readonly Frame[]): Frame {
  const [first] = frames
  if (!first || frames.length === 1) return first ?? { rowCount: 0, columns: [] }
  return {
    rowCount: frames.reduce((n, f) => n + f.rowCount, 0),
    columns: first.columns.map((column, at) =>
      columnFromValues(
        column,
        frames.flatMap((f) => {
          const part = f.columns[at]
          return part ? Array.from({ length: f.rowCount }, (_, row) => cell(part, row)) : []
        }),
      ),
    ),
  }
}

export interface TracePages {
  readonly frame: Frame | undefined
  readonly more: boolean
  readonly loading: boolean
  readonly loadingMore: boolean
  readonly stale: boolean
  readonly error: WatchdeckError | undefined
  /** of the last page, without `truncated`: what follows is fetched on scrolling */
  readonly completeness: Completeness | undefined
  readonly next: () => void
  readonly refetch: () => void
}

/**
 * Asks for the page after the last one. Never while anything of the list is on its way: a page asked for during a
 * refresh would end the refresh and follow the old first page.
 */
export function askNext(
  result: Pick<InfiniteQueryObserverResult, 'hasNextPage' | 'isFetching' | 'isPlaceholderData' | 'fetchNextPage'>,
): void {
  if (!result.hasNextPage || result.isFetching || result.isPlaceholderData) return
  void result.fetchNextPage({ cancelRefetch: false })
}

export function useTracePages(input: SearchInput): TracePages {
  const client = useEngine()
  const result = useInfiniteQuery({
    queryKey: ['traces.search', { ...input, paged: PAGE }],
    queryFn: async ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam }
      return client.call('traces.search', { ...input, limit: PAGE, ...cursor }, { signal })
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  })
  const { data } = result
  const away = useConnection() !== 'open'
  const error = result.error ? asWatchdeckError(result.error) : undefined
  const frame = useMemo(() => (data ? stacked(data.pages.map((p) => p.table)) : undefined), [data])
  const last = data?.pages.at(-1)?.completeness
  return {
    frame,
    more: result.hasNextPage,
    loading: result.isLoading,
    loadingMore: result.isFetchingNextPage,
    stale: result.isPlaceholderData || away || result.isError,
    // as with every answer: an outage is told at the foot of the page while there is something to show
    error: data && isOutage(error) ? undefined : error,
    completeness: last && { complete: last.complete, missing: last.missing },
    next: () => askNext(result),
    refetch: () => void result.refetch(),
  }
}
